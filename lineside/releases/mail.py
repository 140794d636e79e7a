"""What a person is told who must decide on a release: the figures, what it will cost, and where to decide.

Nobody approves by opening a link: mail programs open links by themselves.
"""

from __future__ import annotations

from lineside.releases.costs import Prices, Serving, serving_cost
from lineside.releases.record import Evaluated, ModelRelease

WINDOWS_A_DAY = 8.0
"""For the estimate in the mail: eight windows of five minutes, spread over a day."""


def approval_subject(release: ModelRelease) -> str:
    return f"Lineside: {release.release_id} waits for your decision"


def approval_text(release: ModelRelease, evaluated: Evaluated, *, console: str, units: int, prices: Prices) -> str:
    """`console` is its address, or "" where it is not known; `units` the custom model units of one copy."""
    where = f"{console.rstrip('/')}/releases" if console else "the console, page Releases"
    monthly = serving_cost(Serving(windows_a_day=WINDOWS_A_DAY, units=max(1, units)), prices).usd
    return "\n".join(
        [
            f"The release {release.release_id} has passed its evaluation and waits for a person.",
            "",
            f"Better than the base model by {_percent(evaluated.improvement)}"
            f" (95 % interval {_percent(evaluated.low)} to {_percent(evaluated.high)},"
            f" {evaluated.questions} questions, judged by {', '.join(evaluated.judges)}).",
            *([f"Judges that were not fit and do not count: {', '.join(evaluated.unfit)}."] if evaluated.unfit else []),
            f"Base model {release.base_model}, dataset {release.dataset_hash[:12] or 'unknown'},"
            f" code {release.code_version[:12] or 'unknown'}.",
            f"Serving it would cost about {monthly:.0f} dollars a month if people ask in"
            f" {WINDOWS_A_DAY:g} windows of five minutes a day (prices of {prices.as_of}).",
            "",
            f"Read the report and decide in {where}.",
            "If you approve it, it answers a share of the conversations first, and is taken back by itself if it does"
            " worse. If nobody decides, it is deleted.",
        ]
    )


def _percent(share: float) -> str:
    return f"{100 * share:+.1f} %"
