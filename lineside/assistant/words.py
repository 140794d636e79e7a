"""Words of a question, folded so that they can be compared: no case, no accents, no plural, one language."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from lineside.assistant.glossary import CHINESE, GERMAN, GERMAN_QUANTITIES

_TOKEN = re.compile(r"[a-z0-9]+(?:[.,]\d+)?|[\u4e00-\u9fff]")
_SHORTEST_STEM = 5
_LONG_ENOUGH = 9
_CHINESE_ROWS = sorted(CHINESE.items(), key=lambda row: -len(row[0]))
_GERMAN_ROWS = sorted(GERMAN.items(), key=lambda row: -len(row[0]))


def word_set(text: str) -> frozenset[str]:
    """The words of a text, which may stand on several lines."""
    return frozenset(text.split())


def fold(text: str) -> str:
    """Lower case without accents: `Förderer` -> `forderer`, `Straße` -> `strasse`. Full-width letters become plain."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def tokens(text: str) -> list[str]:
    """Letters and digits in runs; a decimal number stays whole, a Chinese character stands alone."""
    return _TOKEN.findall(fold(text))


def singular(word: str) -> str:
    """An English plural's singular, near enough to compare with: `boxes` -> `box`, `rejects` -> `reject`."""
    if len(word) > 4 and word.endswith(("xes", "ches", "shes", "sses")):
        return word[:-2]
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def stem(word: str) -> str:
    """What a word shares with its forms: `cleaning`, `cleaned` and `cleans` -> `clean`. Crude on purpose."""
    base = singular(word)
    for ending in ("ing", "ed", "ly"):
        if base.endswith(ending) and len(base) - len(ending) >= 4:
            base = base[: -len(ending)]
            break
    if len(base) > 4 and base[-1] == base[-2] and base[-1] not in "sl":
        base = base[:-1]
    return base.rstrip("e") if len(base) > 4 else base


def stems(text: str) -> list[str]:
    return [stem(word) for word in tokens(text)]


def english(text: str) -> str:
    """The text folded, with the plant words of German and Chinese as English ones; the rest stays as it is."""
    folded = fold(text)
    for chinese, meant in _CHINESE_ROWS:
        folded = folded.replace(chinese, f" {meant} ")
    return re.sub(r"[a-z]{4,}", lambda word: _from_german(word.group()), folded)


@lru_cache(maxsize=4_096)
def _from_german(word: str) -> str:
    for german, meant in _GERMAN_ROWS:
        if word == german or (len(german) >= _SHORTEST_STEM and word.startswith(german) and _is_german(word, german)):
            return meant
    joined = _PARTICIPLE.sub(r"\1\2", word)
    return _of_a_compound(word) if joined == word else _from_german(joined)


def _of_a_compound(word: str) -> str:
    """`produkttemperatur` -> `product temperature`."""
    quantity = next((each for each in GERMAN_QUANTITIES if word.endswith(each) and len(word) > len(each) + 2), "")
    if not quantity:
        return _with_a_slip(word)
    return f"{_from_german(word.removesuffix(quantity))} {GERMAN[quantity]}"


def _with_a_slip(word: str) -> str:
    """A long German word with one letter wrong; a short one might be an English word."""
    if len(word) < _LONG_ENOUGH:
        return word
    return next((meant for german, meant in _GERMAN_ROWS if _one_off(word, german)), word)


def _one_off(word: str, german: str) -> bool:
    return len(german) >= _LONG_ENOUGH and word[0] == german[0] and distance(word, german, 1) <= 1


_PARTICIPLE = re.compile(r"^(ab|an|auf|aus|ein|ent|um|zu)ge(\w{3,})$")
"""`abgetaut` is a form of `abtauen`."""


def _is_german(word: str, stem_: str) -> bool:
    """Whether the rest of a word is an ending or a further part, and not an English word that begins alike."""
    return word[len(stem_) :] in _ENDINGS or stem_ in _PREFIXES


_ENDINGS = frozenset(
    ("e", "en", "er", "es", "em", "n", "s", "t", "te", "ten", "ung", "ungen", "rs", "ern", "et", "r", "nd", "end")
)
_PREFIXES = word_set("""
    verklemm beseitig entfern abtau enteis klebe reinig schmier verriegel turdicht etikettier vertikalforder
    senkrechtforder kekspruf kartonverschliess sperr anfahr gefrier klemm
""")


def near(one: str, other: str) -> bool:
    """Whether two words are one word with a slip of the keyboard: one letter in five, two in eight, swaps too."""
    if one == other:
        return True
    longest = max(len(one), len(other))
    allowed = 0 if min(len(one), len(other)) < 5 else 1 if longest < 8 else 2
    if not allowed or abs(len(one) - len(other)) > allowed or one[0] != other[0]:
        return False
    return distance(one, other, allowed) <= allowed


def distance(one: str, other: str, most: int = 99) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours (Damerau-Levenshtein), counted up to `most`."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, a in enumerate(one, 1):
        current = [row]
        for column, b in enumerate(other, 1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (a != b))
            if row > 1 and column > 1 and a == other[column - 2] and one[row - 2] == b:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) > most:
            return most + 1
        before, last = last, current
    return last[-1]
