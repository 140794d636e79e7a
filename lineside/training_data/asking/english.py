"""How English documents say what to do, and how an operator asks for it."""

from __future__ import annotations

import re
from typing import Final

from lineside.training_data.asking.masked import MARK, Masked
from lineside.training_data.asking.rule import FEWEST_WORDS, SUBJECT, VALUE, Rule, first_word, rule, word_set

_VERBS: Final = word_set(
    "add adjust align allow apply ask assemble attach avoid bleed block blow bring brush calibrate call change "
    "charge check choose clean clear close collect compare confirm connect consult contact cool count cover cut "
    "defrost detach discard disconnect dispose drain draw drive dry empty enable ensure enter erect exchange "
    "fasten feed fill finish fit fix flush follow free go grease grind hang heat hold inform insert inspect "
    "install isolate jog keep lay lead leave let level lift load lock look loosen lower lubricate make measure "
    "mix monitor mount move observe oil open operate paint park peel place position prepare press print protect "
    "pull pump purge push put raise read record reduce refer refill release remove repair repeat replace report "
    "rest restart restore retighten return rinse rotate run sand screw seal secure select send separate set shake "
    "shift shut slide sort spray start stop store support swap sweep switch take tell test thread throw tie "
    "tighten torque touch trace train transport trim try turn twist unlock unplug unscrew use vent verify wait "
    "walk warm wash watch wear weigh wind wipe withdraw write zero"
)
"""What a person is told to do begins with one of these."""
_NO_CONDITION: Final = word_set("necessary possible needed required not so in")
_ARTICLES: Final = word_set("The A An All Any Each Every No Both")
_GOES_ON: Final = re.compile(r"\b(?:and|or|until|then|so that)\b")
_YOU: Final = (
    (re.compile(r"\byou(?: are|['’]re)\b"), "I am"),
    (
        re.compile(
            r"\b((?:if|when|whenever|while|before|after|until|unless|once|soon as|where|that|what|and|or) )you\b"
        ),
        r"\1I",
    ),
    (re.compile(r"\byours?\b"), "my"),
    (re.compile(r"\byourself\b"), "myself"),
    (re.compile(r"\byou\b"), "me"),
)
_ROUGHLY: Final = r"(?:about |around |approximately |approx\. |up to |at most |at least |only |roughly |no more than )?"
_NOUNS: Final = {
    "temperature": "temperature",
    "pressure": "pressure",
    "torque": "torque",
    "voltage": "voltage",
    "current": "current",
    "rotational speed": "speed",
    "velocity": "speed",
    "mass": "weight",
    "time": "time",
    "volume flow": "flow",
    "frequency": "frequency",
    "power": "power",
}
"""What is asked for where a quantity is the answer; any other is a value."""


def is_imperative(text: str) -> bool:
    return first_word(text) in _VERBS


def lowered(text: str) -> str:
    """As it stands inside a sentence. A name keeps its capital: two capitals in a row of words, or a code."""
    first, _, rest = text.partition(" ")
    if first in _ARTICLES:
        return text[:1].lower() + text[1:]
    named = not first[1:].islower() and len(first) > 1
    return text if named or rest[:1].isupper() else text[:1].lower() + text[1:]


def as_asked(question: str) -> str:
    """The document says "you" to the reader, who says "I"."""
    for pattern, mine in _YOU:
        question = pattern.sub(mine, question)
    return question


def _condition(groups: dict[str, str], _: Masked) -> str | None:
    when, then = groups["when"], groups["then"]
    if len(when.split()) < FEWEST_WORDS or first_word(when) in _NO_CONDITION:
        return None
    told = is_imperative(then) or first_word(then) in {"do", "never", "please"}
    return f"What {'do I do' if told else 'happens'} {groups['join'].lower()} {when}?"


def _condition_behind(groups: dict[str, str], _: Masked) -> str | None:
    if not is_imperative(groups["then"]) or len(groups["when"].split()) <= FEWEST_WORDS:
        return None
    return f"What do I do {groups['join']} {groups['when']}?"


def _ban(groups: dict[str, str], _: Masked) -> str | None:
    verb = groups["verb"]
    for border in (" until ", " unless "):
        if border in verb:
            return None
    return f"May I {verb}?" if len(verb.split()) >= FEWEST_WORDS else None


def _not_until(groups: dict[str, str], _: Masked) -> str | None:
    return f"When may I {groups['verb']}?"


def _ban_of(groups: dict[str, str], _: Masked) -> str | None:
    subject = lowered(groups["subject"])
    return f"May {subject} {groups['verb']}?"


def _not_above(groups: dict[str, str], _: Masked) -> str | None:
    return f"What is the limit for {lowered(groups['subject'])}?"


def _before(groups: dict[str, str], _: Masked) -> str | None:
    if not is_imperative(groups["then"]):
        return f"What is required before {groups['when']}?" if " must " in groups["then"] else None
    return f"What do I have to do before {groups['when']}?"


def _wear(groups: dict[str, str], _: Masked) -> str | None:
    return f"What do I have to wear {groups['where'] or ''}".rstrip() + "?"


def _takes(groups: dict[str, str], clause: Masked) -> str | None:
    if clause.quantity(groups["value"]) != "time" or is_imperative(groups["subject"]):
        return None
    do, verb = ("does" if groups["verb"].endswith("s") else "do"), groups["verb"].rstrip("s")
    return f"How long {do} {lowered(groups['subject'])} {verb}{groups['rest'] or ''}?"


def _often(groups: dict[str, str], _: Masked) -> str | None:
    return f"How often do I {lowered(groups['verb'])}?" if is_imperative(groups["verb"]) else None


def _may_for(groups: dict[str, str], clause: Masked) -> str | None:
    if clause.quantity(groups["value"]) != "time":
        return None
    return f"How long {groups['modal']} {lowered(groups['subject'])} {groups['verb']}?"


def _do_for(groups: dict[str, str], clause: Masked) -> str | None:
    if not _is_one_action(groups["verb"]) or clause.quantity(groups["value"]) != "time":
        return None
    return f"How long do I {lowered(groups['verb'])}?"


def _do_to(groups: dict[str, str], clause: Masked) -> str | None:
    if not _is_one_action(groups["verb"]) or len(groups["verb"].split()) < FEWEST_WORDS:
        return None
    noun = _NOUNS.get(clause.quantity(groups["value"]), "value")
    rest = groups["rest"] or ""
    rest = "" if _GOES_ON.match(rest.strip()) else rest
    return f"{groups['to'].capitalize()} what {noun} do I {lowered(groups['verb'])}{rest}?"


def _is_one_action(text: str) -> bool:
    return is_imperative(text) and not _GOES_ON.search(text)


def _is(groups: dict[str, str], clause: Masked) -> str | None:
    if is_imperative(groups["subject"]):
        return None
    rest = groups["rest"] or ""
    if clause.quantity(groups["value"]) in map(clause.quantity, re.findall(MARK, rest)):
        rest = ""  # `3.5 bar in group 1 and 5 bar in group 3`: the question would give the second value away
    return f"What {groups['verb']} {lowered(groups['subject'])}{rest}?"


def _must_be(groups: dict[str, str], _: Masked) -> str | None:
    return None if is_imperative(groups["subject"]) else f"What {groups['modal']} {lowered(groups['subject'])} be?"


def _means(groups: dict[str, str], _: Masked) -> str | None:
    return f"What does {groups['code']} mean?"


def _what_is(groups: dict[str, str], _: Masked) -> str | None:
    return f"What is {lowered(groups['subject'])}?"


def _record(groups: dict[str, str], _: Masked) -> str | None:
    return f"What do I {groups['verb'].lower()} {groups['where']}?"


_CODE: Final = r"(?P<code>(?=[\w-]*\d)[A-Z][A-Za-z]{0,4}[-_ ]?\d[\w-]{0,12}|\d{3,6})"
_NOT: Final = r"(?:must|may|shall|should) (?:not|never)"
_NEVER: Final = r"(?:Never|Do not|Don['’]t)"
_AND_SO_ON: Final = r"(?:(?: and never| nor|:|,? because|, as|, or| —).*)?"
_WRITE: Final = "Write|Record|Enter|Log|Note|Document|Sign"
_MAY: Final = "(?P<modal>may|must|can|should)"
_BETWEEN: Final = "(?:between |above |below |within )?"
_OUGHT: Final = r"(?P<modal>must|should|shall)"
_DO: Final = r"(?P<verb>[A-Z][^,;:]*?)"
_AWAY: Final = rf"(?P<rest> [^,;:{MARK[1:-1]}]+)?"

RULES: Final[tuple[Rule, ...]] = (
    rule("condition", r"(?P<join>If|When|Whenever|Once|As soon as) (?P<when>[^,]+), (?P<then>.+)", _condition),
    rule("ban", rf"{_NEVER} (?P<verb>[^,;:]+?) (?:until|unless) .+", _not_until),
    rule("ban", rf"{_NEVER} (?P<verb>.+?){_AND_SO_ON}", _ban, "No. {}"),
    rule("limit", rf"{SUBJECT} {_NOT} exceed .+", _not_above),
    rule("ban", rf"{SUBJECT} {_NOT} (?P<verb>[a-z]+(?: [^,;:]+)?)", _ban_of, "No. {}"),
    rule("record", rf"(?P<verb>{_WRITE}) .+? (?P<where>(?:into|in|on) the .+)", _record),
    rule("need", r"(?P<then>.+?) before (?P<when>\S+ing .+|(?:the|a|an|any|you) .+ .+)", _before),
    rule("need", r"Wear .+?(?: (?P<where>(?:near|when|while|at|in|during|for|before) .+))?", _wear),
    rule("limit", rf"{SUBJECT} (?P<verb>takes?|needs?) {_ROUGHLY}{VALUE}(?P<rest> [^,;:]+)?", _takes),
    rule("limit", rf"{_DO} (?:every|each) {VALUE}(?: .*|,.*)?", _often),
    rule("limit", rf"{SUBJECT} {_MAY} (?P<verb>[a-z]+(?: [^,;:]+?)?) for {_ROUGHLY}{VALUE}", _may_for),
    rule("limit", rf"{SUBJECT} {_OUGHT} be {_ROUGHLY}{_BETWEEN}{VALUE}(?: [^,;:]*)?", _must_be),
    rule("limit", rf"{SUBJECT} (?P<verb>is|are) {_ROUGHLY}{VALUE}(?P<rest> [^,;:]+)?", _is),
    rule("limit", rf"{_DO} for {_ROUGHLY}{VALUE}", _do_for),
    rule("limit", rf"(?P<verb>Wait|Let [^,;:]*?) {_ROUGHLY}{VALUE}", _do_for),
    rule("limit", rf"{_DO} (?P<to>to|at|with|by) {_ROUGHLY}{VALUE}{_AWAY}", _do_to),
    rule("meaning", rf"(?:[A-Z][a-z]+ )?{_CODE}(?: \S+){{0,6}}? (?:means|indicates|signals|stands for) .+", _means),
    rule("condition", r"(?P<then>.+?),? (?P<join>if|when) (?P<when>[^,]+)", _condition_behind),
    rule("meaning", r"(?P<subject>(?:The|An?) [^,;:]{2,40}?|[A-Z][\w-]*\d[\w-]*) is an? .+", _what_is),
)  # fmt: skip
