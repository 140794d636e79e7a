"""Tokens of an identity provider, good and hostile."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from starlette.datastructures import Headers

from lineside.api.access import Role
from lineside.api.oidc import OidcSettings, TokenVerifier, keys_of, sites_of
from lineside.errors import Unavailable

ISSUER = "https://id.example/pool"
NOW = 1_741_000_000
SETTINGS = OidcSettings(ISSUER, "console", keys_url="https://id.example/keys")


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """One for each name: making them takes time."""
    del name
    return rsa.generate_private_key(65537, 2048)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def public(kid: str, key: Any, algorithm: str = "RS256", **changes: object) -> dict[str, Any]:
    kind = jwt.algorithms.RSAAlgorithm if algorithm.startswith("RS") else jwt.algorithms.ECAlgorithm
    described: dict[str, Any] = json.loads(kind.to_jwk(key.public_key()))
    described.pop("key_ops", None)
    return described | {"kid": kid, "use": "sig", "alg": algorithm} | changes


class Provider:
    """An identity provider's addresses, and how often they were read."""

    def __init__(self, *keys: dict[str, Any]) -> None:
        self.keys = list(keys)
        self.read: list[str] = []
        self.is_away = False

    def __call__(self, url: str) -> bytes:
        self.read.append(url)
        if self.is_away:
            raise Unavailable(f"{url} did not answer")
        if url.endswith("openid-configuration"):
            return json.dumps({"issuer": ISSUER, "jwks_uri": "https://id.example/discovered"}).encode()
        return json.dumps({"keys": self.keys}).encode()


class Clock:
    def __init__(self) -> None:
        self.seconds = NOW

    def __call__(self) -> int:
        return self.seconds * 1_000_000


def claims(**changes: object) -> dict[str, object]:
    said: dict[str, object] = {
        "iss": ISSUER,
        "aud": "console",
        "sub": "user-77",
        "preferred_username": "ada",
        "groups": ["lineside-operator", "site:north", "staff"],
        "iat": NOW - 10,
        "exp": NOW + 3_600,
    }
    return {name: value for name, value in (said | changes).items() if value is not None}


def signed(said: dict[str, object], *, kid: str = "k1", key: Any = None, algorithm: str = "RS256") -> str:
    return jwt.encode(said, key or rsa_key("ours"), algorithm=algorithm, headers={"kid": kid})


@pytest.fixture
def provider() -> Provider:
    return Provider(public("k1", rsa_key("ours")), public("e1", ec_key(), "ES256"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def verifier(provider: Provider, clock: Clock) -> TokenVerifier:
    return TokenVerifier(SETTINGS, provider, clock)


def test_a_good_token_is_a_person_with_role_and_sites(verifier: TokenVerifier) -> None:
    headers = Headers({"Authorization": f"Bearer {signed(claims(locale='de-DE'))}"})

    person = verifier("GET", headers)

    assert person is not None
    assert (person.name, person.role, person.sites, person.language) == ("ada", Role.OPERATOR, ("north",), "de")
    assert person.key == "oidc:https://id.example/pool#user-77"
    assert person.expires_us == (NOW + 3_600) * 1_000_000


def test_es256_counts_as_well(verifier: TokenVerifier) -> None:
    assert verifier.person_of(signed(claims(), kid="e1", key=ec_key(), algorithm="ES256")) is not None


def test_the_highest_role_of_many_groups_counts(verifier: TokenVerifier) -> None:
    person = verifier.person_of(signed(claims(groups=["viewer", "lineside-engineer", "operator", "site-a", "site-b"])))

    assert person is not None
    assert (person.role, person.sites) == (Role.ENGINEER, ("a", "b"))


@pytest.mark.parametrize(
    "groups", [[], ["staff"], ["site:north"], None, "admin", {"admin": True}, [7, None], ["lineside-root", "Admins"]]
)
def test_without_a_group_that_gives_a_role_there_is_no_access(verifier: TokenVerifier, groups: object) -> None:
    assert verifier.person_of(signed(claims(groups=groups))) is None


def test_only_one_group_grants_every_site() -> None:
    assert sites_of(["site:*"]) == ["*"]
    assert sites_of(["site-*", "site-", "site:", "*", "sites:north", "SITE:north"]) == []
    assert sites_of(["site-north", "site:north", "site:site:x"]) == ["north", "site:x"]


def test_cognitos_access_tokens_name_the_client_instead_of_an_audience(provider: Provider, clock: Clock) -> None:
    cognito = OidcSettings(ISSUER, "console", groups_claim="cognito:groups", keys_url="https://id.example/keys")
    verifier = TokenVerifier(cognito, provider, clock)
    access = claims(aud=None, client_id="console", token_use="access", username="ada", preferred_username=None)
    access["cognito:groups"] = access.pop("groups")

    person = verifier.person_of(signed(access))

    assert person is not None
    assert (person.name, person.role) == ("ada", Role.OPERATOR)
    assert verifier.person_of(signed(access | {"client_id": "another"})) is None
    assert verifier.person_of(signed(access | {"token_use": "id"})) is None


def unsigned(said: dict[str, object]) -> str:
    return jwt.encode(said, None, algorithm="none", headers={"kid": "k1"})


def hs256_with_the_public_key(said: dict[str, object]) -> str:
    pem = (
        rsa_key("ours")
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    head, body = (_encoded(part) for part in ({"alg": "HS256", "typ": "JWT", "kid": "k1"}, said))
    mac = hmac.new(pem, f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def with_an_own_key_in_its_header(said: dict[str, object]) -> str:
    own = public("k1", rsa_key("theirs"))
    return jwt.encode(
        said, rsa_key("theirs"), algorithm="RS256", headers={"kid": "k1", "jwk": own, "jku": "https://evil.example"}
    )


def altered(said: dict[str, object]) -> str:
    head, _, signature = signed(said).split(".")
    return f"{head}.{_encoded(said | {'groups': ['admin', 'site:*']})}.{signature}"


def _encoded(part: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


FORGED: dict[str, Callable[[dict[str, object]], str]] = {
    "no signature": unsigned,
    "the public key as a shared secret": hs256_with_the_public_key,
    "a key of its own": with_an_own_key_in_its_header,
    "other claims under a good signature": altered,
    "another key": lambda said: signed(said, key=rsa_key("theirs")),
    "an unknown key id": lambda said: signed(said, kid="k2"),
    "no key id": lambda said: jwt.encode(said, rsa_key("ours"), algorithm="RS256"),
    "a key id that is no text": lambda said: f"{_encoded({'alg': 'RS256', 'kid': 7})}.{_encoded(said)}.AAAA",
    "RS512": lambda said: signed(said, algorithm="RS512"),
    "the wrong kind of key": lambda said: signed(said, kid="k1", key=ec_key(), algorithm="ES256"),
    "no signature at all": lambda said: signed(said).rpartition(".")[0] + ".",
    "half a token": lambda said: signed(said)[:-20],
    "a very long token": lambda said: signed(said | {"padding": "x" * 20_000}),
    "no token": lambda _: "",
    "not a token": lambda _: "a.b.c",
    "deeply nested": lambda _: _encoded({"alg": "RS256", "kid": "k1"}) + "." + "W" * 15_000 + ".AAAA",
}


@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_token_is_nobody(verifier: TokenVerifier, forgery: str) -> None:
    token = FORGED[forgery](claims(groups=["admin", "site:*"]))

    assert verifier.person_of(token) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://id.example/pool/"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["another", "console2"]},
        {"aud": None},
        {"aud": {"console": 1}},
        {"exp": NOW - 61},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"nbf": NOW + 61},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
    ],
)
def test_a_token_for_others_or_of_another_time_is_nobody(verifier: TokenVerifier, changes: dict[str, object]) -> None:
    assert verifier.person_of(signed(claims(**changes))) is None


def test_a_clock_may_be_a_minute_off(verifier: TokenVerifier) -> None:
    assert verifier.person_of(signed(claims(exp=NOW - 59))) is not None
    assert verifier.person_of(signed(claims(nbf=NOW + 59))) is not None
    assert verifier.person_of(signed(claims(aud=["another", "console"]))) is not None


def test_keys_are_read_once_and_again_after_an_hour(verifier: TokenVerifier, provider: Provider, clock: Clock) -> None:
    for _ in range(5):
        verifier.person_of(signed(claims()))
    clock.seconds += 3_601

    verifier.person_of(signed(claims()))

    assert len(provider.read) == 2


def test_a_new_key_is_found_without_waiting_for_the_hour(
    verifier: TokenVerifier, provider: Provider, clock: Clock
) -> None:
    verifier.person_of(signed(claims()))
    provider.keys = [public("k2", rsa_key("theirs"))]
    clock.seconds += 61

    assert verifier.person_of(signed(claims(), kid="k2", key=rsa_key("theirs"))) is not None
    assert verifier.person_of(signed(claims())) is None


def test_a_flood_of_invented_keys_reads_no_more_than_once_a_minute(
    verifier: TokenVerifier, provider: Provider, clock: Clock
) -> None:
    for number in range(300):
        clock.seconds = NOW + number
        assert verifier.person_of(signed(claims(), kid=f"invented-{number}")) is None

    assert len(provider.read) == 5
    assert verifier.person_of(signed(claims())) is not None


def test_while_the_provider_is_away_the_keys_we_have_count(
    verifier: TokenVerifier, provider: Provider, clock: Clock
) -> None:
    verifier.person_of(signed(claims()))
    provider.is_away = True
    clock.seconds += 3_601

    assert verifier.person_of(signed(claims(exp=NOW + 9_000))) is not None


def test_a_provider_whose_keys_were_never_read_is_said_and_not_taken_for_a_bad_token(
    verifier: TokenVerifier, provider: Provider, clock: Clock
) -> None:
    provider.is_away = True

    with pytest.raises(Unavailable, match=r"the keys of https://id.example/pool cannot be read"):
        verifier.person_of(signed(claims()))
    with pytest.raises(Unavailable):
        verifier.person_of(signed(claims()))
    provider.is_away = False
    clock.seconds += 61

    assert len(provider.read) == 1
    assert verifier.person_of(signed(claims())) is not None


def test_keys_are_found_by_the_issuers_discovery_document(provider: Provider, clock: Clock) -> None:
    verifier = TokenVerifier(OidcSettings(ISSUER, "console"), provider, clock)

    assert verifier.person_of(signed(claims())) is not None
    assert provider.read == [f"{ISSUER}/.well-known/openid-configuration", "https://id.example/discovered"]


def test_keys_that_sign_nothing_for_us_are_left_out() -> None:
    published = [
        public("good", rsa_key("ours")),
        public("encrypts", rsa_key("ours"), use="enc"),
        public("weak", rsa_key("ours"), alg="RS1"),
        {"kid": "shared", "kty": "oct", "k": "c2VjcmV0", "alg": "HS256"},
        {"kid": "broken", "kty": "RSA", "alg": "RS256", "n": "!!"},
        public("good", rsa_key("ours")) | {"kid": None},
    ]

    assert list(keys_of(json.dumps({"keys": published}).encode())) == ["good"]
