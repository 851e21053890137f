"""Stand-ins (người làm thay): who acts for an absent officer, from which day to which."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Connection, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfWard, same_ward

# Where account `a` stands in on `today`, both days counted, for an account `f` of unit `o.unit_id`.
# Nobody stands in any more for somebody whose account was closed.
STANDS_IN = """FROM cchc.stand_in d JOIN cchc.account f ON f.ward_id = d.ward_id AND f.id = d.account_id
    WHERE d.ward_id = %(ward)s AND d.stand_in_id = a.id AND d.ended_at IS NULL AND f.active
        AND f.unit_id = o.unit_id AND %(today)s::date BETWEEN d.first_day AND d.last_day"""


class StandIn(OfWard, Base):
    """Between two days, both counted, `stand_in_id` may hand in for the unit of `account_id`."""

    __tablename__ = "stand_in"
    __table_args__ = (
        same_ward("account_id", "account"),
        same_ward("stand_in_id", "account"),
        same_ward("made_by", "account"),
        same_ward("ended_by", "account"),
        CheckConstraint("account_id <> stand_in_id", name="somebody_else"),
        CheckConstraint("first_day <= last_day", name="in_order"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="end_has_author"),
        Index("ix_stand_in_stand_in_id", "ward_id", "stand_in_id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    account_id: Mapped[int]
    stand_in_id: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str]
    made_by: Mapped[int]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]


_LIST = """
SELECT s.id, s.account_id, f.name AS account, f.unit_id, u.name AS unit, s.stand_in_id, t.name AS stand_in,
    s.first_day, s.last_day, s.reason, s.made_at, m.name AS made_by, s.ended_at, e.name AS ended_by,
    s.ended_at IS NULL AND f.active AND s.last_day >= %(today)s AS open,
    s.ended_at IS NULL AND f.active AND %(today)s BETWEEN s.first_day AND s.last_day AS now
FROM cchc.stand_in s
JOIN cchc.account f ON f.ward_id = s.ward_id AND f.id = s.account_id
JOIN cchc.account t ON t.ward_id = s.ward_id AND t.id = s.stand_in_id
JOIN cchc.account m ON m.ward_id = s.ward_id AND m.id = s.made_by
LEFT JOIN cchc.account e ON e.ward_id = s.ward_id AND e.id = s.ended_by
LEFT JOIN cchc.unit u ON u.ward_id = f.ward_id AND u.id = f.unit_id
WHERE s.ward_id = %(ward)s
ORDER BY s.first_day DESC, s.id DESC
"""

_UNITS = """
SELECT o.unit_id AS id, o.name FROM cchc.account a
JOIN (SELECT ward_id, id AS unit_id, name FROM cchc.unit) o ON o.ward_id = a.ward_id
WHERE a.ward_id = %(ward)s AND a.id = %(account)s AND o.unit_id IS DISTINCT FROM a.unit_id
    AND EXISTS (SELECT __STANDS_IN__)
ORDER BY o.name
""".replace("__STANDS_IN__", STANDS_IN)


def named_already(
    connection: Connection, ward: int, *, account: int, stand_in: int, first: date, last: date
) -> int | None:
    """Let one person at a time name somebody for `account`; return who was named just so already."""
    params = {"ward": ward, "account": account, "stand_in": stand_in, "first": first, "last": last}
    connection.exec_driver_sql(
        "SELECT FROM cchc.account WHERE ward_id = %(ward)s AND id = %(account)s FOR NO KEY UPDATE", params
    )
    found: int | None = connection.exec_driver_sql(
        "SELECT min(id) FROM cchc.stand_in WHERE ward_id = %(ward)s AND account_id = %(account)s"
        " AND stand_in_id = %(stand_in)s AND first_day = %(first)s AND last_day = %(last)s"
        " AND ended_at IS NULL",
        params,
    ).scalar_one()
    return found


def put(connection: Connection, ward: int, **facts: object) -> int:
    """Add a stand-in; return its id."""
    made: int = connection.exec_driver_sql(
        "INSERT INTO cchc.stand_in (ward_id, account_id, stand_in_id, first_day, last_day, reason, made_by,"
        " made_at) VALUES (%(ward)s, %(account)s, %(stand_in)s, %(first)s, %(last)s, %(reason)s, %(by)s,"
        " %(now)s) RETURNING id",
        {"ward": ward, **facts},
    ).scalar_one()
    return made


def one(connection: Connection, ward: int, number: int) -> Any | None:
    """Return a stand-in by its id; None where there is none."""
    return connection.exec_driver_sql(
        "SELECT * FROM cchc.stand_in WHERE ward_id = %(ward)s AND id = %(id)s", {"ward": ward, "id": number}
    ).one_or_none()


def end(connection: Connection, ward: int, number: int, *, by: int, now: datetime) -> bool:
    """End a stand-in; return whether it was not ended before."""
    done = connection.exec_driver_sql(
        "UPDATE cchc.stand_in SET ended_at = %(now)s, ended_by = %(by)s"
        " WHERE ward_id = %(ward)s AND id = %(id)s AND ended_at IS NULL",
        {"ward": ward, "id": number, "by": by, "now": now},
    )
    return bool(done.rowcount)


def of_ward(connection: Connection, ward: int, today: date) -> Sequence[Any]:
    """Return all stand-ins of a ward, the newest first; `open` are those of today (`now`) and to come."""
    return connection.exec_driver_sql(_LIST, {"ward": ward, "today": today}).all()


def units_of(connection: Connection, ward: int, account: int, today: date) -> Sequence[Any]:
    """Return id and name of the units for which an account stands in today."""
    params = {"ward": ward, "account": account, "today": today}
    return connection.exec_driver_sql(_UNITS, params).all()
