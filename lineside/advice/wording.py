"""The words of an advisory from the answering models, held to the same checks as an answer.

A model says in two or three sentences what happened. Headline, severity, cause, steps, checks and limits are code's,
and so is the whole text wherever no model's words stand up.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lineside.advice.compose import evidence_line
from lineside.advice.model import Advisory
from lineside.advice.ports import Worded
from lineside.advice.text import bounded, clean, duration, local_time
from lineside.answering.chain import COMPOSED, Chain
from lineside.answering.evidence import Evidence, Fact
from lineside.answering.numbers import Unproven
from lineside.answering.prompt import Task
from lineside.answering.steps import steps_of

BUDGET_SECONDS = 20.0
"""For all advisories of one tick together. Whoever ticks more often than every forty seconds sets a smaller one."""

LONGEST_WORDS = 600
LEAST_SECONDS = 0.5

INSTRUCTIONS = """\
You tell an operator at a production line what happened, in two or three short sentences that are read on a phone.
- Name the machine that is the cause, since when, and who waits for it; then what it costs, if the evidence says so.
- Copy every number with its unit, every time and every machine's name exactly as the evidence has it. Do not calculate.
- Say only what happened. Give no advice, no steps, no severity and no guess at a reason. No lists, no headings."""

_QUESTION = "What happened at {device}?"


@dataclass
class ChainWording:
    """A `Wording` by a chain of models. The time of one tick is shared by its advisories: the first may use it all."""

    chain: Chain
    language: str = "en"
    budget_seconds: float = BUDGET_SECONDS
    _spent: dict[tuple[str, int], float] = field(default_factory=dict, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def word(self, advisory: Advisory) -> Worded:
        composed = Worded(advisory.what_happened, advisory.composed_by)
        if not self.chain.writers:
            return composed
        tick = (advisory.line, advisory.drafted_us)
        left = self.budget_seconds - self._spent_in(tick)
        if left < LEAST_SECONDS:
            reason = f"no model was asked: this tick has spent its {self.budget_seconds:.0f} s on other advisories"
            return Worded(composed.what_happened, composed.composed_by, (reason,))
        started = self.chain.monotonic()
        try:
            return self._worded(advisory, left)
        finally:
            self._spend(tick, self.chain.monotonic() - started)

    def _worded(self, advisory: Advisory, seconds: float) -> Worded:
        task = Task(
            INSTRUCTIONS,
            _QUESTION.format(device=clean(advisory.device, 60)),
            evidence_of(advisory, self.chain),
            advisory.what_happened,
            self.language,
        )
        written = self.chain.write(task, also=lambda text: _unfit(text, advisory), budget_seconds=seconds)
        why_not = tuple(clean(skipped.reason, 300) for skipped in written.skipped)
        if written.model == COMPOSED:
            declined = () if why_not else ("the models found nothing to say in the evidence",)
            return Worded(advisory.what_happened, advisory.composed_by, why_not or declined)
        return Worded(clean(written.text, LONGEST_WORDS), written.model, why_not)

    def _spent_in(self, tick: tuple[str, int]) -> float:
        with self._lock:
            return self._spent.get(tick, 0.0)

    def _spend(self, tick: tuple[str, int], seconds: float) -> None:
        """Only the newest tick of each line is remembered."""
        with self._lock:
            spent = self._spent.get(tick, 0.0) + seconds
            self._spent = {other: value for other, value in self._spent.items() if other[0] != tick[0]}
            self._spent[tick] = spent


def evidence_of(advisory: Advisory, chain: Chain) -> Evidence:
    """What a model may say of an advisory: its own sentences, its victims and its numbers."""
    return Evidence(facts=tuple(_facts(advisory, chain)))


def _facts(advisory: Advisory, chain: Chain) -> Iterator[Fact]:
    site, tool = chain.site, "advisor"
    yield Fact(f"{advisory.headline}.", tool)
    yield Fact(advisory.what_happened, tool, observed_us=advisory.since_us)
    since = local_time(advisory.since_us, site.timezone, date=True)
    device = clean(advisory.device, 60)
    yield Fact(f"{device}: it began at {since}.", tool, observed_us=advisory.since_us)
    if advisory.lost_seconds:
        lost = duration(advisory.lost_seconds)
        yield Fact(f"{device}: {lost} lost so far.", tool, advisory.lost_seconds, "SEC")
    for victim in advisory.victims:
        state = f", {clean(victim.state, 40)}" if victim.state else ""
        text = f"{clean(victim.device, 60)}: held up for {duration(victim.lost_seconds)}{state}."
        yield Fact(text, tool, victim.lost_seconds, "SEC")
    for each in advisory.evidence:
        value = each.value if isinstance(each.value, float | int) and not isinstance(each.value, bool) else None
        yield Fact(f"{evidence_line(each, site)}.", tool, value, each.unit, each.observed_us)


def _unfit(text: str, advisory: Advisory) -> Sequence[Unproven]:
    """What makes words unfit for a message although every number in them is right."""
    found = []
    if advisory.device.lower() not in " ".join(text.split()).lower():
        found.append(Unproven(bounded(clean(text), 40), f"it does not name {clean(advisory.device, 60)}"))
    if steps_of(text) or "\n-" in text or "\n*" in text:
        found.append(Unproven(bounded(clean(text), 40), "what to do is the procedure's to say"))
    if len(text) > LONGEST_WORDS:
        found.append(Unproven(f"{len(text)} characters", f"at most {LONGEST_WORDS} are read on a phone"))
    return found
