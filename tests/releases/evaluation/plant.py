"""A small plant's held-out questions: four machines, numbers, codes, procedures, and what no document says."""

from __future__ import annotations

from typing import Any

from lineside.manuals.passage import Passage
from lineside.releases.evaluation.held_out import held_out
from lineside.releases.evaluation.model import HeldOut
from lineside.training_data.chat import chat_row
from lineside.training_data.pair import REFUSAL, Pair

MACHINES = ("Freezer Tunnel", "Cookie Former", "Vertical Conveyor", "Box Sealer")
STEPS = (
    "Press STOP and wait until the {machine} stands still.",
    "Lock out the main switch and hang your tag on it.",
    "Remove the product that blocks the inlet of the {machine}.",
    "Take your lock off and start the {machine} in slow mode.",
)


def passages_of(machine: str, number: int) -> tuple[Passage, ...]:
    document, document_id = f"SOP-{number}0", f"sop-{number}0"
    limits = (
        f"The {machine} runs at {18 + number} packs per minute. Its bearing may reach {70 + number} °C. "
        f"Never open the guard of the {machine} while the belt runs."
    )
    codes = f"E-{210 + number}: the drive of the {machine} is overloaded; reset it after {5 + number} minutes."
    steps = "\n".join(f"{place}. {step}" for place, step in enumerate(steps_of(machine), start=1))
    return tuple(
        Passage(f"{document_id}-{at}", document_id, document, f"{machine} manual", text, "3", page=str(at + 1),
                section=section, machines=(machine,))
        for at, (section, text) in enumerate([("Limits", limits), ("Codes", codes), ("Clearing a jam", steps)])
    )  # fmt: skip


def steps_of(machine: str) -> tuple[str, ...]:
    return tuple(step.format(machine=machine) for step in STEPS)


def pairs(of_each: int = 8, absent: int = 8) -> list[Pair]:
    found = [pair for number, machine in enumerate(MACHINES, start=1) for pair in _of_machine(machine, number)]
    kept = [pair for pair in found if int(pair.pair_id.rsplit("-", 1)[1]) < of_each]
    return [*kept, *(_absent(number) for number in range(absent))]


def rows(**how: int) -> list[dict[str, Any]]:
    return [chat_row(pair) for pair in pairs(**how)]


def questions(**how: int) -> list[HeldOut]:
    return held_out(rows(**how))


def _of_machine(machine: str, number: int) -> list[Pair]:
    steps = steps_of(machine)
    procedure = "\n".join(f"{place}. {step}" for place, step in enumerate(steps, start=1))
    asked = [
        (f"How fast does the {machine} run?", f"The {machine} runs at {18 + number} packs per minute.", "operation"),
        (f"How hot may the bearing of the {machine} get?", f"It may reach {70 + number} °C.", "operation"),
        (f"What does E-{210 + number} mean?", f"The drive of the {machine} is overloaded.", "fault"),
        (f"When may I reset E-{210 + number}?", f"Reset it after {5 + number} minutes.", "fault"),
        (f"May I open the guard of the {machine}?", "Never open the guard while the belt runs.", "safety"),
        (f"How do I clear a jam of the {machine}?", procedure, "safety"),
        (f"Which code means an overloaded drive of the {machine}?", f"E-{210 + number}.", "fault"),
        (f"What is the limit of the {machine}'s bearing?", f"Its bearing may reach {70 + number} °C.", "compliance"),
    ]
    return [
        _pair(f"{machine.split()[0].lower()}-{at}", question, answer, category, machine, number,
              steps if answer == procedure else ())
        for at, (question, answer, category) in enumerate(asked)
    ]  # fmt: skip


def _pair(
    pair_id: str, question: str, answer: str, category: Any, machine: str, number: int, steps: tuple[str, ...]
) -> Pair:
    passages = passages_of(machine, number)
    return Pair(
        pair_id, question, answer, "answer", category, "medium", steps, passages[0].document, passages[0].document_id,
        "3", "1", "Limits", passages[0].passage_id, passages, "offline", reviewed=True, machines=(machine,),
    )  # fmt: skip


def _absent(number: int) -> Pair:
    machine = MACHINES[number % len(MACHINES)]
    passages = passages_of(machine, number % len(MACHINES) + 1)
    asked = ("What does the {} weigh?", "Who sold us the {}?", "What colour is the lid of the {}?")
    question = asked[number // len(MACHINES) % len(asked)].format(machine)
    return Pair(
        f"absent-{number}", question, REFUSAL, "refusal", "operation", "low", (), passages[0].document,
        passages[0].document_id, "3", "1", "Limits", passages[0].passage_id, passages, "offline", reviewed=True,
        machines=(machine,),
    )  # fmt: skip
