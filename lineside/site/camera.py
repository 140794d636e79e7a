"""A camera at a machine: how sure an inspector must be, how often it is checked, and how long images are kept."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Days = Annotated[int, Field(ge=1, le=390)]


class Camera(BaseModel):
    """What a site says of the images of one machine; every key has a value that suits most."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    confidence: Annotated[float, Field(ge=0, le=1)] = 0.8
    """Below it a person looks at the image."""
    audit_share: Annotated[float, Field(ge=0, le=0.5)] = 0.02
    """Of the confident ones, so many are put before a person as well."""
    keep_days: Days = 30
    """An image is kept so long after it was received."""
    keep_example_days: Days = 365
    """So long, where a person gave its verdict and it is one of the newest of its class."""

    @model_validator(mode="after")
    def _examples_are_kept_no_shorter(self) -> Camera:
        if self.keep_example_days < self.keep_days:
            raise ValueError(
                f"keep_example_days ({self.keep_example_days}) must not be less than keep_days ({self.keep_days})"
            )
        return self
