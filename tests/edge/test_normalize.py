from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import orjson
import pytest

from edge.cli import files_to_normalize
from edge.normalize import normalize_stream
from lineside.telemetry.normalize import Normalizer

GOOD = b'{"device":"M","ts":"2025-03-03T06:00:00Z","measurements":{"Good":%d}}'

COMMAND = [sys.executable, "-c", "from edge.cli import main; main()", "normalize"]


def run(text: bytes) -> tuple[list[dict], list[dict], tuple[int, int]]:  # type: ignore[type-arg]
    out, rejects = BytesIO(), BytesIO()
    counted = normalize_stream(BytesIO(text), out, rejects, Normalizer())
    return (
        [orjson.loads(line) for line in out.getvalue().splitlines()],
        [orjson.loads(line) for line in rejects.getvalue().splitlines()],
        counted,
    )


def test_one_line_out_per_good_line_in_the_same_order() -> None:
    entities, rejects, counted = run(b"\n".join(GOOD % number for number in range(5_000)))

    assert [one["Good"]["value"] for one in entities] == list(range(5_000))
    assert (rejects, counted) == ([], (5_000, 0))


def test_a_bad_line_is_named_by_its_number_and_blank_lines_are_counted_and_passed_over() -> None:
    lines = [
        GOOD % 1,
        b"",
        b"oops",
        b"  ",
        b"[" + GOOD % 2 + b"," + GOOD % 3 + b"]",
        b'{"K\xfc": 1}',
        GOOD % 4 + b"\r",
        b"",
    ]
    entities, rejects, counted = run(b"\n".join(lines))

    assert [one if isinstance(one, list) else one["Good"]["value"] for one in entities][::2] == [1, 4]
    assert [one["Good"]["value"] for one in entities[1]] == [2, 3]
    assert [(one["line"], one["raw"]) for one in rejects] == [(3, "oops"), (6, '{"K\\xfc": 1}')]
    assert all(one["reason"] for one in rejects)
    assert counted == (7, 2)


def test_an_array_with_a_bad_message_is_refused_whole() -> None:
    line = b"[" + GOOD % 1 + b',{"device":"M"}]'
    entities, rejects, _ = run(line)

    assert entities == []
    assert rejects == [{"line": 1, "reason": rejects[0]["reason"], "raw": line.decode()}]


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    entities, rejects, counted = run(GOOD % 1 + b"\n" + b"x" * 3_000_000 + b"\n" + GOOD % 2)

    assert [one["Good"]["value"] for one in entities] == [1, 2]
    assert [(one["line"], one["raw"]) for one in rejects] == [(2, "x" * 1_024)]
    assert counted == (3, 1)


def test_the_command_reads_a_site_file_and_writes_its_rejects(tmp_path: Path, samples: Path) -> None:
    head = b'{"device":"Freezer Tunnel","ts":"2025-03-03T06:00:00Z","measurements":'
    line = head + b'{"Temperature":{"value":%b,"unit":"degF"}}}\n'
    done = subprocess.run(
        [*COMMAND, "--site", str(samples / "site.yaml"), "--rejects", str(tmp_path / "rejects.jsonl")],
        input=line % b"-4" + line % b"NaN",
        capture_output=True,
        check=True,
    )

    entity = orjson.loads(done.stdout)
    assert entity["id"] == "urn:ngsi-ld:ManufacturingMachine:default:bakery-north:freezer-tunnel"
    assert (entity["Temperature"]["value"], entity["Temperature"]["unitCode"]) == (-20, "CEL")
    assert orjson.loads((tmp_path / "rejects.jsonl").read_bytes())["line"] == 2
    assert done.stderr == b""


def test_without_a_file_for_them_bad_lines_go_to_standard_error() -> None:
    done = subprocess.run(
        COMMAND,
        input=b"oops\n" + GOOD % 1,
        capture_output=True,
        check=True,
    )

    assert orjson.loads(done.stdout)["Good"]["value"] == 1
    assert orjson.loads(done.stderr)["line"] == 1


def test_a_site_file_with_mistakes_stops_everything(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("site: [\n")
    done = subprocess.run(
        [*COMMAND, "--site", str(tmp_path / "site.yaml")],
        input=GOOD % 1,
        capture_output=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stdout == b""
    assert b"site.yaml" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        ("normalize", {}),
        ("normalize --site a.yaml", {"--site": "a.yaml"}),
        ("normalize --rejects=r.jsonl --site=a=b.yaml", {"--rejects": "r.jsonl", "--site": "a=b.yaml"}),
        ("normalize --help", None),
        ("normalize --site", None),
        ("normalize --site=", None),
        ("normalize --site --rejects r.jsonl", None),
        ("normalize --sit a.yaml", None),
        ("normalize in.jsonl", None),
        ("up --demo", None),
        ("", None),
    ],
)
def test_only_what_leaves_no_question_is_understood_without_the_reader_of_command_lines(
    arguments: str, files: dict[str, str] | None
) -> None:
    assert files_to_normalize(arguments.split()) == files


def test_normalizing_loads_neither_the_reader_of_command_lines_nor_that_of_site_files() -> None:
    code = (
        "import sys; from edge.cli import main; main(); print(*sorted({'typer', 'pydantic', 'yaml'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code, "normalize"], input=GOOD % 1, capture_output=True, check=True)

    assert done.stdout.splitlines()[1:] == [b""]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--sit", "a.yaml"], "No such option"),
        (["in.jsonl"], "unexpected extra argument"),
        (["--rejects", "no/such/folder/r.jsonl"], "lineside: the rejects cannot be written to no/such/folder/r.jsonl"),
        (["--site", "no-such.yaml"], "lineside: there is no site file"),
    ],
)
def test_a_mistake_on_the_command_line_is_said_and_ends_with_2(arguments: list[str], said: str) -> None:
    done = subprocess.run([*COMMAND, *arguments], input=GOOD % 1, capture_output=True, check=False)

    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr.decode()


def test_a_reader_that_has_seen_enough_ends_it_without_a_word() -> None:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdin
        assert running.stdout
        assert running.stderr
        running.stdout.close()
        running.stdin.write(b"\n".join(GOOD % number for number in range(1_000)))
        running.stdin.close()

        assert running.wait() == 1
        assert running.stderr.read() == b""
