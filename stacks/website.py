"""The console's files and the API under one name: S3 behind CloudFront, and CloudFront in front of API Gateway.

One origin for the browser means no CORS, and the same console as in a plant. Files are reached through CloudFront alone
(origin access control). A firewall for CloudFront would have to stand in us-east-1; ours is at the API.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_certificatemanager as certificates
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.acknowledge import acknowledge
from stacks.api import STAGE, Api
from stacks.buckets import PrivateBucket
from stacks.firewall import VIEWER_HEADER
from stacks.uploads import upload

API_PATHS: Final = ("/api/*", "/ngsi-ld/*", "/health", "/openapi.json")
EDGE_PATIENCE: Final = Duration.seconds(60)
"""How long the API may say nothing. The chat says something every ten seconds."""

FOREVER: Final = "public, max-age=31536000, immutable"
ASK_EVERY_TIME: Final = "no-cache"
"""Files below `assets/` carry a hash in their names."""

# A path without a file's ending is a view of the console, which its own router draws. Only here: a missing file must
# stay a 404, and an error of the API must stay what it is.
_TO_THE_CONSOLE: Final = """
function handler(event) {
    var request = event.request;
    var name = request.uri.substring(request.uri.lastIndexOf('/') + 1);
    if (name.indexOf('.') === -1) {
        request.uri = '/index.html';
    }
    return request;
}
"""
# The firewall counts by this name; whatever a caller sends under it is overwritten here.
_NAME_THE_VIEWER: Final = f"""
function handler(event) {{
    event.request.headers['{VIEWER_HEADER}'] = {{ value: event.viewer.ip }};
    return event.request;
}}
"""

_TLS_FOR_A_YEAR: Final = cloudfront.ResponseHeadersStrictTransportSecurity(
    access_control_max_age=Duration.days(365), include_subdomains=True, override=True
)


class Website(Construct):
    """`address` is where people go, without a slash at its end."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        api: Api,
        sign_in_address: str,
        uploads: s3.IBucket,
        domain: str = "",
        certificate_arn: str = "",
        access_log: s3.Bucket,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = _files_bucket(self, access_log)
        own_name = bool(domain and certificate_arn)
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment="Lineside: the operator console and its API",
            default_root_object="index.html",
            default_behavior=self._files(_headers(self, "Headers", _page_policy(sign_in_address, uploads))),
            # The application says what else a browser must know of its answers.
            additional_behaviors=dict.fromkeys(API_PATHS, self._api(api, _headers(self, "ApiHeaders"))),
            domain_names=[domain] if own_name else None,
            certificate=_certificate(self, certificate_arn) if own_name else None,
            # Under CloudFront's own name it could not be chosen.
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021 if own_name else None,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            price_class=cloudfront.PriceClass.PRICE_CLASS_100,
            enable_logging=True,
            log_bucket=_edge_log(self, access_log),
            log_includes_cookies=False,
        )
        self.address = f"https://{domain if own_name else self.distribution.distribution_domain_name}"
        self._accept_findings(own_name=own_name)

    def deploy(self, dist: Path) -> None:
        """Upload a built console. Files of an older build stay, for the tabs that still ask for them."""
        upload(self, "Assets", folder=dist, bucket=self.bucket, only="assets/*", cache_control=FOREVER)
        # CloudFront compresses by itself.
        others = ["assets/*", "*.br", "*.gz"]
        upload(self, "Pages", folder=dist, bucket=self.bucket, but=others, cache_control=ASK_EVERY_TIME)

    def _files(self, headers: cloudfront.ResponseHeadersPolicy) -> cloudfront.BehaviorOptions:
        rewrite = _at_the_edge(self, "ToTheConsole", _TO_THE_CONSOLE)
        return cloudfront.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_origin_access_control(self.bucket),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            response_headers_policy=headers,
            function_associations=[rewrite],
            compress=True,
        )

    def _api(self, api: Api, headers: cloudfront.ResponseHeadersPolicy) -> cloudfront.BehaviorOptions:
        name_the_viewer = _at_the_edge(self, "NameTheViewer", _NAME_THE_VIEWER)
        return cloudfront.BehaviorOptions(
            origin=origins.HttpOrigin(
                api.domain_name,
                origin_path=f"/{STAGE}",
                protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
                origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
                read_timeout=EDGE_PATIENCE,
            ),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            # Everything that was sent, the access token too; the host must be the API's own.
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            response_headers_policy=headers,
            function_associations=[name_the_viewer],
            compress=False,
        )

    def _accept_findings(self, *, own_name: bool) -> None:
        acknowledge(self.distribution, "CFR1", reason="A plant's people may travel; who may come in, sign-in decides.")
        acknowledge(
            self.distribution,
            "CFR2",
            reason="A firewall for CloudFront stands in us-east-1 only. Files here are public; ours is at the API.",
        )
        if not own_name:
            acknowledge(
                self.distribution,
                "CFR4",
                reason="CloudFront's own name takes TLS 1.0 too; `console_domain` with a certificate ends that.",
            )


def content_security_policy(sign_in_address: str, uploads: s3.IBucket) -> str:
    """As the plant's own (`lineside/api/headers.py`), and the addresses of sign-in, of the bucket that images are
    posted to (S3 signs for its first Region under another name than for all others), and of speech to text."""
    calls = (
        f"'self' {sign_in_address} https://cognito-idp.{Aws.REGION}.{Aws.URL_SUFFIX} "
        f"https://{uploads.bucket_regional_domain_name} https://{uploads.bucket_domain_name} "
        f"wss://transcribestreaming.{Aws.REGION}.{Aws.URL_SUFFIX}:8443"
    )
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "style-src 'self'",
            "font-src 'self' data:",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            f"connect-src {calls}",
            f"frame-src 'self' {sign_in_address}",
            "base-uri 'none'",
            "object-src 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _files_bucket(scope: Construct, access_log: s3.Bucket) -> s3.Bucket:
    return PrivateBucket(
        scope,
        "Files",
        server_access_logs_bucket=access_log,
        server_access_logs_prefix="console-files/",
        removal_policy=RemovalPolicy.RETAIN,
    )


def _edge_log(scope: Construct, access_log: s3.Bucket) -> s3.Bucket:
    """CloudFront writes its log as another account, which a bucket without ACLs refuses."""
    return PrivateBucket(
        scope,
        "EdgeLog",
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_PREFERRED,
        server_access_logs_bucket=access_log,
        server_access_logs_prefix="edge-log/",
        lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(90))],
        removal_policy=RemovalPolicy.RETAIN,
    )


def _page_policy(sign_in_address: str, uploads: s3.IBucket) -> cloudfront.ResponseSecurityHeadersBehavior:
    return cloudfront.ResponseSecurityHeadersBehavior(
        content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
            content_security_policy=content_security_policy(sign_in_address, uploads), override=True
        ),
        strict_transport_security=_TLS_FOR_A_YEAR,
        content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
        frame_options=cloudfront.ResponseHeadersFrameOptions(
            frame_option=cloudfront.HeadersFrameOption.DENY, override=True
        ),
        referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
            referrer_policy=cloudfront.HeadersReferrerPolicy.NO_REFERRER, override=True
        ),
    )


def _headers(
    scope: Construct, construct_id: str, security: cloudfront.ResponseSecurityHeadersBehavior | None = None
) -> cloudfront.ResponseHeadersPolicy:
    """What a browser is told beside the answer. What the application says of its own answers stands."""
    custom = [
        cloudfront.ResponseCustomHeader(header=name, value=value, override=False)
        for name, value in (
            ("Permissions-Policy", "microphone=(self), camera=(), geolocation=(), payment=(), usb=()"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        )
    ]
    return cloudfront.ResponseHeadersPolicy(
        scope,
        construct_id,
        security_headers_behavior=security
        or cloudfront.ResponseSecurityHeadersBehavior(
            strict_transport_security=_TLS_FOR_A_YEAR,
            content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=False),
        ),
        custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(custom_headers=custom),
    )


def _at_the_edge(scope: Construct, construct_id: str, code: str) -> cloudfront.FunctionAssociation:
    function = cloudfront.Function(
        scope,
        construct_id,
        code=cloudfront.FunctionCode.from_inline(code.strip()),
        runtime=cloudfront.FunctionRuntime.JS_2_0,
    )
    return cloudfront.FunctionAssociation(function=function, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST)


def _certificate(scope: Construct, arn: str) -> certificates.ICertificate:
    return certificates.Certificate.from_certificate_arn(scope, "Certificate", arn)
