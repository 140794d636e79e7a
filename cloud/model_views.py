"""The cloud's models as the console shows them. None is asked for this: an imported one would begin to bill."""

from __future__ import annotations

from typing import Literal

from lineside.answering.models import ModelRow, Models
from lineside.answering.writer import Aliases
from lineside.api.chat_models import ModelView
from lineside.errors import Unavailable

State = Literal["ready", "cold", "unavailable", "unknown"]


def model_views(models: Models, aliases: Aliases) -> list[ModelView]:
    """Every row of the file, in the order in which they are asked."""
    return [_view(row, *_standing(row, aliases)) for row in models.models]


def _view(row: ModelRow, model: str, state: State, why: str) -> ModelView:
    return ModelView(name=row.name, provider=row.provider, model=model, roles=row.roles, state=state, why=why)


def _standing(row: ModelRow, aliases: Aliases) -> tuple[str, State, str]:
    """The model that a row means now, and what is known of it without asking it."""
    if row.provider == "offline":
        return "", "ready", "Rules and quotations; it always answers."
    if row.provider != "bedrock":
        return row.model, "unavailable", f"The cloud asks models on Bedrock, not on {row.provider}."
    if not row.alias:
        return row.model, "unknown", "Billed by the token; asked when somebody asks."
    try:
        released = aliases.released(row.alias)
    except Unavailable as error:
        return row.alias, "unknown", str(error)
    if released is None:
        return row.alias, "unavailable", f"No model is released as {row.alias} yet."
    return released.model_id, "unknown", "Sleeps after five quiet minutes, and then takes about two to wake."
