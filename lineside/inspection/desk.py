"""What happens to an image: received, inspected, reviewed, forgotten.

An image is durable before its record is, and a record before anybody is asked, so that a process that is killed
anywhere leaves nothing that the next one does not go on with. Every act is harmless twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from msgspec.structs import replace

from lineside.errors import Conflict, Refused, Unavailable
from lineside.inspection.accuracy import WeekAccuracy, accuracy_by_week
from lineside.inspection.chance import put_before_a_person
from lineside.inspection.examples import all_reviewed, chosen, no_longer_kept, within
from lineside.inspection.intake import BadImage, check_image, image_id_of, without_metadata
from lineside.inspection.model import Inspection, Verdict
from lineside.inspection.ports import DAY_US, Example, Image, ImageStore, InspectionStore, Inspector
from lineside.inspection.review import UnknownInspection, reviewed
from lineside.inspection.settings import InspectionSettings
from lineside.line.quarantine import Quarantine, Quarantined
from lineside.site.model import Site

ATTEMPTS: Final = 8
MOST_WAITING: Final = 10_000
EXAMPLES_AMONG: Final = 500
"""The newest reviewed images; a class that has none among them has no example."""
QUARANTINED_BYTES: Final = 65_536
"""Of a bad image so much is kept: its beginning shows what is wrong with it, and it cannot be mended here."""
LONGEST_PAUSE_SECONDS: Final = 3_600.0
WEEKS: Final = 12
_SECOND_US: Final = 1_000_000
_LONGEST_TROUBLE: Final = 300


def _at_once(lost: int) -> None:
    """Who loses a race in one process tries again at once; distant stores bring a pause of their own."""


@dataclass(frozen=True)
class InspectionDesk:
    """The images of one site. `wait` is called with the number of races lost before a record is read again."""

    site: Site
    images: ImageStore
    store: InspectionStore
    inspector: Inspector
    quarantine: Quarantine
    settings: InspectionSettings = field(default_factory=InspectionSettings)
    by_device: Mapping[str, InspectionSettings] = field(default_factory=dict)
    """Where a camera has its own: what decides which of its images a person looks at."""
    wait: Callable[[int], None] = _at_once

    def receive(self, content: bytes, device: str, taken_us: int, now_us: int) -> Inspection:
        """Keep an image; what was received before comes back as it stands now.

        Raises `BadImage`, once its beginning is in quarantine, and `Refused` for a device that the site does not name.
        """
        line = self.site.line_of.get(device)
        if line is None:
            raise Refused(f"the site file names no machine {device[:100]!r}; images are taken from those that it names")
        try:
            image = check_image(content, self.settings.limits)
        except BadImage as error:
            self.quarantine.keep([self._bad(content, line.id, device, error, now_us)])
            raise
        image_id = image_id_of(content)
        known = self.store.get(self.site.site, image_id)
        if known is not None:
            return known
        self.images.keep(self.site.site, image_id, image)
        inspection = Inspection(
            image_id=image_id,
            site=self.site.site,
            line=line.id,
            device=device,
            taken_us=min(taken_us, now_us),  # a camera whose clock is fast took it now
            received_us=now_us,
            media_type="image/png" if image.media_type == "image/png" else "image/jpeg",
            width=image.width,
            height=image.height,
            version=1,
        )
        try:
            self.store.put(inspection)
        except Conflict:  # it came twice at once
            return self.get(image_id)
        return inspection

    def inspect_due(self, now_us: int, limit: int = 20) -> list[Inspection]:
        """Inspect what is due, the longest due first, and what a killed process had begun; each as it stands then.

        Ends at the first one that nobody could inspect: the others would wait for the same neighbour.
        """
        touched: list[Inspection] = []
        shown: dict[str, tuple[Example, ...]] = {}
        for due in self.store.unseen(self.site.site, now_us, limit):
            try:
                inspection = self._inspect(due, shown, now_us)
            except Conflict:  # another process, or a person, was faster
                continue
            touched.append(inspection)
            if inspection.seen is None and not inspection.queued:
                break
        return touched

    def review(
        self, image_id: str, verdict: Verdict, by: str, note: str, now_us: int, *, seen_version: int | None = None
    ) -> Inspection:
        """Keep a person's verdict. Raises as `reviewed` does, and `UnknownInspection`."""
        for lost in range(ATTEMPTS):
            was = self.get(image_id)
            now = reviewed(was, verdict, by, note, now_us, seen_version)
            if now is was:
                return was
            try:
                return self._put(now)
            except Conflict:
                self.wait(lost)
        raise Conflict(f"{image_id[:12]} is changed by others again and again; look again, then decide again")

    def get(self, image_id: str) -> Inspection:
        """Raises `UnknownInspection` for one that is not there."""
        found = self.store.get(self.site.site, image_id)
        if found is None:
            raise UnknownInspection(f"there is no inspection {image_id[:64]!r}")
        return found

    def examples(self, device: str) -> tuple[Example, ...]:
        """Images whose verdict a person gave, of all classes alike, the newest, this device's own before others'."""
        if not self.settings.examples_shown:
            return ()
        known = self.store.reviewed(self.site.site, EXAMPLES_AMONG)
        found = chosen(known, device, self.settings.examples_shown)
        return within(self.settings.examples_bytes, ((one, self._example(one.image_id)) for one in found))

    def accuracy_by_week(self, now_us: int, weeks: int = WEEKS) -> list[WeekAccuracy]:
        """How right the inspector was, week by week, the newest first."""
        since_us = now_us - 7 * weeks * DAY_US
        known = chain(
            all_reviewed(self.store, self.site.site, since_us), self.store.waiting(self.site.site, MOST_WAITING)
        )
        return accuracy_by_week(one for one in known if one.taken_us >= since_us)[:weeks]

    def forget_old(self, now_us: int, limit: int = 500) -> list[Inspection]:
        """Forget images past their retention, at most `limit`; what was said of each stays. Those still unseen wait.

        The image goes first: a process that is killed in between finds the record again, and forgetting is harmless
        twice.
        """
        before_us = now_us - self.settings.image_days * DAY_US
        old = self.store.older(self.site.site, before_us, limit)
        old += no_longer_kept(all_reviewed(self.store, self.site.site), self.settings, now_us)
        forgotten: list[Inspection] = []
        self.images.forget(self.site.site, [one.image_id for one in old[:limit]])
        for one in old[:limit]:
            with suppress(Conflict):  # a person was faster; the next time finds it
                forgotten.append(self._put(replace(one, forgotten=True, queued=False)))
        return forgotten

    def _example(self, image_id: str) -> Image | None:
        """None for one that cannot be had: an inspection goes on with the other examples."""
        try:
            return self.images.get(self.site.site, image_id)
        except Unavailable:
            return None

    def _inspect(self, due: Inspection, shown: dict[str, tuple[Example, ...]], now_us: int) -> Inspection:
        """One image, seen or tried in vain. Who begins says so first, so that nobody else pays for it as well, and so
        that an image at which the process dies is not begun for ever."""
        most = self.settings.most_attempts
        if due.attempts >= most:
            told = due.trouble or "every inspection of it was broken off"
            return self._put(replace(due, queued=True, trouble=told))
        lease_us = int(self.settings.lease_seconds * _SECOND_US)
        begun = self._put(replace(due, attempts=due.attempts + 1, next_us=now_us + lease_us))
        try:
            image = self.images.get(due.site, due.image_id)
            if image is None:
                return self._put(replace(begun, queued=True, trouble="its image is missing"))
            if due.device not in shown:
                shown[due.device] = self.examples(due.device)
            seen = self.inspector.inspect(without_metadata(image), shown[due.device])
        except Unavailable as error:
            failed = {"trouble": str(error)[:_LONGEST_TROUBLE], "queued": begun.attempts >= most}
            return self._put(replace(begun, next_us=now_us + self._pause_us(begun.attempts), **failed))
        queued, chance = put_before_a_person(seen, due.image_id, self.by_device.get(due.device, self.settings))
        return self._put(replace(begun, seen=seen, queued=queued, sampled=chance, trouble=""))

    def _pause_us(self, attempts: int) -> int:
        seconds = self.settings.retry_seconds * 2.0 ** (attempts - 1)
        return int(min(seconds, LONGEST_PAUSE_SECONDS) * _SECOND_US)

    def _put(self, changed: Inspection) -> Inspection:
        now = replace(changed, version=changed.version + 1)
        self.store.put(now)
        return now

    def _bad(self, content: bytes, line: str, device: str, error: BadImage, now_us: int) -> Quarantined:
        thing = self.site.machine_of[device].thing
        return Quarantined(
            self.site.site,
            f"inspection/{self.site.site}/{line}/{thing}",
            content[:QUARANTINED_BYTES],
            str(error),
            error.code,
            readings=0,  # an image holds none
            message_id=image_id_of(content),
            received_us=now_us,
        )
