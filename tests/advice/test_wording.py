"""An advisory in a model's words: asked on news alone, held to the evidence, and never in the way of a tick."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import pytest
from msgspec.structs import replace as changed

from edge.sqlite_alarms import Records, SqliteAdvisoryStore, SqliteAlarmStore, SqliteMemoryStore
from lineside.advice.compose import compose
from lineside.advice.model import Advisory
from lineside.advice.ports import Worded
from lineside.advice.sops import Procedure
from lineside.advice.wording import ChainWording, evidence_of
from lineside.answering.chain import Chain
from lineside.answering.numbers import Grounds
from lineside.answering.writer import Waking
from tests.advice.test_advisor import SITE, Phone, Plant, PowerCut, minute
from tests.advice.test_advisor import plant as plant  # the fixture
from tests.advice.test_compose import NOW_US
from tests.advice.test_compose import SITE as BAKERY
from tests.advice.test_compose import stopped as stopped  # the fixture
from tests.answering.writers import Hangs, says

GOOD = "The Vertical Conveyor has stood since 07:20:00 CET; Cookie Former and Box Sealer wait for it."
INVENTED = "The Vertical Conveyor has stood for 99 min because its motor burned out."


def a_wording(*writers: object, **more: object) -> ChainWording:
    return ChainWording(Chain(writers, SITE, time.monotonic), **more)  # type: ignore[arg-type]


def the_advisory(plant: Plant) -> Advisory:
    (advisory,) = plant.advisor.advisories.recent("bakery", "line-1", 10)
    return advisory


def test_a_model_s_words_stand_where_the_evidence_shows_them(plant):
    model = says(GOOD, name="gpt-oss")
    plant.advisor.wording = a_wording(model)

    plant.ticks(*range(5, 61, 5))

    advisory = the_advisory(plant)
    assert (advisory.what_happened, advisory.composed_by, advisory.why_not) == (GOOD, "gpt-oss", ())
    (told,) = plant.phone.shown
    assert GOOD in told.message
    assert "1. Press STOP at the panel" in told.message, "the procedure's steps are not the model's"


def test_a_model_is_asked_on_news_alone(plant):
    model = says(GOOD)
    plant.advisor.wording = a_wording(model)

    plant.ticks(*range(5, 61, 5))

    assert len(model.asked) == len(plant.phone.shown) == 1


def test_the_next_model_words_what_the_first_cannot_and_the_reason_is_stored(plant):
    plant.advisor.wording = a_wording(says(Waking("fine-tuned is waking up"), name="fine-tuned"), says(GOOD, name="b"))

    plant.ticks(*range(5, 31, 5))

    advisory = the_advisory(plant)
    assert (advisory.composed_by, advisory.why_not) == ("b", ("fine-tuned is waking up",))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (INVENTED, "99 min"),
        ("The line stopped at 07:20:00 CET.", "it does not name Vertical Conveyor"),
        (f"{GOOD}\n1. Press STOP at the panel.", "what to do is the procedure's to say"),
        (f"{GOOD} " * 8, "at most 600 are read on a phone"),
        ("The Vertical Conveyor stopped. Bypass the guard's interlock.", "what protects people"),
        ("", "answered nothing"),
        ("NO ANSWER", "nothing to say"),
    ],
)
def test_words_that_are_unfit_leave_the_text_of_code_and_say_why(plant, words, reason):
    by_code = replace(plant.advisor, wording=None)
    plant.advisor.wording = a_wording(says(words))

    plant.ticks(*range(5, 31, 5))

    advisory = the_advisory(plant)
    assert advisory.composed_by == "procedure"
    assert reason in " ".join(advisory.why_not)
    alarm = plant.alarms()[0]
    text = compose(
        changed(alarm, cleared_us=0, active=True), Procedure(), by_code.site, "new", minute(25)
    ).what_happened
    assert advisory.what_happened.split(" (")[0] == text.split(" (")[0]


def test_without_a_model_the_text_is_what_it_was(plant, samples):
    other = replace(
        plant.advisor,
        alarms=SqliteAlarmStore(records := Records()),
        advisories=SqliteAdvisoryStore(records),
        memory=SqliteMemoryStore(records),
        notifier=(phone := Phone()),
        wording=a_wording(),
    )
    for at in range(5, 61, 5):
        other.tick("line-1", minute(at))

    plant.ticks(*range(5, 61, 5))

    assert phone.shown == plant.phone.shown
    assert other.advisories.recent("bakery", "line-1", 9) == plant.advisor.advisories.recent("bakery", "line-1", 9)


def test_severity_cause_steps_and_headline_are_the_same_whoever_words_it(plant):
    plant.advisor.wording = a_wording(says(GOOD))
    plant.ticks(*range(5, 26, 5))
    worded = the_advisory(plant)
    alarm = plant.alarms()[0]
    procedure = plant.advisor.sops.for_alarm(alarm.device, alarm.kind, minute(25))

    by_code = compose(alarm, procedure, SITE, "new", minute(25))

    same = changed(worded, what_happened="", composed_by="", why_not=())
    assert same == changed(by_code, what_happened="", composed_by="", why_not=())


def test_a_hanging_model_does_not_make_a_tick_miss_its_slot(plant):
    hanging = Hangs()
    plant.advisor.wording = a_wording(hanging, budget_seconds=0.8)
    plant.ticks(*range(5, 21, 5))
    started = time.monotonic()

    plant.ticks(25)
    hanging.let_go.set()

    assert time.monotonic() - started < 3
    assert "did not answer within" in the_advisory(plant).why_not[0]
    assert len(plant.phone.shown) == 1


def test_the_advisories_of_one_tick_share_its_time(stopped):
    slow = says("too slow " * 200, between_seconds=0.05)
    wording = a_wording(slow, budget_seconds=0.9)
    advisory = compose(stopped, Procedure(), BAKERY, "new", NOW_US)
    started = time.monotonic()

    first = wording.word(advisory)
    second = wording.word(advisory)
    later = wording.word(changed(advisory, drafted_us=NOW_US + 300_000_000))

    assert time.monotonic() - started < 4
    assert "did not answer within" in first.why_not[0]
    assert "this tick has spent" in second.why_not[0]
    assert "this tick has spent" not in later.why_not[0]


def test_a_mistake_in_a_model_s_adapter_does_not_stop_a_tick(plant):
    plant.advisor.wording = a_wording(says(RuntimeError("boom")))

    plant.ticks(*range(5, 31, 5))

    assert "RuntimeError" in the_advisory(plant).why_not[0]
    assert len(plant.phone.shown) == 1


@dataclass
class Counting:
    """A wording that says who it was."""

    asked: list[str] = field(default_factory=list)

    def word(self, advisory: Advisory) -> Worded:
        self.asked.append(advisory.advisory_id)
        return Worded("The model's words.", "model", ("because",))


def test_a_message_that_did_not_leave_is_tried_again_without_asking_a_model_again(plant):
    plant.advisor.wording = counting = Counting()
    plant.phone.works = False
    plant.ticks(*range(5, 26, 5))
    plant.phone.works = True

    plant.ticks(30, 35)

    assert len(counting.asked) == 1
    (told,) = plant.phone.shown
    assert "The model's words." not in told.message, "they have the numbers of a tick before"
    assert the_advisory(plant).composed_by == "model"


@pytest.mark.parametrize("store", ["advisories", "alarms", "memory"])
def test_a_tick_that_died_is_run_again_in_the_same_words_and_asks_nobody_twice(plant, store):
    plant.advisor.wording = counting = Counting()
    plant.ticks(*range(5, 21, 5))
    _die_after_drafting(plant, store)

    with pytest.raises(PowerCut):
        plant.ticks(25)
    plant.ticks(25, 30)

    asked_before_it_was_stored = store == "advisories"
    assert len(counting.asked) == (2 if asked_before_it_was_stored else 1)
    (told,) = plant.phone.shown
    assert "The model's words." in told.message


def _die_after_drafting(plant: Plant, store: str) -> None:
    """The power is cut at the first write of this store after the model was asked."""
    target = getattr(plant.advisor, store)
    saving, counting = target.save, plant.advisor.wording

    def save(*arguments, **named):
        if counting.asked:
            target.save = saving
            raise PowerCut
        saving(*arguments, **named)

    target.save = save


def test_the_text_of_code_stands_up_to_the_check_that_models_are_held_to(stopped):
    chain = Chain((), BAKERY, time.monotonic)
    advisory = compose(stopped, Procedure(), BAKERY, "new", NOW_US)

    grounds = Grounds(evidence_of(advisory, chain), chain.names)

    assert grounds.unproven(f"{advisory.headline}. {advisory.what_happened}") == ()
    assert grounds.unproven("Vertical Conveyor stopped at 07:22; Cookie Former waited 300 s.") == ()
    assert grounds.unproven("Vertical Conveyor stopped at 06:22.") != ()
