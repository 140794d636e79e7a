"""The policy: one request, the site and the moment -> a decision, with every check that was made.

It is asked when a command is proposed, again with fresh values when it is sent, and a third time at the plant side. It
has no clock and no memory: the same request, site and snapshot give the same decision.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from typing import Final

from lineside.control import checks, conditions, people, unattended
from lineside.control.case import Case
from lineside.control.request import Check, CommandRequest, Decision, Outcome
from lineside.control.snapshot import Snapshot
from lineside.site.model import Site

Row = Callable[[Case], Iterator[Check]]

ROWS: Final[tuple[Row, ...]] = (
    checks.declared,
    checks.safety,
    checks.replay,
    checks.expiry,
    people.role,
    checks.unit,
    checks.limits,
    checks.step,
    conditions.state,
    conditions.mode,
    conditions.interlocks,
    conditions.rate,
    conditions.in_flight,
    unattended.unattended,
    people.approver,
    people.approval,
)
"""In the order in which the reasons are told. All are made: whoever is refused hears everything at once."""


def decide(site: Site, request: CommandRequest, snapshot: Snapshot, answered: Container[str] = frozenset()) -> Decision:
    """What the rules say. `answered` are ids that were decided before this one, besides those that were sent.

    Refused beats needs_approval, which beats allowed. The roles of whoever approves are not in a request: the desk
    holds them to the point's `may_approve`.
    """
    case = Case(site, request, snapshot, answered)
    made = tuple(one for row in ROWS for one in row(case))
    failed = [one for one in made if not one.passed]
    reasons = tuple(one.reason for one in failed)
    return Decision(id=request.id, decision=_outcome(failed), reasons=reasons, checks=made)


def _outcome(failed: list[Check]) -> Outcome:
    if any(one.name != people.ASKING for one in failed):
        return "refused"
    return "needs_approval" if failed else "allowed"
