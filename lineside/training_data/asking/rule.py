"""What a rule is: a pattern of a whole clause, and the question that such a clause answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from lineside.training_data.asking.masked import MARK, Masked

About = Literal["condition", "ban", "need", "limit", "meaning", "record"]
Ask = Callable[[dict[str, str], Masked], str | None]

SUBJECT: Final = rf"(?P<subject>[^,;:{MARK[1:-1]}]{{2,70}}?)"
VALUE: Final = rf"(?P<value>{MARK})"
FEWEST_WORDS: Final = 2
"""A condition or an action of one word, such as "If necessary", says too little by itself."""


class Rule(NamedTuple):
    """`ask` makes the question out of the named groups; None where this sentence is none for it after all. `answer`
    is what stands before the sentence, where the question can be denied."""

    pattern: re.Pattern[str]
    about: About
    ask: Ask
    answer: str = "{}"


def rule(about: About, pattern: str, ask: Ask, answer: str = "{}") -> Rule:
    return Rule(re.compile(f"^{pattern}$"), about, ask, answer)


def first_word(text: str) -> str:
    """In lower case; "" where the text begins with none."""
    found = re.match(r"[^\W\d_]+", text)
    return found[0].lower() if found else ""


def word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())
