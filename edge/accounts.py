"""The plant's own accounts and their sessions, in one SQLite file.

Passwords are kept as argon2id hashes, sessions as the SHA-256 of their secret: whoever reads the file can use neither.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from sqlite3 import Connection
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from edge.sqlite import Database
from lineside.api.access import EVERY_SITE, Person, Role
from lineside.api.limits import SignInLimits, WrongPassword
from lineside.api.models import at
from lineside.api.people_models import AccountView, ChangeAccount, NewAccount
from lineside.api.ports import Session, UnknownAccount
from lineside.api.sessions import IDLE_US, LONGEST_US
from lineside.errors import Conflict, Refused
from lineside.telemetry.timestamps import render

FIRST_START: Final = "first start"
NOTED_EVERY_US: Final = 60_000_000
"""A session's use is written down once a minute, not at every request."""
HASHES_AT_ONCE: Final = 2
"""Each takes 64 MiB for some 50 ms; a flood of sign-ins must not take all memory."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
    name TEXT PRIMARY KEY COLLATE NOCASE, password TEXT NOT NULL, role TEXT NOT NULL, sites TEXT NOT NULL,
    language TEXT NOT NULL, created_us INTEGER NOT NULL, signed_in_us INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS session (
    secret BLOB PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE, token BLOB, began_us INTEGER NOT NULL,
    seen_us INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS session_of ON session (name);
"""
_COLUMNS = "account.name, password, role, sites, language, created_us, signed_in_us"


class SqliteAccounts:
    """The `Accounts` of a plant, and the sessions that the door looks up. Any thread may use it.

    `site` is the plant's: an account that administers it always remains, once there is one.
    """

    def __init__(
        self,
        file: Path | None,
        site: str,
        *,
        hasher: PasswordHasher | None = None,
        new_secret: Callable[[], str] = lambda: secrets.token_urlsafe(32),
    ) -> None:
        self._database = Database("the file of accounts", file, _SCHEMA, private=True)
        self._site = site
        self._hasher = hasher or PasswordHasher()
        self._new_secret = new_secret
        self._limits = SignInLimits()
        self._hashing = threading.Semaphore(HASHES_AT_ONCE)
        # Verified where the name is unknown, so that the time it takes does not tell names from passwords.
        self._nobodys = self._hasher.hash(new_secret())

    def close(self) -> None:
        self._database.close()

    def sign_in(self, name: str, password: str, source: str, now_us: int) -> Session:
        """A new session; `WrongPassword`, or `TooMany` after too many of those."""
        self._limits.begin(name.casefold(), source, now_us)
        found = self._row(name)
        if not self._is_right(found[1] if found else self._nobodys, password) or found is None:
            raise WrongPassword("the name or the password is wrong")
        session = self._open(found[0], None, now_us, verified=found[1], renewed=self._renewed(found[1], password))
        self._limits.succeeded(name.casefold(), source)
        return session

    def sign_in_with_token(self, token: str, now_us: int) -> Session:
        """An administrator's session for whoever holds the token of the start; the caller has compared it."""
        return self._open(FIRST_START, _digest(token), now_us)

    def end_sessions_of_other_tokens(self, token: str) -> None:
        """At a start: a session that an earlier token opened ends with that token."""
        with self._database.writing() as database:
            database.execute("DELETE FROM session WHERE token IS NOT NULL AND token != ?", (_digest(token),))

    def sign_out(self, secret: str) -> None:
        with self._database.writing() as database:
            database.execute("DELETE FROM session WHERE secret = ?", (_digest(secret),))

    def person_of(self, secret: str, now_us: int) -> Person | None:
        """Who this session is, if it still stands; being asked keeps it alive."""
        found = self._database.rows(
            "SELECT session.name, token, began_us, seen_us, account.name, role, sites, language FROM session"
            " LEFT JOIN account ON token IS NULL AND account.name = session.name WHERE secret = ?",
            _digest(secret),
        )
        if not found:
            return None
        _, token, began_us, seen_us, name, role, sites, language = found[0]
        if now_us >= _end_us(began_us, seen_us) or (token is None and name is None):
            return None
        if now_us - seen_us >= NOTED_EVERY_US:
            self._note_use(secret, now_us)
        expires_us = _end_us(began_us, max(now_us, seen_us))
        if token is not None:
            return Person(FIRST_START, Role.ADMIN, (EVERY_SITE,), by="token", expires_us=expires_us)
        return Person(name, Role.of(role), tuple(json.loads(sites)), language, expires_us=expires_us)

    def list(self) -> list[AccountView]:
        return [_view(row) for row in self._database.rows(f"SELECT {_COLUMNS} FROM account ORDER BY name")]  # noqa: S608

    def add(self, account: NewAccount, now_us: int) -> AccountView:
        """`Conflict` where the name is taken, in any letter case."""
        row = (
            *(account.name, self._hash(account.password), account.role),
            *(json.dumps(account.sites), account.language, now_us, 0),
        )
        with self._database.writing() as database:
            if database.execute("SELECT 1 FROM account WHERE name = ?", (account.name,)).fetchone():
                raise Conflict(f"there is an account {account.name} already")
            database.execute("INSERT INTO account VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return _view(row)

    def change(self, name: str, change: ChangeAccount) -> AccountView:
        """What is given changes; a new password or role ends the account's sessions. `Refused` for the last admin."""
        password = self._hash(change.password) if change.password is not None else None
        with self._database.writing() as database:
            was = _one(database, name)
            row = (
                *(was[0], password or was[1], change.role or was[2]),
                *(json.dumps(change.sites) if change.sites is not None else was[3], change.language or was[4]),
                *was[5:],
            )
            if self._administers(was) and not self._administers(row):
                self._another_admin_remains(database, name)
            database.execute("INSERT OR REPLACE INTO account VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            if password or row[2] != was[2]:
                database.execute("DELETE FROM session WHERE name = ?", (name,))
        return _view(row)

    def remove(self, name: str) -> None:
        with self._database.writing() as database:
            if self._administers(_one(database, name)):
                self._another_admin_remains(database, name)
            database.execute("DELETE FROM account WHERE name = ?", (name,))
            database.execute("DELETE FROM session WHERE name = ?", (name,))

    def _administers(self, row: tuple[Any, ...]) -> bool:
        return row[2] == "admin" and bool({self._site, EVERY_SITE} & set(json.loads(row[3])))

    def _another_admin_remains(self, database: Connection, name: str) -> None:
        others = database.execute(f"SELECT {_COLUMNS} FROM account WHERE name != ?", (name,))  # noqa: S608
        if not any(map(self._administers, others)):
            raise Refused(f"{name} is the last admin of {self._site}; make another one first")

    def _row(self, name: str) -> tuple[Any, ...] | None:
        found = self._database.rows(f"SELECT {_COLUMNS} FROM account WHERE name = ?", name)  # noqa: S608
        return found[0] if found else None

    def _hash(self, password: str) -> str:
        with self._hashing:
            return self._hasher.hash(password)

    def _is_right(self, hashed: str, password: str) -> bool:
        with self._hashing:
            try:
                return self._hasher.verify(hashed, password)
            except (VerificationError, InvalidHashError):
                return False

    def _renewed(self, hashed: str, password: str) -> str:
        """Hashed anew where today's parameters are harder than those it was hashed with."""
        return self._hash(password) if self._hasher.check_needs_rehash(hashed) else hashed

    def _open(self, name: str, token: bytes | None, now_us: int, *, verified: str = "", renewed: str = "") -> Session:
        secret = self._new_secret()
        with self._database.writing() as database:
            if token is None:
                noted = database.execute(
                    "UPDATE account SET signed_in_us = ?, password = ? WHERE name = ? AND password = ?",
                    (now_us, renewed, name, verified),
                )
                if not noted.rowcount:  # a moment ago it was changed: what was verified is the old password
                    raise WrongPassword("the name or the password is wrong")
            database.execute(
                "DELETE FROM session WHERE began_us <= ? OR seen_us <= ?", (now_us - LONGEST_US, now_us - IDLE_US)
            )
            database.execute(
                "INSERT INTO session VALUES (?, ?, ?, ?, ?)", (_digest(secret), name, token, now_us, now_us)
            )
        person = self.person_of(secret, now_us)
        if person is None:
            raise WrongPassword("the name or the password is wrong")
        return Session(secret, person, person.expires_us)

    def _note_use(self, secret: str, now_us: int) -> None:
        with self._database.writing() as database:
            database.execute("UPDATE session SET seen_us = max(seen_us, ?) WHERE secret = ?", (now_us, _digest(secret)))


def _one(database: Connection, name: str) -> tuple[Any, ...]:
    found: tuple[Any, ...] | None = database.execute(
        f"SELECT {_COLUMNS} FROM account WHERE name = ?",  # noqa: S608
        (name,),
    ).fetchone()
    if found is None:
        raise UnknownAccount(f"there is no account {name!r}")
    return found


def _digest(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _end_us(began_us: int, seen_us: int) -> int:
    return int(min(seen_us + IDLE_US, began_us + LONGEST_US))


def _view(row: tuple[Any, ...]) -> AccountView:
    name, _, role, sites, language, created_us, signed_in_us = row
    return AccountView(
        name=name,
        role=role,
        sites=tuple(json.loads(sites)),
        language=language,
        created_at=render(created_us),
        last_signed_in_at=at(signed_in_us),
    )
