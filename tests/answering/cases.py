"""Evidence made at random, and sentences that say it in other words: rounded, converted, in another language.

What a sentence may say is decided here, by arithmetic of its own, and not by the check that is tested.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from lineside.answering.evidence import Evidence, Fact
from lineside.manuals.passage import Passage
from lineside.site.model import Line, Machine, Site

ZONE = ZoneInfo("Europe/Copenhagen")
MACHINES = ("Cookie Former", "Freezer Tunnel", "Cookie Inspector", "Vertical Conveyor", "Robot-2", "Box Sealer")
SITE = Site(
    site="bakery",
    timezone="Europe/Copenhagen",
    lines=(Line(id="line-1", name="Line 1", machines=tuple(Machine(id=name) for name in MACHINES)),),
)
START_US = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp() * 1e6)
YEAR_US = 365 * 86_400 * 1_000_000

# A quantity: code, symbol, spread, and how else it is written: symbol, factor, offset.
QUANTITIES = (
    ("CEL", "°C", (-40, 90), (("℃", 1, 0), ("degrees Celsius", 1, 0), ("°F", 1.8, 32), ("Grad", 1, 0), ("度", 1, 0))),
    ("BAR", "bar", (0.5, 12), (("kPa", 100, 0), ("mbar", 1000, 0), ("巴", 1, 0))),
    ("RPM", "rpm", (5, 3000), (("U/min", 1, 0), ("revolutions per minute", 1, 0), ("转/分", 1, 0))),
    ("P1", "%", (0.1, 99), (("percent", 1, 0), ("Prozent", 1, 0), ("％", 1, 0))),
    ("SEC", "s", (91, 20000), (("min", 1 / 60, 0), ("h", 1 / 3600, 0), ("Minuten", 1 / 60, 0), ("分钟", 1 / 60, 0))),
    ("C16", "mm/s", (0.4, 30), (("m/s", 0.001, 0), ("mm per second", 1, 0))),
    ("L2", "L/min", (1, 400), (("l/h", 60, 0), ("litres per minute", 1, 0))),
    ("KWT", "kW", (0.2, 80), (("W", 1000, 0), ("千瓦", 1, 0))),
)
STEPS = (
    "Press STOP at the panel and wait until the chain stands.",
    "Lock out the drive with your own lock and test that it does not start.",
    "Open the front door and take out what lies across the belt.",
    "Close the door, take your lock off and reset the panel.",
    "Watch ten cycles and write down what you found.",
    "Call maintenance if the same fault comes again within the hour.",
)


@dataclass
class Said:
    """One number of an answer: its text, and how to write it wrongly."""

    text: str
    wrong: str


@dataclass
class Case:
    """Evidence, and sentences of an answer, each with the one number that may be altered in it."""

    evidence: Evidence
    sentences: list[tuple[str, Said]] = field(default_factory=list)

    @property
    def answer(self) -> str:
        return " ".join(before.replace("#", said.text) for before, said in self.sentences)

    def altered(self, at: int) -> str:
        """The answer with one number written wrongly."""
        return " ".join(
            before.replace("#", said.wrong if place == at else said.text)
            for place, (before, said) in enumerate(self.sentences)
        )


def a_case(random_: random.Random) -> Case:
    """Three to five facts about machines, each with a value and a time; a procedure; sentences about them."""
    facts: list[Fact] = []
    case = Case(Evidence())
    for machine in random_.sample(MACHINES, random_.randint(3, 5)):
        code, symbol, (low, high), others = random_.choice(QUANTITIES)
        value = round(random_.uniform(low, high), 2)
        at_us = START_US + random_.randrange(YEAR_US)
        local = datetime.fromtimestamp(at_us / 1e6, tz=UTC).astimezone(ZONE)
        shown = f"{value:.4g}"
        facts.append(
            Fact(f"{machine}: value {shown} {symbol} at {local:%H:%M:%S %Z}.", "telemetry", value, code, at_us)
        )
        writings = ((symbol, 1.0, 0.0), *others)
        case.sentences.append(_value_sentence(random_, machine, value, writings))
        if random_.random() < 0.6:
            case.sentences.append(_time_sentence(random_, machine, local))
    number = f"SOP-{random_.choice(['VC', 'FT', 'CI'])}-{random_.randrange(100):02d}"
    revision, page = str(random_.randrange(1, 30)), str(random_.randrange(1, 60))
    low, high = sorted(random_.sample(range(-60, 200), 2))
    text = f"Keep it between {low} and {high} °F. Fault E-{random_.randrange(100, 1000)} means a jam."
    fault = text.split("E-")[1][:3]
    passages = (
        Passage("p1", number.lower(), number, "Jam", text, revision=revision, page=page),
        Passage("p2", number.lower(), number, "Jam", "\n".join(f"{i}. {s}" for i, s in enumerate(STEPS, 1)), revision),
    )
    case.sentences += [
        (f"See {number} rev #.", Said(revision, str(int(revision) + 30))),
        (f"It stands on page # of {number} [1].", Said(page, str(int(page) + 60))),
        ("Keep it from # °F to " + f"{high} °F.", Said(str(low), str(low + random_.choice([-300, 300])))),
        (
            "The panel shows #.",
            Said(random_.choice([f"E-{fault}", f"E{fault}", f"E {fault}"]), f"E-{int(fault) + 1000}"),
        ),
    ]
    random_.shuffle(case.sentences)
    case.evidence = Evidence(tuple(facts), passages)
    return case


def _value_sentence(
    random_: random.Random, machine: str, value: float, writings: tuple[tuple[str, float, float], ...]
) -> tuple[str, Said]:
    symbol, factor, offset = random_.choice(writings)
    converted = value * factor + offset
    decimals = _decimals(random_, converted)
    step = 10.0**-decimals
    wrong = converted + random_.choice([-1, 1]) * max(1.6 * step, abs(converted) * random_.uniform(0.02, 0.6))
    phrase = random_.choice(("{} is at # {}.", "{} shows # {} now.", "{}: # {}."))
    written, altered = _written(random_, converted, decimals), _written(random_, wrong, decimals)
    return phrase.format(machine, symbol), Said(written, altered)


def _decimals(random_: random.Random, value: float) -> int:
    """Few enough to be rounded, enough to say something: two significant figures at least."""
    least = 0 if abs(value) >= 10 else 1 if abs(value) >= 1 else 2 if abs(value) >= 0.1 else 4
    return random_.randint(least, max(least, 2))


def _written(random_: random.Random, value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    style = random_.choice(("plain", "plain", "comma", "thousands", "minus", "words"))
    if style == "comma":
        return text.replace(".", ",")
    if style == "thousands" and abs(value) >= 1000:
        return f"{value:,.{decimals}f}"
    if style == "minus":
        return text.replace("-", "−")
    if style == "words":
        return text.replace("-", "minus ")
    return text


def _time_sentence(random_: random.Random, machine: str, local: datetime) -> tuple[str, Said]:
    wrong = local.replace(hour=(local.hour + random_.randint(1, 22)) % 24, minute=random_.randrange(60))
    forms = {
        "at %H:%M:%S %Z": f"{machine} was read #.",
        "at %H:%M": f"{machine} was read #.",
        "um %H:%M Uhr": f"{machine} wurde # gelesen.",
        "%H点%M分": f"{machine} 在 # 读取。",
        "at %I:%M %p": f"{machine} was read #.",
    }
    form = random_.choice(list(forms))
    return forms[form], Said(local.strftime(form), wrong.strftime(form))
