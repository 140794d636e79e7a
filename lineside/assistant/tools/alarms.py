"""Alarms and their cause: open and recent, whom they held up, what they cost, and what people did with them."""

from __future__ import annotations

from collections.abc import Iterable

from lineside.advice.text import clean, number
from lineside.alarms.model import Alarm, Victim
from lineside.assistant.found import Found, Item
from lineside.assistant.plant import Remark
from lineside.assistant.tools.look import Look, locate, quoted
from lineside.line.states import SECOND_US
from lineside.site.model import Line

TOOL = "alarms"
MOST_ALARMS = 6
MOST_VICTIMS = 10
MOST_REMARKS = 5
MOST_EVIDENCE = 4
DEFAULT_HOURS = 24.0
_PANEL_US = 60 * SECOND_US
_QUIET_WORDS = frozenset(("", "normal", "ok", "none", "0"))


def alarms(look: Look, machine: str = "", hours: float = DEFAULT_HOURS, *, only_open: bool = False) -> Found:
    """Open alarms and those raised in the last `hours`, with cause, victims, lost time and what was done.

    Of a machine: those that it caused and those that held it up.
    """
    device = ""
    if machine:
        located = locate(look, machine, TOOL)
        if isinstance(located, Found):
            return located
        device = located.id
    if unheard := look.unheard(TOOL):
        return unheard
    hours = min(max(hours, 0.1), 24.0 * 31)
    since_us = look.now_us - int(hours * 3600 * SECOND_US)
    chosen = [
        alarm for alarm in _known(look, since_us) if _concerns(alarm, device) and (alarm.is_open or not only_open)
    ]
    searched = (look.say("looked.alarms", window=look.say.long(hours * 3600)),)
    if not chosen:
        return _none(look, device, since_us, searched, only_open=only_open)
    items = [
        *_count(look, chosen, device),
        *(item for alarm in chosen[:MOST_ALARMS] for item in _of(look, alarm, device)),
    ]
    summary = next(item.fact.text for item in items if item.topic == "alarm")
    return Found(TOOL, summary, tuple(items), searched=searched)


def _known(look: Look, since_us: int) -> list[Alarm]:
    """Newest trouble first, what is still wrong before what is over."""
    found: dict[str, Alarm] = {}
    for line in _lines(look):
        site = look.plant.site.site
        for alarm in look.plant.alarms.open_alarms(site, line.id):
            found[alarm.alarm_id] = alarm
        for alarm in look.plant.alarms.history(site, line.id, since_us, look.now_us + 1):
            found.setdefault(alarm.alarm_id, alarm)
    return sorted(found.values(), key=lambda alarm: (not alarm.active, -alarm.onset_us))


def _lines(look: Look) -> Iterable[Line]:
    return look.lines()


def _concerns(alarm: Alarm, device: str) -> bool:
    return not device or device in (alarm.device, alarm.cause) or any(v.device == device for v in alarm.victims)


def _none(look: Look, device: str, since_us: int, searched: tuple[str, ...], *, only_open: bool) -> Found:
    say = look.say
    if device:
        text = say("alarm.none.of", machine=clean(device, 60), at=say.time(since_us))
    else:
        text = say("alarm.none") if only_open else say("alarm.none.since", at=say.time(since_us))
    return Found(TOOL, text, (look.item("none", TOOL, text, machine=device),), searched=searched)


def _count(look: Look, chosen: list[Alarm], device: str) -> list[Item]:
    """How many are open; said of the whole line only."""
    if device:
        return []
    active = [alarm.device for alarm in chosen if alarm.is_open]
    if not active:
        return [look.item("count", TOOL, look.say("alarm.none"), value=0.0)]
    key = "alarm.one" if len(active) == 1 else "alarm.count"
    text = look.say(key, count=len(active), names=look.say.names(tuple(dict.fromkeys(active))))
    return [look.item("count", TOOL, text, value=float(len(active)))]


def _of(look: Look, alarm: Alarm, device: str) -> list[Item]:
    own = [_head(look, alarm), *_lost(look, alarm), _victims(look, alarm)]
    if device and device != alarm.device:
        own = [*(_held_up(look, alarm, victim) for victim in alarm.victims if victim.device == device), *own]
    return [*own, *_done(look, alarm), *_why(look, alarm)]


def _head(look: Look, alarm: Alarm) -> Item:
    say = look.say
    about = f" ({clean(alarm.attribute, 40)})" if alarm.attribute else ""
    words = {
        "machine": clean(alarm.device, 60),
        "about": about,
        "verb": say.word("verb" if alarm.active else "past", alarm.kind),
        "at": say.time(alarm.onset_us),
        "severity": say.word("severity", alarm.severity),
    }
    stopped = alarm.kind == "stop"
    if alarm.active:
        text = say("alarm.standing" if stopped else "alarm.stands", long=say.ago(alarm.onset_us), **words)
    else:
        key = "alarm.stood" if stopped else "alarm.over"
        text = say(key, until=say.time(alarm.cleared_us or alarm.seen_us), **words)
    seconds = ((alarm.cleared_us or look.now_us) - alarm.onset_us) / 1e6
    return look.item(
        "alarm", TOOL, text, machine=alarm.device, value=round(seconds, 1), unit="SEC", observed_us=alarm.onset_us
    )  # fmt: skip


def _held_up(look: Look, alarm: Alarm, victim: Victim) -> Item:
    say = look.say
    state = ", ".join(say.word("word", word.strip()) for word in victim.state.split(","))
    text = say(
        "alarm.victim",
        victim=clean(victim.device, 60), machine=clean(alarm.cause, 60), state=state,
        long=say.long(victim.lost_seconds),
    )  # fmt: skip
    return look.item("held", TOOL, text, machine=alarm.cause, value=victim.lost_seconds, unit="SEC")


def _lost(look: Look, alarm: Alarm) -> list[Item]:
    if not alarm.lost_seconds:
        return []
    text = look.say("alarm.lost", machine=clean(alarm.device, 60), long=look.say.long(alarm.lost_seconds))
    return [look.item("lost", TOOL, text, machine=alarm.device, value=alarm.lost_seconds, unit="SEC")]


def _victims(look: Look, alarm: Alarm) -> Item:
    say = look.say
    ordered = sorted(alarm.victims, key=lambda victim: (-victim.lost_seconds, victim.device))
    names = [f"{clean(victim.device, 60)} {say.long(victim.lost_seconds)}" for victim in ordered]
    text = say("alarm.victims", names=say.names(names, MOST_VICTIMS)) if names else say("alarm.novictims")
    return look.item("victims", TOOL, text, machine=alarm.device)


def _done(look: Look, alarm: Alarm) -> list[Item]:
    """Acknowledged, shelved or taken out of service, by whom; and what people wrote."""
    say, name = look.say, clean(alarm.device, 60)
    if alarm.acknowledged_us:
        who = clean(alarm.acknowledged_by, 60) or say("word.somebody")
        text = say("alarm.acknowledged", who=who, machine=name, at=say.time(alarm.acknowledged_us))
    else:
        text = say("alarm.unacknowledged", machine=name)
    items = [
        look.item("acknowledged", TOOL, text, machine=alarm.device, observed_us=alarm.acknowledged_us)
    ]  # fmt: skip
    if alarm.overlay is not None:
        overlay = alarm.overlay
        text = say(
            "alarm.overlay",
            machine=name,
            overlay=say.word("word", overlay.kind),
            at=say.time(overlay.since_us),
            until=say("word.until", at=say.time(overlay.until_us)) if overlay.until_us else "",
            who=clean(overlay.by, 60) or say("word.somebody"),
            reason=quoted(overlay.reason, 120) or say("word.noreason"),
        )
        items.append(look.item("overlay", TOOL, text, machine=alarm.device, observed_us=overlay.since_us))
    return [*items, *_remarks(look, alarm)]


def _remarks(look: Look, alarm: Alarm) -> list[Item]:
    said = look.plant.remarks.of_alarm(alarm.alarm_id) if look.plant.remarks else ()
    noted = [remark for remark in said if remark.what == "comment" and quoted(remark.note, 200)][-MOST_REMARKS:]
    return [_remark(look, alarm, remark) for remark in noted]


def _remark(look: Look, alarm: Alarm, remark: Remark) -> Item:
    who, note = clean(remark.by, 60), quoted(remark.note, 200)
    text = look.say("alarm.remark", who=who, at=look.say.time(remark.at_us), note=note)
    return look.item("remark", TOOL, text, machine=alarm.device, observed_us=remark.at_us)


def _why(look: Look, alarm: Alarm) -> list[Item]:
    """What was seen, what its own panel says, what follows from it and what to do."""
    say = look.say
    items = [*_panel(look, alarm), *_evidence(look, alarm)]
    if consequence := quoted(alarm.consequence, 200):
        text = say("alarm.consequence", what=consequence)
        items.append(look.item("consequence", TOOL, text, machine=alarm.device))
    if alarm.active and (action := quoted(alarm.operator_action, 200)):
        minutes = f"{alarm.time_to_respond_minutes:.0f}"
        text = say("alarm.action", what=action.rstrip("."), minutes=minutes)
        items.append(
            look.item("action", TOOL, text, machine=alarm.device, value=alarm.time_to_respond_minutes, unit="MIN")
        )  # fmt: skip
    return items


def _evidence(look: Look, alarm: Alarm) -> list[Item]:
    say, site = look.say, look.plant.site
    items = []
    for seen in alarm.evidence[:MOST_EVIDENCE]:
        what = f"{clean(site.label(seen.device, seen.attribute), 60)} {number(seen.value, seen.unit)}"
        if seen.expected is not None:
            what += f" ({number(seen.expected, seen.unit)})"
        text = say("alarm.evidence", what=f"{clean(seen.device, 60)}: {what}, {say.time(seen.observed_us)}")
        value = seen.value if isinstance(seen.value, float) else None
        items.append(
            look.item(
                "evidence", TOOL, text, machine=alarm.device, value=value, unit=seen.unit, observed_us=seen.observed_us
            )
        )  # fmt: skip
    return items


def _panel(look: Look, alarm: Alarm) -> list[Item]:
    """What the machine's own text values say, told since the trouble began. It is quoted: it is what it says."""
    machine = look.plant.machine(alarm.device)
    twin = look.plant.twin.device(alarm.site, alarm.line, alarm.device)
    if machine is None or twin is None or not alarm.active:
        return []
    said = [
        (name, value)
        for name, value in twin.values.items()
        if isinstance(value.value, str)
        and name != machine.state
        and value.observed_us >= alarm.onset_us - _PANEL_US
        and value.value.strip().casefold() not in _QUIET_WORDS
        and " " in value.value.strip()
        and quoted(value.value, 80)
    ]
    return [
        look.item(
            "panel", TOOL,
            look.say(
                "alarm.panel", machine=clean(alarm.device, 60), text=clean(str(value.value), 80),
                attribute=clean(name, 40), at=look.say.time(value.observed_us),
            ),
            machine=alarm.device, observed_us=value.observed_us,
        )
        for name, value in said[:3]
    ]  # fmt: skip
