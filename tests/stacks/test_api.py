"""The API: every route streams, asks who is there, and is guarded by a firewall; two say something to anybody."""

import re

import pytest

from lineside.api.chat_models import LONGEST_QUESTION
from stacks.api import LONGEST_QUESTION_BYTES
from stacks.firewall import LONGEST_BODY, VIEWER_HEADER
from tests.stacks.synth import everywhere, function, of_type, properties, synthesised, text


def routes() -> dict[tuple[str, str], dict]:
    """(verb, path) -> method."""
    template = synthesised().console
    parts = of_type(template, "AWS::ApiGateway::Resource")

    def path(resource) -> str:
        found = parts.get(resource.get("Ref", ""))
        return f"{path(found['Properties']['ParentId'])}/{found['Properties']['PathPart']}" if found else ""

    methods = properties(template, "AWS::ApiGateway::Method")
    return {(method["HttpMethod"], path(method["ResourceId"])): method for method in methods}


def stage() -> dict:
    (found,) = properties(synthesised().console, "AWS::ApiGateway::Stage")
    return found


def test_the_application_s_addresses_are_routes_and_nothing_else_is():
    assert set(routes()) == {
        ("GET", "/health"),
        ("GET", "/api/sign-in"),
        ("POST", "/api/chat"),
        ("ANY", "/api/{proxy+}"),
        ("GET", "/ngsi-ld/{proxy+}"),
        ("GET", "/openapi.json"),
    }


def test_every_route_but_two_takes_an_access_token_of_the_pool_for_this_api_only():
    open_to_all = {route for route, method in routes().items() if method["AuthorizationType"] == "NONE"}
    guarded = [method for route, method in routes().items() if route not in open_to_all]
    (authorizer,) = properties(synthesised().console, "AWS::ApiGateway::Authorizer")

    assert open_to_all == {("GET", "/health"), ("GET", "/api/sign-in")}
    assert {method["AuthorizationType"] for method in guarded} == {"COGNITO_USER_POOLS"}
    assert {text(method["AuthorizationScopes"]) for method in guarded} == {'["lineside/use"]'}
    assert authorizer["Type"] == "COGNITO_USER_POOLS"
    assert len(authorizer["ProviderARNs"]) == 1


def test_every_route_streams_because_the_adapter_streams_all_answers_or_none():
    function_variables = function("serve_api")["Environment"]["Variables"]
    integrations = [method["Integration"] for method in routes().values()]

    assert function_variables["AWS_LWA_INVOKE_MODE"] == "response_stream"
    assert {one["ResponseTransferMode"] for one in integrations} == {"STREAM"}
    assert all("/response-streaming-invocations" in text(one["Uri"]) for one in integrations)


def test_only_an_answer_to_a_question_may_take_minutes():
    patience = {route: method["Integration"]["TimeoutInMillis"] for route, method in routes().items()}

    assert patience.pop(("POST", "/api/chat")) == 300_000
    assert set(patience.values()) == {29_000}
    assert function("serve_api")["Timeout"] == 300


def test_what_is_no_question_does_not_reach_the_function_and_any_question_does():
    chat = routes()["POST", "/api/chat"]
    (model,) = properties(synthesised().console, "AWS::ApiGateway::Model")
    (validator,) = properties(synthesised().console, "AWS::ApiGateway::RequestValidator")

    assert list(chat["RequestModels"]) == ["application/json"]
    assert chat["RequestValidatorId"]
    assert validator["ValidateRequestBody"] is True
    assert model["Schema"]["required"] == ["question"]
    assert model["Schema"]["properties"]["question"]["maxLength"] == LONGEST_QUESTION_BYTES >= 4 * LONGEST_QUESTION


def test_the_adapter_starts_the_application_by_its_script_and_waits_for_its_port_alone():
    serve = function("serve_api")
    variables = serve["Environment"]["Variables"]

    assert serve["Handler"] == "lambdas/serve_api/run.sh"
    assert variables["AWS_LAMBDA_EXEC_WRAPPER"] == "/opt/bootstrap"
    assert variables["AWS_LWA_READINESS_CHECK_PROTOCOL"] == "tcp"
    (layer,) = serve["Layers"]
    assert text(layer).endswith('753240598075:layer:LambdaAdapterLayerArm64:30"]]}')


def test_requests_are_held_back_for_all_together_and_for_questions_more():
    settings = {one["ResourcePath"]: one for one in stage()["MethodSettings"]}

    assert settings["/*"]["ThrottlingRateLimit"] == 100
    assert settings["/~1api~1chat"]["ThrottlingRateLimit"] == 5
    assert settings["/~1api~1chat"]["HttpMethod"] == "POST"


def test_logs_hold_no_question_no_token_and_no_query():
    written = stage()["AccessLogSetting"]["Format"]
    fields = set(re.findall(r"\$context\.[\w.]+", written))

    assert stage()["TracingEnabled"] is True
    assert stage()["AccessLogSetting"]["DestinationArn"]
    assert all(one.get("DataTraceEnabled") in (False, None) for one in stage()["MethodSettings"])
    assert fields & {"$context.path", "$context.requestOverride.querystring", "$context.authorizer.claims"} == set()
    assert "query" not in written.lower()
    assert "authorization" not in written.lower()


def test_the_firewall_stands_before_the_stage_with_aws_s_rules_and_three_of_our_own():
    (association,) = properties(synthesised().console, "AWS::WAFv2::WebACLAssociation")
    (acl,) = properties(synthesised().console, "AWS::WAFv2::WebACL")
    rules = {rule["Name"]: rule for rule in acl["Rules"]}

    assert ":/restapis/" in text(association["ResourceArn"])
    assert "/stages/" in text(association["ResourceArn"])
    assert acl["Scope"] == "REGIONAL"
    groups = [rule["Statement"].get("ManagedRuleGroupStatement", {}).get("Name") for rule in acl["Rules"]]
    assert groups[:2] == ["AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"]
    assert all("Block" in rules[name]["Action"] for name in ("LongBody", "ViewerTooOften", "AddressTooOften"))
    assert [rule["VisibilityConfig"]["SampledRequestsEnabled"] for rule in acl["Rules"]] == [False] * 5


def test_the_firewall_counts_people_by_what_the_edge_wrote_and_lets_a_long_chinese_text_be_spoken():
    (acl,) = properties(synthesised().console, "AWS::WAFv2::WebACL")
    rules = {rule["Name"]: rule["Statement"] for rule in acl["Rules"]}
    (key,) = rules["ViewerTooOften"]["RateBasedStatement"]["CustomKeys"]
    edge = text([each["FunctionCode"] for each in properties(synthesised().console, "AWS::CloudFront::Function")])

    assert key["Header"]["Name"] == VIEWER_HEADER
    assert f"event.request.headers['{VIEWER_HEADER}'] = {{ value: event.viewer.ip }}" in edge
    assert rules["LongBody"]["SizeConstraintStatement"]["Size"] == LONGEST_BODY > 3_000 * len("停".encode()) + 100
    (counted,) = rules["CommonRules"]["ManagedRuleGroupStatement"]["RuleActionOverrides"]
    assert counted["Name"] == "SizeRestrictions_BODY"


@pytest.mark.parametrize("kind", ["UNAUTHORIZED", "THROTTLED", "WAF_FILTERED", "DEFAULT_4XX", "DEFAULT_5XX"])
def test_what_the_gateway_says_by_itself_is_a_problem_in_the_form_of_the_application(kind):
    import json

    said = {one["ResponseType"]: one for one in properties(synthesised().console, "AWS::ApiGateway::GatewayResponse")}
    body = said[kind]["ResponseTemplates"]["application/json"]
    problem = json.loads(body.replace("$context.error.responseType", "Kind"))

    assert set(problem) == {"type", "title", "status", "detail"}
    assert said[kind]["ResponseParameters"] == {"gatewayresponse.header.Content-Type": "'application/problem+json'"}


def test_the_function_may_read_the_lake_and_write_nothing_but_uploads_of_images():
    policies = of_type(synthesised().console, "AWS::IAM::Policy")
    (policy,) = [each["Properties"] for name, each in policies.items() if name.startswith("serve")]
    allowed: dict[str, str] = {}
    for statement in policy["PolicyDocument"]["Statement"]:
        actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        for action in actions:
            allowed[action] = allowed.get(action, "") + text(statement["Resource"])

    written = {"s3:PutObject"}
    assert {action for action in allowed if action.startswith("s3:")} == {"s3:GetObject", "s3:ListBucket"} | written
    assert re.findall(r'"(/[^"]*|raw[^"]*)"', allowed["s3:PutObject"]) == ["/uploads/*"]
    assert "lineside-lake" not in allowed["s3:PutObject"]
    assert all(f"/{prefix}/*" in allowed["s3:GetObject"] for prefix in ("raw", "readings", "memory", "quarantine"))
    assert not [action for action in allowed if action.endswith("*")]
    assert {action for action, resource in allowed.items() if resource == '"*"'} == {
        "polly:SynthesizeSpeech",
        "transcribe:StartStreamTranscriptionWebSocket",
        "xray:PutTraceSegments",
        "xray:PutTelemetryRecords",
    }


def test_the_function_may_ask_the_models_of_the_models_file_and_one_knowledge_base():
    policies = of_type(synthesised().console, "AWS::IAM::Policy")
    (policy,) = [each["Properties"] for name, each in policies.items() if name.startswith("serve")]
    bedrock = [each for each in policy["PolicyDocument"]["Statement"] if "bedrock" in text(each["Action"])]
    by_action = {text(each["Action"]): text(each["Resource"]) for each in bedrock}

    asked = by_action['["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]']
    assert "::foundation-model/openai.gpt-oss-20b-1:0" in asked
    assert ":imported-model/*" in asked
    assert asked.count('"Fn::Join"') == 2
    assert "KnowledgeBaseArn" in by_action['"bedrock:Retrieve"']


def test_people_are_told_when_the_api_fails_is_slow_or_is_held_back():
    alarms = properties(synthesised().console, "AWS::CloudWatch::Alarm")

    assert {alarm["MetricName"] for alarm in alarms} == {"5XXError", "Latency", "Throttles", "Errors"}
    assert all(alarm["AlarmActions"] for alarm in alarms)


def test_no_function_may_do_everything_with_anything():
    for policy in everywhere("AWS::IAM::Policy"):
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Action"] != "*"
            assert '"*:*"' not in text(statement["Action"])
