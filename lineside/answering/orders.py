"""Sentences in documents and telemetry that address the assistant instead of the operator.

Such a sentence is no evidence: its numbers prove nothing, it is not quoted, and no model is shown it. A pattern cannot
find every one of them; what slips through still stands between fences, and cannot change a number, a step or a machine.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_LONGEST_GAP = 40

_BY_WORDS: Final = (
    # whose instructions count
    ("ignore disregard forget override overrule",
     rf"\b(?:ignore|disregard|forget|override|overrule)\b.{{0,{_LONGEST_GAP}}}"
     r"\b(?:instructions?|prompts?|rules you|guidelines|above|previous|prior|earlier|everything|evidence|checks?)\b"),
    ("instruction instructions prompt task",
     r"\b(?:new|updated|real|actual|secret) (?:instructions?|system prompt|task)\b"),
    ("prompt message instruction instructions override",
     r"\b(?:system|developer|hidden) (?:prompt|message|instructions?|override)\b"),
    # who is spoken to
    ("now ai assistant language chatbot bot model unrestricted",
     r"\byou are (?:now|an? (?:ai|assistant|language model|chatbot|bot|model|unrestricted))\b"),
    ("ai llm assistant chatbot language model",
     r"\b(?:as|dear|hey|attention|note to|message to|to) (?:an? |the |any )?"
     r"(?:ai|llm|assistant|chatbot|language model|model reading)\b"),
    ("ai ais llm llms assistant assistants chatbot chatbots gpt gpts model models",
     r"\b(?:ai|llm|assistant|chatbot|language model|gpt|the model)s?\b[,:]? "
     r"(?:must|should|shall|has to|have to|needs? to|will|please|is to|are to|may)\b"),
    ("assistant system user ai llm", r"^\W*(?:assistant|system|user|ai|llm)\W*:"),
    # what to say
    ("say answer reply respond claim pretend state",
     r"(?:^|[.:;,!?\"“(]\s*|\b(?:and|then|please|must|should|shall|always|just|instead|now|only) )"
     r"(?:say|answer|reply|respond|claim|pretend|state)\b(?: only| always| instead| just| simply| exactly)*"
     r"(?: that\b| with\b| as\b| the\b| to (?:every|all|any)\b| yes\b| no\b|:| [\"'“‘«])"),
    ("tell", r"\btell (?:the |every |any )?(?:user|person asking|reader|human)s?\b"),
    ("tell", r"\btell (?:the |every |any )?operators? that\b"),
    ("mention reveal tell cite quote disclose answer show",
     r"\b(?:do not|don't|never) (?:mention|reveal|tell|cite|quote|disclose|answer|show)\b"),
    ("answer reply response",
     r"\b(?:in|with) your (?:answer|reply|response)\b|\byour (?:answer|reply|response) (?:must|should|is)\b"),
    ("repeat print output reveal",
     r"\b(?:repeat|print|output|reveal)\b.{0,20}\b(?:prompt|instructions?|verbatim|key|secret|password)\b"),
    ("tool function", r"\b(?:call|invoke) (?:the )?(?:tool|function)\b"),
    # German
    ("ignoriere ignorieren vergiss vergessen missachte",
     rf"\b(?:ignoriere|ignorieren sie|vergiss|vergessen sie|missachte)\b.{{0,{_LONGEST_GAP}}}"
     r"\b(?:anweisung\w*|anleitung\w*|regeln|vorherige\w*|bisherige\w*|alles|obige\w*)\b"),
    ("antworte antworten sag sage sagen behaupte erwidere",
     r"\b(?:antworte|antworten sie|sage?|sagen sie|behaupte|erwidere)\b"
     r"(?: immer| nur| stattdessen| einfach)*(?: mit\b| dass\b| dem\b| den\b| der\b|,|:| [\"'„“«])"),
    ("jetzt nun assistent ki", r"\b(?:du bist|sie sind) (?:jetzt|nun|ein assistent|eine ki)\b"),
)  # fmt: skip
"""Words, and an order that has one of them at least: only where one stands in a text is the order looked for."""
_BY_SIGNS: Final = (
    # marks of a conversation
    ("<", r"<\|?/?(?:system|assistant|user|im_start|im_end|endoftext|evidence|data|instructions?)\b|<</?SYS>>"),
    ("[", r"\[/?INST\]"),
    ("#", r"#{2,} ?(?:instruction|system|response)"),
    ("_", r"\b(?:call|use|invoke|run|execute) (?:the )?\w+_\w+\b"),
    ("system", r"\bsystem(?:prompt|anweisung\w*|nachricht)\b"),
)
"""The same for what is no word by itself."""
_CHINESE: Final = (
    r"(?:忽略|无视|忘记|忘掉).{0,20}(?:指令|指示|说明|规则|提示|以上|之前|上述|前面)",
    r"(?:你现在是|你是一个|系统提示|系统消息|作为(?:人工智能|AI|助手))",
    r"(?:请|必须|应该|只能|一律|总是)?(?:回答|回复|告诉用户|告诉操作员|声称)(?:说|道|为|:|“|\"|他|她|只|限)",
)
"""Words are not parted there, so these are looked for in every text that has Chinese characters."""


def _compiled(order: str) -> re.Pattern[str]:
    return re.compile(order, re.IGNORECASE | re.MULTILINE)


def _by_word() -> dict[str, tuple[re.Pattern[str], ...]]:
    found: dict[str, tuple[re.Pattern[str], ...]] = {}
    for words, order in _BY_WORDS:
        for word in words.split():
            found[word] = (*found.get(word, ()), _compiled(order))
    return found


_WITH_WORD: Final = _by_word()
_WITH_SIGN: Final = tuple((sign, _compiled(order)) for sign, order in _BY_SIGNS)
_IN_CHINESE: Final = _compiled("|".join(f"(?:{order})" for order in _CHINESE))
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_WORD: Final = re.compile(r"\w+")
_LIKE_I_AND_S: Final = {ord("İ"): "i", ord("ı"): "i", ord("ſ"): "s"}
"""A pattern that ignores letter case takes these for i and s, and `lower` does not."""
_BORDER: Final = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")


def gives_orders(text: str) -> bool:
    """Whether this text speaks to an assistant: it tells it what to say, to do or to forget."""
    folded = _folded(text)
    words = words_in(text) & _WITH_WORD.keys()
    if any(order.search(text) for word in words for order in _WITH_WORD[word]):
        return True
    if any(order.search(text) for sign, order in _WITH_SIGN if sign in folded):
        return True
    return not text.isascii() and _HAN.search(text) is not None and _IN_CHINESE.search(text) is not None


@lru_cache(maxsize=4_096)
def words_in(text: str) -> frozenset[str]:
    """The words of a text in small letters, as a pattern sees them that ignores letter case."""
    return frozenset(_WORD.findall(_folded(text)))


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else text.translate(_LIKE_I_AND_S).lower()


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text, without the empty ones."""
    return [part.strip() for part in _BORDER.split(text) if part.strip()]


@lru_cache(maxsize=16_384)
def without_orders(text: str) -> str:
    """The text without the sentences that address an assistant; as it is where there are none."""
    if not gives_orders(text):
        return text
    lines = (_line_without_orders(line) for line in text.split("\n"))
    kept = "\n".join(line for line in lines if line.strip())
    # An order may run over a line's end, where no single sentence shows it.
    return "" if gives_orders(kept) else kept


def _line_without_orders(line: str) -> str:
    return " ".join(part for part in _BORDER.split(line) if part and not gives_orders(part))
