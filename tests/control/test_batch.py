"""Lines in, decisions out: one for one, in order, whatever stands in them."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineside.control.batch import MAX_LINE_BYTES, NEEDED, as_line, lines_of
from lineside.control.request import Decision
from tests.control.asked import SEALER, asked, judged, judged_all

GOOD = json.dumps(asked())


def line(**changed: Any) -> bytes:
    return json.dumps(asked(**changed)).encode()


BROKEN = (
    (b"", None, "the line is blank"),
    (b" \t", None, "the line is blank"),
    (b"hello", None, "is not JSON"),
    (b'{"id": "c-1"', None, "is not JSON"),
    (b'"c-1"', None, "must be an object, not a text"),
    (b"[" + GOOD.encode() + b"]", None, "must be an object, not a list"),
    (b"null", None, "must be an object, not null"),
    (b"7", None, "must be an object, not a number"),
    (GOOD.encode() + GOOD.encode(), None, "is not JSON: extra data"),
    (line().replace(b"32", b"NaN"), "c-1", "NaN is no number"),
    (line().replace(b"32", b"-Infinity"), "c-1", "-Infinity is no number"),
    (line().replace(b"32", b"1e999"), "c-1", "'value': must be a number that a machine can hold"),
    (line().replace(b"32", b"3" * 5_000), None, "is not JSON"),
    (line().replace(b'"value": 32', b'"value": 32, "value": 99'), "c-1", "'value' stands in it twice"),
    (line().replace(b'"id": "c-1"', b'"id": "c-1", "id": "c-2"'), None, "'id' stands in it twice"),
    (line().replace(b"Anna", b"\xff\xfe"), "c-1", "is not UTF-8: byte"),
    (line().replace(b"c-1", b"\xff"), None, "is not UTF-8: byte"),
    (line().decode().encode("utf-16"), None, "is not UTF-8"),
    (line(id="\ud800"), None, "'id' must be a text"),
    (line(id=7), None, "'id' must be a text, not 7"),
    (line(id=""), None, "'id'"),
    (line(id=" "), None, "'id': must not be blank"),
    (line(id="x" * 257), None, "'id': string should have at most 256 characters"),
    (line(device=None), "c-1", "'device' must be a text, not null"),
    (line(value=[32]), "c-1", "'value': must be a number (it is [32])"),
    (line(value=None), "c-1", "'value': must be a number (it is null)"),
    (line(unit=None), "c-1", "no unit is given"),
    (line(roles=["operator", 7]), "c-1", "entry 2 of 'roles' must be a text, not 7"),
    (line(roles={"operator": 1}), "c-1", "'roles' must be a list of texts"),
    (line(roles=["operator"] * 65), "c-1", "'roles'"),
    (line(channel="telepathy"), "c-1", "'channel' must be 'console', 'api', 'voice', 'agent' or 'automatic'"),
    (line(channel="Console"), "c-1", "'channel' must be"),
    (line(approved_by=["Bo"]), "c-1", "'approved_by' must be a text"),
    (line(approved_by=""), "c-1", "'approved_by'"),
    (line(proposed_by="   "), "c-1", "'proposed_by': must not be blank"),
    (line(expires_at="soon"), "c-1", "'soon' is not RFC 3339"),
    (line(expires_at="9999-12-31T23:59:59-23:00"), "c-1", "'expires_at'"),
    (line(justification="x" * 2_001), "c-1", "'justification'"),
    (line(justification="x" * MAX_LINE_BYTES), None, "longer than 65,536 bytes"),
    (line()[:-1] + b', "more": ' + b"[" * 40 + b"]" * 40 + b"}", "c-1", "nested more than 16 deep"),
    (b"[" * 60_000, None, "nested more than 16 deep"),
    (line()[:-1] + b', "more": ' + b'{"a":' * 3_000 + b"1" + b"}" * 3_001, None, "nested more than 16 deep"),
)


@pytest.mark.parametrize(("raw", "command_id", "because"), BROKEN)
def test_a_broken_line_is_refused_with_its_reason_and_its_id_where_it_can_be_read(raw, command_id, because):
    decision = judged(raw)

    assert (decision.decision, decision.id) == ("refused", command_id)
    assert because in " | ".join(decision.reasons)


@pytest.mark.parametrize("key", NEEDED)
def test_a_missing_key_is_named(key):
    request = asked()
    del request[key]

    decision = judged(request)

    assert decision.reasons == (f"{key!r} is missing",)
    assert decision.id == (None if key == "id" else "c-1")


def test_everything_that_is_wrong_with_a_line_is_told_at_once():
    decision = judged(b'{"id": "c-9", "value": true, "roles": "admin", "extra": 1}')

    assert len(decision.reasons) == 9
    assert decision.id == "c-9"


def test_keys_that_nobody_knows_are_passed_over():
    assert judged(asked(comment={"by": ["Anna"]}, max=99)).decision == "allowed"


def test_null_in_a_key_that_may_be_empty_is_nothing_said():
    nothing = {"justification": None, "alarm_id": None}
    count = {"device": SEALER, "attribute": "Count", "value": 3}

    assert judged(asked() | nothing).decision == "allowed"
    assert judged(asked(unit=None)).reasons[0].startswith("no unit is given")
    assert not any("unit" in reason for reason in judged(asked(**count, unit=None)).reasons)


def test_a_broken_line_uses_no_id_up():
    broken, mended = judged_all([asked(value="32"), asked()])

    assert (broken.id, broken.decision, mended.decision) == ("c-1", "refused", "allowed")


def test_every_line_has_its_answer_in_order_and_none_depends_on_another():
    requests = [asked(id=f"c-{n}", value=28 + n % 8) for n in range(40)]

    decisions = judged_all([each for request in requests for each in (request, b"broken")])

    assert [each.id for each in decisions[::2]] == [request["id"] for request in requests]
    assert {each.decision for each in decisions[::2]} == {"allowed"}
    assert {each.decision for each in decisions[1::2]} == {"refused"}


def read(raw: bytes) -> list[bytes | None]:
    return list(lines_of(io.BytesIO(raw)))


def test_line_ends_of_other_systems_a_mark_of_utf_8_and_a_missing_last_end_are_understood():
    assert read(b"\xef\xbb\xbfa\r\n\nb\n\xef\xbb\xbfc") == [b"a", b"", b"b", b"\xef\xbb\xbfc"]
    assert read(b"") == []
    assert read(b"\n") == [b""]


@pytest.mark.parametrize("more", [0, 1, 2, 3, 70_000])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_a_line_of_the_greatest_length_is_read_and_a_longer_one_is_read_past(more, end):
    found = read(b"x" * (MAX_LINE_BYTES + more) + end + (b"y" if end else b""))

    assert found == [b"x" * MAX_LINE_BYTES if more == 0 else None, *([b"y"] if end else [])]


class Counted(io.BytesIO):
    """Remembers how much was asked for at once."""

    largest = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        self.largest = max(self.largest, size if size is not None and size >= 0 else 10**12)
        return super().readline(size)


def test_a_line_without_an_end_does_not_fill_the_memory():
    source = Counted(b"x" * 5_000_000 + b"\ny\n")

    assert list(lines_of(source)) == [None, b"y"]
    assert source.largest <= 1_048_576


def test_a_decision_is_one_line_of_ascii_with_the_three_keys():
    told = as_line(Decision(id="é\u202e", decision="refused", reasons=("no\nway",)))

    assert told == b'{"id": "\\u00e9\\u202e", "decision": "refused", "reasons": ["no\\nway"]}\n'


def test_the_words_of_a_request_come_back_short_and_harmless():
    decision = judged(asked(device="\x1b[31m" + "x" * 200, roles=["\u202eadmin"]))

    told = " ".join(decision.reasons)
    assert told.isprintable()
    assert "x" * 100 not in told


scalars = st.none() | st.booleans() | st.floats() | st.text(max_size=6)
values = scalars | st.lists(scalars, max_size=3) | st.dictionaries(st.text(max_size=3), scalars, max_size=2)
objects = st.dictionaries(st.sampled_from([*NEEDED, "x"]), values, max_size=11)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=60), (objects | values).map(lambda data: json.dumps(data).encode())))
def test_whatever_stands_in_a_line_it_is_answered_and_refused(raw):
    decision = judged(raw)

    assert decision.decision == "refused"
    assert json.loads(as_line(decision))["reasons"]


def test_how_deep_a_line_is_does_not_hang_on_who_reads_it():
    deep = line()[:-1] + b', "more": ' + b'{"a":' * 3_000 + b"1" + b"}" * 3_001
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        patient = judged(deep)
    finally:
        sys.setrecursionlimit(before)

    assert (patient.decision, patient.id) == (judged(deep).decision, judged(deep).id) == ("refused", None)


def test_brackets_in_words_are_no_depth():
    assert judged(line(justification="[{" * 200)).decision == "allowed"
