"""The ingestion stack: no message is lost on its way, and a thing can say nothing but its own telemetry."""

import pytest

from tests.stacks.synth import everywhere, function, of_type, properties, synthesised, text


def test_the_rule_keeps_the_very_bytes_and_the_topic_that_they_came_on():
    (rule,) = properties(synthesised().ingestion, "AWS::IoT::TopicRule")
    payload = rule["TopicRulePayload"]

    assert payload["Sql"] == (
        "SELECT encode(*, 'base64') AS payload, topic() AS topic, timestamp() AS received FROM 'dt/lineside/+/+/+'"
    )
    assert payload["RuleDisabled"] is False
    assert [list(action) for action in payload["Actions"]] == [["Sqs"]]


def test_what_the_queue_does_not_take_goes_to_the_lake():
    (rule,) = properties(synthesised().ingestion, "AWS::IoT::TopicRule")

    assert rule["TopicRulePayload"]["ErrorAction"]["S3"]["Key"].startswith("undelivered/")


def test_a_device_can_skip_the_broker_and_its_bill():
    outputs = synthesised().ingestion["Outputs"]

    assert text(outputs["BasicIngestPrefix"]["Value"]).startswith('{"Fn::Join": ["", ["$aws/rules/", {"Ref":')


def test_every_queue_is_encrypted_and_takes_tls_only():
    for template in (synthesised().ingestion, synthesised().advisor):
        queues = of_type(template, "AWS::SQS::Queue")
        guarded = text(properties(template, "AWS::SQS::QueuePolicy"))

        assert queues
        for name, queue in queues.items():
            assert queue["Properties"]["SqsManagedSseEnabled"] is True
            assert f'"Queues": [{{"Ref": "{name}"}}]' in guarded
        assert guarded.count('"aws:SecureTransport": "false"') == len(queues)


def test_telemetry_that_fails_five_times_waits_for_a_person():
    queues = properties(synthesised().ingestion, "AWS::SQS::Queue")
    (work,) = [queue for queue in queues if "RedrivePolicy" in queue]

    assert work["RedrivePolicy"]["maxReceiveCount"] == 5
    assert {queue["MessageRetentionPeriod"] for queue in queues} == {14 * 24 * 3600}


def test_a_batch_reports_its_failed_items_and_is_not_handed_out_again_while_it_is_worked_on():
    (mapping,) = properties(synthesised().ingestion, "AWS::Lambda::EventSourceMapping")
    (work,) = [queue for queue in properties(synthesised().ingestion, "AWS::SQS::Queue") if "RedrivePolicy" in queue]

    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    longest_attempt = function("ingest_telemetry")["Timeout"]
    assert work["VisibilityTimeout"] >= 6 * longest_attempt + mapping["MaximumBatchingWindowInSeconds"]


def statements() -> dict[str, dict[str, object]]:
    (policy,) = properties(synthesised().ingestion, "AWS::IoT::Policy")
    return {each["Action"]: each for each in policy["PolicyDocument"]["Statement"]}


def test_a_thing_connects_only_as_itself_and_with_its_own_certificate():
    connect = statements()["iot:Connect"]

    assert text(connect["Resource"]).endswith(':client/${iot:Connection.Thing.ThingName}"]]}')
    assert connect["Condition"] == {"Bool": {"iot:Connection.Thing.IsAttached": "true"}}


@pytest.mark.parametrize(
    ("action", "topic"),
    [
        ("iot:Publish", "dt/lineside/<site>/<line>/<thing>"),
        ("iot:Subscribe", "cmd/lineside/<site>/<line>/<thing>/request"),
        ("iot:Receive", "cmd/lineside/<site>/<line>/<thing>/request"),
    ],
)
def test_a_thing_reaches_its_own_topic_and_no_other(action, topic):
    own = topic.replace("<site>", "${iot:Connection.Thing.Attributes[site]}")
    own = own.replace("<line>", "${iot:Connection.Thing.Attributes[line]}")
    own = own.replace("<thing>", "${iot:Connection.Thing.ThingName}")
    resource = statements()[action]["Resource"]

    for each in resource if isinstance(resource, list) else [resource]:
        assert text(each).endswith(f'{own}"]]}}')
        assert "*" not in text(each)


def test_basic_ingest_is_open_to_a_thing_for_this_rule_only():
    plain, basic = statements()["iot:Publish"]["Resource"]
    (rule,) = of_type(synthesised().ingestion, "AWS::IoT::TopicRule")

    assert "$aws/rules" not in text(plain)
    assert f'topic/$aws/rules/", {{"Ref": "{rule}"}}, "/dt/lineside/' in text(basic)


def test_people_are_told_when_telemetry_waits_or_is_given_up():
    alarms = properties(synthesised().ingestion, "AWS::CloudWatch::Alarm")
    metrics = {alarm["MetricName"]: alarm for alarm in alarms}

    assert metrics["ApproximateAgeOfOldestMessage"]["Threshold"] == 300
    assert metrics["ApproximateNumberOfMessagesVisible"]["Threshold"] == 0
    assert metrics["Failure"]["Namespace"] == "AWS/IoT"
    assert all(alarm["AlarmActions"] for alarm in everywhere("AWS::CloudWatch::Alarm"))


def test_every_place_of_last_resort_is_watched():
    for template in (synthesised().ingestion, synthesised().advisor):
        queues = of_type(template, "AWS::SQS::Queue")
        last = [name for name, queue in queues.items() if "RedrivePolicy" not in queue["Properties"]]
        watched = text(
            [
                alarm["Dimensions"]
                for alarm in properties(template, "AWS::CloudWatch::Alarm")
                if alarm.get("MetricName") == "ApproximateNumberOfMessagesVisible"
            ]
        )

        assert len(last) == 2
        assert all(name in watched for name in last)
