"""The settings of one plant process. Every mistake is reported at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from lineside.errors import Misconfigured

_ENDPOINT = re.compile(r"[a-zA-Z0-9.-]{1,253}(:[0-9]{1,5})?", re.ASCII)
Port = Annotated[int, Field(ge=0, le=65_535)]


class PlantSettings(BaseModel):
    """What `lineside up` was asked to do. Port 0 means any free one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path
    site_file: Path | None = None
    host: str = "127.0.0.1"
    port: Port = 8765
    mqtt_host: str = "127.0.0.1"
    mqtt_port: Port = 1883
    mqtt_certificate: Path | None = None
    mqtt_key: Path | None = None
    broker: str = ""
    """An external broker instead of the embedded one: `mqtt://user:password@host:port`, or `mqtts://`."""
    allow_hosts: tuple[str, ...] = ()
    """Further names under which the HTTP API may be called, for a plant's LAN."""
    token: str = ""
    """The API's token; a random one for each start when empty."""
    models_file: Path | None = None
    """Which models answer and route (`docs/answering.md`); without it the offline model does both."""
    training_file: Path | None = None
    """How long a canary is watched, and what it must show (`docs/releases.md`); without it the usual."""
    console: Path | None = None
    """The built console; the one beside the program when None, and only the API where there is none."""
    aws_iot: str = ""
    """An AWS IoT endpoint, `host` or `host:port`, that may command this plant; nobody outside may where it is empty."""
    aws_iot_certificate: Path | None = None
    aws_iot_key: Path | None = None
    aws_iot_ca: Path | None = None
    """Whom to trust as AWS IoT; the system's own authorities when None."""
    aws_iot_client: str = ""
    """The client id; `lineside-<site>` when empty."""
    oidc_issuer: str = ""
    """An OpenID Connect provider whose people may sign in beside the plant's own accounts."""
    oidc_client: str = ""
    """The name under which the provider knows the console."""
    any_port_if_taken: bool = False
    tick_seconds: Annotated[float, Field(ge=1, le=3_600)] = 300
    notify: tuple[str, ...] = ()
    """Apprise addresses (`mailto://...`, `json://...`) for every line, beside those of the site file."""

    @property
    def drain_seconds(self) -> float:
        """How long messages may wait to share an object of the lake: a sixtieth of a tick, 0.5 to 5 s."""
        return min(5.0, max(0.5, self.tick_seconds / 60))

    @field_validator(
        *("site_file", "models_file", "training_file", "mqtt_certificate", "mqtt_key"),
        *("aws_iot_certificate", "aws_iot_key", "aws_iot_ca"),
    )
    @classmethod
    def _exists(cls, file: Path | None) -> Path | None:
        if file is not None and not file.is_file():
            raise ValueError(f"there is no file {file}")
        return file

    @field_validator("console")
    @classmethod
    def _is_built(cls, folder: Path | None) -> Path | None:
        if folder is not None and not (folder / "index.html").is_file():
            raise ValueError(f"{folder} holds no built console; `make console` builds one into frontend/dist")
        return folder

    @field_validator("broker")
    @classmethod
    def _is_a_broker(cls, address: str) -> str:
        if address and (urlsplit(address).scheme not in ("mqtt", "mqtts") or not urlsplit(address).hostname):
            raise ValueError("an external broker is given as mqtt://user:password@host:port")
        return address

    @model_validator(mode="after")
    def _tls_is_whole(self) -> PlantSettings:
        if (self.mqtt_certificate is None) != (self.mqtt_key is None):
            raise ValueError("TLS needs both a certificate and its key")
        return self

    @model_validator(mode="after")
    def _aws_iot_is_whole(self) -> PlantSettings:
        if self.aws_iot and not _ENDPOINT.fullmatch(self.aws_iot):
            raise ValueError("the AWS IoT endpoint is given as host or host:port")
        if not bool(self.aws_iot) == bool(self.aws_iot_certificate) == bool(self.aws_iot_key):
            raise ValueError("AWS IoT needs all of its endpoint, a certificate and its key")
        return self

    @model_validator(mode="after")
    def _provider_is_whole(self) -> PlantSettings:
        if bool(self.oidc_issuer) != bool(self.oidc_client):
            raise ValueError("an identity provider needs both its issuer and the console's client id")
        if self.oidc_issuer and not self.oidc_issuer.startswith("https://"):
            raise ValueError("an identity provider's issuer begins with https://")
        return self


def settings_from(**given: Any) -> PlantSettings:
    """The settings, or `Misconfigured` with every mistake in them."""
    try:
        return PlantSettings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        mistakes = tuple(_sentence(mistake) for mistake in error.errors())
        raise Misconfigured("lineside up cannot start:", mistakes) from error


def _sentence(mistake: Any) -> str:
    where = ".".join(str(part) for part in mistake["loc"]) or "settings"
    return f"{where.replace('_', '-')}: {mistake['msg'].removeprefix('Value error, ')}"
