"""The console: one origin for files and API, sign-in without secrets, and what is kept of people."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import app as cloud_app
from cloud.dynamodb_people import TTL_ATTRIBUTE
from lineside.api.headers import SECURITY_HEADERS, page_policy
from lineside.errors import Misconfigured
from tests.stacks.synth import Files, Template, of_type, properties, synthesise, synthesised, text

DIRECTIVES_WITH_ADDRESSES = {"connect-src", "frame-src"}


def distribution(template: Template | None = None) -> dict:
    (found,) = properties(template or synthesised().console, "AWS::CloudFront::Distribution")
    return found["DistributionConfig"]


def behaviors() -> dict[str, dict]:
    config = distribution()
    return {"default": config["DefaultCacheBehavior"]} | {one["PathPattern"]: one for one in config["CacheBehaviors"]}


def joined(value: object) -> str:
    """A `Fn::Join` as text, what CloudFormation fills in as a word."""
    if isinstance(value, str):
        return value
    parts = value["Fn::Join"][1] if isinstance(value, dict) and "Fn::Join" in value else []
    return "".join(part if isinstance(part, str) else "filled-in" for part in parts)


def policy_of_pages() -> dict[str, str]:
    (policy,) = [
        each["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]["ContentSecurityPolicy"]
        for each in properties(synthesised().console, "AWS::CloudFront::ResponseHeadersPolicy")
        if "ContentSecurityPolicy" in each["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    ]
    return directives(joined(policy["ContentSecurityPolicy"]))


def directives(policy: str) -> dict[str, str]:
    return {one.split(maxsplit=1)[0]: one.split(maxsplit=1)[1] for one in policy.split(";") if one.strip()}


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Template:
    """The console's stack when there are files to upload."""
    folder: Path = tmp_path_factory.mktemp("built")
    for name in ("dist/index.html", "dist/assets/a-1.js", "passages/one/1.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    return synthesise(
        Files(folder / "passages", folder / "dist"),
        console_domain="line.example.com",
        console_certificate_arn="arn:aws:acm:us-east-1:123456789012:certificate/a",
        mfa="optional",
    ).console


def test_scripts_come_from_the_console_s_own_address_alone():
    policy = policy_of_pages()

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["object-src"] == "'none'"


def test_the_page_s_policy_is_the_plant_s_with_the_addresses_of_sign_in_of_uploads_and_of_transcribe():
    here, plant = policy_of_pages(), directives(page_policy())

    assert {name: value for name, value in here.items() if name not in DIRECTIVES_WITH_ADDRESSES} == {
        name: value for name, value in plant.items() if name not in DIRECTIVES_WITH_ADDRESSES
    }
    assert set(here) == set(plant)
    assert here["connect-src"].split()[0] == "'self'"
    hosts = [urlsplit(address) for address in here["connect-src"].split()[1:]]
    assert [host.scheme for host in hosts] == ["https", "https", "https", "https", "wss"]
    assert ".auth." in hosts[0].netloc
    assert hosts[1].netloc.startswith("cognito-idp.")
    assert [host.netloc for host in hosts[2:4]] == ["filled-in", "filled-in"]
    assert hosts[4].netloc.startswith("transcribestreaming.")
    assert hosts[4].port == 8443


def test_a_page_may_post_an_image_to_the_bucket_of_images_and_to_no_other():
    told = text(properties(synthesised().console, "AWS::CloudFront::ResponseHeadersPolicy"))

    assert sorted(re.findall(r"inspection:ExportsOutputFnGetAtt\w*?(DomainName|RegionalDomainName)", told)) == [
        "DomainName",
        "RegionalDomainName",
    ]
    assert told.count("DomainName") == 2


def test_a_page_and_an_answer_carry_the_headers_that_the_plant_gives_them():
    for each in properties(synthesised().console, "AWS::CloudFront::ResponseHeadersPolicy"):
        config = each["ResponseHeadersPolicyConfig"]
        security = config["SecurityHeadersConfig"]
        custom = {one["Header"]: one["Value"] for one in config["CustomHeadersConfig"]["Items"]}

        assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] == 365 * 86_400
        assert "ContentTypeOptions" in security
        assert custom.items() <= SECURITY_HEADERS.items()
        assert {"Permissions-Policy", "Cross-Origin-Opener-Policy"} <= set(custom)


def test_files_are_reached_through_cloudfront_alone():
    template = synthesised().console
    (control,) = properties(template, "AWS::CloudFront::OriginAccessControl")
    origins = [one for one in distribution()["Origins"] if "S3OriginConfig" in one]
    policies = text(properties(template, "AWS::S3::BucketPolicy"))

    assert control["OriginAccessControlConfig"]["SigningBehavior"] == "always"
    assert [bool(one["OriginAccessControlId"]) for one in origins] == [True]
    assert "cloudfront.amazonaws.com" in policies
    assert "AWS:SourceArn" in policies


def test_the_api_is_behind_the_same_address_never_kept_and_told_who_asks():
    found = behaviors()
    api = [one for name, one in found.items() if name != "default"]

    assert set(found) == {"default", "/api/*", "/ngsi-ld/*", "/health", "/openapi.json"}
    # AWS's managed policies: CachingDisabled, and AllViewerExceptHostHeader, which passes Authorization on.
    assert {one["CachePolicyId"] for one in api} == {"4135ea2d-6df8-44a3-9df3-4b5a84be39ad"}
    assert {one["OriginRequestPolicyId"] for one in api} == {"b689b0a8-53d0-40ab-baf2-68738e2966ac"}
    assert all(len(one["AllowedMethods"]) == 7 for one in api)
    (origin,) = [one for one in distribution()["Origins"] if "CustomOriginConfig" in one]
    assert ".execute-api." in text(origin["DomainName"])
    assert origin["OriginPath"] == "/live"
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert origin["CustomOriginConfig"]["OriginReadTimeout"] == 60


def test_a_view_is_drawn_by_the_console_and_an_error_of_the_api_stays_what_it_is():
    code = {
        name: each["Properties"]["FunctionCode"]
        for name, each in of_type(synthesised().console, "AWS::CloudFront::Function").items()
    }
    (rewrite,) = [one for name, one in code.items() if "ToTheConsole" in name]

    assert "CustomErrorResponses" not in distribution()
    assert "request.uri = '/index.html'" in rewrite
    assert "indexOf('.') === -1" in rewrite
    assert [len(one["FunctionAssociations"]) for one in behaviors().values()] == [1] * 5


def test_a_name_of_one_s_own_ends_old_tls(built):
    config = distribution(built)

    assert config["Aliases"] == ["line.example.com"]
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    (client,) = properties(built, "AWS::Cognito::UserPoolClient")
    assert client["CallbackURLs"] == ["https://line.example.com/"]


def test_a_built_console_is_uploaded_with_hashed_files_kept_for_good(built):
    uploads = properties(built, "Custom::CDKBucketDeployment")
    kept = {one["SystemMetadata"]["cache-control"]: one for one in uploads}

    assert set(kept) == {"public, max-age=31536000, immutable", "no-cache"}
    assert kept["public, max-age=31536000, immutable"]["Include"] == ["assets/*"]
    assert kept["no-cache"]["Exclude"] == ["assets/*", "*.br", "*.gz"]
    assert {one["Prune"] for one in uploads} == {False}


def test_without_a_built_console_nothing_is_uploaded():
    assert properties(synthesised().console, "Custom::CDKBucketDeployment") == []


def test_an_admin_makes_the_accounts_and_a_second_factor_is_asked_for(built):
    (pool,) = properties(synthesised().console, "AWS::Cognito::UserPool")
    (relaxed,) = properties(built, "AWS::Cognito::UserPool")

    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["MfaConfiguration"] == "ON"
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] == 12
    assert pool["UserPoolAddOns"]["AdvancedSecurityMode"] == "ENFORCED"
    assert pool["UserPoolTier"] == "PLUS"
    assert pool["DeletionProtection"] == "ACTIVE"
    assert relaxed["MfaConfiguration"] == "OPTIONAL"


def test_groups_are_the_roles_and_the_site():
    groups = {one["GroupName"] for one in properties(synthesised().console, "AWS::Cognito::UserPoolGroup")}

    assert groups == {"viewer", "operator", "engineer", "admin", "site:bakery-north"}


def test_the_console_signs_in_with_a_code_and_has_no_secret():
    (client,) = properties(synthesised().console, "AWS::Cognito::UserPoolClient")

    assert client["GenerateSecret"] is False
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    assert client["AllowedOAuthScopes"][:2] == ["openid", "profile"]
    assert text(client["AllowedOAuthScopes"][2]).endswith('"/use"]]}')
    assert text(client["CallbackURLs"]).count("https://") == 1
    assert len(properties(synthesised().console, "AWS::Cognito::ManagedLoginBranding")) == 1


def test_what_people_said_is_forgotten_in_time_and_can_be_restored_until_then():
    (table,) = properties(synthesised().console, "AWS::DynamoDB::GlobalTable")
    (replica,) = table["Replicas"]

    assert table["TimeToLiveSpecification"] == {"AttributeName": TTL_ATTRIBUTE, "Enabled": True}
    assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert replica["DeletionProtectionEnabled"] is True


@pytest.mark.parametrize(
    ("chosen", "told"),
    [({"mfa": "never"}, "required or optional")],
)
def test_a_choice_that_is_none_is_told_in_a_sentence(chosen, told):
    app = cloud_app.strict_app({**cloud_app.context_of_cdk_json(), **chosen})

    with pytest.raises(Misconfigured, match=told):
        cloud_app.Choices.of(app)
