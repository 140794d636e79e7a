"""Passages by meaning: vectors in S3, cut by us, read again after every change."""

from lineside.answering.models import OFFLINE, parse_models
from stacks.manuals import AGAIN
from tests.stacks.synth import function, of_type, properties, synthesise, synthesised, text


def test_the_knowledge_base_keeps_its_vectors_in_s3_with_the_text_out_of_the_filters():
    template = synthesised().manuals
    (base,) = properties(template, "AWS::Bedrock::KnowledgeBase")
    (index,) = properties(template, "AWS::S3Vectors::Index")
    embedding = base["KnowledgeBaseConfiguration"]["VectorKnowledgeBaseConfiguration"]
    dimensions = embedding["EmbeddingModelConfiguration"]["BedrockEmbeddingModelConfiguration"]["Dimensions"]

    assert base["StorageConfiguration"]["Type"] == "S3_VECTORS"
    assert index["MetadataConfiguration"]["NonFilterableMetadataKeys"] == [
        "AMAZON_BEDROCK_TEXT",
        "AMAZON_BEDROCK_METADATA",
    ]
    assert index["Dimension"] == dimensions == 1024
    assert "amazon.titan-embed-text-v2:0" in text(embedding["EmbeddingModelArn"])


def test_passages_are_not_cut_again():
    (source,) = properties(synthesised().manuals, "AWS::Bedrock::DataSource")

    cutting = source["VectorIngestionConfiguration"]["ChunkingConfiguration"]
    assert cutting == {"ChunkingStrategy": "NONE"}


def test_a_change_of_a_passage_starts_an_ingestion_and_one_that_runs_is_waited_for():
    template = synthesised().manuals
    (rule,) = properties(template, "AWS::Events::Rule")
    (mapping,) = properties(template, "AWS::Lambda::EventSourceMapping")
    (bucket,) = properties(template, "AWS::S3::Bucket")
    (work,) = [queue for queue in properties(template, "AWS::SQS::Queue") if "RedrivePolicy" in queue]

    assert rule["EventPattern"]["source"] == ["aws.s3"]
    assert set(rule["EventPattern"]["detail-type"]) == {"Object Created", "Object Deleted"}
    assert bucket["NotificationConfiguration"]["EventBridgeConfiguration"]["EventBridgeEnabled"] is True
    assert mapping["MaximumBatchingWindowInSeconds"] == 60
    assert work["VisibilityTimeout"] == AGAIN.to_seconds() >= 6 * function("sync_manuals")["Timeout"]
    # An ingestion may take an hour and more.
    assert work["RedrivePolicy"]["maxReceiveCount"] * AGAIN.to_seconds() >= 3_600


def test_bedrock_may_read_the_passages_and_write_this_index_for_this_account_only():
    template = synthesised().manuals
    (role,) = [
        each["Properties"]
        for each in of_type(template, "AWS::IAM::Role").values()
        if "bedrock.amazonaws.com" in text(each)
    ]
    (policy,) = [
        each["Properties"]["PolicyDocument"]
        for name, each in of_type(template, "AWS::IAM::Policy").items()
        if name.startswith("Role")
    ]

    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert [each for each in policy["Statement"] if each["Resource"] == "*"] == []


def test_without_an_embedder_there_is_no_knowledge_base_and_nothing_bills():
    bare = synthesise(models=OFFLINE)
    (serve,) = [
        each["Properties"]
        for each in of_type(bare.console, "AWS::Lambda::Function").values()
        if each["Properties"]["Handler"].endswith("run.sh")
    ]

    assert bare.manuals == {}
    assert serve["Environment"]["Variables"]["KNOWLEDGE_BASE_ID"] == ""
    assert "bedrock:Retrieve" not in text(bare.console)


def test_a_file_of_models_without_bedrock_grants_no_model():
    from app import used_models

    models = parse_models("models:\n  - {name: offline, provider: offline}\n")

    assert used_models(models).model_ids == ()
    assert used_models(models).imported is False
