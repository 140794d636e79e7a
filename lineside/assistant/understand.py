"""What a question is about, by rules: its topics, the machine, the value, the look-back. No model is asked.

The rules read words, not sentences. What they cannot place is searched for in the manuals.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from lineside.assistant import cues
from lineside.assistant.attributes import best, concept, concepts, is_quantity
from lineside.assistant.events import Turn
from lineside.assistant.names import Mention, Names, name_tokens
from lineside.assistant.relevance import codes, content
from lineside.assistant.words import english, fold, singular, tokens, word_set

Topic = Literal[
    "help", "order", "propose", "time", "future", "manual", "acknowledged", "lost", "victims", "cause", "since", "next",
    "value", "state", "machines", "flow", "alarms", "advisory",
]  # fmt: skip
Statistic = Literal["now", "lowest", "highest", "mean", "trend", "limits", "heard", "rose"]

FOLLOWED = 4
"""So many earlier turns are looked at for what "it" is."""
_ABOUT_THE_LINE: frozenset[Topic] = frozenset(
    ("acknowledged", "lost", "victims", "cause", "since", "next", "state", "alarms", "advisory")
)


@dataclass(frozen=True)
class Known:
    """What the rules know of the plant: its machines, and the values each declares or reports, with their labels."""

    names: Names
    attributes: tuple[tuple[str, str, str], ...] = ()
    """Machine, attribute, label."""
    focus: str = ""
    """The machine of the alarm that the person is looking at."""

    def labels(self, machine: str = "") -> list[tuple[str, str]]:
        return [(name, label) for device, name, label in self.attributes if not machine or device == machine]


@dataclass(frozen=True)
class Understood:
    """`machine` is the name to look up, as said where it is not clear; "" for the whole line."""

    text: str
    topics: tuple[Topic, ...] = ()
    machine: str = ""
    machines: tuple[str, ...] = ()
    attribute: str = ""
    statistics: tuple[Statistic, ...] = ()
    minutes: float = 0.0
    value: float | None = None
    unclear: bool = False
    """The machine is not clear: several fit, or none does."""
    upstream: bool = False
    follows: bool = False
    subjects: tuple[str, ...] = ()
    """What it speaks of beside machines, states and times, as word stems."""


@dataclass
class _Reading:
    """A question while it is being read."""

    text: str
    known: Known
    folded: str = ""
    mentions: list[Mention] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folded = " ".join(english(self.text).split())
        self.mentions = self.known.names.mentions(self.text)

    def has(self, cue: re.Pattern[str]) -> bool:
        return bool(cue.search(self.folded))

    @property
    def clear(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(mention.machines[0] for mention in self.mentions if len(mention.machines) == 1))

    @property
    def codes(self) -> list[str]:
        """The codes of the question that are not part of what a value is called, as CO2 may be."""
        labels = {word for name, label in self.known.labels() for word in tokens(f"{name} {label}") if len(word) > 1}
        return [code for code in codes(self.text) if not code.startswith(tuple(labels))]

    @property
    def ambiguous(self) -> Mention | None:
        return next((mention for mention in self.mentions if len(mention.machines) > 1), None)

    def said(self, mention: Mention) -> str:
        """The person's own words, as they were written."""
        meant = name_tokens(self.text)[mention.start : mention.end]
        words = self.text.split()
        runs = ((at, end) for at in range(len(words)) for end in range(at + 1, min(at + len(meant), len(words)) + 1))
        own = (" ".join(words[at:end]).strip(" \t\"'.,;:?!") for at, end in runs)
        return next((said for said in own if name_tokens(said) == meant), " ".join(meant))


def understand(text: str, known: Known, history: Sequence[Turn] = ()) -> Understood:
    """What is asked, in the light of the turns before."""
    reading = _Reading(text, known)
    own = _alone(reading)
    if not history or own.topics[:1] in (("help",), ("time",), ("order",)) or reading.codes:
        return _focused(own, reading)
    return _in_conversation(own, reading, history[-FOLLOWED:])


def _alone(reading: _Reading) -> Understood:
    """The question by itself."""
    machine, unclear = _machine(reading)
    attribute = _measure(reading, "" if unclear else machine)
    said = Understood(
        reading.text,
        machine=machine,
        machines=reading.clear,
        attribute=attribute,
        minutes=minutes_of(reading.folded),
        unclear=unclear,
        upstream=reading.has(cues.UPSTREAM),
    )
    special = _special(reading, said)
    if special is not None:
        return special
    said = replace(said, subjects=tuple(_content(reading, said)))
    topics = _topics(reading, said)
    return replace(said, topics=topics, statistics=_statistics(reading, said))


def _special(reading: _Reading, said: Understood) -> Understood | None:
    """Kinds of question that nothing else is mixed with."""
    value = cues.CHANGE_TO.search(reading.folded)
    asked_how = reading.has(cues.HOW_TO) and not cues.CHANGE_FIRST.search(reading.folded)
    changes = reading.has(cues.CHANGE) and not asked_how and not reading.has(cues.CAUSE)
    if changes and (value or cues.CHANGE_FIRST.search(reading.folded)) and (said.machine or said.attribute):
        number = float(value[1].replace(",", ".").replace("−", "-")) if value else None
        return replace(said, topics=("propose",), value=number)
    if reading.has(cues.HELP):
        return replace(said, topics=("help",))
    if reading.has(cues.ORDER) and not asked_how:
        return replace(said, topics=("order",))
    if reading.has(cues.TIME):
        return replace(said, topics=("time",))
    if reading.codes:
        return replace(said, topics=("manual",))
    if reading.has(cues.FUTURE) and not reading.has(cues.DOCUMENT):
        return replace(said, topics=("future",))
    return None


def _topics(reading: _Reading, said: Understood) -> tuple[Topic, ...]:
    if reading.has(cues.DOCUMENT):
        return ("manual",)
    if reading.has(cues.MACHINES) and not reading.clear:
        return ("machines",)
    if reading.has(cues.FLOW) and (said.machine or reading.has(cues.LINE)) and not said.attribute:
        return ("flow",)
    about_now = _about_now(reading, said)
    if (reading.has(cues.HOW_TO) or reading.has(cues.NEXT)) and _asks_how(reading, said):
        return ("manual",)
    if not about_now:
        return ("value",) if _asks_value(reading, said) else ("manual",)
    return _of_the_line(reading, said) or (("value",) if _asks_value(reading, said) else ("manual",))


_ABOUT_TROUBLE = (cues.SINCE, cues.LOST, cues.VICTIMS, cues.ACKNOWLEDGED)


def _about_now(reading: _Reading, said: Understood) -> bool:
    """Whether it is about this line and these machines at all, and not about the world."""
    return bool(
        said.machine
        or reading.has(cues.LINE)
        or reading.has(cues.ALARMS)
        or reading.has(cues.ADVISORY)
        or reading.has(cues.PRONOUN)
        or len(_content(reading, said)) <= (2 if any(map(reading.has, _ABOUT_TROUBLE)) else 0)
    )


def _asks_how(reading: _Reading, said: Understood) -> bool:
    """Whether a "how" asks for a rule or a way of working, not for what is so now."""
    if reading.has(cues.NEXT) and not _particular(reading, said):
        return False
    if any(map(reading.has, (cues.SINCE, cues.LOST, cues.VICTIMS, cues.AGE))) and not reading.has(cues.HYPOTHETICAL):
        return False
    if reading.has(cues.HOW_MANY) and (said.attribute or reading.has(cues.ALARMS) or reading.has(cues.MACHINES)):
        return False
    if said.attribute and (said.machine or _measured_somewhere(reading, said)):
        return not re.search(r"\bhow (is|are|much|many|far)\b|\bwhat does\b|\bwie (viel|warm|kalt)\b", reading.folded)
    if re.search(r"\bhow (is|are)\b", reading.folded):
        return bool(_content(reading, said)) and not reading.has(cues.STATE)
    return True


def _particular(reading: _Reading, said: Understood) -> bool:
    """Whether "what should I do" comes with a case of its own: `if the label web tears`."""
    subjects = len(_content(reading, said))
    return (reading.has(cues.HYPOTHETICAL) and bool(subjects or reading.clear)) or subjects >= 3


_PLAIN = word_set("""
    anything everything something nothing etwas alles nichts warten wartet letzten letzte letzter vergangenen
    move moving moved dead stuck keep keeping broken report new
    limit within inside outside range fine okay alright normal
    stop stopped stopping stops stand stands standing run running down block blocked blocking starve starved
    line plant wait waiting start started state status minute minutes hour hours second seconds time lost lose
    cost costs since next check first operator back work working order fix fixed solve affected held hold up
    cause caused reason wrong trouble thing happen long ago last reading value current cookie cookies production
    steht stehen stand lauft laufen gestoppt angehalten passiert los schon seit lange verloren zeit minuten
    stunden nachste nachsten nachster schritt jetzt nun zuerst prufen blockiert halt acknowledged anyone anybody
    somebody today shift open active recent summary summarize overview other else next
""")
_PLAIN_STEMS = frozenset(stem for word in _PLAIN for stem in content(word))


def _content(reading: _Reading, said: Understood) -> list[str]:
    """What a question speaks of besides machines, states and times."""
    names = [word for machine in reading.clear for word in reading.known.names.words[machine]]
    words = name_tokens(reading.text)
    # As they were written, too: a slip of the pen in a name is no subject of its own.
    names += [word for mention in reading.mentions for word in words[mention.start : mention.end]]
    if said.unclear:
        names += name_tokens(said.machine)
    return [word for word in content(reading.text, names) if word not in _PLAIN_STEMS and not word.isdigit()]


def _of_the_line(reading: _Reading, said: Understood) -> tuple[Topic, ...]:
    """Every topic about what is so now that the question names, in an order that reads well."""
    rows: tuple[tuple[Topic, bool], ...] = (
        ("cause", reading.has(cues.CAUSE)),
        ("since", reading.has(cues.SINCE)),
        ("lost", reading.has(cues.LOST) and not said.attribute),
        ("victims", reading.has(cues.VICTIMS)),
        ("acknowledged", reading.has(cues.ACKNOWLEDGED)),
        ("next", reading.has(cues.NEXT)),
        ("advisory", reading.has(cues.ADVISORY)),
    )
    topics = [topic for topic, found in rows if found]
    if said.attribute and (not topics or topics == ["cause"]) and _asks_value(reading, said):
        topics.append("value")
    if topics:
        return tuple(topics)
    if reading.has(cues.ALARMS):
        return ("alarms",)
    if reading.has(cues.AGE) and said.machine:
        return ("state",)
    if reading.has(cues.LIMITS) and said.machine:
        return ("value",)
    if reading.has(cues.STATE) and len(_content(reading, said)) <= 1:
        return ("state",)
    if not _content(reading, said) and (said.machine or reading.has(cues.LINE)):
        return ("state",)
    return ()


def _asks_value(reading: _Reading, said: Understood) -> bool:
    if not said.attribute:
        return False
    return bool(said.machine) or _measured_somewhere(reading, said)


def _measured_somewhere(reading: _Reading, said: Understood) -> bool:
    """Whether the plant measures what is asked, with no more words than its label has."""
    wanted = _content(reading, said)
    if not best(said.attribute, reading.known.labels()):
        return False
    spoken = {word for _, label in reading.known.labels() for word in concepts(label)}
    return all(word in spoken or word in _STATISTICS or is_quantity(word) for word in wanted)


_STATISTICS = frozenset(
    stem
    for word in word_set("low lowest high highest mean average limit trend maximum minimum temperature hour minute")
    for stem in content(word)
)


def _statistics(reading: _Reading, said: Understood) -> tuple[Statistic, ...]:
    rows: tuple[tuple[Statistic, re.Pattern[str]], ...] = (
        ("lowest", cues.LOWEST), ("highest", cues.HIGHEST), ("mean", cues.MEAN), ("trend", cues.TREND),
        ("limits", cues.LIMITS), ("heard", cues.AGE),
    )  # fmt: skip
    found = [statistic for statistic, cue in rows if reading.has(cue)]
    if reading.has(cues.HOW_MANY) or (said.minutes and _is_count(said.attribute)):
        found.append("rose")
    return tuple(found)


def _is_count(attribute: str) -> bool:
    return bool({"good", "bad", "total"} & set(concepts(attribute)))


def _machine(reading: _Reading) -> tuple[str, bool]:
    """The machine asked about, and whether that is not clear. Said words where it is not."""
    names = reading.known.names
    numbered = _numbered(reading)
    if numbered:
        return numbered, True
    if reading.clear:
        return reading.clear[0], False
    if reading.ambiguous:
        return reading.said(reading.ambiguous), True
    unknown = _unknown(reading)
    return (
        (unknown, True) if unknown and not names.resolve(unknown).machine else (names.resolve(unknown).machine, False)
    )


def _numbered(reading: _Reading) -> str:
    """`freezer tunnel 2`, where no machine has that number."""
    words = name_tokens(reading.text)
    for mention in reading.mentions:
        if mention.end >= len(words) or not words[mention.end].isdigit() or len(words[mention.end]) > 2:
            continue
        following = words[mention.end + 1] if mention.end + 1 < len(words) else ""
        name = {word for machine in mention.machines for word in reading.known.names.words[machine]}
        if words[mention.end] not in name and following not in _AFTER_A_NUMBER:
            return reading.said(replace(mention, end=mention.end + 1))
    return ""


_AFTER_A_NUMBER = word_set("""
    min minute minutes minuten hour hours h stunde stunden second seconds s sekunden day days tage times rpm bar
    degree degrees c
""")
_NO_MACHINE = word_set("""
    line machine machines plant production alarm alarms shift problem stop cause reason trouble time limit
    limits value values temperature speed moisture pressure factory state status operator manual procedure day
    night morning hour minute week first next last current situation most other room dough cookie cookies box
    boxes label labels belt door panel step steps supplier price one newest latest anlage linie schicht zeit
    chain glue nitrogen weather capital world moment problem issue fault code codes maker output company boss
    shift leader lunch break biggest main longest
""")
_NOUN_AFTER_THE = re.compile(
    r"\b(?:the|my|our|der|die|das|den|dem)\s+([a-z][a-z0-9\- ]{2,40}?)\s+(?:is |was |has |been |not |still |now )*"
    r"(?=(?:run|running|runs|stop|stops|stopped|down|blocked|starved|working|doing|standing|moving|stuck|dead|ok|idle"
    r"|steht|lauft|gestoppt|blockiert)\b)"
)


def _unknown(reading: _Reading) -> str:
    """Words that must be meant as a machine, though none is called so; "" where there are none."""
    words = name_tokens(reading.text)
    for at, word in enumerate(words):
        if singular(word) in cues.UNKNOWN_MACHINES and not reading.has(cues.DOCUMENT):
            number = words[at + 1] if at + 1 < len(words) and words[at + 1].isdigit() else ""
            return f"{word} {number}".strip()
    if not (reading.has(cues.STATE) or reading.has(cues.CAUSE)):
        return ""
    for found in _NOUN_AFTER_THE.finditer(reading.folded):
        said = found[1].strip()
        parts = tokens(said)
        if parts and not any(
            singular(part) in _NO_MACHINE or part in _NO_MACHINE or is_quantity(part) for part in parts
        ):
            return said if len(parts) <= 3 else ""
    return ""


def _measure(reading: _Reading, machine: str) -> str:
    """The value that is asked for. Part of a label names none by itself: `is the dough fine?` asks for all of them."""
    attribute = _attribute(reading, machine)
    if not attribute or not machine or best(attribute, reading.known.labels(machine)):
        return attribute
    said = Understood(reading.text, machine=machine)
    left = [word for word in _content(reading, said) if word not in concepts(attribute)]
    return attribute if left or any(is_quantity(word) for word in tokens(attribute)) else ""


def _attribute(reading: _Reading, machine: str) -> str:
    """The words that mean a measured value, as the telemetry tool is to be asked; "" where there are none."""
    words = tokens(reading.folded)
    covered = _mentioned(reading)
    labels = reading.known.labels(machine) or reading.known.labels()
    spelled = [f"{name.replace('_', ' ')} {label}" for name, label in labels]
    spoken = {word for text in spelled for word in (*tokens(text), *tokens(english(text)))} - _COMMON
    whole = {fold(label) for _, label in labels} & _QUANTITIES_TOO if machine else set()
    found = [
        word
        for at, word in enumerate(words)
        if (is_quantity(word) or word in spoken or singular(word) in spoken)
        and at not in covered
        and (word not in _COMMON or word in whole)
    ]
    if machine and _counts_good_ones(reading, labels):
        found = ["good", *(word for word in found if word == "total" or concept(word) != concept("total"))]
    return " ".join(dict.fromkeys(found))


def _counts_good_ones(reading: _Reading, labels: Sequence[tuple[str, str]]) -> bool:
    """Whether "good" means a counter of this machine: `the good counter`, `how many good ones`."""
    has_one = any(fold(name) == "good" or fold(label) == "good" for name, label in labels)
    return has_one and bool(re.search(r"\bgood\b", reading.folded)) and (
        reading.has(cues.HOW_MANY) or bool(re.search(r"\bcount(?:er|s)?\b", reading.folded))
    )  # fmt: skip


_COMMON = word_set("""
    state alarm text number good level water flow of the is running count current mean
""")
"""Words of attributes that are said too often to mean them."""
_QUANTITIES_TOO = word_set("level water flow count current")
"""Of these the ones that do mean a value of a machine that has one with just this name."""


def _mentioned(reading: _Reading) -> set[int]:
    if len(name_tokens(reading.text)) != len(tokens(reading.folded)):
        return set()
    return {at for mention in reading.mentions for at in range(mention.start, mention.end)}


_SPAN = re.compile(
    r"(?:last|past|previous|over the|this|dieser?|letzten?|vergangenen?|最近|过去)\s*(?:half (?:an |a )?|halben? )?"
    r"(\d+(?:[.,]\d+)?)?\s*"
    r"(minutes?|mins?|minuten?|hours?|hrs?|h|stunden?|days?|tagen?|tage|shift|schicht|week|woche|分钟|个?小时|天|班)"
)
_IN_MINUTES = {
    "m": 1.0,
    "分": 1.0,
    "h": 60.0,
    "s": 60.0,
    "个": 60.0,
    "小": 60.0,
    "d": 1440.0,
    "t": 1440.0,
    "天": 1440.0,
}


def minutes_of(folded: str) -> float:
    """The look-back that a question names, in minutes; 0 where it names none."""
    found = _SPAN.search(folded)
    if not found:
        return 1440.0 if re.search(r"\btoday\b|\bheute\b|今天", folded) else 0.0
    count, unit = float((found[1] or "1").replace(",", ".")), found[2]
    if re.search(r"half (an |a )?h|halbe", found[0]):
        count *= 0.5
    if unit in ("shift", "schicht", "班"):
        return count * 480
    if unit in ("week", "woche"):
        return count * 10_080
    return count * _IN_MINUTES.get(unit[0], 60.0)


def _focused(own: Understood, reading: _Reading) -> Understood:
    """Where nothing is named, it is about the alarm that the person is looking at."""
    focus = reading.known.focus
    if own.machine or not focus or not set(own.topics) & {*_ABOUT_THE_LINE, "value", "flow"} or reading.has(cues.LINE):
        return own
    if set(own.topics) <= {"alarms", "machines"}:
        return own
    return replace(own, machine=focus, machines=(focus,))


def _in_conversation(own: Understood, reading: _Reading, history: Sequence[Turn]) -> Understood:
    before = understand(history[-1].question, replace(reading.known, focus=""), history[:-1])
    if own.machine and _adds_only_a_machine(reading, own):
        inherited = {"topics": before.topics, "attribute": before.attribute, "statistics": before.statistics}
        return replace(own, **inherited, minutes=own.minutes or before.minutes, follows=True)  # type: ignore[arg-type]
    if own.machine or not _refers_back(reading, own):
        return own if own.machine else _focused(own, reading)
    if own.minutes and not own.attribute and not _content(reading, own) and before.topics:
        return replace(
            before, text=own.text, minutes=own.minutes, statistics=own.statistics or before.statistics, follows=True
        )
    machine = _subject(before, reading.known, history[-1].answer)
    if own.attribute and before.machine and not own.unclear:
        topics: tuple[Topic, ...] = own.topics if set(own.topics) - {"manual"} else ("value",)
        return replace(own, topics=topics, machine=machine, machines=(machine,) if machine else (), follows=True)
    if not own.attribute and own.statistics and before.attribute:
        return replace(
            before,
            text=own.text,
            statistics=own.statistics,
            minutes=own.minutes or before.minutes,
            topics=("value",),
            follows=True,
        )
    if not machine:
        return _focused(own, reading)
    topics = own.topics if own.topics and own.topics != ("manual",) else _related(reading, own, before)
    return replace(own, topics=topics, machine=machine, machines=(machine,), follows=True)


def _related(reading: _Reading, own: Understood, before: Understood) -> tuple[Topic, ...]:
    """The topics of a short question that only makes sense after the one before."""
    found = _of_the_line(reading, replace(own, machine=before.machine or "it"))
    return found or own.topics or before.topics


def _adds_only_a_machine(reading: _Reading, own: Understood) -> bool:
    """`and the former?`"""
    return not own.attribute and not _content(reading, own) and (
        reading.has(cues.ELLIPSIS) or len(tokens(reading.folded)) <= len(name_tokens(own.machine)) + 2
    )  # fmt: skip


def _refers_back(reading: _Reading, own: Understood) -> bool:
    if reading.has(cues.LINE):
        return False
    short = len(tokens(reading.folded)) <= 6 and len(_content(reading, own)) <= 1
    return reading.has(cues.PRONOUN) or reading.has(cues.ELLIPSIS) or short


def _subject(before: Understood, known: Known, answer: str) -> str:
    """What "it" is: the machine of the question before, else the first that its answer names."""
    if before.machines and not before.unclear:
        return before.machines[0]
    named = [mention.machines[0] for mention in known.names.mentions(answer[:400]) if len(mention.machines) == 1]
    return named[0] if named else known.focus
