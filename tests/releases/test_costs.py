"""What a release and serving cost, against cases calculated by hand from the price file."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from msgspec.structs import replace

from app import ROOT
from lineside.answering.models import ModelRow
from lineside.errors import Misconfigured
from lineside.releases.costs import (
    PRICES_FILE,
    Cost,
    Line,
    Prices,
    ReleaseWork,
    Serving,
    Tokens,
    Usage,
    as_document,
    cost_table,
    read_prices,
    release_cost,
    serving_cost,
    windows,
    work_of,
)
from lineside.releases.settings import GateSettings, ReleaseSettings, TrainingSettings, read_release_settings

MINUTE = 60.0
CLOUD = ROOT / "samples" / "training.cloud.yaml"


def row(model: str, provider: str = "bedrock") -> ModelRow:
    return ModelRow.model_validate({"name": model, "provider": provider, "model": model})


def of(cost: Cost, what: str) -> Line:
    (line,) = [each for each in cost.lines if each.what == what]
    return line


def test_every_price_has_its_source_its_unit_and_a_day_on_which_somebody_looked():
    prices = read_prices()

    ids = [price.id for price in prices.prices]
    assert len(ids) == len(set(ids))
    assert all(price.source and price.unit and date.fromisoformat(price.checked) for price in prices.prices)
    assert max(price.checked for price in prices.prices) <= prices.as_of
    assert date.fromisoformat(prices.as_of)


def test_no_price_stands_anywhere_but_in_its_file():
    spelled = {f"{price.usd:g}" for price in read_prices().prices if len(f"{price.usd:g}") > 4}
    sources = [
        path for room in ("lineside", "cloud", "edge", "stacks", "lambdas") for path in (ROOT / room).rglob("*.py")
    ]

    found = [(path.name, price) for path in sources for price in spelled if price in path.read_text(encoding="utf-8")]

    assert spelled
    assert found == []


def test_one_unit_kept_warm_all_day_costs_two_and_a_half_thousand_dollars_a_month():
    warm = Serving(windows_a_day=288, units=1, models=1)

    cost = serving_cost(warm, read_prices())

    # 0.05718 x 5 minutes x 288 windows x 30.4 days, and 1.95 for keeping it.
    assert of(cost, "answering").usd == pytest.approx(0.05718 * 5 * 288 * 30.4) == pytest.approx(2503.11, abs=0.01)
    assert cost.usd == pytest.approx(2505.06, abs=0.01)


def test_eight_windows_a_day_cost_seventy_dollars_and_no_call_at_all_storage_alone():
    some, none = (serving_cost(Serving(windows_a_day=count, models=2), read_prices()) for count in (8, 0))

    assert of(some, "answering").usd == pytest.approx(69.53, abs=0.01)
    assert none.usd == pytest.approx(2 * 1.95)


def test_units_copies_and_models_multiply():
    one = serving_cost(Serving(windows_a_day=4, units=1, copies=1, models=1), read_prices())

    larger = serving_cost(Serving(windows_a_day=4, units=2, copies=3, models=3), read_prices())

    assert of(larger, "answering").usd == pytest.approx(6 * of(one, "answering").usd)
    assert of(larger, "keeping the models").usd == pytest.approx(6 * of(one, "keeping the models").usd)


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ([], 0),
        ([(0, 1)], 1),
        ([(0, 1), (299, 1)], 1),
        ([(0, 1), (300, 1)], 2),
        ([(0, 1), (100, 201)], 2),
        ([(0, 301)], 2),
        ([(0, 600)], 2),
        ([(0, 601)], 3),
        ([(0, 1), (3_600, 1)], 2),
        # A window begins with its first call, not on the clock.
        ([(299, 1), (301, 1)], 1),
        ([(301, 1), (299, 1)], 1),
        ([(10, 1), (20, 900), (930, 1)], 4),
        # A tick every five minutes keeps it warm.
        ([(number * 300.0, 2) for number in range(288)], 288),
    ],
)
def test_a_window_opens_with_a_call_and_a_call_that_outlasts_it_opens_the_next(calls, expected):
    assert windows(calls) == expected


def test_a_release_by_hand():
    work = ReleaseWork(
        instance_type="ml.g5.2xlarge",
        training_hours=2.0,
        tokens=(Tokens("openai.gpt-oss-120b-1:0", 2_000_000, 1_000_000), Tokens("us.amazon.nova-pro-v1:0", 500_000, 0)),
        windows=3,
        units=2,
        artifact_gigabytes=10,
    )

    cost = release_cost(work, read_prices())

    assert of(cost, "training on ml.g5.2xlarge").usd == pytest.approx(3.03)
    assert of(cost, "openai.gpt-oss-120b-1:0, input").usd == pytest.approx(0.30)
    assert of(cost, "openai.gpt-oss-120b-1:0, output").usd == pytest.approx(0.60)
    assert of(cost, "us.amazon.nova-pro-v1:0, input").usd == pytest.approx(0.40)
    assert of(cost, "the candidate's answers").usd == pytest.approx(3 * 2 * 5 * 0.05718)
    assert of(cost, "the imported model, first month").usd == pytest.approx(3.90)
    assert of(cost, "the weights in S3, first month").usd == pytest.approx(0.23)
    assert cost.usd == pytest.approx(3.03 + 0.30 + 0.60 + 0.40 + 1.7154 + 3.90 + 0.23)


def test_what_a_release_uses_follows_from_its_settings():
    settings = ReleaseSettings(
        generator=row("openai.gpt-oss-120b-1:0"),
        base=row("meta.llama3-2-3b-instruct-v1:0"),
        judges=(row("amazon.nova-pro-v1:0"), row("judge", "ollama")),
        training=TrainingSettings(epochs=2),
        gate=GateSettings(most_questions=100),
    )
    usage = Usage(start_minutes=30, seconds_a_row=1, planted=10, judge_input=1_000, judge_output=100)

    work = work_of(settings, pairs=1_000, questions=200, usage=usage)

    # 800 rows twice at a second each, after half an hour; 100 of the 200 questions are asked, 10 are planted.
    assert work.training_hours == pytest.approx(0.5 + 1_600 / 3_600)
    assert work.tokens == (
        Tokens("openai.gpt-oss-120b-1:0", 200 * usage.chunk_input, 1_000 * usage.pair_output),
        Tokens("meta.llama3-2-3b-instruct-v1:0", 100 * usage.answer_input, 100 * usage.answer_output),
        Tokens("amazon.nova-pro-v1:0", 2 * 110 * 1_000, 2 * 110 * 100),
    )
    assert work.windows == 3  # 110 s to wake, then 100 answers of 6 s


def test_the_serverless_way_rents_no_instance():
    settings = ReleaseSettings(training=TrainingSettings(way="serverless"))

    work = work_of(settings, pairs=1_000, questions=100)

    assert (work.instance_type, work.training_hours) == ("", 0.0)


def test_a_model_without_a_price_is_no_free_model():
    work = ReleaseWork("", 0, (Tokens("somebody.new-model", 1, 1),), windows=0)

    with pytest.raises(Misconfigured, match=r"no price for somebody\.new-model/input"):
        release_cost(work, read_prices())


def test_a_broken_price_file_is_named(tmp_path):
    broken = tmp_path / "prices.json"
    broken.write_text(json.dumps({"prices": [{"id": "a"}]}))

    with pytest.raises(Misconfigured, match="cannot be read"):
        read_prices(broken)


def test_the_table_in_the_documentation_is_that_of_the_price_file():
    written = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")

    (shown,) = re.findall(r"<!-- costs -->\n(.*?)\n<!-- /costs -->", written, flags=re.DOTALL)

    assert shown == as_document(cost_table(read_release_settings(CLOUD)))


def test_the_documentation_names_every_setting():
    table = (
        (ROOT / "docs" / "models.md").read_text(encoding="utf-8").partition("## The settings")[2].partition("\n## ")[0]
    )

    parts = {name: field.annotation for name, field in ReleaseSettings.model_fields.items()}
    keys = [key for part in parts.values() for key in getattr(part, "model_fields", {})]

    assert {"epochs", "least_pairs", "share", "least_new_pairs"} <= set(keys)
    assert [key for key in [*parts, *keys] if not re.search(rf"[`.]{key}[`.]", table)] == []


def test_an_unsure_price_is_marked_and_another_price_changes_the_table():
    prices: Prices = read_prices()
    dearer = replace(prices, prices=tuple(replace(price, usd=price.usd * 2) for price in prices.prices))
    settings = read_release_settings(CLOUD)

    (_, once), (_, monthly) = cost_table(settings)
    (_, twice), _ = cost_table(settings, prices=dearer)

    assert twice.usd == pytest.approx(2 * once.usd)
    assert "0.05718 ?" in as_document([("Serving", monthly)])
    assert PRICES_FILE.name == "prices.json"
