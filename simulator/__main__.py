"""`python -m simulator`: run the cookie line into a file, a broker, or both."""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import numpy as np
import typer

from lineside.errors import LinesideError, Misconfigured, Unavailable
from simulator.commanded import SLICE_SECONDS, Commanded
from simulator.controller import parse_misbehaviour
from simulator.faults import Fault, draw_faults, parse_fault
from simulator.line import Line
from simulator.publish import Broker, Devices, Gateway, Outbox
from simulator.recorded import CsvFile
from simulator.run import SAMPLING_SECONDS, START, Sample, simulate
from simulator.truth import truth_of, write_csv, write_jsonl

if TYPE_CHECKING:
    from simulator.photographs import Photographer

PASSWORD_VARIABLE = "LINESIDE_MQTT_PASSWORD"  # noqa: S105 - the variable's name, not a password
TOKEN_VARIABLE = "LINESIDE_TOKEN"  # noqa: S105 - the variable's name, not a token


class Writer(Protocol):
    """Where samples go."""

    def write(self, sample: Sample) -> None: ...


class Wire:
    """Joins the line, its controllers and the connection, none of which is there before the others."""

    commanded: Commanded | None = None
    sender: Gateway | Devices | None = None
    photographer: Photographer | None = None

    def __init__(self, start: datetime) -> None:
        self._start = start

    def answer(self, topic: str, payload: bytes) -> None:
        if self.sender is not None:
            self.sender.answer(topic, payload)

    def look(self, line: Line) -> None:
        """Take the picture that is due."""
        if self.photographer is not None:
            self.photographer.look(line, self._start + timedelta(seconds=line.at))

    def serve(self, line: Line) -> None:
        if self.commanded is not None:
            self.commanded.serve(line.set_points)


def main(
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    minutes: Annotated[float, typer.Option(help="Simulated minutes.", min=1)] = 60,
    faults: Annotated[int, typer.Option(help="Faults drawn at random by the seed.", min=0)] = 0,
    fault: Annotated[
        list[str] | None, typer.Option(help="KIND[:DEVICE][@ONSET][+DURATION] in seconds; may be repeated.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write telemetry here, as CSV.")] = None,
    truth: Annotated[Path | None, typer.Option(help="Write the faults' truth here: .csv, else JSON lines.")] = None,
    mqtt: Annotated[str, typer.Option(help=f"Publish to host:port; the password is in {PASSWORD_VARIABLE}.")] = "",
    speed: Annotated[float, typer.Option(help="Simulated seconds per second; 0 is as fast as it goes.", min=0)] = 0,
    site: Annotated[str, typer.Option(help="The site's id in topics.")] = "bakery-north",
    line: Annotated[str, typer.Option(help="The line's id in topics.")] = "line-1",
    gateway: Annotated[
        str, typer.Option(help="The thing that sends for all; empty: each device for itself.")
    ] = "line-gateway",
    outbox: Annotated[Path | None, typer.Option(help="Keep what is unacknowledged here, over restarts.")] = None,
    answer_fault: Annotated[
        list[str] | None, typer.Option(help="KIND[:DEVICE][%PERCENT]: how answers to commands go wrong; repeatable.")
    ] = None,
    images_every: Annotated[
        float,
        typer.Option(help="Seconds from one picture of the inspector's camera to the next; 0 is no camera.", min=0),
    ] = 0,
    plant: Annotated[
        str, typer.Option(help=f"Where pictures go: the plant's API; its token is in {TOKEN_VARIABLE}.")
    ] = "http://127.0.0.1:8765",
    image_truth: Annotated[
        Path | None, typer.Option(help="Write what is true of every picture here, as JSON lines.")
    ] = None,
) -> None:
    """Run a simulated cookie line with labelled faults. Over MQTT its machines hear commands, obey and answer."""
    seconds = minutes * 60
    chosen = _faults(seed, faults, fault or [], seconds)
    start = _start(seconds, speed) if mqtt else START
    misbehaviours = tuple(map(parse_misbehaviour, answer_fault or []))
    wire = Wire(start)
    samples = simulate(np.random.default_rng(seed), chosen, seconds, start=start, before_each=_pacing(speed, wire))
    if truth:
        _write_truth(truth, seed, chosen, seconds, start)
    if csv or mqtt:
        with ExitStack() as closing:
            writers: list[Writer] = []
            if csv:
                writers.append(CsvFile(closing.enter_context(csv.open("w", encoding="utf-8", newline=""))))
            if mqtt:
                wire.commanded = Commanded(wire.answer, site, line, seed=(seed, 2), misbehaviours=misbehaviours)
                sender = _sender(
                    Broker.parse(mqtt, gateway, _secret(PASSWORD_VARIABLE, "the broker wants a password")),
                    site,
                    line,
                    outbox,
                    wire.commanded,
                )
                wire.sender = sender
                closing.callback(_close, sender)
                writers.append(sender)
            if images_every:
                wire.photographer = closing.enter_context(_camera(seed, images_every, plant, image_truth))
            for sample in samples:
                for writer in writers:
                    writer.write(sample)
    elif not truth:
        raise Misconfigured("nothing to do: give --csv, --mqtt or --truth")
    elif images_every:
        raise Misconfigured("pictures are of a line that runs: give --csv or --mqtt with --images-every")


def _faults(seed: int, count: int, texts: list[str], seconds: float) -> tuple[Fault, ...]:
    return (*map(parse_fault, texts), *draw_faults(np.random.default_rng([seed, 1]), count, seconds))


def _start(seconds: float, speed: float) -> datetime:
    """Such that the run ends now: nothing may claim to come from the future."""
    ahead = seconds * (1 - 1 / speed) if speed else seconds
    return datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=round(max(0.0, ahead)))


def _pacing(speed: float, wire: Wire) -> Callable[[Line], None]:
    """What happens before every sample: wait for its time, and look after the commands meanwhile."""
    began = time.monotonic()
    seconds = itertools.count(0, SAMPLING_SECONDS)

    def wait(line: Line) -> None:
        wire.serve(line)
        wire.look(line)
        due = began + (next(seconds) / speed if speed else 0.0)
        while (left := due - time.monotonic()) > 0:
            time.sleep(min(left, SLICE_SECONDS))
            wire.serve(line)

    return wait


def _write_truth(path: Path, seed: int, faults: tuple[Fault, ...], seconds: float, start: datetime) -> None:
    truths = truth_of(seed, faults, seconds)
    with path.open("w", encoding="utf-8", newline="") as out:
        if path.suffix == ".csv":
            write_csv(truths, start, out)
        else:
            write_jsonl(truths, out)


@contextmanager
def _camera(seed: int, every_seconds: float, plant: str, truth: Path | None) -> Iterator[Photographer]:
    """The camera and whoever sends its pictures. Raises Unavailable at the end where some were not taken."""
    from simulator.camera import Camera
    from simulator.photographs import PATIENCE_SECONDS, Photographer, PlantImages

    with ExitStack() as closing:
        images = PlantImages(plant, _secret(TOKEN_VARIABLE, "the plant wants a token"))
        closing.callback(images.close)
        truths = closing.enter_context(truth.open("w", encoding="utf-8")) if truth else None
        camera = Camera(np.random.default_rng([seed, 3]), every_seconds)
        photographer = Photographer(camera, images.send, truths, tell=_tell, wait_seconds=PATIENCE_SECONDS)
        try:
            yield photographer
        finally:
            lost = photographer.close(PATIENCE_SECONDS)
    if lost:
        raise Unavailable(f"the plant has not taken {lost} pictures")


def _tell(why: str) -> None:
    sys.stderr.write(f"{why}\n")


def _secret(variable: str, who_wants: str) -> str:
    secret = os.environ.get(variable, "")
    if not secret:
        raise Misconfigured(f"{who_wants}: set {variable}")
    return secret


def _sender(broker: Broker, site: str, line: str, outbox: Path | None, commanded: Commanded) -> Gateway | Devices:
    if broker.user:
        return Gateway(broker, Outbox(outbox or ":memory:"), site, line, commanded.take)
    return Devices(broker, site, line, commanded.take)


def _close(sender: Gateway | Devices) -> None:
    waiting = sender.close()
    if waiting:
        raise Unavailable(f"the broker has not acknowledged {waiting} messages; a gateway with --outbox keeps them")


def draw_biscuits(
    command: Annotated[str, typer.Argument(help="biscuits", metavar="biscuits")],
    out: Annotated[Path, typer.Option(help="The folder for the pictures and labels.jsonl.")],
    count: Annotated[int, typer.Option(help="How many pictures.", min=1)] = 100,
    seed: Annotated[int, typer.Option(help="The same seed gives the same pictures.", min=0)] = 1,
) -> None:
    """Draw labelled biscuits on a belt: good, cracked, deformed and with bubbles."""
    from simulator.biscuits import write_folder

    write_folder(out, count, seed)
    typer.echo(f"{command}: {count} pictures and labels.jsonl are in {out}")


def run() -> None:
    """Errors of ours are one sentence on stderr."""
    try:
        if sys.argv[1:2] == ["biscuits"]:
            typer.run(draw_biscuits)
        else:
            typer.run(main)
    except LinesideError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2 if isinstance(error, Misconfigured) else 1)


if __name__ == "__main__":
    run()
