"""A plant that is killed between any two writes or words to AWS IoT goes on; nothing is lost or done twice."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest

from lineside.control.wire import CommandMessage, encode
from tests.control.gated import message
from tests.edge.aws import Aws, Message
from tests.edge.bridged import FORMERS, FREEZERS, Bridged, colder, entry
from tests.edge.commanded_plant import REQUEST, RESPONSE

Way = Literal["command", "shadow"]
WANTED: dict[Way, tuple[str, CommandMessage]] = {"command": (FORMERS, message()), "shadow": (FREEZERS, colder())}


class Deadly(Bridged):
    """A plant that dies, as by `kill -9`, at one of the moments it passes; what left it stands in a file."""

    def __init__(self, folder: Path, aws: Aws, dies_at: int = 0) -> None:
        super().__init__(folder, aws)
        self.moments, self._dies_at, self._log = 0, dies_at, folder / "log"
        self.errands.add = self._deadly(self.errands.add)  # type: ignore[method-assign]
        self.errands.put = self._deadly(self.errands.put)  # type: ignore[method-assign]
        self.plant.journal.hand = self._deadly(self.plant.journal.hand)  # type: ignore[method-assign]
        self.session.publish = self._deadly(self._noted("aws", self.session.publish))  # type: ignore[method-assign]
        self.plant.wire.publish = self._deadly(  # type: ignore[method-assign]
            self._noted("machine", self.plant.wire.publish)
        )

    def live(self, way: Way, request: Message) -> None:
        self.bridge.put(*request, self.plant.now_us, self._deadly(lambda: self._note("heard", "", b"")))
        self.turn()
        self._machine_answers(way)

    def go_on(self, way: Way, request: Message) -> None:
        """The next process: AWS IoT and the machine send again what was not acknowledged to them."""
        if not self.noted("heard"):
            self.comes(request)
        self.turn()
        if self.plant.journal.step("c-1") in ("sending", "waiting"):
            self._machine_answers(way)
        for _ in range(3):
            self.later(6)

    def noted(self, what: str) -> list[Message]:
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        found = (json.loads(line) for line in lines)
        return [(topic, bytes.fromhex(payload)) for kind, topic, payload in found if kind == what]

    def _machine_answers(self, way: Way) -> None:
        thing, wanted = WANTED[way]
        self.plant.hears(device=wanted.device, topic=RESPONSE.replace(FORMERS, thing))
        self.turn()

    def _note(self, what: str, topic: str, payload: bytes) -> None:
        with self._log.open("a") as log:
            log.write(json.dumps([what, topic, payload.hex()]) + "\n")

    def _noted(self, what: str, publish: Callable[..., None]) -> Callable[..., None]:
        def noted(topic: str, payload: bytes, on_acknowledged: Callable[[], None]) -> None:
            self._note(what, topic, payload)
            publish(topic, payload, on_acknowledged)

        return noted

    def _deadly(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def acts(*given: Any, **named: Any) -> Any:
            done = act(*given, **named)
            self._pass()  # Before the next one it has the same on its disk.
            return done

        return acts

    def _pass(self) -> None:
        self.moments += 1
        if self.moments == self._dies_at:
            os.kill(os.getpid(), signal.SIGKILL)


def asked(aws: Aws, way: Way) -> Message:
    thing, wanted = WANTED[way]
    return aws.start(thing, wanted) if way == "command" else aws.desire(thing, entry(wanted))


def lives_on(folder: Path, way: Way, dies_at: int) -> Deadly:
    """A process that dies there, and the next one, until it has nothing more to do."""
    folder.mkdir()
    aws = Aws()
    request = asked(aws, way)
    child = os.fork()
    if child == 0:
        Deadly(folder, aws, dies_at).live(way, request)
        os._exit(0)
    _, ended = os.waitpid(child, 0)
    assert os.WIFSIGNALED(ended)
    again = Deadly(folder, aws)
    for topic, payload in again.noted("aws"):
        list(aws.hears(topic, payload))  # What the first one told AWS IoT, whose answers nobody heard.
    again.go_on(way, request)
    return again


@pytest.mark.parametrize("way", ["command", "shadow"])
def test_a_plant_that_is_killed_at_any_moment_loses_and_doubles_nothing(way: Way, tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    aws = Aws()
    whole = Deadly(tmp_path / "whole", aws)
    whole.live(way, asked(aws, way))
    whole.close()
    thing, wanted = WANTED[way]

    for dies_at in range(1, whole.moments + 1):
        again = lives_on(tmp_path / str(dies_at), way, dies_at)
        open_errands = again.errands.open()
        again.close()

        assert {(topic, payload) for topic, payload in again.noted("machine")} == {
            (REQUEST.replace(FORMERS, thing), encode(wanted))
        }, dies_at
        assert {(topic, answer.accepted) for topic, answer in again.aws.answers} == {
            (RESPONSE.replace(FORMERS, thing), True)
        }, dies_at
        ended = again.aws.statuses["e-1"][-1:] == [("SUCCEEDED", "MACHINE_ACCEPTED")] if way == "command" else None
        assert (ended, again.aws.delta(thing)) in ((True, {}), (None, {})), dies_at
        assert open_errands == [], dies_at
    assert whole.moments > 10
