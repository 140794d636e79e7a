"""The fixed words of tools and answers in three languages. Names, values and quotations go in as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from lineside.advice.text import clean, local_time, number

LANGUAGES = ("en", "de", "zh")

_ROWS: dict[str, tuple[str, str, str]] = {
    # the line and its machines
    "line.machines": (
        "{line} has {count} machines: {names}.",
        "{line} hat {count} Maschinen: {names}.",
        "{line} 有 {count} 台机器：{names}。",
    ),
    "line.empty": (
        "{line} has no machine, and none has been heard.",
        "{line} hat keine Maschine, und keine wurde gehört.",
        "{line} 没有机器，也没有收到任何机器的数据。",
    ),
    "line.unheard": (
        "No machine has been heard here, so nothing is known of what happens on the line.",
        "Hier wurde noch keine Maschine gehört; was auf der Linie geschieht, ist nicht bekannt.",
        "这里还没有收到任何机器的数据，因此不知道产线上发生了什么。",
    ),
    "machine.feeds": ("{machine} feeds {names}.", "{machine} beliefert {names}.", "{machine} 向 {names} 供料。"),
    "machine.last": (
        "{machine} is the end of the line: it feeds no other machine.",
        "{machine} ist das Ende der Linie: Sie beliefert keine andere Maschine.",
        "{machine} 是产线末端，不再向其他机器供料。",
    ),
    "machine.fed": (
        "{machine} is fed by {names}.",
        "{machine} wird von {names} beliefert.",
        "{machine} 由 {names} 供料。",
    ),
    "machine.first": (
        "{machine} is the start of a branch: no machine feeds it.",
        "{machine} ist der Anfang eines Strangs: Keine Maschine beliefert sie.",
        "{machine} 是支线的起点，没有机器向它供料。",
    ),
    "state.is": (
        "{machine} is {state} since {at} ({long}).",
        "{machine} ist {state} seit {at} ({long}).",
        "{machine} 自 {at} 起{state}（{long}）。",
    ),
    "state.said": (
        "{machine} says {state}, told at {at} ({ago} ago).",
        "{machine} meldet {state}, gesagt um {at} (vor {ago}).",
        "{machine} 报告{state}，时间 {at}（{ago}前）。",
    ),
    "state.held": (
        "{machine} is {state} since {at} ({long}) because of {cause}.",
        "{machine} ist {state} seit {at} ({long}) wegen {cause}.",
        "{machine} 因 {cause} 自 {at} 起{state}（{long}）。",
    ),
    "state.none": (
        "{machine} reports no state.",
        "{machine} meldet keinen Zustand.",
        "{machine} 不报告状态。",
    ),
    "state.buffer": (
        "{machine} only stores, and reports no state.",
        "{machine} ist ein Puffer und meldet keinen Zustand.",
        "{machine} 只是缓冲段，不报告状态。",
    ),
    "state.never": (
        "{machine} has never been heard.",
        "{machine} wurde noch nie gehört.",
        "从未收到 {machine} 的数据。",
    ),
    "state.heard": (
        "{machine} was last heard at {at}, {ago} ago.",
        "{machine} wurde zuletzt um {at} gehört, vor {ago}.",
        "最后一次收到 {machine} 的数据是 {at}（{ago}前）。",
    ),
    "state.count": (
        "Of {count} machines with a state {running} run{rest}.",
        "Von {count} Maschinen mit Zustand laufen {running}{rest}.",
        "{count} 台有状态的机器中 {running} 台在运行{rest}。",
    ),
    # alarms
    "alarm.none": ("No alarm is open.", "Kein Alarm ist offen.", "没有未处理的报警。"),
    "alarm.none.of": (
        "There is no alarm of {machine} since {at}.",
        "Es gibt keinen Alarm von {machine} seit {at}.",
        "自 {at} 以来没有 {machine} 的报警。",
    ),
    "alarm.none.since": (
        "There is no alarm since {at}.",
        "Es gibt keinen Alarm seit {at}.",
        "自 {at} 以来没有报警。",
    ),
    "alarm.count": (
        "{count} alarms are open: {names}.",
        "{count} Alarme sind offen: {names}.",
        "有 {count} 个未处理的报警：{names}。",
    ),
    "alarm.one": ("One alarm is open: {names}.", "Ein Alarm ist offen: {names}.", "有 1 个未处理的报警：{names}。"),
    "alarm.stands": (
        "{machine}{about} {verb} since {at} ({long}), severity {severity}.",
        "{machine}{about} {verb} seit {at} ({long}), Schwere {severity}.",
        "{machine}{about} 自 {at} 起{verb}（{long}），级别 {severity}。",
    ),
    "alarm.standing": (
        "{machine} has stood still since {at} ({long}), severity {severity}.",
        "{machine} steht seit {at} ({long}), Schwere {severity}.",
        "{machine} 自 {at} 起停机（{long}），级别 {severity}。",
    ),
    "alarm.stood": (
        "{machine} stopped at {at}; this alarm was over by {until}, severity {severity}.",
        "{machine} blieb um {at} stehen; dieser Alarm war spätestens um {until} vorbei, Schwere {severity}.",
        "{machine} 在 {at} 停机；该报警最迟 {until} 结束，级别 {severity}。",
    ),
    "alarm.over": (
        "{machine}{about} {verb} at {at}; this alarm was over by {until}, severity {severity}.",
        "{machine}{about} {verb} um {at}; dieser Alarm war spätestens um {until} vorbei, Schwere {severity}.",
        "{machine}{about} 在 {at} {verb}；该报警最迟 {until} 结束，级别 {severity}。",
    ),
    "alarm.victim": (
        "{victim} was held up by {machine} for {long} ({state}).",
        "{victim} wurde von {machine} {long} lang aufgehalten ({state}).",
        "{victim} 被 {machine} 耽误了 {long}（{state}）。",
    ),
    "alarm.lost": (
        "{machine} has cost the line {long}.",
        "{machine} hat die Linie {long} gekostet.",
        "{machine} 使产线损失了 {long}。",
    ),
    "alarm.victims": (
        "Held up by it: {names}.",
        "Dadurch aufgehalten: {names}.",
        "受其影响的机器：{names}。",
    ),
    "alarm.novictims": (
        "No other machine lost time to it.",
        "Keine andere Maschine hat dadurch Zeit verloren.",
        "没有其他机器因此损失时间。",
    ),
    "alarm.unacknowledged": (
        "Nobody has acknowledged the alarm of {machine}.",
        "Niemand hat den Alarm von {machine} quittiert.",
        "{machine} 的报警尚无人确认。",
    ),
    "alarm.acknowledged": (
        "{who} acknowledged the alarm of {machine} at {at}.",
        "{who} hat den Alarm von {machine} um {at} quittiert.",
        "{who} 于 {at} 确认了 {machine} 的报警。",
    ),
    "alarm.overlay": (
        "The alarm of {machine} is {overlay} since {at}{until} by {who}: {reason}.",
        "Der Alarm von {machine} ist {overlay} seit {at}{until} durch {who}: {reason}.",
        "{machine} 的报警自 {at}{until} 由 {who} {overlay}：{reason}。",
    ),
    "alarm.remark": (
        '{who} wrote at {at}: "{note}".',
        "{who} schrieb um {at}: „{note}“.",
        "{who} 于 {at} 写道：“{note}”。",
    ),
    "alarm.evidence": (
        "Seen: {what}.",
        "Beobachtet: {what}.",
        "观察到：{what}。",
    ),
    "alarm.consequence": ("Consequence: {what}", "Folge: {what}", "后果：{what}"),
    "alarm.action": (
        "Do: {what} (within {minutes} min).",
        "Zu tun: {what} (innerhalb von {minutes} min).",
        "处理：{what}（{minutes} min 内）。",
    ),
    "alarm.panel": (
        '{machine} says "{text}" ({attribute}, {at}).',
        "{machine} meldet „{text}“ ({attribute}, {at}).",
        "{machine} 显示“{text}”（{attribute} 于 {at}）。",
    ),
    # telemetry
    "value.now": (
        "{label} of {machine}: {value} at {at} ({ago} ago).",
        "{label} von {machine}: {value} um {at} (vor {ago}).",
        "{machine} 的 {label}：{value}，时间 {at}（{ago}前）。",
    ),
    "value.lowest": (
        "Lowest {label} of {machine} over the last {window}: {value}.",
        "Niedrigster Wert {label} von {machine} in den letzten {window}: {value}.",
        "{machine} 的 {label} 最近 {window} 的最低值：{value}。",
    ),
    "value.highest": (
        "Highest {label} of {machine} over the last {window}: {value}.",
        "Höchster Wert {label} von {machine} in den letzten {window}: {value}.",
        "{machine} 的 {label} 最近 {window} 的最高值：{value}。",
    ),
    "value.mean": (
        "Mean {label} of {machine} over the last {window}: {value} ({count} readings).",
        "Mittelwert {label} von {machine} in den letzten {window}: {value} ({count} Messwerte).",
        "{machine} 的 {label} 最近 {window} 的平均值：{value}（{count} 个读数）。",
    ),
    "value.trend.up": (
        "{label} of {machine} rises by {value} per hour over the last {window}.",
        "{label} von {machine} steigt um {value} pro Stunde in den letzten {window}.",
        "{machine} 的 {label} 最近 {window} 每小时上升 {value}。",
    ),
    "value.trend.down": (
        "{label} of {machine} falls by {value} per hour over the last {window}.",
        "{label} von {machine} fällt um {value} pro Stunde in den letzten {window}.",
        "{machine} 的 {label} 最近 {window} 每小时下降 {value}。",
    ),
    "value.trend.none": (
        "{label} of {machine} shows no trend over the last {window}.",
        "{label} von {machine} zeigt keinen Trend in den letzten {window}.",
        "{machine} 的 {label} 最近 {window} 没有明显趋势。",
    ),
    "value.change": (
        "{label} of {machine} went from {first} to {last} over the last {window}, a change of {value}.",
        "{label} von {machine} ging in den letzten {window} von {first} auf {last}, eine Änderung von {value}.",
        "{machine} 的 {label} 最近 {window} 从 {first} 变为 {last}，变化 {value}。",
    ),
    "value.limits": (
        "Limits of {label} of {machine}: {low} to {high}; the newest value is {place}.",
        "Grenzen von {label} von {machine}: {low} bis {high}; der neueste Wert liegt {place}.",
        "{machine} 的 {label} 限值：{low} 至 {high}；最新值{place}。",
    ),
    "value.limits.only": (
        "Limits of {label} of {machine}: {low} to {high}.",
        "Grenzen von {label} von {machine}: {low} bis {high}.",
        "{machine} 的 {label} 限值：{low} 至 {high}。",
    ),
    "value.limits.none": (
        "The site file declares no limits for {label} of {machine}.",
        "Die Anlagendatei nennt keine Grenzen für {label} von {machine}.",
        "站点文件没有声明 {machine} 的 {label} 限值。",
    ),
    "value.inside": ("inside them", "innerhalb", "在限值内"),
    "value.outside": ("outside them", "außerhalb", "超出限值"),
    "value.poor": (
        "The quality of this value is {quality}: {reason}.",
        "Die Qualität dieses Werts ist {quality}: {reason}.",
        "该值的质量为 {quality}：{reason}。",
    ),
    "value.nodata": (
        "There is no reading of {what} of {machine} between {at} and {until}.",
        "Es gibt keinen Messwert von {what} von {machine} zwischen {at} und {until}.",
        "{at} 至 {until} 之间没有 {machine} 的 {what} 读数。",
    ),
    "value.unknown": (
        "{machine} reports no {what}; it reports {names}.",
        "{machine} meldet kein(e) {what}; gemeldet werden {names}.",
        "{machine} 不报告 {what}；它报告：{names}。",
    ),
    "value.rose": (
        "{label} of {machine} rose by {value} over the last {window}.",
        "{label} von {machine} stieg in den letzten {window} um {value}.",
        "{machine} 的 {label} 最近 {window} 增加了 {value}。",
    ),
    "value.which": (
        "Several machines measure {what}; which one do you mean: {names}?",
        "Mehrere Maschinen messen {what}; welche meinen Sie: {names}?",
        "有多台机器测量 {what}；您指的是哪台：{names}？",
    ),
    "value.nowhere": (
        "No machine here reports {what}.",
        "Keine Maschine hier meldet {what}.",
        "这里没有机器报告 {what}。",
    ),
    "value.nothing": (
        "{machine} has reported no value.",
        "{machine} hat keinen Wert gemeldet.",
        "{machine} 没有报告任何值。",
    ),
    # names
    "name.which": (
        'Which machine do you mean by "{said}": {names}?',
        "Welche Maschine meinen Sie mit „{said}“: {names}?",
        "“{said}”指的是哪台机器：{names}？",
    ),
    "name.unknown": (
        'There is no machine "{said}" here.{near}',
        "Hier gibt es keine Maschine „{said}“.{near}",
        "这里没有名为“{said}”的机器。{near}",
    ),
    "name.near": (" Do you mean {names}?", " Meinen Sie {names}?", "您是指 {names} 吗？"),
    "name.known": (" The machines are {names}.", " Die Maschinen sind {names}.", "现有机器：{names}。"),
    # manuals, advisories, proposals, time
    "manual.found": (
        '{count} passages found for "{query}".',
        "{count} Textstellen zu „{query}“ gefunden.",
        "找到 {count} 处与“{query}”相关的段落。",
    ),
    "manual.none": (
        'The manuals say nothing about "{query}".',
        "Die Handbücher sagen nichts über „{query}“.",
        "手册中没有关于“{query}”的内容。",
    ),
    "manual.nolibrary": (
        "No manuals are loaded here.",
        "Hier sind keine Handbücher geladen.",
        "这里没有加载手册。",
    ),
    "manual.retired": (
        "{document} revision {revision} is {why} and is not quoted.",
        "{document} Revision {revision} ist nicht in Kraft ({why}) und wird nicht zitiert.",
        "{document} 第 {revision} 版已失效（{why}），不予引用。",
    ),
    "manual.inforce": (
        "In force is {document} revision {revision}.",
        "In Kraft ist {document} Revision {revision}.",
        "现行版本为 {document} 第 {revision} 版。",
    ),
    "manual.unreviewed": ("(unreviewed document)", "(ungeprüftes Dokument)", "（未经审核的文件）"),
    "advisory.is": (
        "Advisory of {at}: {text}",
        "Hinweis von {at}: {text}",
        "{at} 的建议：{text}",
    ),
    "advisory.step": (
        "Step {number}: {text} [{document}]",
        "Schritt {number}: {text} [{document}]",
        "步骤 {number}：{text} [{document}]",
    ),
    "advisory.check": ("Check first: {text}", "Zuerst prüfen: {text}", "先检查：{text}"),
    "advisory.note": ("Keep to: {text}", "Einhalten: {text}", "遵守：{text}"),
    "advisory.none": ("No advisory has been drafted.", "Es gibt noch keinen Hinweis.", "尚无建议。"),
    "advisory.none.of": (
        "No advisory has been drafted for {machine}.",
        "Es gibt keinen Hinweis zu {machine}.",
        "尚无关于 {machine} 的建议。",
    ),
    "propose.done": (
        "Proposal, not sent: {label} of {machine} from {now} to {value}. A person must approve it.",
        "Vorschlag, nicht gesendet: {label} von {machine} von {now} auf {value}. Ein Mensch muss ihn freigeben.",
        "建议（未发送）：将 {machine} 的 {label} 从 {now} 改为 {value}。须由人员批准。",
    ),
    "propose.refused": (
        "This cannot be proposed: {why}",
        "Das kann nicht vorgeschlagen werden: {why}",
        "不能提出该建议：{why}",
    ),
    "propose.limits": (
        "{value} is outside the limits of {label} of {machine}, {low} to {high}.",
        "{value} liegt außerhalb der Grenzen von {label} von {machine}, {low} bis {high}.",
        "{value} 超出 {machine} 的 {label} 限值 {low} 至 {high}。",
    ),
    "propose.undeclared": (
        "{machine} declares no limits for {label}, and without limits nothing is proposed.",
        "{machine} nennt keine Grenzen für {label}, und ohne Grenzen wird nichts vorgeschlagen.",
        "{machine} 没有声明 {label} 的限值，没有限值就不提出建议。",
    ),
    "propose.text": (
        "{label} of {machine} is no number.",
        "{label} von {machine} ist keine Zahl.",
        "{machine} 的 {label} 不是数值。",
    ),
    "propose.what": (
        "say which machine, which value of it, and the number it should become.",
        "nennen Sie Maschine, Wert und die Zahl, die er werden soll.",
        "请说明机器、参数以及目标数值。",
    ),
    "time.now": (
        "It is {at} here.",
        "Hier ist es {at}.",
        "现在是 {at}。",
    ),
    # answers
    "answer.unknown": (
        "I don't know: {why}",
        "Das weiß ich nicht: {why}",
        "我不知道：{why}",
    ),
    "answer.looked": (
        "I looked at {names}.",
        "Nachgesehen habe ich bei: {names}.",
        "我查看了：{names}。",
    ),
    "answer.future": (
        "I don't know: nothing here tells the future.",
        "Das weiß ich nicht: Hier sagt nichts die Zukunft voraus.",
        "我不知道：这里没有任何数据能预测未来。",
    ),
    "answer.notfound": (
        "neither the plant's data nor its manuals say that.",
        "weder die Daten der Anlage noch ihre Handbücher sagen das.",
        "工厂数据和手册中都没有相关内容。",
    ),
    "answer.help": (
        "I answer questions about this line: which machine stopped it, since when and why, what to do next, its values,"
        " alarms and manuals. I can propose a change, and never make one.",
        "Ich beantworte Fragen zu dieser Linie: welche Maschine sie gestoppt hat, seit wann und warum, was zu tun ist,"
        " ihre Werte, Alarme und Handbücher. Ich kann eine Änderung vorschlagen, aber keine ausführen.",
        "我回答关于这条产线的问题：哪台机器停机、何时、为何、下一步怎么做，以及数值、报警和手册。我可以提出更改建议，但不能执行。",
    ),
    "answer.noalarm": (
        "No alarm explains it.",
        "Kein Alarm erklärt das.",
        "没有报警能解释这一点。",
    ),
    "answer.readonly": (
        "I can't do that: nothing I do acknowledges, shelves or sends anything. Use the Alarms page.",
        "Das kann ich nicht: Ich quittiere, pausiere und sende nichts. Benutzen Sie die Alarmseite.",
        "我做不到：我不会确认、搁置或发送任何内容。请使用报警页面。",
    ),
    # single words
    "word.running": ("running", "in Betrieb", "运行"),
    "word.down": ("down", "gestört", "停机"),
    "word.blocked": ("blocked", "blockiert", "堵料"),
    "word.starved": ("starved", "ohne Material", "缺料"),
    "word.offline": ("offline (not heard)", "offline (nicht gehört)", "离线"),
    "word.unknown": ("unknown", "unbekannt", "未知"),
    "word.and": ("and", "und", "和"),
    "word.or": ("or", "oder", "还是"),
    "word.more": ("{count} more", "{count} weitere", "另外 {count} 个"),
    "word.until": (" until {at}", " bis {at}", " 至 {at}"),
    "word.shelved": ("shelved", "pausiert", "搁置"),
    "word.suppressed_by_design": ("suppressed by design", "planmäßig unterdrückt", "按设计抑制"),
    "word.out_of_service": ("out of service", "außer Betrieb", "停用"),
    "word.somebody": ("somebody", "jemand", "某人"),
    "word.noreason": ("no reason given", "ohne Begründung", "未说明原因"),
    "word.no": ("none", "keine", "无"),
    "verb.stop": ("stopped", "steht", "停机"),
    "verb.slow": ("runs slow", "läuft langsam", "运行缓慢"),
    "verb.limit": ("is outside its limits", "ist außerhalb der Grenzen", "超出限值"),
    "verb.drift": ("behaves unusually", "verhält sich ungewöhnlich", "表现异常"),
    "verb.frozen": ("has a frozen sensor", "hat einen eingefrorenen Sensor", "传感器冻结"),
    "verb.silent": ("is silent", "schweigt", "无数据"),
    "verb.reject_rate": ("rejects too much", "wirft zu viel aus", "剔除过多"),
    "past.slow": ("ran slow", "lief langsam", "运行缓慢"),
    "past.limit": ("was outside its limits", "war außerhalb der Grenzen", "超出限值"),
    "past.drift": ("behaved unusually", "verhielt sich ungewöhnlich", "表现异常"),
    "past.frozen": ("had a frozen sensor", "hatte einen eingefrorenen Sensor", "传感器冻结"),
    "past.silent": ("was silent", "schwieg", "无数据"),
    "past.reject_rate": ("rejected too much", "warf zu viel aus", "剔除过多"),
    "severity.critical": ("critical", "kritisch", "危急"),
    "severity.high": ("high", "hoch", "高"),
    "severity.medium": ("medium", "mittel", "中"),
    "severity.low": ("low", "niedrig", "低"),
    # what was looked at
    "looked.manuals": ("the manuals", "die Handbücher", "手册"),
    "looked.telemetry": ("the telemetry of {machine}", "die Messwerte von {machine}", "{machine} 的遥测数据"),
    "looked.alarms": ("the alarms of the last {window}", "die Alarme der letzten {window}", "最近 {window} 的报警"),
    "looked.states": ("the state of {line}", "den Zustand von {line}", "{line} 的状态"),
    "looked.site": ("the site file", "die Anlagendatei", "站点文件"),
    "looked.advisories": ("the advisories", "die Hinweise", "建议记录"),
}
_UNITS = {"en": ("s", "min", "h", "days"), "de": ("s", "min", "h", "Tage"), "zh": ("s", "min", "h", "天")}


@dataclass(frozen=True)
class Say:
    """Says things in one language and in the plant's time zone, as of `now_us`."""

    language: str
    timezone: str
    now_us: int

    def __call__(self, key: str, **values: object) -> str:
        """The phrase with its values. They are data: braces in them mean nothing."""
        column = LANGUAGES.index(self.language) if self.language in LANGUAGES else 0
        return _ROWS[key][column].format(**values)

    def time(self, at_us: int) -> str:
        """Local time with its zone; with the date where it is not of today."""
        return local_time(at_us, self.timezone, date=self._day(at_us) != self._day(self.now_us))

    def dated(self, at_us: int) -> str:
        return local_time(at_us, self.timezone, date=True)

    def long(self, seconds: float) -> str:
        """`45 s`, `6.2 min`, `2.5 h`, `3.1 days`."""
        second, minute, hour, day = _UNITS.get(self.language, _UNITS["en"])
        if seconds < 90:
            return f"{max(0.0, seconds):.0f} {second}"
        if seconds < 90 * 60:
            return f"{_tenths(seconds / 60)} {minute}"
        return f"{_tenths(seconds / 3600)} {hour}" if seconds < 48 * 3600 else f"{_tenths(seconds / 86_400)} {day}"

    def ago(self, at_us: int) -> str:
        return self.long((self.now_us - at_us) / 1e6)

    def number(self, value: float | bool | str, unit: str) -> str:
        return number(value, unit) if not isinstance(value, float) else measured(value, unit)

    def choices(self, names: tuple[str, ...] | list[str]) -> str:
        """`A, B or C`."""
        return self.names(names, joined="word.or")

    def names(self, names: tuple[str, ...] | list[str], most: int = 12, joined: str = "word.and") -> str:
        """`A, B and C`; what is beyond `most` is counted."""
        shown = [clean(name, 60) for name in names[:most]]
        if len(names) > most:
            shown.append(self("word.more", count=len(names) - most))
        if len(shown) < 2:
            return "".join(shown) or self("word.no")
        if self.language == "zh":
            return f"{'、'.join(shown[:-1])}{self(joined)}{shown[-1]}"
        return f"{', '.join(shown[:-1])} {self(joined)} {shown[-1]}"

    def word(self, group: str, word: str) -> str:
        """A word of a known list in this language; any other word as it is."""
        return self(f"{group}.{word}") if f"{group}.{word}" in _ROWS else clean(word, 40)

    def _day(self, at_us: int) -> str:
        return datetime.fromtimestamp(at_us / 1e6, tz=UTC).astimezone(ZoneInfo(self.timezone)).date().isoformat()


def measured(value: float, unit: str) -> str:
    """A number as a display shows it: whole where it is whole, else four figures; with its unit."""
    whole = abs(value) >= 1000 or value == round(value)
    shown = f"{value:.0f}" if whole and abs(value) < 1e12 else f"{value:.4g}"
    return f"{shown} {number(0.0, unit).removeprefix('0').strip()}".strip()


def _tenths(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
