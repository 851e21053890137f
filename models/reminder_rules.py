"""The rules of reminding that wards have set: ladders by kind of task and stage, and hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection


def ladders(connection: Connection, ward: int | None = None) -> Sequence[Any]:
    """Return the rules that count, of one ward or of all."""
    return connection.exec_driver_sql(
        "SELECT ward_id, kind, stage, ladder FROM cchc.reminder_rule"
        " WHERE ladder IS NOT NULL AND (%(ward)s::int IS NULL OR ward_id = %(ward)s)"
        " ORDER BY ward_id, kind, stage",
        {"ward": ward},
    ).all()


def rules(connection: Connection, ward: int) -> Sequence[Any]:
    """Return a ward's rules, those taken back too, with who changed each and when."""
    return connection.exec_driver_sql(
        "SELECT r.kind, r.stage, r.ladder, a.name AS changed_by, r.changed_at FROM cchc.reminder_rule r"
        " LEFT JOIN cchc.account a ON a.ward_id = r.ward_id AND a.id = r.changed_by"
        " WHERE r.ward_id = %(ward)s ORDER BY r.kind, r.stage",
        {"ward": ward},
    ).all()


def lock(connection: Connection, ward: int) -> None:
    """Let one at a time change a ward's rules and hours, so that each knows what it changes."""
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(1667459171 + 3, %(ward)s)", {"ward": ward})


def put_ladder(
    connection: Connection,
    ward: int,
    kind: str,
    stage: str,
    *,
    ladder: str | None,
    by: int | None,
    now: datetime,
) -> None:
    """Set the ladder of a rule; None takes the rule back."""
    connection.exec_driver_sql(
        "INSERT INTO cchc.reminder_rule (ward_id, kind, stage, ladder, changed_by, changed_at)"
        " VALUES (%(ward)s, %(kind)s, %(stage)s, %(ladder)s, %(by)s, %(now)s)"
        " ON CONFLICT (ward_id, kind, stage) DO UPDATE SET ladder = excluded.ladder,"
        " changed_by = excluded.changed_by, changed_at = excluded.changed_at",
        {"ward": ward, "kind": kind, "stage": stage, "ladder": ladder, "by": by, "now": now},
    )


def hours(connection: Connection, ward: int | None = None) -> Sequence[Any]:
    """Return the hours that wards have set, of one ward or of all, with who set them and when."""
    return connection.exec_driver_sql(
        "SELECT h.ward_id, h.from_time, h.quiet_begins, h.quiet_ends, h.bulletin_weekday,"
        " a.name AS changed_by, h.changed_at FROM cchc.reminder_hours h"
        " LEFT JOIN cchc.account a ON a.ward_id = h.ward_id AND a.id = h.changed_by"
        " WHERE %(ward)s::int IS NULL OR h.ward_id = %(ward)s ORDER BY h.ward_id",
        {"ward": ward},
    ).all()


def put_hours(
    connection: Connection,
    ward: int,
    *,
    from_time: time,
    quiet_begins: time,
    quiet_ends: time,
    bulletin_weekday: int,
    by: int | None,
    now: datetime,
) -> None:
    """Set a ward's hours."""
    connection.exec_driver_sql(
        "INSERT INTO cchc.reminder_hours (ward_id, from_time, quiet_begins, quiet_ends, bulletin_weekday,"
        " changed_by, changed_at)"
        " VALUES (%(ward)s, %(from_time)s, %(begins)s, %(ends)s, %(weekday)s, %(by)s, %(now)s)"
        " ON CONFLICT (ward_id) DO UPDATE SET from_time = excluded.from_time,"
        " quiet_begins = excluded.quiet_begins, quiet_ends = excluded.quiet_ends,"
        " bulletin_weekday = excluded.bulletin_weekday, changed_by = excluded.changed_by,"
        " changed_at = excluded.changed_at",
        {
            "ward": ward,
            "from_time": from_time,
            "begins": quiet_begins,
            "ends": quiet_ends,
            "weekday": bulletin_weekday,
            "by": by,
            "now": now,
        },
    )
