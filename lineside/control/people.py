"""The checks of who asks and who agrees: role, proposer and approver.

An approval counts only as `approved_by`, which the API and the console set for the person who is signed in. Nothing
that is said, written in a chat, or stands in a justification is an approval.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from lineside.control.case import Case, quoted
from lineside.control.checks import check
from lineside.control.request import Check
from lineside.site.commands import RoleName
from lineside.site.spelling import skeleton

ROLES: Final[tuple[RoleName, ...]] = ("viewer", "operator", "engineer", "admin")
"""Each may do what those before it may."""

BY_A_PERSON: Final = ("console", "api")
NEEDS_SECOND: Final = ("medium", "high")
ASKING: Final = "approval"
"""The one check that, where it fails, refuses nothing: a person is asked."""

_NOBODY: Final = frozenset(
    (
        *("", "ai", "model", "none", "null", "nil", "undefined", "nobody", "anonymous", "unknown", "system", "n/a"),
        *("plant", "true", "false", "yes", "no", "ok", "approved"),
    )
)
_NO_PERSON: Final = frozenset(
    ("agent", "assistant", "automatic", "automation", "lineside", "bot", "chatbot", "llm", "gpt", "robot", "voice")
)
_LEAST_DIGITS: Final = 3
_WORDS: Final = re.compile(r"[\W_]+")


@lru_cache(maxsize=4_096)
def is_person(name: str) -> bool:
    """Whether a name can be a person's: Lineside's own parts are none, nor is what has neither letter nor number.

    A personnel number is one from three digits on, so that a 0 or a 1 which somebody meant as yes or no is none.
    """
    plain = skeleton(name)
    words = _WORDS.split(plain)
    return plain not in _NOBODY and not _NO_PERSON.intersection(words) and _is_named(plain)


def _is_named(plain: str) -> bool:
    return any(map(str.isalpha, plain)) or sum(map(str.isdecimal, plain)) >= _LEAST_DIGITS


def why_nobody(name: str, *, named: bool) -> str:
    """Why this decides nothing for which a person must answer, in a sentence; "" where it may."""
    if not is_person(name):
        return f"{quoted(name)} is no person and cannot approve"
    if not named:
        return (
            f"{quoted(name)} is whoever holds the token of the start, so nobody could say who agreed: "
            "sign in to the console with an account of your own, which an administrator adds under Accounts"
        )
    return ""


def is_same_person(one: str, other: str) -> bool:
    """However it is spelled: in another letter case, width, alphabet, with spaces or with invisible characters."""
    return skeleton(one) == skeleton(other)


def reaches(roles: tuple[str, ...], least: RoleName) -> bool:
    """Whether one of the roles is `least` or above it. A word that is no role counts as nothing."""
    return any(ROLES.index(role) >= ROLES.index(least) for role in ROLES if role in roles)


def role(case: Case) -> Iterator[Check]:
    """The proposer needs a role. What acts by itself has none, and needs a row instead."""
    point = case.point
    if point is None or case.request.channel == "automatic":
        return
    has = ", ".join(quoted(one, 32) for one in case.request.roles[:8]) or "none"
    told = f"proposing this needs the role {point.may_propose}; given: {has}"
    yield check("role", reaches(case.request.roles, point.may_propose), told, needs=point.may_propose, given=has)


def approver(case: Case) -> Iterator[Check]:
    """Who approves must be a person and, at medium and high risk, another one than the proposer."""
    request, point = case.request, case.point
    if request.approved_by is None:
        return
    told, name = "", quoted(request.approved_by)
    if not is_person(request.approved_by):
        told = f"{name} is no person and cannot approve; a person approves in the console or over the API"
    elif point and point.risk in NEEDS_SECOND and is_same_person(request.approved_by, request.proposed_by):
        told = f"{name} proposed it and cannot approve it: at {point.risk} risk another person must"
    yield check(
        "approver", not told, told or f"{name} approved it", by=request.approved_by, proposer=request.proposed_by
    )


def approval(case: Case) -> Iterator[Check]:
    """Whether a person must still agree. Failing it asks for one, and refuses nothing."""
    request, why = case.request, why_approval(case)
    if not why or case.point is None:
        return
    given = request.approved_by
    approved = given is not None and is_person(given) and not is_same_person(given, request.proposed_by)
    asked = "a person must approve it in the console or over the API, and not the one who proposed it"
    told = f"{why}, and {quoted(given)} approved it" if approved and given else f"{why}: {asked}"
    yield check(ASKING, approved, told, by=given, risk=case.point.risk, channel=request.channel)


def why_approval(case: Case) -> str:
    """Why another person must agree, or "" where nobody must."""
    request, point = case.request, case.point
    if point and point.risk in NEEDS_SECOND:
        return f"the risk is {point.risk}"
    if request.channel in BY_A_PERSON:
        return "" if is_person(request.proposed_by) else f"{quoted(request.proposed_by)} is no person"
    return "" if request.channel == "automatic" else f"it came by {request.channel}, which can never approve"
