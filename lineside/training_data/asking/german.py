"""How German documents say what to do, where their sentences are simple, and how an operator asks for it."""

from __future__ import annotations

from typing import Final

from lineside.training_data.asking.masked import Masked
from lineside.training_data.asking.rule import FEWEST_WORDS, SUBJECT, VALUE, Rule, first_word, rule, word_set

_SMALL: Final = word_set(
    "der die das den dem ein eine einen einem alle beide keine bei vor im am in an auf nach zum zur jede jeden jedes "
    "jeder mit ohne"
)
_NO_CONDITION: Final = word_set("nötig möglich erforderlich vorhanden nicht")
_ROUGHLY: Final = r"(?:etwa |ca\. |rund |höchstens |mindestens |maximal |bis zu |nur )?"
_WITH_WHAT: Final = {
    "torque": "welchem Drehmoment",
    "pressure": "welchem Druck",
    "temperature": "welcher Temperatur",
    "rotational speed": "welcher Drehzahl",
    "voltage": "welcher Spannung",
}


def lowered(text: str) -> str:
    """A noun keeps its capital; an article or a preposition has none inside a sentence."""
    return text[:1].lower() + text[1:] if first_word(text) in _SMALL else text


def _condition(groups: dict[str, str], _: Masked) -> str | None:
    when = groups["when"]
    if len(when.split()) < FEWEST_WORDS or first_word(when) in _NO_CONDITION:
        return None
    return f"Was ist zu tun, wenn {when}?"


def _may_i(groups: dict[str, str], _: Masked) -> str | None:
    return f"Darf ich {lowered(groups['done'])} {groups['verb'].lower()}{groups['rest'] or ''}?"


def _may(groups: dict[str, str], _: Masked) -> str | None:
    subject, rest = lowered(groups["subject"]), groups["rest"] or ""
    return f"{groups['modal'].capitalize()} {subject} {groups['verb']}{rest}?"


def _value(groups: dict[str, str], _: Masked) -> str | None:
    return f"Welchen Wert hat {lowered(groups['subject'])}?"


def _ought(groups: dict[str, str], _: Masked) -> str | None:
    return f"Welchen Wert {groups['modal']} {lowered(groups['subject'])} haben?"


def _lasts(groups: dict[str, str], clause: Masked) -> str | None:
    if clause.quantity(groups["value"]) != "time":
        return None
    return f"Wie lange {groups['verb']} {lowered(groups['subject'])}?"


def _with(groups: dict[str, str], clause: Masked) -> str | None:
    with_what = _WITH_WHAT.get(clause.quantity(groups["value"]))
    return f"Mit {with_what} muss ich {lowered(groups['done'])} {groups['verb']}?" if with_what else None


def _often(groups: dict[str, str], _: Masked) -> str | None:
    return f"Wie oft muss ich {lowered(groups['done'])} {groups['verb']}?"


def _means(groups: dict[str, str], _: Masked) -> str | None:
    return f"Was bedeutet {groups['code']}?"


_NEVER: Final = r"(?:niemals|nie|nicht|auf keinen Fall)"
_REST: Final = r"(?P<rest>, .+)?"
_INFINITIVE: Final = r"(?P<verb>[a-zäöü]+n)"
_CODE: Final = r"(?P<code>(?=[\w-]*\d)[A-Z][A-Za-z]{0,4}[-_ ]?\d[\w-]{0,12}|\d{3,6})"

RULES: Final[tuple[Rule, ...]] = (
    rule("condition", r"(?:Wenn|Falls|Sobald) (?P<when>[^,]+), (?P<then>.+)", _condition),
    rule("ban", rf"(?:Niemals|Nie|Auf keinen Fall) (?P<done>[^,]+?) {_INFINITIVE}{_REST}", _may_i, "Nein. {}"),
    rule("ban", rf"(?P<verb>[A-ZÄÖÜ][a-zäöü]+n) Sie {_NEVER} (?P<done>[^,]+){_REST}", _may_i, "Nein. {}"),
    rule("ban", rf"{SUBJECT} (?P<modal>darf|dürfen) {_NEVER} (?P<verb>[^,]+){_REST}", _may, "Nein. {}"),
    rule("limit", rf"{SUBJECT} (?P<verb>dauert|braucht) {_ROUGHLY}{VALUE}(?: [^,;:]*)?", _lasts),
    rule(
        "limit",
        rf"{SUBJECT} (?P<modal>muss|soll|darf) {_ROUGHLY}(?:zwischen |über |unter )?{VALUE} (?:betragen|liegen|sein)",
        _ought,
    ),
    rule("limit", rf"{SUBJECT} (?:beträgt|liegt bei|ist) {_ROUGHLY}{VALUE}", _value),
    rule("limit", rf"(?P<done>[^,;:]+?) alle {VALUE} {_INFINITIVE}", _often),
    rule("limit", rf"(?P<done>[^,;:]+?) mit {_ROUGHLY}{VALUE} {_INFINITIVE}", _with),
    rule("meaning", rf"(?:[A-Z][a-zäöü]+ )?{_CODE} (?:bedeutet|meldet|zeigt an) .+", _means),
)
