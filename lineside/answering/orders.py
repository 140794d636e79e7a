"""Sentences in documents and telemetry that address the assistant instead of the operator.

Such a sentence is no evidence: its numbers prove nothing, it is not quoted, and no model is shown it. A pattern cannot
find every one of them; what slips through still stands between fences, and cannot change a number, a step or a machine.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_LONGEST_GAP = 40

_ORDERS: Final = (
    # whose instructions count
    rf"\b(?:ignore|disregard|forget|override|overrule)\b.{{0,{_LONGEST_GAP}}}"
    r"\b(?:instructions?|prompts?|rules you|guidelines|above|previous|prior|earlier|everything|evidence|checks?)\b",
    r"\b(?:new|updated|real|actual|secret) (?:instructions?|system prompt|task)\b",
    r"\b(?:system|developer|hidden) (?:prompt|message|instructions?|override)\b",
    # who is spoken to
    r"\byou are (?:now|an? (?:ai|assistant|language model|chatbot|bot|model|unrestricted))\b",
    r"\b(?:as|dear|hey|attention|note to|message to|to) (?:an? |the |any )?"
    r"(?:ai|llm|assistant|chatbot|language model|model reading)\b",
    r"\b(?:ai|llm|assistant|chatbot|language model|gpt|the model)s?\b[,:]? "
    r"(?:must|should|shall|has to|have to|needs? to|will|please|is to|are to|may)\b",
    r"^\W*(?:assistant|system|user|ai|llm)\W*:",
    # what to say
    r"(?:^|[.:;,!?\"“(]\s*|\b(?:and|then|please|must|should|shall|always|just|instead|now|only) )"
    r"(?:say|answer|reply|respond|claim|pretend|state)\b(?: only| always| instead| just| simply| exactly)*"
    r"(?: that\b| with\b| as\b| the\b| to (?:every|all|any)\b| yes\b| no\b|:| [\"'“‘«])",
    r"\btell (?:the |every |any )?(?:user|person asking|reader|human)s?\b",
    r"\btell (?:the |every |any )?operators? that\b",
    r"\b(?:do not|don't|never) (?:mention|reveal|tell|cite|quote|disclose|answer|show)\b",
    r"\b(?:in|with) your (?:answer|reply|response)\b|\byour (?:answer|reply|response) (?:must|should|is)\b",
    r"\b(?:repeat|print|output|reveal)\b.{0,20}\b(?:prompt|instructions?|verbatim|key|secret|password)\b",
    r"\b(?:call|invoke) (?:the )?(?:tool|function)\b|\b(?:call|use|invoke|run|execute) (?:the )?\w+_\w+\b",
    # marks of a conversation
    r"<\|?/?(?:system|assistant|user|im_start|im_end|endoftext|evidence|data|instructions?)\b",
    r"\[/?INST\]|<</?SYS>>|#{2,} ?(?:instruction|system|response)",
    # German
    rf"\b(?:ignoriere|ignorieren sie|vergiss|vergessen sie|missachte)\b.{{0,{_LONGEST_GAP}}}"
    r"\b(?:anweisung\w*|anleitung\w*|regeln|vorherige\w*|bisherige\w*|alles|obige\w*)\b",
    r"\b(?:antworte|antworten sie|sage?|sagen sie|behaupte|erwidere)\b"
    r"(?: immer| nur| stattdessen| einfach)*(?: mit\b| dass\b| dem\b| den\b| der\b|,|:| [\"'„“«])",
    r"\b(?:du bist|sie sind) (?:jetzt|nun|ein assistent|eine ki)\b|\bsystem(?:prompt|anweisung\w*|nachricht)\b",
    # Chinese
    r"(?:忽略|无视|忘记|忘掉).{0,20}(?:指令|指示|说明|规则|提示|以上|之前|上述|前面)",
    r"(?:你现在是|你是一个|系统提示|系统消息|作为(?:人工智能|AI|助手))",
    r"(?:请|必须|应该|只能|一律|总是)?(?:回答|回复|告诉用户|告诉操作员|声称)(?:说|道|为|:|“|\"|他|她|只|限)",
)

_ORDER: Final = re.compile("|".join(f"(?:{order})" for order in _ORDERS), re.IGNORECASE | re.MULTILINE)
_BORDER: Final = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")


def gives_orders(text: str) -> bool:
    """Whether this text speaks to an assistant: it tells it what to say, to do or to forget."""
    return _ORDER.search(text) is not None


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text, without the empty ones."""
    return [part.strip() for part in _BORDER.split(text) if part.strip()]


@lru_cache(maxsize=2_048)
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
