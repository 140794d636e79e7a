"""Steps and sentences, compared by their words: whether what an answer tells people to do was quoted or made up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from lineside.answering.orders import sentences

MOST_OF_A_STEP = 0.7
"""The share of a step's words that must stand in one quoted step. Half would let a second action be added to it."""

SHORTEST_DENIAL = 3
"""Fewer words than these are alike by chance."""

_MARKER: Final = re.compile(
    r"^[\s>*_#-]*(?:(?:step|schritt|步骤|第)\s*)?(?P<number>\d{1,3}(?:\.\d{1,3})*)\s*(?:步\s*[：:]?|[.):、：])(?!\d)\s*[*_]*\s*(?P<text>.*)$",
    re.IGNORECASE,
)
_WORDS: Final = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*")
_CJK: Final = re.compile(r"[\u3400-\u9fff]+")
_NEGATIONS: Final = frozenset(
    word
    for words in ("not no never without cannot", "nicht kein keine keinen keiner nie niemals ohne", "不 勿 禁 别 未 无")
    for word in words.split()
)
_CONTRACTED: Final = re.compile(r"n['’]t\b", re.IGNORECASE)
_EMPTY: Final = frozenset(
    word
    for words in (
        "a an the and or of to in on at by for with from is are be it its this that then as until while if",
        "der die das den dem des ein eine einen einem und oder zu im in am an auf mit von ist sind es dann bis wenn",
    )
    for word in words.split()
)
_MODALS: Final = frozenset(
    word
    for words in (
        "you may can could should must will would we one i please allow operator now",
        "sie man kann darf können dürfen soll sollen muss müssen bitte wir ich nun",
    )
    for word in words.split()
)
"""What "you may open the guard" has more than "never open the guard"."""
_ENDINGS: Final = ("ing", "ed", "es", "en", "er", "s", "e")

_GUARDS: Final = (
    *("guard", "interlock", "safety", "lockout", "e-stop", "estop", "emergency", "protective", "curtain"),
    *("schutz", "sicherheit", "not-halt", "nothalt", "verriegel", "lichtvorhang"),
)  # fmt: skip
_GUARDS_ZH: Final = re.compile("防护|联锁|安全|急停|光幕")
_DEFEATS: Final = re.compile(
    r"bypass|overrid|disabl|defeat|jumper|bridg(?:e|ing)|(?:switch|turn)(?:ed|ing)? (?:\S+ ){0,4}off|remov(?:e|ing)|"
    r"ignor(?:e|ing)|\btap(?:e|ing)\b|\bprop(?:ping)?\b|\bwedg(?:e|ing)\b|"
    r"\breach(?:ing)? (?:over|through|past|behind|around|under)\b|"
    r"\b(?:hold|keep|leav|stay|tie|clamp)\w*\b.{0,30}\bopen\b|\b(?:hold|tie|clamp)\w*\b.{0,30}\b(?:closed|down)\b|\bmagnet\b|"
    r"überbrück|umgeh|abschalt|ausschalt|deaktivier|entfern|绕过|屏蔽|取消|关闭|拆除|短接|忽略",
    re.IGNORECASE,
)
_LOCKS: Final = re.compile(
    r"\block(?:s|ed|ing)?\b|\block-?(?:out|off)|\bsperr|gesperrt|verriegel|vorhängeschloss|上锁|挂锁|锁定|挂牌",
    re.IGNORECASE,
)
_WAIVES: Final = re.compile(
    r"\bno need\b|\bneed(?:n['’]t| not)\b|\bunnecessary\b|\bnot (?:\S+ )?(?:necessary|needed|required|mandatory)\b|"
    r"\b(?:don['’]t|do not|doesn['’]t|does not) (?:have to|need)\b|"
    r"\bnicht (?:\S+ )?(?:nötig|notwendig|erforderlich)\b|\b(?:muss|müssen|brauch\w*)\b[^.,;]{0,40}\bnicht\b|\bunnötig|"
    r"不需要|不必|不用|无需|无须|可以不|可不",
    re.IGNORECASE,
)
_LEAVES_OUT: Final = re.compile(
    r"\boptional|\bskip|\bwithout\b|\binstead of\b|\büberspring|\bohne\b|跳过|省略", re.IGNORECASE
)
_A_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


class Written(NamedTuple):
    """A line of an answer that is numbered as a step is."""

    number: str
    text: str


class Quoted(NamedTuple):
    """A sentence of the evidence, as words; `order` rises through one document."""

    words: frozenset[str]
    negated: frozenset[str]
    document: str
    order: int


class Quotes:
    """Everything in the evidence that a step may have been taken from."""

    def __init__(self, documents: Iterable[tuple[str, str]]) -> None:
        """`documents`: name and text of each piece, in the order in which they stand in their document."""
        self._quoted = [
            quoted for number, (name, text) in enumerate(documents) for quoted in _quoted(name, text, number)
        ]
        self._negated = [quoted for quoted in self._quoted if quoted.negated]
        self._forbidden = frozenset[str]().union(*(quoted.negated for quoted in self._negated))

    def has(self, text: str) -> Quoted | None:
        """The piece of evidence that this was taken from, negations and all; None where nothing is near enough."""
        said = words(text)
        if not said:
            return None
        denied = negated(text)
        alike = (quoted for quoted in self._quoted if _likeness(said, quoted) >= MOST_OF_A_STEP)
        fitting = (quoted for quoted in alike if quoted.negated & said == denied & quoted.words)
        return max(fitting, key=lambda quoted: _likeness(said, quoted), default=None)

    def may_deny(self, text: str) -> bool:
        """Whether a text speaks of anything that the evidence says a no about; the closer look is slow."""
        folded = text.lower()
        return any(word in folded for word in self._forbidden)

    def denies(self, text: str) -> bool:
        """Whether the evidence has this sentence, but with a "never" or a "not" that is missing here."""
        if not self.may_deny(text):
            return False
        said, denied = words(text) - _MODALS, negated(text)
        if len(said) < SHORTEST_DENIAL:
            return False
        alike = (quoted for quoted in self._negated if _likeness(said, quoted) >= MOST_OF_A_STEP)
        return any((quoted.negated & said) - denied for quoted in alike) and self.has(text) is None


def split_marker(line: str) -> tuple[str, str]:
    """`("3", "Lock out the drive.")` of `3. Lock out the drive.`; no number where the line is not numbered."""
    match = _MARKER.match(line)
    return (match["number"], match["text"]) if match and match["text"] else ("", line)


def steps_of(text: str) -> list[Written]:
    """The numbered lines of an answer, each with the lines that go on with it."""
    found: list[Written] = []
    open_step = False
    for line in text.splitlines():
        number, rest = split_marker(line)
        if number:
            found.append(Written(number, rest))
        elif open_step and line.startswith((" ", "\t")) and line.strip():
            found[-1] = Written(found[-1].number, f"{found[-1].text} {line.strip()}")
        open_step = bool(number) or (open_step and line.startswith((" ", "\t")))
    return found


def is_unsafe(text: str) -> bool:
    """Whether a sentence speaks of defeating, or doing without, what protects people. It must then be a quotation."""
    guarded = any(word.startswith(_GUARDS) for word in _A_WORD.findall(text.lower())) or _GUARDS_ZH.search(text)
    if guarded and _DEFEATS.search(text):
        return True
    if not guarded and not _LOCKS.search(text):
        return False
    return bool(_WAIVES.search(text)) or (_LEAVES_OUT.search(text) is not None and not _forbids(text))


def _forbids(text: str) -> bool:
    """`Never work without a lock` protects."""
    found = _WORDS.findall(_CONTRACTED.sub(" not", text.lower()))
    return bool((_NEGATIONS - {"without", "ohne"}) & set(found)) or any(each in text for each in "不勿禁别")


def words(text: str) -> frozenset[str]:
    """What a sentence is about: stems of its words, pairs of its Chinese characters, its numbers."""
    return frozenset(_words(text))


def negated(text: str) -> frozenset[str]:
    """The words that stand next to a no, on either side of it: German says it behind the verb."""
    found: set[str] = set()
    row = _in_order(text)
    for at, word in enumerate(row):
        if word in _NEGATIONS:
            found.update(row[max(0, at - 1) : at + 2])
    for run in _CJK.findall(text):
        found.update(run[at + 1 : at + 3] for at, character in enumerate(run) if character in _NEGATIONS)
    return frozenset(found - _NEGATIONS)


def _in_order(text: str) -> list[str]:
    """The words of a sentence that mean something, with its negations."""
    found = _WORDS.findall(_CONTRACTED.sub(" not", text.lower()))
    return [word if word in _NEGATIONS else _stem(word) for word in found if word not in _EMPTY]


def _words(text: str) -> Iterator[str]:
    for word in _WORDS.findall(_CONTRACTED.sub(" not", text.lower())):
        if run := _CJK.fullmatch(word):
            yield from (word[at : at + 2] for at in range(max(1, len(run[0]) - 1)))
        elif word not in _EMPTY:
            yield _stem(word)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _quoted(name: str, text: str, number: int) -> Iterator[Quoted]:
    """Every sentence, each of its halves where a semicolon parts them, and every two sentences that follow one
    another: a step often has two."""
    parts = [split_marker(sentence)[1] for sentence in sentences(text)]
    for at, part in enumerate(parts):
        order = number * 1_000 + at
        halves = re.split(r"[;；]", part)
        for said in (part, *(halves if len(halves) > 1 else ())):
            yield Quoted(words(said), negated(said), name, order)
        if at + 1 < len(parts):
            both = f"{part} {parts[at + 1]}"
            yield Quoted(words(both), negated(both), name, order)


def _likeness(said: frozenset[str], quoted: Quoted) -> float:
    return len(said & quoted.words) / len(said)
