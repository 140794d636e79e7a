"""What a release costs and what serving it costs, from one dated file of prices, `prices.json`.

Every figure that is not a price is an argument or stands in `Usage` with its reason, so that a person can put in
what was measured. Money is in US dollars, without taxes, discounts and free allowances.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from lineside.errors import Misconfigured
from lineside.releases.settings import ReleaseSettings

PRICES_FILE: Final = Path(__file__).with_name("prices.json")
WINDOW_SECONDS: Final = 300.0
"""Bedrock bills an imported model in windows of five minutes, from the first call that it answers."""
DAYS_OF_A_MONTH: Final = 30.4
ORDERS: Final = 2
"""A judge sees every pair of answers in both orders."""

_PROFILE = re.compile(r"^(?:us|eu|apac|jp|au|us-gov|global)\.")


class Price(msgspec.Struct, frozen=True):
    """One price. `sure`: it was read from a list, or from several who read it there; else somebody must check it."""

    id: str
    usd: float
    unit: str
    source: str
    checked: str
    """The day on which somebody looked, such as 2026-11-21."""
    sure: bool


class Prices(msgspec.Struct, frozen=True):
    """All prices of one Region. `refresh` is the command that lists them anew."""

    as_of: str
    region: str
    refresh: str
    prices: tuple[Price, ...]

    def of(self, price_id: str) -> Price:
        """Raises `Misconfigured` for what has no price: an estimate that leaves something out is worse than none."""
        for price in self.prices:
            if price.id == price_id:
                return price
        raise Misconfigured(f"{PRICES_FILE.name} has no price for {price_id}; add it with its source and date")


class Tokens(msgspec.Struct, frozen=True):
    """What one model on Bedrock reads and writes."""

    model: str
    input: int
    output: int


class Line(msgspec.Struct, frozen=True):
    """One line of an estimate: `amount` of `unit`s at `each` dollars."""

    what: str
    amount: float
    unit: str
    each: float
    sure: bool = True

    @property
    def usd(self) -> float:
        return self.amount * self.each


class Cost(msgspec.Struct, frozen=True):
    lines: tuple[Line, ...]

    @property
    def usd(self) -> float:
        return sum(line.usd for line in self.lines)


class ReleaseWork(msgspec.Struct, frozen=True):
    """What one release uses. `windows` are those of the candidate, with `units` custom model units in each."""

    instance_type: str
    """"" where nothing is trained on an instance."""
    training_hours: float
    tokens: tuple[Tokens, ...]
    windows: int
    units: int = 1
    artifact_gigabytes: float = 0.0


class Serving(msgspec.Struct, frozen=True):
    """A released model's month. `copies` run at once in a window, `models` are kept (live, previous, a candidate)."""

    windows_a_day: float
    units: int = 1
    copies: int = 1
    models: int = 2


class Usage(msgspec.Struct, frozen=True):
    """What an estimate assumes; each default with its reason."""

    start_minutes: float = 15.0
    """Fetching the container, the libraries and 6.4 GB of weights, and writing the merged ones."""
    seconds_a_row: float = 0.28
    """One row once on ml.g5.2xlarge: 16,000 rows in 75 minutes (a public run of a LoRA of Llama 3.2 3B)."""
    chunk_input: int = 1_500
    """A chunk of a page, the instructions and one example."""
    pairs_a_call: int = 5
    pair_output: int = 150
    answer_input: int = 1_500
    """Instructions, the question and the passages that were found for it."""
    answer_output: int = 200
    planted: int = 28
    """Known bad answers by which the judges are judged: four of each of seven kinds."""
    judge_input: int = 2_000
    """Instructions, the passages, the reference and two answers."""
    judge_output: int = 200
    candidate_seconds: float = 6.0
    """One answer of the imported model, one after the other."""
    cold_start_seconds: float = 110.0
    """As one workshop measured it; Bedrock promises five minutes."""
    artifact_gigabytes: float = 6.4
    """3.2 billion weights in bf16."""
    units: int = 1
    """Custom model units of a 3B model: unverified, and read from `GetImportedModel` after an import."""


@cache
def read_prices(path: Path = PRICES_FILE) -> Prices:
    """The price file; raises `Misconfigured` where somebody broke it."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Prices)
    except (OSError, msgspec.MsgspecError) as error:
        raise Misconfigured(f"the price file {path} cannot be read: {error}") from error


def windows(calls: Iterable[tuple[float, float]]) -> int:
    """How many windows are billed for calls of one copy, each a start and a duration in seconds.

    The first call opens a window; one that begins or still runs after its end keeps the model for the next.
    """
    count, until = 0, -math.inf
    for start, seconds in sorted(calls):
        if start >= until:
            count, until = count + 1, start + WINDOW_SECONDS
        if (over := start + seconds - until) > 0:
            more = math.ceil(over / WINDOW_SECONDS)
            count, until = count + more, until + more * WINDOW_SECONDS
    return count


def work_of(settings: ReleaseSettings, pairs: int, questions: int, usage: Usage = Usage()) -> ReleaseWork:
    """What a release with these settings would use, for a dataset of `pairs` of which `questions` are held out."""
    training = settings.training
    rows = (pairs - questions) * training.epochs
    on_instance = training.way == "script"
    asked = min(questions, settings.gate.most_questions)
    answering = usage.cold_start_seconds + asked * usage.candidate_seconds
    return ReleaseWork(
        instance_type=training.instance_type if on_instance else "",
        training_hours=(usage.start_minutes / 60 + rows * usage.seconds_a_row / 3_600) if on_instance else 0.0,
        tokens=tuple(_tokens(settings, pairs, asked, usage)),
        windows=windows([(0.0, answering)]),
        units=usage.units,
        artifact_gigabytes=usage.artifact_gigabytes,
    )


def release_cost(work: ReleaseWork, prices: Prices) -> Cost:
    """What a release costs once, its weights kept for the first month included."""
    lines: list[Line] = []
    if work.instance_type:
        lines.append(_line(f"training on {work.instance_type}", work.training_hours, prices.of(work.instance_type)))
    for tokens in work.tokens:
        for way, amount in (("input", tokens.input), ("output", tokens.output)):
            price = prices.of(f"{_PROFILE.sub('', tokens.model)}/{way}")
            lines.append(_line(f"{tokens.model}, {way}", amount / 1e6, price))
    minutes = work.windows * work.units * WINDOW_SECONDS / 60
    lines += [
        _line("import into Bedrock", 1, prices.of("import")),
        _line("the candidate's answers", minutes, prices.of("custom-model-unit-minute")),
        _line("the imported model, first month", work.units, prices.of("custom-model-unit-month")),
        _line("the weights in S3, first month", work.artifact_gigabytes, prices.of("s3-gigabyte-month")),
    ]
    return Cost(tuple(lines))


def serving_cost(serving: Serving, prices: Prices) -> Cost:
    """What a released model costs in a month. Without a call there is storage alone: it scales to zero."""
    minutes = serving.windows_a_day * DAYS_OF_A_MONTH * serving.copies * serving.units * WINDOW_SECONDS / 60
    return Cost(
        (
            _line("answering", minutes, prices.of("custom-model-unit-minute")),
            _line("keeping the models", serving.models * serving.units, prices.of("custom-model-unit-month")),
        )
    )


def cost_table(
    settings: ReleaseSettings,
    *,
    pairs: int = 1_000,
    questions: int = 150,
    windows_a_day: float = 8.0,
    usage: Usage = Usage(),
    prices: Prices | None = None,
) -> tuple[tuple[str, Cost], ...]:
    """A release and a month of serving it, for people to read. `Misconfigured` where a price is missing."""
    known = prices or read_prices()
    served = Serving(windows_a_day=windows_a_day, units=usage.units)
    return (
        ("One release", release_cost(work_of(settings, pairs, questions, usage), known)),
        ("A month of serving", serving_cost(served, known)),
    )


def as_document(table: Iterable[tuple[str, Cost]]) -> str:
    """The tables of `cost_table` under their titles, as docs/models.md has them."""
    return "\n\n".join(f"**{title}**\n\n{as_markdown(cost)}" for title, cost in table)


def as_markdown(cost: Cost) -> str:
    """The lines of an estimate as a table; `?` marks a price that somebody must check."""
    rows = [f"| {' | '.join(_cells(line))} |" for line in cost.lines]
    head = ["| what | how much | each, USD | USD |", "|---|---|---|---|"]
    return "\n".join([*head, *rows, f"| **all** | | | {cost.usd:.2f} |"])


def _cells(line: Line) -> tuple[str, ...]:
    each = f"{line.each:g}{'' if line.sure else ' ?'}"
    return line.what, f"{_number(line.amount)} {line.unit}", each, f"{line.usd:.2f}"


def _tokens(settings: ReleaseSettings, pairs: int, asked: int, usage: Usage) -> Iterator[Tokens]:
    calls = math.ceil(pairs / usage.pairs_a_call)
    judged = (asked + usage.planted) * ORDERS
    used = [
        (settings.generator, calls * usage.chunk_input, pairs * usage.pair_output),
        (settings.base, asked * usage.answer_input, asked * usage.answer_output),
        *((judge, judged * usage.judge_input, judged * usage.judge_output) for judge in settings.judges),
    ]
    for row, read, written in used:
        if row is not None and row.provider == "bedrock":
            yield Tokens(row.model, read, written)


def _line(what: str, amount: float, price: Price) -> Line:
    return Line(what, amount, price.unit, price.usd, price.sure)


def _number(amount: float) -> str:
    return f"{amount:,.2f}".rstrip("0").rstrip(".")
