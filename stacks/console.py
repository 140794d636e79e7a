"""What people open: the console, its API, their accounts, and what they said and did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.acknowledge import acknowledge
from stacks.api import CHAT_PATIENCE, Api
from stacks.buckets import access_log
from stacks.bundling import CodeSource
from stacks.control import ControlStack
from stacks.functions import HandlerFunction, grant_listing, grant_objects
from stacks.inspection import InspectionStack
from stacks.lake import LakeStack
from stacks.manuals import ManualsStack
from stacks.models import UsedModels, grant_models
from stacks.people import CONSOLE_SCOPE, People
from stacks.tables import RecordsTable
from stacks.web_adapter import ENVIRONMENT, web_adapter
from stacks.website import Website

LINE_TABLE_ACTIONS: Final = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query")
PEOPLE_TABLE_ACTIONS: Final = (
    *LINE_TABLE_ACTIONS,
    "dynamodb:UpdateItem",
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
)


@dataclass(frozen=True)
class ConsoleChoices:
    """What a person may choose of the console: an own name with its certificate (us-east-1), and how to sign in."""

    web_adapter: str
    domain: str = ""
    certificate_arn: str = ""
    require_mfa: bool = True
    vocabulary: str = ""
    """The name of the vocabularies of Amazon Transcribe with the machines' names; see `cloud.vocabulary`."""


class ConsoleStack(Stack):
    """CloudFront -> the console's files, or API Gateway -> `serve_api`."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        lake: LakeStack,
        manuals: ManualsStack | None,
        replay: lambda_.IFunction,
        inspection: InspectionStack,
        control: ControlStack | None = None,
        code: CodeSource,
        site: str,
        site_file: str,
        models_file: str,
        training_file: str,
        library_file: str,
        version: str,
        models: UsedModels,
        choices: ConsoleChoices,
        dist: Path | None = None,
        stack_name: str | None = None,
    ) -> None:
        """`dist` is a built console, `manuals` finds by meaning, `control` follows commands, where there are such."""
        super().__init__(scope, construct_id, stack_name=stack_name, description="Lineside: console, API and people")
        self._lake = lake
        # Conversations, verdicts, and what people did to alarms. Apart from the line table: other rights, other terms.
        self.table = RecordsTable(self, "PeopleTable", forgets=True)
        people = People(self, "People", site=site, require_mfa=choices.require_mfa)
        api = Api(self, "Api", people=people, operations=lake.operations)
        website = Website(
            self,
            "Website",
            api=api,
            sign_in_address=people.sign_in_address,
            uploads=inspection.bucket,
            domain=choices.domain,
            certificate_arn=choices.certificate_arn,
            access_log=access_log(self),
        )
        client = people.add_console(website.address)
        serve = self._serve_api(
            code,
            choices,
            {
                "LAKE_BUCKET_NAME": lake.bucket.bucket_name,
                "LINE_TABLE_NAME": lake.table.table_name,
                "PEOPLE_TABLE_NAME": self.table.table_name,
                "REPLAY_FUNCTION_NAME": replay.function_name,
                "IMAGE_BUCKET_NAME": inspection.bucket.bucket_name,
                "INSPECTION_TABLE_NAME": inspection.table.table_name,
                "COMMAND_MACHINE_ARN": control.machine.state_machine_arn if control else "",
                "KNOWLEDGE_BASE_ID": manuals.knowledge_base_id if manuals else "",
                "SITE_FILE": site_file,
                "MODELS_FILE": models_file,
                "TRAINING_FILE": training_file,
                "LIBRARY_FILE": library_file,
                "OIDC_AUTHORITY": people.authority,
                "OIDC_CLIENT_ID": client.user_pool_client_id,
                "OIDC_SCOPE": CONSOLE_SCOPE,
                "SIGN_OUT_URL": _sign_out(people, client.user_pool_client_id, website.address),
                "TRANSCRIBE_VOCABULARY": choices.vocabulary,
                "LINESIDE_VERSION": version,
            },
        )
        self._grant(serve, manuals, replay, models)
        inspection.let_review(serve)
        if control:
            control.let_start(serve)
        self.approver: iam.IRole = serve.execution_role
        """Who passes on what a person decided about a release."""
        self.address = website.address
        api.add_routes(serve)
        if dist:
            website.deploy(dist)
        CfnOutput(self, "ConsoleAddress", value=website.address)
        CfnOutput(self, "UserPool", value=people.pool.user_pool_id)
        CfnOutput(self, "EdgeName", value=website.distribution.distribution_domain_name)

    def _serve_api(self, code: CodeSource, choices: ConsoleChoices, environment: Mapping[str, str]) -> HandlerFunction:
        return HandlerFunction(
            self,
            "serve_api",
            code=code,
            description="The HTTP application: the line, alarms, history, and answers to questions",
            environment={**ENVIRONMENT, **environment},
            timeout=CHAT_PATIENCE,
            # A whole processor: what a cold start takes is mostly importing.
            memory_mb=1769,
            start="lambdas/serve_api/run.sh",
            layers=[web_adapter(self, choices.web_adapter)],
        )

    def _grant(
        self,
        serve: HandlerFunction,
        manuals: ManualsStack | None,
        replay: lambda_.IFunction,
        models: UsedModels,
    ) -> None:
        bucket = self._lake.bucket
        grant_objects(bucket, serve, ["GetObject"], ["raw", "readings", "memory", "quarantine", "releases"])
        grant_listing(bucket, serve)
        self._lake.table.grant(serve, *LINE_TABLE_ACTIONS)
        self.table.grant(serve, *PEOPLE_TABLE_ACTIONS)
        # Not `grant_invoke`, which also allows every version and alias.
        iam.Grant.add_to_principal(
            grantee=serve, actions=["lambda:InvokeFunction"], resource_arns=[replay.function_arn]
        )
        if manuals:
            manuals.grant_retrieve(serve)
        grant_models(serve, models)
        _grant_voice(serve)


def _grant_voice(serve: HandlerFunction) -> None:
    serve.add_to_role_policy(
        iam.PolicyStatement(
            actions=["polly:SynthesizeSpeech", "transcribe:StartStreamTranscriptionWebSocket"], resources=["*"]
        )
    )
    acknowledge(
        serve.execution_role.node.find_child("DefaultPolicy"),
        "IAM5[Resource::*]",
        reason="Polly without lexicons, Transcribe's streams and X-Ray's segments know no resource.",
    )


def _sign_out(people: People, client_id: str, address: str) -> str:
    return f"{people.sign_in_address}/logout?client_id={client_id}&logout_uri={address}/"
