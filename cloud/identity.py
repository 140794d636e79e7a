"""Who signs in at the user pool: its public keys, fetched over HTTPS with a few seconds of patience."""

from __future__ import annotations

from typing import Final

import urllib3

from lineside.api.oidc import OidcSettings
from lineside.errors import Unavailable

GROUPS_CLAIM: Final = "cognito:groups"
PATIENCE: Final = urllib3.Timeout(connect=2, read=4)
LARGEST_DOCUMENT: Final = 100_000


def cognito(authority: str, client_id: str) -> OidcSettings:
    """The settings of a `TokenVerifier` for a user pool. `authority` is its issuer.

    The address of the keys is known, so nothing needs to be discovered.
    """
    return OidcSettings(
        issuer=authority,
        audience=client_id,
        groups_claim=GROUPS_CLAIM,
        keys_url=f"{authority.rstrip('/')}/.well-known/jwks.json",
    )


class Fetch:
    """Reads an address; `Unavailable` where it cannot."""

    def __init__(self) -> None:
        self._pool = urllib3.PoolManager(timeout=PATIENCE, retries=urllib3.Retry(2, redirect=0, backoff_factor=0.2))

    def __call__(self, address: str) -> bytes:
        try:
            answer = self._pool.request("GET", address, preload_content=False)
            content = answer.read(LARGEST_DOCUMENT)
        except urllib3.exceptions.HTTPError as error:
            raise Unavailable(f"{address} did not answer: {type(error).__name__}") from error
        if answer.status != 200:
            raise Unavailable(f"{address} answered {answer.status}")
        return bytes(content)
