"""Where two sides must agree and no compiler says so: environments, schemas, names, samples."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import json
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from pydantic import ValidationError

import lineside.errors
from app import ROOT, site_files
from cloud.settings import EnvironmentSettings
from lineside.advice.sops import read_site_sops
from lineside.errors import LinesideError, Misconfigured
from lineside.lake import paths, schema
from lineside.manuals.library import library_of_site
from lineside.site import Site, parse_site, read_site
from lineside.site.camera import Camera
from lineside.site.model import Attribute, Line, Machine, RejectRate
from lineside.telemetry.decode import Decoded, Origin, decode
from simulator.machines import DEVICES, MACHINES
from stacks.readings_table import COLUMNS, READINGS_PREFIX
from stacks.telemetry_rule import TELEMETRY_TOPICS, UNDELIVERED_PREFIX
from tests.stacks.synth import everywhere, function, properties, synthesised

FUNCTIONS = sorted(path.parent.name for path in (ROOT / "lambdas").glob("*/handler.py"))
FOR_OTHERS = ("POWERTOOLS_", "AWS_LAMBDA_EXEC_WRAPPER", "AWS_LWA_")
"""What Powertools and the Web Adapter read themselves."""
SITE_KEYS = (ROOT / "docs" / "site.md").read_text()


def settings_of(verb_noun: str) -> type[EnvironmentSettings]:
    settings: type[EnvironmentSettings] = importlib.import_module(f"lambdas.{verb_noun}.settings").Settings
    return settings


def environment_of(verb_noun: str) -> dict[str, str]:
    """The function's variables in the template; what CloudFormation fills in stands as a word."""
    variables = function(verb_noun)["Environment"]["Variables"]
    return {name: value if isinstance(value, str) else "filled-in" for name, value in variables.items()}


def test_every_function_in_the_stacks_is_a_folder_and_every_folder_a_function():
    deployed = {each["Handler"] for each in everywhere("AWS::Lambda::Function")}
    served = {name for name in FUNCTIONS if (ROOT / "lambdas" / name / "run.sh").is_file()}

    assert served == {"serve_api"}
    assert deployed == {
        f"lambdas/{name}/run.sh" if name in served else f"lambdas.{name}.handler.handler" for name in FUNCTIONS
    }


@pytest.mark.parametrize("verb_noun", FUNCTIONS)
def test_a_function_is_given_what_its_settings_read_and_nothing_else(verb_noun):
    given = environment_of(verb_noun)

    settings_of(verb_noun).read(given)
    read = {name.upper() for name in settings_of(verb_noun).model_fields}
    ours = {name for name in given if not name.startswith(FOR_OTHERS)}
    assert ours == {name for name in read if not name.startswith(FOR_OTHERS)}


@pytest.mark.parametrize("verb_noun", FUNCTIONS)
def test_a_function_without_its_environment_names_everything_that_is_missing(verb_noun):
    with pytest.raises(Misconfigured) as told:
        settings_of(verb_noun).read({})

    required = [name for name, one in settings_of(verb_noun).model_fields.items() if one.is_required()]
    assert len(told.value.mistakes) == len(required)


@pytest.mark.parametrize("verb_noun", FUNCTIONS)
def test_a_handler_imports_lineside_cloud_and_its_own_settings_only(verb_noun):
    source = ast.parse((ROOT / "lambdas" / verb_noun / "handler.py").read_text())
    imported = {node.module for node in ast.walk(source) if isinstance(node, ast.ImportFrom) and node.module}
    imported |= {name.name for node in ast.walk(source) if isinstance(node, ast.Import) for name in node.names}
    ours = {name for name in imported if name.split(".")[0] in {"lambdas", "edge", "stacks", "simulator", "tests"}}

    assert ours == {f"lambdas.{verb_noun}.settings"}


REFUSING = """
import importlib, json, sys

absent, rooms = json.loads(sys.stdin.read())

class Refusing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"{name} is not in the bundle", name=name)

sys.meta_path.insert(0, Refusing())
for room in rooms:
    importlib.import_module(room)
print("imported", len(rooms), "pyarrow" in sys.modules)
"""


def absent_from_the_bundle(verb_noun: str) -> set[str]:
    """Top-level names that are installed here and do not travel with the function: other libraries, other rooms."""
    from stacks.bundling import requirements_of

    wanted = {line.partition("==")[0] for line in requirements_of(ROOT, verb_noun)}
    installed = importlib.metadata.packages_distributions()
    canonical = {name: {re.sub(r"[-_.]+", "-", one.lower()) for one in by} for name, by in installed.items()}
    ours = {"edge", "simulator", "stacks", "tests"}
    return ours | {name for name, by in canonical.items() if not by & wanted} - {"lineside", "cloud"}


def imports_with(absent: set[str], rooms: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", "-c", REFUSING]
    asked = json.dumps([sorted(absent), rooms])
    return subprocess.run(command, input=asked, text=True, capture_output=True, cwd=ROOT, check=False)


def imported_by_serve_api() -> list[str]:
    """What its handler imports, and what the application and the assistant import only once they are asked."""
    source = ast.parse((ROOT / "lambdas" / "serve_api" / "handler.py").read_text())
    named = {node.module for node in ast.walk(source) if isinstance(node, ast.ImportFrom) and node.module}
    rooms = ("api", "assistant", "assistant/tools", "answering")
    later = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for room in rooms
        for path in (ROOT / "lineside" / room).glob("*.py")
        if path.stem != "__init__"
    }
    return sorted({*named, *later, "lineside.manuals.pdf", "duckdb"} - {"__future__"})


def test_what_serve_api_imports_is_in_its_bundle_and_pyarrow_is_not():
    absent = absent_from_the_bundle("serve_api")

    done = imports_with(absent, imported_by_serve_api())

    assert done.stderr == ""
    assert done.stdout.endswith(" False\n")
    assert {"pyarrow", "pdfplumber", "openai", "edge"} <= absent


def test_what_inspect_image_imports_is_in_its_bundle_or_the_runtime_s_and_pyarrow_is_not():
    brought_by_lambda = {"boto3", "botocore", "s3transfer", "dateutil", "urllib3", "six"}
    source = ast.parse((ROOT / "lambdas" / "inspect_image" / "handler.py").read_text())
    named = {node.module for node in ast.walk(source) if isinstance(node, ast.ImportFrom) and node.module}
    later = {f"lineside.inspection.{name}" for name in ("chain", "offline", "features", "judge", "segment", "shrink")}

    done = imports_with(
        absent_from_the_bundle("inspect_image") - brought_by_lambda, sorted({*named, *later, "cv2"} - {"__future__"})
    )

    assert done.stderr == ""
    assert done.stdout.endswith(" False\n")


def test_that_check_can_fail():
    done = imports_with(absent_from_the_bundle("serve_api") | {"strands"}, ["lineside.assistant.loop"])

    assert "strands is not in the bundle" in done.stderr


def test_an_answer_ends_before_the_function_does():
    """Nothing in the cloud tells us that a browser has gone; the turn's own limit must end it."""
    from lineside.assistant.turn import Limits
    from stacks.api import CHAT_PATIENCE

    assert Limits().router_seconds < CHAT_PATIENCE.to_seconds() / 2


def test_tables_forget_by_the_attribute_that_is_written():
    from cloud import dynamodb_inspections, dynamodb_people
    from stacks.tables import FORGET_AT

    assert {dynamodb_people.TTL_ATTRIBUTE, dynamodb_inspections.TTL_ATTRIBUTE} == {FORGET_AT}


def test_the_pool_s_groups_are_the_roles_and_sites_that_a_token_is_read_for():
    from lineside.api.access import Role
    from lineside.api.oidc import SITE_PREFIXES
    from stacks.people import ROLES, SITE_GROUP

    assert {Role.of(name) for name in ROLES} == set(Role)
    assert SITE_GROUP in SITE_PREFIXES


def test_only_entry_points_read_the_environment():
    places = [path for room in ("lineside", "cloud", "stacks") for path in (ROOT / room).rglob("*.py")]

    assert [path for path in places if "os.environ" in path.read_text()] == []


def hive(kind: pa.DataType) -> str:
    if pa.types.is_dictionary(kind):
        return hive(kind.value_type)
    if pa.types.is_timestamp(kind):
        return "timestamp"
    return {pa.string(): "string", pa.float64(): "double", pa.int64(): "bigint", pa.bool_(): "boolean"}[kind]


def test_athena_s_columns_are_the_lake_s_columns():
    assert [(name, kind) for name, kind, _ in COLUMNS] == [(field.name, hive(field.type)) for field in schema.SCHEMA]


def test_athena_looks_where_compaction_writes():
    (table,) = properties(synthesised().lake, "AWS::Glue::Table")
    template = table["TableInput"]["Parameters"]["storage.location.template"]["Fn::Join"][1][-1]
    hour = paths.Hour("bakery-north", "line-1", 1_741_068_000_000_000)
    values = {"site": "bakery-north", "line": "line-1", "date": "2025-03-04", "hour": "06"}
    for name, value in values.items():
        template = template.replace(f"${{{name}}}", value)

    assert f"{template.removeprefix('/')}/" == hour.compacted.rpartition("/")[0] + "/"
    assert f"{READINGS_PREFIX}/" == paths.READINGS


def test_the_rule_s_topics_are_the_ones_that_ingest_understands():
    from lineside.line.topics import parse_topic

    assert parse_topic(TELEMETRY_TOPICS.replace("+", "a")) == ("a", "a", "a")
    assert parse_topic(f"$aws/rules/telemetry_rule_1/{TELEMETRY_TOPICS.replace('+', 'a')}") == ("a", "a", "a")


def test_the_rule_writes_what_replay_looks_for():
    from cloud.requeue import UNDELIVERED

    assert f"{UNDELIVERED_PREFIX}/" == UNDELIVERED


def test_every_error_of_ours_is_in_the_tree_at_the_top_of_the_file_and_says_who_must_act():
    ours = [each for each in vars(lineside.errors).values() if isinstance(each, type) and issubclass(each, Exception)]
    tree = (lineside.errors.__doc__ or "").split()

    assert [each.__name__ for each in ours if each.__name__ not in tree] == []
    assert all(issubclass(each, LinesideError) and each.__doc__ for each in ours)


def test_the_sample_site_and_its_procedures_parse_and_are_what_is_deployed():
    site_file = ROOT / "samples" / "site.yaml"
    site = read_site(site_file)
    deployed = site_files(site_file, site)

    assert read_site_sops(site, site_file.parent).documents
    assert deployed["plant/site.yaml"] == site_file
    assert {Path(name).parent.as_posix() for name in deployed if name != "plant/site.yaml"} == {
        "plant/sops",
        "plant/manuals",
    }
    library = library_of_site(site, site_file.parent)
    assert {document.path for document in library.documents} == {*deployed.values()} - {site_file}


@pytest.mark.parametrize("part", [Site, Line, Machine, Attribute, RejectRate, Camera])
def test_every_key_of_a_site_file_is_explained(part):
    rows = [line for line in SITE_KEYS.splitlines() if line.startswith("|")]
    explained = {key for row in rows for key in re.findall(r"`(\w+)`", row.split("|")[1])}

    assert set(part.model_fields) - explained == set()


def test_the_site_file_that_explains_the_keys_can_be_read():
    (example,) = re.findall(r"```yaml\n(.*?)```", SITE_KEYS, re.DOTALL)

    assert parse_site(example, "docs/site.md").line_of.keys() == {"Freezer Tunnel", "Cookie Inspector", "Accumulation"}


def test_the_simulated_line_is_the_one_that_the_sample_site_describes():
    (line,) = read_site(ROOT / "samples" / "site.yaml").lines

    assert {machine.id for machine in line.machines} == set(DEVICES)
    assert {row.device: line.downstream[row.device] for row in MACHINES} == {
        row.device: (row.feeds,) if row.feeds else () for row in MACHINES
    }


def test_procedures_outside_the_site_s_folder_are_refused_rather_than_forgotten(tmp_path):
    text = (ROOT / "samples" / "site.yaml").read_text().replace("sop_directory: sops", "sop_directory: ../sops")
    (tmp_path / "site.yaml").write_text(text)

    with pytest.raises(Misconfigured, match=r"\.\./sops must lie beside"):
        site_files(tmp_path / "site.yaml", read_site(tmp_path / "site.yaml"))


def test_a_tick_as_the_scheduler_sends_it_is_understood():
    (tick_class,) = [importlib.import_module("lambdas.advise_line.settings").Tick]
    for schedule in properties(synthesised().advisor, "AWS::Scheduler::Schedule"):
        told = json.loads(schedule["Target"]["Input"])
        tick = tick_class.model_validate({**told, "scheduled_at": "2026-11-21T19:05:00Z"})
        assert tick.now_us(30) == 1_795_287_870_000_000
        with pytest.raises(ValidationError):
            tick_class.model_validate({**told, "scheduled_at": "<aws.scheduler.scheduled-time>"})


MESSAGES = ROOT / "samples" / "messages"
HEARD_US = 1_740_981_600_000_000 + 60_000_000
"""A minute after the samples were sent."""


def heard(sample: Path) -> Decoded:
    site = read_site(ROOT / "samples" / "site.yaml")
    return decode(sample.read_bytes(), Origin(site=site, received_us=HEARD_US))


@pytest.mark.parametrize(
    "sample", sorted(path for path in MESSAGES.iterdir() if path.is_file()), ids=lambda path: path.name
)
def test_every_sample_message_can_be_read(sample):
    decoded = heard(sample)

    assert decoded.readings
    assert decoded.rejected == []


@pytest.mark.parametrize("sample", sorted((MESSAGES / "bad").iterdir()), ids=lambda path: path.stem)
def test_every_bad_sample_is_refused_for_the_reason_that_it_is_named_after(sample):
    decoded = heard(sample)

    assert decoded.readings == []
    assert [one.code for one in decoded.rejected] == [sample.stem]
