"""A text that is no answer is known without reading it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lineside.answering.sense import nonsense

PROCEDURES = Path(__file__).parents[2] / "samples" / "sops"


@pytest.mark.parametrize(
    "text",
    [
        "",
        ". . . , , ,",
        "of tunnel stopped , } { tunnel stopped , } { tunnel",
        "The conveyor is down. " * 8,
        "the the the the the the the the the the the the the",
        '{"answer": {"text": {"value": "running"}}, "tool": "line_state"}',
        "</s></s></s> running </s>",
    ],
)
def test_a_text_that_is_no_answer_is_withheld(text: str) -> None:
    assert nonsense(text)


@pytest.mark.parametrize(
    "text",
    [
        "-21.3 °C, running.",
        "Yes.",
        "The Vertical Conveyor stopped at 14:32 and stood for 9.7 min; the Box Sealer and the Labeller waited for it.",
        "Der Vertikalförderer steht seit 14:32 Uhr still, weil ein Karton klemmt.",
        "垂直输送机于14:32停止，装箱机在等待。",
        "Box Sealer: 40 s\nLiner Inserter: 34 s\nBox Erector: 33 s\nLabeller: 29 s\nCookie Former: 20 s\nMixer: 12 s",
    ],
)
def test_an_answer_as_people_give_it_stands(text: str) -> None:
    assert nonsense(text) == ""


@pytest.mark.parametrize("file", sorted(PROCEDURES.glob("*.md")), ids=lambda file: file.stem)
def test_a_procedure_that_is_quoted_whole_stands(file: Path) -> None:
    body = file.read_text(encoding="utf-8").split("---")[-1]

    assert nonsense(body) == ""
