"""The training job of a release: what SageMaker is asked for, how it went, and how it is stopped.

Two ways. *script*: our `training/finetune.py` in an AWS PyTorch container on an instance. *serverless*: SageMaker's own
customization of a model of its public hub. The same release asks for the same job under the same name, so that a step
that is tried again trains nothing twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lineside.errors import Misconfigured, Refused, Unavailable
from lineside.releases.settings import TrainingSettings

IMAGE: Final = (
    "763104351884.dkr.ecr.{region}.amazonaws.com/pytorch-training:2.8.0-gpu-py312-cu129-ubuntu22.04-sagemaker"
)
"""The newest with CUDA 12: those with CUDA 13 need a newer driver than the instances with an A10G (ml.g5) have."""
VOLUME_GB: Final = 100
"""The base's weights, the merged ones, checkpoints, and the container's own libraries."""
INPUT: Final = "/opt/ml/input/data"
START: Final = (
    f"python3 -m zipfile -e {INPUT}/code/*.zip /opt/ml/code; cd /opt/ml/code; "
    "python3 -m pip install --quiet --no-cache-dir --no-deps --require-hashes -r training/requirements.txt; "
    'if [ -n "${LINESIDE_TOKEN_SECRET:-}" ]; then HF_TOKEN="$(python3 -m training.hub_token)"; export HF_TOKEN; fi; '
    "exec python3 -m training.finetune"
)
"""The container's own entry point would look for a sourcedir.tar.gz; torch is the container's and not in the lock. The
token is fetched inside, so that no description of the job shows it."""
SERVERLESS_ARTIFACT: Final = "checkpoints/hf_merged/"

_RUNNING: Final = frozenset({"InProgress", "Stopping"})
_S3 = re.compile(r"^s3://(?P<bucket>[^/]+)/(?P<key>.*)$")


@dataclass(frozen=True)
class TrainingPlace:
    """Where a job runs, with which code, and what it may touch. Addresses are `s3://...`."""

    region: str
    role_arn: str
    code: str
    """The zipped code: `training/` and what it imports of `lineside/`."""
    code_version: str
    output: str
    """The prefix for artifacts and checkpoints, ending in a slash."""
    model_package_group_arn: str = ""
    """Where serverless customization registers what it made."""


def job_name(release_id: str) -> str:
    """The name of the release's training job, of its import job, and of its imported model."""
    return f"lineside-{release_id}"


def request_of(
    release_id: str, training: TrainingSettings, rows: Mapping[str, str], place: TrainingPlace
) -> dict[str, Any]:
    """The whole request of `CreateTrainingJob`. `rows` is where the lines of `train` and `validation` lie."""
    common = {
        "TrainingJobName": job_name(release_id),
        "RoleArn": place.role_arn,
        "Tags": [{"Key": "application", "Value": "lineside"}, {"Key": "release", "Value": release_id}],
    }
    way = _serverless if training.way == "serverless" else _script
    return {**common, **way(release_id, training, rows, place)}


def hyperparameters_of(training: TrainingSettings) -> dict[str, str]:
    """What the record keeps and the script is given: text, as SageMaker has it."""
    given = {name: str(value) for name, value in training.hyperparameters.items()}
    return {"base_model": training.base_model, "epochs": f"{training.epochs:g}", **given}


def _script(
    release_id: str, training: TrainingSettings, rows: Mapping[str, str], place: TrainingPlace
) -> dict[str, Any]:
    given = {**hyperparameters_of(training), "code_version": place.code_version}
    if training.accept_licence:
        given["accept_licence"] = "true"
    channels = {**rows, "code": place.code, **({"model": training.weights} if training.weights else {})}
    return {
        "AlgorithmSpecification": {
            "TrainingImage": training.image or IMAGE.format(region=place.region),
            "TrainingInputMode": "File",
            "ContainerEntrypoint": ["bash", "-ec"],
            "ContainerArguments": [START],
        },
        "HyperParameters": given,
        "Environment": _environment(training, given, channels),
        "InputDataConfig": [_channel(name, uri, name == "model") for name, uri in channels.items()],
        # Plain files, as the import wants them.
        "OutputDataConfig": {"S3OutputPath": f"{place.output}{release_id}", "CompressionType": "NONE"},
        # An interrupted job goes on from its last checkpoint.
        "CheckpointConfig": {"S3Uri": f"{place.output}{release_id}/checkpoints", "LocalPath": "/opt/ml/checkpoints"},
        "ResourceConfig": {"InstanceType": training.instance_type, "InstanceCount": 1, "VolumeSizeInGB": VOLUME_GB},
        "StoppingCondition": {"MaxRuntimeInSeconds": int(training.max_hours * 3_600)},
    }


def _environment(training: TrainingSettings, given: Mapping[str, str], channels: Mapping[str, str]) -> dict[str, str]:
    """What SageMaker's own entry point would set; ours starts the script without it."""
    secret = {"LINESIDE_TOKEN_SECRET": training.token_secret} if training.token_secret else {}
    return {
        "SM_MODEL_DIR": "/opt/ml/model",
        "SM_OUTPUT_DATA_DIR": "/opt/ml/output/data",
        "SM_HPS": json.dumps(given),
        **{f"SM_CHANNEL_{name.upper()}": f"{INPUT}/{name}" for name in channels},
        **secret,
    }


def _channel(name: str, uri: str, accepted: bool) -> dict[str, Any]:
    source: dict[str, Any] = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    if accepted:
        # Nothing comes as far as here without `accept_licence: true`.
        source["ModelAccessConfig"] = {"AcceptEula": True}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}}


def _serverless(
    release_id: str, training: TrainingSettings, rows: Mapping[str, str], place: TrainingPlace
) -> dict[str, Any]:
    hub = f"arn:aws:sagemaker:{place.region}:aws:hub-content/SageMakerPublicHub/Model/{training.hub_content}"
    given = {name: str(value) for name, value in training.hyperparameters.items()}
    return {
        "ServerlessJobConfig": {
            "BaseModelArn": hub,
            "AcceptEula": training.accept_licence,
            "JobType": "FineTuning",
            "CustomizationTechnique": "SFT",
            "Peft": "LORA",
        },
        "ModelPackageConfig": {"ModelPackageGroupArn": place.model_package_group_arn},
        "HyperParameters": {"max_epochs": f"{training.epochs:g}", **given},
        "InputDataConfig": [_channel(name, uri, False) for name, uri in rows.items()],
        "OutputDataConfig": {"S3OutputPath": f"{place.output}{release_id}"},
    }


@dataclass(frozen=True)
class TrainingJobs:
    """`client` is boto3's for sagemaker."""

    client: Any

    def stop(self, name: str) -> bool:
        """Stop it where it runs; whether it did. One that is not there, or has ended, is left as it is."""
        if self._described(name).get("TrainingJobStatus") not in _RUNNING:
            return False
        try:
            self.client.stop_training_job(TrainingJobName=name)
        except ClientError as error:
            # It ended between the two calls.
            if _code(error) not in {"ValidationException", "ResourceNotFound"}:
                raise _translated(error) from error
            return False
        except BotoCoreError as error:
            raise Unavailable(f"SageMaker did not answer: {error}") from error
        return True

    def artifact(self, name: str) -> str:
        """Where the merged weights of a finished job lie, as `s3://bucket/prefix/`. `Refused` where it left none."""
        described = self._described(name)
        if described.get("TrainingJobStatus") != "Completed":
            raise Refused(f"the training job {name} has not completed: {described.get('FailureReason') or 'no reason'}")
        if package := described.get("OutputModelPackageArn"):
            return _slashed(self._of_package(package)) + SERVERLESS_ARTIFACT
        uri = described.get("ModelArtifacts", {}).get("S3ModelArtifacts", "")
        if not uri or uri.endswith(".tar.gz"):
            raise Refused(f"the training job {name} left no plain files: {uri or 'nothing'}")
        return _slashed(uri)

    def _of_package(self, arn: str) -> str:
        """Where serverless customization put what it registered as this model package."""
        try:
            package = self.client.describe_model_package(ModelPackageName=arn)
        except ClientError as error:
            raise _translated(error) from error
        except BotoCoreError as error:
            raise Unavailable(f"SageMaker did not answer: {error}") from error
        for container in package.get("InferenceSpecification", {}).get("Containers", []):
            if uri := container.get("ModelDataSource", {}).get("S3DataSource", {}).get("S3Uri"):
                return str(uri)
        raise Refused(f"the model package {arn} does not say where its files lie")

    def _described(self, name: str) -> dict[str, Any]:
        """{} for a job that is not there."""
        try:
            found: dict[str, Any] = self.client.describe_training_job(TrainingJobName=name)
        except ClientError as error:
            message = error.response["Error"].get("Message", "")
            if _code(error) == "ResourceNotFound" or "not found" in message.lower():
                return {}
            raise _translated(error) from error
        except BotoCoreError as error:
            raise Unavailable(f"SageMaker did not answer: {error}") from error
        return found


def bucket_and_key(uri: str) -> tuple[str, str]:
    """Raises `Refused` for what is no address in S3."""
    found = _S3.match(uri)
    if not found:
        raise Refused(f"{uri!r} is no address in S3")
    return found["bucket"], found["key"]


def _slashed(uri: str) -> str:
    return f"{uri.rstrip('/')}/"


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


def _translated(error: ClientError) -> Misconfigured | Unavailable:
    code = _code(error)
    if code in {"AccessDeniedException", "ValidationException"}:
        return Misconfigured(f"SageMaker does not let us: {code}")
    return Unavailable(f"SageMaker did not do it: {code}")
