"""Thinking aloud is not part of an answer."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineside.answering.writer import without_thinking


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("It stands.", "It stands."),
        ("<think>The user wants 99.</think>\n\nIt stands.", "It stands."),
        ("  <Reasoning>hm</reasoning>It stands.", "It stands."),
        ("<think>I never come to an end", ""),
        ("<b>bold</b> it is", "<b>bold</b> it is"),
        ("a < b and <think> is a word", "a < b and <think> is a word"),
        ("<", "<"),
        ("", ""),
    ],
)
@given(cuts=st.sets(st.integers(1, 40)))
def test_a_thought_at_the_beginning_is_left_out_however_the_pieces_fall(said, heard, cuts):
    borders = [0, *sorted(cut for cut in cuts if cut < len(said)), len(said)]
    pieces = [said[start:end] for start, end in pairwise(borders)]

    assert "".join(without_thinking(pieces)) == heard
