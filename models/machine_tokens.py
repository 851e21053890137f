"""Tokens of machine accounts (tài khoản máy): how other systems speak with the API."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Identity, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfWard, same_ward


class MachineToken(OfWard, Base):
    """One token: only its hash is kept. It may do what its scopes and its account's role both allow."""

    __tablename__ = "machine_token"
    __table_args__ = (
        same_ward("account_id", "account"),
        same_ward("made_by", "account"),
        same_ward("revoked_by", "account"),
        CheckConstraint("cardinality(scopes) > 0", name="has_scope"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="end_has_author"),
        Index("uq_machine_token_token_sha256", "token_sha256", unique=True),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    account_id: Mapped[int]
    label: Mapped[str] = mapped_column(doc="What it is for, as its administrator calls it.")
    token_sha256: Mapped[bytes]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    made_by: Mapped[int]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None]
