"""One turn: who routes, how far, who writes, and what is done when one of them fails."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import monotonic

import pytest

from edge.sqlite_twin import SqliteTwin
from lineside.answering.chain import Chain
from lineside.answering.models import ModelRow
from lineside.answering.writer import Prompt, Waking
from lineside.assistant.agent import Assistant, Router
from lineside.assistant.events import Failed, Question, Reply, Token, ToolEnded, ToolStarted
from lineside.assistant.plant import Plant
from lineside.assistant.turn import Limits
from lineside.errors import LinesideError, Unavailable
from lineside.telemetry.reading import Reading
from tests.assistant.conftest import Ask, events_of, reply_of, turn
from tests.assistant.demo_plant import Run
from tests.assistant.scripted import router

WHICH = "Which machine stopped the line?"


@dataclass
class SaysWriter:
    """A writing model that says what a test wrote, or fails as it is told to."""

    text: str = ""
    error: LinesideError | None = None
    row: ModelRow = field(default_factory=lambda: ModelRow(name="small", provider="ollama", model="m", url="http://x"))

    def write(self, prompt: Prompt, stop: threading.Event | None = None) -> Iterator[str]:
        if self.error:
            raise self.error
        yield from (self.text[at : at + 10] for at in range(0, len(self.text), 10))


def test_a_turn_tells_its_tools_then_its_words_then_the_reply(ask: Ask) -> None:
    events = ask(WHICH)

    kinds = [type(event) for event in events]
    assert kinds[:2] == [ToolStarted, ToolEnded]
    assert kinds[-1] is Reply
    assert "".join(event.text for event in events if isinstance(event, Token)) == reply_of(events).text


def test_a_router_calls_tools_and_the_rules_word_what_they_returned(plant: Plant, run: Run) -> None:
    scripted, model = router([("alarms", {"machine": "the inspector"})], "DONE")

    reply = reply_of(events_of(Assistant(plant, [scripted]), Question("Why did the inspector stop?", run.now_us)))

    assert [tool.tool for tool in reply.tools] == ["alarms"]
    assert "Vertical Conveyor" in reply.text
    assert (reply.router, reply.model) == ("scripted", "offline")
    assert "propose_command" in model.prompts[0]


def test_a_printed_call_is_run(plant: Plant, run: Run) -> None:
    scripted, _ = router('<tool_call>{"name": "search_manuals", "arguments": {"query": "E-217",}}</tool_call>', "DONE")

    reply = reply_of(events_of(Assistant(plant, [scripted]), Question("What does E-217 mean?", run.now_us)))

    assert [tool.tool for tool in reply.tools] == ["search_manuals"]
    assert "6.2 A" in reply.text
    assert reply.router == "scripted"


def test_broken_arguments_are_mended_and_hopeless_ones_are_refused_in_words(plant: Plant, run: Run) -> None:
    scripted, model = router([("telemetry", "{'machine': 'freezer',")], [("telemetry", "freezer please")], "DONE")

    reply = reply_of(events_of(Assistant(plant, [scripted]), Question("How cold is the freezer?", run.now_us)))

    assert [tool.ok for tool in reply.tools] == [True, False]
    assert "does not take unreadable" in str(model.seen[-1])


def test_an_unknown_tool_or_argument_is_refused_with_what_there_is(plant: Plant, run: Run) -> None:
    scripted, model = router(
        '{"name": "open_valve", "arguments": {}}', [("alarms", {"force": True})], [("alarms", {})], "DONE"
    )

    reply = reply_of(events_of(Assistant(plant, [scripted]), Question(WHICH, run.now_us)))

    assert "open_valve" in str(model.seen[1])
    assert "it takes machine, hours, only_open" in str(model.seen[2])
    assert "Vertical Conveyor" in reply.text


def test_the_same_call_twice_is_refused(plant: Plant, run: Run) -> None:
    scripted, model = router([("alarms", {})], [("alarms", {"machine": ""})], "DONE")

    reply = reply_of(events_of(Assistant(plant, [scripted]), Question(WHICH, run.now_us)))

    assert [tool.ok for tool in reply.tools] == [True, False]
    assert "called with these arguments already" in str(model.seen[-1])


def test_a_loop_ends_and_the_answer_is_made_of_what_is_there(plant: Plant, run: Run) -> None:
    again = [[("alarms", {"hours": hours})] for hours in range(1, 60)]
    scripted, model = router(*again)

    reply = reply_of(events_of(Assistant(plant, [scripted], limits=Limits(most_calls=3)), Question(WHICH, run.now_us)))

    assert sum(tool.ok for tool in reply.tools) == 3
    assert len(model.seen) <= 5
    assert "Vertical Conveyor" in reply.text


def test_a_router_that_takes_too_long_is_left_and_the_rules_choose(plant: Plant, run: Run) -> None:
    scripted, _ = router([("alarms", {})], seconds=30)
    began = monotonic()

    reply = reply_of(
        events_of(Assistant(plant, [scripted], limits=Limits(router_seconds=0.3)), Question(WHICH, run.now_us))
    )

    assert monotonic() - began < 10
    assert (reply.router, "Vertical Conveyor" in reply.text) == ("offline", True)


def test_a_router_that_calls_nothing_or_fails_is_replaced_by_the_rules(plant: Plant, run: Run) -> None:
    def broken() -> None:
        raise ConnectionError("nobody listens")

    for first in (router("It was surely the oven.")[0], Router("broken", broken)):  # type: ignore[arg-type]
        reply = reply_of(events_of(Assistant(plant, [first]), Question(WHICH, run.now_us)))

        assert (reply.router, "Vertical Conveyor" in reply.text) == ("offline", True)


def test_stop_ends_a_turn_while_the_router_is_silent(plant: Plant, run: Run) -> None:
    scripted, _ = router([("alarms", {})], seconds=30)
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    began = monotonic()

    reply = reply_of(events_of(Assistant(plant, [scripted]), Question(WHICH, run.now_us), stop))

    assert reply.stopped
    assert monotonic() - began < 10


def test_stop_between_words_keeps_what_was_said(plant: Plant, run: Run) -> None:
    stop = threading.Event()

    async def until_the_second_word() -> list[object]:
        events: list[object] = []
        async for event in Assistant(plant).ask(Question(WHICH, run.now_us), stop):
            events.append(event)
            if len([each for each in events if isinstance(each, Token)]) == 2:
                stop.set()
        return events

    events = asyncio.run(until_the_second_word())

    assert isinstance(events[-1], Reply)
    assert events[-1].stopped
    assert 0 < len(events[-1].text) < 200


def test_the_answering_model_writes_from_the_evidence(plant: Plant, run: Run) -> None:
    writer = SaysWriter("The Vertical Conveyor stopped at 07:40:45.")

    events = events_of(Assistant(plant, (), _chain(writer, run)), Question(WHICH, run.now_us))

    assert (reply_of(events).text, reply_of(events).model) == (writer.text, "small")
    assert "".join(event.text for event in events if isinstance(event, Token)) == writer.text


def test_a_number_that_no_tool_returned_is_withheld_and_the_evidence_stands(plant: Plant, run: Run) -> None:
    writer = SaysWriter("The Vertical Conveyor stopped at 09:13:00 and lost 99 min.")

    reply = reply_of(events_of(Assistant(plant, (), _chain(writer, run)), Question(WHICH, run.now_us)))

    assert reply.model == "evidence"
    assert "09:13:00" in reply.replaced
    assert "09:13:00" not in reply.text
    assert reply.text.startswith("Vertical Conveyor has stood still since 07:40:45 CET")


def test_a_cold_model_is_told_and_the_evidence_stands(plant: Plant, run: Run) -> None:
    writer = SaysWriter(error=Waking("small is waking up; it answers in a minute or two"))

    reply = reply_of(events_of(Assistant(plant, (), _chain(writer, run)), Question(WHICH, run.now_us)))

    assert reply.model == "evidence"
    assert "waking up" in reply.replaced
    assert "Vertical Conveyor" in reply.text


def test_no_model_is_asked_to_word_a_question_back(plant: Plant, run: Run) -> None:
    writer = SaysWriter("All conveyors are fine.")

    reply = reply_of(
        events_of(Assistant(plant, (), _chain(writer, run)), Question("Is the conveyor running?", run.now_us))
    )

    assert reply.choices == ("Vertical Conveyor", "Conveyor Left Turn", "Conveyor Right Turn")
    assert "Which machine do you mean" in reply.text


@pytest.mark.parametrize(("text", "said"), [("", "empty"), ("   ", "empty"), ("x" * 2_001, "2,001 characters")])
def test_a_question_that_cannot_be_asked_is_refused_in_a_sentence(ask: Ask, text: str, said: str) -> None:
    events = ask(text)

    assert events == [events[0]]
    assert isinstance(events[0], Failed)
    assert said in events[0].detail
    assert not events[0].retry


def test_a_store_that_does_not_answer_is_said(plant: Plant, run: Run) -> None:
    class Gone:
        def open_alarms(self, *_: object, **__: object) -> list[object]:
            raise Unavailable("the alarm records cannot be used: disk I/O error")

        history = get = open_alarms

    broken = Plant(run.site, run.twin, Gone(), run.advisories, run.memory)  # type: ignore[arg-type]

    reply = reply_of(events_of(Assistant(broken), Question(WHICH, run.now_us)))

    assert not reply.known
    assert "disk I/O error" in reply.text


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("since when?", "07:40:45"),
        ("how many minutes did it cost?", "6.2 min"),
        ("has anyone acknowledged it?", "Nobody"),
        ("and the former?", "Cookie Former was held up by Vertical Conveyor"),
    ],
)
def test_a_short_question_is_about_what_was_spoken_of(ask: Ask, question: str, holds: str) -> None:
    history = (turn(WHICH, "Vertical Conveyor has stood still."),)

    assert holds in reply_of(ask(question, history=history)).text


def test_a_question_without_a_name_is_about_the_alarm_that_is_looked_at(ask: Ask, run: Run) -> None:
    labels = next(
        alarm for alarm in run.alarms.history(run.site.site, run.line, 0, 2**62) if alarm.device == "Labeller"
    )

    reply = reply_of(ask("Why did it stop?", alarm_id=labels.alarm_id))

    assert reply.tools[0].title == "Reading the alarms: Labeller"


def test_suggestions_speak_of_the_alarm_and_can_be_answered(plant: Plant, run: Run, ask: Ask) -> None:
    for language in ("en", "de", "zh"):
        suggested = Assistant(plant).suggestions("", "", language, run.now_us)

        assert 2 <= len(suggested) <= 4
        assert all("Vertical Conveyor" in question for question in suggested)
        assert all(reply_of(ask(question, language=language)).known for question in suggested)


def test_a_device_that_is_heard_later_is_known_at_the_next_question(run: Run) -> None:
    twin = SqliteTwin()
    plant = Plant(run.site, twin, run.alarms, run.advisories, run.memory)
    assistant, question = Assistant(plant), Question("What is the pressure of the chiller?", run.now_us)
    before = reply_of(events_of(assistant, question))

    twin.update(run.site.site, "unassigned", [Reading("Chiller", "Pressure", run.now_us, 4.5, "BAR")])
    after = reply_of(events_of(assistant, question))

    assert 'no machine "chiller"' in before.text
    assert "4.5 bar" in after.text
    twin.close()


def test_the_order_to_act_is_refused(ask: Ask) -> None:
    for order in ("Acknowledge the alarm", "Please restart the vertical conveyor", "Starte den Labeller"):
        reply = reply_of(ask(order))

        assert reply.tools == ()
        assert "can't do that" in reply.text


def _chain(writer: SaysWriter, run: Run) -> Chain:
    return Chain([writer], run.site, monotonic)
