"""A plant's commands with AWS IoT played beside them: no network, and clocks that the test moves."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edge.aws_bridge import AwsBridge
from edge.aws_errands import AwsErrands
from lineside.control.wire import CommandMessage, decode_message, encode
from tests.control.asked import FREEZER
from tests.control.gated import PLANT, message
from tests.edge.aws import Aws, Message
from tests.edge.commanded_plant import Plant

FORMERS, FREEZERS = "cookie-former", "freezer-tunnel"
GET = "$aws/things/freezer-tunnel/shadow/name/setpoints/get"


class Session:
    """The session with AWS IoT; the test says whether it stands. While it `holds`, nothing arrives."""

    def __init__(self, aws: Aws, bridge: AwsBridge, plant: Plant) -> None:
        self.connected, self._aws, self._bridge, self._plant = True, aws, bridge, plant
        self.published: list[Message] = []
        self.holds = False
        self._held: list[tuple[str, bytes, Callable[[], None]]] = []

    def publish(self, topic: str, payload: bytes, on_acknowledged: Callable[[], None]) -> None:
        self.published.append((topic, payload))
        if self.holds:
            self._held.append((topic, payload, on_acknowledged))
        else:
            self._arrives(topic, payload, on_acknowledged)

    def comes_back(self) -> None:
        """After an interruption: what was not acknowledged goes out again, and the bridge is told."""
        self.holds = False
        for each in self._held:
            self._arrives(*each)
        self._bridge.on_ready()

    def _arrives(self, topic: str, payload: bytes, on_acknowledged: Callable[[], None]) -> None:
        for reply in self._aws.hears(topic, payload):
            self._bridge.put(*reply, self._plant.now_us, lambda: None)
        on_acknowledged()


class Bridged:
    """`turn` is one of all threads; `killed` starts everything in the plant anew on the same files."""

    def __init__(self, folder: Path | None = None, aws: Aws | None = None, plant: Plant | None = None) -> None:
        self.folder, self.aws = folder, aws or Aws()
        self.plant = plant or Plant(folder / "commands.db" if folder else None)
        self.errands = AwsErrands(folder / "errands.db" if folder else None)
        self.bridge = AwsBridge(
            PLANT, self.errands, self.plant.commands, lambda: self.plant.now_us, clock=lambda: self.plant.seconds
        )
        self.session = Session(self.aws, self.bridge, self.plant)
        self.bridge.connect(self.session)
        self.bridge.on_ready()

    def comes(self, message: Message) -> list[bool]:
        """AWS IoT sends it; whether there was an errand on the disk when it was acknowledged."""
        durable: list[bool] = []
        self.bridge.put(*message, self.plant.now_us, lambda: durable.append(bool(self.errands.open())))
        self.turn()
        return durable

    def turn(self, times: int = 3) -> None:
        for _ in range(times):
            self.bridge.turn()
            self.plant.turn()
        self.bridge.turn()

    def later(self, seconds: float) -> None:
        self.plant.later(seconds)
        self.turn()

    def killed(self) -> Bridged:
        plant = self.plant.killed()
        self.errands.close()
        return Bridged(self.folder, self.aws, plant)

    def close(self) -> None:
        self.errands.close()
        self.plant.journal.close()


def colder(command_id: str = "c-1", value: float = -22.0, **changed: Any) -> CommandMessage:
    said: dict[str, Any] = {"device": FREEZER, "attribute": "TemperatureSetpoint", "unit": "CEL", "risk": "high"}
    return message(command_id, value=value, **(said | {"approved_by": "Eva Lind"} | changed))


def entry(wanted: CommandMessage) -> dict[str, Any]:
    return {wanted.attribute: json.loads(encode(wanted))}


def sent_to_machines(bridged: Bridged) -> list[str]:
    return [decode_message(payload).command_id for _, payload in bridged.plant.wire.published]


def reported(bridged: Bridged) -> dict[str, Any]:
    return bridged.aws.reported[FREEZERS]["TemperatureSetpoint"]
