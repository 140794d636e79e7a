"""Releases, aliases and outcomes to test with."""

from __future__ import annotations

from typing import Any

from lineside.releases.record import AliasTable, Evaluated, ModelRelease, Outcome, Target
from lineside.telemetry.timestamps import parse

NOW_US = parse("2026-11-02T06:00:00Z")
SECOND_US = 1_000_000
HOUR_US = 3_600 * SECOND_US
DAY_US = 24 * HOUR_US
PASSED = Evaluated(True, 0.14, 0.09, 0.19, 60, ("claude", "nova"))


def a_release(release_id: str = "r-1", **changes: Any) -> ModelRelease:
    """An approved release, as it was written first."""
    said: dict[str, Any] = {
        "made_us": NOW_US,
        "status": "approved",
        "base_model": "meta-llama/Llama-3.2-3B-Instruct",
        "dataset_hash": "5ad1",
        "model_id": f"model-of-{release_id}",
        "evaluation": PASSED,
        "approver": "Anna",
        "approved_us": NOW_US,
        "version": 1,
    }
    return ModelRelease(release_id, **(said | changes))


def target(release_id: str) -> Target:
    return Target(release_id, f"model-of-{release_id}")


def a_table(live: str = "", canary: str = "", previous: str = "", **changes: Any) -> AliasTable:
    """The aliases, each given by the id of its release."""
    means = {"live": live, "canary": canary, "previous": previous}
    said = {alias: target(release_id) for alias, release_id in means.items() if release_id}
    if canary:
        changes = {"canary_share": 0.1, "canary_since_us": NOW_US} | changes
    return AliasTable(**({"version": 1} | said | changes))


def an_outcome(number: int = 1, release_id: str = "r-1", *, seconds: float = 2.0, **changes: Any) -> Outcome:
    said: dict[str, Any] = {"alias": "live", "at_us": NOW_US + number * SECOND_US, "seconds": seconds}
    return Outcome(f"a-{number}", release_id, **(said | changes))
