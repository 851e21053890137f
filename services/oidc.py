"""OpenID Connect, where the province has one log-in for all: code flow with PKCE, state and nonce.

The provider says which address somebody has; whoever has no active account with it stays out. No account is
ever made here, and no token is kept.
"""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from sqlalchemy import Connection

from config.hosts import is_loopback
from config.secrets import Keys, WrongKey
from config.settings import Settings
from domain.errors import WardError
from models import credentials
from services.sessions import Limits
from services.sign_in import Entered, admit

PURPOSE = "oidc-state"
PATH = "/login/oidc/callback"
LASTS_S = 600  # for so long somebody may take to sign in at the provider
TIMEOUT_S = 10
LEEWAY_S = 60
ALGORITHMS = (
    "RS256",
    "PS256",
    "ES256",
    "RS384",
    "ES384",
    "RS512",
    "ES512",
    "EdDSA",
)  # never none, never HMAC


class OidcRefused(WardError):
    """The provider, or what it says, lets nobody in; `why` is for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"OpenID Connect: {why}",
            "Không đăng nhập được qua máy chủ chung. Đề nghị thử lại, hoặc báo quản trị.",
        )


@dataclass(frozen=True, slots=True)
class Provider:
    """Where people sign in, and as which application we ask."""

    issuer: str
    client_id: str
    secret: str
    claim: str
    callback: str


@dataclass(frozen=True, slots=True)
class Begun:
    """What has to come back unchanged; it travels sealed in a cookie of the browser that began."""

    state: str
    nonce: str
    verifier: str
    wanted: str
    at: int


def provider_of(settings: Settings) -> Provider | None:
    """Return the provider that the settings name; None for none."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None or settings.oidc_client_secret is None:
        return None
    return Provider(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
        settings.oidc_claim,
        settings.link_base + PATH,
    )


def begin(provider: Provider, wanted: str, *, now: datetime) -> tuple[str, Begun]:
    """Return the address at the provider to which the browser goes, and what has to come back.

    Raises:
        OidcRefused: the provider can't be asked.
    """
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    begun = Begun(state, nonce, verifier, wanted, int(now.timestamp()))
    address, _ = _session(provider).create_authorization_url(
        _metadata(provider)["authorization_endpoint"],
        state=begun.state,
        nonce=begun.nonce,
        code_verifier=begun.verifier,
    )
    return str(address), begun


def seal(keys: Keys, begun: Begun) -> str:
    """Return what has to come back as a cookie that only we can read."""
    return urlsafe_b64encode(keys.seal(PURPOSE, json.dumps(asdict(begun)).encode(), PATH)).decode()


def unseal(keys: Keys, cookie: str) -> Begun:
    """Return what was sealed.

    Raises:
        OidcRefused: we did not seal it.
    """
    try:
        return Begun(**json.loads(keys.open(PURPOSE, urlsafe_b64decode(cookie.encode()), PATH)))
    except (WrongKey, ValueError, TypeError):
        raise OidcRefused("no state of ours came back") from None


def address_of(provider: Provider, begun: Begun, code: str, state: str, *, now: datetime) -> str:
    """Return the e-mail address of whoever signed in at the provider.

    Raises:
        OidcRefused: it is not proved to us, for this browser and for now.
    """
    if not code or not hmac.compare_digest(state.encode(), begun.state.encode()):
        raise OidcRefused("another state came back")
    if not 0 <= now.timestamp() - begun.at <= LASTS_S:
        raise OidcRefused("it took too long")
    metadata = _metadata(provider)
    try:
        token = _session(provider).fetch_token(
            metadata["token_endpoint"], code=code, code_verifier=begun.verifier, timeout=TIMEOUT_S
        )
        claims = _claims(provider, metadata, token["id_token"], begun.nonce, now)
    except OidcRefused:
        raise
    except Exception as problem:  # of authlib, joserfc or requests: whatever it is, nobody enters
        raise OidcRefused(f"{type(problem).__name__}") from None
    address = claims.get(provider.claim)
    if not isinstance(address, str) or "@" not in address:
        raise OidcRefused(f"no address in the claim {provider.claim}")
    if provider.claim == "email" and claims.get("email_verified") is False:
        raise OidcRefused("the provider has not verified the address")
    return address.strip().lower()


def enter(
    connection: Connection, ward: str | None, address: str, *, agent: str, limits: Limits, now: datetime
) -> Entered:
    """Open a session for the one active account with this address.

    Raises:
        OidcRefused: there is none, or more than one.
    """
    rows = [
        row for row in credentials.named(connection, None, address) if ward is None or row.ward_code == ward
    ]
    if len(rows) != 1:
        raise OidcRefused("no account, or several, have this address")
    row = credentials.lock(connection, rows[0].ward_id, rows[0].id)
    if row is None:
        raise OidcRefused("the account was disabled meanwhile")
    return admit(connection, row, method="oidc", agent=agent, limits=limits, now=now)


def _claims(
    provider: Provider, metadata: Mapping[str, Any], token: str, nonce: str, now: datetime
) -> dict[str, Any]:
    from joserfc import jwt
    from joserfc.jwk import KeySet

    keys = KeySet.import_key_set(_get(provider, metadata["jwks_uri"]))
    said = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
    jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_S,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    ).validate(said.claims)
    return dict(said.claims)


def _metadata(provider: Provider) -> dict[str, Any]:
    """Ask the provider where its services are; it has to call itself as the settings do."""
    found: dict[str, Any] = _get(provider, provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != provider.issuer:
        raise OidcRefused("the provider calls itself otherwise")
    if not {"authorization_endpoint", "token_endpoint", "jwks_uri"} <= found.keys():
        raise OidcRefused("the provider does not say where its services are")
    return found


def _get(provider: Provider, url: str) -> Any:
    parts = urlsplit(url)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise OidcRefused("the provider is not asked without TLS")
    try:
        answer = requests.get(url, timeout=TIMEOUT_S, allow_redirects=False)
        answer.raise_for_status()
        return answer.json()
    except (requests.RequestException, ValueError) as problem:
        raise OidcRefused(type(problem).__name__) from None


def _session(provider: Provider) -> Any:
    from authlib.integrations.requests_client import OAuth2Session

    return OAuth2Session(
        provider.client_id,
        provider.secret,
        redirect_uri=provider.callback,
        scope="openid email profile",
        code_challenge_method="S256",
    )
