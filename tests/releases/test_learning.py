"""How many reviewed verdicts no release has learned from yet."""

from __future__ import annotations

from msgspec.structs import replace

from lineside.releases.learning import learned_until_us, new_verdicts
from lineside.releases.record import ModelRelease
from lineside.training_data.verdict import Review
from tests.contracts.test_verdicts import GIVEN

RELEASE = ModelRelease("r-1", 100, "live", "meta-llama/Llama-3.2-3B-Instruct")
ACCEPTED = [replace(GIVEN, feedback_id=f"f-{at}", review=Review("accepted", "Enno", at)) for at in (50, 100, 150, 250)]


def test_all_count_while_there_is_no_release():
    assert new_verdicts(ACCEPTED, []) == 4


def test_what_was_accepted_before_the_newest_release_began_is_in_its_dataset():
    assert new_verdicts(ACCEPTED, [replace(RELEASE, release_id="r-2", made_us=200), RELEASE]) == 1
    assert new_verdicts(ACCEPTED, [RELEASE]) == 2


def test_a_release_that_failed_has_learned_nothing():
    assert learned_until_us([replace(RELEASE, made_us=300, status="failed"), RELEASE]) == 100
