"""Images that cameras publish: from the broker to the desk, which has them on the disk before they are acknowledged.

A thread of its own takes one after the other. What is no image is acknowledged too, once it is in quarantine with its
reason: it would come for ever else. While the disk takes nothing, nothing is acknowledged, and `room` closes the tap.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from edge.mailbox import Arrived, Mailbox
from edge.topics import ImagePlace, image_topic, place_of_image
from lineside.errors import Conflict, LinesideError, Unavailable
from lineside.inspection.desk import QUARANTINED_BYTES, InspectionDesk
from lineside.inspection.intake import BadImage, image_id_of
from lineside.line.quarantine import Quarantined
from lineside.telemetry.rejection import Rejection
from lineside.telemetry.timestamps import parse

logger = logging.getLogger(__name__)

Count = Callable[[dict[str, int]], None]


def uncounted(counts: dict[str, int]) -> None:
    """Where nobody counts."""


class ImageIntake:
    """Where a broker hands images to. `put` from any thread; `turn` from one, which `run` is.

    `count` hears `images` for each message, `images_again` where the same image came before, `images_refused` and
    `code_...` for one that went to quarantine. `trouble` says in one sentence why nothing is taken.
    """

    def __init__(self, desk: InspectionDesk, count: Count = uncounted) -> None:
        self._desk, self._count = desk, count
        self._site = desk.site
        self.mailbox = Mailbox()
        self.trouble = ""

    @property
    def room(self) -> bool:
        return self.mailbox.room

    def is_own(self, topic: str) -> bool:
        return place_of_image(self._site.site, topic) is not None

    def put(self, topic: str, payload: bytes, received_us: int, on_durable: Callable[[], None]) -> int:
        """Take one; `on_durable` is called, from another thread, once it is on the disk or in quarantine."""
        return self.mailbox.put(topic, payload, received_us, on_durable)

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop, then take what came before that, if the disk lets us."""
        self.mailbox.run(stop, self.turn)

    def turn(self) -> None:
        """Everything that waits; ends at what the disk does not take now."""
        try:
            self.mailbox.store(self._keep)
        except (Unavailable, Conflict) as error:
            self._say(f"images are not taken: {error}; nothing of them is acknowledged until they are")
        else:
            self._say("")

    def _keep(self, arrived: Arrived) -> None:
        self._count(self._taken(arrived))

    def _taken(self, arrived: Arrived) -> dict[str, int]:
        """What is to be counted of it. Raises `Unavailable` and `Conflict`, and then it is to be tried again."""
        try:
            return self._received(arrived)
        except Rejection as rejection:
            return self._refused(arrived, rejection.code, str(rejection))
        except LinesideError:
            raise
        except Exception as error:
            # What our own code cannot survive must not hold up what follows it, now and after every restart.
            logger.exception("an image broke its intake: topic=%s", ascii(arrived.topic[:200]))
            told = f"Lineside itself failed on it ({type(error).__name__}: {error}); please report this"
            return self._refused(arrived, "internal", told)

    def _received(self, arrived: Arrived) -> dict[str, int]:
        place = place_of_image(self._site.site, arrived.topic)
        device = self._device(place) if place else None
        if place is None or device is None:
            raise Rejection("image_device", "the topic names no machine of the site file; images are taken from those")
        taken_us = _taken_us(place, arrived.received_us)
        try:
            kept = self._desk.receive(arrived.payload, device, taken_us, arrived.received_us)
        except BadImage as error:  # which the desk has put in quarantine
            return _counts_of(error.code)
        return {"images": 1, "images_again": int(kept.received_us != arrived.received_us)}

    def _device(self, place: ImagePlace) -> str | None:
        """The machine of that thing, if it is on that line."""
        device = self._site.device_of_thing.get(place.thing)
        return device if device is not None and self._site.line_id(device) == place.line else None

    def _refused(self, arrived: Arrived, code: str, reason: str) -> dict[str, int]:
        place = place_of_image(self._site.site, arrived.topic)
        entry = Quarantined(
            self._site.site,
            image_topic(self._site.site, place.line, place.thing) if place else arrived.topic,
            arrived.payload[:QUARANTINED_BYTES],
            reason,
            code,
            readings=0,  # an image holds none
            message_id=image_id_of(arrived.payload),
            received_us=arrived.received_us,
        )
        self._desk.quarantine.keep([entry])
        return _counts_of(code)

    def _say(self, trouble: str) -> None:
        if trouble and trouble != self.trouble:
            logger.error("%s", trouble)
        self.trouble = trouble


def _taken_us(place: ImagePlace, received_us: int) -> int:
    if not place.taken:
        return received_us
    try:
        return parse(place.taken)
    except Rejection as rejection:
        raise Rejection("image_taken", f"the topic's last level is no time: {rejection}") from rejection


def _counts_of(code: str) -> dict[str, int]:
    return {"images": 1, "images_refused": 1, f"code_{code}": 1}
