"""Chunks: whole sentences, paragraphs and steps, one section, a budget, and what follows is understood."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from lineside.answering.prompt import tokens
from lineside.manuals.blocks import sentences
from lineside.manuals.library import read_library
from lineside.manuals.passage import Passage
from lineside.training_data.chunk import chunks_of
from lineside.training_data.settings import DatasetSettings

SMALL = DatasetSettings(chunk_tokens=64, overlap_tokens=20)


def passage(number: int, text: str, step: str = "", section: str = "Steps", document_id: str = "sop") -> Passage:
    return Passage(f"{document_id}.{number}", document_id, "SOP-1", "A title", text, section=section, step=step)


def texts(chunk) -> list[str]:
    return [each.text for each in chunk.passages]


def test_a_section_that_fits_is_one_chunk_and_the_next_section_is_another():
    passages = [passage(1, "Open it."), passage(2, "Close it."), passage(3, "Run it.", section="Restart")]

    first, second = chunks_of(passages, DatasetSettings())

    assert texts(first) == ["Open it.", "Close it."]
    assert texts(second) == ["Run it."]
    assert (first.tokens, first.overlapping) == (tokens(first.text), 0)


def test_the_same_section_of_another_document_is_another_chunk():
    passages = [passage(1, "Open it."), passage(1, "Open it.", document_id="other")]

    assert [each.passages[0].document_id for each in chunks_of(passages, DatasetSettings())] == ["sop", "other"]


def test_a_procedure_stays_together_although_its_section_is_too_long():
    before = passage(1, "The tunnel is cold. " * 6)
    steps = [passage(2 + n, f"Press the button number {n} on the panel.", str(n)) for n in range(1, 5)]

    chunks = chunks_of([before, *steps], SMALL)

    assert [each.passages[each.overlapping :] for each in chunks] == [(before,), tuple(steps)]


def test_a_procedure_that_is_too_long_is_parted_between_steps_and_the_last_one_begins_the_next_chunk():
    steps = [passage(n, f"Press the button number {n} on the panel and wait.", str(n)) for n in range(1, 9)]

    chunks = chunks_of(steps, SMALL)

    own = [each.passages[each.overlapping :] for each in chunks]
    assert [step for part in own for step in part] == steps
    assert len(chunks) > 1
    assert [each.overlapping for each in chunks] == [0] + [1] * (len(chunks) - 1)
    assert all(after.passages[0] == before.passages[-1] for before, after in pairwise(chunks))


def test_what_overlaps_of_a_long_paragraph_is_its_last_sentences():
    first = passage(1, "The tunnel freezes the cookies through and keeps them in shape. It uses nitrogen. Fans run.")
    second = passage(
        2, "The belt carries the cookies at a speed that the recipe asks for, and never any faster than it says there."
    )

    _, after = chunks_of([first, second], SMALL)

    assert after.overlapping == 1
    assert after.passages[0].text == "It uses nitrogen. Fans run."
    assert after.passages[0].passage_id == first.passage_id


def test_half_a_row_of_a_table_begins_no_chunk():
    rows = [passage(n, f"Code: E-{n}00. Meaning: {'the belt stands ' * 6}. Do: Look.") for n in (1, 2, 3)]

    assert [each.overlapping for each in chunks_of(rows, SMALL)] == [0, 0, 0]


def test_a_passage_above_the_budget_is_parted_between_its_sentences_and_keeps_its_reference():
    long = passage(7, " ".join(f"Sentence number {n} says that the belt is wet." for n in range(12)), "3")

    chunks = chunks_of([long], SMALL)

    assert len(chunks) > 1
    assert {each.passage_id for chunk in chunks for each in chunk.passages} == {"sop.7"}
    assert all(sentence in long.text for chunk in chunks for each in texts(chunk) for sentence in sentences(each))


def test_a_sentence_above_the_budget_is_never_cut():
    sentence = f"The belt {'and the roller ' * 40}are wet."

    (chunk,) = chunks_of([passage(1, sentence)], SMALL)

    assert texts(chunk) == [sentence]


def test_an_id_depends_on_what_is_said_and_not_on_where_it_stands():
    moved = chunks_of([passage(1, "New.", section="New"), passage(2, "Open it.")], DatasetSettings())[1]
    (before,) = chunks_of([passage(1, "Open it.")], DatasetSettings())
    (changed,) = chunks_of([passage(1, "Open it!")], DatasetSettings())
    (renumbered,) = chunks_of([passage(1, "Open it.", step="1")], DatasetSettings())
    (revised,) = chunks_of([msgspec.structs.replace(passage(1, "Open it."), revision="2")], DatasetSettings())

    assert moved.chunk_id == before.chunk_id
    assert len({each.chunk_id for each in (before, changed, renumbered, revised)}) == 4


def test_what_a_document_says_twice_is_one_chunk():
    twice = [passage(1, "Lock it out."), passage(2, "Press it.", section="Other"), passage(3, "Lock it out.")]

    assert [texts(each) for each in chunks_of(twice, DatasetSettings())] == [["Lock it out."], ["Press it."]]


def test_every_passage_of_the_sample_plant_is_in_a_chunk_at_any_budget(samples):
    library = read_library([samples / "sops", samples / "manuals"])
    passages = library.passages(date(2026, 1, 1))

    for budget in (64, 150, 600, 8_000):
        chunks = chunks_of(passages, DatasetSettings(chunk_tokens=budget, overlap_tokens=budget // 8))

        own = [each for chunk in chunks for each in chunk.passages[chunk.overlapping :]]
        assert {each.passage_id for each in own} == {each.passage_id for each in passages}
        assert len({each.chunk_id for each in chunks}) == len(chunks)


WORDS = st.lists(st.sampled_from(["belt", "cold", "E-217", "Nm", "öffnen", "皮带"]), min_size=1, max_size=30)
SAID = st.builds(lambda words: f"{' '.join(words).capitalize()}.", WORDS)
TEXTS = st.lists(st.tuples(st.lists(SAID, min_size=1, max_size=4).map(" ".join), st.booleans()), max_size=8)


@given(TEXTS, st.integers(64, 200), st.integers(0, 60))
@settings(max_examples=150, deadline=None)
def test_nothing_is_lost_added_or_put_in_another_order(said, budget, overlap):
    passages = [
        passage(n, " ".join(f"{part} Then {n} and {at}." for at, part in enumerate(sentences(text))), str(n) * step)
        for n, (text, step) in enumerate(said, 1)
    ]

    chunks = chunks_of(passages, DatasetSettings(chunk_tokens=budget, overlap_tokens=overlap))

    assert " ".join(each.text for chunk in chunks for each in chunk.passages[chunk.overlapping :]) == " ".join(
        each.text for each in passages
    )
    for chunk in chunks:
        assert chunk.tokens <= budget or len(sentences(chunk.text)) == 1
        assert chunk.overlapping < len(chunk.passages)
