"""A sentence of a document -> a question that it answers, by the sentence's own form.

Where no rule fits nothing is asked: a question that is missing does less harm than one that nobody would ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from lineside.manuals.blocks import sentences
from lineside.training_data.asking import english, german
from lineside.training_data.asking.masked import Masked, masked
from lineside.training_data.asking.rule import About, word_set

_RULES: Final = {"en": english.RULES, "de": german.RULES}
_AS_ASKED: Final = {"en": english.as_asked}
_PRONOUNS: Final = word_set(
    "it this that these those they them he she so which such its their his her here there "
    "es er sie dies diese dieser dieses jene hier dort dabei dazu dadurch"
)
"""Words that mean something of another sentence, so that a question with them says too little."""
_CLAUSE: Final = re.compile(r"[;；]\s+")
_LONGEST: Final = 180
_LONGEST_SENTENCE: Final = 600


class Asked(NamedTuple):
    """`answer` is the sentence as it stands, after a word of its own where the question can be denied."""

    question: str
    answer: str
    about: About


def asked_of(text: str, language: str) -> Iterator[Asked]:
    """The questions that the sentences of a text answer, each with its whole sentence as the answer."""
    for sentence in sentences(text):
        if sentence.endswith(("?", "？")) or len(sentence) > _LONGEST_SENTENCE:
            continue
        for clause in _CLAUSE.split(sentence):
            yield from _first_fitting(masked(clause.strip().rstrip(".!。")), sentence, language)


def _first_fitting(clause: Masked, sentence: str, language: str) -> Iterator[Asked]:
    begun = clause.text[:1].upper() + clause.text[1:]
    for rule in _RULES.get(language, ()):
        match = rule.pattern.match(begun)
        question = rule.ask(match.groupdict(), clause) if match else None
        if question and len(question) <= _LONGEST and not _refers_back(question):
            yield Asked(
                _AS_ASKED.get(language, str)(clause.written(question)), rule.answer.format(sentence), rule.about
            )
            return


def _refers_back(question: str) -> bool:
    return any(word in _PRONOUNS for word in re.findall(r"[^\W\d_]+", question.lower()))
