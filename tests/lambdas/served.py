"""`serve_api`'s application in moto's cloud, and people who ask it with a token of the user pool."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI

from tests.lambdas.aws import Cloud

POOL = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc"
CLIENT = "console-client"
SIGN_IN = {
    "OIDC_AUTHORITY": POOL,
    "OIDC_CLIENT_ID": CLIENT,
    "SIGN_OUT_URL": "https://lineside.auth.eu-central-1.amazoncognito.com/logout",
}


@dataclass
class Served:
    """The application as the Web Adapter would call it, and who calls. `clock` is in seconds since 1970."""

    app: FastAPI
    key: rsa.RSAPrivateKey
    clock: Callable[[], float] = time.time

    def token(self, *groups: str, name: str = "anna", **claims: Any) -> str:
        now = int(self.clock())
        said = {
            "iss": POOL,
            "client_id": CLIENT,
            "token_use": "access",
            "scope": "openid profile lineside/use",
            "sub": f"sub-of-{name}",
            "username": name,
            "cognito:groups": list(groups),
            "iat": now,
            "exp": now + 3_600,
        }
        return jwt.encode({**said, **claims}, self.key, algorithm="RS256", headers={"kid": "k1"})

    def ask(self, method: str, path: str, token: str = "", body: Any = None) -> httpx.Response:
        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            async with httpx.AsyncClient(transport=transport, base_url="https://line.example.com") as client:
                return await client.request(method, path, headers=headers, json=body, timeout=60)

        return asyncio.run(call())

    def as_operator(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return self.ask(method, path, self.token("operator", "site:bakery-north"), body)


def served_by(aws: Cloud, key: rsa.RSAPrivateKey, clock: Callable[[], float] = time.time) -> Served:
    """The function's application, whose user pool signs with `key`."""
    public = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    keys = json.dumps({"keys": [{**public, "kid": "k1", "use": "sig", "alg": "RS256"}]}).encode()
    fetch = {f"{POOL}/.well-known/jwks.json": keys}.__getitem__
    return Served(aws.load("serve_api").application(fetch), key, clock)
