"""JSON schemas as every model server takes them, and as words for a model whose server takes none."""

from __future__ import annotations

import json
from typing import Any, Final

_SHAPE: Final = frozenset({
    "type", "properties", "required", "additionalProperties", "items", "prefixItems", "enum", "const", "anyOf",
    "description",
})  # fmt: skip
"""Keywords that say what an answer looks like. Those that bound it (lengths, counts, patterns) are left out: Bedrock's
structured output refuses them, and a grammar that is made of them can be too large; whoever asked validates anyway."""


def plain_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without references, titles and bounds. Raises ValueError for one that holds itself."""
    plain: dict[str, Any] = _plain(schema, schema.get("$defs", {}), ())
    return plain


def in_words(schema: dict[str, Any]) -> str:
    """What a model is told where nothing else holds it to the schema."""
    shape = json.dumps(plain_schema(schema), ensure_ascii=False, separators=(",", ":"))
    return f"Write one JSON object that fits this JSON schema, and nothing before or after it:\n{shape}"


def _plain(schema: Any, definitions: dict[str, Any], inside: tuple[str, ...]) -> Any:
    if isinstance(schema, list):
        return [_plain(each, definitions, inside) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        if name in inside:
            raise ValueError(f"the schema of {name} holds itself; no model can be held to it")
        return _plain(definitions[name], definitions, (*inside, name))
    return {
        key: {name: _plain(each, definitions, inside) for name, each in value.items()}
        if key == "properties"
        else _plain(value, definitions, inside)
        for key, value in schema.items()
        if key in _SHAPE
    }
