"""Typed settings of a function: read once, at start, with every complaint at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from lineside.errors import Misconfigured

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class EnvironmentSettings(BaseModel):
    """`lake_bucket_name` is read from `LAKE_BUCKET_NAME`, and so on."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """The settings; raises Misconfigured with every variable that is missing or wrong. Values are not repeated."""
        given = {name: environ[name.upper()] for name in cls.model_fields if name.upper() in environ}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            mistakes = tuple(f"{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors())
            raise Misconfigured(f"{len(mistakes)} environment variables are missing or wrong:", mistakes) from None
