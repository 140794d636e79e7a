"""Markdown, tables and text become passages that can be quoted by themselves."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lineside.manuals.blocks import Block, sentences
from lineside.manuals.header import DocumentHeader
from lineside.manuals.passages import ENOUGH_CHARACTERS, MOST_CHARACTERS, passages_of
from lineside.manuals.plain_text import markdown_blocks, text_blocks
from lineside.manuals.tables import table_documents

HEADER = DocumentHeader(
    document="SOP-1", revision="2", title="Oven", machines=("Oven",), approved_by="Ada", effective_from=date(2025, 1, 1)
)


def quoted(markdown: str) -> list[tuple[str, str, str]]:
    found = passages_of("oven", HEADER, markdown_blocks(markdown))
    return [(passage.section, passage.step, passage.text) for passage in found]


def test_each_step_is_a_passage_under_its_section():
    text = "# Oven\n## Restart\n1. Close the **door**.\n2. Press `START`\n   and wait.\n\nIt warms up slowly.\n"

    assert quoted(text) == [
        ("Restart", "1", "Close the door."),
        ("Restart", "2", "Press START and wait."),
        ("Restart", "", "It warms up slowly."),
    ]


def test_a_passage_carries_what_says_whether_it_counts():
    (passage,) = passages_of("oven", HEADER, [Block("text", "Close the door.", page="3")])

    assert (passage.document, passage.revision, passage.page) == ("SOP-1", "2", "3")
    assert (passage.effective_from, passage.machines, passage.reviewed) == ("2025-01-01", ("Oven",), True)


def test_bullets_are_said_together_and_kept_apart():
    text = "## Check first\n- Is the door closed?\n- Is the light green\n- Is the belt clean\n"

    assert quoted(text) == [("Check first", "", "Is the door closed? Is the light green; Is the belt clean")]


def test_rows_of_a_markdown_table_are_passages_of_their_own():
    text = "| Code | Meaning |\n|---|---|\n| E-1 | Door open |\n| E-2 | Too hot |\n"

    assert [each[2] for each in quoted(text)] == ["Code: E-1. Meaning: Door open.", "Code: E-2. Meaning: Too hot."]


def test_what_compliance_demands_is_a_passage():
    header = HEADER.model_copy(update={"compliance": ("Lock it out.",)})

    (passage,) = passages_of("oven", header, [])

    assert (passage.section, passage.text) == ("Compliance", "Lock it out.")


def test_a_comment_and_a_code_fence_are_no_text_of_their_own():
    assert quoted("<!-- hidden: press reset -->\n```\nset 5\n```\n") == [("", "", "set 5")]


def test_plain_text_has_headings_where_a_short_line_stands_alone_or_ends_with_a_colon():
    blocks = list(text_blocks("Oven notes\n\nIt pulls left. Watch it.\n\nHow we clean it:\n1. Cool down.\n2. Wipe.\n"))

    assert [(block.kind, block.text) for block in blocks] == [
        ("heading", "Oven notes"),
        ("text", "It pulls left. Watch it."),
        ("heading", "How we clean it"),
        ("step", "Cool down."),
        ("step", "Wipe."),
    ]


def test_a_table_of_codes_says_each_cell_under_its_column_and_knows_the_machine():
    (document,) = table_documents("machine;code;what to do\nOven;E-1;Close the door, then wait\n")

    (passage,) = passages_of("codes", DocumentHeader(), document.blocks)
    assert passage.text == "machine: Oven. code: E-1. what to do: Close the door, then wait."
    assert passage.machines == ("Oven",)


def test_a_table_whose_rows_name_their_revision_holds_several_documents():
    table = "document,revision,machine,alarm,step,text\nT-1,2,Oven,stop,1,Look.\nT-1,1,Oven,stop,1,Hit it.\n"

    newer, older = table_documents(table)

    assert (newer.stated["revision"], newer.blocks[0].text) == ("2", "Look.")
    assert (older.stated["revision"], older.blocks[0].step) == ("1", "1")


@pytest.mark.parametrize("table", ["one column\nonly\n", 'a,b\n"broken\n', "a,b\n"])
def test_what_is_no_table_is_refused(table):
    with pytest.raises(ValueError, match=r"columns|broken|no rows"):
        table_documents(table)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Stop. Look at No. 5 first. Go on.", ["Stop.", "Look at No. 5 first.", "Go on."]),
        ("Use tools, e.g. A spanner. Then wait 2.5 s.", ["Use tools, e.g. A spanner.", "Then wait 2.5 s."]),
        ('He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]),
        ("关闭阀门。等待十分钟。", ["关闭阀门。", "等待十分钟。"]),
        ("Motor current above 6.2 A. Lock out the drive.", ["Motor current above 6.2 A.", "Lock out the drive."]),
        ("no end", ["no end"]),
    ],
)
def test_sentences_end_where_a_reader_says_they_do(text, said):
    assert sentences(text) == said


WORD = st.text("abcdefgh", min_size=1, max_size=12)
SENTENCE = st.lists(WORD, min_size=1, max_size=60).map(lambda words: " ".join(words).capitalize() + ".")


@given(st.lists(SENTENCE, min_size=1, max_size=40))
def test_a_passage_holds_whole_sentences_and_nothing_is_lost(said):
    passages = passages_of("x", HEADER, [Block("text", " ".join(said))])

    texts = [passage.text for passage in passages]
    assert " ".join(texts) == " ".join(said)
    assert all(text.endswith(".") for text in texts)
    assert all(len(text) <= max(MOST_CHARACTERS, *map(len, said)) for text in texts)
    assert all(len(" ".join(sentences(text)[:-1])) < ENOUGH_CHARACTERS + 60 for text in texts)
    assert all(len(text) + len(after) >= ENOUGH_CHARACTERS for text, after in pairwise(texts))


@given(st.text(max_size=400))
@example("0\x1b:\x1b")
@example("A1\n\n\u200b \u00a0")
def test_any_text_becomes_blocks_without_control_characters(text):
    blocks = [*markdown_blocks(text), *text_blocks(text)]

    assert all(block.text and block.text == " ".join(block.text.split()) for block in blocks)
    assert all(character.isprintable() or character == " " for block in blocks for character in block.text)
