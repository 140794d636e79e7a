"""A second opinion from Bedrock's own evaluation, on answers that are there already. It costs money, and starts only
where `training.yaml` names an evaluator; the gate does not wait for it.

Each model is a job of its own: a row of such a dataset carries the answer of one model. The rows hold no more than the
question, the reference and the answer, so this judge knows less than ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2s
from typing import Any, Final, get_args

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from lineside.errors import LinesideError, Misconfigured, Refused, Unavailable
from lineside.lake.objects import ObjectStore
from lineside.releases.evaluation.model import Answers, HeldOut, Who
from lineside.training_data.chat import jsonl

METRICS: Final = ("Builtin.Correctness", "Builtin.Completeness", "Builtin.Relevance")
"""Bedrock's names of what our judges mark: accuracy, completeness, relevance."""
MOST_PROMPTS: Final = 1_000
_LONGEST_NAME: Final = 63
_FOR_A_PERSON: Final = frozenset({"AccessDeniedException", "ResourceNotFoundException", "UnrecognizedClientException"})


class Begun(msgspec.Struct, frozen=True):
    """`jobs`: base or candidate -> the ARN of its job; `why` there are not both."""

    jobs: dict[str, str] = {}
    why: str = ""


@dataclass(frozen=True)
class SecondOpinion:
    """`lake` puts objects under `bucket`; `evaluator` is the judge's id or inference profile; `role_arn` is whom
    Bedrock acts for: it reads the rows, writes the results and calls the evaluator."""

    lake: ObjectStore
    bucket: str
    role_arn: str
    evaluator: str

    def begin(self, client: Any, release_id: str, questions: Sequence[HeldOut], answers: Sequence[Answers]) -> Begun:
        """Have both models judged, and write down beside the rows what was begun, or why nothing was.

        A second opinion that cannot be had holds up nothing: whoever approves reads why.
        """
        begun = Begun()
        try:
            for who in get_args(Who):
                key = self.write(release_id, who, questions, answers)
                begun = Begun({**begun.jobs, who: start(client, self.request(release_id, who, key))})
        except LinesideError as error:
            begun = Begun(begun.jobs, str(error))
        self.lake.put(f"releases/{release_id}/second-opinion/jobs.json", msgspec.json.encode(begun))
        return begun

    def write(self, release_id: str, who: Who, questions: Sequence[HeldOut], answers: Iterable[Answers]) -> str:
        """Put the rows of one model into the lake; gives the request's `Dataset` key. `Refused` where there are none,
        or too many for one job."""
        rows = rows_of(who, questions, answers)
        if not rows:
            raise Refused(f"the {who} answered nothing, so there is nothing to have an opinion on")
        if len(rows) > MOST_PROMPTS:
            raise Refused(f"an evaluation job takes {MOST_PROMPTS} questions, and these are {len(rows)}")
        key = f"releases/{release_id}/second-opinion/{who}.jsonl"
        self.lake.put(key, jsonl(rows))
        return key

    def request(self, release_id: str, who: Who, key: str) -> dict[str, Any]:
        """`CreateEvaluationJob`, for rows that `write` put there."""
        judge = {"bedrockEvaluatorModels": [{"modelIdentifier": self.evaluator}]}
        dataset = {"name": f"held-out-{who}", "datasetLocation": {"s3Uri": f"s3://{self.bucket}/{key}"}}
        metrics = {"taskType": "General", "dataset": dataset, "metricNames": list(METRICS)}
        return {
            "jobName": job_name(release_id, who),
            "jobDescription": f"A second opinion on the {who} of release {release_id}"[:200],
            "clientRequestToken": blake2s(f"{release_id}/{who}/{key}".encode(), digest_size=16).hexdigest(),
            "roleArn": self.role_arn,
            "applicationType": "ModelEvaluation",
            "evaluationConfig": {"automated": {"datasetMetricConfigs": [metrics], "evaluatorModelConfig": judge}},
            "inferenceConfig": {"models": [{"precomputedInferenceSource": {"inferenceSourceIdentifier": who}}]},
            "outputDataConfig": {"s3Uri": f"s3://{self.bucket}/{key.rpartition('/')[0]}/results/"},
        }


def start(client: Any, request: dict[str, Any]) -> str:
    """Start the job, and pay for it; gives its ARN. The same request twice is one job."""
    try:
        return str(client.create_evaluation_job(**request)["jobArn"])
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        told = f"Bedrock does not start the evaluation job: {code}, {' '.join(message.split())[:200]}"
        if code in _FOR_A_PERSON:
            raise Misconfigured(told) from error
        if code in {"ValidationException", "ConflictException", "ServiceQuotaExceededException"}:
            raise Refused(told) from error
        raise Unavailable(told) from error
    except BotoCoreError as error:
        raise Unavailable(f"Bedrock could not be reached: {type(error).__name__}") from error


def rows_of(who: Who, questions: Sequence[HeldOut], answers: Iterable[Answers]) -> list[dict[str, Any]]:
    """One row for each question that this model answered; its name in them says nothing of what it is."""
    said = {each.question_id: getattr(each, who) for each in answers if not each.planted}
    return [
        {
            "prompt": question.question,
            "referenceResponse": question.reference,
            "category": question.category,
            "modelResponses": [{"response": said[question.question_id], "modelIdentifier": who}],
        }
        for question in questions
        if said.get(question.question_id)
    ]


def job_name(release_id: str, who: Who) -> str:
    """Small letters, digits and dashes, 63 at most; the end of a long id tells releases apart."""
    name = re.sub(r"[^a-z0-9]+", "-", f"{release_id}-{who}".lower()).strip("-")
    return f"lineside-{name[-(_LONGEST_NAME - 9) :].strip('-')}"
