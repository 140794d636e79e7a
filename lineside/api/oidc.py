"""People of an identity provider: a signed token (JWT) says who they are, its groups what they may do here.

The same verifier serves a plant with OIDC and the cloud (Cognito). Only RS256 and ES256 with the provider's published
keys count: a token cannot choose how it is verified. Keys are fetched by a port, kept for a while, and fetched again
for a key we do not know, though at most once a minute, so that a flood of invented keys costs nobody anything.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any, Final

import jwt
import msgspec
from jwt.types import Options
from starlette.datastructures import Headers

from lineside.api.access import EVERY_SITE, Person, Role
from lineside.api.sessions import bearer_of
from lineside.errors import Unavailable

ALGORITHMS: Final = {"RS256": "RSA", "ES256": "EC"}
LEEWAY_SECONDS: Final = 60
KEYS_KEPT_SECONDS: Final = 3_600
REFETCH_SECONDS: Final = 60
LONGEST_TOKEN: Final = 16_384
ROLE_PREFIX: Final = "lineside-"
SITE_PREFIXES: Final = ("site:", "site-")
LANGUAGES: Final = ("en", "de", "zh")
NAME_CLAIMS: Final = ("cognito:username", "preferred_username", "username", "email", "sub")


class OidcSettings(msgspec.Struct, frozen=True):
    """Whose tokens count. `audience` is the client id that the console has at the provider."""

    issuer: str
    audience: str
    groups_claim: str = "groups"
    """`cognito:groups` for Cognito."""
    keys_url: str = ""
    """Of the JWKS; read from the issuer's discovery document when empty."""


class TokenVerifier:
    """An `Identify` for `Authorization: Bearer <JWT>`.

    `fetch` reads an address (GET, a few seconds of patience; `Unavailable` where it cannot); `now_us` is the clock.
    """

    def __init__(self, settings: OidcSettings, fetch: Callable[[str], bytes], now_us: Callable[[], int]) -> None:
        self._settings, self._now_us = settings, now_us
        self._keys = PublishedKeys(settings, fetch)

    def __call__(self, method: str, headers: Headers) -> Person | None:  # noqa: ARG002 (the port's word)
        return self.person_of(bearer_of(headers))

    def person_of(self, token: str) -> Person | None:
        """Who this token says, if it is the provider's, for us, and in time; `Unavailable` without any keys."""
        now = self._now_us() // 1_000_000
        claims = self._verified(token, now)
        if claims is None or not is_for_us(claims, self._settings, now):
            return None
        return person_from(claims, self._settings)

    def _verified(self, token: str, now: int) -> dict[str, Any] | None:
        if not token or len(token) > LONGEST_TOKEN:
            return None
        try:
            header = jwt.get_unverified_header(token)
            key = self._keys.get(header.get("kid"), header.get("alg"), now)
            if key is None:
                return None
            # The times are looked at by `is_for_us`, with the clock that we were given.
            claims: dict[str, Any] = jwt.decode(
                token, key.key, algorithms=[key.algorithm_name], options=_TIMES_AND_NAMES_LATER
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            return None
        return claims


class PublishedKeys:
    """The provider's public keys, by key id."""

    def __init__(self, settings: OidcSettings, fetch: Callable[[str], bytes]) -> None:
        self._settings, self._fetch = settings, fetch
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._trouble: Unavailable | None = None
        self._lock = threading.Lock()

    def get(self, kid: object, algorithm: object, now: float) -> jwt.PyJWK | None:
        """The key that this header names, if it is for this algorithm and this algorithm is one of ours."""
        if not isinstance(kid, str) or algorithm not in ALGORITHMS:
            return None
        if kid not in self._keys or self._is_old(now):
            # Whoever has a key that we know does not wait here.
            with self._lock:
                self._refresh(now)
        if not self._keys and self._trouble is not None:
            raise Unavailable(str(self._trouble))
        key = self._keys.get(kid)
        return key if key is not None and key.algorithm_name == algorithm else None

    def _is_old(self, now: float) -> bool:
        return self._fetched_at is None or abs(now - self._fetched_at) > KEYS_KEPT_SECONDS

    def _refresh(self, now: float) -> None:
        """Fetch them, at most once a minute. While that fails, those we have still count."""
        if self._tried_at is not None and abs(now - self._tried_at) < REFETCH_SECONDS:
            return
        self._tried_at = now
        try:
            self._keys = keys_of(self._fetch(self._address()))
            self._fetched_at, self._trouble = now, None
        except (Unavailable, msgspec.MsgspecError) as error:
            self._trouble = Unavailable(f"the keys of {self._settings.issuer} cannot be read: {error}")

    def _address(self) -> str:
        if self._settings.keys_url:
            return self._settings.keys_url
        found = self._fetch(f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration")
        return msgspec.json.decode(found, type=_Discovery).jwks_uri


def keys_of(document: bytes) -> dict[str, jwt.PyJWK]:
    """The signing keys of a JWKS that we can use, by key id; others are left out. `MsgspecError` for no JWKS."""
    found: dict[str, jwt.PyJWK] = {}
    for entry in msgspec.json.decode(document, type=_Jwks).keys:
        key = _signing_key(entry)
        if key is not None and key.key_id is not None:
            found[key.key_id] = key
    return found


def is_for_us(claims: dict[str, Any], settings: OidcSettings, now: float) -> bool:
    """Issuer, audience and times. Cognito's access tokens name the client in `client_id` and have no audience."""
    if claims.get("iss") != settings.issuer:
        return False
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    is_access_token = claims.get("token_use") == "access" and claims.get("client_id") == settings.audience
    if settings.audience not in named and not is_access_token:
        return False
    return _is_in_time(claims, now)


def person_from(claims: dict[str, Any], settings: OidcSettings) -> Person | None:
    """The person with the highest role of their groups; None where no group gives a role."""
    groups = claims.get(settings.groups_claim)
    words = [one for one in groups if isinstance(one, str)] if isinstance(groups, list) else []
    roles = [role for role in map(_role, words) if role is not None]
    subject, name = claims.get("sub"), _name(claims)
    if not roles or not isinstance(subject, str) or not subject or not name:
        return None
    locale = str(claims.get("locale", ""))[:2].lower()
    return Person(
        name=name,
        role=max(roles),
        sites=tuple(sites_of(words)),
        language=locale if locale in LANGUAGES else "en",
        by="oidc",
        subject=f"{settings.issuer}#{subject}",
        expires_us=int(claims["exp"]) * 1_000_000,
    )


def sites_of(groups: Iterable[str]) -> list[str]:
    """`site:north` and `site-north` grant north; only `site:*` grants every site."""
    found: list[str] = []
    for group in groups:
        site = next((group.removeprefix(prefix) for prefix in SITE_PREFIXES if group.startswith(prefix)), "")
        if site and (site != EVERY_SITE or group == "site:*"):
            found.append(site)
    return sorted(set(found))


class _Discovery(msgspec.Struct):
    jwks_uri: str


class _Jwks(msgspec.Struct):
    keys: list[dict[str, Any]]


_TIMES_AND_NAMES_LATER: Final = Options(
    verify_signature=True,
    verify_exp=False,
    verify_nbf=False,
    verify_iat=False,
    verify_aud=False,
    verify_iss=False,
    verify_sub=False,
    verify_jti=False,
)


def _signing_key(entry: dict[str, Any]) -> jwt.PyJWK | None:
    """One key of a JWKS; None for those that sign nothing for us, such as encryption keys and other algorithms."""
    algorithm = entry.get("alg") or next((one for one, kind in ALGORITHMS.items() if kind == entry.get("kty")), None)
    if entry.get("use", "sig") != "sig" or ALGORITHMS.get(str(algorithm)) != entry.get("kty"):
        return None
    try:
        return jwt.PyJWK(entry, algorithm=str(algorithm))
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return None


def _is_in_time(claims: dict[str, Any], now: float) -> bool:
    expires, not_before = _seconds(claims.get("exp")), _seconds(claims.get("nbf", 0))
    if expires is None or not_before is None:
        return False
    return not_before - LEEWAY_SECONDS <= now < expires + LEEWAY_SECONDS


def _seconds(value: object) -> float | None:
    """A time of a token; None for what is none."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and abs(value) < 1e11 else None  # type: ignore[arg-type]


def _role(group: str) -> Role | None:
    try:
        return Role.of(group.removeprefix(ROLE_PREFIX))
    except ValueError:
        return None


def _name(claims: dict[str, Any]) -> str:
    named = (claims.get(name) for name in NAME_CLAIMS)
    return next((one for one in named if isinstance(one, str) and 0 < len(one) <= 256), "")
