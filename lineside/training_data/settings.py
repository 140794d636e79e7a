"""How a dataset is made, as a person may choose it. Every default has its reason beside it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, lt=1)]


class DatasetSettings(BaseModel):
    """`pairs` is how many are asked for in all, refusals included; None asks for as many as the documents carry."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    pairs: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    seed: Annotated[int, Field(ge=0)] = 0
    chunk_tokens: Annotated[int, Field(ge=64, le=8_000)] = 600
    """About a page: enough for a whole procedure, short enough to stay with one subject."""
    overlap_tokens: Annotated[int, Field(ge=0, le=2_000)] = 80
    """The last sentences of a chunk begin the next one, so that what follows from them is asked about, too."""
    refusal_share: Share = 0.25
    validation_share: Share = 0.1
    test_share: Share = 0.15
    least_pairs: Annotated[int, Field(ge=1)] = 200
    """Below it no model is trained; a build only warns."""
    most_of_one_person: Share = 0.2
    """The largest share of the accepted verdicts that may come from one person."""
