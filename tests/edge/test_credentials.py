"""Logins: a password nobody chose, readable by its owner only, and rights that end at the device."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from edge.credentials import Login, PasswordFile, logins_of
from edge.topics import Rights
from lineside.errors import Misconfigured
from lineside.site import Line, Machine, Site

PRESS = Login("press", "line-1", "press")
GATEWAY = Login("line-1-gateway", "line-1", gateway=True)
RIGHTS = Rights("north", {"press": PRESS, "line-1-gateway": GATEWAY})


def test_every_machine_has_a_login_and_so_do_devices_that_no_line_names() -> None:
    site = Site(site="north", lines=(Line(id="line-1", machines=(Machine(id="Press 4"),)),))

    names = [login.name for login in logins_of(site)]

    assert names == ["press-4", "unassigned-gateway"]


def test_a_made_password_opens_and_another_does_not(tmp_path: Path) -> None:
    passwords = PasswordFile(tmp_path)

    passwords.add_missing((PRESS, GATEWAY))

    assert passwords.verify("press", passwords.password("press"))
    assert not passwords.verify("press", passwords.password("line-1-gateway"))
    assert not passwords.verify("press", "")
    assert not passwords.verify("nobody", "")


def test_passwords_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    passwords = PasswordFile(tmp_path)
    passwords.add_missing((PRESS,))
    first = passwords.password("press")

    made = passwords.add_missing((PRESS, GATEWAY))

    assert made == 1
    assert passwords.password("press") == first
    assert stat.S_IMODE(passwords.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(passwords.plain.stat().st_mode) == 0o600


def test_a_thing_may_have_colons_in_its_name(tmp_path: Path) -> None:
    urn = Login("urn:press:4", "line-1", "urn:press:4")
    PasswordFile(tmp_path).add_missing((urn,))

    later = PasswordFile(tmp_path)

    assert later.add_missing((urn,)) == 0
    assert later.verify(urn.name, later.password(urn.name))


def test_passwords_that_cannot_be_read_are_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "passwords").write_bytes(b"\xff\xfe\x9a")

    with pytest.raises(Misconfigured, match="passwords cannot be read"):
        PasswordFile(tmp_path).add_missing((PRESS,))


def test_the_broker_needs_only_the_hashes(tmp_path: Path) -> None:
    passwords = PasswordFile(tmp_path)
    passwords.add_missing((PRESS,))
    password = passwords.password("press")

    passwords.plain.unlink()

    assert password not in passwords.file.read_text()
    assert PasswordFile(tmp_path).verify("press", password)
    with pytest.raises(Misconfigured, match=r"logins\.csv"):
        passwords.password("press")


@pytest.mark.parametrize(
    ("login", "topic", "allowed"),
    [
        ("press", "dt/lineside/north/line-1/press", True),
        ("press", "dt/lineside/north/line-1/oven", False),
        ("press", "dt/lineside/north/line-2/press", False),
        ("press", "dt/lineside/south/line-1/press", False),
        ("press", "dt/lineside/north/line-1/press/more", False),
        ("line-1-gateway", "dt/lineside/north/line-1/oven", True),
        ("line-1-gateway", "dt/lineside/north/line-2/oven", False),
        ("line-1-gateway", "dt/lineside/north/line-1/", False),
        ("line-1-gateway", "dt/lineside/north/line-1/oven/more", False),
        ("line-1-gateway", "cmd/lineside/north/line-1/oven/request", False),
        ("nobody", "dt/lineside/north/line-1/press", False),
    ],
)
def test_a_login_publishes_its_own_telemetry_only(login: str, topic: str, allowed: bool) -> None:
    assert RIGHTS.may_publish(login, topic) is allowed


@pytest.mark.parametrize(
    ("login", "filter_", "allowed"),
    [
        ("press", "cmd/lineside/north/line-1/press/#", True),
        ("press", "cmd/lineside/north/line-1/press/request", True),
        ("press", "cmd/lineside/north/line-1/press-2/request", False),
        ("press", "cmd/lineside/north/line-1/+/request", False),
        ("press", "cmd/lineside/north/line-1/#", False),
        ("press", "dt/lineside/north/line-1/press", False),
        ("press", "#", False),
        ("line-1-gateway", "cmd/lineside/north/line-1/+/request", True),
        ("line-1-gateway", "cmd/lineside/north/#", False),
        ("nobody", "cmd/lineside/north/line-1/press/#", False),
    ],
)
def test_a_login_hears_its_own_commands_only(login: str, filter_: str, allowed: bool) -> None:
    assert RIGHTS.may_hear(login, filter_) is allowed
