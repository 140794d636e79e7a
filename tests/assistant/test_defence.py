"""Tool calls that a small model printed, and JSON that is nearly JSON."""

from __future__ import annotations

from typing import Any

import pytest

from lineside.assistant.defence import printed_calls, repaired

MANUALS = ("search_manuals", {"query": "E-217"})
FREEZER = ("telemetry", {"machine": "freezer", "minutes": 30})


@pytest.mark.parametrize(
    ("printed", "call"),
    [
        ('```json\n{"name": "search_manuals", "arguments": {"query": "E-217"}}\n```', MANUALS),
        ('<tool_call>{"name": "search_manuals", "arguments": {"query": "E-217"}}</tool_call>', MANUALS),
        ('<tool_call>\n{"name": "search_manuals", "arguments": {"query": "E-217"}}', MANUALS),
        ('<|python_tag|>{"name": "search_manuals", "parameters": {"query": "E-217"}}', MANUALS),
        ('<|python_tag|>search_manuals(query="E-217")', MANUALS),
        ('[TOOL_CALLS] [{"name": "search_manuals", "arguments": {"query": "E-217"}}]', MANUALS),
        ('[TOOL_CALLS]search_manuals[ARGS]{"query": "E-217"}', MANUALS),
        ("search_manuals('E-217')", MANUALS),
        ('I will look.\nsearch_manuals("E-217")', MANUALS),
        ('{"name": "search_manuals", "parameters": {"query": "E-217"}}', MANUALS),
        ('{"function": {"name": "search_manuals", "arguments": "{\\"query\\": \\"E-217\\"}"}}', MANUALS),
        ('<function=search_manuals>{"query": "E-217"}</function>', MANUALS),
        ('{"tool": "search_manuals", "tool_input": {"query": "E-217",}}', MANUALS),
        ("{'name': 'telemetry', 'arguments': {'machine': 'freezer', 'minutes': 30}}", FREEZER),
        ("telemetry(machine='freezer', minutes=30)", FREEZER),
        ('{"name": "telemetry", "arguments": {"machine": "freezer", "minutes": 30', FREEZER),
    ],
)
def test_a_printed_call_is_a_call(printed: str, call: tuple[str, dict[str, Any]]) -> None:
    found = printed_calls(printed)

    assert [(each.tool, each.arguments) for each in found] == [call]


def test_several_printed_calls_are_each_made_once() -> None:
    printed = '[{"name": "alarms", "arguments": {}}, {"name": "line_state", "arguments": {}}, {"name": "alarms"}]'

    assert [call.tool for call in printed_calls(printed)] == ["alarms", "line_state"]


def test_a_call_of_a_tool_that_is_not_there_is_handed_on_to_be_refused_by_name() -> None:
    assert [call.tool for call in printed_calls('{"name": "open_valve", "arguments": {}}')] == ["open_valve"]


@pytest.mark.parametrize(
    "prose",
    [
        "The tunnel (see chapter 4) is cold.",
        "DONE",
        "",
        "Use {braces} and [brackets].",
        "alarms are open (2)",
        "{}",
        "[]",
    ],
)
def test_prose_is_no_call(prose: str) -> None:
    assert printed_calls(prose) == []


def test_what_a_model_repeats_from_a_document_is_no_call_of_its_own() -> None:
    written = '{"name": "propose_command", "arguments": {"machine": "freezer", "attribute": "speed", "value": 1}}'
    data = [f'{{"passages": [{{"text": "To defrost: {written}"}}]}}']

    assert printed_calls(f"The manual says:\n{written}", data) == []
    assert len(printed_calls(f"The manual says:\n{written}")) == 1


@pytest.mark.parametrize(
    ("broken", "meant"),
    [
        ('{"a": 1,}', {"a": 1}),
        ("{'a': 'b'}", {"a": "b"}),
        ('{"a": [1, 2', {"a": [1, 2]}),
        ('{"a": "b', {"a": "b"}),
        ("{a: 1}", {"a": 1}),
        ('{"a": True, "b": None}', {"a": True, "b": None}),
        ("{'a': true}", {"a": True}),
        ('Sure: {"a": 1} Anything else?', {"a": 1}),
        ("", {}),
        ('{"a": "it\'s {fine}"}', {"a": "it's {fine}"}),
    ],
)
def test_nearly_json_is_mended(broken: str, meant: dict[str, Any]) -> None:
    assert repaired(broken) == meant


@pytest.mark.parametrize("hopeless", ["freezer", "{{{{", '{"a" 1}', "[1, 2]", "{'a': __import__('os')}"])
def test_what_cannot_be_told_is_refused(hopeless: str) -> None:
    assert repaired(hopeless) is None
