"""The query language of NGSI-LD."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineside.api.ngsi_ld_query import MOST_DEPTH, matches, parse, safe_pattern
from lineside.errors import Malformed

FREEZER: dict[str, Any] = {
    "id": "urn:ngsi-ld:ManufacturingMachine:default:north:freezer-tunnel",
    "type": "ManufacturingMachine",
    "name": {"type": "Property", "value": 'The "Freezer"'},
    "Temperature": [
        {"type": "Property", "value": -21.5, "unitCode": "CEL", "observedAt": "2025-03-03T06:00:00Z",
         "dataQuality": {"type": "Property", "value": "uncertain"}},
        {"type": "Property", "value": 3.0, "unitCode": "CEL", "datasetId": "urn:ngsi-ld:Dataset:spare"},
    ],
    "Door": {"type": "Property", "value": True},
    "Zero": {"type": "Property", "value": 0},
    "machineState": {"type": "Property", "value": "running"},
    "raisedAt": {"type": "Property", "value": {"@type": "DateTime", "@value": "2025-03-03T07:00:00+01:00"}},
    "feeds": {"type": "Relationship", "object": "urn:ngsi-ld:ManufacturingMachine:default:north:box-sealer"},
    "place": {"type": "Property", "value": {"hall": {"number": 7}}},
    "tags": {"type": "Property", "value": ["cold", "wet"]},
}  # fmt: skip


@pytest.mark.parametrize(
    "q",
    [
        "Temperature<-18", "Temperature<=-21.5", "Temperature==3", "Temperature>=3.0", "Temperature==-22..-21",
        "Temperature!=7..9", "Temperature==1,3", "Zero==0", "Zero", "Zero>-1;Zero<1", "Door==true", "Door!=false",
        'machineState=="running"', 'machineState=="down","running"', 'machineState!="down"', 'machineState~="^run"',
        'machineState!~="down"', 'name=="The \\"Freezer\\""', 'Temperature.unitCode=="CEL"',
        'Temperature.dataQuality=="uncertain"', "Temperature.dataQuality",
        "Temperature.observedAt==2025-03-03T06:00:00Z",
        "Temperature.observedAt>2025-03-02", "raisedAt==2025-03-03T06:00:00Z", "raisedAt<2025-03-03T06:00:01Z",
        "feeds==urn:ngsi-ld:ManufacturingMachine:default:north:box-sealer", "feeds", "place[hall.number]==7",
        'tags=="wet"', "Missing|Zero", "(Missing|Zero);Door", "Missing;Zero|Door", '(((Door==true)))',
        "Temperature==-1e3..1e3",
    ],
)  # fmt: skip
def test_what_a_query_finds(q: str) -> None:
    assert matches(parse(q), FREEZER)


@pytest.mark.parametrize(
    "q",
    [
        "Temperature>3", "Temperature==5..9", "Missing", "Missing!=1", "Missing==1", "Zero==false", "Door==1",
        'Zero=="0"', 'machineState=="Running"', "machineState>1", 'Temperature=="-21.5"', "Zero;Missing",
        "Missing;Door|Missing;Zero", "(Missing|Zero);Missing", 'Temperature.unitCode!="CEL"', "Temperature.Missing",
        "Door>false", 'id=="x"', "place[hall.room]", 'tags!="wet"', 'machineState!~="run"', "machineState.unitCode",
        'Temperature~="2"',
    ],
)  # fmt: skip
def test_what_a_query_does_not_find(q: str) -> None:
    assert not matches(parse(q), FREEZER)


@pytest.mark.parametrize(
    ("q", "sentence"),
    [
        ("", "character 1: there should be the name"),
        ("Temperature>", "there should be a value"),
        ("machineState==running", "text stands in double quotes: 'running'"),
        ("(Door", "a parenthesis is not closed"),
        ("Door)", "something left over"),
        ("a[b", "a bracket is not closed"),
        ("a<1,2", "lists and ranges"),
        ("a~=5", "a pattern must be text"),
        ('a~="(x+)+"', "repeats a group"),
        ('a~="("', "no regular expression"),
        ("a==" + "1," * 200 + "1", "more than 64 values"),
        (";".join(["a"] * 100), "more than 64 terms"),
        ("(" * 20 + "a" + ")" * 20, f"more than {MOST_DEPTH} deep"),
        ("a" * 3_000, "2,000 are allowed"),
        ('__import__("os").system("x")', "cannot be read"),
    ],
)
def test_a_query_that_cannot_be_read_says_where(q: str, sentence: str) -> None:
    with pytest.raises(Malformed, match=re.escape(sentence)):
        parse(q)


names = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,8}", fullmatch=True)
values = st.one_of(
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: f"{number:.3f}"),
    st.sampled_from(["true", "false", "2025-03-03T06:00:00Z", "urn:x:y"]),
    st.text(max_size=12).map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'),
)
comparisons = st.builds("{}{}{}".format, names, st.sampled_from(["==", "!=", "<", ">", "<=", ">="]), values)
queries = st.recursive(
    st.one_of(names, comparisons),
    lambda inner: st.builds("({}{}{})".format, inner, st.sampled_from(";|"), inner),
    max_leaves=20,
)


@given(st.one_of(st.text(max_size=200), st.text('abT=!<>~;|()[].,"\\0123-:', max_size=60)))
def test_no_text_makes_it_crash(text: str) -> None:
    try:
        term = parse(text)
    except Malformed:
        return
    assert matches(term, FREEZER) in (True, False)


@given(queries)
def test_every_query_of_the_language_is_read(q: str) -> None:
    assert matches(parse(q), FREEZER) in (True, False)


@given(queries, queries)
def test_and_is_both_and_or_is_either(left: str, right: str) -> None:
    one, other = matches(parse(left), FREEZER), matches(parse(right), FREEZER)

    assert matches(parse(f"({left});({right})"), FREEZER) == (one and other)
    assert matches(parse(f"({left})|({right})"), FREEZER) == (one or other)


@given(names, values, st.sampled_from(["", "Temperature", "machineState", "Door"]))
def test_unequal_is_the_opposite_of_equal_where_there_is_something(name: str, value: str, known: str) -> None:
    path = known or name
    equal, unequal = (matches(parse(f"{path}{operator}{value}"), FREEZER) for operator in ("==", "!="))

    assert equal + unequal == (path in FREEZER and path not in ("id", "type"))


@pytest.mark.parametrize("text", ["(a+)+$", "(a|a)*b", "a**", "a{9999}", r"(.)\1", "(?=a)", "a*b*c*", "x" * 200, "["])
def test_a_pattern_that_could_take_long_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        safe_pattern(text, "idPattern")


@given(st.text("ab.*+?[]()|^$\\", max_size=24))
def test_a_pattern_that_is_allowed_is_quick(text: str) -> None:
    try:
        pattern = safe_pattern(text, "idPattern")
    except Malformed:
        return
    began = time.perf_counter()

    pattern.search("a" * 512)

    assert time.perf_counter() - began < 0.5
