"""A folder of documents becomes a library, and what cannot be read is said and hides nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lineside.api.documents import LibraryDocuments
from lineside.errors import Misconfigured
from lineside.manuals.library import Library, library_of_site, read_document, read_library
from lineside.manuals.shelf import Shelf
from lineside.site import read_site
from tests.manuals.make_pdf import Page, pdf

TODAY = date(2025, 3, 3)

CURRENT = """---
document: SOP-1
revision: 2
machines: [Oven]
approved_by: Ada
effective_from: 2025-01-01
---
# Oven
1. Open the door.
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "library").mkdir()
    return tmp_path / "library"


def put(folder: Path, **files: str | bytes) -> Library:
    """`oven_md="..."` becomes `oven.md`, `oven_pdf_yaml` becomes `oven.pdf.yaml`."""
    for name, content in files.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_library([folder])


def standing(library: Library, today: date = TODAY) -> dict[str, str]:
    return {document.path.name: library.status(document, today) for document in library.documents}


def texts(library: Library, today: date = TODAY) -> list[str]:
    return [passage.text for passage in library.passages(today)]


def test_the_newest_revision_in_force_is_the_only_one_that_is_quoted(folder):
    library = put(
        folder,
        now_md=CURRENT,
        old_md=CURRENT.replace("revision: 2", "revision: 1").replace("Open", "Kick"),
        next_md=CURRENT.replace("revision: 2", "revision: 3")
        .replace("2025-01-01", "2025-04-01")
        .replace("Open", "Melt"),
        draft_md=CURRENT.replace("revision: 2", "revision: 4\nstatus: Draft").replace("Open", "Paint"),
    )

    assert texts(library) == ["Open the door."]
    assert texts(library, date(2025, 4, 1)) == ["Melt the door."]
    assert standing(library) == {"now.md": "current", "old.md": "superseded", "next.md": "draft", "draft.md": "draft"}
    (coming,) = [document for document in library.documents if document.path.name == "next.md"]
    assert library.problem(coming, TODAY) == "it takes effect on 2025-04-01; until then it is not quoted"


def test_a_document_with_a_last_day_is_quoted_until_then(folder):
    library = put(folder, a_md=CURRENT.replace("revision: 2", "superseded_on: 2025-03-04\nsuperseded_by: SOP-2"))

    assert texts(library) == ["Open the door."]
    assert texts(library, date(2025, 3, 4)) == []


@pytest.mark.parametrize("status", ["withdrawn", "obsolete", "superseded", "in review"])
def test_a_document_of_another_standing_is_listed_and_never_quoted(folder, status):
    library = put(folder, a_md=CURRENT.replace("revision: 2", f"status: {status}"))

    assert texts(library) == []
    assert len(library.documents[0].passages) == 1


def test_a_number_written_in_another_case_is_the_same_document(folder):
    library = put(folder, a_md=CURRENT, b_md=CURRENT.replace("SOP-1", "sop-1").replace("revision: 2", "revision: 3"))

    assert standing(library) == {"a.md": "superseded", "b.md": "current"}


def test_a_pdf_is_described_by_the_file_beside_it(folder):
    library = put(
        folder,
        oven_pdf=pdf(Page().heading("Oven").text("Open the door.")),
        oven_pdf_yaml="document: OM-1\nrevision: 7\nmachines: [Oven]\napproved_by: Ada\neffective_from: 2025-01-01\n",
    )

    (passage,) = library.passages(TODAY)
    assert (passage.document, passage.revision, passage.page, passage.machines) == ("OM-1", "7", "1", ("Oven",))
    assert passage.title == "Oven"
    assert passage.reviewed
    assert library.documents[0].pages == 1


def test_a_pdf_that_nobody_approved_is_quoted_and_marked_unreviewed(folder):
    blank = Page().text("Approved by: [Name]", "Date: [Date]").gap().text("Open the door.")
    half = Page().text("Approved by: [Name]", "Date: 2025-01-01").gap().text("Close the door.")

    library = put(folder, blank_pdf=pdf(blank), half_pdf=pdf(half))

    assert {passage.reviewed for passage in library.passages(TODAY)} == {False}
    assert standing(library) == {"blank.pdf": "unreviewed", "half.pdf": "unreviewed"}


def test_what_a_pdf_prints_of_itself_counts(folder):
    printed = Page().text("Document No.: OM-2", "Revision: 3", "Approved by: Ada", "Effective date: 12 March 2025")

    library = put(folder, oven_pdf=pdf(printed.gap().text("Open the door.")))

    assert standing(library) == {"oven.pdf": "draft"}
    assert standing(library, date(2025, 3, 12)) == {"oven.pdf": "current"}
    assert library.documents[0].document == "OM-2"


def test_a_document_that_prints_draft_is_not_quoted(folder):
    library = put(folder, oven_txt="Status: DRAFT, do not use\n\nOpen the door.\n")

    assert texts(library) == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a_pdf", pdf(Page().text("x"), encrypted=True), "encrypted"),
        ("a_pdf", b"%PDF-1.4 broken", "broken"),
        ("a_pdf", b"MZ not a pdf", "named .pdf and is none"),
        ("a_pdf", pdf(Page()), "no text"),
        ("a_pdf", b"", "empty"),
        ("a_md", b"", "empty"),
        ("a_md", "\n\n", "no text"),
        ("a_md", "---\nstatus: perhaps\n---\nText.\n", "status"),
        ("a_md", "---\n{ not yaml\n---\nText.\n", "YAML"),
        ("a_md", "---\neffective_from: soon\n---\nText.\n", "effective_from"),
        ("a_txt", "Gerät".encode("latin-1"), "UTF-8"),
        ("a_txt", b"\x00\x01\x02", "no text"),
        ("a_txt", pdf(Page().text("x")), "name it a.pdf"),
        ("a_csv", "only one column\nx\n", "columns"),
        ("a_docx", "anything", "named .docx"),
    ],
)
def test_a_document_that_cannot_be_read_says_why_and_hides_no_other(folder, name, content, said):
    library = put(folder, **{name: content, "good_md": CURRENT})

    (bad,) = [document for document in library.documents if document.path.name != "good.md"]
    assert said in bad.problem
    assert bad.problem.startswith(bad.path.name)
    assert library.status(bad, TODAY) == "unreadable"
    assert texts(library) == ["Open the door."]


def test_a_mistake_in_the_file_beside_a_document_keeps_it_from_being_quoted(folder):
    library = put(folder, a_txt="Open the door.\n", a_txt_yaml="status: [draft\n")

    assert texts(library) == []
    assert "YAML" in library.documents[0].problem


def test_a_document_that_is_too_large_is_refused(folder, monkeypatch):
    monkeypatch.setattr("lineside.manuals.library.LARGEST_TEXT_BYTES", 10)

    (document,) = put(folder, a_md=CURRENT).documents
    assert "larger" in document.problem


def test_pages_without_text_are_told_and_the_others_are_quoted(folder):
    library = put(folder, a_pdf=pdf(Page().text("Open the door."), Page()))

    assert texts(library) == ["Open the door."]
    assert "page 2 holds no text" in library.documents[0].problem


def test_two_files_of_one_name_have_ids_of_their_own(folder):
    (folder / "more").mkdir()
    (folder / "more" / "oven.md").write_text(CURRENT.replace("SOP-1", "SOP-9"))
    library = put(folder, oven_md=CURRENT, oven_txt="Open the door.\n")

    ids = [document.document_id for document in library.documents]
    assert len(set(ids)) == 3
    assert all(library.document(each) is not None for each in ids)


def test_hidden_files_and_sources_are_no_documents(folder):
    (folder / "_source").mkdir()
    (folder / "_source" / "manual.html").write_text("<p>x</p>")
    (folder / ".DS_Store").write_bytes(b"x")

    assert [document.path.name for document in put(folder, a_md=CURRENT).documents] == ["a.md"]


def test_a_folder_that_is_not_there_is_one_clear_sentence(tmp_path):
    with pytest.raises(Misconfigured, match="no folder of manuals"):
        read_library([tmp_path / "none"])
    with pytest.raises(Misconfigured, match="no document at"):
        read_document(tmp_path / "none.pdf")


def test_the_same_folder_named_twice_is_read_once(folder):
    put(folder, a_md=CURRENT)

    assert len(read_library([folder, folder]).documents) == 1


def test_the_shelf_hands_out_only_what_is_in_force(folder):
    shelf = Shelf(put(folder, a_md=CURRENT, b_md=CURRENT.replace("revision: 2", "revision: 1")), lambda: TODAY)

    assert [passage.revision for passage in shelf.passages()] == ["2"]
    assert [passage.text for passage in shelf.passages_of("a")] == ["Open the door."]
    assert shelf.passages_of("b") == ()
    assert shelf.not_in_force() == (("SOP-1", "1", "superseded"),)


def test_the_demo_plant_s_library_has_no_problem_and_quotes_no_retired_document(samples):
    library = library_of_site(read_site(samples / "site.yaml"), samples)

    assert [document.problem for document in library.documents if document.problem] == []
    quotable = {(passage.document, passage.revision) for passage in library.passages(TODAY)}
    assert {("FT-200-OM", "5"), ("SOP-VC-07", "4"), ("SOP-PK-15", "5"), ("LB-CODES", "2")} <= quotable
    assert not {("FT-200-OM", "4"), ("SOP-VC-07", "3"), ("SOP-PK-15", "4"), ("SOP-FT-01", "6")} & quotable
    assert {passage.document for passage in library.passages(TODAY) if not passage.reviewed} == {
        "BS-NOTES",
        "SOP-IT-11",
    }


def test_the_printed_manual_is_read_with_its_table_its_steps_and_its_pages(samples):
    library = library_of_site(read_site(samples / "site.yaml"), samples)
    passages = [each for each in library.passages(TODAY) if each.document == "FT-200-OM"]

    (tripped,) = [each for each in passages if each.text.startswith("Code: E-217.")]
    assert tripped.text == (
        "Code: E-217. Class: A. Meaning: Belt drive tripped: motor current above 6.2 A. What to do: Lock out the "
        "drive, look for ice or a cookie stack at the return roller, clear it, reset the motor starter Q3, restart at "
        "6 rpm."
    )
    assert (tripped.page, tripped.section) == ("3", "6. Fault codes")
    defrost = [(each.step, each.page) for each in passages if each.section == "5. Defrosting"]
    assert defrost == [("", "2"), ("1", "2"), ("2", "2"), ("3", "2"), ("4", "2"), ("5", "2")]


def test_the_manual_s_limits_are_those_of_the_site_file(samples):
    site = read_site(samples / "site.yaml")
    library = library_of_site(site, samples)

    declared = site.machine_of["Freezer Tunnel"].attributes["Temperature"]
    said = [each.text for each in library.passages(TODAY) if each.text.startswith("What: Freezer temperature.")]
    assert said == [
        f"What: Freezer temperature. Lowest: {declared.low:g} °C. Normal: -21 °C. Highest: {declared.high:g} °C."
    ]


@pytest.mark.data
def test_a_real_procedure_with_blank_approval_is_unreviewed_and_its_steps_stay_in_their_sections(shared_data):
    (document,) = read_document(shared_data / "cookie-factory" / "freezer_tunnel_manual.pdf")

    assert (document.document, document.revision, document.pages) == ("CF-001", "01", 3)
    assert not any(passage.reviewed for passage in document.passages)
    speed = [(each.step, each.page) for each in document.passages if each.section == "4.3. Conveyor Speed Changes"]
    assert speed == [("1", "2"), ("2", "3"), ("3", "3"), ("4", "3"), ("5", "3")]


def test_a_link_that_leads_out_of_the_folder_is_told_and_never_opened(tmp_path: Path) -> None:
    folder, secret = tmp_path / "manuals", tmp_path / "secret.txt"
    folder.mkdir()
    secret.write_text("The password of the safe is 4711.")
    (folder / "notes.txt").symlink_to(secret)
    (folder / "own.txt").write_text("Clean the lens every shift.")
    (folder / "again.txt").symlink_to(folder / "own.txt")

    library = read_library([folder])

    told = {document.path.name: document.problem for document in library.documents}
    assert "leads out of the folder" in told["notes.txt"]
    assert [passage.text for passage in library.all_passages] == ["Clean the lens every shift."]
    (linked,) = (document for document in library.documents if document.elsewhere)
    assert LibraryDocuments(library, lambda: date(2025, 3, 3)).file(linked.document_id) is None
