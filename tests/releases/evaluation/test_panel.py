"""Who may judge, by the family of its model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lineside.answering.models import ModelRow
from lineside.releases.evaluation.families import families_of
from lineside.releases.evaluation.panel import panel
from lineside.releases.settings import read_release_settings

LLAMA = "meta-llama/Llama-3.2-3B-Instruct"


def a_row(model: str, name: str = "", **more: Any) -> ModelRow:
    return ModelRow(name=name or "judge", provider="bedrock", model=model, **more)


@pytest.mark.parametrize(
    ("model_id", "family"),
    [
        ("us.anthropic.claude-sonnet-4-6", {"claude"}),
        ("us.amazon.nova-pro-v1:0", {"nova"}),
        (LLAMA, {"llama"}),
        ("llama3.2:3b", {"llama"}),
        ("tinyllama", {"llama"}),
        ("openai.gpt-oss-20b-1:0", {"gpt-oss"}),
        ("qwen3:8b", {"qwen"}),
        ("mistral.ministral-3-8b-instruct", {"mistral"}),
        ("mixtral:8x7b", {"mistral"}),
        ("gemma3:12b", {"gemma"}),
        ("deepseek-r1-distill-llama-8b", {"deepseek", "llama"}),
        ("ollama/plant-model", set()),
        ("amazon.innovate", set()),
        ("delphi-2", set()),
        ("arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdef123456", set()),
    ],
)
def test_an_id_names_its_families(model_id, family):
    assert families_of(model_id) == family


def test_a_judge_of_the_candidates_own_family_is_refused():
    found = panel([a_row("meta.llama3-3-70b-instruct-v1:0")], ["llama3.2:3b"], LLAMA)

    assert found.judges == ()
    assert "own family (llama)" in found.refused[0]


def test_an_imported_model_is_of_its_base_models_family():
    imported = "arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdef123456"

    found = panel([a_row("llama3.3:70b", "big"), a_row("qwen3:8b", "small")], [imported], LLAMA)

    assert [row.name for row in found.judges] == ["small"]


def test_a_judge_of_the_candidates_house_is_refused():
    found = panel([a_row("gpt-5-mini"), a_row("gemini-2.5-flash", "g")], ["gpt-oss:20b", "gemma3:4b"], LLAMA)

    assert found.judges == ()


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (a_row("house-model"), "no family is known"),
        (a_row("", alias="live"), "an alias changes"),
        (ModelRow(name="offline", provider="offline"), "rules cannot judge"),
    ],
    ids=["unknown", "alias", "offline"],
)
def test_who_else_does_not_judge(row, why):
    assert why in panel([row], [], LLAMA).refused[0]


def test_two_judges_of_one_name_would_be_one():
    assert "another judge has its name" in panel([a_row("qwen3:8b"), a_row("nova-pro")], [], LLAMA).refused[0]


def test_judges_of_one_family_are_told():
    rows = [a_row("us.anthropic.claude-sonnet-4-6", "sonnet"), a_row("claude-haiku-4-5", "haiku")]

    found = panel(rows, [], LLAMA)

    assert len(found.judges) == 2
    assert "haiku and sonnet are of one family" in found.remarks[0]


def test_the_sample_names_three_judges_of_other_families_through_their_profiles():
    settings = read_release_settings(Path("samples/training.cloud.yaml"))

    found = panel(settings.judges, [], settings.training.base_model)

    assert len(found.judges) == 3
    assert found.refused == ()
    assert all(row.model.startswith("us.") for row in found.judges)
