"""SageMaker's training jobs and Bedrock's imported models, without either: one account, asked in two ways.

A state machine asks it as the harness's services, `account.services()`. Our functions ask it over the wire, with real
boto3: `account.over_the_wire(monkeypatch)` answers their requests before moto or the network would.

What is not said otherwise succeeds: a training leaves an artifact that can be imported, an import gives a model.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import BotocoreStubber

from tests.fakes.bedrock import Raw
from tests.fakes.step_functions import ACCOUNT, REGION, Service, ServiceError
from tests.releases.artifacts import whole_artifact

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass
class Account:
    """What there is, by name. A test changes what it wants to go wrong."""

    artifact: dict[str, bytes] = field(default_factory=whole_artifact)
    training_ends: str = "Completed"
    training_reason: str = ""
    looks_until_trained: int = 1
    import_ends: str = "Completed"
    import_reason: str = ""
    looks_until_imported: int = 2
    converses: bool = True
    answers_get_lost: bool = False
    """What is created is created, and the answer never arrives: whoever asks again is told that it exists."""
    refusals: dict[str, str] = field(default_factory=dict)
    """Operation -> the error that it answers with, once."""
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    imports: dict[str, dict[str, Any]] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)
    """Name of an imported model -> its ARN."""
    asked: list[str] = field(default_factory=list)

    def services(self) -> dict[tuple[str, str], Service]:
        return {
            ("sagemaker", "createTrainingJob.sync"): self._train_and_wait,
            ("sagemaker", "createTrainingJob"): self._service(self.create_training_job),
            ("sagemaker", "describeTrainingJob"): self._service(self.describe_training_job),
            ("bedrock", "createModelImportJob"): self._service(self.create_model_import_job),
            ("bedrock", "getModelImportJob"): self._service(self.get_model_import_job),
        }

    def over_the_wire(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """moto hears every request first, and knows few of these."""
        forward = BotocoreStubber.__call__

        def answered(stubber: Any, event_name: str, request: Any, **how: Any) -> Any:
            host = urlsplit(request.url).hostname or ""
            if host.startswith("bedrock."):
                return self._answered(request, *_of_bedrock(request))
            if host.startswith("api.sagemaker."):
                target = request.headers["X-Amz-Target"]
                text = target.decode() if isinstance(target, bytes) else target
                return self._answered(request, text.rpartition(".")[2], json.loads(request.body))
            return forward(stubber, event_name, request, **how)

        monkeypatch.setattr(BotocoreStubber, "__call__", answered)

    def create_training_job(self, asked: dict[str, Any]) -> dict[str, Any]:
        name = asked["TrainingJobName"]
        if name in self.jobs:
            raise ServiceError("ResourceInUse", f"{name} exists")
        self.jobs[name] = {**asked, "TrainingJobStatus": "InProgress", "looks": self.looks_until_trained}
        if self.answers_get_lost:
            raise ServiceError("ResourceInUse", f"{name} exists")
        return {"TrainingJobArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job/{name}"}

    def describe_training_job(self, asked: dict[str, Any]) -> dict[str, Any]:
        job = self.jobs.get(asked["TrainingJobName"])
        if job is None:
            raise ServiceError("ValidationException", "Requested resource not found.")
        if job["TrainingJobStatus"] == "InProgress":
            job["looks"] -= 1
            if job["looks"] <= 0:
                self._end_training(job)
        return _described(job)

    def stop_training_job(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.jobs[asked["TrainingJobName"]]["TrainingJobStatus"] = "Stopped"
        return {}

    def describe_model_package(self, asked: dict[str, Any]) -> dict[str, Any]:
        (job,) = [each for each in self.jobs.values() if each.get("OutputModelPackageArn") == asked["ModelPackageName"]]
        source = {"S3DataSource": {"S3Uri": job["package"], "S3DataType": "S3Prefix", "CompressionType": "None"}}
        return {"InferenceSpecification": {"Containers": [{"ModelDataSource": source}]}}

    def create_model_import_job(self, asked: dict[str, Any]) -> dict[str, Any]:
        name = asked["jobName"]
        if name in self.imports:
            raise ServiceError("ConflictException", f"{name} exists")
        self.imports[name] = {**asked, "status": "InProgress", "looks": self.looks_until_imported}
        if self.answers_get_lost:
            raise ServiceError("ConflictException", f"{name} exists")
        return {"jobArn": _import_arn(name)}

    def get_model_import_job(self, asked: dict[str, Any]) -> dict[str, Any]:
        job = self.imports[asked["jobIdentifier"]]
        self._look_at_import(job)
        told = {"jobArn": _import_arn(job["jobName"]), "jobName": job["jobName"], "status": job["status"]}
        if job["status"] == "Completed":
            told["importedModelArn"] = self.models.get(job["importedModelName"], "")
        if job["status"] == "Failed" and self.import_reason:
            told["failureMessage"] = self.import_reason
        return told

    def list_model_import_jobs(self, asked: dict[str, Any]) -> dict[str, Any]:
        for job in self.imports.values():
            self._look_at_import(job)
        wanted = asked.get("statusEquals")
        found = [job for job in self.imports.values() if wanted in (None, job["status"])]
        return {
            "modelImportJobSummaries": [
                {
                    "jobArn": _import_arn(job["jobName"]),
                    "jobName": job["jobName"],
                    "status": job["status"],
                    "creationTime": NOW.isoformat(),
                }
                for job in found
            ]
        }

    def list_imported_models(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {
            "modelSummaries": [
                {"modelArn": arn, "modelName": name, "creationTime": NOW.isoformat()}
                for name, arn in self.models.items()
            ]
        }

    def get_imported_model(self, asked: dict[str, Any]) -> dict[str, Any]:
        name = self._name_of(asked["modelIdentifier"])
        return {
            "modelArn": self.models[name],
            "modelName": name,
            "instructSupported": self.converses,
            "customModelUnits": {"customModelUnitsPerModelCopy": 1, "customModelUnitsVersion": "v1.0"},
        }

    def delete_imported_model(self, asked: dict[str, Any]) -> dict[str, Any]:
        del self.models[self._name_of(asked["modelIdentifier"])]
        return {}

    def import_by_hand(self, name: str) -> str:
        """A model that is there already."""
        self.models[name] = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:imported-model/{len(self.models) + 1:012d}"
        return self.models[name]

    def start_importing(self, name: str) -> None:
        """An import job of somebody else, which goes on for long."""
        self.imports[name] = {"jobName": name, "importedModelName": name, "status": "InProgress", "looks": 1_000}

    def _train_and_wait(self, asked: dict[str, Any]) -> dict[str, Any]:
        self._service(self.create_training_job)(asked)
        job = self.jobs[asked["TrainingJobName"]]
        self._end_training(job)
        if job["TrainingJobStatus"] != "Completed":
            raise ServiceError("States.TaskFailed", json.dumps(_described(job)))
        return _described(job)

    def _end_training(self, job: dict[str, Any]) -> None:
        job["TrainingJobStatus"] = self.training_ends
        if self.training_ends != "Completed":
            job["FailureReason"] = self.training_reason
            return
        where = f"{job['OutputDataConfig']['S3OutputPath']}/{job['TrainingJobName']}/output/model/"
        if "ServerlessJobConfig" in job:
            job["OutputModelPackageArn"] = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/lineside/1"
            job["package"], where = where, f"{where}checkpoints/hf_merged/"
        else:
            job["ModelArtifacts"] = {"S3ModelArtifacts": where}
        bucket, _, prefix = where.removeprefix("s3://").partition("/")
        for name, content in self.artifact.items():
            boto3.client("s3").put_object(Bucket=bucket, Key=prefix + name, Body=content)

    def _look_at_import(self, job: dict[str, Any]) -> None:
        if job["status"] != "InProgress":
            return
        job["looks"] -= 1
        if job["looks"] <= 0:
            job["status"] = self.import_ends
            if self.import_ends == "Completed":
                self.import_by_hand(job["importedModelName"])

    def _name_of(self, identifier: str) -> str:
        for name, arn in self.models.items():
            if identifier in (name, arn):
                return name
        raise ServiceError("ResourceNotFoundException", f"there is no {identifier}")

    def _service(self, operation: Callable[[dict[str, Any]], dict[str, Any]]) -> Service:
        service = {"training": "SageMaker", "model": "Bedrock"}[operation.__name__.split("_")[1]]

        def answer(asked: dict[str, Any]) -> dict[str, Any]:
            try:
                return self._did(operation, asked)
            except ServiceError as error:
                # As the SDK behind Step Functions names its exceptions.
                name = error.error if error.error.endswith("Exception") else f"{error.error}Exception"
                raise ServiceError(f"{service}.{name}", error.cause) from error

        return answer

    def _did(self, operation: Callable[[dict[str, Any]], dict[str, Any]], asked: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(operation.__name__)
        if refusal := self.refusals.pop(operation.__name__, ""):
            raise ServiceError(refusal, "the test says so")
        return operation(asked)

    def _answered(self, request: Any, operation: str, asked: dict[str, Any]) -> AWSResponse:
        name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation).removeprefix("_")
        headers = {"content-type": "application/json"}
        try:
            status, body = 200, self._did(getattr(self, name), asked)
        except ServiceError as error:
            status, body = 400, {"message": error.cause, "__type": error.error}
            headers["x-amzn-ErrorType"] = error.error
        return AWSResponse(request.url, status, headers, Raw(iter([json.dumps(body).encode()])))


def _described(job: dict[str, Any]) -> dict[str, Any]:
    known = ("TrainingJobName", "TrainingJobStatus", "FailureReason", "ModelArtifacts", "OutputModelPackageArn")
    always = {
        "TrainingJobArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job/{job['TrainingJobName']}",
        "ModelArtifacts": {"S3ModelArtifacts": ""},
        "SecondaryStatus": "Training",
        "StoppingCondition": {},
        "CreationTime": NOW.timestamp(),
    }
    return {**always, **{name: job[name] for name in known if name in job}}


def _import_arn(name: str) -> str:
    return f"arn:aws:bedrock:{REGION}:{ACCOUNT}:model-import-job/{abs(hash(name)) % 10**12:012d}"


def _of_bedrock(request: Any) -> tuple[str, dict[str, Any]]:
    """Which operation a request of Bedrock's REST API asks for, and with what."""
    parts = urlsplit(request.url)
    what, _, one = parts.path.strip("/").partition("/")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    operations = {
        ("GET", "imported-models", False): "ListImportedModels",
        ("GET", "imported-models", True): "GetImportedModel",
        ("DELETE", "imported-models", True): "DeleteImportedModel",
        ("GET", "model-import-jobs", False): "ListModelImportJobs",
        ("GET", "model-import-jobs", True): "GetModelImportJob",
    }
    identifier = "modelIdentifier" if what == "imported-models" else "jobIdentifier"
    return operations[request.method, what, bool(one)], {**query, identifier: unquote(unquote(one))}
