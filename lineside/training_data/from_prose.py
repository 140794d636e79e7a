"""Sentences -> limits, bans, conditions, rules, and what a section says first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Final

from lineside.manuals.blocks import sentences
from lineside.manuals.codes import written_codes
from lineside.manuals.passage import Passage
from lineside.training_data.asking.phrases import PHRASES, said
from lineside.training_data.asking.place import Place
from lineside.training_data.asking.sentences import Asked, asked_of
from lineside.training_data.found import Found
from lineside.training_data.language import language_of

COMPLIANCE: Final = "Compliance"
"""The section under which the library keeps what a document's header demands."""
_RULE: Final = re.compile(
    r"\((?P<rule>[^()]*(?:rule|plan|standard|norm|directive|regulation|act|law|ISO|IEC|EN|DIN|HACCP|Vorschrift|Richtlinie)\b"
    r"[^()]*)\)\W*$"
)
_CODE_FIRST: Final = re.compile(
    r"(?P<code>(?:[A-Z][\w.]{1,12} ){0,2}(?:[a-z]+ )?(?=[\w-]*\d)[\w-]{2,14})\s?[:—–-]\s?(?=[^\W\d_])"
)
_ABOUT_SENTENCES: Final = 3
_ABOUT_CHARACTERS: Final = 450
_LEAST_CHARACTERS: Final = 40
_FEW_WORDS: Final = 9


def from_prose(text: str, passage: Passage, place: Place, *, first: bool) -> Iterator[Found]:
    """`first` where nothing of its section was said before, so that it can be asked about as a whole."""
    topic = f"{passage.title} {passage.section}"
    own = sentences(text)
    if passage.section == COMPLIANCE:
        yield from _of_rule(text, place, topic)
    elif own and sum(sentence.endswith(("?", "？")) for sentence in own) * 2 >= len(own):
        yield from _of_checks(text, passage, place, topic)
        return
    elif first:
        yield from _about(own, place, topic)
    yield from _of_codes(own, place, topic)
    for asked in asked_of(text, place.language):
        if asked.about == "meaning" and any(written_codes(asked.question)):
            yield Found("code", _placed(asked, place), _with_remedy(asked, own), topic)
        else:
            yield Found(asked.about, _placed(asked, place), asked.answer, topic)


def _of_codes(own: list[str], place: Place, topic: str) -> Iterator[Found]:
    """`E-12: Motor too hot. Let it cool.` is what a row of a table would say."""
    phrases = PHRASES[place.language]
    for at, sentence in enumerate(own):
        named = _CODE_FIRST.match(sentence)
        if named and any(written_codes(named["code"])) and not sentence.endswith(("?", "？")):
            where = place.at or phrases.according.format(source=place.source)
            behind = takewhile(lambda each: not any(written_codes(each)), own[at + 1 : at + _ABOUT_SENTENCES])
            question = said(phrases.code_meaning, code=named["code"], at=where)
            yield Found("code", question, " ".join([sentence, *behind]), topic)


def _of_rule(text: str, place: Place, topic: str) -> Iterator[Found]:
    phrases = PHRASES[place.language]
    asked = {"at": place.at, "Topic": place.topic}
    if rule := _RULE.search(text):
        yield Found("rule", said(phrases.rule_of, **asked, rule=f"the {rule['rule']}" if place.language == "en"
                                 else rule["rule"]), text, topic)  # fmt: skip
    elif place.topic:
        yield Found("rule", said(phrases.rule, **asked), text, topic)


def _of_checks(text: str, passage: Passage, place: Place, topic: str) -> Iterator[Found]:
    if place.topic and not passage.step:
        question = said(PHRASES[place.language].check_first, Topic=place.topic, at=place.at)
        yield Found("check", question, text, topic)


def _about(own: list[str], place: Place, topic: str) -> Iterator[Found]:
    """The first sentences of a section, under its heading."""
    kept: list[str] = []
    for sentence in own[:_ABOUT_SENTENCES]:
        if len(" ".join([*kept, sentence])) > _ABOUT_CHARACTERS:
            break
        kept.append(sentence)
    while kept and kept[-1].endswith((":", "：", ";")):
        kept.pop()
    answer = " ".join(kept)
    if not place.headed or len(answer) < _LEAST_CHARACTERS or language_of(answer) != place.language:
        return
    if place.form == "question":
        yield Found("about", place.topic, answer, topic)
        return
    asked = {"Topic": place.topic, "at": place.at, "source": place.source}
    ways = PHRASES[place.language].about
    own_name = place.topic.casefold() in place.source.casefold()
    yield Found("about", said(ways[:1] if own_name else ways, **asked), answer, topic)


def _with_remedy(asked: Asked, own: list[str]) -> str:
    """What a code means, and the sentence behind it, which mostly says what to do, unless it goes on to another."""
    at = own.index(asked.answer) if asked.answer in own else len(own)
    behind = own[at + 1] if at + 1 < len(own) else ""
    return f"{asked.answer} {behind}" if behind and not any(written_codes(behind)) else asked.answer


def _placed(asked: Asked, place: Place) -> str:
    """The question with its machine; with its document where it is about no single machine and asks for a fact."""
    question = asked.question
    if any(machine.casefold() in question.casefold() for machine in place.machines):
        return question
    if not place.at:
        named = asked.about in {"limit", "meaning"}
        where = PHRASES[place.language].according.format(source=place.source) if named else ""
        return f"{question[:-1]}{where}?"
    if place.language == "en" and len(question.split()) > _FEW_WORDS:
        return f"{_begun(place.at.strip())}, {question[:1].lower()}{question[1:]}"
    return f"{question[:-1]}{place.at}?"


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]
