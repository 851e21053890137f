"""Where Zalo is and how this installation is known there: settings, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ZaloPlaces:
    """Addresses and lasting keys of one installation; the access token comes from a `TokenSource`.

    `errors` is a file that is read over the one that ships (`errors.toml`), `templates` one that takes the
    place of the one that ships (`templates.toml`).
    """

    oa_url: str = "https://openapi.zalo.me"
    zbs_url: str = "https://business.openapi.zalo.me"
    bot_url: str = "https://bot-api.zaloplatforms.com"
    proof_secret: str | None = field(
        default=None, repr=False
    )  # the app's secret, where appsecret_proof is switched on for it
    template: str | None = None  # the id of the approved ZBS template
    bot_token: str | None = field(default=None, repr=False)
    development: bool = False  # ZBS only reaches the administrators of the app, from their own wallet
    templates: Path | None = None
    errors: Path | None = None
