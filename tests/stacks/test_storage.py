"""The lake stack keeps what it is given: encrypted, over TLS only, and not lost by a slip of the hand."""

from tests.stacks.synth import everywhere, of_type, properties, synthesised, text


def test_every_bucket_is_encrypted_private_and_reached_over_tls_only():
    buckets = of_type(synthesised().lake, "AWS::S3::Bucket")
    policies = {text(each["Bucket"]): text(each) for each in properties(synthesised().lake, "AWS::S3::BucketPolicy")}

    for name, bucket in buckets.items():
        assert bucket["Properties"]["BucketEncryption"]
        assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
        assert '"aws:SecureTransport": "false"' in policies[text({"Ref": name})]
    assert len(buckets) == 2


def test_the_lake_and_the_line_table_outlive_their_stack():
    lake = synthesised().lake
    kept = [*of_type(lake, "AWS::S3::Bucket").values(), *of_type(lake, "AWS::DynamoDB::GlobalTable").values()]

    assert {resource["DeletionPolicy"] for resource in kept} == {"Retain"}
    assert {resource["UpdateReplacePolicy"] for resource in kept} == {"Retain"}


def test_the_line_table_can_be_restored_to_any_moment_and_bills_by_request():
    (table,) = properties(synthesised().lake, "AWS::DynamoDB::GlobalTable")
    (replica,) = table["Replicas"]

    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert replica["DeletionProtectionEnabled"] is True


def test_athena_finds_its_partitions_by_computing_them():
    (table,) = properties(synthesised().lake, "AWS::Glue::Table")
    parameters = table["TableInput"]["Parameters"]

    assert [key["Name"] for key in table["TableInput"]["PartitionKeys"]] == ["site", "line", "date", "hour"]
    assert parameters["projection.enabled"] == "true"
    assert parameters["projection.line.values"] == "line-1,unassigned"
    assert parameters["projection.hour.digits"] == "2"


def test_what_athena_answers_is_encrypted_and_forgotten_after_a_week():
    (workgroup,) = properties(synthesised().lake, "AWS::Athena::WorkGroup")
    configuration = workgroup["WorkGroupConfiguration"]
    lake = next(each for each in everywhere("AWS::S3::Bucket") if "VersioningConfiguration" in each)
    rules = {rule.get("Prefix"): rule for rule in lake["LifecycleConfiguration"]["Rules"]}

    assert configuration["EnforceWorkGroupConfiguration"] is True
    assert configuration["ResultConfiguration"]["EncryptionConfiguration"] == {"EncryptionOption": "SSE_S3"}
    assert rules["athena-results/"]["ExpirationInDays"] == 7


def test_topics_are_encrypted_with_a_key_that_cloudwatch_may_use():
    (key,) = everywhere("AWS::KMS::Key")
    topics = everywhere("AWS::SNS::Topic")

    assert len(topics) == 3
    assert all(topic["KmsMasterKeyId"] for topic in topics)
    assert key["EnableKeyRotation"] is True
    assert "cloudwatch.amazonaws.com" in text(key["KeyPolicy"])


def test_alarms_may_publish_although_the_topic_s_policy_is_about_tls():
    (topic,) = of_type(synthesised().lake, "AWS::SNS::Topic")
    (policy,) = properties(synthesised().lake, "AWS::SNS::TopicPolicy")
    statements = {text(each["Principal"]): each for each in policy["PolicyDocument"]["Statement"]}

    allowed = statements['{"Service": "cloudwatch.amazonaws.com"}']
    assert (allowed["Effect"], allowed["Action"], allowed["Resource"]) == ("Allow", "sns:Publish", {"Ref": topic})
    assert statements['"*"']["Effect"] == "Deny"
