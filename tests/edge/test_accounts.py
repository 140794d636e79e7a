"""The plant's accounts: argon2id, short sessions, and patience with nobody who guesses."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from edge.accounts import SqliteAccounts
from lineside.api.access import Role
from lineside.api.limits import TooMany, WrongPassword
from lineside.api.people_models import ChangeAccount, NewAccount
from lineside.api.ports import UnknownAccount
from lineside.errors import Conflict, Refused
from lineside.telemetry.timestamps import parse

NOW_US = parse("2025-03-03T06:00:00Z")
MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "correct horse battery"


@pytest.fixture
def accounts() -> Iterator[SqliteAccounts]:
    made = SqliteAccounts(None, "north", hasher=QUICK)
    yield made
    made.close()


def an_account(name: str = "Ada", role: str = "operator", **changes: object) -> NewAccount:
    given = {"name": name, "password": PASSWORD, "role": role, "sites": ["north"], "language": "de"}
    return NewAccount.model_validate(given | changes)


def a_change(**changes: object) -> ChangeAccount:
    return ChangeAccount.model_validate(changes)


def guess(accounts: SqliteAccounts, name: str, times: int, now_us: int = NOW_US, source: str = "10.0.0.9") -> None:
    for _ in range(times):
        with pytest.raises(WrongPassword):
            accounts.sign_in(name, "wrong", source, now_us)


def test_who_knows_the_password_gets_a_session_as_the_account_says(accounts: SqliteAccounts) -> None:
    accounts.add(an_account(), NOW_US)

    session = accounts.sign_in("ada", PASSWORD, "10.0.0.1", NOW_US)

    person = accounts.person_of(session.secret, NOW_US + MINUTE_US)
    assert person is not None
    assert (person.name, person.role, person.sites, person.language) == ("Ada", Role.OPERATOR, ("north",), "de")
    assert accounts.list()[0].last_signed_in_at == "2025-03-03T06:00:00Z"


def test_a_wrong_name_and_a_wrong_password_are_told_alike(accounts: SqliteAccounts) -> None:
    accounts.add(an_account(), NOW_US)

    told = []
    for name, password in (("Ada", "wrong"), ("Bob", PASSWORD), ("", ""), ("Ada", PASSWORD + " ")):
        with pytest.raises(WrongPassword) as refused:
            accounts.sign_in(name, password, "10.0.0.1", NOW_US)
        told.append(str(refused.value))

    assert set(told) == {"the name or the password is wrong"}


def test_an_unknown_name_takes_as_long_as_a_wrong_password() -> None:
    slow = SqliteAccounts(None, "north", hasher=PasswordHasher(time_cost=2, memory_cost=16_384, parallelism=1))
    slow.add(an_account(), NOW_US)

    def quickest(name: str) -> float:
        taken = []
        for number in range(3):
            began = time.perf_counter()
            with pytest.raises(WrongPassword):
                slow.sign_in(name, "wrong", f"10.0.0.{number}", NOW_US)
            taken.append(time.perf_counter() - began)
        return min(taken)

    known, unknown = quickest("Ada"), quickest("Bob")
    slow.close()

    assert unknown > known / 2


def test_neither_passwords_nor_sessions_can_be_read_from_the_file(tmp_path: Path) -> None:
    accounts = SqliteAccounts(tmp_path / "accounts.db", "north", hasher=QUICK)
    accounts.add(an_account(), NOW_US)
    session = accounts.sign_in("Ada", PASSWORD, "10.0.0.1", NOW_US)
    accounts.close()

    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())

    assert b"$argon2id$" in content
    assert PASSWORD.encode() not in content
    assert session.secret.encode() not in content


@pytest.mark.parametrize("before", [(), ("accounts.db", "accounts.db-wal", "accounts.db-shm")])
def test_nobody_else_may_read_the_accounts_nor_the_log_beside_them(tmp_path: Path, before: tuple[str, ...]) -> None:
    for name in before:
        (tmp_path / name).touch(mode=0o644)

    accounts = SqliteAccounts(tmp_path / "accounts.db", "north", hasher=QUICK)
    accounts.add(an_account(), NOW_US)
    rights = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    accounts.close()

    assert rights == dict.fromkeys(("accounts.db", "accounts.db-wal", "accounts.db-shm"), 0o600)


def test_the_hasher_is_argon2id_as_hard_as_recommended(tmp_path: Path) -> None:
    accounts = SqliteAccounts(tmp_path / "accounts.db", "north")
    accounts.add(an_account(), NOW_US)
    accounts.close()

    (stored,) = sqlite3.connect(tmp_path / "accounts.db").execute("SELECT password FROM account").fetchone()

    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_hash_of_weaker_parameters_is_renewed_at_the_next_sign_in(tmp_path: Path) -> None:
    weak = SqliteAccounts(tmp_path / "accounts.db", "north", hasher=QUICK)
    weak.add(an_account(), NOW_US)
    weak.close()
    harder = SqliteAccounts(tmp_path / "accounts.db", "north", hasher=PasswordHasher(1, 64, 1))

    harder.sign_in("Ada", PASSWORD, "10.0.0.1", NOW_US)
    session = harder.sign_in("Ada", PASSWORD, "10.0.0.1", NOW_US)
    harder.close()

    (stored,) = sqlite3.connect(tmp_path / "accounts.db").execute("SELECT password FROM account").fetchone()
    assert "m=64," in stored
    assert session.person.name == "Ada"


def test_a_session_lives_half_an_hour_after_its_last_use(accounts: SqliteAccounts) -> None:
    accounts.add(an_account(), NOW_US)
    secret = accounts.sign_in("Ada", PASSWORD, "10.0.0.1", NOW_US).secret

    used = accounts.person_of(secret, NOW_US + 29 * MINUTE_US)
    used_again = accounts.person_of(secret, NOW_US + 58 * MINUTE_US)

    assert used is not None
    assert used.expires_us == NOW_US + 59 * MINUTE_US
    assert used_again is not None
    assert accounts.person_of(secret, NOW_US + 88 * MINUTE_US) is None


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(accounts: SqliteAccounts) -> None:
    accounts.add(an_account(), NOW_US)
    secret = accounts.sign_in("Ada", PASSWORD, "10.0.0.1", NOW_US).secret

    seen = [accounts.person_of(secret, NOW_US + minutes * MINUTE_US) is not None for minutes in range(0, 13 * 60, 20)]

    assert seen == [minutes < 12 * 60 for minutes in range(0, 13 * 60, 20)]


def test_signing_out_ends_that_session_and_no_other(accounts: SqliteAccounts) -> None:
    accounts.add(an_account(), NOW_US)
    here, there = (accounts.sign_in("Ada", PASSWORD, "10.0.0.1", NOW_US).secret for _ in range(2))

    accounts.sign_out(here)

    assert accounts.person_of(here, NOW_US) is None
    assert accounts.person_of(there, NOW_US) is not None


@pytest.mark.parametrize("change", [{"password": "another long password"}, {"role": "viewer"}])
def test_a_new_password_or_role_ends_the_sessions_of_that_person_only(
    accounts: SqliteAccounts, change: dict[str, str]
) -> None:
    accounts.add(an_account(), NOW_US)
    accounts.add(an_account("Bob"), NOW_US)
    ada, bob = (accounts.sign_in(name, PASSWORD, "10.0.0.1", NOW_US).secret for name in ("Ada", "Bob"))

    accounts.change("ADA", a_change(**change))

    assert accounts.person_of(ada, NOW_US) is None
    assert accounts.person_of(bob, NOW_US) is not None


def test_another_language_or_site_counts_at_once_and_keeps_the_session(accounts: SqliteAccounts) -> None:
    accounts.add(an_account(), NOW_US)
    secret = accounts.sign_in("Ada", PASSWORD, "10.0.0.1", NOW_US).secret

    accounts.change("Ada", a_change(language="zh", sites=["south"]))

    person = accounts.person_of(secret, NOW_US)
    assert person is not None
    assert (person.language, person.sites) == ("zh", ("south",))


def test_a_removed_account_is_out_at_once_even_if_its_name_comes_back(accounts: SqliteAccounts) -> None:
    accounts.add(an_account(), NOW_US)
    secret = accounts.sign_in("Ada", PASSWORD, "10.0.0.1", NOW_US).secret

    accounts.remove("Ada")
    accounts.add(an_account("Ada", "admin"), NOW_US)

    assert accounts.person_of(secret, NOW_US) is None


def test_the_last_admin_can_neither_be_removed_nor_demoted_nor_sent_away(accounts: SqliteAccounts) -> None:
    accounts.add(an_account("Root", "admin"), NOW_US)
    accounts.add(an_account("South", "admin", sites=["south"]), NOW_US)

    for act in (
        lambda: accounts.remove("root"),
        lambda: accounts.change("Root", a_change(role="engineer")),
        lambda: accounts.change("Root", a_change(sites=[])),
    ):
        with pytest.raises(Refused, match="is the last admin of north"):
            act()
    accounts.add(an_account("Second", "admin", sites=["*"]), NOW_US)
    accounts.remove("Root")

    assert [one.name for one in accounts.list()] == ["Second", "South"]


def test_a_name_is_taken_in_any_letter_case(accounts: SqliteAccounts) -> None:
    accounts.add(an_account("Ada"), NOW_US)

    with pytest.raises(Conflict, match="there is an account"):
        accounts.add(an_account("ADA"), NOW_US)


def test_what_is_not_there_cannot_be_changed_or_removed(accounts: SqliteAccounts) -> None:
    for act in (lambda: accounts.change("Bob", a_change(role="viewer")), lambda: accounts.remove("Bob")):
        with pytest.raises(UnknownAccount, match="there is no account 'Bob'"):
            act()


def test_after_five_wrong_passwords_a_name_waits_longer_each_time(accounts: SqliteAccounts) -> None:
    accounts.add(an_account(), NOW_US)
    guess(accounts, "Ada", 5)

    waits, now_us = [], NOW_US
    for _ in range(7):
        with pytest.raises(TooMany) as refused:
            accounts.sign_in("ADA", PASSWORD, "10.0.0.1", now_us)
        waits.append(refused.value.retry_after_seconds)
        now_us += waits[-1] * 1_000_000
        guess(accounts, "Ada", 1, now_us)

    assert waits == [1, 2, 4, 8, 16, 30, 30]


def test_waiting_helps_and_the_right_password_then_forgets_the_wrong_ones(accounts: SqliteAccounts) -> None:
    accounts.add(an_account(), NOW_US)
    guess(accounts, "Ada", 5)
    with pytest.raises(TooMany):
        accounts.sign_in("Ada", PASSWORD, "10.0.0.9", NOW_US)

    accounts.sign_in("Ada", PASSWORD, "10.0.0.9", NOW_US + 1_000_000)

    guess(accounts, "Ada", 5, NOW_US + 1_000_000)


def test_one_address_with_many_names_waits_too_and_another_does_not(accounts: SqliteAccounts) -> None:
    accounts.add(an_account(), NOW_US)
    for number in range(20):
        guess(accounts, f"name-{number}", 1)

    with pytest.raises(TooMany):
        accounts.sign_in("Ada", PASSWORD, "10.0.0.9", NOW_US)

    assert accounts.sign_in("Ada", PASSWORD, "10.0.0.1", NOW_US).person.name == "Ada"


def test_the_token_of_the_start_opens_an_administrators_session(accounts: SqliteAccounts) -> None:
    session = accounts.sign_in_with_token("the-token", NOW_US)

    person = accounts.person_of(session.secret, NOW_US)
    assert person is not None
    assert (person.name, person.role, person.by) == ("first start", Role.ADMIN, "token")
    assert person.may_see("north")


def test_sessions_of_an_earlier_token_end_with_it(accounts: SqliteAccounts) -> None:
    accounts.add(an_account(), NOW_US)
    old, new = (accounts.sign_in_with_token(token, NOW_US).secret for token in ("old", "new"))
    ada = accounts.sign_in("Ada", PASSWORD, "10.0.0.1", NOW_US).secret

    accounts.end_sessions_of_other_tokens("new")

    assert [accounts.person_of(secret, NOW_US) is not None for secret in (old, new, ada)] == [False, True, True]


def test_accounts_and_sessions_are_still_there_after_a_restart(tmp_path: Path) -> None:
    before = SqliteAccounts(tmp_path / "accounts.db", "north", hasher=QUICK)
    before.add(an_account(), NOW_US)
    secret = before.sign_in("Ada", PASSWORD, "10.0.0.1", NOW_US).secret
    before.close()

    after = SqliteAccounts(tmp_path / "accounts.db", "north", hasher=QUICK)
    person = after.person_of(secret, NOW_US)
    after.close()

    assert person is not None


@pytest.mark.parametrize("secret", ["", "x", "é\x00", "first start"])
def test_an_invented_secret_is_nobody(accounts: SqliteAccounts, secret: str) -> None:
    accounts.sign_in_with_token("the-token", NOW_US)

    assert accounts.person_of(secret, NOW_US) is None
