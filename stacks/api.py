"""The HTTP API: a regional REST API in front of `serve_api`, which runs the same application as a plant does.

Every route streams, because the Web Adapter either streams all of a function's answers or none. `/health` and
`/api/sign-in` are open; everything else takes an access token of the user pool with the scope of this API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks.acknowledge import acknowledge
from stacks.firewall import Firewall
from stacks.functions import HandlerFunction
from stacks.operations import FIVE_MINUTES, Operations
from stacks.people import RESOURCE_SERVER, SCOPE, People

STAGE: Final = "live"
CHAT: Final = "/api/chat"
OPEN_ROUTES: Final = (("GET", "/health"), ("GET", "/api/sign-in"))

PATIENCE: Final = Duration.seconds(29)
CHAT_PATIENCE: Final = Duration.minutes(5)
"""An answer streams for seconds; a model that was cold may take minutes before its first word."""

STEADY_RATE, BURST = 100, 200
"""Requests a second. A console polls the line every other second."""
CHAT_RATE, CHAT_BURST = 5, 10
LONGEST_QUESTION_BYTES: Final = 8_000
"""What is no question at all is refused here; how long one may be, the application says in words."""

SLOW_MS: Final = 5_000

_Type = apigateway.ResponseType
_PROBLEMS: Final = {
    _Type.UNAUTHORIZED: "sign in first",
    _Type.ACCESS_DENIED: "sign in again",
    _Type.EXPIRED_TOKEN: "sign in again",
    _Type.THROTTLED: "too many requests at once; try again in a moment",
    _Type.REQUEST_TOO_LARGE: "what was sent is too long",
    _Type.WAF_FILTERED: "the firewall refused this request; say it in other words, or ask an engineer",
    _Type.BAD_REQUEST_BODY: "a question is needed, as JSON with the field `question`",
    _Type.INTEGRATION_TIMEOUT: "Lineside took too long; try again",
    _Type.INTEGRATION_FAILURE: "Lineside did not answer; try again",
    _Type.DEFAULT_4_XX: "this request cannot be answered",
    _Type.DEFAULT_5_XX: "Lineside did not answer; try again",
}
"""What the gateway says by itself, in the form in which the application says it (RFC 9457)."""


class Api(Construct):
    """`add_routes` comes last: the function must be told where the console is, and the console where the API is."""

    def __init__(self, scope: Construct, construct_id: str, *, people: People, operations: Operations) -> None:
        super().__init__(scope, construct_id)
        self._operations = operations
        self._people = people
        self._access_log = logs.LogGroup(
            self, "AccessLog", retention=logs.RetentionDays.THREE_MONTHS, removal_policy=RemovalPolicy.DESTROY
        )
        self.rest = apigateway.RestApi(
            self,
            "Rest",
            rest_api_name="lineside",
            description="Lineside: the line, its alarms, and answers about it",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            cloud_watch_role=True,
            deploy_options=self._stage(),
        )
        # Known before the stage is made, so that the console can point here without waiting for it.
        self.domain_name = f"{self.rest.rest_api_id}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}"
        for kind, detail in _PROBLEMS.items():
            _say(self.rest, kind, detail)
        self._accept_findings()

    def add_routes(self, function: HandlerFunction) -> None:
        """`function` answers everything; only the chat may take longer than half a minute."""
        authorizer = apigateway.CognitoUserPoolsAuthorizer(self, "SignedIn", cognito_user_pools=[self._people.pool])
        signed_in: dict[str, Any] = {
            "authorizer": authorizer,
            "authorization_type": apigateway.AuthorizationType.COGNITO,
            "authorization_scopes": [f"{RESOURCE_SERVER}/{SCOPE}"],
        }
        answer = _streamed(function, PATIENCE)
        for verb, path in OPEN_ROUTES:
            route = self._resource(path).add_method(verb, answer, authorization_type=apigateway.AuthorizationType.NONE)
            acknowledge(route, "APIG4", "COG4", reason="Open to all: is it alive, and how do people sign in.")
        validator = self.rest.add_request_validator(
            "Questions", validate_request_body=True, validate_request_parameters=True
        )
        self._resource(CHAT).add_method(
            "POST",
            _streamed(function, CHAT_PATIENCE),
            request_models={"application/json": self._question()},
            request_validator=validator,
            **signed_in,
        )
        self._resource("/api/{proxy+}").add_method("ANY", answer, **signed_in)
        self._resource("/ngsi-ld/{proxy+}").add_method("GET", answer, **signed_in)
        self._resource("/openapi.json").add_method("GET", answer, **signed_in)
        Firewall(self, "Firewall", stage_arn=self.rest.deployment_stage.stage_arn)
        self._watch(function)

    def _resource(self, path: str) -> apigateway.IResource:
        return self.rest.root.resource_for_path(path)

    def _stage(self) -> apigateway.StageOptions:
        chat = apigateway.MethodDeploymentOptions(throttling_rate_limit=CHAT_RATE, throttling_burst_limit=CHAT_BURST)
        return apigateway.StageOptions(
            stage_name=STAGE,
            access_log_destination=apigateway.LogGroupLogDestination(self._access_log),
            access_log_format=apigateway.AccessLogFormat.custom(_ACCESS_LOG),
            # Errors alone, and never a body: questions are people's own.
            logging_level=apigateway.MethodLoggingLevel.ERROR,
            data_trace_enabled=False,
            metrics_enabled=True,
            tracing_enabled=True,
            throttling_rate_limit=STEADY_RATE,
            throttling_burst_limit=BURST,
            method_options={f"{CHAT}/POST": chat},
        )

    def _question(self) -> apigateway.Model:
        text = apigateway.JsonSchema(
            type=apigateway.JsonSchemaType.STRING, min_length=1, max_length=LONGEST_QUESTION_BYTES
        )
        schema = apigateway.JsonSchema(
            schema=apigateway.JsonSchemaVersion.DRAFT4,
            type=apigateway.JsonSchemaType.OBJECT,
            required=["question"],
            properties={"question": text},
        )
        return self.rest.add_model("Question", schema=schema, content_type="application/json")

    def _accept_findings(self) -> None:
        account_role = self.rest.node.find_child("CloudWatchRole")
        acknowledge(
            account_role,
            "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]",
            reason="AWS's own policy for the one role with which API Gateway writes logs, account-wide.",
        )

    def _watch(self, function: HandlerFunction) -> None:
        watch = self._operations.watch
        api, stage = self.rest, self.rest.deployment_stage
        failed = stage.metric_server_error(period=FIVE_MINUTES, statistic="Sum")
        watch(self, "ApiFails", failed, above=5, why="The API answered 5xx; see serve_api's log and the access log.")
        # Chat is left out: what it takes is what the model takes.
        lines = api.metric_latency(
            period=FIVE_MINUTES,
            statistic="p95",
            dimensions_map={"ApiName": "lineside", "Stage": STAGE, "Method": "ANY", "Resource": "/api/{proxy+}"},
        )
        watch(self, "ApiIsSlow", lines, above=SLOW_MS, why="One request in twenty took over five seconds.")
        throttled = function.metric_throttles(period=FIVE_MINUTES, statistic="Sum")
        watch(
            self, "ApiThrottled", throttled, above=0, why="Lambda held requests back; raise the account's concurrency."
        )
        errors = function.metric_errors(period=FIVE_MINUTES, statistic="Sum")
        watch(self, "ServeApiFails", errors, above=0, why="serve_api ended before it had answered; see its log.")


def _streamed(function: HandlerFunction, patience: Duration) -> apigateway.LambdaIntegration:
    return apigateway.LambdaIntegration(
        function,
        response_transfer_mode=apigateway.ResponseTransferMode.STREAM,
        timeout=patience,
        # One permission for the whole API, not one for each method.
        scope_permission_to_method=False,
    )


def _say(api: apigateway.RestApi, kind: apigateway.ResponseType, detail: str) -> None:
    """Status and wording come from the gateway's own context, so nothing that was sent is repeated."""
    body = (
        f'{{"type":"about:blank","title":"$context.error.responseType","status":$context.status,"detail":"{detail}"}}'
    )
    api.add_gateway_response(
        f"Says{kind.response_type.title().replace('_', '')}",
        type=kind,
        response_headers={"Content-Type": "'application/problem+json'"},
        templates={"application/json": body.replace("$context.status", _STATUS_OF[kind.response_type])},
    )


_STATUS_OF: Final[Mapping[str, str]] = {
    "UNAUTHORIZED": "401",
    "ACCESS_DENIED": "403",
    "EXPIRED_TOKEN": "403",
    "THROTTLED": "429",
    "REQUEST_TOO_LARGE": "413",
    "WAF_FILTERED": "403",
    "BAD_REQUEST_BODY": "400",
    "INTEGRATION_TIMEOUT": "504",
    "INTEGRATION_FAILURE": "504",
    "DEFAULT_4XX": "400",
    "DEFAULT_5XX": "500",
}

# One JSON object a request. No query, no headers, no claims: questions and tokens do not belong into a log.
_ACCESS_LOG: Final = (
    '{"requestId":"$context.requestId","requestTime":"$context.requestTime","httpMethod":"$context.httpMethod",'
    '"resourcePath":"$context.resourcePath","status":"$context.status","responseLength":"$context.responseLength",'
    '"responseLatency":"$context.responseLatency","integrationStatus":"$context.integration.status",'
    '"errorType":"$context.error.responseType","wafResponse":"$context.wafResponseCode",'
    '"sub":"$context.authorizer.claims.sub","sourceIp":"$context.identity.sourceIp","xrayTraceId":"$context.xrayTraceId"}'
)
