"""Documents -> a dataset to fine-tune on: a state machine, and a function for each of its steps.

A step reads and writes objects of the lake below `training/`, a prefix for each run, and hands references on. Only one
of the functions may ask a model, and what it paid for is kept below `training-drafts/`, so that no run pays twice.
"""

from __future__ import annotations

from typing import Final

from aws_cdk import Aws, CfnOutput, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.acknowledge import acknowledge, logical_id
from stacks.bundling import CodeSource
from stacks.functions import METRICS_NAMESPACE, HandlerFunction, grant_listing, grant_objects, imported_arn
from stacks.lake import LakeStack
from stacks.models import UsedModels, grant_models
from stacks.operations import FIVE_MINUTES
from stacks.state_machine import WrittenMachine

TRAINING, DRAFTS, DATASETS, DOCUMENTS = "training", "training-drafts", "datasets", "documents"
MAPS: Final = ("ReadDocuments", "AskAboutDocuments")
"""The labels of the definition's Distributed Maps, whose items are executions of their own."""
LONGEST: Final = Duration.minutes(15)


class DataPreparationStack(Stack):
    """`state_machine` is started with `{}`, or with what `statemachines/README.md` names."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        lake: LakeStack,
        code: CodeSource,
        site_file: str,
        library_file: str,
        training_file: str,
        generator: UsedModels,
        people_table: dynamodb.ITable,
        site: str,
        stack_name: str | None = None,
    ) -> None:
        """The files are named as the bundle has them; `generator` is the model that writes the questions, if any.
        `people_table` holds the verdicts of the site's people."""
        super().__init__(scope, construct_id, stack_name=stack_name, description="Lineside: documents to a dataset")
        self._lake, self._code = lake, code
        self._lake_of = {"LAKE_BUCKET_NAME": lake.bucket.bucket_name}
        library = {**self._lake_of, "SITE_FILE": site_file, "LIBRARY_FILE": library_file}
        training = {**self._lake_of, "TRAINING_FILE": training_file}
        functions = {
            "ListDocuments": self._list_documents(library),
            "ExtractPassages": self._extract_passages(library),
            "PlanQuestions": self._plan_questions(training),
            "GeneratePairs": self._generate_pairs(training, generator),
            "ValidatePairs": self._validate_pairs(),
            "AssembleDataset": self._assemble_dataset(people_table, site),
        }
        self.state_machine = self._machine(functions)
        self._watch()
        CfnOutput(self, "StateMachine", value=self.state_machine.state_machine_arn)

    def grant_start(self, function: HandlerFunction) -> None:
        """Let a function start a run, and do nothing else to it."""
        arn = self.state_machine.state_machine_arn
        iam.Grant.add_to_principal(grantee=function, actions=["states:StartExecution"], resource_arns=[arn])

    def _list_documents(self, environment: dict[str, str]) -> HandlerFunction:
        function = HandlerFunction(
            self,
            "list_documents",
            code=self._code,
            description="Lists the documents to learn from: the site's own and those that were uploaded",
            environment=environment,
            # A listing brings a thousand keys at a time; the library of the bundle is read at the start.
            timeout=Duration.minutes(1),
            memory_mb=512,
        )
        grant_listing(self._lake.bucket, function)
        grant_objects(self._lake.bucket, function, ["PutObject"], [TRAINING])
        return function

    def _extract_passages(self, environment: dict[str, str]) -> HandlerFunction:
        function = HandlerFunction(
            self,
            "extract_passages",
            code=self._code,
            description="Reads one document: its header, its passages, or why it cannot be read",
            environment=environment,
            # A PDF of 200 MB and 3,000 pages, the largest that is read, lies in memory twice; ruled tables are read at
            # some sixteen pages a second on one core, and memory buys cores.
            timeout=LONGEST,
            memory_mb=3008,
        )
        # Without the listing S3 answers 403, not 404, for an upload that is gone.
        grant_listing(self._lake.bucket, function)
        grant_objects(self._lake.bucket, function, ["GetObject"], [DOCUMENTS])
        grant_objects(self._lake.bucket, function, ["PutObject"], [TRAINING])
        return function

    def _plan_questions(self, environment: dict[str, str]) -> HandlerFunction:
        function = HandlerFunction(
            self,
            "plan_questions",
            code=self._code,
            description="Decides which documents are in force and how many questions each part is asked for",
            environment=environment,
            # The passages of all documents lie in memory at once: a thousand pages are some 20 MB.
            timeout=LONGEST,
            memory_mb=2048,
        )
        grant_objects(self._lake.bucket, function, ["GetObject", "PutObject"], [TRAINING])
        return function

    def _generate_pairs(self, environment: dict[str, str], generator: UsedModels) -> HandlerFunction:
        function = HandlerFunction(
            self,
            "generate_pairs",
            code=self._code,
            description="Has questions and answers written about one document, as far as its time reaches",
            environment=environment,
            # It waits for the model nearly all of its time, so it needs little memory and gets all the time there is.
            timeout=LONGEST,
            memory_mb=512,
        )
        # What has not been paid for yet is an object that does not exist: 404 and not 403.
        grant_listing(self._lake.bucket, function)
        grant_objects(self._lake.bucket, function, ["GetObject", "PutObject"], [TRAINING, DRAFTS])
        grant_models(function, generator)
        return function

    def _validate_pairs(self) -> HandlerFunction:
        function = HandlerFunction(
            self,
            "validate_pairs",
            code=self._code,
            description="Holds every question and answer about one document against the document",
            environment=self._lake_of,
            # A thousand pairs take seconds; the rest is room for a book of alarm codes.
            timeout=Duration.minutes(5),
            memory_mb=1024,
        )
        grant_listing(self._lake.bucket, function)
        grant_objects(self._lake.bucket, function, ["GetObject", "PutObject"], [TRAINING])
        return function

    def _assemble_dataset(self, people_table: dynamodb.ITable, site: str) -> HandlerFunction:
        function = HandlerFunction(
            self,
            "assemble_dataset",
            code=self._code,
            description="Collects the pairs of all documents, drops near-duplicates, splits and reports",
            environment={**self._lake_of, "PEOPLE_TABLE_NAME": people_table.table_name, "SITE": site},
            # Every pair and every passage at once, each pair compared with its neighbours.
            timeout=LONGEST,
            memory_mb=3008,
        )
        people_table.grant(function, "dynamodb:Query")
        grant_objects(self._lake.bucket, function, ["GetObject"], [TRAINING])
        grant_objects(self._lake.bucket, function, ["PutObject"], [TRAINING, DATASETS])
        return function

    def _machine(self, functions: dict[str, HandlerFunction]) -> sfn.StateMachine:
        machine = WrittenMachine(
            self,
            "PrepareTrainingData",
            name="prepare_training_data",
            functions=functions,
            others={"LakeBucketName": self._lake.bucket.bucket_name},
            logs_kept=logs.RetentionDays.THREE_MONTHS,
        )
        _let_read(machine, self._lake.bucket)
        _let_run_its_items(self, machine)
        return machine

    def _watch(self) -> None:
        operations = self._lake.operations
        failed = self.state_machine.metric_failed(period=FIVE_MINUTES, statistic="Sum")
        operations.watch(self, "DatasetNotPrepared", failed, above=0, why="No dataset was made; the run says why.")
        late = self.state_machine.metric_timed_out(period=FIVE_MINUTES, statistic="Sum")
        operations.watch(self, "DatasetLate", late, above=0, why="A run of the data preparation ran out of time.")
        given_up = cloudwatch.Metric(
            namespace=METRICS_NAMESPACE,
            metric_name="DocumentsFailed",
            dimensions_map={"service": "assemble_dataset"},
            statistic="Sum",
            period=FIVE_MINUTES,
        )
        why = "A dataset was made without some documents; its report.json names them and says why."
        operations.watch(self, "DocumentsFailed", given_up, above=0, why=why)


def _let_read(machine: sfn.StateMachine, bucket: s3.Bucket) -> None:
    """The lists that its Maps go through."""
    arn = bucket.arn_for_objects(f"{TRAINING}/*")
    iam.Grant.add_to_principal(grantee=machine, actions=["s3:GetObject"], resource_arns=[arn])
    policy = machine.role.node.find_child("DefaultPolicy")
    acknowledge(
        policy, f"IAM5[Resource::{imported_arn(bucket)}/{TRAINING}/*]", reason="A run's prefix is named when it starts."
    )


def _let_run_its_items(stack: Stack, machine: sfn.StateMachine) -> None:
    """A Distributed Map starts an execution of its own machine for each item, and a redrive takes them up again."""
    name = machine.state_machine_name
    executions = f"arn:{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}:execution:{name}"
    items = [f"{executions}/{label}:*" for label in MAPS]
    policy = iam.Policy(
        stack,
        "Items",
        roles=[machine.role],
        statements=[
            iam.PolicyStatement(actions=["states:StartExecution"], resources=[machine.state_machine_arn]),
            iam.PolicyStatement(
                actions=["states:DescribeExecution", "states:StopExecution", "states:RedriveExecution"],
                resources=items,
            ),
        ],
    )
    spelled = f"<{logical_id(machine)}.Name>"
    prefix = "arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution"
    acknowledge(
        policy,
        *(f"IAM5[Resource::{prefix}:{spelled}/{label}:*]" for label in MAPS),
        reason="An item's execution is named when it starts; these are those of this machine's own Maps.",
    )
