"""People of an identity provider, beside the plant's own accounts."""

from __future__ import annotations

from edge.door import fetch
from edge.settings import PlantSettings
from edge.timer import now_us
from lineside.api.oidc import OidcSettings, TokenVerifier
from lineside.api.people_models import OidcView

SCOPE = "openid profile email"


def provider_of(settings: PlantSettings) -> TokenVerifier | None:
    """Who verifies the provider's tokens; None where the settings name no provider."""
    if not settings.oidc_issuer:
        return None
    return TokenVerifier(OidcSettings(settings.oidc_issuer, settings.oidc_client), fetch, now_us)


def oidc_view(settings: PlantSettings) -> OidcView | None:
    """What the sign-in page needs of it."""
    if not settings.oidc_issuer:
        return None
    return OidcView(authority=settings.oidc_issuer, client_id=settings.oidc_client, scope=SCOPE)
