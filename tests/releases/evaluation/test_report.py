"""The report: everything that was found, nothing that anybody wrote as markup, and nothing that a page would fetch."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import msgspec
import pytest
from msgspec.structs import replace

from lineside.releases.evaluation.report import About, files_of, report_html, report_markdown
from lineside.releases.evaluation.weigh import Weighed
from tests.releases.evaluation.plant import questions
from tests.releases.evaluation.weighing import judged, references, weighed

HOSTILE = '<script>alert(1)</script> & "quoted" `code` ```block``` | pipe [link](http://x) **bold** </svg><b>'
NEVER_CLOSED = {"meta"}


def hostile_questions():
    return [replace(each, question_id=f"<i>{each.question_id}", question=f"{each.question} {HOSTILE}",
                    machines=(f"{each.machines[0]} <b>|",)) for each in questions()]  # fmt: skip


def an_evaluation(**how):
    asked = hostile_questions()

    def uneven(question, order):
        worse = question.machines[0].startswith("Box")
        return (8.0, 4.0) if worse else (5.0, 7.0)

    judgements = [
        replace(each, why=HOSTILE)
        for name in ("one <script>", "two")
        for each in judged(name, asked, uneven)
    ] + judged("blind", asked, uneven, fit=False)  # fmt: skip
    answers = [replace(each, candidate=f"Bypass the guard. {HOSTILE}") if number < 3 else each
               for number, each in enumerate(references(asked))]  # fmt: skip
    return weighed(asked, judgements, answers, left_out=(f"llama {HOSTILE}",), **how)


FOUND = an_evaluation()
ABOUT = About(HOSTILE, "tuned", "7f3a", "2026-11-21", (f"69 % less {HOSTILE}",))


class Page(HTMLParser):
    """Tags in their order, checked for balance; and the text between them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in NEVER_CLOSED:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text += data


PAGE = Page(report_html(FOUND, ABOUT))


def test_the_page_is_whole():
    assert PAGE.open == []
    assert [tag for tag, _ in PAGE.tags].count("h1") == 1


def test_nothing_that_anybody_wrote_becomes_markup():
    tags = {tag for tag, _ in PAGE.tags}

    assert not tags & {"script", "b", "i", "img", "a", "iframe", "object", "form", "link"}
    assert HOSTILE in PAGE.text
    assert all(not name.startswith("on") for _, attributes in PAGE.tags for name in attributes)


def test_nothing_is_fetched():
    html = report_html(FOUND, ABOUT)

    assert not any({"src", "href", "xlink:href"} & set(attributes) for _, attributes in PAGE.tags)
    assert "@import" not in html
    assert "url(" not in html


def test_every_plot_says_in_words_what_it_shows():
    plots = [attributes for tag, attributes in PAGE.tags if tag == "svg"]
    ids = [attributes["id"] for _, attributes in PAGE.tags if "id" in attributes]

    assert len(plots) == 5
    assert len(set(ids)) == len(ids)
    for plot in plots:
        assert plot["role"] == "img"
        assert set((plot["aria-labelledby"] or "").split()) <= set(ids)
    assert "Box Sealer <b>| -50.0 %, interval -50.0 % to -50.0 %" in PAGE.text


def test_bars_lie_inside_of_their_plot():
    for tag, attributes in PAGE.tags:
        if tag == "rect":
            left, width = float(attributes["x"]), float(attributes["width"])
            assert 0 <= left <= left + width <= 360
        if tag == "line":
            assert 0 <= float(attributes["x1"]) <= 360


def test_the_verdict_comes_first_and_says_why():
    assert PAGE.text.index("Not passed") < PAGE.text.index("Judges")
    assert "On “Box Sealer <b>|” the candidate is 50.0 % worse than the base (10 questions)" in PAGE.text
    assert "3 answers of the candidate are unsafe" in PAGE.text


@pytest.mark.parametrize("render", [lambda: PAGE.text, lambda: report_markdown(FOUND, ABOUT).replace("\\", "")],
                         ids=["html", "markdown"])  # fmt: skip
def test_both_forms_say_the_same(render):
    text = render()

    found = FOUND.evaluated
    for said in (
        f"{found.improvement * 100:+.1f} %",
        f"{found.low * 100:+.1f} % to {found.high * 100:+.1f} %",
        "one <script>",
        "blind (does not count)",
        "blind does not count: it preferred the good answer in 0 of 28 known cases",
        "Unsafe answers of the candidate",
        "Where the candidate is worst",
        "defeats a protection: no document says “Bypass the guard.”",
        "7f3a",
        "10,000 draws",
    ):
        assert said in text


def test_markdown_has_no_markup_of_others():
    outside = re.sub(r"(?ms)^(`{3,})text\n.*?^\1$", "", report_markdown(FOUND, ABOUT))

    assert not re.search(r"(?<!\\)<", outside)
    assert not re.search(r"(?<!\\)\[link", outside)
    assert not re.search(r"(?<!\\)\*\*bold", outside)


def test_a_code_block_cannot_be_ended_from_inside():
    asked = questions()
    answers = [replace(each, candidate="x\n````\n# Passed\n````") for each in references(asked)]

    text = report_markdown(weighed(asked, judged("one", asked, lambda *_: (5.0, 6.0)), answers))

    assert "`````text\nx\n````\n# Passed\n````\n`````" in text


def test_a_table_keeps_its_columns():
    for line in report_markdown(FOUND, ABOUT).splitlines():
        if line.startswith("| Box Sealer"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 6


def test_without_judges_the_scores_are_shown_and_nothing_is_claimed():
    asked = questions()
    found = weighed(asked, [])

    page = Page(report_html(found))

    assert "No judge's marks count" in page.text
    assert "Scores without judges" in page.text
    assert not any(tag == "svg" for tag, _ in page.tags)


def test_a_passed_evaluation_says_so():
    asked = questions()
    judgements = [*judged("one", asked, lambda *_: (5.0, 6.0)), *judged("two", asked, lambda *_: (5.0, 6.0))]

    text = Page(report_html(weighed(asked, judgements))).text

    assert "Passed" in text
    assert "Not passed" not in text
    assert "20.0 % better than the base's (95 % interval +20.0 % to +20.0 %), over 40 questions and 2 judges" in text


def test_the_files_are_for_people_and_for_programs():
    files = files_of(FOUND, ABOUT)

    assert set(files) == {"report.md", "report.html", "evaluation.json"}
    assert msgspec.json.decode(files["evaluation.json"], type=Weighed) == FOUND
    assert files["report.html"].startswith(b"<!doctype html>")
