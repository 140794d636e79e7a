"""The health of the alarm system over a window, for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from lineside.alarms.health import assess
from lineside.api.models import AlarmHealthView
from lineside.api.services import Services
from lineside.telemetry.timestamps import render

_SAME = (
    "alarms",
    "suppressed",
    "messages",
    "per_hour",
    "most_in_ten_minutes",
    "flood_share",
    "priority_mix",
    "unhealthy",
)


def health_view(services: Services, line_ids: Sequence[str], since_us: int, until_us: int) -> AlarmHealthView:
    """Of what was raised on these lines in since <= raised <= until, and of what is open there now."""
    site = services.site.site
    raised = [one for line_id in line_ids for one in services.alarms.history(site, line_id, since_us, until_us + 1)]
    open_now = [one for line_id in line_ids for one in services.alarms.open_alarms(site, line_id)]
    health = assess(raised, open_now, since_us, until_us)
    lists = {
        name: [one.alarm_id for one in getattr(health, name)]
        for name in ("chattering", "stale", "shelved", "out_of_service")
    }
    return AlarmHealthView.model_validate(
        {
            "since": render(health.since_us),
            "until": render(health.until_us),
            "floods": len(health.floods),
            "top_offenders": [asdict(offender) for offender in health.top_offenders],
            **lists,
            **{name: getattr(health, name) for name in _SAME},
        }
    )
