"""Which files there are to learn from: the site's own, and what people uploaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from cloud.training_documents import documents_of, items_of
from cloud.training_run import Item, TrainingRun
from lineside.errors import Malformed
from lineside.lake.memory import MemoryObjects
from lineside.manuals.library import LARGEST_PDF_BYTES, Document, Library, read_library
from tests.manuals.make_pdf import Page, pdf

SAMPLES = Path(__file__).parents[2] / "samples"
SOP = "---\ndocument: SOP-BS-02\nrevision: 2\n---\n\n# Glue pot\n\n1. Switch the sealer off.\n"


@dataclass
class Bucket:
    """Uploads by their key; what stands in `too_large` is told so, and must not be fetched."""

    kept: dict[str, bytes]
    too_large: set[str] = field(default_factory=set)
    fetched: list[str] = field(default_factory=list)

    def list(self, prefix: str) -> list[str]:
        return sorted(key for key in self.kept if key.startswith(prefix))

    def size(self, key: str) -> int:
        return LARGEST_PDF_BYTES + 1 if key in self.too_large else len(self.kept[key])

    def get(self, key: str) -> bytes:
        self.fetched.append(key)
        return self.kept[key]


def bucket(**files: bytes | str) -> Bucket:
    return Bucket({key: text.encode() if isinstance(text, str) else text for key, text in files.items()})


def uploaded(name: str, content: bytes | str) -> Bucket:
    return bucket(**{f"documents/{name}": content})


def read(item: Item, uploads: Bucket, folder: Path, library: Library = Library()) -> tuple[Document, ...]:
    return documents_of(item, library, uploads, folder / "scratch")


def test_every_file_has_a_name_of_its_own_and_the_library_s_keep_theirs():
    library = read_library([SAMPLES / "sops"])
    uploads = bucket(
        **{
            "documents/any-machine-stop.md": "x",
            "documents/line-1/Manual.pdf": "x",
            "documents/line-2/Manual.pdf": "x",
            "documents/取扱説明書.pdf": "x",
        }
    )

    items = items_of(library, uploads)

    names = [each.item for each in items]
    assert names[: len(library.documents)] == [each.document_id for each in library.documents]
    assert len(set(names)) == len(names) == len(library.documents) + 4
    assert {each.key for each in items if each.key} == uploads.kept.keys()
    assert items == items_of(library, uploads)


def test_what_a_name_hides_and_what_describes_a_file_is_no_file_to_read():
    uploads = bucket(
        **{
            "documents/": "",
            "documents/.trash/old.md": "x",
            "documents/_source/a.md": "x",
            "documents/line/": "",
            "documents/line/codes.csv": "x",
            "documents/line/codes.csv.yaml": "x",
        }
    )

    (item,) = items_of(Library(), uploads)

    assert (item.name, item.key, item.beside) == (
        "codes.csv",
        "documents/line/codes.csv",
        "documents/line/codes.csv.yaml",
    )


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("glue.md", SOP, "Switch the sealer off."),
        ("notes.txt", "Clean the sensor every shift.", "Clean the sensor every shift."),
        ("codes.csv", "code,meaning,action\nE-17,Film torn,Thread it again.\n", "E-17"),
        ("manual.pdf", pdf(Page().text("Tighten the bolts of the sealer.")), "Tighten the bolts of the sealer."),
    ],
    ids=["Markdown", "text", "an alarm table", "PDF"],
)
def test_a_file_is_read_by_what_it_is(tmp_path, name, content, says):
    uploads = uploaded(name, content)
    (item,) = items_of(Library(), uploads)

    (document,) = read(item, uploads, tmp_path)

    assert says in " ".join(passage.text for passage in document.passages)
    assert {passage.document_id for passage in document.passages} == {item.item}
    assert all(passage.passage_id.startswith(f"{item.item}.") for passage in document.passages)
    assert list(tmp_path.iterdir()) == []


def test_the_file_beside_it_describes_an_upload(tmp_path):
    table = (SAMPLES / "manuals" / "labeller-alarm-codes.csv").read_bytes()
    beside = (SAMPLES / "manuals" / "labeller-alarm-codes.csv.yaml").read_bytes()
    uploads = bucket(**{"documents/codes.csv": table, "documents/codes.csv.yaml": beside})
    (item,) = items_of(Library(), uploads)

    (document,) = read(item, uploads, tmp_path)

    assert (document.document, document.revision) == ("LB-CODES", "2")


def test_the_revisions_in_one_table_are_documents_with_names_of_their_own(tmp_path):
    uploads = uploaded("alarms.csv", (SAMPLES / "sops" / "packaging-alarm-table.csv").read_bytes())
    (item,) = items_of(Library(), uploads)

    documents = read(item, uploads, tmp_path)

    assert [each.document_id for each in documents] == ["alarms", "alarms.2"]
    assert [{p.document_id for p in each.passages} for each in documents] == [{"alarms"}, {"alarms.2"}]
    assert [p.passage_id for p in documents[1].passages] == ["alarms.2.1"]
    assert Library(documents).in_force(date(2026, 11, 21)) == {"alarms"}


def test_an_upload_that_is_too_large_is_told_and_never_fetched(tmp_path):
    uploads = uploaded("huge.pdf", "%PDF-")
    uploads.too_large = set(uploads.kept)
    (item,) = items_of(Library(), uploads)

    (document,) = read(item, uploads, tmp_path)

    assert document.header is None
    assert document.problem == "huge.pdf cannot be read: it is larger than 200 MB; split it"
    assert uploads.fetched == []


def test_an_upload_that_was_removed_meanwhile_is_told(tmp_path):
    uploads = uploaded("gone.md", SOP)
    (item,) = items_of(Library(), uploads)
    uploads.kept.clear()

    (document,) = read(item, uploads, tmp_path)

    assert document.problem == "gone.md cannot be read: it was removed while the run was on"


def test_a_document_of_the_bundle_is_not_opened_again(tmp_path):
    library = read_library([SAMPLES / "sops"])
    (first, *_) = items_of(library, bucket())

    (document,) = read(first, bucket(), tmp_path, library)

    assert document.passages == library.documents[0].passages
    assert document.path == Path(library.documents[0].path.name)


def test_a_document_that_is_no_longer_in_the_bundle_is_named(tmp_path):
    with pytest.raises(Malformed, match=r"old\.md is no longer deployed"):
        read(Item("old", "old.md", document_id="old"), bucket(), tmp_path)


def test_a_library_is_the_same_after_every_file_was_written_down_and_read_back(tmp_path):
    library = read_library([SAMPLES / "sops", SAMPLES / "manuals"])
    run = TrainingRun(MemoryObjects(), "autumn")
    items = items_of(library, bucket())

    run.put_items(items)
    for item in items:
        run.put_read(item.item, read(item, bucket(), tmp_path, library))

    again = run.library()
    assert again.all_passages == library.all_passages
    assert again.in_force(date(2026, 11, 21)) == library.in_force(date(2026, 11, 21))
    assert [each.header for each in again.documents] == [each.header for each in library.documents]
