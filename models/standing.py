"""What stands with units and with those who judge, many at once; and the rows that make it be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from models.rules import NEEDS_LEADER

STANDING = """
SELECT o.ward_id, o.unit_id, o.id AS occurrence_id, s.stage, s.due_on,
    CASE WHEN b.verdict = 'withdrawn' THEN 'open' ELSE s.state END AS state, t.code AS task_code, t.title,
    o.label, u.name AS unit_name, b.reason AS note
FROM (SELECT DISTINCT ward_id, unit_id
      FROM unnest(%(ward)s::int[], %(unit)s::bigint[]) AS asked(ward_id, unit_id)) asked
JOIN cchc.occurrence o ON o.ward_id = asked.ward_id AND o.unit_id = asked.unit_id AND o.state = 'open'
JOIN cchc.stage s ON s.ward_id = o.ward_id AND s.occurrence_id = o.id
    AND (s.state = 'returned' OR s.state IN ('waiting', 'open') AND s.due_on <= %(until)s)
JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
LEFT JOIN cchc.submission b ON s.state = 'returned' AND b.ward_id = s.ward_id
    AND b.occurrence_id = s.occurrence_id AND b.stage = s.stage AND b.attempt = s.attempt
WHERE b.verdict IS DISTINCT FROM 'withdrawn' OR s.due_on <= %(until)s
ORDER BY o.ward_id, o.unit_id, s.due_on, t.position, o.id, s.stage
"""

# Who may judge a submission: a coordinator of another unit; the leader where no such coordinator is left.
# Nobody judges what they handed in themselves.
_MAY_JUDGE = f"""b.submitted_by <> j.id AND (
    j.role = 'coordinator' AND j.unit_id IS DISTINCT FROM o.unit_id
    OR j.role = 'leader' AND {NEEDS_LEADER})"""

VERDICTS = f"""
SELECT DISTINCT ON (j.ward_id, j.email, t.position, o.id, s.stage) j.ward_id, j.email AS address,
    o.id AS occurrence_id, s.stage, s.due_on, t.code AS task_code, t.title, o.label, u.name AS unit_name,
    (b.recorded_at AT TIME ZONE %(zone)s)::date AS since
FROM (SELECT DISTINCT ward_id, address
      FROM unnest(%(ward)s::int[], %(address)s::text[]) AS asked(ward_id, address)) asked
JOIN cchc.account j ON j.ward_id = asked.ward_id AND j.email = asked.address AND j.active
JOIN cchc.occurrence o ON o.ward_id = j.ward_id AND o.state = 'open'
JOIN cchc.stage s ON s.ward_id = o.ward_id AND s.occurrence_id = o.id AND s.state = 'submitted'
JOIN cchc.submission b ON b.ward_id = s.ward_id AND b.occurrence_id = s.occurrence_id
    AND b.stage = s.stage AND b.attempt = s.attempt
JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
WHERE {_MAY_JUDGE}
ORDER BY j.ward_id, j.email, t.position, o.id, s.stage
"""  # noqa: S608 - made of constants

QUEUE_WAITING = f"""
INSERT INTO cchc.outbox (ward_id, reason, step, recipient, channel, digest, not_before)
SELECT DISTINCT j.ward_id, 'waiting', %(today)s::date::text, j.email, 'email', 'morning/' || %(today)s::date,
    %(not_before)s::timestamptz
FROM cchc.submission b
JOIN cchc.stage s ON s.ward_id = b.ward_id AND s.occurrence_id = b.occurrence_id AND s.stage = b.stage
    AND s.attempt = b.attempt AND s.state = 'submitted'
JOIN cchc.occurrence o ON o.ward_id = b.ward_id AND o.id = b.occurrence_id AND o.state = 'open'
JOIN cchc.account j ON j.ward_id = o.ward_id AND j.active AND j.email IS NOT NULL
WHERE b.verdict IS NULL AND b.recorded_at < %(before)s AND (%(ward)s::int IS NULL OR b.ward_id = %(ward)s)
    AND {_MAY_JUDGE}
ORDER BY j.ward_id, j.email
ON CONFLICT ON CONSTRAINT uq_outbox_once DO NOTHING
"""  # noqa: S608 - made of constants

QUEUE_BULLETIN = """
INSERT INTO cchc.outbox (ward_id, reason, step, recipient, channel, digest, not_before)
SELECT DISTINCT a.ward_id, 'bulletin', due.step, a.email, 'email', due.step, %(not_before)s::timestamptz
FROM cchc.account a
LEFT JOIN cchc.reminder_hours h ON h.ward_id = a.ward_id
JOIN unnest(%(weekday)s::int[], %(step)s::text[], %(until)s::timestamptz[]) AS due(weekday, step, until)
    ON due.weekday = coalesce(h.bulletin_weekday, %(default)s)
WHERE a.role = 'leader' AND a.active AND a.email IS NOT NULL
    AND (%(ward)s::int IS NULL OR a.ward_id = %(ward)s)
    AND EXISTS (SELECT FROM cchc.plan p
        WHERE p.ward_id = a.ward_id AND p.state = 'active' AND p.activated_at < due.until)
ORDER BY a.ward_id, a.email
ON CONFLICT ON CONSTRAINT uq_outbox_once DO NOTHING
"""


def standing(connection: Connection, recipients: Sequence[tuple[int, int]], *, until: date) -> Sequence[Any]:
    """Return the stages of these (ward, unit) that were returned, are late or fall due until `until`.

    They come by unit, then by due date; `note` says why a stage was returned.
    """
    params = {
        "ward": [ward for ward, _ in recipients],
        "unit": [unit for _, unit in recipients],
        "until": until,
    }
    return connection.exec_driver_sql(STANDING, params).all()


def verdicts(connection: Connection, recipients: Sequence[tuple[int, str]], *, zone: str) -> Sequence[Any]:
    """Return what waits for a verdict that the accounts behind these (ward, e-mail address) may give.

    `since` is the day, in the time zone `zone`, on which it was handed in.
    """
    params = {
        "ward": [ward for ward, _ in recipients],
        "address": [address for _, address in recipients],
        "zone": zone,
    }
    return connection.exec_driver_sql(VERDICTS, params).all()


def queue_waiting(
    connection: Connection, today: date, *, before: datetime, not_before: datetime, ward: int | None = None
) -> int:
    """Queue one row for each account that may judge what was recorded before `before`; count the new ones."""
    params = {"today": today, "before": before, "not_before": not_before, "ward": ward}
    return connection.exec_driver_sql(QUEUE_WAITING, params).rowcount


def queue_bulletin(
    connection: Connection,
    due: Sequence[tuple[int, str, datetime]],
    *,
    default: int,
    not_before: datetime,
    ward: int | None = None,
) -> int:
    """Queue the bulletin for the leaders of each ward, once for each step; count the new rows.

    `due` holds (ISO weekday, step, end of that day); the plan must be active by then. `default` is the
    weekday of wards that have none of their own.
    """
    params = {
        "weekday": [weekday for weekday, _, _ in due],
        "step": [step for _, step, _ in due],
        "until": [until for _, _, until in due],
        "default": default,
        "not_before": not_before,
        "ward": ward,
    }
    return connection.exec_driver_sql(QUEUE_BULLETIN, params).rowcount


def ward_name(connection: Connection, ward: int) -> str:
    """Return what decisions call the ward."""
    name: str = connection.exec_driver_sql(
        "SELECT name FROM cchc.ward WHERE id = %(ward)s", {"ward": ward}
    ).scalar_one()
    return name


def units_at_work(connection: Connection, ward: int) -> list[int]:
    """Return the units that lead something open."""
    rows = connection.exec_driver_sql(
        "SELECT DISTINCT unit_id FROM cchc.occurrence WHERE ward_id = %(ward)s AND state = 'open'"
        " ORDER BY unit_id",
        {"ward": ward},
    )
    return list(rows.scalars())


def last_signs(connection: Connection, ward: int) -> dict[int, datetime]:
    """Return when each unit last handed something in or said that it had received a reminder."""
    rows = connection.exec_driver_sql(
        """
        SELECT o.unit_id, max(sign.at) AS at FROM (
            SELECT occurrence_id, recorded_at AS at FROM cchc.submission WHERE ward_id = %(ward)s
            UNION ALL
            SELECT occurrence_id, acknowledged_at FROM cchc.acknowledgement WHERE ward_id = %(ward)s
        ) sign
        JOIN cchc.occurrence o ON o.ward_id = %(ward)s AND o.id = sign.occurrence_id
        GROUP BY o.unit_id
        """,
        {"ward": ward},
    )
    return {row.unit_id: row.at for row in rows}
