"""Whether the words of a question and an answer are those of the source: its names, and what is said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lineside.answering.orders import sentences, words_in
from lineside.answering.spoken import SPELLINGS
from lineside.training_data.grounds import Fault, Grounds, read
from lineside.training_data.wording import has_digit, marked, stem, stems

LEAST_SUPPORTED: Final = 0.6
"""The share of a sentence's words that the source must have. Who says the same in other words keeps the names of things
and changes verbs; who makes something up about the same machine has the machine's name and little else."""
LEAST_ASKED: Final = 0.3
"""The same for a question, which says more in its own words: "How cold may it get before ...?". Its codes and numbers
count as words of the source, for they are looked for by themselves."""
FACT: Final = 2
"""So many words a number or a code counts, which the source has by now been found to have: it is what is answered."""
CLAUSE_WORDS: Final = 2
"""A part of a sentence with so many words of which the source has not one was added to it."""
_WEAK: Final = frozenset(
    stem(word)
    for words in (
        "code codes fault faults alarm alarms error errors message messages fehler fehlercode störung meldung",
        "mean means meaning indicate indicates show shows need needs needed require requires required necessary",
        "ensure sure make makes made take takes use uses used using allow allowed permit permitted possible want",
        "happen happens cause causes caused because due reason therefore thus so otherwise instead also again",
        "still already now always never not no none nothing only first second third then next finally last lastly",
        "afterwards after before until once during while follow follows following followed step steps procedure",
        "document documents manual according say says state states tell give gives given include including",
        "consist contain about around approximately roughly value values limit limits normal normally usually",
        "maximum minimum least most more less than above below over under up down on off out within without",
        "between through per same different other another such like way long much many often high low far big",
        "small large great good right correct proper properly called known name named number numbers order go",
        "goes get gets got keep keeps kept come comes put stay stays remain remains become set every person",
        "people someone operator know find found sign thing things case part point detail bedeutet bedeuten heißt",
        "zeigt zeigen braucht brauchen benötigt benötigen nötig notwendig erforderlich machen macht tue tut tun nehmen",
        "verwenden erlaubt möglich passiert geschieht ursache grund weil deshalb daher sonst außerdem wieder noch",
        "immer nie niemals nicht kein keine keinen nur zuerst zunächst erst danach anschließend schließlich",
        "zuletzt nachher nachdem bevor vorher bis während folgen folgende folgenden schritt schritte vorgang",
        "dokument anleitung laut gemäß sagt steht gibt angeben etwa ungefähr wert werte grenze normalerweise",
        "höchstens mindestens maximal minimal mehr weniger über unter oben unten ohne zwischen pro lange viel",
        "viele oft hoch hohe niedrig groß klein richtig liegt liegen beträgt betragen bleibt bleiben wissen",
        "finden bekannt genannt nummer reihenfolge gehen kommen lassen stellen jemand bediener teil punkt fall",
        "hier dort worauf womit wofür",
    )
    for word in words.split()
)
"""Words with which anything is said and nothing is claimed: the frame of a question or an answer."""
_CLAUSES: Final = re.compile(
    r"[,;:()–—]|\s-\s|\b(?:and|then|but|or|which|that|und|dann|aber|oder|sowie|welche[rs]?|dass)\b|[，；：、]",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(
    r"“([^”]{1,80})”|„([^“”]{1,80})[“”]|\"([^\"]{1,80})\"|«([^»]{1,80})»|‘([^’]{2,80})’|(?<!\w)'([^']{2,80})'(?!\w)"
)
_NAME: Final = re.compile(r"(?<![\w-])[A-ZÄÖÜ][\w-]*[\wäöüß]")
_OPENS: Final = re.compile(r"(?:\A|[.!?:。！？]|\n|[\"“„«(]|\d[.)]|[-*•])\s*$")
_ITSELF: Final = re.compile(
    r"\b(?:the|this|that|these) (?:text|passages?|excerpts?|extract|snippet|paragraphs?|chunk|context|above)\b|"
    r"\b(?:this|given|provided|above|following|preceding) (?:text|section|document|source|table|information|content)\b|"
    r"\b(?:in|from|by|to|of) the (?:document|section|source|provided|given)\b(?! (?:number|code))|"
    r"\b(?:mentioned|described|stated|listed|shown|given|as|see|written) (?:above|below|here)\b|"
    r"\b(?:above|below)[- ]mentioned\b|\baccording to (?:it|this|the author)\b|"
    r"\b(?:de[rmns]|die|das|diese[rmns]?|vorliegende[rmns]?|obige[rmns]?|genannte[rmns]?|folgende[rmns]?|im|vom|laut) "
    r"(?:Text(?:es|e)?|Passagen?|Auszugs?|Abschnitt(?:es|e|s)?|Absatz(?:es)?|Dokument(?:es|e|s)?|Kontext(?:es|s)?)\b|"
    r"\b(?:laut|gemäß) (?:der )?Quelle\b|"
    r"\b(?:oben|unten|hier|vorstehend|nachfolgend) (?:genannt|erwähnt|beschrieben|stehend)\w*|"
    r"(?:本文|上文|上述|下文|以上(?:内容|文字|段落)|该(?:段|文档|文本)|这段)",
    re.IGNORECASE,
)

_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_OF_ITSELF: Final = frozenset(
    word
    for words in (
        "text passage passages excerpt excerpts extract snippet paragraph paragraphs chunk context section document",
        "source table information content provided given above below here according",
        "textes texte passagen auszug auszugs abschnitt abschnittes abschnitte abschnitts absatz absatzes dokument",
        "dokumentes dokumente dokuments kontext kontextes kontexts quelle oben unten hier vorstehend nachfolgend",
    )
    for word in words.split()
)
"""One of these stands in whatever `_ITSELF` finds, but for Chinese; looking closely is slow."""


def speaks_of_itself(text: str) -> str:
    """`the passage`, where a text speaks of the page that it was made from: who asks later sees no such page."""
    if _OF_ITSELF.isdisjoint(words_in(text)) and (text.isascii() or not _HAN.search(text)):
        return ""
    found = _ITSELF.search(text)
    return found[0] if found else ""


def content(text: str) -> list[str]:
    """The words of a text that claim something."""
    return [word for word in stems(read(text)) if word not in _WEAK and not has_digit(word)]


def asked_elsewhere(question: str, grounds: Grounds) -> Fault | None:
    """Why the source alone does not answer a question."""
    if said := speaks_of_itself(question):
        return Fault("not_from_source", f"the question says {said!r}, which nobody sees who is asked it")
    words = [*content(question), *{word for word in stems(read(question)) if has_digit(word)}]
    shared = sum(grounds.words.has(word) or has_digit(word) for word in words)
    if not words:
        return Fault("not_from_source", "the question names nothing that it is about")
    if shared < max(1, LEAST_ASKED * len(words)):
        return Fault("not_from_source", f"of the question's {len(words)} words the source has {shared}")
    return None


def unsupported(answer: str, grounds: Grounds) -> Fault | None:
    """The first sentence of an answer that the source does not say."""
    if said := speaks_of_itself(answer):
        return Fault("not_from_source", f"the answer says {said!r}, which nobody sees who reads it")
    for sentence in (each for each in _prose(answer) if not grounds.quotes(each)):
        words = content(sentence)
        missing = [word for word in words if not grounds.words.has(word)]
        facts = FACT * sum(map(has_digit, stems(read(sentence))))
        if len(words) - len(missing) + facts < LEAST_SUPPORTED * (len(words) + facts):
            told = f"{len(missing)} of the {len(words)} words of {_short(sentence)!r} do not stand in the source"
            return Fault("unsupported", told)
        for clause in _CLAUSES.split(sentence) if missing else ():
            own = content(clause or "")
            if len(own) >= CLAUSE_WORDS and not any(grounds.words.has(word) for word in own):
                return Fault("unsupported", f"the source says nothing of {' '.join((clause or '').split())!r}")
    return None


def foreign_names(text: str, grounds: Grounds) -> Iterator[Fault]:
    """Names in a text that the source does not have: what stands in quotation marks, or is written large."""
    for match in _QUOTED.finditer(text):
        quoted = next(filter(None, match.groups()))
        if not _stands(quoted, grounds):
            yield Fault("name", f"{quoted!r} does not stand in the source")
    for match in _NAME.finditer(text):
        name = match[0]
        if has_digit(name) or name in SPELLINGS or (grounds.language == "de" and not name.isupper()):
            continue  # in German any noun is written large
        if grounds.has_words_of(name) or _OPENS.search(text[max(0, match.start() - 8) : match.start()]):
            continue
        if not _stands(name, grounds):
            yield Fault("name", f"{name!r} does not stand in the source")


def _stands(name: str, grounds: Grounds) -> bool:
    wanted = " ".join(read(name).casefold().split()).strip(" .,;:!?")
    return wanted in grounds.folded or any(wanted in read(heading).casefold() for heading in grounds.headings)


def _prose(answer: str) -> Iterator[str]:
    """The sentences of an answer; its numbered lines are steps, and looked at as such."""
    for line in read(answer).split("\n"):
        if not marked(line)[0]:
            yield from sentences(line)


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
