"""A step of a state machine: what it is given is read strictly, and its errors are those that a definition can name.

Step Functions tells errors apart by the name of their class alone, so an error of ours goes out as the class of
`lineside/errors.py` that it is one of: a `Waking` is an `Unavailable` there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

import lineside.errors
from lineside.errors import LinesideError, Malformed, Misconfigured

LONGEST_SENTENCE: Final = 500

RunId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
"""What an execution may be called, and what may stand in a key."""


class StepInput(BaseModel):
    """What a state hands to a function."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def read(cls, event: Mapping[str, Any]) -> Self:
        """Raises `Malformed` with everything that is missing or wrong."""
        try:
            return cls.model_validate(event)
        except ValidationError as error:
            mistakes = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
            raise Malformed(f"the state machine asks for something else than {cls.__name__}: {mistakes}") from None


class Failure(BaseModel):
    """What a state machine caught: `$states.errorOutput` as it stands."""

    model_config = ConfigDict(frozen=True)

    error: Annotated[str, Field(alias="Error")]
    cause: Annotated[str, Field(alias="Cause")] = ""

    @property
    def sentence(self) -> str:
        """What the function said, where it was one; else the error's name and cause."""
        try:
            said = json.loads(self.cause)["errorMessage"]
        except (ValueError, KeyError, TypeError):
            said = f"{self.error}: {self.cause}" if self.cause else self.error
        return " ".join(str(said).split())[:LONGEST_SENTENCE]


@contextmanager
def told_by_class() -> Iterator[None]:
    """Let an error of ours out as the class by which a state machine knows it."""
    try:
        yield
    except LinesideError as error:
        known = known_class(error)
        if known is type(error):
            raise
        raise known(str(error)) from error


def known_class(error: LinesideError) -> type[LinesideError]:
    """The nearest class of `lineside/errors.py` that this error is one of."""
    named = vars(lineside.errors).values()
    return next(
        (each for each in type(error).__mro__ if each in named and issubclass(each, LinesideError)), Misconfigured
    )
