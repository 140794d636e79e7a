"""Rows of tables -> what a code means and what to do about it, what a limit is, how often a work is due."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lineside.training_data.asking.phrases import PHRASES, Ways, said
from lineside.training_data.asking.place import Place, inside
from lineside.training_data.asking.rule import word_set
from lineside.training_data.fields import (
    ACTION_LABELS,
    CAUSE_LABELS,
    CODE_LABELS,
    MACHINE_LABELS,
    MEANING_LABELS,
    Row,
    words_of,
)
from lineside.training_data.found import Found

_OFTEN_LABELS: Final = word_set("every interval frequency cycle period intervall häufigkeit turnus frist zyklus")
_TASK_LABELS: Final = word_set("what work task activity job arbeit tätigkeit aufgabe was")
_DEGREE_LABELS: Final = word_set(
    "lowest highest normal minimum maximum min max nominal typical usual lower upper largest"
)
_LONGEST_NAME: Final = 90


def from_row(row: Row, place: Place) -> Iterator[Found]:
    if row.code:
        yield from _of_code(row, row.code, place)
    else:
        yield from _of_values(row, place)


def _of_code(row: Row, code: str, place: Place) -> Iterator[Found]:
    phrases = PHRASES[place.language]
    asked = {"code": code, "at": _at(place)}
    rest = Row(tuple((label, value) for label, value in row.cells if value != code))
    meaning, action, cause = rest.under(MEANING_LABELS), rest.under(ACTION_LABELS), rest.under(CAUSE_LABELS)
    if meaning == action:
        action = ""
    topic = " ".join(filter(None, [place.topic, meaning]))
    if meaning:
        yield Found("code", said(phrases.code_meaning, **asked), f"{code}: {_ended(meaning)}", topic)
        if len(meaning) <= _LONGEST_NAME:
            yield Found("code_of", said(phrases.code_of, **asked, meaning=meaning), f"{code}: {_ended(meaning)}", topic)
    if action:
        yield Found("code", said(phrases.code_action, **asked), _ended(action), topic)
    if meaning and action:
        yield Found("code", said(phrases.code_both, **asked), f"{code}: {_ended(meaning)} {_ended(action)}", topic)
    if cause:
        yield Found("cause", said(phrases.code_cause, **asked), f"{code}: {_ended(cause)}", topic)


def _of_values(row: Row, place: Place) -> Iterator[Found]:
    """What stands in the other columns of a row that is called by its first one."""
    cells = [(label, value) for label, value in row.cells if not words_of(label) & MACHINE_LABELS]
    if not cells or len(cells[0][1]) > _LONGEST_NAME:
        return
    (_, name), others = cells[0], cells[1:]
    for label, value in others:
        if label and not words_of(label) & CODE_LABELS:
            yield _value(name, label, value, place)


def _value(name: str, label: str, value: str, place: Place) -> Found:
    ways, plain = ways_of(label, place.language)
    lower = inside(label, place.language)
    asked = {"Name": name, "name": inside(name, place.language), "label": lower, "Label": label, "at": _at(place)}
    answer = f"{name}: {_ended(value)}" if plain else f"{name}: {lower} {_ended(value)}"
    return Found("value", said(ways, **asked), answer, f"{place.topic} {name}")


def ways_of(label: str, language: str) -> tuple[Ways, bool]:
    """How a column is asked for, and whether its cells say everything without its heading."""
    phrases, said_by = PHRASES[language], words_of(label)
    if said_by & _OFTEN_LABELS:
        return phrases.often, False
    if said_by & (_TASK_LABELS | ACTION_LABELS):
        return phrases.task_of, True
    if said_by and said_by <= _DEGREE_LABELS:
        return phrases.degree, False
    return phrases.value, False


def _at(place: Place) -> str:
    """A row is asked about with its machine, or with its document where it is about no single one."""
    return place.at or PHRASES[place.language].according.format(source=place.source)


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?", "。")) else f"{text}."
