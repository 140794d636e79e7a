"""Rows to train on: the same prompt as at inference, and the answer as a model should write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lineside.answering.compose import citations_of
from lineside.answering.evidence import Evidence
from lineside.answering.prompt import NO_ANSWER, prompt_for
from lineside.errors import Malformed
from lineside.releases.evaluation.held_out import held_out, task_of
from lineside.training_data.chat import ROOM, chat_row, jsonl, pair_of, prompt_completion, read_rows
from lineside.training_data.pair import REFUSAL, Pair
from lineside.training_data.validate import check
from tests.training_data.cases import true_cases
from tests.training_data.pairs import pair, passage


def true_pair(question: str) -> Pair:
    case = next(case for case in true_cases() if case.draft.question.startswith(question))
    found = check(case.draft, case.chunk, "some-model")
    assert isinstance(found, Pair)
    return found


def test_the_prompt_of_a_row_is_the_one_that_is_asked_at_inference():
    row = chat_row(true_pair("How do I clear a jam"))

    (asked,) = held_out([row])
    prompt = prompt_for(task_of(asked), ROOM)
    assert [message["role"] for message in row["messages"]] == ["system", "user", "assistant"]
    assert (row["messages"][0]["content"], row["messages"][1]["content"]) == (prompt.system, prompt.user)


def test_an_answer_cites_the_passage_of_each_step_and_sentence():
    steps = true_pair("How do I clear a jam")
    prose = true_pair("What do I do after I pressed STOP")

    answer = chat_row(steps)["messages"][2]["content"]
    told = chat_row(prose)["messages"][2]["content"]

    assert answer.splitlines()[2].endswith("never pull on the chain. [3]")
    assert [each.passage.step for each in citations_of(answer, Evidence(passages=steps.passages))] == [
        "1",
        "2",
        "3",
        "4",
        "5",
    ]
    assert citations_of(told, Evidence(passages=prose.passages))[0].passage.step == "2"


def test_of_passages_that_say_the_same_the_next_one_is_cited():
    same = "Close the hand valve."
    passages = (passage(1, same), passage(2, "Open the vent."), passage(3, same))
    told = pair(
        "How is it vented?", "1. Close the hand valve.\n2. Open the vent.\n3. Close the hand valve.", passages=passages
    )
    alone = pair("What is closed?", "Close the hand valve.", passages=passages)

    assert chat_row(told)["messages"][2]["content"].splitlines() == [
        "1. Close the hand valve. [1]", "2. Open the vent. [2]", "3. Close the hand valve. [3]"
    ]  # fmt: skip
    assert chat_row(alone)["messages"][2]["content"] == "Close the hand valve. [1]"


def test_an_answer_that_cites_already_is_left_as_it_is():
    assert chat_row(pair("What is closed?", "The valve [1]."))["messages"][2]["content"] == "The valve [1]."


def test_a_refusal_is_answered_with_the_sign_that_the_answering_chain_knows():
    row = chat_row(pair("Which colour has the hood of the filler?"))

    assert row["messages"][2]["content"] == REFUSAL
    assert REFUSAL.startswith(NO_ANSWER)


def test_a_row_is_read_back_as_the_pair_that_it_was_made_from():
    pairs = [true_pair("How do I clear a jam"), true_pair("Wie wechsle ich"), pair("Which colour has the hood?")]

    rows = read_rows(jsonl(map(chat_row, pairs)))

    assert [pair_of(row) for row in rows] == pairs


def test_a_german_pair_is_asked_for_in_german():
    row = chat_row(true_pair("Wie wechsle ich"))

    assert "Write in German" in row["messages"][0]["content"]


def test_for_a_trainer_of_two_strings_instructions_and_question_are_one_prompt():
    row = chat_row(true_pair("How do I clear a jam"))

    found = prompt_completion(row)

    system, user, assistant = (message["content"] for message in row["messages"])
    assert found == {"prompt": f"{system}\n\n{user}\n\n", "completion": assistant}


def test_rows_are_read_from_a_file_and_an_empty_line_is_none(tmp_path: Path):
    (tmp_path / "train.jsonl").write_bytes(jsonl([{"a": 1}]) + b"\n" + jsonl([{"a": 2}]))

    assert read_rows(tmp_path / "train.jsonl") == [{"a": 1}, {"a": 2}]


def test_a_line_that_is_no_row_is_told_with_its_number():
    with pytest.raises(Malformed, match="line 2"):
        read_rows(b'{"a": 1}\n[1, 2]\n')


def test_a_row_without_a_pair_is_told():
    with pytest.raises(Malformed, match="lineside dataset build"):
        pair_of({"messages": []})


def test_the_longest_chunk_that_may_be_asked_for_is_shown_whole():
    long = tuple(passage(number, "word " * 380 + f"number {number}.") for number in range(12))

    row = chat_row(pair("What does the long section say of numbers?", "It says number 1.", passages=long))

    assert all(f"number {number}." in row["messages"][1]["content"] for number in range(12))
