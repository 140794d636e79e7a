"""What a dataset has that the one before had not."""

from __future__ import annotations

from lineside.training_data.diff import difference, difference_markdown
from tests.training_data.pairs import pair

KEPT = pair("How long does the glue heater need?", "12 minutes.")
GONE = pair("Which key fits the hood?", "The small one.", document="sop-2")
NEW = pair("Which sieve is used for pellets?", "The fine one.", document="sop-3")
OLD_ANSWER = pair("Who counts the bottles?", "The shift does.")
NEW_ANSWER = pair("Who counts the  bottles?", "The counter K2 does.", revision="3")


def test_pairs_are_told_as_added_removed_changed_or_the_same():
    before = {"train": [KEPT, GONE], "validation": [], "test": [OLD_ANSWER]}
    after = {"train": [KEPT, NEW], "validation": [], "test": [NEW_ANSWER]}

    found = difference(before, after)

    assert (found.added, found.removed, found.same) == ((NEW,), (GONE,), 1)
    assert [(change.before, change.after, change.what) for change in found.changed] == [
        (OLD_ANSWER, NEW_ANSWER, ("answer", "revision"))
    ]
    assert found.counts() == {"added": 1, "removed": 1, "changed": 1, "same": 1}


def test_the_counts_are_told_by_document():
    found = difference({"train": [GONE, OLD_ANSWER]}, {"train": [NEW], "test": [NEW_ANSWER]})

    assert found.by_document() == {
        "SOP-1": {"added": 0, "removed": 0, "changed": 1},
        "SOP-2": {"added": 0, "removed": 1, "changed": 0},
        "SOP-3": {"added": 1, "removed": 0, "changed": 0},
    }


def test_a_pair_that_moved_to_another_part_has_changed():
    found = difference({"train": [KEPT]}, {"test": [KEPT]})

    assert [change.what for change in found.changed] == [("part",)]


def test_the_same_question_about_another_document_is_another_pair():
    other = pair(KEPT.question, KEPT.answer, document="sop-9")

    found = difference({"train": [KEPT]}, {"train": [other]})

    assert (found.added, found.removed) == ((other,), (KEPT,))


def test_a_question_that_is_asked_twice_is_compared_twice():
    again = pair(KEPT.question, "About 12 minutes.")

    found = difference({"train": [KEPT, again]}, {"train": [KEPT]})

    assert (found.removed, found.same) == ((again,), 1)


def test_a_person_reads_what_changed():
    text = difference_markdown(difference({"train": [GONE, OLD_ANSWER]}, {"train": [NEW, NEW_ANSWER]}))

    assert "1 added, 1 removed, 1 changed, 0 same." in text
    assert "| SOP-3 | 1 | 0 | 0 |" in text
    assert "- SOP-2: Which key fits the hood?" in text
    assert "answer “The shift does.” is now “The counter K2 does.”; revision “2” is now “3”" in text


def test_nothing_has_changed_between_a_dataset_and_itself():
    parts = {"train": [KEPT, GONE], "test": [NEW]}

    assert difference(parts, parts).counts() == {"added": 0, "removed": 0, "changed": 0, "same": 3}
