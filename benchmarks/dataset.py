"""How fast a dataset is made besides generation: reading, chunks, checks, near-duplicates, parts and files.

The pages are written here, about 3,000 characters each, of ever other machines, limits, codes and steps; the pairs are
the offline generator's. Processor time of one process. Reading a PDF is measured apart, on the demo plant's manual: it
is as slow as its layout is rich.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from lineside.manuals.library import Library, read_document, read_library
from lineside.training_data.absent import absent_questions
from lineside.training_data.build import Generated, generated, made_of, source_of
from lineside.training_data.chunk import chunks_of
from lineside.training_data.dataset import Dataset, assemble
from lineside.training_data.draft import Draft, Misfit
from lineside.training_data.offline import OfflineGenerator
from lineside.training_data.pair import Chunk
from lineside.training_data.plan import plan, refusals_wanted
from lineside.training_data.refusals import checked_refusals
from lineside.training_data.report import Made
from lineside.training_data.settings import DatasetSettings

TODAY = date(2025, 3, 3)
SIZES = (50, 200, 800)
PAGES_OF_A_DOCUMENT = 10
PAIRS_OF_A_PAGE = (2, 8)
"""As a model is asked that is paid for, and as many as the demo plant's manual carries."""
PDF = Path(__file__).parents[1] / "samples" / "manuals" / "freezer-tunnel-ft200-manual.pdf"

_NOUNS = (
    "valve",
    "pump",
    "belt",
    "drive",
    "guard",
    "hood",
    "sensor",
    "nozzle",
    "filter",
    "roller",
    "hopper",
    "fan",
    "motor",
    "bearing",
    "chain",
    "gearbox",
    "clutch",
    "brake",
    "tank",
    "hose",
    "gauge",
    "heater",
    "cooler",
    "conveyor",
    "gripper",
    "cylinder",
    "piston",
    "spindle",
    "carriage",
    "rail",
    "lamp",
    "cable",
    "plug",
    "relay",
    "fuse",
    "scraper",
    "tray",
    "feeder",
)
_SIDES = (
    "left",
    "right",
    "upper",
    "lower",
    "front",
    "rear",
    "inner",
    "outer",
    "first",
    "second",
    "main",
    "spare",
)
_DOES = (
    "Check",
    "Clean",
    "Close",
    "Open",
    "Tighten",
    "Replace",
    "Inspect",
    "Turn",
    "Press",
    "Remove",
    "Release",
    "Lubricate",
)
_UNITS = ("bar", "°C", "rpm", "mm", "A", "minutes", "seconds", "Nm")


def bench() -> Iterator[tuple[str, str]]:
    least: dict[int, float] = {}
    for pages in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            _write(Path(folder), pages)
            for pairs in PAIRS_OF_A_PAGE:
                whole, lines = _measured(Path(folder), pages, DatasetSettings(pairs=pairs * pages))
                yield from lines
                yield "  times the cost of a page at the smallest size", f"{whole / least.setdefault(pairs, whole):.2f}"
    began = time.perf_counter()
    (manual,) = read_document(PDF)
    yield "reading the demo manual, PDF with tables", f"{manual.pages / (time.perf_counter() - began):,.1f} pages/s"


def _measured(folder: Path, pages: int, settings: DatasetSettings) -> tuple[float, list[tuple[str, str]]]:
    """Seconds a page, and what is told of it."""
    clock = _Clock()
    library = read_library([folder])
    clock.stop("reading")
    chunks = _chunks(library, settings)
    clock.stop("chunks")
    written = Written(chunks, settings)
    clock.skip()
    made = _made(library, chunks, written)
    clock.stop("checks")
    passages = library.passages(TODAY)
    wanted = refusals_wanted([pair for each in made for pair in each.pairs], settings)
    clock.stop("how many refusals")
    proposed = absent_questions(passages, wanted, 0)
    clock.skip()
    refusals = checked_refusals(proposed, passages, wanted)
    clock.stop("refusals")
    dataset = assemble(made, settings, refusals=refusals)
    clock.stop("near-duplicates and parts")
    files = dataset.files()
    clock.stop("files")
    return sum(clock.spent.values()) / pages, list(_told(pages, dataset, files, clock))


def _told(pages: int, dataset: Dataset, files: dict[str, bytes], clock: _Clock) -> Iterator[tuple[str, str]]:
    whole = sum(clock.spent.values())
    parts = ", ".join(f"{what} {seconds / pages * 1e3:.2f}" for what, seconds in clock.spent.items())
    yield (
        f"{pages:,} pages, {dataset.report['generated']:,} pairs, {sum(map(len, files.values())) / 1e6:.1f} MB",
        f"{pages / whole:,.0f} pages/s",
    )
    yield "  milliseconds a page", parts


class Written:
    """Drafts that were written before, so that writing them again costs nothing."""

    name = "offline"

    def __init__(self, chunks: list[Chunk], settings: DatasetSettings) -> None:
        generator = OfflineGenerator()
        wanted = plan(chunks, settings, generator)
        self.wanted = {chunk.chunk_id: count for chunk, count in zip(chunks, wanted, strict=True)}
        self._drafts = {chunk.chunk_id: generator.generate(chunk, self.wanted[chunk.chunk_id]) for chunk in chunks}

    def generate(self, chunk: Chunk, wanted: int) -> tuple[Draft | Misfit, ...]:
        return self._drafts[chunk.chunk_id][:wanted]


class _Clock:
    """Processor time of each step."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._since = time.process_time()

    def stop(self, what: str) -> None:
        self.spent[what] = time.process_time() - self._since
        self.skip()

    def skip(self) -> None:
        self._since = time.process_time()


def _chunks(library: Library, settings: DatasetSettings) -> list[Chunk]:
    return [chunk for document in library.documents for chunk in chunks_of(document.passages, settings)]


def _made(library: Library, chunks: list[Chunk], written: Written) -> list[Made]:
    results: dict[str, list[Generated]] = {}
    usable = library.in_force(TODAY)
    for chunk in chunks:
        result = generated(chunk, written.wanted[chunk.chunk_id], written, usable)
        results.setdefault(chunk.passages[0].document_id, []).append(result)
    return [made_of(source_of(each), results.get(each.document_id, ())) for each in library.documents]


def _write(folder: Path, pages: int) -> None:
    chance = random.Random(pages)
    for number in range(max(1, pages // PAGES_OF_A_DOCUMENT)):
        machine = f"{chance.choice(_SIDES).title()} {chance.choice(_NOUNS).title()} {chr(65 + number % 26)}{number}"
        head = f"---\ndocument: SOP-{number:04}\ntitle: {machine}\nrevision: 1\nmachines: [{machine}]\n---\n"
        text = head + "\n\n".join(_page(chance, machine, page) for page in range(PAGES_OF_A_DOCUMENT))
        (folder / f"sop-{number:04}.md").write_text(text, encoding="utf-8")


def _page(chance: random.Random, machine: str, page: int) -> str:
    """A third of it is prose, a third steps, a third a table: about 3,000 characters."""
    prose = " ".join(_sentence(chance, machine) for _ in range(12))
    steps = "\n".join(f"{at}. {_step(chance)}" for at in range(1, 10))
    rows = "\n".join(_row(chance) for _ in range(9))
    return (
        f"# {page + 1}. The {_thing(chance)}\n\n{prose}\n\n## {page + 1}.1 Work on the {_thing(chance)}\n\n{steps}\n\n"
        f"## {page + 1}.2 Faults of the {_thing(chance)}\n\n| Code | Meaning | What to do |\n|---|---|---|\n{rows}"
    )


def _step(chance: random.Random) -> str:
    shown = f"{chance.randint(2, 900)} {chance.choice(_UNITS)}"
    return f"{chance.choice(_DOES)} the {_thing(chance)} and wait until the {_thing(chance)} shows {shown}."


def _row(chance: random.Random) -> str:
    remedy = f"{chance.choice(_DOES)} the {_thing(chance)} and reset the {_thing(chance)}"
    return f"| E-{chance.randint(100, 9999)} | The {_thing(chance)} is stuck | {remedy} |"


def _sentence(chance: random.Random, machine: str) -> str:
    return chance.choice((
        f"The {_thing(chance)} of the {machine} must stay below {chance.randint(2, 900)} {chance.choice(_UNITS)}.",
        f"Never open the {_thing(chance)} while the {_thing(chance)} is running.",
        f"The {_thing(chance)} carries the product to the {_thing(chance)}, so that the {_thing(chance)} is free.",
        f"A worn {_thing(chance)} is replaced every {chance.randint(2, 900)} hours.",
    ))  # fmt: skip


def _thing(chance: random.Random) -> str:
    return f"{chance.choice(_SIDES)} {chance.choice(_NOUNS)}"
