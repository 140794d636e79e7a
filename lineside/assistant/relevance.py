"""Whether a passage speaks of what was asked, by the words they share: a search always finds something."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from lineside.assistant.words import english, fold, near, stem, tokens, word_set
from lineside.manuals.codes import written_codes
from lineside.manuals.passage import Hit, Passage

STOP = word_set("""
    a an the this that these those my our your its it he she they them his her their there here and or but not
    no nor of in on at to from for by with about into over under than then as so if else is are was were be been
    being am do does did done doing have has had having can could shall should will would may might must need
    needs needed what which who whom whose when where why how much many long i we you me us one two any some all
    each every more most less least very just only also too again please tell show give say says said explain
    describe mean means meaning meant know find look see read write written according manual manuals book
    handbook document documents documentation sop sops procedure procedures instruction instructions guide steps
    step page section chapter revision rev code codes error alarm fault machine thing things way ist sind war
    der die das den dem des ein eine einen einem einer und oder aber werden nicht kein keine von im auf aus bei
    mit nach zu zum zur fur uber unter wie wer wo wann warum wieso weshalb welche welcher welches welchen ich
    wir sie man kann soll sollen muss mussen darf wird hat haben gibt es steht sagt tun mache machen bitte mir
    uns als tut wenn falls ob dass weil dann noch schon auch sehr mehr gerade momentan aktuell jetzt heute hier
    dort moment ihr ihre sein seine hatte waren wurde wurden konnte sollte hoch niedrig gross viel viele wohin
    womit get gets got happen happens happened going go let make makes made use used using during after before
    between while right now currently today still supposed normally usually exactly actually problem issue 的 了 吗
    么 什 怎 如 何 是 在 有 和 与 我 你 们 这 那 个 哪 为 办 多 少 请 说 应 该
""")
"""Words that say nothing about what a passage must speak of."""

ENOUGH = 0.6
ENOUGH_BY_MEANING = 0.5
_SPACED_CODE = re.compile(r"\b(?:([a-z]{1,2}) (\d{2,5})|([a-z]{3}) (\d{3,5}))\b(?![.,]\d)")
_ALIKE_LETTERS = 5

_SAME = {
    row: meaning
    for meaning, rows in {
        "remove": "clear free",
        "jam": "unjam jammed stuck blockage clogged stick sticks sticking",
        "telephone": "phone",
        "temperature": "temp cold hot warm colder warmer hotter heat",
        "speed": "faster slower velocity fast slow",
        "repair": "fix mend",
        "start": "boot begin",
        "grease": "lubrication lubricate lubricant lubricated lubricating",
        "every": "often oft interval frequency frequently",
        "defrost": "thaw thawing deicing defrosting abtau",
        "seal": "sealing sealed",
        "moisture": "humidity humid wet dry",
        "clean": "hygiene",
        "highest": "maximum max",
        "lowest": "minimum min",
        "limit": "limits allowed",
        "oxygen": "o2",
        "nitrogen": "n2",
        "safety": "dangerous safe safely danger",
        "glue": "glueing adhesive",
        "tear": "tears torn tore",
        "break": "broke broken breaks",
        "freeze": "froze frozen freezes",
        "wear": "worn wore wears",
        "bend": "bent bends",
        "change": "replace replaced swap exchange replacing replacement changing",
        "supplier": "suppliers vendor",
    }.items()
    for row in rows.split()
}
"""Everyday words -> the manuals' word, for judging whether a passage fits; the search itself gets both."""


@dataclass(frozen=True)
class Library:
    """How often each word stem occurs, in how many passages; empty where it is not known."""

    passages: int = 0
    containing: Counter[str] | None = None

    def weight(self, word: str) -> float:
        """How much it says that a passage holds this word: a rare word says more, one that is nowhere the most."""
        if not self.containing:
            return 1.0
        return math.log((self.passages + 1) / (self.containing.get(word, 0) + 0.5))


def library_of(passages: Iterable[Passage]) -> Library:
    containing: Counter[str] = Counter()
    count = 0
    for passage in passages:
        count += 1
        containing.update(_stems_of(passage))
    return Library(count, containing)


def content(query: str, without: Collection[str] = ()) -> list[str]:
    """The stems of a query that a passage must speak of, without the words in `without` (a machine's name)."""
    left_out = {stem(word) for word in without}
    words = [word for word in tokens(english(query)) if word not in STOP and (len(word) > 1 or word.isdigit())]
    return list(dict.fromkeys(root for root in map(meant, words) if root not in left_out))


def meant(word: str) -> str:
    return stem(_SAME.get(word, word))


def codes(text: str) -> list[str]:
    """Codes as one spelling: `e 217`, `E217` and `E-217` are `e217`."""
    spaced = [
        f"{letters or more}{digits or many}"
        for letters, digits, more, many in _SPACED_CODE.findall(fold(text))
        if (letters or more) not in _NO_CODE
    ]
    return list(dict.fromkeys([*(found.code for found in written_codes(text)), *spaced]))


_NO_CODE = word_set("""
    last past next the all any in at to of on for by is are und der die das den vor seit bis um auf von an am im
    zu line step page rev than over from and or min sec
""")


def coverage(wanted: Sequence[str], passage: Passage, library: Library) -> float:
    """0 to 1: the share of the wanted words that the passage holds, each by its weight."""
    total = sum(library.weight(word) for word in wanted)
    if not total:
        return 0.0
    held = _stems_of(passage)
    return sum(library.weight(word) for word in wanted if _holds(held, word)) / total


def relevant(query: str, hits: Sequence[Hit], library: Library, without: Collection[str] = ()) -> list[Hit]:
    """The hits that speak of what was asked, best first; a code that is asked for must be there."""
    asked = codes(query)
    if asked:
        return [hit for hit in hits if hit.found_by == "code" or set(asked) & set(codes(_text_of(hit.passage)))]
    wanted = content(query, without)
    if not wanted:
        return list(hits)
    if all(word.isdigit() for word in wanted):
        return []
    covered = [(coverage(wanted, hit.passage, library), hit) for hit in hits]
    enough = [pair for pair in covered if pair[0] >= (ENOUGH_BY_MEANING if pair[1].found_by == "both" else ENOUGH)]
    best = max((score for score, _ in enough), default=0.0)
    near_best = [pair for pair in enough if pair[0] >= best - 0.25]
    return [hit for _, hit in sorted(near_best, key=lambda pair: -round(pair[0], 1))]


def _stems_of(passage: Passage) -> set[str]:
    return {meant(word) for word in tokens(_text_of(passage))}


def _text_of(passage: Passage) -> str:
    return " ".join((passage.document, passage.title, passage.section, passage.text, *passage.machines))


def _holds(held: Collection[str], word: str) -> bool:
    if word in held:
        return True
    return len(word) >= _ALIKE_LETTERS and any(
        near(word, other) or (len(other) >= _ALIKE_LETTERS and (other.startswith(word) or word.startswith(other)))
        for other in held
    )
