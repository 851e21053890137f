"""Wards, their units, how each unit is reached, and who may act."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Identity, Index, Integer, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.people import Role
from models.base import SCHEMA, Base, OfWard, one_of, same_ward


class ContactRole(StrEnum):
    """Whom a unit's contact reaches."""

    OFFICER = "officer"
    HEAD = "head"


class Ward(Base):
    """A ward (phường), commune (xã) or special zone (đặc khu) that this installation serves."""

    __tablename__ = "ward"

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, doc="Short name in addresses: `thanh-dong`.")
    name: Mapped[str] = mapped_column(doc="As decisions write it: `UBND phường Thành Đông`.")
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Unit(OfWard, Base):
    """A unit (cơ quan, đơn vị) by its canonical name; a group stands for its members."""

    __tablename__ = "unit"
    __table_args__ = (
        ForeignKeyConstraint(["ward_id"], [f"{SCHEMA}.ward.id"]),
        Index("uq_unit_name", "ward_id", text("lower(name)"), unique=True),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    name: Mapped[str]
    is_group: Mapped[bool] = mapped_column(server_default=text("false"))


class UnitAlias(OfWard, Base):
    """Another spelling of a unit's name, as documents use it."""

    __tablename__ = "unit_alias"
    __table_args__ = (same_ward("unit_id", "unit"),)

    alias: Mapped[str] = mapped_column(primary_key=True)
    unit_id: Mapped[int]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    confirmed: Mapped[bool] = mapped_column(server_default=text("false"), doc="A person said so.")


class UnitMember(OfWard, Base):
    """A unit that belongs to a group of units."""

    __tablename__ = "unit_member"
    __table_args__ = (same_ward("group_id", "unit"), same_ward("member_id", "unit"))

    group_id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(primary_key=True)
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    confirmed: Mapped[bool] = mapped_column(server_default=text("false"), doc="A person said so.")


class Contact(OfWard, Base):
    """One way to reach a unit: a channel and an address.

    Contacts of the lowest rank are written to; a higher rank stands in when one before it fails.
    """

    __tablename__ = "contact"
    __table_args__ = (
        same_ward("unit_id", "unit"),
        one_of("role", ContactRole),
        Index("uq_contact_address", "ward_id", "unit_id", "channel", "address", unique=True),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    unit_id: Mapped[int]
    channel: Mapped[str] = mapped_column(
        doc="`email`, `zalo-group`, `zalo-user`, `zalo-uid`, `phone` or `zalo-bot`."
    )
    address: Mapped[str]
    role: Mapped[str] = mapped_column(server_default=text(f"'{ContactRole.OFFICER}'"))
    rank: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    muted_at: Mapped[datetime | None] = mapped_column(doc="The provider said that it takes nothing more.")
    muted_why: Mapped[str | None]


class Account(OfWard, Base):
    """Someone who may act; an account is disabled, never deleted, since the history names it."""

    __tablename__ = "account"
    __table_args__ = (
        ForeignKeyConstraint(["ward_id"], [f"{SCHEMA}.ward.id"]),
        same_ward("unit_id", "unit"),
        one_of("role", Role),
        CheckConstraint("role <> 'officer' OR unit_id IS NOT NULL", name="officer_has_unit"),
        CheckConstraint("name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'", name="name_is_plain"),
        Index("uq_account_name", "ward_id", "name", unique=True),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    unit_id: Mapped[int | None]
    email: Mapped[str | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    machine: Mapped[bool] = mapped_column(
        server_default=text("false"), doc="Another system, by token alone; nobody signs in as it."
    )
