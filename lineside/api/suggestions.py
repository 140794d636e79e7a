"""Questions that fit what is on the screen, in the person's language: rows with a place for the machine."""

from __future__ import annotations

from collections.abc import Sequence

from lineside.alarms.model import Alarm
from lineside.api.chat_models import Language, SuggestionView
from lineside.detection.finding import Kind

MOST = 5

WHY: dict[Kind, dict[Language, str]] = {
    "stop": {"en": "Why did {machine} stop?", "de": "Warum steht {machine}?", "zh": "{machine} 为什么停机？"},
    "slow": {"en": "Why is {machine} slow?", "de": "Warum läuft {machine} langsam?", "zh": "{machine} 为什么变慢？"},
    "limit": {
        "en": "Which limit did {machine} leave, and since when?",
        "de": "Welchen Grenzwert verletzt {machine}, und seit wann?",
        "zh": "{machine} 超出了哪个限值，从什么时候开始？",
    },
    "drift": {
        "en": "What is drifting at {machine}?",
        "de": "Welcher Wert driftet bei {machine}?",
        "zh": "{machine} 的哪个数值在漂移？",
    },
    "frozen": {
        "en": "Which sensor of {machine} is frozen, and since when?",
        "de": "Welcher Sensor von {machine} ist eingefroren, und seit wann?",
        "zh": "{machine} 的哪个传感器读数冻结，从什么时候开始？",
    },
    "silent": {
        "en": "Since when is {machine} silent?",
        "de": "Seit wann meldet sich {machine} nicht mehr?",
        "zh": "{machine} 从什么时候开始没有数据？",
    },
    "reject_rate": {
        "en": "Why does {machine} reject so much?",
        "de": "Warum wirft {machine} so viel aus?",
        "zh": "{machine} 的剔除率为什么这么高？",
    },
}
OF_AN_ALARM: tuple[dict[Language, str], ...] = (
    {
        "en": "What should I check first at {machine}?",
        "de": "Was prüfe ich bei {machine} zuerst?",
        "zh": "{machine} 应该先检查什么？",
    },
    {
        "en": "What does the manual say about {machine}?",
        "de": "Was sagt das Handbuch zu {machine}?",
        "zh": "手册对 {machine} 有什么说明？",
    },
)
OF_A_LINE: tuple[dict[Language, str], ...] = (
    {"en": "How is the line running?", "de": "Wie läuft die Linie?", "zh": "生产线运行得怎么样？"},
    {"en": "Which machines are on the line?", "de": "Welche Maschinen hat die Linie?", "zh": "生产线上有哪些机器？"},
    {
        "en": "What happened in the last eight hours?",
        "de": "Was war in den letzten acht Stunden?",
        "zh": "过去八小时发生了什么？",
    },
)


def suggestions_for(alarms: Sequence[Alarm], alarm_id: str, language: Language) -> list[SuggestionView]:
    """About this alarm where it is named, else why for the most urgent ones, and then what one may always ask."""
    named = [alarm for alarm in alarms if alarm.alarm_id == alarm_id]
    if named:
        return [*_why(named, language), *(_about(named[0], row[language]) for row in OF_AN_ALARM)]
    urgent = sorted((alarm for alarm in alarms if alarm.is_open), key=lambda one: (one.priority, -one.raised_us))
    first = [_about(urgent[0], OF_AN_ALARM[0][language])] if urgent else []
    always = [SuggestionView(question=row[language]) for row in OF_A_LINE]
    return [*_why(urgent[:2], language), *first, *always][:MOST]


def _why(alarms: Sequence[Alarm], language: Language) -> list[SuggestionView]:
    return [_about(alarm, WHY[alarm.kind][language]) for alarm in alarms]


def _about(alarm: Alarm, question: str) -> SuggestionView:
    return SuggestionView(question=question.format(machine=alarm.device), alarm_id=alarm.alarm_id)
