"""Which procedure may be quoted, and what it says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lineside.advice.sops import Sops, parse_sops, read_sops
from lineside.detection.finding import KINDS
from lineside.errors import Misconfigured
from lineside.site import read_site

MARCH_US = int(datetime(2025, 3, 3, tzinfo=UTC).timestamp() * 1e6)

CURRENT = """---
document: SOP-1
revision: 10
machines: [Oven]
alarms: [stop]
approved_by: Ada
effective_from: 2025-01-01
compliance: [Lock it out.]
---
# Oven
## Check first
- Is it hot?
## Steps
1. Open the **door**.
2. Close it.
"""


def variant(**stated: str) -> str:
    """The same document with other front matter."""
    front = "\n".join(f"{key}: {value}" for key, value in stated.items())
    return CURRENT.replace("---\n# Oven", f"{front}\n---\n# Oven").replace(
        "revision: 10\n", "" if "revision" in stated else "revision: 10\n"
    )


def quoted(*texts: str) -> list[str]:
    sops = parse_sops({f"{number}.md": text for number, text in enumerate(texts)})
    return [step.revision for step in sops.for_alarm("Oven", "stop", MARCH_US).steps[:1]]


def test_a_document_in_force_is_quoted_with_its_number_revision_and_section():
    procedure = parse_sops({"oven.md": CURRENT}).for_alarm("Oven", "stop", MARCH_US)

    assert [(step.number, step.text) for step in procedure.steps] == [("1", "Open the door."), ("2", "Close it.")]
    assert (procedure.steps[0].document, procedure.steps[0].revision) == ("SOP-1", "10")
    assert procedure.steps[0].section == "Steps"
    assert procedure.steps[0].reviewed
    assert procedure.checks == ("Is it hot?",)
    assert procedure.compliance == ("Lock it out.",)


@pytest.mark.parametrize(
    "stated",
    [
        {"status": "draft"},
        {"status": "withdrawn"},
        {"status": "superseded"},
        {"superseded_by": "SOP-2"},
    ],
)
def test_a_draft_withdrawn_or_superseded_document_is_never_quoted(stated):
    assert quoted(variant(**stated)) == []


def test_a_document_that_takes_effect_tomorrow_is_not_quoted_today():
    assert quoted(CURRENT.replace("2025-01-01", "2025-03-04")) == []
    assert quoted(CURRENT.replace("2025-01-01", "2025-03-03")) == ["10"]


def test_of_two_revisions_the_higher_is_quoted_and_ten_is_higher_than_nine():
    assert quoted(variant(revision="9"), CURRENT) == ["10"]


def test_a_revision_that_takes_effect_later_replaces_the_earlier_one():
    older = variant(revision="99").replace("2025-01-01", "2020-01-01")

    assert quoted(older, CURRENT) == ["10"]


def test_when_the_newest_revision_is_withdrawn_the_one_before_does_not_come_back():
    assert quoted(CURRENT, variant(revision="11", status="withdrawn")) == []


def test_a_draft_of_the_next_revision_does_not_replace_the_present_one():
    assert quoted(CURRENT, variant(revision="11", status="draft")) == ["10"]


def test_a_document_without_approval_is_quoted_and_marked_unreviewed():
    text = CURRENT.replace("approved_by: Ada\n", "")

    (step, _) = parse_sops({"a.md": text}).for_alarm("Oven", "stop", MARCH_US).steps
    assert not step.reviewed


def test_a_document_that_names_the_machine_comes_before_one_for_any_machine():
    general = CURRENT.replace("SOP-1", "SOP-0").replace("[Oven]", '"*"')
    sops = parse_sops({"a.md": general, "b.md": CURRENT})

    assert sops.for_alarm("Oven", "stop", MARCH_US).steps[0].document == "SOP-1"
    assert sops.for_alarm("Mixer", "stop", MARCH_US).steps[0].document == "SOP-0"
    assert sops.for_alarm("Oven", "drift", MARCH_US).steps == ()


def test_a_table_holds_many_machines_under_one_document_number():
    table = (
        "document,revision,machine,alarm,step,text,approved_by,effective_from,superseded_by,status\n"
        "T-1,2,Oven,stop,1,Look.,Ada,2025-01-01,,current\n"
        "T-1,2,Mixer,stop,1,Listen.,Ada,2025-01-01,,current\n"
        "T-1,1,Mixer,stop,1,Hit it.,Ada,2024-01-01,T-1 rev 2,superseded\n"
    )
    sops = parse_sops({"table.csv": table})

    assert [step.text for step in sops.for_alarm("Oven", "stop", MARCH_US).steps] == ["Look."]
    assert [step.text for step in sops.for_alarm("Mixer", "stop", MARCH_US).steps] == ["Listen."]


def test_every_mistake_is_reported_at_once():
    bad = {
        "a.md": CURRENT.replace("[stop]", "[stpo]"),
        "b.md": CURRENT.replace("document: SOP-1\n", ""),
        "c.md": "---\n{ not yaml\n---\n",
        "d.csv": "document,step\nx,1\n",
        "good.md": CURRENT,
    }

    with pytest.raises(Misconfigured) as caught:
        parse_sops(bad)

    assert {mistake.split(":")[0] for mistake in caught.value.mistakes} == {"a.md", "b.md", "c.md", "d.csv"}


def test_a_text_without_front_matter_is_no_procedure():
    assert parse_sops({"README.md": "# Read me\n1. First.\n"}) == Sops()


def test_a_hostile_document_is_data():
    text = CURRENT.replace("Close it.", "Close\x1b[2J it. " + "x" * 5000).replace("Ada", "!!python/object:os.system x")

    with pytest.raises(Misconfigured):
        parse_sops({"a.md": text})

    (_, step) = (
        parse_sops({"a.md": text.replace("!!python/object:os.system x", "Ada")})
        .for_alarm("Oven", "stop", MARCH_US)
        .steps
    )
    assert "\x1b" not in step.text
    assert len(step.text) <= 400


def test_a_folder_that_is_not_there_is_one_clear_sentence(tmp_path):
    with pytest.raises(Misconfigured, match="no folder of procedures"):
        read_sops(tmp_path / "none")


def test_the_samples_never_quote_what_is_withdrawn_superseded_or_a_draft(samples):
    sops = read_sops(samples / "sops")
    site = read_site(samples / "site.yaml")

    steps = [
        step for device in site.machine_of for kind in KINDS for step in sops.for_alarm(device, kind, MARCH_US).steps
    ]

    assert {"SOP-VC-07", "SOP-FT-02", "SOP-PK-15", "SOP-IT-11", "SOP-GEN-10"} <= {step.document for step in steps}
    assert not {"SOP-FT-01", "SOP-GEN-20"} & {step.document for step in steps}
    assert {step.revision for step in steps if step.document == "SOP-VC-07"} == {"4"}
    assert {step.revision for step in steps if step.document == "SOP-PK-15"} == {"5"}
    assert {step.document for step in steps if not step.reviewed} == {"SOP-IT-11"}
