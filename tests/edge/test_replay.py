"""`lineside replay`: recordings in, messages out."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import pytest
from typer.testing import CliRunner

from edge.cli.commands import app
from edge.replay import play, record
from lineside.advice.sops import Sops
from lineside.errors import Malformed, Misconfigured
from lineside.site import Site, read_site
from lineside.telemetry.timestamps import parse

HEADER = "timestamp,device,attribute,value,unit\n"
NOW_US = 1_760_000_000_000_000
T0 = datetime(2025, 3, 3, 6, tzinfo=UTC)
SITE = """
site: bakery
lines:
  - id: line-1
    machines:
      - {id: Former, feeds: [Conveyor]}
      - {id: Conveyor, feeds: [Sealer]}
      - {id: Sealer}
"""


def at(seconds: float) -> str:
    return (T0 + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def states(device: str, seconds: int, **stops: tuple[int, int]) -> list[str]:
    """A row every five seconds: running, but for `state=(from, to)`."""
    rows = []
    for second in range(0, seconds, 5):
        now = next((state for state, (first, last) in stops.items() if first <= second < last), "Running")
        rows.append(f"{at(second)},{device},State,{now},\n")
    return rows


def a_line_that_stops() -> list[str]:
    """An hour; the conveyor is down from minute 20 for ten minutes, and the others wait for it."""
    return [
        *states("Former", 3600, Blocked=(1230, 1815)),
        *states("Conveyor", 3600, Down=(1200, 1800)),
        *states("Sealer", 3600, Starved=(1220, 1820)),
    ]


@pytest.fixture
def site(tmp_path) -> Path:
    file = tmp_path / "site.yaml"
    file.write_text(SITE)
    return file


def written(folder: Path, rows: list[str], name: str = "telemetry.csv", header: str = HEADER) -> Path:
    file = folder / name
    file.write_text(header + "".join(rows))
    return file


def lineside(*arguments: object):
    """The command line as the tests call it; errors come as the exceptions that `main` would turn into a sentence."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open() as opened:
        return list(csv.DictReader(opened))


def lives(replayed):
    return [(alarm.alarm_id, alarm.raised_us, alarm.cleared_us) for alarm in replayed.alarms]


def test_a_stop_is_told_once_with_its_cause_and_its_victims(tmp_path, site):
    telemetry = written(tmp_path, a_line_that_stops())
    out, alarms = tmp_path / "notifications.csv", tmp_path / "alarms.csv"

    result = lineside("replay", telemetry, "--site", site, "--out", out, "--alarms", alarms)

    assert result.exit_code == 0, result.output
    (told,) = rows_of(out)
    assert list(told) == ["timestamp", "device", "severity", "kind", "cause", "affected", "lost_seconds", "message"]
    assert (told["device"], told["kind"], told["cause"]) == ("Conveyor", "stop", "Conveyor")
    assert set(told["affected"].split(";")) == {"Former", "Sealer"}
    assert told["timestamp"] == at(1500)
    assert told["severity"] in {"critical", "high", "medium", "low"}
    assert 290 <= float(told["lost_seconds"]) <= 300
    assert "Conveyor stopped" in told["message"]
    (alarm,) = rows_of(alarms)
    assert list(alarm) == ["alarm_id", "device", "kind", "cause", "raised_at", "cleared_at"]
    assert (alarm["raised_at"], alarm["cleared_at"]) == (at(1500), at(2100))


def test_rows_may_be_out_of_order_and_repeated(tmp_path, site):
    rows = a_line_that_stops()
    straight = record([written(tmp_path, rows)], read_site(site), NOW_US)
    mixed = record([written(tmp_path, [*reversed(rows), *rows[:100]], "b.csv")], read_site(site), NOW_US)

    assert (mixed.stored, mixed.duplicates, mixed.conflicts) == (straight.stored, 100, 0)
    assert play(mixed, Sops()) == play(straight, Sops())


def test_of_equal_identities_the_first_is_kept_and_a_differing_one_is_a_conflict(tmp_path):
    rows = [f"{at(0)},A,T,1,\n", f"{at(0)},A,T,2,\n", f"{at(0)},A,T,1,\n"]

    recording = record([written(tmp_path, rows)], Site(site="s"), NOW_US)

    assert (recording.stored, recording.duplicates, recording.conflicts) == (1, 2, 1)
    window = recording.lake.window("s", "unassigned", parse(at(0)), parse(at(1)))
    assert window.series["A", "T", ""].number.tolist() == [1.0]


def test_bad_rows_are_counted_and_listed_and_the_good_ones_beside_them_are_kept(tmp_path):
    rows = [
        f"{at(0)},A,T,1,\n",
        "yesterday,A,T,2,\n",
        f"{at(5)},A,T,nan,\n",
        "1999-01-01T00:00:00Z,A,T,3,\n",
        f"{at(10)},A,T\n",
        f"{at(15)},A,T,,\n",
        f"{at(20)},A,T,0,\n",
    ]
    rejects = tmp_path / "rejects.jsonl"

    result = lineside("replay", written(tmp_path, rows), "--out", tmp_path / "out.csv", "--rejects", rejects)

    assert result.exit_code == 0, result.output
    assert "7 rows: 2 stored, 0 repeated (0 with another value), 1 without a value, 4 refused" in result.stderr
    listed = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert [each["raw"].splitlines()[-1] for each in listed] == [row.rstrip("\n") for row in (rows[1], *rows[2:5])]
    assert all(each["reason"] and each["code"] for each in listed)


def test_a_quoted_value_may_span_lines_and_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr("edge.replay.PIECE_BYTES", 64)
    rows = [f'{at(number)},A,Note,"line one\nline ""two"" {number}",\n' for number in range(50)]

    recording = record([written(tmp_path, rows)], Site(site="s"), NOW_US)

    assert (recording.stored, recording.rejected) == (50, 0)


def test_a_quote_that_nobody_closed_costs_its_own_row_and_no_other(tmp_path):
    rows = [f"{at(second)},A,T,{second},\n" for second in range(3000)]
    rows[7] = f'{at(7)},A,"T,7,\n'

    recording = record([written(tmp_path, rows)], Site(site="s"), NOW_US)

    assert (recording.stored, recording.rejected) == (2999, 1)
    assert recording.rejects[0].raw.endswith(b'"T,7,')


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is empty"),
        (HEADER, "no readings in"),
        ("2025-03-03T06:00:00Z,A,T,1,\n", "no header"),
        ("timestamp,device,value,unit\n2025-03-03T06:00:00Z,A,1,\n", "lacks attribute"),
        (HEADER + "nonsense\n", "no row of"),
        ("\x00\x01\x02", "no header"),
    ],
)
def test_a_file_that_is_no_recording_is_refused_in_one_sentence(tmp_path, content, sentence):
    telemetry = tmp_path / "telemetry.csv"
    telemetry.write_text(content)

    result = lineside("replay", telemetry, "--out", tmp_path / "out.csv")

    assert isinstance(result.exception, Malformed)
    assert sentence in str(result.exception)
    assert "\n" not in str(result.exception)


def test_files_and_folders_that_do_not_exist_are_named_at_once(tmp_path):
    result = lineside("replay", tmp_path / "none.csv", "--out", tmp_path / "no folder" / "out.csv")

    assert isinstance(result.exception, Misconfigured)
    assert "none.csv" in str(result.exception)
    assert "no folder" in str(result.exception)


def test_a_recording_is_never_written_over(tmp_path):
    recording = written(tmp_path, states("Former", 60))
    before = recording.read_bytes()

    for arguments in (("--out", recording), ("--out", tmp_path / "out.csv", "--alarms", tmp_path / "." / recording)):
        result = lineside("replay", recording, *arguments)

        assert isinstance(result.exception, Misconfigured)
        assert "is named twice" in str(result.exception)
    assert recording.read_bytes() == before


def test_messages_cannot_be_written_to_a_folder(tmp_path):
    result = lineside("replay", written(tmp_path, states("Former", 60)), "--out", tmp_path)

    assert isinstance(result.exception, Misconfigured)
    assert "is a folder" in str(result.exception)


def test_the_same_recording_may_be_given_twice(tmp_path):
    recording = written(tmp_path, states("Former", 60))

    assert lineside("replay", recording, recording, "--out", tmp_path / "out.csv").exit_code == 0


def test_a_semicolon_in_a_name_does_not_make_two_machines_of_it(tmp_path):
    renamed = [row.replace("Sealer", "Sealer; left") for row in a_line_that_stops()]
    (tmp_path / "site.yaml").write_text(
        SITE.replace("{id: Sealer}", "{id: Sealer; left}").replace("Sealer]", "Sealer; left]")
    )
    lineside("replay", written(tmp_path, renamed), "--site", tmp_path / "site.yaml", "--out", tmp_path / "out.csv")

    affected = rows_of(tmp_path / "out.csv")[0]["affected"]

    assert sorted(affected.split(";")) == ["Former", "Sealer, left"]


def test_several_files_are_one_recording(tmp_path, site):
    rows = a_line_that_stops()
    halves = [written(tmp_path, rows[1::2], "b.csv"), written(tmp_path, rows[::2], "a.csv")]

    both = record(halves, read_site(site), NOW_US)
    one = record([written(tmp_path, rows)], read_site(site), NOW_US)

    assert play(both, Sops()) == play(one, Sops())


def test_devices_that_no_site_names_are_in_a_line_of_their_own_and_watched(tmp_path, site):
    rows = [*a_line_that_stops(), *states("Palletizer", 3600, Down=(1200, 1800))]

    recording = record([written(tmp_path, rows)], read_site(site), NOW_US)
    told = play(recording, Sops()).notifications

    assert recording.lines == {"line-1", "unassigned"}
    assert {(each.line, each.device) for each in told} == {("line-1", "Conveyor"), ("unassigned", "Palletizer")}


def test_without_a_site_every_device_is_watched(tmp_path):
    recording = record([written(tmp_path, a_line_that_stops())], Site(site="replay"), NOW_US)

    assert {each.device for each in play(recording, Sops()).notifications} == {"Conveyor"}


def test_trouble_at_the_end_is_told_by_a_last_tick(tmp_path, site):
    rows = [*states("Conveyor", 400, Down=(310, 400)), *states("Former", 400), *states("Sealer", 400)]
    recording = record([written(tmp_path, rows)], read_site(site), NOW_US)

    (told,) = play(recording, Sops()).notifications

    assert told.notified_us == parse(at(396))


def test_a_replay_never_looks_ahead(tmp_path, site):
    """What is told up to a moment is the same whatever the recording goes on to say."""
    rows = a_line_that_stops()
    otherwise = [row.replace("Running", "Down") if row.split(",", 1)[0] >= at(2100) else row for row in rows]

    one = play(record([written(tmp_path, rows)], read_site(site), NOW_US), Sops()).notifications
    other = play(record([written(tmp_path, otherwise, "b.csv")], read_site(site), NOW_US), Sops()).notifications

    assert len(one) == 1
    assert len(other) > 1
    assert other[:1] == one


def test_a_long_gap_is_passed_over_without_changing_what_is_told(tmp_path, site, monkeypatch):
    rows = a_line_that_stops()
    later = [row.replace("2025-03-03", "2025-03-09") for row in rows]
    recording = record([written(tmp_path, [*rows, *later])], read_site(site), NOW_US)

    quick = play(recording, Sops())
    monkeypatch.setattr("edge.replay.QUIET_US", 30 * 86_400_000_000)
    every = play(recording, Sops())

    assert quick.ticks < every.ticks / 2
    assert quick.notifications == every.notifications
    assert lives(quick) == lives(every)


def test_the_lake_is_kept_where_asked_and_never_mixed_with_another_recording(tmp_path, site):
    arguments = ("--site", site, "--out", tmp_path / "out.csv", "--data", tmp_path / "lake")

    kept = lineside("replay", written(tmp_path, a_line_that_stops()), *arguments)
    mixed = lineside("replay", written(tmp_path, states("Former", 60), "other.csv"), *arguments)

    assert kept.exit_code == 0, kept.output
    assert list((tmp_path / "lake").rglob("*.parquet"))
    assert isinstance(mixed.exception, Misconfigured)
    assert "holds readings already" in str(mixed.exception)


def test_years_between_two_readings_cost_no_time_and_no_memory(tmp_path):
    rows = ["2001-01-01T00:00:00Z,A,T,1,CEL\n", "2025-03-03T06:00:00Z,A,T,1,CEL\n"]
    recording = record([written(tmp_path, rows)], Site(site="s"), NOW_US)

    began = perf_counter()
    replayed = play(recording, Sops(), tick_seconds=60)

    assert 1_440 <= replayed.ticks < 3 * 1_440
    assert perf_counter() - began < 30


def test_the_first_tick_can_be_chosen(tmp_path, site):
    recording = record([written(tmp_path, a_line_that_stops())], read_site(site), NOW_US)

    (told,) = play(recording, Sops(), first_tick_seconds=60).notifications

    assert told.notified_us == parse(at(1260)), "sixty seconds of Down are enough"
