"""When a canary is taken back, when it is promoted, and when nothing is decided yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from benchmarks.canary import Quality, share_taken_back
from lineside.releases.canary import HOUR_US, decide, level, looks
from lineside.releases.outcomes import FIGURES
from lineside.releases.record import CanaryVerdict, Outcome
from lineside.releases.settings import CanarySettings
from tests.releases.builders import NOW_US

SETTINGS = CanarySettings()
LATER_US = NOW_US + HOUR_US


def answers(release_id: str, number: int, *, every: int = 0, judged: int = 0, **bad: Any) -> list[Outcome]:
    """So many answers, each of its own conversation; every `every`-th is `bad`, every `judged`-th gets a thumb up."""
    found = []
    for each in range(number):
        outcome = Outcome(f"{release_id}-{each}", release_id, "", NOW_US, 2.0 + each % 7 / 10, conversation=f"c-{each}")
        if judged and each % judged == 0:
            outcome = replace(outcome, verdict="up")
        found.append(replace(outcome, **bad) if every and each % every == 0 else outcome)
    return found


LIVE = answers("live", 1_000, judged=3)


def look(canary: Sequence[Outcome], live: Sequence[Outcome] = LIVE, **changes: Any) -> CanaryVerdict:
    settings = CanarySettings(**(SETTINGS.model_dump() | changes))
    return decide(live, canary, settings, NOW_US, LATER_US)


def test_the_looks_are_fixed_before_and_each_may_err_by_an_equal_part() -> None:
    assert looks(SETTINGS) == (50, 100, 200, 400)
    assert looks(CanarySettings(least_answers=50, most_answers=300)) == (50, 100, 200, 300)
    assert looks(CanarySettings(least_answers=50, most_answers=50)) == (50,)
    assert looks(CanarySettings(least_answers=60, most_answers=20)) == (60,)
    assert level(SETTINGS) * len(FIGURES) * 4 == pytest.approx(SETTINGS.error_rate)


@pytest.mark.parametrize("bad", [{"failed": True}, {"withheld": True}, {"verdict": "down"}, {"seconds": 60.0}])
def test_nothing_is_decided_on_too_little(bad: dict[str, Any]) -> None:
    few = look(answers("canary", 49, every=1, **bad))
    few_of_live = look(answers("canary", 400, every=1, **bad), LIVE[:49])

    assert (few.decision, few_of_live.decision) == ("wait", "wait")
    assert few.why == "The canary has given 49 answers; the next look is at 50."
    assert few_of_live.why == "Live has given 49 answers since the canary began; 50 are needed."
    assert few.figures == {"answers_canary": 49.0, "answers_live": 1_000.0}, "nobody is tempted by an early glance"


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ({"failed": True}, "No answer: in 50 of 50 (100 %) conversations of the canary, 0 of 1000 (0 %) of live"),
        ({"withheld": True}, "Words withheld by the number check: in 50 of 50 (100 %)"),
        ({"verdict": "down"}, "Thumbs down: in 50 of 50 (100 %)"),
        ({"seconds": 60.0}, "Time to write: 60.0 s with the canary, 2.3 s with live, of which 1.5 times are allowed"),
    ],
)
def test_a_canary_that_is_worse_is_taken_back_with_its_figures(bad: dict[str, Any], told: str) -> None:
    verdict = look(answers("canary", 50, every=1, **bad))

    assert verdict.decision == "roll_back"
    assert verdict.why.startswith(f"Worse than live. {told}")
    assert verdict.figures["looked_at"] == 50
    assert min(value for name, value in verdict.figures.items() if name.endswith("_p")) < verdict.figures["level"]
    assert verdict.at_us == LATER_US


def test_one_that_is_no_worse_waits_for_the_most_answers_and_is_then_promoted() -> None:
    verdicts = [look(answers("canary", number, judged=3)) for number in (50, 399, 400)]

    assert [verdict.decision for verdict in verdicts] == ["wait", "wait", "promote"]
    assert verdicts[1].why == "The canary has given 399 answers; the next look is at 400."
    assert verdicts[2].why == "No worse than live after 400 answers."
    assert verdicts[2].figures["thumbs_down_canary_of"] == 134


def test_one_that_is_slower_than_live_but_not_too_slow_is_no_worse() -> None:
    slower = [replace(one, seconds=one.seconds * 1.45) for one in answers("canary", 400, judged=3)]
    too_slow = [replace(one, seconds=one.seconds * 2) for one in slower]

    assert look(slower).decision == "promote"
    assert look(too_slow).decision == "roll_back"
    assert look(too_slow, most_slower=4).decision == "promote"


def test_missing_verdicts_are_missing_and_not_good() -> None:
    none = look(answers("canary", 400))
    few = look(answers("canary", 400, every=45, verdict="down"))
    enough = look(answers("canary", 400, every=40, verdict="down"))

    assert none.why == (
        "No worse than live after 400 answers. Thumbs down could not be compared: 0 conversations of the canary and 334"
        " of live have such a figure, and 10 of each are needed."
    )
    assert "thumbs_down_p" not in none.figures
    assert (few.decision, enough.decision) == ("promote", "roll_back"), "nine verdicts are too few, ten down are not"
    assert enough.figures["thumbs_down_canary"] == 1.0, "ten of ten that said something, not ten of four hundred"


def test_whoever_did_not_answer_is_neither_fast_nor_withheld() -> None:
    quick = answers("canary", 400, every=1, failed=True, seconds=0.0)

    verdict = look(quick)

    assert verdict.decision == "roll_back"
    assert not {"seconds_p", "withheld_p"} & set(verdict.figures)


def test_one_annoyed_person_is_one_however_often_they_say_so() -> None:
    annoyed = [
        replace(
            one, conversation="c-same" if number < 40 else one.conversation, verdict="down" if number < 40 else "up"
        )
        for number, one in enumerate(answers("canary", 400))
    ]
    many = [replace(one, conversation=f"c-{number}") for number, one in enumerate(annoyed)]

    assert look(annoyed).figures["thumbs_down_canary_of"] == 361
    assert look(annoyed).decision == "promote"
    assert look(many).decision == "roll_back"


def test_answers_of_no_conversation_are_one_each() -> None:
    alone = [replace(one, conversation="") for one in answers("canary", 50, every=1, failed=True)]

    assert look(alone).figures["failed_canary_of"] == 50


def test_a_look_is_taken_once_however_often_the_watch_comes_by() -> None:
    first = look(answers("canary", 50, judged=3))
    worse = answers("canary", 99, every=1, failed=True)

    between = decide(LIVE, worse, SETTINGS, NOW_US, LATER_US + 1, first)
    due = decide(LIVE, [*worse, worse[0]], SETTINGS, NOW_US, LATER_US + 2, between)

    assert (first.decision, between.decision, due.decision) == ("wait", "wait", "roll_back")
    assert between.figures == first.figures | {"answers_canary": 99.0}


def test_a_watch_that_was_late_takes_one_look_for_those_it_missed() -> None:
    late = look(answers("canary", 250, judged=3))

    assert late.figures["looked_at"] == 200
    assert decide(LIVE, answers("canary", 251, judged=3), SETTINGS, NOW_US, LATER_US, late).decision == "wait"


def test_a_decision_stands_until_the_release_is_a_canary_again() -> None:
    decided = look(answers("canary", 50, every=1, failed=True))
    good = answers("canary", 400, judged=3)

    assert decide(LIVE, good, SETTINGS, NOW_US, LATER_US + 1, decided) == decided
    assert decide(LIVE, good, SETTINGS, LATER_US + 1, LATER_US + 2, decided).decision == "promote"


def test_after_its_hours_one_that_has_not_shown_enough_is_taken_back() -> None:
    hours = SETTINGS.hours * HOUR_US
    good = answers("canary", 399, judged=3)

    before = decide(LIVE, good, SETTINGS, NOW_US, int(NOW_US + hours) - 1)
    after = decide(LIVE, good, SETTINGS, NOW_US, int(NOW_US + hours))
    enough = decide(LIVE, answers("canary", 400, judged=3), SETTINGS, NOW_US, int(NOW_US + hours))

    assert (before.decision, after.decision, enough.decision) == ("wait", "roll_back", "promote")
    assert after.why.startswith("399 of 400 answers within 72 hours: too few to call it no worse.")


def test_where_a_person_promotes_it_is_said_so() -> None:
    assert look(answers("canary", 400, judged=3), promote_by_itself=False).why == (
        "No worse than live after 400 answers. A person promotes it."
    )


def test_settings_that_change_meanwhile_still_come_to_a_decision() -> None:
    waiting = look(answers("canary", 250, judged=3))
    fewer = CanarySettings(most_answers=150)

    assert decide(LIVE, answers("canary", 251, judged=3), fewer, NOW_US, LATER_US, waiting).decision == "promote"


@pytest.mark.parametrize("alike", [0.0, 1.0])
def test_a_canary_that_is_no_worse_is_seldom_taken_back_over_all_looks(alike: float) -> None:
    quality = Quality(alike=alike)

    share = share_taken_back(quality, quality, CanarySettings(share=0.3, most_answers=200), runs=250)

    assert share <= SETTINGS.error_rate


def test_a_canary_that_is_much_worse_is_nearly_always_taken_back() -> None:
    settings, runs = CanarySettings(share=0.3), 40

    assert share_taken_back(Quality(), Quality(thumbs_down=0.3), settings, runs) > 0.9
    assert share_taken_back(Quality(), Quality(withheld=0.15), settings, runs) > 0.9
    assert share_taken_back(Quality(), Quality(failed=0.1), settings, runs) > 0.9
    assert share_taken_back(Quality(), Quality(seconds=4.0), settings, runs) > 0.9


@pytest.mark.parametrize("conversations", [1, 19])
def test_a_few_conversations_with_hundreds_of_answers_decide_nothing(conversations: int) -> None:
    failing = answers("canary", 400, every=1, failed=True)
    canary = [replace(one, conversation=f"c-{number % conversations}") for number, one in enumerate(failing)]

    verdict, late = look(canary), decide(LIVE, canary, SETTINGS, NOW_US, NOW_US + 72 * HOUR_US)

    told = f"The answers are of {conversations} conversations of the canary and of 1000 of live; 20 of each are needed."
    assert (verdict.decision, verdict.why) == ("wait", told)
    assert (late.decision, late.why.startswith(told)) == ("roll_back", True)


def test_a_few_conversations_of_live_are_nothing_to_compare_with() -> None:
    live = [replace(one, conversation="c-1") for one in LIVE]

    assert "of 400 conversations of the canary and of 1 of live" in look(answers("canary", 400), live).why


def test_a_canary_that_began_in_the_future_is_taken_back_as_its_time_would_never_end() -> None:
    def after(us: int) -> CanaryVerdict:
        return decide([], [], SETTINGS, NOW_US, NOW_US + us)

    assert after(-HOUR_US + 1).decision == "wait", "clocks differ somewhat"
    assert (after(-HOUR_US).decision, after(-HOUR_US).why) == (
        "roll_back", "The clock was set back since the canary began, so its time never ends. Let it in again.",
    )  # fmt: skip
