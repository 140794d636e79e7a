"""Schemas as every model server takes them."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from lineside.answering.schemas import in_words, plain_schema
from lineside.training_data.draft import schema


class Branch(BaseModel):
    leaves: list[Branch]


def test_what_a_generator_is_asked_for_has_no_references_and_no_bounds():
    plain = plain_schema(schema())

    pair = plain["properties"]["pairs"]["items"]
    assert pair["properties"]["question"] == {"type": "string"}
    assert pair["properties"]["severity"] == {"type": "string", "enum": ["low", "medium", "high", "critical"]}
    assert pair["additionalProperties"] is False
    assert plain["required"] == ["pairs"]
    assert not {"$ref", "$defs", "maxLength", "maxItems", "default"} & set(_keys(plain))


def test_a_field_that_is_named_as_a_keyword_stays():
    named = {"type": "object", "properties": {"title": {"type": "string", "title": "Title"}}}

    assert plain_schema(named) == {"type": "object", "properties": {"title": {"type": "string"}}}


def test_a_schema_that_holds_itself_is_refused():
    with pytest.raises(ValueError, match="the schema of Branch holds itself"):
        plain_schema(Branch.model_json_schema())


def test_in_words_the_schema_stands_on_a_line_of_its_own():
    assert in_words({"type": "string", "title": "Name"}).splitlines()[-1] == '{"type":"string"}'


def _keys(value: object) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(key for each in value.values() for key in _keys(each))]
    return [key for each in value for key in _keys(each)] if isinstance(value, list) else []
