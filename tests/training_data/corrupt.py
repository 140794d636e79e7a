"""True pairs made wrong by code, each in one way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lineside.answering.claims import Code, Quantity, claims
from lineside.answering.steps import split_marker
from tests.training_data.cases import Case, chunks, draft, true_cases

OTHER_UNITS = {
    "°C": "°F",
    "bar": "psi",
    "rpm": "Hz",
    "%": "ppm",
    "A": "V",
    "mm": "cm",
    "Nm": "N",
    "N": "kN",
    "ml": "l",
    "ms": "s",
    "mbar": "bar",
    "m/min": "m/s",
    "minutes": "seconds",
    "minute": "second",
    "seconds": "minutes",
    "hours": "minutes",
    "hour": "day",
    "months": "weeks",
    "days": "hours",
    "Minuten": "Sekunden",
    "Liter": "Milliliter",
    "s": "min",
    "g": "kg",
    "litres": "hl",
    "cases per minute": "cases per hour",
    "Betriebsstunden": "Betriebstage",
    "h": "s",
}
INVENTED = (
    "Wipe the sensor with a dry cloth.", "Press the green button twice.", "Ask the supervisor for the password.",
    "Hold the guard switch down with a strap.", "Pour a cup of water over the drive.", "Replace the fuse F9.",
)  # fmt: skip
INVENTED_GERMAN = ("Reinigen Sie die Lichtschranke mit einem trockenen Tuch.", "Rufen Sie den Elektriker an.")
_UNIT = re.compile(rf"(?<=\d )({'|'.join(sorted(map(re.escape, OTHER_UNITS), key=len, reverse=True))})(?![\w/])")


def _drafted(case: Case, answer: str) -> Case:
    return Case(draft(case.draft.question, answer), case.chunk)


def wrong_numbers() -> Iterator[Case]:
    """Another number, that the chunk does not have."""
    for case in true_cases():
        if match := re.search(r"(?<![\w.,-])\d+(?:[.,]\d+)?(?=[ \w]*[ %])", _without_markers(case.draft.answer)):
            other = str(int(match[0].split(".")[0].split(",")[0]) + 7)
            yield _drafted(case, _replaced(case.draft.answer, match[0], other))


def numbers_of_something_else() -> Iterator[Case]:
    """A number of the same unit that the same chunk has, but of something else."""
    for case in true_cases():
        said, known = _quantities(case.draft.answer), _quantities(case.chunk.text)
        values = {each.readings[0].value for each in said}
        for one in said if len(said) == 1 else ():
            others = [
                each for each in known if set(each.units) & set(one.units) and each.readings[0].value not in values
            ]
            if others:
                yield _drafted(case, case.draft.answer.replace(one.said, others[0].said))


def wrong_units() -> Iterator[Case]:
    for case in true_cases():
        if match := _UNIT.search(case.draft.answer):
            answer = case.draft.answer
            yield _drafted(case, answer[: match.start()] + OTHER_UNITS[match[0]] + answer[match.end() :])


def invented_steps() -> Iterator[Case]:
    for number, case in enumerate(_procedures()):
        steps = list(case.draft.steps)
        invented = INVENTED_GERMAN if _is_german(case) else INVENTED
        steps.insert(1 + number % len(steps), invented[number % len(invented)])
        yield Case(draft(case.draft.question, _numbered(steps)), case.chunk)


def steps_of_another_document() -> Iterator[Case]:
    """A real step, but of another procedure."""
    every = list(_procedures())
    for number, case in enumerate(every):
        foreign = [step for other in every if other.chunk != case.chunk and _is_german(other) == _is_german(case)
                   for step in other.draft.steps if step not in case.chunk.text]  # fmt: skip
        if foreign:
            steps = [*case.draft.steps, foreign[(7 * number) % len(foreign)]]
            yield Case(draft(case.draft.question, _numbered(steps)), case.chunk)


def invented_in_prose() -> Iterator[Case]:
    """A sentence that the source does not have, behind a true answer."""
    for number, case in enumerate(true_cases()):
        invented = INVENTED_GERMAN if _is_german(case) else INVENTED
        yield Case(
            draft(case.draft.question, f"{case.draft.answer}\n{invented[number % len(invented)]}", case.draft.steps),
            case.chunk,
        )


def swapped_orders() -> Iterator[Case]:
    for number, case in enumerate(_procedures()):
        steps = list(case.draft.steps)
        at = number % (len(steps) - 1)
        steps[at], steps[at + 1] = steps[at + 1], steps[at]
        yield Case(draft(case.draft.question, _numbered(steps)), case.chunk)


def swapped_in_the_answer_alone() -> Iterator[Case]:
    """The steps are right, the answer has them in another order."""
    for case in _procedures():
        steps = list(case.draft.steps)
        answer = _numbered([*steps[1:], steps[0]])
        yield Case(draft(case.draft.question, answer, tuple(steps)), case.chunk)


def foreign_codes() -> Iterator[Case]:
    """A code with another last digit, which no document has."""
    for case in true_cases():
        for one in (
            each for each in claims(case.draft.answer) if isinstance(each, Code) and re.search(r"\d$", each.said)
        ):
            other = f"{one.said[:-1]}{(int(one.said[-1]) + 5) % 10}"
            if other not in case.chunk.text:
                yield _drafted(case, case.draft.answer.replace(one.said, other))
                break


def codes_of_other_documents() -> Iterator[Case]:
    known = sorted({each.said for chunk in chunks() for each in claims(chunk.text) if isinstance(each, Code)})
    for number, case in enumerate(true_cases()):
        own = f"{case.chunk.text} {case.chunk.passages[0].document}"
        codes = [each.said for each in claims(case.draft.answer) if isinstance(each, Code)]
        foreign = [code for code in known if code not in own]
        if codes:
            yield _drafted(case, case.draft.answer.replace(codes[0], foreign[(11 * number) % len(foreign)]))


def codes_of_another_row() -> Iterator[Case]:
    """The question names another code of the same table."""
    for case in true_cases():
        asked = [each.said for each in claims(case.draft.question) if isinstance(each, Code)]
        others = [each.said for each in claims(case.chunk.text) if isinstance(each, Code) and each.said not in asked]
        others = [code for code in others if asked and code[:2] == asked[0][:2] and code not in case.draft.answer]
        if others and asked[0] not in case.draft.answer:
            yield Case(draft(case.draft.question.replace(asked[0], others[0]), case.draft.answer), case.chunk)


def _quantities(text: str) -> list[Quantity]:
    return [each for each in claims(text) if isinstance(each, Quantity)]


def _procedures() -> Iterator[Case]:
    yield from (case for case in true_cases() if len(case.draft.steps) > 1)


def _is_german(case: Case) -> bool:
    return case.document_id in {"etikettierer-wartung", "kompressor-stoerungen"}


def _numbered(steps: list[str]) -> str:
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1))


def _without_markers(answer: str) -> str:
    return "\n".join(split_marker(line)[1] for line in answer.splitlines())


def _replaced(answer: str, old: str, new: str) -> str:
    """Behind the numbers of a list."""
    number = re.compile(rf"(?<![\w.,-]){re.escape(old)}(?![\w.,]*\d)")
    lines = ((line, split_marker(line)[1]) for line in answer.splitlines())
    return "\n".join(line[: len(line) - len(text)] + number.sub(new, text, count=1) for line, text in lines)
