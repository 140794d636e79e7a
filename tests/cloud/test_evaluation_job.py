"""The optional second opinion: rows as Bedrock reads them, a request as botocore takes it, and no start unasked."""

from __future__ import annotations

import json
import re
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

from cloud.evaluation_job import MOST_PROMPTS, Begun, SecondOpinion, job_name, rows_of, start
from lineside.errors import Misconfigured, Refused, Unavailable
from lineside.releases.evaluation.model import Answers
from tests.fakes.bedrock import Raw
from tests.releases.evaluation.plant import questions

ASKED = questions(of_each=1, absent=1)
ANSWERS = [Answers(each.question_id, base="half", candidate=each.reference) for each in ASKED]
JOB = "arn:aws:bedrock:us-east-1:123456789012:evaluation-job/abcdefghijkl"


class Objects(dict[str, bytes]):
    def put(self, key: str, data: bytes) -> None:
        self[key] = data


class Wire:
    """A client whose requests end here."""

    def __init__(self, status: int = 202, body: dict[str, Any] | None = None, error: Exception | None = None) -> None:
        self.asked: list[dict[str, Any]] = []
        self._status, self._body, self._error = status, body or {"jobArn": JOB}, error
        self._code = str(self._body.get("code", ""))
        session = boto3.Session("testing", "testing", region_name="us-east-1")
        session.events.register("before-send.bedrock", self._respond)
        self.client = session.client("bedrock", config=Config(retries={"total_max_attempts": 1}))

    def _respond(self, request: Any, **_: Any) -> AWSResponse:
        if self._error:
            raise self._error
        self.asked.append(json.loads(request.body))
        headers = {"content-type": "application/json"} | ({"x-amzn-ErrorType": self._code} if self._code else {})
        return AWSResponse(request.url, self._status, headers, Raw(iter([json.dumps(self._body).encode()])))


def opinion(objects: Objects | None = None) -> SecondOpinion:
    return SecondOpinion(
        Objects() if objects is None else objects,  # type: ignore[arg-type]
        "lineside-lake",
        "arn:aws:iam::123456789012:role/second-opinion",
        "us.amazon.nova-pro-v1:0",
    )


def a_request() -> dict[str, Any]:
    return opinion().request("r-2026-11-21", "candidate", "releases/r-2026-11-21/second-opinion/candidate.jsonl")


def test_a_row_holds_the_question_the_reference_and_one_models_answer():
    objects = Objects()

    key = opinion(objects).write("r-1", "candidate", ASKED, ANSWERS)

    lines = [json.loads(line) for line in objects[key].splitlines()]
    assert key == "releases/r-1/second-opinion/candidate.jsonl"
    assert lines[0] == {
        "prompt": ASKED[0].question,
        "referenceResponse": ASKED[0].reference,
        "category": ASKED[0].category,
        "modelResponses": [{"response": ASKED[0].reference, "modelIdentifier": "candidate"}],
    }
    assert len(lines) == len(ASKED)


def test_planted_and_missing_answers_are_no_rows():
    answers = [
        Answers(ASKED[0].question_id, base="", candidate="x"),
        Answers(ASKED[1].question_id, base="bad", candidate="good", planted=True),
        Answers(ASKED[2].question_id, base="y", candidate="x"),
    ]

    assert [row["prompt"] for row in rows_of("base", ASKED, answers)] == [ASKED[2].question]


def test_nothing_to_judge_and_too_much_are_refused():
    many = [ASKED[0]] * (MOST_PROMPTS + 1)

    with pytest.raises(Refused, match="the base answered nothing"):
        opinion().write("r-1", "base", ASKED, [])
    with pytest.raises(Refused, match="takes 1000 questions"):
        opinion().write("r-1", "base", many, ANSWERS)


def test_both_models_are_judged_and_what_was_begun_is_written_down():
    wire, objects = Wire(), Objects()

    begun = opinion(objects).begin(wire.client, "r-1", ASKED, ANSWERS)

    assert begun == Begun({"base": JOB, "candidate": JOB})
    sources = [each["inferenceConfig"]["models"][0]["precomputedInferenceSource"] for each in wire.asked]
    assert [each["inferenceSourceIdentifier"] for each in sources] == ["base", "candidate"]
    assert json.loads(objects["releases/r-1/second-opinion/jobs.json"]) == {"jobs": begun.jobs, "why": ""}


def test_a_second_opinion_that_cannot_be_had_says_why_and_holds_up_nothing():
    objects = Objects()
    wire = Wire(400, {"code": "ValidationException", "message": "no such evaluator"})

    begun = opinion(objects).begin(wire.client, "r-1", ASKED, ANSWERS)

    assert begun.jobs == {}
    assert "no such evaluator" in begun.why
    assert json.loads(objects["releases/r-1/second-opinion/jobs.json"])["why"] == begun.why


def test_the_request_is_one_that_bedrock_takes():
    wire = Wire()

    assert start(wire.client, a_request()) == JOB
    (asked,) = wire.asked
    assert asked["inferenceConfig"]["models"] == [
        {"precomputedInferenceSource": {"inferenceSourceIdentifier": "candidate"}}
    ]
    assert asked["evaluationConfig"]["automated"]["evaluatorModelConfig"]["bedrockEvaluatorModels"] == [
        {"modelIdentifier": "us.amazon.nova-pro-v1:0"}
    ]


def test_every_value_fits_the_pattern_and_length_that_the_service_states():
    operation = Wire().client.meta.service_model.operation_model("CreateEvaluationJob")

    checked = list(mismatches(operation.input_shape, a_request()))

    assert checked == []


def mismatches(shape: Any, value: Any, name: str = "") -> Any:
    """Strings that do not fit their shape: botocore itself checks neither patterns nor lengths."""
    if shape.type_name == "structure":
        for key, each in value.items():
            yield from mismatches(shape.members[key], each, f"{name}.{key}")
    elif shape.type_name == "list":
        for each in value:
            yield from mismatches(shape.member, each, name)
    elif shape.type_name == "string":
        pattern, most = shape.metadata.get("pattern"), shape.metadata.get("max")
        if (pattern and not re.fullmatch(pattern, value)) or (most and len(value) > most):
            yield name, value


@pytest.mark.parametrize("release_id", ["r-1", "R_2026.11:21", "x" * 200, "--"])
def test_a_jobs_name_is_one_whatever_the_release_is_called(release_id):
    names = {job_name(release_id, who) for who in ("base", "candidate")}

    assert len(names) == 2
    assert all(re.fullmatch(r"[a-z0-9](-*[a-z0-9]){0,62}", name) for name in names)


def test_asking_twice_is_one_job():
    first, again = a_request(), a_request()

    assert first["clientRequestToken"] == again["clientRequestToken"]
    assert first["clientRequestToken"] != opinion().request("r-1", "base", "k")["clientRequestToken"]


def test_writing_and_asking_start_nothing():
    wire, objects = Wire(), Objects()

    key = opinion(objects).write("r-1", "base", ASKED, ANSWERS)
    opinion(objects).request("r-1", "base", key)

    assert wire.asked == []


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("AccessDeniedException", 403, Misconfigured),
        ("ResourceNotFoundException", 404, Misconfigured),
        ("ValidationException", 400, Refused),
        ("ServiceQuotaExceededException", 400, Refused),
        ("ConflictException", 409, Refused),
        ("ThrottlingException", 429, Unavailable),
        ("InternalServerException", 500, Unavailable),
    ],
)
def test_who_must_act_is_told(code, status, error):
    wire = Wire(status, {"message": "no", "code": code})

    with pytest.raises(error, match=code):
        start(wire.client, a_request())


def test_a_bedrock_that_is_not_reached_is_unavailable():
    wire = Wire(error=EndpointConnectionError(endpoint_url="https://bedrock"))

    with pytest.raises(Unavailable):
        start(wire.client, a_request())
