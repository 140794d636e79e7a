"""Questions that fit what is on the screen, in the person's language."""

from __future__ import annotations

from lineside.advice.text import clean
from lineside.alarms.model import Alarm
from lineside.assistant.phrases import Say
from lineside.assistant.plant import Plant

MOST = 4

_OF_AN_ALARM: dict[str, tuple[str, ...]] = {
    "en": ("Why did {machine} stop?", "What should I do about {machine}?", "Which machines are held up by {machine}?",
           "How many minutes has {machine} cost us?"),
    "de": ("Warum steht {machine}?", "Was soll ich bei {machine} tun?", "Welche Maschinen hält {machine} auf?",
           "Wie viele Minuten hat {machine} gekostet?"),
    "zh": ("{machine} 为什么停了？", "{machine} 应该怎么处理？", "{machine} 影响了哪些机器？",
           "{machine} 损失了多少时间？"),
}  # fmt: skip
_OF_A_VALUE: dict[str, tuple[str, ...]] = {
    "en": ("Why is {machine} in alarm?", "What is the {label} of {machine}?", "What should I do about {machine}?"),
    "de": ("Warum hat {machine} einen Alarm?", "Wie ist {label} von {machine}?", "Was soll ich bei {machine} tun?"),
    "zh": ("{machine} 为什么报警？", "{machine} 的 {label} 是多少？", "{machine} 应该怎么处理？"),
}  # fmt: skip
_OF_A_LINE: dict[str, tuple[str, ...]] = {
    "en": ("Is everything running?", "Was there an alarm today?", "Which machines are on the line?",
           "What can you do?"),
    "de": ("Läuft die ganze Linie?", "Gab es heute einen Alarm?", "Welche Maschinen gibt es?", "Was kannst du?"),
    "zh": ("整条产线都在运行吗？", "今天有报警吗？", "有哪些机器？", "你能做什么？"),
}  # fmt: skip


def suggestions(plant: Plant, say: Say, line: str, alarm_id: str) -> list[str]:
    """Of the alarm looked at, else of the newest open one, else of the line."""
    alarm = _alarm(plant, line, alarm_id)
    if alarm is None:
        return list(_OF_A_LINE[say.language])
    rows = _OF_A_VALUE if alarm.attribute else _OF_AN_ALARM
    label = clean(plant.site.label(alarm.device, alarm.attribute), 60) if alarm.attribute else ""
    return [row.format(machine=clean(alarm.device, 60), label=label) for row in rows[say.language]][:MOST]


def _alarm(plant: Plant, line: str, alarm_id: str) -> Alarm | None:
    lines = plant.lines_seen(line)
    if alarm_id:
        found = (plant.alarms.get(plant.site.site, each.id, alarm_id) for each in lines)
        return next((alarm for alarm in found if alarm is not None), None)
    opened = [alarm for each in lines for alarm in plant.alarms.open_alarms(plant.site.site, each.id) if alarm.active]
    return max(opened, key=lambda alarm: alarm.onset_us, default=None)
