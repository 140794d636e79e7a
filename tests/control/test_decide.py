"""The policy as a whole: which answer wins, that every reason is told, and what can never be allowed."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from lineside.control.case import Case
from lineside.control.decide import decide
from lineside.control.people import is_person, is_same_person, reaches
from lineside.control.request import CommandRequest, micros
from lineside.control.snapshot import Snapshot
from lineside.line.twin import CurrentValue
from lineside.site import Site, parse_site
from lineside.site.commands import CommandPoint
from tests.control.asked import FORMER, FREEZER, NOW, SITE, asked, held, judged, sent, site, state, ts

DECLARED = site()
FREEZE = {"device": FREEZER, "attribute": "TemperatureSetpoint", "value": -21, "unit": "CEL", "roles": ["engineer"]}


def test_every_check_that_fails_is_told_in_the_order_of_the_checks():
    decision = judged(asked(id="s-1", value=60, roles=[], expires_at=ts(-5)), state([sent(5)], cold=None, state=None))

    failed = [one.name for one in decision.checks if not one.passed]
    in_order = ["replay", "expiry", "role", "limits", "step", "state", "interlock", "in_flight"]
    assert failed == in_order
    assert decision.reasons == tuple(one.reason for one in decision.checks if not one.passed)


def test_a_check_keeps_the_values_that_it_looked_at():
    checks = {one.name: one for one in judged(asked()).checks}

    assert checks["limits"].values == {"value": 32, "min": 10, "max": 40}
    assert checks["step"].values == {"was": 30, "value": 32, "max_step": 5}
    assert checks["interlock"].values == {"device": FREEZER, "attribute": "Temperature", "value": -20}
    assert all(one.reason for one in checks.values())


def test_refused_beats_needs_approval_which_beats_allowed():
    outcomes = [judged(asked(**FREEZE, approved_by=by)).decision for by in ("Bo Lind", None, "Anna Holm")]
    also_too_cold = judged(asked(**FREEZE | {"value": -30}))

    assert outcomes == ["allowed", "needs_approval", "refused"]
    assert (also_too_cold.decision, len(also_too_cold.reasons)) == ("refused", 3)


def test_low_risk_needs_no_second_person_and_its_own_name_as_approver_harms_nothing():
    assert judged(asked(approved_by="Anna Holm")).decision == "allowed"


def test_what_an_agent_proposes_under_its_own_name_needs_a_person_whatever_channel_it_claims():
    decision = judged(asked(proposed_by="agent", channel="console"))

    assert decision.decision == "needs_approval"


@pytest.mark.parametrize(("value", "was", "allowed"), [(35.1, 30.1, True), (0.3 + 30, 25.3, True), (35.2, 30.1, False)])
def test_a_step_is_not_refused_for_the_rounding_of_floating_point(value, was, allowed):
    decision = judged(asked(value=value), state(torque=held(was, "NU")))

    assert (decision.decision == "allowed") is allowed


def test_a_converted_value_meets_its_limit_exactly():
    low, high = asked(**FREEZE | {"value": -14.8, "unit": "FAH"}), asked(**FREEZE | {"value": -0.4, "unit": "degF"})
    line = {"freezer": held(-25, "CEL")}, {"freezer": held(-19, "CEL")}

    assert [judged(one, state(**at)).decision for one, at in zip((low, high), line, strict=True)] == [
        "needs_approval",
        "needs_approval",
    ]
    assert Case(DECLARED, CommandRequest.model_validate(low), Snapshot(0, {})).value == -26


def test_the_value_in_force_is_not_needed_where_no_step_is_declared():
    belt = asked(device=FREEZER, attribute="SpeedSetpoint", value=9, unit="rpm", approved_by="Bo Lind")

    assert judged(belt).decision == "allowed"


def test_an_interlock_on_an_attribute_that_nobody_declares_is_held_in_the_unit_telemetry_keeps_it_in():
    undeclared = parse_site(SITE.replace("Temperature: {unit: CEL, physical_low: -90, physical_high: 60}", "X: {}"))

    warm, cold = (judged(asked(), state(cold=held(value, "FAH")), undeclared) for value in (6, 4))

    assert (warm.decision, cold.decision) == ("refused", "allowed")


def test_an_interlock_may_name_words_and_must_lie_between_two_bounds():
    words = SITE.replace(
        "below: -15}",
        "below: -15, above: -30}\n              - {device: Box Sealer, attribute: State, one_of: [Running, Starved]}",
    )
    declared = parse_site(words)

    def at(celsius: float, sealer: str) -> str:
        line = state(cold=held(celsius, "CEL"))
        line["values"]["Box Sealer"] = {"State": held(sealer)}
        return judged(asked(), line, declared).decision

    assert [at(-20, "starved"), at(-20, "Down"), at(-31, "Running"), at(-30, "Running")] == [
        "allowed",
        "refused",
        "refused",
        "refused",
    ]


def test_a_command_that_is_done_is_in_flight_no_more_and_without_a_read_back_time_alone_says_so():
    belt = {"device": FREEZER, "attribute": "SpeedSetpoint", "unit": "RPM"}
    after = [
        judged(asked(**belt, value=9, approved_by="Bo Lind"), state([sent(ago, **belt, value=8)])).decision
        for ago in (29, 30, 31)
    ]

    assert after == ["refused", "refused", "allowed"]
    assert judged(asked(), state([sent(10) | {"done": True}], torque=held(30, "NU", 1))).decision == "allowed"


def test_a_safety_function_is_refused_even_where_a_site_was_made_past_the_reader():
    plain = DECLARED.model_dump()
    plain["lines"][0]["machines"][0]["safety"] = True
    forced = Site.model_validate(plain)

    decision = judged(asked(), declared=forced)

    assert decision.reasons == ("a safety function can never be commanded: it is declared with `safety: true`",)


def test_medium_risk_by_itself_still_needs_a_person():
    allows = "{alarm: drift, cause: Freezer Tunnel, direction: down, largest_step: 1}"
    row = f"{{attribute: SpeedSetpoint, unit: RPM, min: 6, max: 12, risk: medium, automatic: [{allows}]}}"
    declared = parse_site(SITE.replace("{attribute: SpeedSetpoint, unit: RPM, min: 6, max: 12, risk: medium}", row))
    line = state(alarms=[{"id": "a", "kind": "drift", "cause": FREEZER}])
    line["values"][FREEZER]["SpeedSetpoint"] = held(9, "RPM")
    itself = asked(
        device=FREEZER,
        attribute="SpeedSetpoint",
        value=8.5,
        unit="RPM",
        channel="automatic",
        roles=[],
        alarm_id="a",
        proposed_by="lineside",
    )

    assert judged(itself, line, declared).decision == "needs_approval"
    assert judged(itself | {"approved_by": "Bo Lind"}, line, declared).decision == "allowed"


@pytest.mark.parametrize(
    "name",
    [
        "agent",
        "Agent 7",
        "the assistant",
        "lineside",
        "AUTOMATIC",
        "ａｇｅｎｔ",
        "аgent",
        "—",
        " ",
        "N/A",
        "0",
        "1",
        "true",
        "Yes",
    ],
)
def test_a_part_of_lineside_is_no_person(name):
    assert not is_person(name)


@pytest.mark.parametrize(
    "name", ["Anna Holm", "Ai Tanaka", "Bo", "o'Neill", "李雷", "Sergej", "shift lead 2", "anna@plant.example", "4711"]
)
def test_a_person_is_one(name):
    assert is_person(name)


def test_two_people_are_not_taken_for_one():
    assert not is_same_person("Anna Holm", "Anna Holmes")
    assert is_same_person("Anna Holm", "ＡＮＮＡ\u00a0 hol\u200dm ")


def test_roles_are_ordered_and_a_word_that_is_no_role_counts_as_nothing():
    assert reaches(("viewer", "admin"), "engineer")
    assert not reaches(("Operator", "root", ""), "viewer")


POINTS = {
    (FORMER, "TorqueSetpoint"): (["NU", "NU", "NU", "kN.m"], [10, 40, 32, 29, 31, 0.03]),
    (FREEZER, "TemperatureSetpoint"): (["CEL", "CEL", "CEL", "FAH", "KEL"], [-18, -26, -21, -22, -20, -6, 252]),
    (FREEZER, "SpeedSetpoint"): (["RPM", "RPM", "rps"], [6, 12, 9, 0.15]),
}


@st.composite
def requests(draw):
    """Mostly nearly honest, or nothing would ever be allowed and nothing be seen."""
    (device, attribute), (units, values) = draw(st.sampled_from(sorted(POINTS.items())))
    return asked(
        device=device,
        attribute=attribute,
        value=draw(st.one_of(*[st.sampled_from(values)] * 3, st.floats(-40, 60))),
        unit=draw(st.sampled_from(units)),
        proposed_by=draw(st.sampled_from(["Anna", "Bo", "agent"])),
        approved_by=draw(st.sampled_from(["Cem", "Cem", "b\u200bO ", "Anna", None, "Assistant"])),
        roles=draw(st.sampled_from([["engineer"], ["engineer"], ["engineer"], ["operator"], []])),
        channel=draw(st.sampled_from(["console", "api", "voice", "agent", "automatic"])),
        expires_at=ts(draw(st.sampled_from([30, 20, 10, 1, 0, -1]))),
    )


@st.composite
def moments(draw):
    """The line as it should be, with values of some age."""
    at_us = micros(NOW) - draw(st.sampled_from([0, 30, 59, -2, 61])) * 1_000_000
    former = {
        "State": CurrentValue(draw(st.sampled_from(["Running", "running", "RUNNING", "Down"])), at_us),
        "Mode": CurrentValue("Automatic", at_us),
        "TorqueSetpoint": CurrentValue(draw(st.sampled_from([30.0, 31.0, 27.0, 38.0, 12.0])), at_us, "NU"),
    }
    freezer = {
        "TemperatureSetpoint": CurrentValue(draw(st.sampled_from([-21.0, -20.5, -24.5, -19.0])), at_us, "CEL"),
        "Temperature": CurrentValue(draw(st.sampled_from([-20.0, -16.0, -15.0])), at_us, "CEL"),
    }
    return Snapshot(micros(NOW), {FORMER: former, FREEZER: freezer})


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(asked_for=requests().map(CommandRequest.model_validate), moment=moments())
def test_nothing_outside_its_limits_approved_by_its_proposer_or_expired_is_ever_allowed(asked_for, moment):
    decision = decide(DECLARED, asked_for, moment)

    assert (decision.decision == "allowed") is (not decision.reasons)
    if decision.decision == "allowed":
        assert asked_for.expires_at > NOW
        assert_within_its_limits(asked_for, moment)
        assert_somebody_else_approved(asked_for)


def declared_point(asked_for: CommandRequest) -> CommandPoint:
    points = DECLARED.machine_of[asked_for.device].commands
    return next(one for one in points if one.attribute == asked_for.attribute)


def assert_within_its_limits(asked_for: CommandRequest, moment: Snapshot) -> None:
    point, value = declared_point(asked_for), Case(DECLARED, asked_for, moment).value
    assert value is not None
    assert point.min <= value <= point.max
    if point.max_step is not None:
        was = moment.values[asked_for.device][asked_for.attribute]
        assert moment.now_us - was.observed_us <= 60_000_000
        assert abs(value - float(was.value)) <= point.max_step + 1e-6


def assert_somebody_else_approved(asked_for: CommandRequest) -> None:
    if declared_point(asked_for).risk == "low" and asked_for.channel in ("console", "api"):
        return
    who = {"Cem": "cem", "b\u200bO ": "bo", "Anna": "anna"}[asked_for.approved_by or ""]
    assert who != asked_for.proposed_by.casefold()


@pytest.mark.parametrize("attribute", ["TorqueSetpoint", "TemperatureSetpoint", "SpeedSetpoint"])
def test_the_property_meets_requests_that_are_allowed(attribute):
    both = st.tuples(requests().map(CommandRequest.model_validate), moments())

    found, _ = find(
        both,
        lambda pair: pair[0].attribute == attribute and decide(DECLARED, *pair).decision == "allowed",
        settings=settings(max_examples=2_000, deadline=None, database=None, phases=[Phase.generate]),
    )

    assert found.attribute == attribute
