"""Tools: facts with value, unit, local time and age, and a plain word where there is nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import msgspec
import pytest

from edge.sqlite_alarms import Records, SqliteAlarmStore
from edge.sqlite_twin import SqliteTwin
from lineside.alarms.model import Overlay
from lineside.assistant.found import Found
from lineside.assistant.phrases import LANGUAGES, Say
from lineside.assistant.plant import Plant
from lineside.assistant.shown import LONGEST_RESULT, decode, shown
from lineside.assistant.toolbox import TOOLS, Call
from lineside.assistant.toolbox import run as make
from lineside.assistant.tools.look import Look
from lineside.site.model import Site
from lineside.telemetry.reading import Reading
from tests.assistant.demo_plant import Run

HOUR_US = 3_600_000_000


@pytest.fixture
def look(plant: Plant, run: Run) -> Look:
    return look_at(plant, run.now_us)


def look_at(plant: Plant, now_us: int, language: str = "en", line: str = "") -> Look:
    return Look(plant, now_us, Say(language, plant.site.timezone, now_us), line)


def texts(found: Found, topic: str) -> list[str]:
    return [item.fact.text for item in found.about(topic)]


def test_a_value_has_its_unit_its_local_time_and_its_age(look: Look) -> None:
    found = make(look, Call("telemetry", {"machine": "freezer", "attribute": "temperature"}))

    assert texts(found, "now") == ["Freezer temperature of Freezer Tunnel: -21.27 °C at 07:46:55 CET (5 s ago)."]
    (fact,) = (item.fact for item in found.about("now"))
    assert (fact.value, fact.unit) == (-21.27, "CEL")


def test_statistics_are_those_of_the_window(look: Look, run: Run) -> None:
    window = run_window(run, "Freezer Tunnel", "Temperature", minutes=10)

    found = run_tool(look, "telemetry", machine="freezer", attribute="temperature", minutes=10)

    (low,), (high,), (mean,) = (
        [item.fact.value for item in found.about(topic)] for topic in ("lowest", "highest", "mean")
    )
    assert (low, high) == (min(window), max(window))
    assert mean == pytest.approx(sum(window) / len(window))


def test_a_window_without_data_is_said_plainly(plant: Plant, run: Run) -> None:
    later = look_at(plant, run.now_us + 5 * HOUR_US)

    found = run_tool(later, "telemetry", machine="freezer", attribute="temperature", minutes=30)

    assert texts(found, "nodata") == [
        "There is no reading of Freezer temperature of Freezer Tunnel"
        " between 2026-01-05 12:17:00 CET and 2026-01-05 12:47:00 CET."
    ]
    assert "(5 h ago)" in texts(found, "now")[0]


def test_a_value_that_is_not_measured_is_answered_with_those_that_are(look: Look) -> None:
    found = run_tool(look, "telemetry", machine="freezer", attribute="vibration")

    assert found.nothing.startswith("Freezer Tunnel reports no vibration; it reports Freezer temperature, Belt speed")


def test_a_value_that_several_machines_measure_is_asked_back(look: Look) -> None:
    found = run_tool(look, "telemetry", attribute="temperature")

    assert found.choices == ("Cookie Former", "Freezer Tunnel")
    assert run_tool(look, "telemetry", attribute="dough temperature").about("now")[0].machine == "Cookie Former"


def test_a_counter_that_began_again_still_tells_how_much_it_rose(plant: Plant, run: Run) -> None:
    found = run_tool(look_at(plant, run.now_us), "telemetry", machine="inspector", attribute="rejects", minutes=30)

    window = run_window(run, "Cookie Inspector", "Bad", minutes=30)
    (rose,) = (item.fact.value for item in found.about("rose"))
    assert rose == sum(max(0.0, after - before) for before, after in pairwise(window))


def test_a_waiting_machine_names_who_holds_it_up(look: Look) -> None:
    found = run_tool(look, "line_state", machine="inspector")

    assert texts(found, "waiting") == [
        "Cookie Inspector is blocked since 07:42:15 CET (4.8 min) because of Vertical Conveyor."
    ]
    assert texts(found, "fed_by") == ["Cookie Inspector is fed by Freezer Tunnel."]


def test_an_alarm_of_a_victim_is_the_alarm_of_its_cause(look: Look) -> None:
    found = run_tool(look, "alarms", machine="inspector")

    assert texts(found, "held")[0] == "Cookie Inspector was held up by Vertical Conveyor for 4.8 min (blocked)."
    assert found.about("alarm")[0].machine == "Vertical Conveyor"


def test_an_alarm_that_is_over_is_no_claim_that_the_value_is_back(plant: Plant, run: Run) -> None:
    """An alarm also ends where a stop makes its value meaningless."""
    records = Records()
    store = SqliteAlarmStore(records)
    (alarm, *_) = run.alarms.open_alarms(run.site.site, run.line)
    over = msgspec.structs.replace(alarm, kind="limit", attribute="Speed", active=False, cleared_us=run.now_us)
    store.save(over, was=None)

    (head,) = texts(run_tool(look_at(replace(plant, alarms=store), run.now_us), "alarms"), "alarm")
    records.close()

    assert "was outside its limits" in head
    assert "this alarm was over by" in head
    assert "recovered" not in head


def test_who_acknowledged_and_who_shelved_is_told(plant: Plant, run: Run) -> None:
    records = Records()
    alarms = SqliteAlarmStore(records)
    for alarm in run.alarms.open_alarms(run.site.site, run.line):
        overlay = Overlay("shelved", run.now_us, run.now_us + HOUR_US, "Bo Lind", "the lift is being repaired")
        changed = msgspec.structs.replace(
            alarm, acknowledged_us=run.now_us, acknowledged_by="Anna Holm", overlay=overlay
        )
        alarms.save(changed, was=None)

    found = run_tool(look_at(replace(plant, alarms=alarms), run.now_us), "alarms", machine="vertical conveyor")

    assert texts(found, "acknowledged")[0] == "Anna Holm acknowledged the alarm of Vertical Conveyor at 07:47:00 CET."
    assert texts(found, "overlay")[0] == (
        "The alarm of Vertical Conveyor is shelved since 07:47:00 CET until 08:47:00 CET by Bo Lind:"
        " the lift is being repaired."
    )
    records.close()


def test_an_advisory_brings_its_steps_with_the_passages_they_are_from(look: Look) -> None:
    found = run_tool(look, "recent_advisories", machine="vertical conveyor")

    assert len(found.about("step")) == 8
    assert [passage.step for passage in found.passages] == [str(number) for number in range(1, 9)]
    assert {passage.revision for passage in found.passages} == {"4"}


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [
        ({"machine": "freezer", "attribute": "temperature", "value": -10}, "is outside the limits"),
        ({"machine": "freezer", "attribute": "colour", "value": 1}, "reports no colour"),
        ({"machine": "labeller", "attribute": "total", "value": 1}, "declares no limits"),
        ({"machine": "freezer", "attribute": "state", "value": 1}, "is no number"),
    ],
)
def test_what_may_not_be_is_not_even_proposed(look: Look, arguments: dict[str, object], refused: str) -> None:
    found = make(look, Call("propose_command", arguments))

    assert found.proposal is not None
    assert refused in found.proposal.refused


def test_a_proposal_is_a_record_of_what_would_change(look: Look) -> None:
    proposal = run_tool(look, "propose_command", machine="freezer", attribute="belt speed", value=8.5).proposal

    assert proposal is not None
    assert (proposal.machine, proposal.attribute, proposal.to_value, proposal.unit) == (
        "Freezer Tunnel", "Speed", 8.5, "RPM",
    )  # fmt: skip
    assert (proposal.refused, proposal.label) == ("", "Belt speed")


def test_a_proposal_names_the_set_point_and_starts_from_what_is_in_force_there(look: Look) -> None:
    """The tunnel stands, so its belt shows 0 rpm; what is in force is its set-point."""
    proposal = run_tool(look, "propose_command", machine="freezer", attribute="belt speed", value=8.5).proposal

    assert proposal is not None
    assert (proposal.point, proposal.from_value) == ("SpeedSetpoint", 8.85)


def test_a_proposal_beyond_what_the_set_point_takes_is_refused_with_its_limits(look: Look) -> None:
    proposal = run_tool(look, "propose_command", machine="freezer", attribute="belt speed", value=13).proposal

    assert proposal is not None
    assert proposal.refused == "13 rpm is outside the limits of Belt speed of Freezer Tunnel, 6 rpm to 12 rpm."


def test_what_no_set_point_stands_behind_is_written_down_and_names_none(look: Look) -> None:
    proposal = run_tool(look, "propose_command", machine="former", attribute="moisture", value=58).proposal

    assert proposal is not None
    assert (proposal.point, proposal.refused) == ("", "")


def test_asking_changes_nothing(run: Run, look: Look) -> None:
    before = _everything(run)

    for tool in TOOLS:
        call(
            look, tool, {"machine": "freezer", "attribute": "speed", "value": 8.0} if tool == "propose_command" else {}
        )

    assert _everything(run) == before


@pytest.mark.parametrize("tool", list(TOOLS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_tool_speaks_every_language(plant: Plant, run: Run, tool: str, language: str) -> None:
    known = {"machine": "freezer", "attribute": "speed", "value": 9, "query": "defrost"}
    arguments = {argument.name: known[argument.name] for argument in TOOLS[tool].arguments if argument.name in known}

    found = call(look_at(plant, run.now_us, language), tool, arguments)

    assert found.ok
    assert found.summary or found.passages
    assert not any("{" in item.fact.text for item in found.items)


def test_a_result_is_bounded_and_can_be_read_back(plant: Plant, run: Run) -> None:
    found = run_tool(look_at(plant, run.now_us), "line_state")
    many = msgspec.structs.replace(found, items=found.items * 40)

    result = shown(many, {})

    assert len(result.text) <= LONGEST_RESULT
    assert result.left_out > 0
    assert decode(result.text) == result


def test_a_plant_without_a_site_file_is_asked_about_the_devices_it_heard() -> None:
    now_us, twin, records = 1_767_595_620_000_000, SqliteTwin(), Records()
    twin.update("plant", "unassigned", [Reading("推送器", "Pressure", now_us, 4.5, "BAR"),
                                        Reading("Silo 3", "Level", now_us, 71.0, "P1")])  # fmt: skip
    memory = type("Memory", (), {"load": lambda *_: None})()
    advisories = type("Advisories", (), {"recent": lambda *_: []})()
    plant = Plant(Site(site="plant"), twin, SqliteAlarmStore(records), advisories, memory)

    found = run_tool(look_at(plant, now_us), "telemetry", machine="silo 3")

    assert texts(found, "now") == ["Level of Silo 3: 71 % at 06:47:00 UTC (0 s ago)."]
    assert set(plant.names.machines) == {"推送器", "Silo 3"}
    twin.close()
    records.close()


def run_tool(look: Look, tool: str, **arguments: object) -> Found:
    return call(look, tool, arguments)


def call(look: Look, tool: str, arguments: dict[str, object]) -> Found:
    return make(look, Call(tool, arguments))


def run_window(run: Run, device: str, attribute: str, minutes: int) -> list[float]:
    window = run.lake.window(run.site.site, run.line, run.now_us - minutes * 60_000_000, run.now_us)
    return [float(value) for value in window.series[device, attribute, ""].number]


def _everything(run: Run) -> tuple[object, ...]:
    site = run.site.site
    return (
        run.twin.line(site, run.line), run.alarms.history(site, run.line, 0, 2**62),
        run.advisories.recent(site, run.line, 100), run.memory.load(site, run.line), run.objects.list(""),
    )  # fmt: skip
