"""A site file is read as it is written, or refused with every mistake in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineside.errors import Misconfigured
from lineside.site import UNASSIGNED_LINE, Site, parse_site, read_site, slug

GOOD = """
site: bakery-north
lines:
  - id: line-1
    machines:
      - id: Freezer Tunnel            # exactly the device name that telemetry carries
        feeds: [Cookie Inspector]
        state: State
        attributes:
          Temperature: {unit: CEL, low: -26, high: -18}
      - id: Cookie Inspector
        feeds: []
"""

BAD = """
site: bakery north
timezone: Europe/Berln
lines:
  - id: line-1
    machines:
      - id: Freezer Tunnel
        feeds: [Cookie Inspektor, Freezer Tunnel]
        atributes: {}
        attributes:
          Temperature: {unit: CEL, low: -18, high: -26}
          Speed: {unti: RPM, low: cold}
      - id: Cookie Inspector
        rejects: {rejects: Bad, max_fraction: 2}
        criticality: hihg
      - feeds: Cookie Inspector
"""


def mistakes(text: str) -> tuple[str, ...]:
    with pytest.raises(Misconfigured) as refused:
        parse_site(text)
    return refused.value.mistakes


def test_the_contract_example_is_read():
    site = parse_site(GOOD)

    freezer = site.machine_of["Freezer Tunnel"]
    assert (site.site, freezer.thing, freezer.feeds) == ("bakery-north", "freezer-tunnel", ("Cookie Inspector",))
    assert (freezer.attributes["Temperature"].low, freezer.attributes["Temperature"].high) == (-26, -18)
    assert site.lines[0].upstream == {"Freezer Tunnel": (), "Cookie Inspector": ("Freezer Tunnel",)}
    assert site.device_of_thing["cookie-inspector"] == "Cookie Inspector"


def test_a_device_that_no_line_names_is_unassigned():
    assert parse_site(GOOD).line_id("Pump 7") == UNASSIGNED_LINE


def test_a_name_that_looks_like_a_number_stays_as_it_is_written():
    site = parse_site("site: a\nlines:\n  - id: l\n    machines:\n      - id: 007\n        feeds:\n")

    assert site.machine_of["007"].feeds == ()


def test_every_mistake_is_told_at_once_with_its_line_and_the_name_meant():
    told = mistakes(BAD)

    expected = [
        "line 2: site may hold letters",
        "line 3: the time zone 'Europe/Berln' is not known; did you mean 'Europe/Berlin'?",
        "line 8: 'Freezer Tunnel' feeds 'Cookie Inspektor', which is no machine of this line; "
        "did you mean 'Cookie Inspector'?",
        "line 8: 'Freezer Tunnel' feeds itself",
        "line 9: 'atributes' is not known here; did you mean 'attributes'?",
        "line 11: low (-18) must be below high (-26)",
        "line 12: 'unti' is not known here; did you mean 'unit'?",
        "line 12: low must be a number, not 'cold'",
        "line 14: max_fraction: input should be less than or equal to 1",
        "line 15: criticality must be 'critical', 'high', 'medium' or 'low', not 'hihg'; did you mean 'high'?",
        "line 16: 'id' is missing",
        "line 16: feeds must be a list, such as [Cookie Inspector]",
    ]
    assert len(told) >= len(expected)
    for sentence in expected:
        assert any(line.startswith(sentence) for line in told), sentence


def test_one_mistake_does_not_hide_another():
    told = mistakes(
        "site: a\nlines:\n"
        "  - id: one\n"
        "    machines:\n"
        "      - {id: Mixer, feeds: [Ovn], attributes: {Speed: {low: 3, high: 1, unti: RPM}}}\n"
        "      - 7\n"
        "      - {id: Oven, buffer: -4, rejects: {rejects: Bad, max_fractoin: 2}}\n"
        "      - {id: Oven}\n"
        "      - {id: 冷凍機}\n"
        "  - {id: one}\n"
        "  - {id: unassigned}\n"
    )

    assert told == (
        "line 5: 'Mixer' feeds 'Ovn', which is no machine of this line; did you mean 'Oven'?",
        "line 5: 'unti' is not known here; did you mean 'unit'?",
        "line 5: low (3) must be below high (1)",
        "line 6: entry 2 of machines must have keys of its own, not '7'",
        "line 7: 'max_fraction' is missing",
        "line 7: 'max_fractoin' is not known here; did you mean 'max_fraction'?",
        "line 7: buffer must be true, false or the number of pieces that it holds, not '-4'",
        "line 8: the machine 'Oven' is taken by line 7; names are used once",
        "line 9: no `thing` can be derived from this id; add one of letters, digits, `:`, `_` and `-`",
        "line 10: the line id 'one' is taken by line 3; names are used once",
        "line 11: the line id 'unassigned' is kept for devices that no line names; choose another",
    )


def test_names_are_used_once():
    told = mistakes(
        "site: a\nlines:\n"
        "  - id: one\n    machines: [{id: Mixer}, {id: Mixer}, {id: mixer}]\n"
        "  - id: one\n    machines: [{id: Oven, feeds: [Mixer]}]\n"
    )

    assert any("the line id 'one' is taken by line 3" in line for line in told)
    assert any("the machine 'Mixer' is taken by line 4" in line for line in told)
    assert any("the thing 'mixer' is taken" in line for line in told)
    assert any("'Oven' feeds 'Mixer', which is no machine of this line" in line for line in told)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("- a list", "must begin with"),
        ("site: [unclosed", "not YAML"),
        ("site: a\nsite: b", "a second time"),
        ("site: a\nlines: 3", "must be a list"),
        ("a: &a [x]\nb: &b [*a, *a]\n", "'a' is not known here"),
        ("site: &s {x: *s}", "nested too deeply"),
    ],
)
def test_what_is_no_site_is_refused_in_one_sentence(text, said):
    with pytest.raises(Misconfigured, match=said):
        parse_site(text)


def test_a_bomb_of_aliases_is_refused_quickly():
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join(['*' + before] * 10)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )

    with pytest.raises(Misconfigured, match="repeats itself"):
        parse_site(bomb)


def test_a_file_that_is_not_there_says_what_to_do(tmp_path):
    with pytest.raises(Misconfigured, match="write one, or name another with --site"):
        read_site(tmp_path / "site.yaml")


def test_a_file_of_another_encoding_is_refused(tmp_path):
    (tmp_path / "site.yaml").write_bytes("site: bäckerei".encode("utf-16"))

    with pytest.raises(Misconfigured, match="cannot be read"):
        read_site(tmp_path / "site.yaml")


@given(st.text(max_size=300))
def test_any_text_is_a_site_or_a_clear_refusal(text):
    try:
        outcome: object = parse_site(text)
    except Misconfigured as refused:
        outcome = str(refused)

    assert isinstance(outcome, Site) or outcome


@given(st.text(max_size=60))
def test_a_thing_can_stand_in_a_topic(name):
    assert not set(slug(name)) & set("/+# ")


def test_a_site_names_its_folders_of_manuals_and_needs_none():
    with_manuals = parse_site("site: s\nmanuals: [manuals, bought/makers]\nlines: []\n")

    assert with_manuals.manuals == ("manuals", "bought/makers")
    assert parse_site("site: s\nlines: []\n").manuals == ()


def test_one_folder_of_manuals_must_be_a_list_too():
    with pytest.raises(Misconfigured, match=r"manuals must be a list, such as \[manuals\]"):
        parse_site("site: s\nmanuals: manuals\nlines: []\n")
