"""The commands of a plant as the tests need them: a broker that is a list, clocks that stand, a line that is well."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from edge.command_gate import CommandJournal
from edge.mqtt_commands import MqttCommands
from lineside.control.wire import CommandAnswer, encode
from tests.control.asked import FORMER
from tests.control.gated import NOW_US, SECOND_US, gate, values

REQUEST = "cmd/lineside/plant/line-1/cookie-former/request"
RESPONSE = "cmd/lineside/plant/line-1/cookie-former/response"


class Wire:
    """A broker of which the test says who listens and what is acknowledged."""

    def __init__(self) -> None:
        self.listening, self.acknowledges = True, True
        self.published: list[tuple[str, bytes]] = []

    def reaches(self, topic: str) -> bool:
        return self.listening

    def publish(self, topic: str, payload: bytes, on_acknowledged: Callable[[], None]) -> None:
        self.published.append((topic, payload))
        if self.acknowledges:
            on_acknowledged()


class Plant:
    """The commands of a plant at a broker, with clocks that the test moves; `killed` starts anew on the same file."""

    def __init__(self, file: Path | None = None, wire: Wire | None = None) -> None:
        self.file, self.wire = file, wire or Wire()
        self.now_us, self.seconds = NOW_US, 0.0
        self.told: list[CommandAnswer] = []
        self.shows = {}
        self.journal = CommandJournal(file)
        judge = gate(self.journal)
        object.__setattr__(judge, "values", lambda _line: values(self.now_us, **self.shows))
        self.commands = MqttCommands(self.journal, judge, lambda: self.now_us, clock=lambda: self.seconds)
        self.commands.connect(self.wire)

    def turn(self) -> None:
        self.commands.turn(self.told.append)

    def later(self, seconds: float) -> None:
        self.now_us += round(seconds * SECOND_US)
        self.seconds += seconds

    def hears(self, *, topic: str = RESPONSE, **changed: object) -> list[bool]:
        """A machine's answer comes; whether it was on disk when it was acknowledged to the machine."""
        said = {"command_id": "c-1", "device": FORMER, "accepted": True} | changed
        durable: list[bool] = []

        def on_durable() -> None:
            durable.append(self.journal.step("c-1") in ("answered", "told"))

        self.commands.put(topic, encode(CommandAnswer(**said)), self.now_us, on_durable)
        return durable

    def killed(self, at_us: int | None = None) -> Plant:
        self.journal.close()
        plant = Plant(self.file, self.wire)
        plant.now_us = at_us or self.now_us
        return plant
