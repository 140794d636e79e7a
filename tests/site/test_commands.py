"""Command points are read as they are declared, or refused with every mistake; what keeps people safe is never one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lineside.detection.finding import KINDS
from lineside.errors import Misconfigured
from lineside.site import parse_site, read_site
from lineside.site.command_mistakes import ALARMS
from lineside.site.commands import Automatic, CommandPoint, Interlock, Readback
from lineside.site.model import Attribute, Machine
from lineside.site.safety import speaks_of_safety
from lineside.site.spelling import seen, skeleton

ROOT = Path(__file__).parents[2]
MACHINES = """
site: bakery-north
lines:
  - id: line-1
    machines:
      - id: Freezer Tunnel
        attributes:
          Temperature: {unit: CEL, physical_low: -90, physical_high: 60}
          Speed: {unit: RPM}
          Dose: {unit: KGM, label: Not-Halt}
          Hidden: {unit: RPM, safety: true}
      - id: Cookie Former
        attributes:
          Torque: {unit: NU, physical_low: 0, physical_high: 50}
          Warm: {unit: FAH, physical_low: 14, physical_high: 104}
        commands:
"""
GOOD = """
          - attribute: TorqueSetpoint
            unit: NU
            min: 10
            max: 40
            max_step: 5
            max_per_hour: 6
            risk: low
            allowed_states: [Running]
            interlocks:
              - {device: Freezer Tunnel, attribute: Temperature, below: -15}
            readback: {attribute: Torque, tolerance: 0.5, within_seconds: 30}
"""


def mistakes(*points: str, before: str = MACHINES) -> tuple[str, ...]:
    with pytest.raises(Misconfigured) as refused:
        parse_site(before + "".join(f"          - {point}\n" for point in points))
    return refused.value.mistakes


def point(**changed: str) -> str:
    keys = {"attribute": "TorqueSetpoint", "unit": "NU", "min": "10", "max": "40"} | changed
    return "{" + ", ".join(f"{key}: {value}" for key, value in keys.items()) + "}"


def row(**changed: str) -> str:
    keys = {"alarm": "drift", "cause": "Cookie Former", "direction": "up", "largest_step": "1"} | changed
    return "[{" + ", ".join(f"{key}: {value}" for key, value in keys.items()) + "}]"


def test_the_contract_example_is_read():
    machine = parse_site(MACHINES + GOOD).machine_of["Cookie Former"]

    (declared,) = machine.commands
    assert (declared.min, declared.max, declared.max_step, declared.max_per_hour) == (10, 40, 5, 6)
    assert (declared.risk, declared.allowed_states, declared.may_propose) == ("low", ("Running",), "operator")
    assert declared.interlocks[0].max_age_seconds == 60
    assert declared.readback == Readback(attribute="Torque", tolerance=0.5, within_seconds=30)


def test_the_contract_example_is_read_where_no_machine_declares_an_attribute():
    bare = re.sub(r"        attributes:\n(          \w+: .*\n)+", "", MACHINES)

    assert "Torque:" not in bare
    assert parse_site(bare + GOOD).machine_of["Cookie Former"].commands


def test_a_point_that_says_nothing_of_risk_is_held_to_be_of_the_worst():
    (declared,) = parse_site(MACHINES + f"          - {point()}\n").machine_of["Cookie Former"].commands

    assert (declared.risk, declared.automatic, declared.readback) == ("high", (), None)


def test_a_point_without_a_unit_has_that_of_its_attribute():
    site = parse_site(MACHINES + "          - {attribute: Torque, min: 10, max: 40}\n")

    assert site.machine_of["Cookie Former"].unit("Torque") == "NU"
    assert site.machine_of["Cookie Former"].unit("Sound") == ""


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (point(min="50"), "line 17: min (50) must be below max (40)"),
        (point(min=".nan"), "line 17: min"),
        (point(unit="NUU"), "line 17: the unit 'NUU' is not known"),
        (point(attribute="Torque", unit="CEL"), "'Torque' is declared in NU, which CEL cannot be converted to"),
        (point(attribute="Torque", max="51"), "max (51) is above what is physically possible (50)"),
        (point(attribute="Warm", unit="CEL", min="-11"), "min (-11) is below what is physically possible (-10)"),
        (point(attribute="Torqe"), "'Cookie Former' has no attribute 'Torqe'; did you mean 'Torque'?"),
        (point(attribute="State", unit='""'), "'State' is where the machine tells its state"),
        (point(rsk="low"), "'rsk' is not known here; did you mean 'risk'?"),
        (point(risk="lwo"), "risk must be 'low', 'medium' or 'high', not 'lwo'; did you mean 'low'?"),
        (point(max_step="0"), "max_step: input should be greater than 0"),
        (point(max_per_hour="0"), "max_per_hour: input should be greater than 0"),
        (point(may_propose="boss"), "may_propose must be 'viewer', 'operator', 'engineer' or 'admin'"),
        (point(mode="Mode"), "a mode needs both"),
        (point(mode="TorqueSetpoint", allowed_modes="[a]"), "cannot be both what is commanded and the mode"),
        (point(interlocks="[{device: Freezer Tunel, attribute: T, below: 1}]"), "did you mean 'Freezer Tunnel'?"),
        (point(interlocks="[{device: Elsewhere, attribute: T, below: 1}]"), "'Elsewhere' is no machine of this site"),
        (point(interlocks="[{device: Freezer Tunnel, attribute: Temperatur, below: 1}]"), "you mean 'Temperature'?"),
        (point(interlocks="[{device: Freezer Tunnel, attribute: T}]"), "an interlock says below, above or one_of"),
        (point(interlocks="[{device: Freezer Tunnel, attribute: T, above: 0, bellow: 1}]"), "did you mean 'below'?"),
        (point(interlocks="[{device: Freezer Tunnel, attribute: T, below: 1, above: 1}]"), "nothing is above 1"),
        (point(readback="{attribute: Warm, tolerance: 1}"), "'Warm' is in FAH, which cannot show a value in NU"),
        (point(readback="{attribute: Torqe, tolerance: 1}"), "did you mean 'Torque'?"),
        (point(readback="{attribute: Torque, tolerance: 30}"), "tolerance (30) is as wide as the limits"),
        (point(readback="{attribute: Torque, tolerance: -1}"), "tolerance: input should be greater than or equal to 0"),
        (point(readback="{attribute: Torque, tolerance: 1, tollerance: 2}"), "did you mean 'tolerance'?"),
        (point(automatic=row(alarm="drfit")), "did you mean 'drift'?"),
        (point(automatic=row(cause="Cookie")), "'Cookie' is no machine of this site; did you mean 'Cookie Former'?"),
        (point(automatic=row(direction="sideways")), "direction must be 'up' or 'down', not 'sideways'"),
        (
            point(automatic=f"{row()[:-1]}, {row(direction='down')[1:]}"),
            "an alarm of kind drift at 'Cookie Former' calls for a row of this point already",
        ),
        (
            point(max_step="1", automatic=row(largest_step="2")),
            "largest_step (2) is more than the max_step (1)",
        ),
        (point(attribute="EmergencyStop"), "a safety function can never be a command point: the attribute"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_was_meant(wrong, told):
    (found,) = mistakes(wrong)

    assert found.startswith("line 17: ")
    assert told in found


def test_all_mistakes_are_told_at_once_also_inside_a_point_that_cannot_be_read():
    elsewhere = "[{device: Elsewhere, attribute: T, below: 1}, {device: Freezer Tunnel, attribute: T}]"

    found = mistakes(point(max_step="0", interlocks=elsewhere), point(attribute="Sped"), point(attribute="Sped"))

    assert [each.partition(":")[0] for each in found] == ["line 17", "line 17", "line 17", "line 19"]
    assert found[-1].endswith("'Sped' stands here a second time")


def test_names_of_several_of_a_kind_are_no_misspellings():
    several = [point(attribute=name) for name in ("Torque1", "Torque2", "HeatA", "HeatB", "TorqueSetpoint")]

    assert (
        len(parse_site(MACHINES + "".join(f"          - {each}\n" for each in several)).lines[0].machines[1].commands)
        == 5
    )


@pytest.mark.parametrize(
    ("measured", "wanted"),
    [
        ("TeigTemperatur", "TeigTemperaturSoll"),
        ("temperature", "temperature_sp"),
        ("temperature_pv", "temperature_sp"),
        ("TemperatureIn", "TemperatureOn"),
        ("冷冻室入口温度", "冷冻室出口温度"),
        ("冷冻室入口温度", "冷冻室入口温度设定"),
    ],
)
def test_a_set_point_is_no_misspelling_of_what_is_measured_beside_it(measured, wanted):
    declared = MACHINES.replace("Torque:", f"{measured}:")
    lock = f"[{{device: Cookie Former, attribute: {wanted}, below: 35}}]"
    points = (
        point(attribute=wanted),
        point(attribute="Speed", interlocks=lock, readback=f"{{attribute: {measured}, tolerance: 1}}"),
    )

    site = parse_site(declared + "".join(f"          - {each}\n" for each in points))

    assert [each.attribute for each in site.machine_of["Cookie Former"].commands] == [wanted, "Speed"]


@pytest.mark.parametrize(
    ("meant", "typed"),
    [
        ("TorqueSetpoint", "TorqueSetpiont"),
        ("TeigTemperatur", "TeigTemperature"),
        ("Torque", "torque"),
        ("Größe", "Grösse"),
    ],
)
def test_a_letter_too_much_or_two_that_changed_places_is_a_misspelling(meant, typed):
    declared = MACHINES.replace("Torque:", f"{meant}:")

    (found,) = mistakes(point(attribute="Speed", readback=f"{{attribute: {typed}, tolerance: 1}}"), before=declared)

    assert found.endswith(f"did you mean {meant!r}?")


@pytest.mark.parametrize("attribute", ["Dose", "Hidden"])
def test_a_label_and_a_plain_word_say_that_an_attribute_is_one_of_safety(attribute):
    freezer = "      - id: Freezer Tunnel\n"
    commands = f"      - id: Other\n{freezer}        commands: [{{attribute: {attribute}, min: 0, max: 1}}]\n"
    text = MACHINES.replace("        commands:\n", "").replace(freezer, commands)

    (found,) = mistakes(before=text)

    assert found.startswith("line 8: a safety function can never be a command point")


def test_on_a_machine_that_keeps_people_safe_nothing_can_be_commanded():
    by_word = MACHINES.replace(
        "        attributes:\n          Torque", "        safety: true\n        attributes:\n          Torque"
    )
    by_name = MACHINES.replace("id: Cookie Former", "id: Safety PLC")

    assert "`safety: true`" in mistakes(point(), before=by_word)[0]
    assert "the machine 'Safety PLC'" in mistakes(point(), before=by_name)[0]


SAFETY = (
    *(
        "EmergencyStop",
        "emergency_stop_reset",
        "EMERGENCYSTOP",
        "E-Stop",
        "EStop1",
        "ESTOP",
        "e stop",
        "NotHalt",
        "Not-Aus",
    ),
    *(
        "Nothalttaster",
        "SafetyDoor",
        "safety-plc",
        "GuardDoorLock",
        "MachineGuard",
        "LightCurtain",
        "light_curtain_muting",
    ),
    *("InterlockBypass", "interlocks", "SIL2Trip", "SIS", "TwoHandControl", "2-hand", "Zweihandbedienung", "Schutztür"),
    *("SCHUTZTUER", "Sicherheitsventil", "Lichtvorhang", "SafeTorqueOff", "STO", "Nødstop", "Nödstopp", "Noodstop"),
    *("ArrêtUrgence", "Sécurité", "ParadaEmergencia", "Arresto di emergenza", "Veiligheidsdeur", "Bezpieczeństwo"),
    *(
        "ЕmergencyStop",
        "Emergency\u200bStop",
        "ＥｍｅｒｇｅｎｃｙＳｔｏｐ",
        "急停",
        "аварийная кнопка",
        "PullCord",
        "ReliefValve",
        "KillSwitch",
        "OvenDoorLock",
    ),
)
ORDINARY = (
    *(
        "Speed",
        "Guardian Labeller",
        "Stop position",
        "LineStop",
        "TableStop",
        "SideStopOffset",
        "SpeedSetpoint",
        "Torque",
    ),
    *(
        "TemperatureSetpoint",
        "Notch depth",
        "NoteCount",
        "Store",
        "History",
        "SafetyStock",
        "GuardRailWidth",
        "Silo level",
    ),
    *("HaltTime", "SisterLine", "Vanguard", "Analysis", "BypassValve", "SpeedOverride", "OvenDoorGap", "Not stopped"),
    *(
        "SecurityLevel",
        "LightIntensity",
        "Hand speed",
        "Dead band",
        "Motor",
        "Basis",
        "Notausgang",
        "Stopwatch",
        "Estimate",
    ),
)


@pytest.mark.parametrize("name", SAFETY)
def test_a_name_that_speaks_of_safety_is_caught(name):
    assert speaks_of_safety(name)


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_name_is_not(name):
    assert speaks_of_safety(name) == ""


def test_what_looks_alike_is_alike():
    assert skeleton("Аnna  Ноlm\u200b") == skeleton("ANNA HOLM")
    assert seen("Аnna") != seen("Anna")
    assert skeleton("Anna") != skeleton("Anne")


def test_the_kinds_of_alarm_are_those_of_detection():
    assert ALARMS == KINDS


@pytest.mark.parametrize("part", [CommandPoint, Interlock, Readback, Automatic])
def test_every_key_of_a_command_point_is_explained(part):
    rows = [line for line in (ROOT / "docs" / "site.md").read_text().splitlines() if line.startswith("|")]
    explained = {key for row in rows for key in re.findall(r"`(\w+)`", row.split("|")[1])}

    assert set(part.model_fields) - explained == set()


def test_the_sample_site_declares_points_of_every_risk_and_how_each_is_read_back():
    machines = read_site(ROOT / "samples" / "site.yaml").machine_of
    points = [(device, one) for device, machine in machines.items() for one in machine.commands]

    assert {one.risk for _, one in points} == {"low", "medium", "high"}
    assert {(device, one.attribute, one.readback.attribute) for device, one in points if one.readback} == {
        ("Cookie Former", "TorqueSetpoint", "Torque"),
        ("Cookie Former", "TemperatureSetpoint", "Temperature"),
        ("Freezer Tunnel", "TemperatureSetpoint", "Temperature"),
        ("Freezer Tunnel", "SpeedSetpoint", "Speed"),
        ("Vertical Conveyor", "SpeedSetpoint", "Speed"),
    }
    assert any(one.interlocks for _, one in points)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("TorqueSetpoint", "Torque setpoint"),
        ("PH_Setpoint", "PH setpoint"),
        ("DB12.DBX3.1", "DB12.DBX3.1"),
        ("Set point", "Set point"),
        ("___", "___"),
    ],
)
def test_a_set_point_without_a_label_is_told_in_words_and_any_other_attribute_by_its_name(name: str, said: str) -> None:
    points = (CommandPoint(attribute=name, min=1, max=2), CommandPoint(attribute="Labelled", min=1, max=2))
    machine = Machine(id="Mixer", commands=points, attributes={"Labelled": Attribute(label="Mixer torque")})

    assert (machine.label(name), machine.label("Labelled"), machine.label("OvenSpeed")) == (
        *(said, "Mixer torque"),
        "OvenSpeed",
    )
