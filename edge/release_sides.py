"""Where `lineside releases` works: on a plant's own records, or on any Lineside over its HTTP API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import quote, urlsplit

import httpx
from pydantic import BaseModel, ValidationError

from edge.releases import plant_releases
from lineside.api.release_models import DecideRelease, PromoteRelease, ReleasesView, ReleaseView, RollBack
from lineside.api.release_views import LISTED, release_view, releases_view
from lineside.errors import Conflict, Malformed, Misconfigured, Unavailable
from lineside.releases.desk import ReleaseDesk, UnknownRelease

View = TypeVar("View", bound=BaseModel)
TIMEOUT: Final = httpx.Timeout(30.0, connect=5.0)
_LOOPBACK: Final = frozenset(("127.0.0.1", "localhost", "::1"))


class Side(Protocol):
    """What the commands do with releases. Raises errors of `lineside/errors.py`."""

    def all(self) -> ReleasesView: ...

    def one(self, release_id: str) -> ReleaseView: ...

    def promote(self, release_id: str, given: PromoteRelease) -> ReleasesView: ...

    def roll_back(self, given: RollBack) -> ReleasesView: ...

    def decide(self, release_id: str, given: DecideRelease) -> ReleaseView: ...


class PlantSide:
    """On the records of a plant, which may be running. `by` is who does it."""

    def __init__(self, desk: ReleaseDesk, by: str) -> None:
        self._desk, self._by = desk, by

    def all(self) -> ReleasesView:
        return releases_view(self._desk.list(LISTED), self._desk.aliases())

    def one(self, release_id: str) -> ReleaseView:
        return release_view(self._desk.get(release_id), self._desk.aliases())

    def promote(self, release_id: str, given: PromoteRelease) -> ReleasesView:
        self._desk.promote(
            release_id,
            by=self._by,
            reason=given.reason,
            canary_share=given.canary_share,
            seen_version=given.version,
        )
        return self.all()

    def roll_back(self, given: RollBack) -> ReleasesView:
        self._desk.roll_back(by=self._by, reason=given.reason, seen_version=given.version)
        return self.all()

    def decide(self, release_id: str, given: DecideRelease) -> ReleaseView:
        decided = self._desk.decide(release_id, approved=given.approved, by=self._by, note=given.note)
        return release_view(decided, self._desk.aliases())


class ApiSide:
    """On a Lineside in the cloud or in a plant. Whoever the token belongs to is who does it."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def all(self) -> ReleasesView:
        return self._asked(ReleasesView, "GET", "releases")

    def one(self, release_id: str) -> ReleaseView:
        return self._asked(ReleaseView, "GET", f"releases/{_part(release_id)}")

    def promote(self, release_id: str, given: PromoteRelease) -> ReleasesView:
        return self._asked(ReleasesView, "POST", f"releases/{_part(release_id)}/promote", given)

    def roll_back(self, given: RollBack) -> ReleasesView:
        return self._asked(ReleasesView, "POST", "releases-rollback", given)

    def decide(self, release_id: str, given: DecideRelease) -> ReleaseView:
        return self._asked(ReleaseView, "POST", f"releases/{_part(release_id)}/decision", given)

    def _asked(self, view: type[View], method: str, path: str, body: BaseModel | None = None) -> View:
        address = str(self._client.base_url)
        try:
            answer = self._client.request(method, f"api/{path}", json=body.model_dump() if body else None)
        except httpx.HTTPError as error:
            raise Unavailable(f"{address} does not answer: {error}") from error
        if not answer.is_success:
            raise _problem(answer, address)
        try:
            return view.model_validate_json(answer.content)
        except ValidationError as error:
            raise Misconfigured(f"{address} is no Lineside of this version: {error.errors()[0]['msg']}") from error


def _part(release_id: str) -> str:
    return quote(release_id, safe="")


def _problem(answer: httpx.Response, address: str) -> Exception:
    """The error that the API turned into this answer."""
    detail = _detail(answer)
    if answer.status_code == HTTPStatus.NOT_FOUND:
        return UnknownRelease(f"{address} says: {detail}")
    kinds: dict[int, Callable[[str], Exception]] = {
        409: Conflict,
        422: Malformed,
        429: Unavailable,
    }
    if answer.status_code in (401, 403):
        return Misconfigured(f"{address} refuses the token: {detail}")
    if answer.status_code in kinds:
        return kinds[answer.status_code](detail)
    if answer.status_code >= 500:
        return Unavailable(f"{address} failed: {detail}")
    return Misconfigured(f"{address} is no Lineside's address: it answers {answer.status_code}")


def _detail(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}"


@contextmanager
def plant_side(data: Path, by: str) -> Iterator[PlantSide]:
    """The releases of this data folder. Nothing is created by looking."""
    with plant_releases(data, make=False) as releases:
        yield PlantSide(releases.desk, by)


@contextmanager
def api_side(url: str, token: str) -> Iterator[ApiSide]:
    """A Lineside at this address. Raises `Misconfigured` where the token would be read by others on its way."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Misconfigured(f"--api takes an address such as https://lineside.example.com, not {url!r}")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise Misconfigured(f"a token is not sent to {url} in the clear; use https")
    headers = {"Authorization": f"Bearer {token}"}
    settings: dict[str, Any] = {"headers": headers, "timeout": TIMEOUT, "trust_env": False}
    with httpx.Client(base_url=url, **settings) as client:
        yield ApiSide(client)
