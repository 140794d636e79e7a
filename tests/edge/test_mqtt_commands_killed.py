"""A process that is killed at any step of a command goes on from the journal, and loses nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from lineside.control.wire import CommandAnswer, encode
from tests.control.asked import FORMER
from tests.control.gated import NOW_US, SECOND_US, message
from tests.edge.commanded_plant import RESPONSE, Plant


class Deadly(Plant):
    """A plant in a process of its own that is killed, as by `kill -9`, at one step; what it did stands in a file."""

    def __init__(self, folder: Path, dies_at: str) -> None:
        super().__init__(folder / "commands.db")
        self._done, self._dies_at = folder / "done", dies_at
        self.wire.publish = self._publish  # type: ignore[method-assign]

    def reach(self, step: str, did: str = "") -> None:
        if did:
            with self._done.open("a") as done:
                done.write(f"{did}\n")
        if step == self._dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def live(self) -> None:
        self.commands.send(message())
        self.reach("handed")
        self.turn()
        self.reach("acknowledged")
        self.turn()
        said = CommandAnswer(command_id="c-1", device=FORMER, accepted=True)
        self.commands.put(RESPONSE, encode(said), self.now_us, lambda: self.reach("answer stored"))
        self.turn()
        self.reach("told")

    def turn(self) -> None:
        self.commands.turn(self._on_answer)

    def _publish(self, topic: str, payload: bytes, on_acknowledged: Callable[[], None]) -> None:
        self.reach("judged")
        self.reach("published", f"published {payload.hex()}")
        on_acknowledged()

    def _on_answer(self, answer: CommandAnswer) -> None:
        self.reach("before telling")
        self.reach("told, not written down", f"told {answer.accepted}")


STEPS = ("handed", "judged", "published", "acknowledged", "answer stored", "before telling", "told, not written down")


@pytest.mark.parametrize("step", [*STEPS, "told"])
def test_a_process_that_is_killed_at_any_step_loses_nothing(step: str, tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        Deadly(tmp_path, step).live()
        os._exit(0)
    _, ended = os.waitpid(child, 0)

    again = Deadly(tmp_path, "never")
    again.turn()
    again.turn()
    if again.journal.step("c-1") == "waiting":
        again.hears()
    again.turn()
    again.journal.close()

    done = (tmp_path / "done").read_text().splitlines()
    assert os.WIFSIGNALED(ended)
    assert {line for line in done if line.startswith("published")} == {f"published {encode(message()).hex()}"}
    assert done.count("told True") == (2 if step == "told, not written down" else 1), "the desk takes it twice"


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("killed_after", ["handed", "judged"])
def test_one_that_expires_while_the_process_is_down_is_not_sent(killed_after: str, tmp_path: Path) -> None:
    plant = Plant(tmp_path / "commands.db")
    plant.commands.send(message())
    if killed_after == "judged":
        plant.wire.publish = _killed  # type: ignore[method-assign]
        with pytest.raises(KeyboardInterrupt):
            plant.turn()
        del plant.wire.publish

    again = plant.killed(NOW_US + 60 * SECOND_US)
    again.turn()
    again.journal.close()

    assert again.wire.published == []
