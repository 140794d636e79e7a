"""How likely chance alone makes a canary look as bad as it does: two one-sided tests, the one for shares exact."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby


def share_is_higher(bad: int, of: int, bad_live: int, of_live: int) -> float:
    """Fisher's exact test, one-sided: the chance of `bad` or more of `of`, were both shares the same.

    Exact for every size: the sum of hypergeometric probabilities, given how many were bad in both together. 1 where
    there is nothing to compare. See R. A. Fisher, The Design of Experiments (1935), or R's `fisher.test`.
    """
    everything, all_bad = of + of_live, bad + bad_live
    most = min(of, all_bad)
    whole = _log_choose(everything, of)
    tail = (
        math.exp(_log_choose(all_bad, each) + _log_choose(everything - all_bad, of - each) - whole)
        for each in range(bad, most + 1)
        if of - each <= everything - all_bad
    )
    return min(1.0, math.fsum(tail))


def values_are_higher(values: Sequence[float], live: Sequence[float]) -> float:
    """Mann and Whitney's test, one-sided: the chance that `values` rank so high, were both drawn from the same.

    By the normal approximation with the correction for ties and for continuity, which is good from about ten on each
    side; 1 where one side is empty or all values are the same. See H. B. Mann, D. R. Whitney, Ann. Math. Statist. 18
    (1947), or R's `wilcox.test(exact = FALSE)`.
    """
    count, count_live = len(values), len(live)
    together = sorted([(value, True) for value in values] + [(value, False) for value in live])
    ranks, ties, before = 0.0, 0.0, 0
    for _, group in groupby(together, key=lambda pair: pair[0]):
        same = [is_canary for _, is_canary in group]
        ranks += sum(same) * (before + (len(same) + 1) / 2)
        ties += len(same) ** 3 - len(same)
        before += len(same)
    everything = count + count_live
    if not count or not count_live or ties == everything**3 - everything:
        return 1.0
    higher = ranks - count * (count + 1) / 2 - count * count_live / 2
    variance = count * count_live / 12 * (everything + 1 - ties / (everything * (everything - 1)))
    return 0.5 * math.erfc((higher - 0.5) / math.sqrt(2 * variance))


def _log_choose(of: int, some: int) -> float:
    return math.lgamma(of + 1) - math.lgamma(some + 1) - math.lgamma(of - some + 1)
