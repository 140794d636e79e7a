"""A web application firewall in front of the API's stage.

One for CloudFront would have to stand in us-east-1, wherever the plant's stacks stand; this one sees everything that
reaches the API, also what comes past CloudFront. The console's own files are public and static.
"""

from __future__ import annotations

from typing import Final

from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

VIEWER_HEADER: Final = "x-lineside-viewer"
"""The address of the person's browser, written by CloudFront's edge over whatever was sent under this name."""

REQUESTS_OF_A_VIEWER: Final = 6_000
REQUESTS_OF_AN_ADDRESS: Final = 20_000
"""In five minutes. A whole plant may stand behind one address, and behind CloudFront many behind an edge's."""
LONGEST_BODY: Final = 16_384

_Rule = wafv2.CfnWebACL.RuleProperty
_Statement = wafv2.CfnWebACL.StatementProperty


class Firewall(Construct):
    """Blocks known attacks, overlong bodies, and whoever asks far too often."""

    def __init__(self, scope: Construct, construct_id: str, *, stage_arn: str) -> None:
        super().__init__(scope, construct_id)
        rules = [
            # Its own limit on a body, 8 kB, is less than a text of 3,000 Chinese characters that is to be spoken.
            _managed("CommonRules", 0, "AWSManagedRulesCommonRuleSet", only_count=["SizeRestrictions_BODY"]),
            _managed("KnownBadInputs", 1, "AWSManagedRulesKnownBadInputsRuleSet"),
            _blocking("LongBody", 2, _long_body()),
            _blocking("ViewerTooOften", 3, _too_often_by_viewer()),
            _blocking("AddressTooOften", 4, _too_often_by_address()),
        ]
        acl = wafv2.CfnWebACL(
            self,
            "Acl",
            scope="REGIONAL",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visible("Firewall"),
            rules=rules,
            description="In front of the API of Lineside",
        )
        wafv2.CfnWebACLAssociation(self, "Association", resource_arn=stage_arn, web_acl_arn=acl.attr_arn)


def _managed(name: str, priority: int, group: str, *, only_count: list[str] | None = None) -> _Rule:
    count = wafv2.CfnWebACL.RuleActionProperty(count={})
    overrides = [
        wafv2.CfnWebACL.RuleActionOverrideProperty(name=rule, action_to_use=count) for rule in only_count or []
    ]
    managed = wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
        vendor_name="AWS", name=group, rule_action_overrides=overrides or None
    )
    return _Rule(
        name=name,
        priority=priority,
        override_action=wafv2.CfnWebACL.OverrideActionProperty(none={}),
        statement=_Statement(managed_rule_group_statement=managed),
        visibility_config=_visible(name),
    )


def _blocking(name: str, priority: int, statement: _Statement) -> _Rule:
    return _Rule(
        name=name,
        priority=priority,
        action=wafv2.CfnWebACL.RuleActionProperty(block={}),
        statement=statement,
        visibility_config=_visible(name),
    )


def _long_body() -> _Statement:
    body = wafv2.CfnWebACL.FieldToMatchProperty(body=wafv2.CfnWebACL.BodyProperty(oversize_handling="MATCH"))
    return _Statement(
        size_constraint_statement=wafv2.CfnWebACL.SizeConstraintStatementProperty(
            comparison_operator="GT", size=LONGEST_BODY, field_to_match=body, text_transformations=[_as_it_is()]
        )
    )


def _too_often_by_viewer() -> _Statement:
    header = wafv2.CfnWebACL.RateLimitHeaderProperty(name=VIEWER_HEADER, text_transformations=[_as_it_is()])
    return _Statement(
        rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(
            limit=REQUESTS_OF_A_VIEWER,
            aggregate_key_type="CUSTOM_KEYS",
            custom_keys=[wafv2.CfnWebACL.RateBasedStatementCustomKeyProperty(header=header)],
        )
    )


def _too_often_by_address() -> _Statement:
    return _Statement(
        rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(
            limit=REQUESTS_OF_AN_ADDRESS, aggregate_key_type="IP"
        )
    )


def _as_it_is() -> wafv2.CfnWebACL.TextTransformationProperty:
    return wafv2.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")


def _visible(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    # Sampled requests carry headers, and with them people's tokens.
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )
