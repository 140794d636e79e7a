"""Inspections, and the ports of a desk, to test with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from edge.quarantine import SqliteQuarantine
from edge.sqlite_inspections import SqliteInspections
from lineside.errors import Unavailable
from lineside.inspection.desk import InspectionDesk
from lineside.inspection.model import Inspection, Reviewed, Seen, Verdict
from lineside.inspection.ports import Example, Image, ImageStore, InspectionStore, Inspector
from lineside.inspection.settings import InspectionSettings
from lineside.line.quarantine import Quarantine
from lineside.site.model import Line, Machine, Site
from lineside.telemetry.timestamps import parse
from tests.inspection.pictures import a_png

NOW_US = parse("2026-11-04T06:00:00Z")
SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US
CAMERA = "Cookie Inspector"
SITE = Site(site="north", lines=(Line(id="line-1", machines=(Machine(id=CAMERA), Machine(id="Second Look"))),))
SURE = Seen("good", 0.97, reason="round, and nothing on it")
CRACKED = Seen("cracked", 0.93, ((10, 20, 30, 40),))
UNSURE = Seen("bubbles", 0.55)
NO_AUDIT = InspectionSettings(audit_share=0.0)


def an_inspection(number: int = 1, **changes: Any) -> Inspection:
    """Received first, `number` seconds after `NOW_US`."""
    said: dict[str, Any] = {
        "image_id": f"{number:064x}",
        "site": "north",
        "line": "line-1",
        "device": CAMERA,
        "taken_us": NOW_US + number * SECOND_US - 500_000,
        "received_us": NOW_US + number * SECOND_US,
        "media_type": "image/png",
        "width": 160,
        "height": 130,
        "version": 1,
    }
    return Inspection(**(said | changes))


def a_review(verdict: Verdict = "cracked", by: str = "Anna", at_us: int = NOW_US, note: str = "") -> Reviewed:
    return Reviewed(verdict, by, at_us, note)


class Images:
    """An `ImageStore` in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Image] = {}

    def keep(self, site: str, image_id: str, image: Image) -> None:
        self.kept[site, image_id] = image

    def get(self, site: str, image_id: str) -> Image | None:
        return self.kept.get((site, image_id))

    def forget(self, site: str, image_ids: Sequence[str]) -> None:
        for each in image_ids:
            self.kept.pop((site, each), None)


@dataclass
class Says:
    """An `Inspector` that says the same of every image, or fails while `fails` says why."""

    seen: Seen = SURE
    fails: str = ""
    asked: list[Image] = field(default_factory=list)
    shown: list[Sequence[Example]] = field(default_factory=list)

    def inspect(self, image: Image, examples: Sequence[Example] = ()) -> Seen:
        self.asked.append(image)
        self.shown.append(examples)
        if self.fails:
            raise Unavailable(self.fails)
        return self.seen


@dataclass
class World:
    """What outlives a process: the stores, and whoever inspects."""

    images: ImageStore = field(default_factory=Images)
    store: InspectionStore = field(default_factory=SqliteInspections)
    quarantine: Quarantine = field(default_factory=SqliteQuarantine)
    inspector: Inspector = field(default_factory=Says)
    settings: InspectionSettings = NO_AUDIT

    def desk(self, wrap: Callable[[Any], Any] = lambda port: port) -> InspectionDesk:
        """A new process's desk; `wrap` stands between it and each port."""
        return InspectionDesk(
            SITE,
            wrap(self.images),
            wrap(self.store),
            wrap(self.inspector),
            wrap(self.quarantine),
            self.settings,
        )


def received(world: World, shade: int = 0, at_us: int = NOW_US) -> Inspection:
    return world.desk().receive(a_png(shade=shade), CAMERA, at_us, at_us)


def inspected(world: World, seen: Seen, shade: int = 0, at_us: int = NOW_US) -> Inspection:
    received(world, shade, at_us)
    world.inspector = Says(seen)
    (inspection,) = world.desk().inspect_due(at_us)
    return inspection
