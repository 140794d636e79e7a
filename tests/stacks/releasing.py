"""The stack of releases as `make synth` writes it, with stand-ins for the stacks of the people and of the console."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam

import app as cloud_app
from stacks.bundling import NoCode
from stacks.data_preparation import DataPreparationStack
from stacks.lake import LakeStack
from stacks.models import UsedModels
from stacks.releases import ReleaseChoices, ReleasesStack
from tests.fakes.once import made_once
from tests.stacks.synth import Template

JUDGES = ("us.anthropic.claude-sonnet-4-6", "amazon.nova-pro-v1:0")


@cache
def releasing(**chosen: Any) -> Template:
    """Its template; raises RuntimeError where the checks find something."""
    if "training_code" in chosen:
        return _synthesised(**chosen)
    name = "-".join(["releasing", *(quote(f"{key}={value}", safe="=") for key, value in sorted(chosen.items()))])
    template: Template = json.loads(made_once(name, lambda: json.dumps(_synthesised(**chosen)).encode()))
    return template


def _synthesised(
    *,
    serverless: bool = False,
    weights: str = "",
    token_secret: str = "hf-token",
    training_code: Path | None = None,
    second_opinion: str = "",
) -> Template:
    folder = Path(tempfile.mkdtemp(prefix="lineside-synth-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    app = cloud_app.strict_app(cloud_app.context_of_cdk_json(), outdir=str(folder))
    lake = LakeStack(app, "lake", site="bakery-north", lines=["line-1"])
    console = cdk.Stack(app, "console")
    key = dynamodb.Attribute(name="PK", type=dynamodb.AttributeType.STRING)
    recovery = dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=True)
    people = dynamodb.TableV2(console, "People", partition_key=key, point_in_time_recovery_specification=recovery)
    preparation = DataPreparationStack(
        app,
        "preparation",
        lake=lake,
        code=NoCode(),
        site_file="plant/site.yaml",
        library_file="plant/library.jsonl",
        training_file="plant/training.yaml",
        generator=UsedModels(),
        people_table=people,
        site="bakery-north",
    )
    approver = iam.Role(console, "Serve", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    ReleasesStack(
        app,
        "releases",
        lake=lake,
        people_table=people,
        approver=approver,
        data_preparation=preparation,
        code=NoCode(),
        training_file="plant/training.yaml",
        choices=ReleaseChoices(
            site="bakery-north",
            asked=UsedModels(model_ids=JUDGES),
            serverless=serverless,
            weights=weights,
            token_secret=token_secret,
            approval_emails=("quality@example.com",),
            console_address="https://lineside.example.com",
            second_opinion=second_opinion,
        ),
        training_code=training_code,
    )
    app.synth()
    template: Template = json.loads((folder / "releases.template.json").read_text())
    return template
