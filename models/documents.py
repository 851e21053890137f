"""Documents, kept outside the rows under the SHA-256 of their bytes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import SCHEMA, Base, OfWard


class Document(OfWard, Base):
    """A file that someone handed in; the bytes stand in the document store under `sha256`."""

    __tablename__ = "document"
    __table_args__ = (
        ForeignKeyConstraint(["ward_id"], [f"{SCHEMA}.ward.id"]),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_is_hex"),
        CheckConstraint("size > 0", name="not_empty"),
    )

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(doc="Bytes.")
    media_type: Mapped[str]
    stored_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
