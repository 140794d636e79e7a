"""The library as the API shows it: how each document stands, its file, its pages as pictures."""

from __future__ import annotations

import io
import threading
from datetime import date

import pytest
from PIL import Image

from lineside.api.documents import WIDEST_PIXELS, LibraryDocuments
from lineside.api.ports import Documents
from lineside.manuals.library import Library, library_of_site, read_library
from lineside.site import read_site
from tests.manuals.make_pdf import Page, pdf

TODAY = date(2025, 3, 3)


def shown(library: Library) -> Documents:
    return LibraryDocuments(library, lambda: TODAY)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "manual.pdf").write_bytes(pdf(Page().text("First."), Page().text("Second.")))
    (tmp_path / "notes.md").write_text("# Notes\nKürzer.\n", encoding="utf-8")
    (tmp_path / "scan.pdf").write_bytes(b"MZ")
    return tmp_path


def test_every_document_is_listed_with_how_it_stands_today(samples):
    views = shown(library_of_site(read_site(samples / "site.yaml"), samples)).list()

    standing = {view.document_id: (view.document, view.revision, view.status, view.pages) for view in views}
    assert standing["freezer-tunnel-ft200-manual"] == ("FT-200-OM", "5", "current", 4)
    assert standing["freezer-tunnel-ft200-manual-rev4"] == ("FT-200-OM", "4", "superseded", 0)
    assert standing["any-machine-stop-draft"][2] == "draft"
    assert standing["freezer-tunnel-defrost"][2] == "withdrawn"
    assert standing["any-machine-not-heard"][2] == "unreviewed"


def test_a_document_that_cannot_be_read_is_listed_with_why_and_can_be_opened(folder):
    documents = shown(read_library([folder]))

    (scan,) = [view for view in documents.list() if view.document_id == "scan"]
    assert (scan.status, scan.passages) == ("unreadable", 0)
    assert "is named .pdf and is none" in scan.problem
    assert documents.file("scan") == ("scan.pdf", "application/pdf", b"MZ")
    assert documents.text("scan") is None


def test_a_file_is_handed_out_as_it_is(folder):
    documents = shown(read_library([folder]))

    name, media_type, content = documents.file("notes") or ("", "", b"")
    assert (name, media_type) == ("notes.md", "text/markdown")
    assert content.decode() == "# Notes\nKürzer.\n"
    assert documents.text("notes") == "# Notes\nKürzer.\n"
    assert documents.text("manual") is None


def test_a_page_is_a_picture_no_wider_than_a_screen(folder):
    png = shown(read_library([folder])).page_png("manual", 2)

    picture = Image.open(io.BytesIO(png or b""))
    assert picture.format == "PNG"
    assert 1_200 <= picture.width <= WIDEST_PIXELS
    assert picture.height > picture.width


@pytest.mark.parametrize(
    ("document_id", "page"), [("manual", 0), ("manual", 3), ("notes", 1), ("none", 1), ("scan", 1)]
)
def test_a_page_that_is_not_there_is_none(folder, document_id, page):
    assert shown(read_library([folder])).page_png(document_id, page) is None


def test_a_document_that_was_taken_away_or_replaced_is_none(folder):
    documents = shown(read_library([folder]))
    (folder / "notes.md").unlink()
    (folder / "manual.pdf").write_bytes(pdf(Page().text("Only one page now.")))

    assert documents.file("notes") is None
    assert documents.text("notes") is None
    assert documents.page_png("manual", 2) is None
    assert documents.page_png("manual", 1)


def test_pages_are_drawn_while_others_are_drawn(folder):
    documents, drawn = shown(read_library([folder])), []
    workers = [
        threading.Thread(target=lambda: drawn.append(documents.page_png("manual", 1) is not None)) for _ in range(6)
    ]

    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert drawn == [True] * 6
