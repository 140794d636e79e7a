"""How many reviewed verdicts no release has learned from yet."""

from __future__ import annotations

from collections.abc import Iterable

from lineside.releases.record import ModelRelease
from lineside.training_data.verdict import Verdict


def learned_until_us(releases: Iterable[ModelRelease]) -> int:
    """When the newest release that did not fail was begun: what was accepted before is in its dataset. 0 for none."""
    return max((each.made_us for each in releases if each.status != "failed"), default=0)


def new_verdicts(accepted: Iterable[Verdict], releases: Iterable[ModelRelease]) -> int:
    """How many of the accepted verdicts were accepted since then."""
    since_us = learned_until_us(releases)
    return sum(each.review.at_us > since_us for each in accepted)
