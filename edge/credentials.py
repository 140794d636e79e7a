"""Who may connect to the plant's broker: one login per device, with a password that nobody chose.

`passwords` holds salted scrypt hashes and is all that the broker reads; it is read again when it changes, so a line
may be added or removed while the plant runs. `logins.csv` holds the passwords themselves, readable by its owner only,
to be copied into the devices; it may be deleted afterwards.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from lineside.errors import Misconfigured
from lineside.site import UNASSIGNED_LINE, Site

_SCRYPT_COST = 2**14
_SCRYPT_BLOCK = 8
_NO_SUCH_LOGIN = f"{'0' * 32}${'0' * 64}"


@dataclass(frozen=True)
class Login:
    """A name that may connect, for one thing of one line; a gateway speaks for every thing of its line."""

    name: str
    line: str
    thing: str = ""
    gateway: bool = False


def logins_of(site: Site) -> tuple[Login, ...]:
    """One login per machine of the site, and one gateway for devices that no line names."""
    devices = tuple(
        Login(machine.thing, line.id, machine.thing, machine.gateway)
        for line in site.lines
        for machine in line.machines
    )
    return (*devices, Login(f"{UNASSIGNED_LINE}-gateway", UNASSIGNED_LINE, gateway=True))


class PasswordFile:
    """The hashed passwords, one `name:salt$hash` per line."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.file = folder / "passwords"
        self.plain = folder / "logins.csv"
        self._hashes: dict[str, str] = {}
        self._read_at_ns = -1

    def add_missing(self, logins: tuple[Login, ...]) -> int:
        """Make a random password for every login that has none yet. Returns how many were made."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = self._known()
        made = [(login.name, secrets.token_urlsafe(24)) for login in logins if login.name not in known]
        if made:
            _append_private(self.plain, _csv_rows(made, with_header=not self.plain.exists()))
            _append_private(self.file, "".join(f"{name}:{_hash(password)}\n" for name, password in made))
        return len(made)

    def verify(self, name: str, password: str) -> bool:
        """Whether this is the password of this name. Takes as long for a name that does not exist."""
        expected = self._known().get(name, _NO_SUCH_LOGIN)
        salt = expected.partition("$")[0]
        try:
            given = _hash(password, bytes.fromhex(salt))
        except ValueError as error:
            raise Misconfigured(f"{self.file} has a line that is not name:salt$hash for {name}") from error
        return hmac.compare_digest(given, expected)

    def password(self, name: str) -> str:
        """The password of one login, from the plain file: what a device is configured with."""
        try:
            with self.plain.open(newline="") as file:
                for row in csv.DictReader(file):
                    if row["name"] == name:
                        return row["password"]
        except OSError as error:
            raise Misconfigured(f"{self.plain} cannot be read: {error.strerror}") from error
        raise Misconfigured(f"{self.plain} has no login named {name}")

    def _known(self) -> dict[str, str]:
        try:
            changed_ns = self.file.stat().st_mtime_ns
            lines = self.file.read_text(encoding="utf-8").splitlines() if changed_ns != self._read_at_ns else None
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            raise Misconfigured(f"{self.file} cannot be read: {error}") from error
        if lines is not None:
            # The hash has no colon; a name may.
            pairs = (line.rpartition(":") for line in lines if line.strip() and not line.startswith("#"))
            self._hashes = {name: hashed.strip() for name, _, hashed in pairs}
            self._read_at_ns = changed_ns
        return self._hashes


def _hash(password: str, salt: bytes | None = None) -> str:
    salt = salt if salt is not None else secrets.token_bytes(16)
    key = hashlib.scrypt(password.encode(), salt=salt, n=_SCRYPT_COST, r=_SCRYPT_BLOCK, p=1, dklen=32)
    return f"{salt.hex()}${key.hex()}"


def _csv_rows(rows: list[tuple[str, str]], *, with_header: bool) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if with_header:
        writer.writerow(("name", "password"))
    writer.writerows(rows)
    return text.getvalue()


def _append_private(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
