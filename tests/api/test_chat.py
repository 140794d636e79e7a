"""One turn with the assistant over HTTP: events, history, refusals, and what is kept however it ends."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn
from msgspec.structs import replace

from lineside.api.chat import AssistantChat
from lineside.api.chat_models import AnswerView, Ask
from lineside.assistant.events import Failed, Token, Turn
from lineside.errors import Misconfigured, Unavailable
from tests.api.assistants import REPLY, SAID, Says, chat_with
from tests.api.conftest import ALARM, NOW_US, PEOPLE, as_person

if TYPE_CHECKING:
    from tests.api.conftest import Plant

ADA = PEOPLE["Ada"]


def events_of(answer: httpx.Response) -> list[tuple[str, dict[str, Any]]]:
    """The events of a stream, by name."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    return list(map(_event, filter(None, answer.text.split("\n\n"))))


def _event(block: str) -> tuple[str, dict[str, Any]]:
    lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
    return lines["event"], json.loads(lines["data"])


def ask(plant: Plant, question: str = "Why is it warm?", who: str = "Ada", **more: object) -> httpx.Response:
    return plant.client.post("/api/chat", json={"question": question, **more}, headers=as_person(who))


def kept(plant: Plant) -> list[AnswerView]:
    found = [
        plant.services.conversations.get(ADA.key, one.conversation_id)
        for one in plant.services.conversations.list(ADA.key, 10)
    ]
    return [answer for one in found if one for answer in one.answers]


def eventually(right: Callable[[], object], seconds: float = 5.0) -> None:
    until = time.monotonic() + seconds
    while not right():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.02)


def with_assistant(plant: Plant, *events: Any, **how: Any) -> Says:
    assistant = Says(events or (*SAID, REPLY), **how)
    plant.has(chat=chat_with(assistant, plant.services))
    return assistant


def test_a_turn_shows_tools_and_words_as_they_come_and_ends_with_the_whole_answer(plant: Plant) -> None:
    with_assistant(plant)

    answer = ask(plant)

    events = events_of(answer)
    assert [name for name, _ in events] == ["tool_started", "tool_ended", "token", "token", "done"]
    assert events[1][1] == {
        "call_id": "t-1", "tool": "telemetry", "title": "Looks at the Freezer Tunnel", "ok": True,
        "summary": "-17.5 °C", "seconds": 0.2,
    }  # fmt: skip
    done = AnswerView.model_validate(events[-1][1])
    assert (done.text, done.model, done.known, done.stopped) == (REPLY.text, "offline", True, False)
    assert (done.citations[0].document, done.citations[0].page, done.citations[0].quote) == (
        "SOP-FT-02",
        "4",
        "Press STOP.",
    )
    assert (done.facts[0].value, done.facts[0].unit) == (-17.5, "CEL")
    assert answer.headers["lineside-conversation"] == done.conversation_id
    assert answer.headers["cache-control"] == "no-cache"


def test_the_answer_is_kept_once_as_it_was_shown(plant: Plant) -> None:
    with_assistant(plant)

    done = AnswerView.model_validate(events_of(ask(plant))[-1][1])

    assert kept(plant) == [done]
    assert plant.client.get(f"/api/conversations/{done.conversation_id}").json()["title"] == "Why is it warm?"


def test_a_conversation_goes_on_with_what_was_said(plant: Plant) -> None:
    assistant = with_assistant(plant)
    conversation = ask(plant, "Why is it warm?").headers["lineside-conversation"]

    ask(plant, "And since when?", conversation_id=conversation)

    assert assistant.asked[0].history == ()
    assert assistant.asked[1].history == (Turn("Why is it warm?", REPLY.text),)
    assert plant.client.get(f"/api/conversations/{conversation}").json()["answers"][1]["question"] == "And since when?"


def test_the_assistant_hears_who_asks_what_is_on_the_screen_and_the_servers_own_time(plant: Plant) -> None:
    assistant = with_assistant(plant)

    ask(plant, "  Why?  ", who="viewer", line="line-1", alarm_id=ALARM.alarm_id, language="de")

    (question,) = assistant.asked
    assert (question.text, question.person, question.line) == ("Why?", "Vic", "line-1")
    assert (question.alarm_id, question.language, question.now_us) == (ALARM.alarm_id, "de", NOW_US)


def test_nobody_goes_on_in_another_persons_conversation(plant: Plant) -> None:
    assistant = with_assistant(plant)
    conversation = ask(plant).headers["lineside-conversation"]

    answer = ask(plant, "And since when?", who="operator", conversation_id=conversation)

    assert answer.status_code == 404
    assert answer.json()["detail"] == "you have no such conversation; leave it out to begin a new one"
    assert len(assistant.asked) == 1
    assert plant.client.get("/api/conversations", headers=as_person("operator")).json() == []
    gone = plant.client.get(f"/api/conversations/{conversation}", headers=as_person("admin"))
    assert gone.status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ({"question": ""}, 422, "question: must not be empty"),
        ({"question": " \n\t"}, 422, "question: must not be empty"),
        ({"question": "x" * 2_001}, 422, "question: at most 2,000 characters; this has 2,001"),
        ({}, 422, "question: is missing"),
        ({"question": "Why?", "language": "fr"}, 422, "language: Input should be 'en', 'de' or 'zh'"),
        (
            {"question": "Why?", "\ud800": 1},
            422,
            "body: Input should be a valid string, unable to parse raw data as a unicode string",
        ),
        ({"question": "Why?", "line": "line-9"}, 404, "there is no line 'line-9'"),
    ],
)
def test_a_question_that_cannot_be_asked_is_one_clear_sentence(
    plant: Plant, asked: dict[str, object], status: int, told: str
) -> None:
    assistant = with_assistant(plant)

    answer = plant.client.post("/api/chat", content=json.dumps(asked), headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["detail"]) == (status, told)
    assert answer.headers["content-type"] == "application/problem+json"
    assert assistant.asked == []


def test_where_there_is_no_assistant_that_is_said(plant: Plant) -> None:
    answer = ask(plant)

    assert (answer.status_code, answer.json()["detail"]) == (404, "there is no assistant here")
    assert plant.client.get("/api/models").json() == plant.client.get("/api/suggestions").json() == []


@pytest.mark.parametrize(
    ("end", "told", "retry"),
    [
        (Failed("the model is still loading; ask again in a minute", True), "still loading", True),
        (Unavailable("Ollama at 127.0.0.1 does not answer"), "does not answer", True),
        (Misconfigured("models.yaml names no model"), "names no model", False),
        (ZeroDivisionError("secret"), "the assistant failed on this question", True),
    ],
)
def test_a_turn_that_breaks_down_says_so_and_whether_to_try_again(
    plant: Plant, end: Any, told: str, retry: bool
) -> None:
    with_assistant(plant, end)

    events = events_of(ask(plant))

    assert [name for name, _ in events] == ["problem"]
    assert told in events[0][1]["detail"]
    assert "secret" not in events[0][1]["detail"]
    assert events[0][1]["retry"] is retry
    assert kept(plant) == []


def test_what_was_said_before_a_breakdown_is_kept_and_marked(plant: Plant) -> None:
    with_assistant(plant, *SAID, Unavailable("Ollama went away"))

    events = events_of(ask(plant))

    assert events[-1] == ("problem", {"detail": "Ollama went away", "retry": True})
    (answer,) = kept(plant)
    assert (answer.text, answer.stopped, answer.known) == ("It is too warm.", True, False)
    assert [tool.call_id for tool in answer.tools] == ["t-1"]


def test_an_assistant_that_just_ends_is_a_problem_and_not_a_silence(plant: Plant) -> None:
    with_assistant(plant, Token("It"))

    assert events_of(ask(plant))[-1][0] == "problem"


def test_what_comes_after_the_answer_is_not_listened_to(plant: Plant) -> None:
    with_assistant(plant, REPLY, Token("more"), replace(REPLY, text="another"), Failed("late", False))

    events = events_of(ask(plant))

    assert [name for name, _ in events] == ["done"]
    assert [answer.text for answer in kept(plant)] == [REPLY.text]


def test_an_answer_that_cannot_be_kept_is_still_shown_with_the_reason(plant: Plant) -> None:
    class Full:
        def get(self, person: str, conversation_id: str) -> None:
            return None

        def save(self, person: str, answer: AnswerView) -> None:
            raise Unavailable("the disk is full")

    plant.has(conversations=Full())
    with_assistant(plant)

    events = events_of(ask(plant))

    assert [name for name, _ in events][-2:] == ["done", "problem"]
    assert events[-1][1]["detail"] == "this answer could not be kept: the disk is full"


def test_a_clock_that_is_set_back_makes_no_answer_older_than_its_question(plant: Plant) -> None:
    class SetBack(Says):
        async def ask(self, question: Any, stop: threading.Event) -> Any:
            plant.clock[0] -= 3_600_000_000
            yield REPLY

    plant.has(chat=chat_with(SetBack(), plant.services))

    events = events_of(ask(plant))

    assert events[-1][1]["answered_at"] == events[-1][1]["asked_at"] == "2025-03-03T06:10:00Z"


def test_more_than_twenty_questions_in_a_minute_have_to_wait(plant: Plant) -> None:
    with_assistant(plant, REPLY)
    for _ in range(20):
        assert ask(plant).status_code == 200

    refused = ask(plant)
    another = ask(plant, who="viewer")
    plant.clock[0] += 60_000_000

    assert (refused.status_code, refused.headers["retry-after"]) == (429, "61")
    assert refused.headers["content-type"] == "application/problem+json"
    assert another.status_code == 200
    assert ask(plant).status_code == 200


def test_a_machine_that_could_be_meant_is_offered(plant: Plant) -> None:
    with_assistant(plant, replace(REPLY, known=False, choices=("Filler 1", "Filler 2")))

    assert events_of(ask(plant))[-1][1]["choices"] == ["Filler 1", "Filler 2"]


def test_questions_that_fit_the_screen_are_suggested_in_the_persons_language(plant: Plant) -> None:
    with_assistant(plant)

    of_alarm = plant.client.get("/api/suggestions?alarm_id=a-1&language=de").json()
    of_line = plant.client.get("/api/suggestions?line=line-1").json()

    assert of_alarm == [{"question": f"de: why is a-1 at {NOW_US}?", "alarm_id": "a-1"}]
    assert of_line == [{"question": f"en: why is line-1 at {NOW_US}?", "alarm_id": ""}]
    assert plant.client.get("/api/suggestions?line=line-9").status_code == 404


async def _listen(chat: AssistantChat, most: int) -> list[object]:
    """Hear some events, then go away as a browser does."""
    heard: list[object] = []
    stream = chat.ask(Ask(question="Why?"), ADA, threading.Event())
    async for event in stream:
        heard.append(event)
        if len(heard) == most:
            break
    await stream.aclose()
    return heard


def test_a_listener_who_goes_away_stops_the_turn_and_what_was_said_is_kept(plant: Plant) -> None:
    assistant = Says((*SAID, *[Token("…")] * 1_000, REPLY), seconds=0.001)
    chat = chat_with(assistant, plant.services)

    async def scene() -> None:
        await _listen(chat, 4)
        await asyncio.to_thread(assistant.closed.wait, 5)
        await asyncio.sleep(0.1)

    asyncio.run(scene())

    (answer,) = kept(plant)
    assert answer.stopped
    assert answer.text.startswith("It is too warm.")
    assert assistant.stopped.is_set()


def test_an_assistant_that_does_not_listen_is_cut_off_and_what_was_said_is_kept(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lineside.api.chat.STOP_SECONDS", 0.1)
    assistant = Says((*SAID, *[Token("…")] * 10_000), seconds=0.005, obeys=False)
    chat = chat_with(assistant, plant.services)

    async def scene() -> None:
        await _listen(chat, 4)
        await asyncio.sleep(0.5)

    asyncio.run(scene())

    assert assistant.closed.is_set()
    (answer,) = kept(plant)
    assert answer.stopped
    assert answer.text.startswith("It is too warm.")


def test_a_process_that_ends_in_the_middle_keeps_what_was_said(plant: Plant) -> None:
    assistant = Says((*SAID, *[Token("…")] * 1_000), seconds=0.005, obeys=False)
    chat = chat_with(assistant, plant.services)

    asyncio.run(_listen(chat, 4))

    (answer,) = kept(plant)
    assert (answer.stopped, answer.question) == (True, "Why?")


@contextmanager
def serving(plant: Plant) -> Iterator[str]:
    """The application on a real server; its address."""
    config = uvicorn.Config(
        plant.application(), port=0, log_level="critical", lifespan="off", timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    eventually(lambda: server.started)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    plant.services.stopping.set()
    server.should_exit = True
    thread.join(8)
    assert not thread.is_alive()


def stream(url: str, who: str = "Ada") -> Any:
    return httpx.stream("POST", f"{url}/api/chat", json={"question": "Why?"}, headers=as_person(who), timeout=10)


@pytest.mark.loopback
def test_words_arrive_while_the_turn_goes_on_and_closing_the_page_stops_it(plant: Plant) -> None:
    assistant = with_assistant(plant, *SAID, *[Token("…")] * 2_000, REPLY, seconds=0.01)
    with serving(plant) as url:
        with stream(url) as answer:
            lines = answer.iter_lines()
            while "too warm" not in next(lines):
                pass
            assert not assistant.stopped.is_set()
        eventually(assistant.stopped.is_set)
        eventually(lambda: kept(plant))

    (kept_answer,) = kept(plant)
    assert kept_answer.stopped
    assert kept_answer.text.startswith("It is too warm.")


@pytest.mark.loopback
def test_two_tabs_ask_at_once_a_third_waits_and_closing_one_makes_room(plant: Plant) -> None:
    with_assistant(plant, *SAID, *[Token("…")] * 2_000, REPLY, seconds=0.01)
    with serving(plant) as url:
        with stream(url) as first, stream(url) as second:
            listening = [first.iter_lines(), second.iter_lines()]
            assert [next(lines) for lines in listening] == ["event: tool_started"] * 2
            with stream(url) as third:
                third.read()
                assert (third.status_code, third.headers["retry-after"]) == (429, "2")
                assert "wait for one, or stop it" in third.json()["detail"]
            with stream(url, "viewer") as somebody_else:
                assert somebody_else.status_code == 200

        def has_room() -> bool:
            with stream(url) as again:
                return again.status_code == 200

        eventually(has_room)


@pytest.mark.loopback
def test_silence_is_filled_with_comments_and_stopping_the_process_ends_the_stream_with_what_was_said(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lineside.api.chat_routes.HEARTBEAT_SECONDS", 0.2)
    monkeypatch.setattr("lineside.api.chat_routes.LOOK_SECONDS", 0.05)
    with_assistant(plant, Token("It"), *[Token("…")] * 100, seconds=0.6)
    with serving(plant) as url, stream(url) as answer:
        lines = answer.iter_lines()
        while not next(lines).startswith(":"):
            pass
        plant.services.stopping.set()
        rest = "\n".join(lines)

    assert "event: done" in rest
    assert '"stopped":true' in rest
