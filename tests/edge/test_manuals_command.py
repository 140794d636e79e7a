"""`lineside manuals`: a line of hits for a line of questions, and a clear word about every document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from edge.cli.manuals import manuals_app
from lineside.errors import Malformed, Misconfigured

PASSAGES = [
    {"id": "a", "doc": "D", "page": "1", "text": "E-217: belt drive tripped."},
    {"id": "b", "doc": "D", "page": 2, "text": "Replace the label roll."},
    {"id": 3, "doc": "D", "page": None, "text": "The belt is wet.", "more": "is ignored"},
]
QUESTIONS = [{"id": "q2", "q": "label rolls"}, {"id": 1, "q": "got e 217 on the belt"}, {"id": "q3", "q": "payroll"}]


def lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def run(*arguments: object) -> str:
    result = CliRunner().invoke(manuals_app, [str(each) for each in arguments], catch_exceptions=True)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def search(folder: Path, passages: Path, questions: Path, *more: object) -> list[dict[str, object]]:
    out = folder / "hits.jsonl"
    run("search", "--passages", passages, "--questions", questions, "--out", out, *more)
    return [json.loads(line) for line in out.read_text().splitlines()]


def test_each_question_has_its_hits_in_the_same_order_with_ids_as_they_were_given(tmp_path):
    passages, questions = lines(tmp_path / "p.jsonl", *PASSAGES), lines(tmp_path / "q.jsonl", *QUESTIONS)

    assert search(tmp_path, passages, questions) == [
        {"id": "q2", "hits": ["b"]},
        {"id": 1, "hits": ["a", 3]},
        {"id": "q3", "hits": []},
    ]


def test_no_more_hits_than_asked_for(tmp_path):
    passages, questions = lines(tmp_path / "p.jsonl", *PASSAGES), lines(tmp_path / "q.jsonl", QUESTIONS[1])

    assert search(tmp_path, passages, questions, "--top", 1) == [{"id": 1, "hits": ["a"]}]


def test_blank_lines_and_a_mark_of_utf_8_are_passed_over(tmp_path):
    passages = lines(tmp_path / "p.jsonl", "\ufeff" + json.dumps(PASSAGES[0]), "", *PASSAGES[1:])

    assert len(search(tmp_path, passages, lines(tmp_path / "q.jsonl", *QUESTIONS))) == 3


@pytest.mark.parametrize(
    ("passages", "questions", "said"),
    [
        ([PASSAGES[0], "{broken"], QUESTIONS, "p.jsonl line 2: it is no JSON object"),
        ([PASSAGES[0], {"id": "x"}], QUESTIONS, "p.jsonl line 2: object missing required field `text`"),
        ([PASSAGES[0], PASSAGES[0]], QUESTIONS, "p.jsonl line 2: the id 'a' is used twice"),
        ([], QUESTIONS, "p.jsonl holds no passages"),
        (PASSAGES, [QUESTIONS[0], {"id": "q", "q": 7}], "q.jsonl line 2: expected `str`"),
        (PASSAGES, ['["q"]'], "q.jsonl line 1"),
    ],
)
def test_a_bad_line_is_one_clear_sentence_with_its_number(tmp_path, passages, questions, said):
    files = lines(tmp_path / "p.jsonl", *passages), lines(tmp_path / "q.jsonl", *questions)

    with pytest.raises(Malformed, match=said):
        search(tmp_path, *files)
    assert not (tmp_path / "hits.jsonl").exists()


def test_a_file_that_is_not_there_and_one_that_cannot_be_written_are_said(tmp_path):
    passages, questions = lines(tmp_path / "p.jsonl", *PASSAGES), lines(tmp_path / "q.jsonl", *QUESTIONS)

    with pytest.raises(Misconfigured, match=r"none\.jsonl cannot be read"):
        search(tmp_path, tmp_path / "none.jsonl", questions)
    with pytest.raises(Misconfigured, match="cannot be written"):
        run("search", "--passages", passages, "--questions", questions, "--out", tmp_path / "no" / "hits.jsonl")


def test_an_embedder_that_is_none_is_refused(tmp_path):
    passages, questions = lines(tmp_path / "p.jsonl", *PASSAGES), lines(tmp_path / "q.jsonl", *QUESTIONS)

    with pytest.raises(Misconfigured, match="'openai' is no embedder"):
        search(tmp_path, passages, questions, "--embedder", "openai")


def test_every_document_of_a_site_is_listed_with_how_it_stands(samples):
    table = run("list", "--site", samples / "site.yaml")

    (rev3,) = [line for line in table.splitlines() if "vertical-conveyor-clear-a-jam-rev3.md" in line]
    assert "superseded" in rev3
    (manual,) = [line for line in table.splitlines() if "freezer-tunnel-ft200-manual.pdf" in line]
    assert "current" in manual


def test_a_document_that_cannot_be_read_is_listed_with_why(tmp_path):
    (tmp_path / "manuals").mkdir()
    (tmp_path / "manuals" / "scan.pdf").write_bytes(b"MZ")
    site = lines(tmp_path / "site.yaml", "site: s", "manuals: [manuals]", "lines: []")

    shown = run("list", "--site", site)

    assert "unreadable" in shown
    assert "scan.pdf cannot be read: it is named .pdf and is none" in shown


def test_a_document_is_shown_as_it_would_be_quoted(samples):
    shown = run("read", samples / "sops" / "vertical-conveyor-clear-a-jam.md")

    assert "SOP-VC-07 revision 4, status not stated, reviewed" in shown
    assert "[Clear the jam, step 2]\nLock out the drive" in shown


def test_reading_what_cannot_be_read_says_why(tmp_path):
    (tmp_path / "empty.md").write_bytes(b"")

    with pytest.raises(Malformed, match=r"empty\.md cannot be read: it is empty"):
        run("read", tmp_path / "empty.md")
