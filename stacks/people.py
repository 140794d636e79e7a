"""Who may use the console: a Cognito user pool. An admin makes the accounts; groups are the roles and the sites."""

from __future__ import annotations

from typing import Final

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from stacks.acknowledge import acknowledge

ROLES: Final = {
    "viewer": "sees the line, asks, and reads",
    "operator": "also acknowledges, shelves, comments, and says whether it helped",
    "engineer": "also sees quarantine and feedback, and starts a replay",
    "admin": "everything",
}
SITE_GROUP: Final = "site:"
"""`site:bakery-north` grants a site, whatever the role."""

RESOURCE_SERVER: Final = "lineside"
SCOPE: Final = "use"
CONSOLE_SCOPE: Final = f"openid profile {RESOURCE_SERVER}/{SCOPE}"
"""What the console asks for; the API takes an access token with the last of them."""

SHIFT: Final = Duration.hours(12)


class People(Construct):
    """The pool, its groups, its sign-in page. `add_console` makes the client, once the console's address is known."""

    def __init__(self, scope: Construct, construct_id: str, *, site: str, require_mfa: bool = True) -> None:
        super().__init__(scope, construct_id)
        self.pool = _pool(self, require_mfa)
        self._scope = cognito.ResourceServerScope(scope_name=SCOPE, scope_description="Use the line's API")
        self._server = self.pool.add_resource_server("Api", identifier=RESOURCE_SERVER, scopes=[self._scope])
        prefix = f"lineside-{Aws.ACCOUNT_ID}"
        self.pool.add_domain(
            "SignIn",
            cognito_domain=cognito.CognitoDomainOptions(domain_prefix=prefix),
            managed_login_version=cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN,
        )
        self.sign_in_address = f"https://{prefix}.auth.{Aws.REGION}.amazoncognito.com"
        self.authority = f"https://cognito-idp.{Aws.REGION}.{Aws.URL_SUFFIX}/{self.pool.user_pool_id}"
        self._groups(site)

    def add_console(self, address: str) -> cognito.UserPoolClient:
        """The console's client: authorization code with PKCE, no secret. `address` has no slash at its end."""
        client = self.pool.add_client(
            "Console",
            generate_secret=False,
            # The console's page never sees a password.
            auth_flows=cognito.AuthFlow(user_password=False, user_srp=False),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[
                    cognito.OAuthScope.OPENID,
                    cognito.OAuthScope.PROFILE,
                    cognito.OAuthScope.resource_server(self._server, self._scope),
                ],
                callback_urls=[f"{address}/"],
                logout_urls=[f"{address}/"],
            ),
            supported_identity_providers=[cognito.UserPoolClientIdentityProvider.COGNITO],
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            access_token_validity=Duration.hours(1),
            id_token_validity=Duration.hours(1),
            refresh_token_validity=SHIFT,
        )
        # Without a branding, which may be Cognito's own, the newer sign-in page shows an error.
        cognito.CfnManagedLoginBranding(
            self,
            "Branding",
            user_pool_id=self.pool.user_pool_id,
            client_id=client.user_pool_client_id,
            use_cognito_provided_values=True,
        )
        return client

    def _groups(self, site: str) -> None:
        for role, may in ROLES.items():
            self._group(role, f"May do this: {may}")
        self._group(f"{SITE_GROUP}{site}", f"May see the site {site}")

    def _group(self, name: str, description: str) -> None:
        cognito.CfnUserPoolGroup(
            self,
            f"Group-{name.replace(':', '-')}",
            user_pool_id=self.pool.user_pool_id,
            group_name=name,
            description=description,
        )


def _pool(scope: Construct, require_mfa: bool) -> cognito.UserPool:
    pool = cognito.UserPool(
        scope,
        "Pool",
        self_sign_up_enabled=False,
        # By name, as in "acknowledged by anna"; the mail address is for a forgotten password alone.
        sign_in_aliases=cognito.SignInAliases(username=True, email=True),
        auto_verify=cognito.AutoVerifiedAttrs(email=True),
        account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
        mfa=cognito.Mfa.REQUIRED if require_mfa else cognito.Mfa.OPTIONAL,
        mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
        password_policy=cognito.PasswordPolicy(
            min_length=12,
            require_digits=True,
            require_lowercase=True,
            require_uppercase=True,
            require_symbols=True,
            temp_password_validity=Duration.days(3),
        ),
        # Two cents a month and person: passwords that were leaked elsewhere are refused, strange sign-ins stopped.
        feature_plan=cognito.FeaturePlan.PLUS,
        standard_threat_protection_mode=cognito.StandardThreatProtectionMode.FULL_FUNCTION,
        deletion_protection=True,
        removal_policy=RemovalPolicy.RETAIN,
    )
    if not require_mfa:
        acknowledge(
            pool, "COG2", reason="The context key `mfa` is `optional`: each person may switch a second factor on."
        )
    return pool
