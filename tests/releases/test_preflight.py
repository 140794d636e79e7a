"""Before anything is paid: every problem in one sentence, and all of them at once."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from lineside.answering.models import ModelRow
from lineside.errors import Misconfigured
from lineside.releases.preflight import Held, Standing, check, problems, region_problem
from lineside.releases.settings import ReleaseSettings

READY = Standing(region="us-east-1", dataset=Held(pairs=400, questions=60), imported_models=1)


def row(name: str, model: str, provider: str = "bedrock") -> ModelRow:
    url = "" if provider == "bedrock" else "http://127.0.0.1:11434"
    return ModelRow.model_validate({"name": name, "provider": provider, "model": model, "url": url})


BASE = row("base", "us.meta.llama3-2-3b-instruct-v1:0")
CLAUDE = row("claude", "us.anthropic.claude-sonnet-4-6")
NOVA = row("nova", "amazon.nova-pro-v1:0")
GOOD: dict[str, Any] = {
    "base": BASE,
    "judges": (CLAUDE, NOVA),
    "training": {"accept_licence": True, "token_secret": "hf-token"},
}


def settings(**changes: Any) -> ReleaseSettings:
    """Good ones; a change of `training` is made to the good one."""
    training = {**GOOD["training"], **changes.pop("training", {})}
    return ReleaseSettings.model_validate({**GOOD, **changes, "training": training})


def found(chosen: ReleaseSettings, standing: Standing = READY) -> str:
    """The one problem."""
    (problem,) = problems(chosen, standing)
    return problem


def test_a_release_that_nothing_speaks_against_may_start():
    check(settings(), READY)

    assert problems(settings(), READY) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"dataset": Held(0, 0)}, "the dataset is empty"),
        ({"dataset": Held(199, 60)}, "199 pairs, and a release needs 200"),
        ({"dataset": Held(400, 29)}, "holds out 29 questions, and the gate asks for 30"),
        ({"dataset": Held(400, 60), "unreadable": ("test.jsonl cannot be read: line 3",)}, "test.jsonl cannot be read"),
        ({"dataset": None, "documents": 0}, "there is no document to make a dataset from"),
        ({"region": "eu-west-1"}, "Bedrock imports no models in eu-west-1; deploy to us-east-1, us-east-2"),
        ({"imported_models": 3}, "3 imported models of the 3 that it may have"),
        ({"imported_models": 5, "quota": 5}, "5 imported models of the 5"),
        ({"importing": ("lineside-r1",)}, "an import job still runs (lineside-r1)"),
        ({"others": ("r-1",)}, "another release is under way (r-1)"),
    ],
)
def test_the_account_and_the_dataset_are_looked_at(change, sentence):
    assert sentence in found(settings(), replace(READY, **change))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"training": {"accept_licence": False}}, "accept it with accept_licence: true"),
        ({"training": {"base_model": "google/gemma-3-4b-it"}}, "which Custom Model Import does not take"),
        ({"training": {"base_model": "Qwen/Qwen3-4B"}}, "by InvokeModel alone"),
        ({"training": {"base_model": "somebody/own-model", "accept_licence": False}}, "is not known here"),
        ({"training": {"token_secret": ""}}, "training.token_secret"),
        ({"base": None}, "name one under `base`"),
        ({"judges": (CLAUDE,)}, "there are 1 judges, and the gate asks for 2"),
        ({"judges": (CLAUDE, NOVA, row("llama", "meta.llama3-3-70b-instruct-v1:0"))}, "llama does not judge"),
        ({"judges": (CLAUDE, NOVA, row("again", CLAUDE.model))}, "2 times"),
        ({"judges": (CLAUDE, NOVA, row("plant", "qwen3:8b", "ollama"))}, "on a server of a plant (ollama)"),
        ({"generator": row("plant", "gpt-oss:20b", "ollama")}, "plant is on a server of a plant"),
    ],
)
def test_the_settings_are_looked_at(change, sentence):
    assert sentence in found(settings(**change))


def test_weights_that_lie_in_s3_need_no_token():
    assert problems(settings(training={"token_secret": "", "weights": "s3://weights/llama/"}), READY) == []


def test_serverless_customization_brings_its_own_weights():
    assert problems(settings(training={"token_secret": "", "way": "serverless"}), READY) == []


def test_documents_are_prepared_first_where_there_is_no_dataset_yet():
    assert problems(settings(), replace(READY, dataset=None, documents=12)) == []
    assert problems(settings(), replace(READY, dataset=None)) == []


def test_everything_is_told_at_once():
    bad = settings(judges=(), base=None, training={"accept_licence": False, "token_secret": ""})
    standing = Standing("mars-1", Held(3, 1), imported_models=3, importing=("a",), others=("b",))

    with pytest.raises(Misconfigured) as refused:
        check(bad, standing)

    assert len(refused.value.mistakes) == 10
    assert str(refused.value).startswith("no release is started, and nothing was paid, for 10 reasons:")
    assert all(not mistake.endswith(".") and "\n" not in mistake for mistake in refused.value.mistakes)


def test_a_region_that_imports_is_no_problem():
    assert region_problem("eu-central-1") == ""
    assert "ap-south-1" in region_problem("ap-south-1")
