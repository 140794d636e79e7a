"""Answers without a model: the facts as they are, the passages as quotations, or that nothing was found and where.

Facts and quotations stay in the language they were written in; the words around them are the operator's.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lineside.answering.evidence import Citation, Evidence
from lineside.answering.orders import gives_orders, sentences, without_orders
from lineside.manuals.passage import Passage

MOST_FACTS = 8
MOST_PASSAGES = 4
LONGEST_QUOTE = 600


class Phrases(NamedTuple):
    """The words around the evidence, in one language."""

    unknown: str
    looked_at: str
    looked_nowhere: str
    documents: str
    unreviewed: str
    replaced: str


PHRASES = {
    "en": Phrases(
        "I don't know: nothing that I found answers this.",
        "I looked at: {searched}.",
        "There was nothing to look at.",
        "The documents say:",
        "not reviewed by anybody",
        "The words of {model} are withheld, because no evidence shows {said}; this is the evidence itself.",
    ),
    "de": Phrases(
        "Das weiß ich nicht: Nichts von dem, was ich gefunden habe, beantwortet es.",
        "Gesucht habe ich in: {searched}.",
        "Es gab nichts, worin ich suchen konnte.",
        "In den Dokumenten steht:",
        "von niemandem geprüft",
        "Die Worte von {model} werden nicht gezeigt, weil {said} nirgends belegt ist; hier stehen die Belege selbst.",
    ),
    "zh": Phrases(
        "我不知道：找到的内容都没有回答这个问题。",
        "我查了：{searched}。",
        "没有可查的内容。",
        "文件中写道：",
        "未经审核",
        "{model} 的回答未予显示，因为 {said} 没有依据；以下是依据本身。",
    ),
}


def phrases(language: str) -> Phrases:
    return PHRASES.get(language[:2].lower(), PHRASES["en"])


def compose(evidence: Evidence, language: str = "en") -> str:
    """The answer that the evidence gives by itself; `unknown` where there is none."""
    facts = [text for fact in evidence.facts[:MOST_FACTS] if (text := " ".join(without_orders(fact.text).split()))]
    quoted = [line for number, each in enumerate(evidence.passages, 1) if (line := quotation(number, each, language))]
    if not facts and not quoted:
        return unknown(evidence, language)
    parts = [" ".join(_ended(fact) for fact in facts)]
    if quoted:
        parts.append("\n".join([phrases(language).documents, *quoted[:MOST_PASSAGES]]))
    return "\n\n".join(part for part in parts if part)


def unknown(evidence: Evidence, language: str = "en") -> str:
    """That it is not known, and what was looked at."""
    said = phrases(language)
    searched = "; ".join(" ".join(place.split()).rstrip(".") for place in evidence.searched if place.strip())
    return f"{said.unknown} {said.looked_at.format(searched=searched) if searched else said.looked_nowhere}"


def quotation(number: int, passage: Passage, language: str = "en") -> str:
    """`3. Lock out the drive. [1]` of a step, `“The limit is -18 °C.” [1]` of anything else; "" of an empty one."""
    text = _bounded(without_orders(passage.text))
    if not text:
        return ""
    marked = "" if passage.reviewed else f" ({phrases(language).unreviewed})"
    if is_step_by_step(text):
        return "\n".join(f"{line} [{number}]{marked}" for line in text.splitlines() if line.strip())
    one_line = " ".join(text.split())
    if passage.step:
        return f"{passage.step}. {one_line} [{number}]{marked}"
    return f"“{one_line}” [{number}]{marked}"


def is_step_by_step(text: str) -> bool:
    """Whether it is shown line by line, each under its own number; any other text is quoted on one line."""
    return bool(_STEPS.search(text))


def citations_of(text: str, evidence: Evidence) -> tuple[Citation, ...]:
    """The passages that an answer cites by their number, each once, in the order cited."""
    numbers = dict.fromkeys(int(found) for found in _CITED.findall(text))
    passages = evidence.passages
    return tuple(
        Citation(number, passages[number - 1], _bounded(without_orders(passages[number - 1].text)))
        for number in numbers
        if 1 <= number <= len(passages)
    )


_STEPS = re.compile(r"^\s{0,3}\d+(?:\.\d+)*[.)]\s", re.MULTILINE)
_CITED = re.compile(r"\[(\d{1,3})\]")


def _bounded(text: str) -> str:
    """As many whole sentences as `LONGEST_QUOTE` characters hold; at least the first, cut if it must be."""
    text = text.strip()
    if len(text) <= LONGEST_QUOTE:
        return text
    end = 0
    for sentence in sentences(text):
        at = text.find(sentence, end) + len(sentence)
        if at > LONGEST_QUOTE:
            break
        end = at
    return text[:end] if end else text[: LONGEST_QUOTE - 3].rstrip() + "..."


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", ":", "。", "！", "？")) else f"{sentence}."


def says_nothing(evidence: Evidence) -> bool:
    """Whether nothing was found that may be quoted."""
    texts = [fact.text for fact in evidence.facts] + [passage.text for passage in evidence.passages]
    return not any(without_orders(text).strip() if gives_orders(text) else text.strip() for text in texts)
