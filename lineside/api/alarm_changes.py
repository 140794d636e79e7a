"""What a person might change because of an alarm, as the API tells of it. Nothing here changes anything."""

from __future__ import annotations

from lineside.advice.change import Beyond, Direction, PossibleChange, possible_changes
from lineside.alarms.model import Alarm
from lineside.api.models import View
from lineside.api.services import Services
from lineside.site.model import Site
from lineside.telemetry.timestamps import render


class BeyondView(View):
    """A value that was seen outside its declared limits; `value` and `limit` are in `unit`."""

    attribute: str
    label: str
    value: float
    limit: float
    unit: str
    observed_at: str


class PossibleChangeView(View):
    """A set-point that a person might propose to change because of an alarm; nobody has proposed it.

    `direction` and `value` (in `unit`) are there where a rule can say them: one largest step towards the limit that
    `because` is beyond. A person may enter any other value, and the rules decide about what is proposed.
    """

    line: str
    device: str
    attribute: str
    label: str
    unit: str
    direction: Direction
    value: float | None
    because: BeyondView | None


def changes_view(services: Services, alarm: Alarm) -> list[PossibleChangeView]:
    """None where nothing is commanded from here, or the alarm's line is none of the site's any more."""
    line, desk = services.line(alarm.line), services.control
    if line is None or desk is None:
        return []
    found = possible_changes(alarm, line, desk.values(line.id), services.now_us())
    return [_change_view(services.site, line.id, each) for each in found]


def _change_view(site: Site, line_id: str, change: PossibleChange) -> PossibleChangeView:
    return PossibleChangeView(
        line=line_id,
        device=change.device,
        attribute=change.attribute,
        label=site.label(change.device, change.attribute),
        unit=change.unit,
        direction=change.direction,
        value=change.value,
        because=_beyond_view(site, change.device, change.because) if change.because else None,
    )


def _beyond_view(site: Site, device: str, beyond: Beyond) -> BeyondView:
    return BeyondView(
        attribute=beyond.attribute,
        label=site.label(device, beyond.attribute),
        value=beyond.value,
        limit=beyond.limit,
        unit=beyond.unit,
        observed_at=render(beyond.observed_us),
    )
