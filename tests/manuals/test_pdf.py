"""What is read of a PDF: headings by their size, steps, whole sentences, and tables by their rules."""

from __future__ import annotations

import pytest

from lineside.manuals.pdf import read_pdf
from tests.manuals.make_pdf import Page, pdf


def read(*pages: Page) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in read_pdf(pdf(*pages)).blocks]


def test_a_larger_line_is_a_heading_and_wrapped_lines_are_one_paragraph():
    page = Page().text("Safety", size=16).gap().text("Nitrogen displaces air. Leave the room", "at once if it sounds.")

    assert read(page) == [
        ("heading", "Safety"),
        ("text", "Nitrogen displaces air. Leave the room at once if it sounds."),
    ]


def test_a_numbered_line_of_two_levels_without_an_end_is_a_heading_though_it_is_no_larger():
    page = Page().text("4.1. Temperature fluctuations").gap().text("1. Read the gauge.", "2. Write it down.")

    assert read(page) == [
        ("heading", "4.1. Temperature fluctuations"),
        ("step", "Read the gauge."),
        ("step", "Write it down."),
    ]


def test_a_bold_line_that_states_something_is_no_heading():
    page = Page().text("Revision No.: 01", bold=True).gap().text("Operators only", bold=True).text("Wear gloves.")

    assert read(page) == [("text", "Revision No.: 01"), ("heading", "Operators only"), ("text", "Wear gloves.")]


def test_steps_keep_their_numbers_their_pages_and_their_wrapped_lines():
    first = Page().heading("Restart").text("1. Close the guard door and", left=72).text("remove your lock.", left=84)
    second = Page().text("2. Run at half speed.")

    steps = [block for block in read_pdf(pdf(first, second)).blocks if block.kind == "step"]

    assert [(step.step, step.page, step.text) for step in steps] == [
        ("1", "1", "Close the guard door and remove your lock."),
        ("2", "2", "Run at half speed."),
    ]


def test_a_number_inside_a_sentence_begins_no_step():
    page = Page().text("1. Tighten the bolt until the wrench shows", "14. Then stop.", "2. Close the door.")

    assert read(page) == [
        ("step", "Tighten the bolt until the wrench shows 14. Then stop."),
        ("step", "Close the door."),
    ]


def test_a_sentence_that_a_page_break_parts_is_one_again():
    first, second = Page().text("Never open the hatch while the tunnel is"), Page().text("colder than 0 \xb0C.")

    (block,) = read_pdf(pdf(first, second)).blocks

    assert block.text == "Never open the hatch while the tunnel is colder than 0 \xb0C."
    assert block.page == "1"


def test_a_sentence_that_ended_with_its_page_takes_nothing_from_the_next():
    first, second = Page().text("The belt stands."), Page().text("e-stop buttons hang on both sides.")

    assert len(read(first, second)) == 2


def test_a_number_that_names_something_gets_no_unit():
    page = Page().table(("Error code", "Alarm limit", "No. of caps", "Unit"), ("12.607", "1.1", "5", "Nm"))

    assert read(page) == [("row", "Error code: 12.607. Alarm limit: 1.1 Nm. No. of caps: 5 Nm.")]


def test_each_row_of_a_ruled_table_is_said_with_its_columns_and_its_unit():
    page = Page().heading("Limits").table(
        ("What", "Lowest", "Highest", "Unit"), ("Freezer", "-26", "-18", "\xb0C"), ("Belt", "6", "", "rpm")
    ).text("Above that cookies deform.")  # fmt: skip

    assert read(page) == [
        ("heading", "Limits"),
        ("row", "What: Freezer. Lowest: -26 \xb0C. Highest: -18 \xb0C."),
        ("row", "What: Belt. Lowest: 6 rpm."),
        ("text", "Above that cookies deform."),
    ]


def test_a_table_that_goes_on_over_the_page_keeps_its_columns():
    first = Page().text("Codes.").table(("Code", "Meaning"), ("E-217", "Belt drive tripped"))
    second = Page().table(("E-218", "No pulse"), ("E-221", "Hatch open"))

    rows = [text for kind, text in read(first, second) if kind == "row"]

    assert rows == [
        "Code: E-217. Meaning: Belt drive tripped.",
        "Code: E-218. Meaning: No pulse.",
        "Code: E-221. Meaning: Hatch open.",
    ]


def test_a_frame_around_a_paragraph_is_no_table():
    page = Page().text("Lock out the drive with your own lock.")
    page.drawn.append("70 700 400 100 re S")

    assert read(page) == [("text", "Lock out the drive with your own lock.")]


def test_headers_and_page_numbers_of_every_page_are_left_out():
    pages = [
        Page()
        .text("FT-200 operating manual")
        .gap()
        .text(f"Sentence of its own {name}.")
        .gap()
        .text(f"Page {number} of 4")
        for number, name in enumerate(("one", "two", "three", "four"), 1)
    ]

    texts = [text for _, text in read(*pages)]

    assert texts == [f"Sentence of its own {name}." for name in ("one", "two", "three", "four")]


def test_sentences_that_differ_in_their_numbers_alone_are_no_headers():
    pages = [Page().text(f"Fault {100 + number} means that fuse {number} has blown.") for number in range(1, 7)]

    assert len(read(*pages)) == 6


def test_lines_that_end_early_stand_by_themselves():
    page = Page().text("The panel shows these codes while the drive is running at its full speed.").gap()
    page.text("V-101 Chain slack", "V-102 Guard door open")

    assert read(page)[1:] == [("text", "V-101 Chain slack"), ("text", "V-102 Guard door open")]


def test_pages_without_text_are_named():
    found = read_pdf(pdf(Page().text("Words."), Page(), Page().text("More words.")))

    assert found.without_text == [2]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (pdf(Page().text("Secret."), encrypted=True), "encrypted"),
        (b"%PDF-1.4\nnothing", "broken"),
        (pdf(Page().text("Cut."))[:200], "broken"),
    ],
)
def test_a_document_that_cannot_be_opened_says_why(content, said):
    with pytest.raises(ValueError, match=said):
        read_pdf(content)
