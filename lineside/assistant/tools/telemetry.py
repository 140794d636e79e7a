"""What a machine measures: now, over a look-back, against its limits, and how old that is."""

from __future__ import annotations

from dataclasses import dataclass

from lineside.advice.text import clean
from lineside.assistant.attributes import best, concepts, everyday
from lineside.assistant.found import Found, Item
from lineside.assistant.phrases import measured
from lineside.assistant.tools.look import MOST_ITEMS, Look, locate, quoted
from lineside.lake.history import Summary
from lineside.line.states import SECOND_US
from lineside.line.twin import CurrentValue
from lineside.site.model import Machine
from lineside.telemetry.reading import Value

TOOL = "telemetry"
DEFAULT_MINUTES = 60.0
LONGEST_MINUTES = 60.0 * 24 * 31
MOST_ATTRIBUTES = 12
_TREND_SHARE = 0.3
"""A trend that explains less than this share of the spread over the window is none."""


@dataclass(frozen=True)
class _Subject:
    look: Look
    line: str
    machine: Machine
    minutes: float

    @property
    def name(self) -> str:
        return clean(self.machine.id, 60)

    @property
    def window(self) -> str:
        return self.look.say.long(self.minutes * 60)

    @property
    def start_us(self) -> int:
        return self.look.now_us - int(self.minutes * 60 * SECOND_US)


def telemetry(look: Look, machine: str = "", attribute: str = "", minutes: float = DEFAULT_MINUTES) -> Found:
    """Values of one machine: the newest with its age, lowest, highest, mean and trend over a look-back, and limits.

    Without a machine the attribute must say which: where several measure it, they come back as choices.
    """
    located = locate(look, machine, TOOL) if machine else _by_attribute(look, attribute)
    if isinstance(located, Found):
        return located
    subject = _Subject(look, look.plant.line_id(located.id), located, min(max(minutes, 1.0), LONGEST_MINUTES))
    current = _current(subject)
    wanted = _wanted(subject, attribute, current)
    searched = (look.say("looked.telemetry", machine=subject.name),)
    if not wanted:
        return _unknown(subject, attribute, searched)
    summaries = _summaries(subject, wanted)
    items = [item for name in wanted for item in _of(subject, name, current.get(name), summaries.get(name))]
    if not attribute.strip():
        items = [item for item in items if item.fact.unit or item.topic in ("now", "nodata", "quality")]
    else:
        items += [item for name in wanted for item in _rose(subject, name, summaries.get(name))]
    return Found(TOOL, _summary(items), tuple(items[:MOST_ITEMS]), searched=searched)


def _by_attribute(look: Look, attribute: str) -> Machine | Found:
    """The one machine that measures this; of several those whose label fits best."""
    declared = [
        (f"{machine.id}\n{name}", machine.label(name))
        for line in look.lines()
        for machine in line.machines
        for name in look.plant.attributes(machine.id)
    ]
    meant = [found for found in best(attribute, [(key.split("\n")[1], label) for key, label in declared])]
    devices = [key.split("\n")[0] for key, label in declared if key.split("\n")[1] in meant]
    fitting = _fitting(attribute, declared) or tuple(dict.fromkeys(devices))
    only = look.plant.machine(fitting[0]) if len(fitting) == 1 else None
    if only is not None:
        return only
    if not fitting:
        text = look.say("value.nowhere", what=clean(attribute, 60))
        return Found(TOOL, text, nothing=text, searched=(look.say("looked.site"),))
    text = look.say("value.which", what=clean(attribute, 60), names=look.say.choices(fitting))
    return Found(TOOL, text, choices=fitting[:6], nothing=text, searched=(look.say("looked.site"),))


def _fitting(attribute: str, declared: list[tuple[str, str]]) -> tuple[str, ...]:
    """The machines whose label the words fit best: `dough temperature` is the former's, not the freezer's."""
    wanted = set(concepts(attribute))
    shared = [(len(wanted & set(concepts(label))), key.split("\n")[0]) for key, label in declared]
    top = max((count for count, _ in shared), default=0)
    return tuple(dict.fromkeys(device for count, device in shared if count == top and top))


def _summary(items: list[Item]) -> str:
    now = [item.fact.text for item in items if item.topic == "now"]
    return " ".join((now or [item.fact.text for item in items])[:3])


def _current(subject: _Subject) -> dict[str, CurrentValue]:
    """Attribute -> its newest value; of several datasets the one without a name."""
    site = subject.look.plant.site.site
    twin = subject.look.plant.twin.device(site, subject.line, subject.machine.id)
    values = twin.values if twin else {}
    named = sorted(values.items(), key=lambda pair: bool(pair[1].dataset), reverse=True)
    return {value.attribute(name): value for name, value in named}


def _wanted(subject: _Subject, said: str, current: dict[str, CurrentValue]) -> list[str]:
    machine = subject.machine
    known = list(dict.fromkeys((*machine.attributes, *current)))
    if said.strip():
        return best(said, [(name, machine.label(name)) for name in known])
    return [name for name in known if name != machine.state][:MOST_ATTRIBUTES]


def _unknown(subject: _Subject, attribute: str, searched: tuple[str, ...]) -> Found:
    look, machine = subject.look, subject.machine
    names = [look.label(machine, name) for name in look.plant.attributes(machine.id)]
    what = clean(" ".join(map(everyday, attribute.split())), 60)
    if names and what:
        text = look.say("value.unknown", machine=subject.name, what=what, names=look.say.names(names))
    else:
        text = look.say("value.nothing", machine=subject.name)
    items = (look.item("none", TOOL, text, machine=machine.id),)
    return Found(TOOL, text, items, searched=searched, nothing=text)


def _summaries(subject: _Subject, attributes: list[str]) -> dict[str, Summary]:
    telemetry_ = subject.look.plant.telemetry
    if telemetry_ is None:
        return {}
    found = telemetry_.summaries(
        subject.look.plant.site.site, subject.line, subject.machine.id, attributes,
        subject.start_us, subject.look.now_us + 1,
    )  # fmt: skip
    return {summary.attribute: summary for summary in found}


@dataclass(frozen=True)
class _Newest:
    """The newest value of an attribute, from the twin, or from the lake where the twin has none."""

    value: Value
    unit: str
    at_us: int

    @property
    def number(self) -> float | None:
        is_number = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        return float(self.value) if is_number else None


def _newest(current: CurrentValue | None, summary: Summary | None) -> _Newest | None:
    if current is not None:
        return _Newest(current.value, current.unit, current.observed_us)
    if summary is not None and summary.last is not None:
        return _Newest(summary.last, summary.unit, summary.last_us)
    return None


def _of(subject: _Subject, name: str, current: CurrentValue | None, summary: Summary | None) -> list[Item]:
    newest = _newest(current, summary)
    if newest is None:
        return [*_no_data(subject, name), *_limits(subject, name, None, "")]
    quality, reason = (current.quality, current.reason) if current else ("good", "")
    items = _now(subject, name, newest, quality, reason)
    if summary is not None and summary.count:
        items += _statistics(subject, name, summary)
    elif subject.look.plant.telemetry is not None:
        items += _no_data(subject, name)
    return items if isinstance(newest.value, str) else [*items, *_limits(subject, name, newest.number, newest.unit)]


def _now(subject: _Subject, name: str, newest: _Newest, quality: str, reason: str) -> list[Item]:
    look, say = subject.look, subject.look.say
    value, unit, at_us = newest.value, newest.unit, newest.at_us
    shown = f'"{quoted(value, 60) or "..."}"' if isinstance(value, str) else say.number(value, unit)
    label = look.label(subject.machine, name)
    text = say("value.now", label=label, machine=subject.name, value=shown, at=say.time(at_us), ago=say.ago(at_us))
    item = look.item(
        "now", TOOL, text, machine=subject.machine.id, value=newest.number, unit=unit, observed_us=at_us
    )  # fmt: skip
    if quality == "good":
        return [item]
    poor = say("value.poor", quality=clean(quality, 20), reason=clean(reason, 120) or say("word.unknown"))
    return [item, look.item("quality", TOOL, poor, machine=subject.machine.id)]


def _statistics(subject: _Subject, name: str, summary: Summary) -> list[Item]:
    look, say = subject.look, subject.look.say
    words = {"label": look.label(subject.machine, name), "machine": subject.name, "window": subject.window}
    rows: list[tuple[str, str, float | None, dict[str, object]]] = [
        ("lowest", "value.lowest", summary.low, {}),
        ("highest", "value.highest", summary.high, {}),
        ("mean", "value.mean", summary.mean, {"count": summary.count}),
    ]
    items = [
        look.item(
            topic, TOOL, say(key, value=measured(value, summary.unit), **words, **more),
            machine=subject.machine.id, value=value, unit=summary.unit,
        )
        for topic, key, value, more in rows
        if value is not None
    ]  # fmt: skip
    return [*items, *_trend(subject, summary, words), *_change(subject, summary, words)]


def _trend(subject: _Subject, summary: Summary, words: dict[str, str]) -> list[Item]:
    trend = summary.trend_per_hour
    if trend is None or summary.low is None or summary.high is None:
        return []
    spread = summary.high - summary.low
    explained = abs(trend) * subject.minutes / 60
    if spread == 0 or explained < _TREND_SHARE * spread:
        return [
            subject.look.item("trend", TOOL, subject.look.say("value.trend.none", **words), machine=subject.machine.id)
        ]
    key = "value.trend.up" if trend > 0 else "value.trend.down"
    text = subject.look.say(key, value=measured(float(f"{abs(trend):.3g}"), summary.unit), **words)
    return [subject.look.item("trend", TOOL, text, machine=subject.machine.id, value=trend, unit=summary.unit)]


def _change(subject: _Subject, summary: Summary, words: dict[str, str]) -> list[Item]:
    last = summary.last
    if summary.first is None or not isinstance(last, int | float) or isinstance(last, bool):
        return []
    text = subject.look.say(
        "value.change",
        first=measured(summary.first, summary.unit),
        last=measured(float(last), summary.unit),
        value=measured(last - summary.first, summary.unit),
        **words,
    )
    return [
        subject.look.item(
            "change", TOOL, text, machine=subject.machine.id, value=last - summary.first, unit=summary.unit
        )
    ]  # fmt: skip


def _rose(subject: _Subject, name: str, summary: Summary | None) -> list[Item]:
    """How much a running counter rose, through its resets. A value with a unit of its own is no counter."""
    telemetry_, look = subject.look.plant.telemetry, subject.look
    if telemetry_ is None or summary is None or summary.unit not in ("", "C62", "H87") or summary.mean is None:
        return []
    window_us = look.now_us + 1 - subject.start_us
    rises = telemetry_.rises(
        look.plant.site.site, subject.line, subject.machine.id, [name], subject.start_us, look.now_us + 1, window_us
    )  # fmt: skip
    by = sum(rise.by for rise in rises.get(name, ()))
    text = look.say(
        "value.rose", label=look.label(subject.machine, name), machine=subject.name, value=measured(by, ""),
        window=subject.window,
    )  # fmt: skip
    return [look.item("rose", TOOL, text, machine=subject.machine.id, value=by)]


def _limits(subject: _Subject, name: str, newest: float | None, unit: str) -> list[Item]:
    look, say = subject.look, subject.look.say
    declared = subject.machine.attributes.get(name)
    words = {"label": look.label(subject.machine, name), "machine": subject.name}
    if declared is None or (declared.low is None and declared.high is None):
        text = say("value.limits.none", **words)
        return [look.item("limits", TOOL, text, machine=subject.machine.id)]
    low = "-∞" if declared.low is None else measured(declared.low, declared.unit)
    high = "∞" if declared.high is None else measured(declared.high, declared.unit)
    if newest is None or (unit and unit != declared.unit):
        text = say("value.limits.only", low=low, high=high, **words)
    else:
        inside = (declared.low is None or newest >= declared.low) and (declared.high is None or newest <= declared.high)
        text = say(
            "value.limits", low=low, high=high, place=say("value.inside" if inside else "value.outside"), **words
        )
    bound = declared.high if declared.high is not None else declared.low
    return [look.item("limits", TOOL, text, machine=subject.machine.id, value=bound, unit=declared.unit)]


def _no_data(subject: _Subject, name: str) -> list[Item]:
    say = subject.look.say
    text = say(
        "value.nodata",
        what=subject.look.label(subject.machine, name), machine=subject.name,
        at=say.dated(subject.start_us), until=say.dated(subject.look.now_us),
    )  # fmt: skip
    return [subject.look.item("nodata", TOOL, text, machine=subject.machine.id)]
