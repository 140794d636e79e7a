"""Images of the product in the plant: the desk that keeps and inspects them, and the threads that do it.

Whoever sends an image is told so once it is on the disk. It is inspected after that, by a thread of its own, so that
neither a slow model nor a mistake in an inspector keeps anything else waiting.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from edge.command_wires import KeepsMessages, SortedMessages
from edge.image_folder import image_folder
from edge.image_intake import Count, ImageIntake, uncounted
from edge.sqlite_inspections import SqliteInspections
from edge.timer import every, now_us
from lineside.answering.models import OFFLINE, Models
from lineside.errors import Conflict, Unavailable
from lineside.inspection.cameras import settings_by_device, settings_of
from lineside.inspection.desk import InspectionDesk
from lineside.inspection.model import Inspection, Seen
from lineside.inspection.pieces import SeenPieces
from lineside.inspection.ports import Example, Image, Inspector
from lineside.line.quarantine import Quarantine
from lineside.site.model import Site

if TYPE_CHECKING:
    from edge.folder import DataFolder
    from edge.workers import Workers

logger = logging.getLogger(__name__)

TURN_SECONDS: Final = 1.0
"""From one look at what is due to the next."""
AT_ONCE: Final = 5
"""So many are inspected between two looks at whether the plant is to stop."""
FORGET_SECONDS: Final = 3_600.0


@dataclass(frozen=True)
class Late:
    """An `Inspector` that is made when the first image comes: one that looks at pixels takes a while to load."""

    make: Callable[[], Inspector]

    def inspect(self, image: Image, examples: Sequence[Example] = ()) -> Seen:
        return self.inspector.inspect(image, examples)

    @cached_property
    def inspector(self) -> Inspector:
        return self.make()


class PlantInspections:
    """Everything about images that a plant needs. Its files are opened here, and closed with it.

    `inspector`: who looks, instead of the vision models of the configuration and then the offline inspector.
    """

    def __init__(
        self,
        folder: DataFolder,
        site: Site,
        quarantine: Quarantine,
        models: Models = OFFLINE,
        api_keys: Mapping[str, str] | None = None,
        inspector: Inspector | None = None,
        count: Count = uncounted,
    ) -> None:
        images = image_folder(folder.images)
        self._store = SqliteInspections(folder.inspections)
        looks = inspector or Late(partial(inspectors, models, api_keys or {}))
        settings, by_device = settings_of(site), settings_by_device(site)
        self.desk = InspectionDesk(site, images, self._store, looks, quarantine, settings, by_device)
        self.intake = ImageIntake(self.desk, count)
        self.pieces = SeenPieces(self._store)
        self.trouble = ""
        """Why images are not inspected, in one sentence; empty while they are."""

    def sorted_with(self, rest: KeepsMessages) -> KeepsMessages:
        """What a broker hands messages to: images come here, everything else goes to `rest`."""
        return SortedMessages(rest, self.intake, self.intake.is_own)

    def start(self, workers: Workers) -> None:
        """Go on with what a process that ended left, and work until told to stop."""
        workers.start("images", partial(self.intake.run, workers.stop))
        look = partial(self.look, workers.stop)
        workers.start("inspection", partial(every, TURN_SECONDS, look, workers.stop, name="the inspection of images"))
        forget = partial(every, FORGET_SECONDS, self.forget, workers.stop, name="the forgetting of old images")
        workers.start("forgetting", partial(forget, first_seconds=TURN_SECONDS))

    def look(self, stop: threading.Event) -> None:
        """Inspect everything that is due. A mistake in an inspector is told and ends nothing: the image it was about is
        tried again later, and goes to a person in the end."""
        try:
            more = True
            while more and not stop.is_set():
                touched = self.desk.inspect_due(now_us(), AT_ONCE)
                self._told(touched)
                more = len(touched) == AT_ONCE
        except (Unavailable, Conflict) as error:
            self.trouble = f"images are not inspected: {error}"
            raise
        except Exception as error:
            told = f"an inspector failed: {type(error).__name__}: {error}"
            if told != self.trouble:
                logger.exception("an inspector failed")
            self.trouble = told

    def forget(self) -> None:
        """Forget every image that is past its retention."""
        while forgotten := self.desk.forget_old(now_us()):
            logger.info("%d images are past their retention and forgotten", len(forgotten))

    def close(self) -> None:
        self._store.close()

    def _told(self, touched: Sequence[Inspection]) -> None:
        for one in touched:
            if one.seen is None:
                self.trouble = f"images are not inspected: {one.trouble}"
                continue
            self.trouble = ""
            # A good one each second would bury what a person should read.
            level = logging.DEBUG if one.seen.verdict == "good" and not one.queued else logging.INFO
            logger.log(
                level, "inspected: image=%s device=%s verdict=%s confidence=%.2f by=%s queued=%s",
                one.image_id, ascii(one.device), one.seen.verdict, one.seen.confidence, ascii(one.seen.inspector),
                one.queued,
            )  # fmt: skip


def inspectors(models: Models, api_keys: Mapping[str, str]) -> Inspector:
    """The vision models of the configuration, first choice first, and behind them the offline inspector."""
    from edge.vision import vision_inspectors
    from lineside.inspection.chain import InspectorChain

    return InspectorChain((*vision_inspectors(models, api_keys), Late(offline)), time.monotonic)


def offline() -> Inspector:
    """The inspector that needs nobody. Raises `Unavailable` where it, or what it needs, is not installed."""
    try:
        from lineside.inspection.offline import OfflineInspector

        return OfflineInspector()
    except (ImportError, OSError) as error:
        raise Unavailable(f"the offline inspector cannot be loaded: {error}") from error
