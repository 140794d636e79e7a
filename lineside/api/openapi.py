"""The OpenAPI document of the application, from which the console's client is made.

`python -m lineside.api.openapi > frontend/openapi.json` writes it; a test compares.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, cast

from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from lineside.api.chat_models import EVENTS
from lineside.api.models import LineView, View

if TYPE_CHECKING:
    from fastapi import FastAPI

_SCHEMAS = "#/components/schemas/"
_PROBLEM = {"application/problem+json": {"schema": {"$ref": f"{_SCHEMAS}Problem"}}}
_METHODS = frozenset({"get", "put", "post", "delete", "patch"})
_STREAMS: dict[str, dict[str, type[View]]] = {"/api/chat": EVENTS, "/api/lines/{line}/events": {"line": LineView}}


def describe(app: FastAPI) -> dict[str, Any]:
    """The document: FastAPI's own, with problems under their media type and the events of the streams."""
    if not app.openapi_schema:
        described: dict[str, Any] = get_openapi(title=app.title, version=app.version, routes=app.routes)
        models = [(model, "serialization") for events in _STREAMS.values() for model in events.values()]
        _, of_events = models_json_schema(models, ref_template=f"{_SCHEMAS}{{model}}")  # type: ignore[arg-type]
        described["components"]["schemas"] |= of_events["$defs"]
        for path, methods in described["paths"].items():
            for method in _METHODS & set(methods):
                _mend(methods[method], _STREAMS.get(path))
        app.openapi_schema = described
    return app.openapi_schema


def document() -> str:
    """The document as committed: sorted, two spaces, one line break at the end."""
    from lineside.api.app import create_app
    from lineside.api.services import Services

    app = create_app(cast(Services, _NoServices()), lambda *_: None)
    described: dict[str, Any] = app.openapi()
    described["info"]["version"] = "1"
    return json.dumps(described, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _mend(operation: dict[str, Any], events: dict[str, type[View]] | None) -> None:
    for status, response in operation["responses"].items():
        if status == "default" or (status[0] in "45" and "content" not in response):
            response["content"] = _PROBLEM
    if events is None:
        return
    named = [
        {
            "type": "object",
            "required": ["event", "data"],
            "properties": {
                "event": {"const": name, "type": "string"},
                "data": {
                    "type": "string",
                    "contentMediaType": "application/json",
                    "contentSchema": {"$ref": f"{_SCHEMAS}{model.__name__}"},
                },
            },
        }
        for name, model in events.items()
    ]
    operation["responses"]["200"]["content"] = {"text/event-stream": {"itemSchema": {"oneOf": named}}}


class _NoServices:
    """Describing the routes calls none of them."""

    def __init__(self) -> None:
        from lineside.api.ports import Console

        self.version, self.console = "1", Console()


if __name__ == "__main__":
    sys.stdout.write(document())
