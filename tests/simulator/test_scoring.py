"""The score: what it counts, and that saying nothing, or everything, is not good."""

from __future__ import annotations

from simulator.scoring import Score, Told
from simulator.truth import Truth


def truth(cause: str, victims: dict[str, float], *, onset: float = 100, either: tuple[str, ...] = ()) -> Truth:
    return Truth(
        kind="jam",
        cause=cause,
        onset=onset,
        ends=onset + 300,
        recovered=onset + 300,
        attribute="",
        own_down_seconds=300,
        victims=dict.fromkeys(victims, 60.0),
        since=victims,
        either=dict.fromkeys(either, 60.0),
    )


def told(at: float, cause: str, *victims: str, as_of: float = float("inf")) -> Told:
    return Told(at, "stop", cause, frozenset(victims), as_of)


def score(truths: list[Truth], *heard: Told) -> Score:
    scored = Score()
    scored.add(truths, heard)
    return scored


JAM = truth("Packer", {"Oven": 130, "Sealer": 150})


def test_the_true_cause_and_its_victims_are_full_marks():
    scored = score([JAM], told(170, "Packer", "Oven", "Sealer"))

    assert (scored.top1, scored.precision, scored.recall, scored.stray) == (1, 1, 1, 0)


def test_silence_scores_nothing():
    scored = score([JAM])

    assert (scored.top1, scored.precision, scored.recall) == (0, 0, 0)


def test_only_what_is_said_first_counts_as_the_cause():
    assert score([JAM], told(170, "Oven"), told(180, "Packer")).top1 == 0


def test_a_victim_under_the_wrong_cause_is_false_and_still_missing():
    scored = score([JAM], told(170, "Oven", "Sealer"))

    assert (scored.right, scored.false, scored.missing) == (0, 1, 2)


def test_a_machine_that_lost_nothing_is_false():
    assert score([JAM], told(170, "Packer", "Oven", "Sealer", "Labeller")).false == 1


def test_a_message_need_not_name_who_lost_time_after_it():
    scored = score([JAM], told(140, "Packer", "Oven", as_of=140))

    assert (scored.precision, scored.recall) == (1, 1)


def test_a_message_names_who_lost_time_a_minute_before_it():
    assert score([JAM], told(210, "Packer", as_of=210)).missing == 1


def test_a_cause_named_long_after_the_fault_was_not_named():
    scored = score([JAM], told(5000, "Packer", "Oven"))

    assert scored.top1 == 0
    assert scored.stray == 1


def test_of_two_faults_each_is_named_by_its_own_message():
    scored = score([JAM, truth("Press", {}, onset=150)], told(170, "Press"), told(180, "Packer", "Oven", "Sealer"))

    assert scored.named == 2


def test_who_either_fault_would_have_stopped_counts_nowhere():
    both = truth("Packer", {"Oven": 130}, either=("Sealer",))

    assert score([both], told(170, "Packer", "Oven")).recall == 1
    assert score([both], told(170, "Packer", "Oven", "Sealer")).precision == 1
