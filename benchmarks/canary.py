"""How often a canary that is no worse is taken back, and how often one that is worse: whole runs, look after look.

Each run is a stream of conversations as a plant has them: of one, two or more answers, whose fates hang together; some
people give a verdict, some of them long after the answer. The watch looks after every few answers, as it does in life.

`python -m benchmarks.canary [RUNS]`
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from lineside.releases.canary import decide
from lineside.releases.record import CanaryVerdict, Outcome
from lineside.releases.settings import CanarySettings

BETWEEN_LOOKS = 25
"""Answers of both releases together from one watch to the next."""
LATE_ANSWERS = 200
"""A verdict comes at most so many answers after its own."""


@dataclass(frozen=True)
class Quality:
    """How a release does. `alike` is how much the answers of one conversation share a fate, 0..1."""

    thumbs_down: float = 0.1
    withheld: float = 0.05
    failed: float = 0.02
    seconds: float = 2.0
    verdicts: float = 0.3
    """Share of the answers on which somebody gives a verdict."""
    alike: float = 0.5


@dataclass
class Run:
    """What came of one canary. `answers` is how many it had given by then."""

    verdict: CanaryVerdict
    answers: int


def simulate(live: Quality, canary: Quality, settings: CanarySettings, seed: int) -> Run:
    """One canary from its beginning to its end."""
    randomness = random.Random(seed)
    heard: dict[str, list[Outcome]] = {"live": [], "canary": []}
    late: dict[int, list[tuple[str, int, str]]] = {}
    verdict: CanaryVerdict | None = None
    for number, outcome in enumerate(_stream(live, canary, settings.share, randomness)):
        alias = outcome.alias
        if outcome.verdict and randomness.random() < 0.5:
            due = number + randomness.randrange(1, LATE_ANSWERS)
            late.setdefault(due, []).append((alias, len(heard[alias]), outcome.verdict))
            outcome = replace(outcome, verdict="")
        heard[alias].append(outcome)
        for whose, place, said in late.pop(number, ()):
            heard[whose][place] = replace(heard[whose][place], verdict=said)
        if number % BETWEEN_LOOKS == 0:
            verdict = decide(heard["live"], heard["canary"], settings, 0, number, verdict)
            if verdict.decision != "wait":
                return Run(verdict, len(heard["canary"]))
    raise AssertionError("the stream does not end")


def _stream(live: Quality, canary: Quality, share: float, randomness: random.Random) -> Iterator[Outcome]:
    number = 0
    while True:
        alias, quality = ("canary", canary) if randomness.random() < share else ("live", live)
        for outcome in _conversation(quality, alias, number, randomness):
            yield outcome
            number += 1


def _conversation(quality: Quality, alias: str, number: int, randomness: random.Random) -> Iterator[Outcome]:
    lots = {name: randomness.random() for name in ("thumbs_down", "withheld", "failed")}

    def happens(name: str) -> bool:
        lot = lots[name] if randomness.random() < quality.alike else randomness.random()
        return lot < float(getattr(quality, name))

    conversation, following = f"c-{number}", True
    while following:
        failed = happens("failed")
        withheld = not failed and happens("withheld")
        judged = not failed and not withheld and randomness.random() < quality.verdicts
        down = happens("thumbs_down")
        seconds = quality.seconds * randomness.lognormvariate(0.0, 0.6)
        yield Outcome(
            f"a-{number}", alias, alias, number, seconds, failed, withheld,
            ("down" if down else "up") if judged else "", conversation,
        )  # fmt: skip
        number, following = number + 1, randomness.random() < 0.4


def share_taken_back(live: Quality, canary: Quality, settings: CanarySettings, runs: int, seed: int = 0) -> float:
    """Over so many whole runs."""
    ended = [simulate(live, canary, settings, seed + each) for each in range(runs)]
    return sum(run.verdict.decision == "roll_back" for run in ended) / runs


WORSE = {
    "no worse": Quality(),
    "no worse, answers of a conversation alike": Quality(alike=1.0),
    "thumbs down 20 % instead of 10 %": Quality(thumbs_down=0.2),
    "thumbs down 30 % instead of 10 %": Quality(thumbs_down=0.3),
    "thumbs down 40 % instead of 10 %": Quality(thumbs_down=0.4),
    "thumbs down 30 % instead of 10 %, verdicts on 5 %": Quality(thumbs_down=0.3, verdicts=0.05),
    "thumbs down 50 % instead of 10 %, verdicts on 5 %": Quality(thumbs_down=0.5, verdicts=0.05),
    "withheld 10 % instead of 5 %": Quality(withheld=0.1),
    "withheld 15 % instead of 5 %": Quality(withheld=0.15),
    "no answer 6 % instead of 2 %": Quality(failed=0.06),
    "no answer 10 % instead of 2 %": Quality(failed=0.1),
    "takes 1.5 times as long, which is allowed": Quality(seconds=3.0),
    "takes twice as long": Quality(seconds=4.0),
    "takes three times as long": Quality(seconds=6.0),
    "everything fails": Quality(failed=1.0),
}


def main(runs: int) -> None:
    settings = CanarySettings(hours=24 * 30)  # time is counted in answers here
    print(f"{runs} runs each; share {settings.share}, {settings.least_answers} to {settings.most_answers} answers")
    print(f"{'the canary is':50} {'taken back':>10} {'answers until then':>20}")
    for title, quality in WORSE.items():
        live = Quality(alike=quality.alike, verdicts=quality.verdicts)
        ended = [simulate(live, quality, settings, each) for each in range(runs)]
        back = sorted(run.answers for run in ended if run.verdict.decision == "roll_back")
        typical = f"{back[len(back) // 2]} (median)" if back else ""
        print(f"{title:50} {100 * len(back) / runs:9.1f}% {typical:>20}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
