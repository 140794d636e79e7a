"""Finding a manual's passage by its meaning: a Bedrock Knowledge Base whose vectors lie in S3.

The passages are cut when the code is bundled, one object each beside its metadata, and uploaded into a bucket of their
own: whoever uploads needs no right to the lake. Their arrival starts an ingestion, over a queue: one that already runs
makes the message come again, so the last change is always followed by an ingestion of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aws_cdk import Aws, CfnOutput, Duration, Stack
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3vectors as s3vectors
from constructs import Construct

from stacks.acknowledge import acknowledge, logical_id
from stacks.buckets import PrivateBucket, tell_event_bridge
from stacks.bundling import CodeSource
from stacks.functions import HandlerFunction
from stacks.lake import LakeStack
from stacks.models import foundation_model_arn
from stacks.operations import FIVE_MINUTES
from stacks.queues import WorkQueue
from stacks.uploads import upload

# Bedrock keeps a passage's text and origin with its vector; filterable metadata may have 2 kB only, and an index
# cannot be changed later.
NOT_FILTERABLE: Final = ("AMAZON_BEDROCK_TEXT", "AMAZON_BEDROCK_METADATA")
QUIET: Final = Duration.minutes(1)
"""A deployment uploads many passages; their events are gathered for this long."""
AGAIN: Final = Duration.minutes(5)
"""How long an ingestion that runs is left alone before the next attempt."""


@dataclass(frozen=True)
class Embedder:
    """A model that turns a text into `dimensions` numbers."""

    model_id: str
    dimensions: int


class ManualsStack(Stack):
    """Where there is an embedder. Without one this stack is left out: codes and words find passages by themselves."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        lake: LakeStack,
        code: CodeSource,
        embedder: Embedder,
        passages: Path | None = None,
        stack_name: str | None = None,
    ) -> None:
        """`passages` is a folder of passages, where they were cut."""
        super().__init__(scope, construct_id, stack_name=stack_name, description="Lineside: passages by meaning")
        self._lake = lake
        self._bucket = _passages_bucket(self)
        self._knowledge_base = self._make_knowledge_base(embedder)
        source = self._data_source(self._knowledge_base)
        self._ingest(code, self._knowledge_base, source)
        if passages:
            upload(self, "Upload", folder=passages, bucket=self._bucket, prune=True)
        CfnOutput(self, "KnowledgeBaseId", value=self.knowledge_base_id)

    @property
    def knowledge_base_id(self) -> str:
        return self._knowledge_base.attr_knowledge_base_id

    def grant_retrieve(self, function: HandlerFunction) -> None:
        """Let a function search this knowledge base, and no other."""
        arn = self._knowledge_base.attr_knowledge_base_arn
        iam.Grant.add_to_principal(grantee=function, actions=["bedrock:Retrieve"], resource_arns=[arn])

    def _make_knowledge_base(self, embedder: Embedder) -> bedrock.CfnKnowledgeBase:
        bucket = s3vectors.CfnVectorBucket(
            self,
            "Vectors",
            encryption_configuration=s3vectors.CfnVectorBucket.EncryptionConfigurationProperty(sse_type="AES256"),
        )
        index = s3vectors.CfnIndex(
            self,
            # Another number of dimensions is another index.
            f"Index{embedder.dimensions}",
            vector_bucket_arn=bucket.attr_vector_bucket_arn,
            data_type="float32",
            dimension=embedder.dimensions,
            distance_metric="cosine",
            metadata_configuration=s3vectors.CfnIndex.MetadataConfigurationProperty(
                non_filterable_metadata_keys=list(NOT_FILTERABLE)
            ),
        )
        role = self._role(embedder, index)
        base = bedrock.CfnKnowledgeBase(
            self,
            "KnowledgeBase",
            name="lineside-manuals",
            description="Passages of the plant's own manuals and procedures",
            role_arn=role.role_arn,
            knowledge_base_configuration=_embedded_by(embedder),
            storage_configuration=bedrock.CfnKnowledgeBase.StorageConfigurationProperty(
                type="S3_VECTORS",
                s3_vectors_configuration=bedrock.CfnKnowledgeBase.S3VectorsConfigurationProperty(
                    index_arn=index.attr_index_arn
                ),
            ),
        )
        # Bedrock tries the role while the knowledge base is made.
        base.node.add_dependency(role)
        return base

    def _role(self, embedder: Embedder, index: s3vectors.CfnIndex) -> iam.Role:
        ours = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("bedrock.amazonaws.com", conditions=ours))
        bucket = self._bucket
        for actions, resource in (
            (["bedrock:InvokeModel"], foundation_model_arn(embedder.model_id)),
            (["s3:ListBucket"], bucket.bucket_arn),
            (["s3:GetObject"], bucket.arn_for_objects("*")),
            (["s3vectors:" + verb for verb in _VECTOR_VERBS], index.attr_index_arn),
        ):
            iam.Grant.add_to_principal(grantee=role, actions=actions, resource_arns=[resource])
        acknowledge(
            role.node.find_child("DefaultPolicy"),
            f"IAM5[Resource::<{logical_id(bucket)}.Arn>/*]",
            reason="Every passage of this one bucket, which holds nothing else.",
        )
        return role

    def _data_source(self, base: bedrock.CfnKnowledgeBase) -> bedrock.CfnDataSource:
        return bedrock.CfnDataSource(
            self,
            "Source",
            knowledge_base_id=base.attr_knowledge_base_id,
            name="passages",
            data_deletion_policy="DELETE",
            data_source_configuration=bedrock.CfnDataSource.DataSourceConfigurationProperty(
                type="S3",
                s3_configuration=bedrock.CfnDataSource.S3DataSourceConfigurationProperty(
                    bucket_arn=self._bucket.bucket_arn
                ),
            ),
            # They are cut already, at the borders of sentences and steps.
            vector_ingestion_configuration=bedrock.CfnDataSource.VectorIngestionConfigurationProperty(
                chunking_configuration=bedrock.CfnDataSource.ChunkingConfigurationProperty(chunking_strategy="NONE")
            ),
        )

    def _ingest(self, code: CodeSource, base: bedrock.CfnKnowledgeBase, source: bedrock.CfnDataSource) -> None:
        queue = WorkQueue(self, "Changes", visibility_timeout=AGAIN, max_receives=20)
        changed = events.EventPattern(
            source=["aws.s3"],
            detail_type=["Object Created", "Object Deleted"],
            detail={"bucket": {"name": [self._bucket.bucket_name]}},
        )
        events.Rule(self, "Changed", event_pattern=changed, targets=[targets.SqsQueue(queue)])
        sync = HandlerFunction(
            self,
            "sync_manuals",
            code=code,
            description="Starts an ingestion of the knowledge base after passages have changed",
            environment={
                "KNOWLEDGE_BASE_ID": base.attr_knowledge_base_id,
                "DATA_SOURCE_ID": source.attr_data_source_id,
            },
            timeout=Duration.seconds(30),
            memory_mb=256,
        )
        sync.add_event_source(
            event_sources.SqsEventSource(queue, batch_size=1_000, max_batching_window=QUIET, max_concurrency=2)
        )
        arn = base.attr_knowledge_base_arn
        iam.Grant.add_to_principal(grantee=sync, actions=["bedrock:StartIngestionJob"], resource_arns=[arn])
        depth = queue.last_resort.metric_approximate_number_of_messages_visible(
            period=FIVE_MINUTES, statistic="Maximum"
        )
        self._lake.operations.watch(
            self, "ManualsNotSynced", depth, above=0, why="Changed passages were not ingested; see sync_manuals's log."
        )


def _passages_bucket(scope: Construct) -> s3.Bucket:
    """Cut from the documents of the site, so nothing is lost with it: the next deployment fills it again."""
    bucket = PrivateBucket(
        scope,
        "PassagesBucket",
    )
    acknowledge(bucket, "S1", reason="Copies of passages that every function carries too; who reads them is no secret.")
    tell_event_bridge(bucket)
    return bucket


_VECTOR_VERBS: Final = ("PutVectors", "GetVectors", "DeleteVectors", "QueryVectors", "GetIndex")


def _embedded_by(embedder: Embedder) -> bedrock.CfnKnowledgeBase.KnowledgeBaseConfigurationProperty:
    bedrock_model = bedrock.CfnKnowledgeBase.BedrockEmbeddingModelConfigurationProperty(
        dimensions=embedder.dimensions, embedding_data_type="FLOAT32"
    )
    return bedrock.CfnKnowledgeBase.KnowledgeBaseConfigurationProperty(
        type="VECTOR",
        vector_knowledge_base_configuration=bedrock.CfnKnowledgeBase.VectorKnowledgeBaseConfigurationProperty(
            embedding_model_arn=foundation_model_arn(embedder.model_id),
            embedding_model_configuration=bedrock.CfnKnowledgeBase.EmbeddingModelConfigurationProperty(
                bedrock_embedding_model_configuration=bedrock_model
            ),
        ),
    )
