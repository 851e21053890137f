"""What is known of a Zalo grant, and what a turn with it may come to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.grants import GrantState


class Asked(StrEnum):
    """What an answer answers."""

    REFRESH = "refresh"
    CODE = "code"  # a consent
    SEED = "seed"  # a refresh token that a person brought from Zalo's console


class Step(StrEnum):
    """What one turn with a grant came to."""

    KEPT = "kept"  # nothing was needed
    GRANTED = "granted"
    REFUSED = "refused"  # definitely, and nothing is used up
    NOT_SENT = "not-sent"
    NO_ANSWER = "no-answer"
    LATER = "later"  # too soon after the last attempt, or another process is at it
    NEEDS_CONSENT = "needs-consent"
    UNSET = "unset"  # nobody has consented yet


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn came to; `code` and `why` hold no secret."""

    step: Step
    code: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """One row, opened."""

    row: Any = field(repr=False)
    access_token: str | None = field(repr=False)
    refresh_token: str | None = field(repr=False)

    @property
    def lost(self) -> bool:
        """Say whether only a new consent brings tokens."""
        return bool(self.row.state == GrantState.NEEDS_CONSENT)

    def usable(self, now: datetime) -> bool:
        """Say whether the access token is still in force."""
        ends = self.row.access_expires_at
        return self.access_token is not None and ends is not None and bool(now < ends)
