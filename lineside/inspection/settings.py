"""What a site may choose about its inspection."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lineside.inspection.intake import ImageLimits

Share = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=1, le=390)]


class InspectionSettings(BaseModel):
    """Every value has one that suits a line of about one image a second with one person who looks at the queue."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    confidence: Share = 0.8
    """Below it a person looks at the image."""
    audit_share: Annotated[float, Field(ge=0, le=0.5)] = 0.02
    """Of the confident ones, so many are put before a person as well: without them nobody knows how often it is
    confidently wrong."""
    audit_seed: str = "lineside"
    """Chooses which; the same seed chooses the same images."""
    most_attempts: Annotated[int, Field(ge=1, le=50)] = 8
    """After so many a person looks at the image; with the pauses below, two hours after the first."""
    retry_seconds: Annotated[float, Field(gt=0, le=3_600)] = 60.0
    """After the first failure; twice as long after each further one, up to an hour."""
    lease_seconds: Annotated[float, Field(gt=0, le=3_600)] = 300.0
    """Longer than any inspection: after it, what a killed process had begun is begun again."""
    image_days: Days = 30
    """An image is kept so long after it was received."""
    example_days: Days = 365
    """So long, where a person gave its verdict and it is one of the newest of its class."""
    examples_kept: Annotated[int, Field(ge=0, le=10_000)] = 200
    """Of each class."""
    examples_shown: Annotated[int, Field(ge=0, le=20)] = 8
    """To a vision model, with every image."""
    examples_bytes: Annotated[int, Field(ge=0, le=40_000_000)] = 8_000_000
    """Of all that are shown together, as they were sent."""
    least_side: Annotated[int, Field(ge=128, le=2_048)] = 128
    most_side: Annotated[int, Field(ge=128, le=8_192)] = 4_096
    most_bytes: Annotated[int, Field(ge=10_000, le=20_000_000)] = 8_000_000

    @model_validator(mode="after")
    def _fit_together(self) -> InspectionSettings:
        if self.least_side > self.most_side:
            raise ValueError("least_side must not be more than most_side")
        if self.example_days < self.image_days:
            raise ValueError("example_days must not be less than image_days")
        return self

    @property
    def limits(self) -> ImageLimits:
        return ImageLimits(self.most_bytes, self.least_side, self.most_side, self.most_side * self.most_side * 3 // 4)
