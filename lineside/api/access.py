"""Who asks, and what they may do here: four roles, and the sites a person was granted.

A route names the least role that may use it (`Depends(allow(Role.OPERATOR))`, or one of the aliases below); the check
of the site comes with it, so no route can have the one without the other.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Annotated, Protocol

import msgspec
from fastapi import Depends, HTTPException, Request
from starlette.datastructures import Headers

EVERY_SITE = "*"


class Role(IntEnum):
    """Each role may do what those below it may."""

    VIEWER = 1
    OPERATOR = 2
    ENGINEER = 3
    ADMIN = 4

    @classmethod
    def of(cls, name: str) -> Role:
        """`operator` -> `Role.OPERATOR`; ValueError for any other word."""
        try:
            return cls[name.strip().upper()]
        except KeyError:
            raise ValueError(f"{name!r} is no role; roles are viewer, operator, engineer and admin") from None

    @property
    def word(self) -> str:
        return self.name.lower()


class Person(msgspec.Struct, frozen=True):
    """Somebody who has signed in. `sites` holds the ids of the sites granted, or `*`."""

    name: str
    role: Role
    sites: tuple[str, ...] = ()
    language: str = "en"
    by: str = "password"
    """How they were recognised: `password`, `token` or `oidc`."""
    subject: str = ""
    """What their identity provider calls them for good; empty where the name is as good."""
    expires_us: int = 0
    """When they have to sign in again unless they go on; 0 where nothing says so."""

    @property
    def key(self) -> str:
        """Whose conversations and verdicts are theirs: a name can be chosen elsewhere, this cannot."""
        return f"{self.by}:{self.subject or self.name.casefold()}"

    def may_see(self, site: str) -> bool:
        return site in self.sites or EVERY_SITE in self.sites


class Identify(Protocol):
    """The door of a runtime: who sends these headers. None for nobody we know; never raises for a bad token.

    `Unavailable` where nobody can be recognised just now, such as an identity provider whose keys were never read.
    """

    def __call__(self, method: str, headers: Headers) -> Person | None: ...


def allow(least: Role) -> Callable[[Request], Person]:
    """A dependency: the person who asks, or 401 (nobody), 403 (another site, or a lower role)."""

    def person_who_may(request: Request) -> Person:
        person: Person | None = request.app.state.identify(request.method, request.headers)
        if person is None:
            raise HTTPException(401, "sign in first", headers={"WWW-Authenticate": "Bearer"})
        site = request.app.state.services.site.site
        if not person.may_see(site):
            raise HTTPException(403, f"{person.name} has no access to the site {site}; an admin can grant it")
        if person.role < least:
            raise HTTPException(403, f"this needs the role {least.word}; {person.name} is {person.role.word}")
        return person

    return person_who_may


Viewer = Annotated[Person, Depends(allow(Role.VIEWER))]
Operator = Annotated[Person, Depends(allow(Role.OPERATOR))]
Engineer = Annotated[Person, Depends(allow(Role.ENGINEER))]
Admin = Annotated[Person, Depends(allow(Role.ADMIN))]
