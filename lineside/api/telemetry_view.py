"""A machine's values over a window, each with its limits, its trend and its age."""

from __future__ import annotations

from collections.abc import Sequence

from lineside.api.asked import Asked, Known, attribute_named, attributes_of
from lineside.api.history_models import PointView, SeriesView, TelemetryView
from lineside.api.line_view import limits_of
from lineside.api.services import Services
from lineside.lake.history import Bucket, Summary, Trace
from lineside.line.twin import CurrentValue
from lineside.site.model import Line
from lineside.telemetry.timestamps import render


def telemetry_view(
    services: Services, line: Line, known: Known, attributes: Sequence[str], asked: Asked, points: int
) -> TelemetryView:
    """The attributes named, or all that were heard; one without a reading in the window says so in its `note`."""
    site, device = services.site.site, known.machine.id
    wanted = None
    if attributes:
        wanted = _named(services, line, known, attributes, asked)
    traces = services.telemetry.traces(site, line.id, device, wanted, asked.start_us, asked.end_us, points)
    by_name = {trace.summary.attribute: trace for trace in traces}
    names = sorted({*(wanted if wanted is not None else attributes_of(known)), *by_name})
    series = [_series(known, name, by_name.get(name), services.now_us()) for name in names]
    return TelemetryView(machine=device, since=render(asked.start_us), until=render(asked.end_us), series=tuple(series))


def _named(services: Services, line: Line, known: Known, attributes: Sequence[str], asked: Asked) -> list[str]:
    """What is meant; a name that the twin does not know may still be in the past."""
    unknown = set(attributes) - set(attributes_of(known))
    if unknown:
        past = services.telemetry.summaries(
            services.site.site, line.id, known.machine.id, sorted(unknown), asked.start_us, asked.end_us
        )
        unknown -= {one.attribute.partition("@")[0] for one in past} | {one.attribute for one in past}
    return list(dict.fromkeys(attribute_named(name, known) if name in unknown else name for name in attributes))


def _series(known: Known, name: str, trace: Trace | None, now_us: int) -> SeriesView:
    value = known.twin.values.get(name) if known.twin else None
    attribute = _attribute(name, value, known)
    label = known.machine.label(attribute) + name.removeprefix(attribute)
    if trace is None:
        unit = value.unit if value else known.machine.attributes[name].unit if name in known.machine.attributes else ""
        low, high = limits_of(known.machine, attribute, unit)
        return _empty(name, label, unit, low, high, _last_heard(value))
    summary = trace.summary
    low, high = limits_of(known.machine, attribute, summary.unit)
    return SeriesView(
        attribute=name,
        label=label,
        unit=summary.unit,
        limit_low=low,
        limit_high=high,
        count=summary.count,
        first=summary.first,
        last=summary.last,
        last_at=render(summary.last_us),
        age_seconds=round(max(0.0, (now_us - summary.last_us) / 1e6), 1),
        mean=summary.mean,
        low=summary.low,
        high=summary.high,
        trend_per_hour=summary.trend_per_hour,
        points=tuple(map(_point, trace.buckets)),
        note=_note(summary),
    )


def _attribute(name: str, value: CurrentValue | None, known: Known) -> str:
    """The attribute of `attribute@dataset`, as far as anything knows which part is which."""
    if value is not None:
        return value.attribute(name)
    before = name.partition("@")[0]
    return before if name not in known.machine.attributes and before in known.machine.attributes else name


def _empty(name: str, label: str, unit: str, low: float | None, high: float | None, note: str) -> SeriesView:
    return SeriesView(
        attribute=name, label=label, unit=unit, limit_low=low, limit_high=high, count=0, first=None, last=None,
        last_at=None, age_seconds=None, mean=None, low=None, high=None, trend_per_hour=None, points=(), note=note,
    )  # fmt: skip


def _last_heard(value: CurrentValue | None) -> str:
    if value is None:
        return "no reading in this window; it was never heard"
    return f"no reading in this window; the newest one is of {render(value.observed_us)}"


def _note(summary: Summary) -> str:
    if summary.mean is not None:
        return ""
    return "no number in this window, only " + ("text" if isinstance(summary.last, str) else "true and false")


def _point(bucket: Bucket) -> PointView:
    return PointView(at=render(bucket.start_us), mean=bucket.mean, low=bucket.low, high=bucket.high, count=bucket.count)
