"""AWS IoT, played: executions of commands and a shadow, as its topics carry them and with what it refuses."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lineside.control.wire import CommandAnswer, CommandMessage, decode_answer, encode

Message = tuple[str, bytes]
ENDED = ("SUCCEEDED", "FAILED", "REJECTED", "TIMED_OUT")


@dataclass
class Aws:
    """`hears` takes what a plant publishes and gives what AWS IoT publishes then."""

    statuses: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Execution -> each status that was taken, with its reason's code."""
    desired: dict[str, dict[str, Any]] = field(default_factory=dict)
    reported: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: list[tuple[str, CommandAnswer]] = field(default_factory=list)
    """What the rule would put on the queue of answers: the topic, and the answer."""
    refusals: list[dict[str, Any]] = field(default_factory=list)
    """What the next updates are refused with."""
    silent: bool = False
    asked: Counter[str] = field(default_factory=Counter)

    def start(self, thing: str, message: CommandMessage | bytes, execution: str = "e-1") -> Message:
        """The execution as the stack's payload template makes it: the message as text in one member."""
        text = message if isinstance(message, bytes) else json.dumps({"message": encode(message).decode()}).encode()
        self.statuses.setdefault(execution, [])
        return f"$aws/commands/things/{thing}/executions/{execution}/request/json", text

    def desire(self, thing: str, entries: dict[str, Any]) -> Message:
        """Change `desired`; the delta, which leaves out whatever is reported already."""
        self.desired[thing] = {
            name: entry for name, entry in (self.desired.get(thing, {}) | entries).items() if entry is not None
        }
        return f"$aws/things/{thing}/shadow/name/setpoints/update/delta", json.dumps(
            {"state": self.delta(thing)}
        ).encode()

    def delta(self, thing: str) -> dict[str, Any]:
        return _difference(self.desired.get(thing, {}), self.reported.get(thing, {}))

    def hears(self, topic: str, payload: bytes) -> Iterator[Message]:
        levels = topic.split("/")
        if levels[0] == "cmd":
            self.answers.append((topic, decode_answer(payload)))
        elif self.silent:
            return
        elif levels[1] == "commands":
            yield self._status(topic, levels[5], json.loads(payload))
        elif levels[-1] == "get":
            yield self._shadow(topic, levels[2], json.loads(payload))
        else:
            yield from self._report(topic, levels[2], json.loads(payload))

    def _status(self, topic: str, execution: str, said: dict[str, Any]) -> Message:
        assert set(said) == {"status", "statusReason"}
        status, reason = said["status"], said["statusReason"]
        assert len(reason["reasonDescription"]) <= 1_024
        assert reason["reasonDescription"].isprintable()
        taken, verdict = self.statuses[execution], dict[str, Any]()
        if self.refusals:
            verdict = self.refusals.pop(0)
        elif taken and taken[-1][0] in ENDED:
            verdict = {"error": "TerminalStateReached", "errorMessage": "it has ended"}
        else:
            taken.append((status, reason["reasonCode"]))
        word = "rejected" if verdict else "accepted"
        return topic.removesuffix("json") + f"{word}/json", json.dumps({"executionId": execution, **verdict}).encode()

    def _shadow(self, topic: str, thing: str, said: dict[str, Any]) -> Message:
        self.asked[thing] += 1
        if thing not in self.desired:
            return f"{topic}/rejected", json.dumps({"code": 404, "message": "No shadow exists", **said}).encode()
        state = {"desired": self.desired[thing], "reported": self.reported.get(thing, {}), "delta": self.delta(thing)}
        return f"{topic}/accepted", json.dumps({"state": state, "version": 3, **said}).encode()

    def _report(self, topic: str, thing: str, said: dict[str, Any]) -> Iterator[Message]:
        if self.refusals:
            refused = {"code": 500, "message": "busy", "clientToken": said["clientToken"], **self.refusals.pop(0)}
            yield f"{topic}/rejected", json.dumps(refused).encode()
        else:
            assert set(said["state"]) == {"reported"}, "a plant desires nothing"
            self.reported[thing] = _merged(self.reported.get(thing, {}), said["state"]["reported"])
            if self.delta(thing):  # AWS IoT says so after every update, also of what is reported.
                yield f"{topic}/delta", json.dumps({"state": self.delta(thing)}).encode()


def _difference(desired: dict[str, Any], reported: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, wanted in desired.items():
        there = reported.get(name)
        if isinstance(wanted, dict) and isinstance(there, dict):
            if below := _difference(wanted, there):
                found[name] = below
        elif wanted != there:
            found[name] = wanted
    return found


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    both = dict(old)
    for name, value in new.items():
        there = both.get(name)
        both[name] = _merged(there, value) if isinstance(there, dict) and isinstance(value, dict) else value
    return both
