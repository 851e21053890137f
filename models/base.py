"""What all tables share: the schema, how types are stored, how constraints are called."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SCHEMA = "cchc"


class Base(DeclarativeBase):
    """Every table stands in schema `cchc`; instants are `timestamptz`, texts `text`."""

    metadata = MetaData(
        schema=SCHEMA,
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        },
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a plain class attribute
        str: Text,
        int: BigInteger,
        bytes: LargeBinary,
        date: Date,
        datetime: TIMESTAMP(timezone=True),
        dict[str, Any]: JSONB,
    }


class OfWard:
    """A row that belongs to one ward, part of its key, so that no reference can cross wards."""

    ward_id: Mapped[int] = mapped_column(Integer, primary_key=True, sort_order=-1)


def same_ward(column: str, table: str, *, name: str | None = None) -> ForeignKeyConstraint:
    """Refer from `column` to `table.id` of the same ward."""
    return ForeignKeyConstraint(
        ["ward_id", column], [f"{SCHEMA}.{table}.ward_id", f"{SCHEMA}.{table}.id"], name=name
    )


def one_of(column: str, choices: type[StrEnum] | tuple[str, ...]) -> CheckConstraint:
    """Allow only `choices` in `column`."""
    values = ", ".join(f"'{choice}'" for choice in choices)
    return CheckConstraint(f"{column} IN ({values})", name=column)
