"""Which value of a machine a person means: by its name, its label, or the everyday word for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from lineside.assistant.words import english, near, stem, tokens

_EVERYDAY: dict[str, str] = {
    "temperature": "temp temps hot hotter warm warmer cold colder cool celsius fahrenheit degree degrees heat freezing",
    "speed": "fast faster velocity rpm quick quickly pace",
    "moisture": "humidity humid wet wetter dry drier damp water",
    "pressure": "bar psi kpa",
    "current": "amp amps ampere amperes amperage",
    "voltage": "volt volts",
    "power": "watt watts kilowatt kw energy",
    "vibration": "vibrations vibrate vibrating shake shaking rms",
    "flow": "flowrate throughflow",
    "level": "filling",
    "weight": "mass heavy",
    "bad": "reject rejects rejected rejecting rejection rejections scrap scrapped defect defects defective waste",
    "good": "produced made make output pieces",
    "total": "count counter counts counted number",
    "torque": "torques",
    "frequency": "hertz hz",
    "thickness": "thick thin",
    "viscosity": "viscous",
    "noise": "loud",
    "ph": "acidity",
}
QUANTITIES = frozenset(_EVERYDAY) | {"count", "reject", "position", "density", "color", "colour", "angle", "volume"}
"""Words that mean a measured value, whether or not a plant measures it."""

_CONCEPT = {word: concept for concept, words in _EVERYDAY.items() for word in words.split()}


@lru_cache(maxsize=4_096)
def concept(word: str) -> str:
    """`warm` -> `temperature`; a word that stands for itself as its stem."""
    return stem(_CONCEPT.get(word, word))


def everyday(word: str) -> str:
    """`hot` -> `temperature`: what an adjective or a unit asks for; any other word as it is."""
    return _CONCEPT.get(word.casefold(), word)


def concepts(text: str) -> list[str]:
    return [concept(word) for word in tokens(english(text.replace("_", " ")))]


def is_quantity(word: str) -> bool:
    return word in QUANTITIES or word in _CONCEPT


def best(said: str, known: Iterable[tuple[str, str]]) -> list[str]:
    """The attributes that these words mean, best first; `known` are pairs of name and label. Ties stay together."""
    wanted = concepts(said)
    scored = [(_fit(wanted, name, label, said), name) for name, label in known]
    top = max((score for score, _ in scored), default=0.0)
    return [name for score, name in scored if score == top and top > 0]


def _fit(wanted: Sequence[str], name: str, label: str, said: str) -> float:
    if said.strip().casefold() in (name.casefold(), label.casefold()):
        return 10.0
    own, shown = set(concepts(name)), set(concepts(label))
    hits = [word for word in wanted if any(near(word, other) for other in own | shown)]
    in_name = any(near(word, other) for word in wanted for other in own)
    if not hits or not (in_name or set(hits) >= shown):
        return 0.0
    return len(hits) + 0.5 * in_name - 0.1 * len((own | shown) - set(wanted))
