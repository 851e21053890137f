"""What Zalo has granted to this installation: one row for each official account, its tokens sealed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKeyConstraint, Identity, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import SCHEMA, Base, one_of


class GrantState(StrEnum):
    """`NEEDS_CONSENT`: the refresh token is lost; an administrator of the official account must consent."""

    ACTIVE = "active"
    NEEDS_CONSENT = "needs-consent"


class ZaloGrant(Base):
    """One application's right to speak for one official account; `generation` rises with each refresh."""

    __tablename__ = "zalo_grant"
    __table_args__ = (one_of("state", GrantState),)

    app_id: Mapped[str] = mapped_column(primary_key=True)
    oa_id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    generation: Mapped[int]
    access_token: Mapped[bytes | None] = mapped_column(doc="Sealed.")
    refresh_token: Mapped[bytes | None] = mapped_column(doc="Sealed; used once.")
    access_expires_at: Mapped[datetime | None]
    refresh_expires_at: Mapped[datetime | None]
    refreshed_at: Mapped[datetime | None]
    attempt_at: Mapped[datetime | None] = mapped_column(doc="Written before a refresh is sent.")
    answer: Mapped[str | None] = mapped_column(doc="The last answer, without tokens.")
    verifier: Mapped[bytes | None] = mapped_column(
        doc="PKCE code verifier, sealed; fixed, as the console asks."
    )
    attempts: Mapped[int] = mapped_column(
        SmallInteger,
        server_default=text("0"),
        doc="Requests with this refresh token whose outcome is unknown, one under way included.",
    )
    consent_until: Mapped[datetime | None] = mapped_column(
        doc="Until then the consent page takes a code: an administrator is at it."
    )
    code_sha256: Mapped[bytes | None] = mapped_column(doc="Of the code that was last exchanged; it is used.")


class ZaloAnswer(Base):
    """An answer of the token endpoint as it came, sealed, kept before it is used."""

    __tablename__ = "zalo_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["app_id", "oa_id"], [f"{SCHEMA}.zalo_grant.app_id", f"{SCHEMA}.zalo_grant.oa_id"]
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    app_id: Mapped[str]
    oa_id: Mapped[str]
    generation: Mapped[int] = mapped_column(doc="Of the grant when it was asked for.")
    answered_at: Mapped[datetime]
    body: Mapped[bytes]
    applied_at: Mapped[datetime | None]
