"""A bundle holds what was tested, fits into Lambda, and is built once for functions that need the same."""

import os
import re
import subprocess

import pytest

from app import ROOT
from stacks import bundling
from stacks.bundling import Bundles, BundlingFailed, check_size, functions_with_the_same_requirements, locked

FUNCTIONS = sorted(path.parent.name for path in (ROOT / "lambdas").glob("*/handler.py"))
PREPARING = {
    *("assemble_dataset", "extract_passages", "generate_pairs", "list_documents", "plan_questions", "validate_pairs"),
}
"""They search the manuals; one of them reads PDF."""


def refused(*arguments, **keywords) -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess([], 2, "", "error: Failed to fetch: https://pypi.org/simple/numpy/")


def pretended(command, **keywords) -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess(command, 0, "", "")


def bundles(tmp_path) -> Bundles:
    return Bundles(root=ROOT, folder=tmp_path, site_files={"plant/site.yaml": ROOT / "samples" / "site.yaml"})


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_runs_the_versions_that_the_lock_was_tested_with(function):
    text = locked(ROOT, function)

    assert all(f"{line} " in text for line in bundling.requirements_of(ROOT, function))
    assert text.count("--hash=sha256:") >= len(bundling.requirements_of(ROOT, function))
    assert ";" not in text


def test_functions_with_the_same_requirements_share_a_bundle(tmp_path):
    for function, requirements in {"weigh": "numpy==2.4.6\n", "greet": "", "sort": "# why\nnumpy==2.4.6\n"}.items():
        (tmp_path / "lambdas" / function).mkdir(parents=True)
        (tmp_path / "lambdas" / function / "requirements.txt").write_text(requirements)

    assert functions_with_the_same_requirements(tmp_path, "weigh") == ["sort", "weigh"]
    assert functions_with_the_same_requirements(tmp_path, "greet") == ["greet"]
    assert functions_with_the_same_requirements(ROOT, "serve_api") == ["serve_api"]
    assert functions_with_the_same_requirements(ROOT, "advise_line") == sorted(
        set(FUNCTIONS) - {"serve_api", "inspect_image", *PREPARING}
    )
    assert functions_with_the_same_requirements(ROOT, "inspect_image") == ["inspect_image"]
    assert functions_with_the_same_requirements(ROOT, "generate_pairs") == sorted(PREPARING - {"extract_passages"})


def test_a_requirement_that_the_lock_does_not_know_is_named(tmp_path):
    folder = tmp_path / "lambdas" / "guess_weather"
    folder.mkdir(parents=True)
    (folder / "requirements.txt").write_text("pydantic==1.0.0\n")
    (tmp_path / "requirements.txt").write_text("pydantic==2.14.3 \\\n    --hash=sha256:00\n")

    with pytest.raises(BundlingFailed, match=r"guess_weather.*pydantic==1\.0\.0"):
        locked(tmp_path, "guess_weather")


def test_a_bundle_that_lambda_could_not_unpack_fails_the_synth(tmp_path):
    with (tmp_path / "model.bin").open("wb") as large:
        large.truncate(241_000_000)

    with pytest.raises(BundlingFailed, match="241 MB is more than the 240 MB"):
        check_size(tmp_path)


def test_without_wheels_and_without_a_network_one_sentence_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(subprocess, "run", refused)

    with pytest.raises(BundlingFailed, match="could not fetch the arm64 wheels; it needs PyPI"):
        bundles(tmp_path).build("advise_line")
    assert [path for path in tmp_path.iterdir() if path.suffix != ".unfinished"] == []


def test_a_bundle_holds_our_code_and_the_site_and_nothing_of_the_plant(tmp_path, monkeypatch):
    monkeypatch.setattr(subprocess, "run", pretended)

    bundle = bundles(tmp_path).build("advise_line")

    assert (bundle / "lineside" / "errors.py").is_file()
    assert (bundle / "cloud" / "sns.py").is_file()
    assert (bundle / "lambdas" / "advise_line" / "settings.py").is_file()
    assert (bundle / "plant" / "site.yaml").is_file()
    assert not (bundle / "edge").exists()
    assert bundles(tmp_path).build("ingest_telemetry") == bundle


def test_a_start_script_stays_executable_and_data_of_a_package_travels_with_it(tmp_path, monkeypatch):
    monkeypatch.setattr(subprocess, "run", pretended)

    bundle = bundles(tmp_path).build("serve_api")

    assert os.access(bundle / "lambdas" / "serve_api" / "run.sh", os.X_OK)
    assert not list(bundle.rglob("*.pyc"))


def test_of_botocore_s_four_hundred_services_those_that_are_used_stay(tmp_path):
    for name in ("s3", "polly", "gamelift"):
        (tmp_path / "botocore" / "data" / name / "2020-01-01").mkdir(parents=True)
    (tmp_path / "botocore" / "data" / "endpoints.json").touch()

    bundling.prune(tmp_path)

    assert {path.name for path in (tmp_path / "botocore" / "data").iterdir()} == {"s3", "polly", "endpoints.json"}


def test_every_service_that_the_code_talks_to_is_one_that_a_bundle_keeps():
    sources = [path.read_text() for room in ("cloud", "lambdas") for path in (ROOT / room).rglob("*.py")]
    calls = re.compile(r"""(?:client|resource)\(\s*"([a-z0-9-]+)\"""")
    named = {service for text in sources for service in calls.findall(text)}

    assert {"s3", "dynamodb", "bedrock-runtime", "polly"} <= named
    assert named <= bundling.AWS_SERVICES


def test_pruning_leaves_what_pyarrow_needs(tmp_path):
    library = tmp_path / "pyarrow"
    (library / "include").mkdir(parents=True)
    for name in ("libarrow.so.2600", "libarrow_substrait.so.2600", "libarrow_python.so.2600", "lib.cpython-313.so"):
        (library / name).touch()
    for name in ("libarrow_flight.so.2600", "libarrow_s3.so.2600", "libarrow_python.so.2600.1.0", "lib.pyx"):
        (library / name).touch()

    bundling.prune(tmp_path)

    kept = sorted(path.name for path in library.iterdir())
    assert kept == ["lib.cpython-313.so", "libarrow.so.2600", "libarrow_python.so.2600", "libarrow_substrait.so.2600"]
