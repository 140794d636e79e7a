"""How fast telemetry becomes NGSI-LD and readings, as ratios to orjson reading and writing the same messages.

CPU time, all in one run, the rounds taken in turn, medians. The messages are different ones (40 devices, every instant
and value its own), about 190 bytes with six values; one has a unit, which a quarter of the devices have converted.
`python -m benchmarks normalize` shows them.

The command is compared with two things: with the plain loop, which has all lines in memory already, starts nothing and
writes nothing; and with a process that reads lines and loads, dumps and writes them. With --site every machine is
declared: its temperature is converted where it is sent in degF, and three values are held to what is possible.
"""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

import orjson

from lineside.telemetry.decode import Origin, decode
from lineside.telemetry.normalize import Normalizer
from lineside.telemetry.timestamps import SECOND_US, parse, render

MESSAGES = 20_000
MACHINES = 40
LINES = 400_000
ROUNDS = 7
COMMAND_ROUNDS = 5
BATCH = 64
GATEWAY_BATCH = 20
START_US = parse("2025-03-03T06:00:00Z")
RECEIVED_US = START_US + 3_600 * SECOND_US

ECHO = """
import sys, orjson
for line in sys.stdin.buffer:
    sys.stdout.buffer.write(orjson.dumps(orjson.loads(line)))
    sys.stdout.buffer.write(b"\\n")
"""


def message(number: int, chance: random.Random) -> bytes:
    """One message as a machine of the cookie line sends it, 137 ms after the one before."""
    machine = chance.randrange(MACHINES)
    return orjson.dumps(
        {
            "device": f"Machine {machine:02d}",
            "ts": render(START_US + number % 20_000 * 137_000),
            "measurements": {
                "Temperature": {"value": round(chance.gauss(36, 2), 2), "unit": "CEL" if machine % 4 else "degF"},
                "Speed": round(chance.gauss(8.8, 0.1), 2),
                "Pressure": round(chance.gauss(2, 0.1), 3),
                "State": chance.choice(["Running", "Running", "Running", "Down"]),
                "Good": number,
                "Bad": number // 80,
            },
        }
    )


def messages() -> list[bytes]:
    chance = random.Random(7)
    return [message(number, chance) for number in range(MESSAGES)]


def cpu_seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def child_cpu_seconds(command: list[str], source: Path) -> float:
    """User and system time of a whole process, its start included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with source.open("rb") as lines:
        subprocess.run(command, stdin=lines, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def in_process() -> dict[str, float]:
    """Ratio of every path to orjson loads + dumps of the same messages."""
    sent = messages()
    arrays = [b"[" + b",".join(sent[at : at + GATEWAY_BATCH]) + b"]" for at in range(0, MESSAGES, GATEWAY_BATCH)]
    normalizer, origin = Normalizer(), Origin(None, received_us=RECEIVED_US)
    paths: dict[str, Callable[[], object]] = {
        "orjson": lambda: [orjson.dumps(orjson.loads(one)) and None for one in sent],
        "entities": lambda: [
            normalizer.normalize_many(sent[at : at + BATCH], RECEIVED_US) and None for at in range(0, MESSAGES, BATCH)
        ],
        "entity": lambda: [normalizer.normalize(one, RECEIVED_US) and None for one in sent],
        "readings": lambda: [decode(one, origin) and None for one in sent],
        "array readings": lambda: [decode(array, origin) and None for array in arrays],
    }
    seconds: dict[str, list[float]] = {name: [] for name in paths}
    for _ in range(ROUNDS + 1):
        for name, work in paths.items():
            seconds[name].append(cpu_seconds(work))
    middle = {name: median(took[1:]) for name, took in seconds.items()}  # the first round fills caches
    return {name: middle["orjson"] / took for name, took in middle.items()}


def write_lines(path: Path, count: int) -> None:
    chance = random.Random(7)
    with path.open("wb") as file:
        for number in range(count):
            file.write(message(number, chance) + b"\n")


NORMALIZE = [sys.executable, "-c", "from edge.cli import main; main()", "normalize"]
MACHINE = """
      - id: Machine {number:02d}
        attributes:
          Temperature: {{unit: CEL, physical_low: -60, physical_high: 300}}
          Speed: {{physical_low: 0, physical_high: 100}}
          Pressure: {{unit: BAR, physical_low: 0, physical_high: 16}}"""


class Command(NamedTuple):
    """Seconds of CPU time: of the command and of what it is compared with, medians of rounds taken in turn."""

    ours: float
    ours_with_site: float
    start: float
    start_with_site: float
    loop: float
    echo: float


def write_site(path: Path) -> Path:
    machines = "".join(MACHINE.format(number=number) for number in range(MACHINES))
    path.write_text(f"site: bench\nlines:\n  - id: line-1\n    machines:{machines}\n")
    return path


def command_line(lines: Path, site: Path) -> Command:
    sent = lines.read_bytes().splitlines()
    nothing, with_site = Path(os.devnull), [*NORMALIZE, "--site", str(site)]
    works: tuple[Callable[[], float], ...] = (
        lambda: child_cpu_seconds(NORMALIZE, lines),
        lambda: child_cpu_seconds(with_site, lines),
        lambda: child_cpu_seconds(NORMALIZE, nothing),
        lambda: child_cpu_seconds(with_site, nothing),
        lambda: cpu_seconds(lambda: [orjson.dumps(orjson.loads(one)) and None for one in sent]),
        lambda: child_cpu_seconds([sys.executable, "-c", ECHO], lines),
    )
    rounds = [[work() for work in works] for _ in range(COMMAND_ROUNDS)]
    return Command(*(median(took) for took in zip(*rounds, strict=True)))


PEAK = """
import re, sys
from pathlib import Path
from edge.cli import main
try:
    main()
except SystemExit:
    pass
sys.stderr.write(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def peak_megabytes(lines: Path) -> float:
    """The most memory that `lineside normalize` held."""
    with lines.open("rb") as source:
        command = [sys.executable, "-c", PEAK, "normalize"]
        done = subprocess.run(command, stdin=source, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
    return int(done.stderr) / 1024


def growth(few: Path, many: Path) -> tuple[float, float, float]:
    """Peak memory for few lines and for ten times as many, and how many times the CPU time the many take."""
    return (
        peak_megabytes(few),
        peak_megabytes(many),
        child_cpu_seconds(NORMALIZE, many) / child_cpu_seconds(NORMALIZE, few),
    )


def bench() -> list[tuple[str, str]]:
    """What it measures, and the figure."""
    ratios = in_process()
    rows = [
        (f"normalize, {BATCH} messages at a time", f"{ratios['entities']:.2f} of orjson loads+dumps"),
        ("normalize, one message", f"{ratios['entity']:.2f} of orjson loads+dumps"),
        ("decode to readings, one message", f"{ratios['readings']:.2f} of orjson loads+dumps"),
        (f"decode to readings, array of {GATEWAY_BATCH}", f"{ratios['array readings']:.2f} of orjson loads+dumps"),
    ]
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder, "few.jsonl"), Path(folder, "many.jsonl")
        write_lines(few, LINES // 2)
        write_lines(many, LINES * 5)
        command = command_line(few, write_site(Path(folder, "site.yaml")))
        few_mb, many_mb, times = growth(few, many)
    ours = {"lineside normalize": command.ours, "the same with --site": command.ours_with_site}
    for label, seconds in ours.items():
        rows += [
            (f"{label}, {LINES // 2:,} lines, whole process", f"{command.loop / seconds:.2f} of the loop in memory"),
            ("  and of a process that reads, loads, dumps, writes", f"{command.echo / seconds:.2f}"),
        ]
    rows += [
        ("  start-up, without and with --site", f"{command.start:.2f} s, {command.start_with_site:.2f} s of CPU"),
        ("  a line after that, with --site", f"{_a_line_with_site(command):.2f} of the loop in memory"),
        ("its memory for ten times the lines", f"{few_mb:.0f} MB -> {many_mb:.0f} MB"),
        ("its CPU time for ten times the lines", f"{times:.1f} times"),
    ]
    return rows


def _a_line_with_site(command: Command) -> float:
    return command.loop / (command.ours_with_site - command.start_with_site)


if __name__ == "__main__":
    for label, figure in bench():
        print(f"{label:<42}{figure}")
