"""Registering documents and events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection


def register(connection: Connection, ward: int, files: Sequence[tuple[str, int, str]]) -> None:
    """Enter (sha256, size, media type); a document that is there already stays as it is."""
    sha256, size, media_type = zip(*files, strict=True)
    connection.exec_driver_sql(
        "INSERT INTO cchc.document (ward_id, sha256, size, media_type)"
        " SELECT DISTINCT ON (f.sha256) %(ward)s, f.* FROM unnest(%(sha256)s::text[], %(size)s::bigint[],"
        " %(media_type)s::text[]) AS f(sha256, size, media_type) ON CONFLICT DO NOTHING",
        {"ward": ward, "sha256": list(sha256), "size": list(size), "media_type": list(media_type)},
    )


def event_by_identity(connection: Connection, ward: int, identity: str) -> Any | None:
    """Return the recorded event with this identity; None where there is none."""
    return connection.exec_driver_sql(
        "SELECT * FROM cchc.event WHERE ward_id = %(ward)s AND identity = %(identity)s",
        {"ward": ward, "identity": identity},
    ).one_or_none()


def put_event(
    connection: Connection,
    ward: int,
    *,
    type: str,  # noqa: A002 - the column's name
    identity: str,
    doc_number: str,
    doc_date: date,
    issuer: str,
    summary: str,
    due_on: date | None,
    sha256: str | None,
    file_name: str | None,
    now: datetime,
    by: int,
) -> int | None:
    """Record an event; return its id, or None where one with this identity is there already."""
    params = {k: v for k, v in locals().items() if k != "connection"}
    found: int | None = connection.exec_driver_sql(
        """
        INSERT INTO cchc.event (ward_id, type, identity, doc_number, doc_date, issuer, summary, due_on,
            sha256, file_name, recorded_at, recorded_by)
        VALUES (%(ward)s, %(type)s, %(identity)s, %(doc_number)s, %(doc_date)s, %(issuer)s, %(summary)s,
            %(due_on)s, %(sha256)s, %(file_name)s, %(now)s, %(by)s)
        ON CONFLICT (ward_id, identity) DO NOTHING RETURNING id
        """,
        params,
    ).scalar_one_or_none()
    return found


def opened_by(connection: Connection, ward: int, event: int) -> Sequence[Any]:
    """Return the occurrences that an event opened, with task and unit, in the order of the appendix."""
    return connection.exec_driver_sql(
        """
        SELECT o.id, t.code, o.label, u.name AS unit, o.state FROM cchc.occurrence o
        JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
        JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
        WHERE o.ward_id = %(ward)s AND o.event_id = %(event)s ORDER BY t.position, u.name
        """,
        {"ward": ward, "event": event},
    ).all()


def number_taken(connection: Connection, ward: int, number: str, event: int) -> bool:
    """Tell whether another event has the same document number."""
    taken: bool = connection.exec_driver_sql(
        "SELECT EXISTS (SELECT FROM cchc.event"
        " WHERE ward_id = %(ward)s AND doc_number = %(number)s AND id <> %(event)s)",
        {"ward": ward, "number": number, "event": event},
    ).scalar_one()
    return taken


def find(connection: Connection, ward: int, sha256: str) -> Any | None:
    """Return a document's size, media type and first name; None if the ward has none with these bytes."""
    return connection.exec_driver_sql(
        """
        SELECT d.sha256, d.size, d.media_type, coalesce(
            (SELECT f.name FROM cchc.submission_document f
             WHERE f.ward_id = d.ward_id AND f.sha256 = d.sha256
             ORDER BY f.occurrence_id, f.stage, f.attempt LIMIT 1),
            (SELECT e.file_name FROM cchc.event e
             WHERE e.ward_id = d.ward_id AND e.sha256 = d.sha256 ORDER BY e.id LIMIT 1)) AS name,
            (SELECT p.number FROM cchc.plan p
             WHERE p.ward_id = d.ward_id AND p.source_sha256 = d.sha256 ORDER BY p.id LIMIT 1) AS decision
        FROM cchc.document d WHERE d.ward_id = %(ward)s AND d.sha256 = %(sha256)s
        """,
        {"ward": ward, "sha256": sha256},
    ).one_or_none()


def recorded(connection: Connection, ward: int, *, before: int | None, limit: int) -> Sequence[Any]:
    """Return recorded events, the newest first, from the one before `before` on; with what each opened."""
    return connection.exec_driver_sql(
        """
        SELECT e.id, e.type, e.doc_number, e.doc_date, e.issuer, e.summary, e.due_on, e.sha256, e.file_name,
            e.recorded_at, a.name AS recorded_by,
            coalesce((SELECT json_agg(json_build_object('id', o.id, 'task', t.code, 'label', o.label,
                    'unit', u.name, 'state', o.state) ORDER BY t.position, u.name)
                FROM cchc.occurrence o
                JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
                JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
                WHERE o.ward_id = e.ward_id AND o.event_id = e.id), '[]') AS occurrences
        FROM cchc.event e JOIN cchc.account a ON a.ward_id = e.ward_id AND a.id = e.recorded_by
        WHERE e.ward_id = %(ward)s AND (%(before)s::bigint IS NULL OR e.id < %(before)s)
        ORDER BY e.id DESC LIMIT %(limit)s
        """,
        {"ward": ward, "before": before, "limit": limit},
    ).all()


def registered(connection: Connection, ward: int) -> Sequence[Any]:
    """Return every document of a ward's register with a name that it came under, in order of digest."""
    return connection.exec_driver_sql(
        """
        SELECT d.sha256, d.size, d.media_type, coalesce(
            (SELECT min(f.name) FROM cchc.submission_document f
             WHERE f.ward_id = d.ward_id AND f.sha256 = d.sha256),
            (SELECT min(e.file_name) FROM cchc.event e WHERE e.ward_id = d.ward_id AND e.sha256 = d.sha256)
        ) AS name
        FROM cchc.document d WHERE d.ward_id = %(ward)s ORDER BY d.sha256
        """,
        {"ward": ward},
    ).all()


def first_named(connection: Connection, ward: int, sha256: str) -> int | None:
    """Return the position of the first event that names a document; None for none."""
    found: int | None = connection.exec_driver_sql(
        "SELECT min(position) FROM cchc.audit_event"
        " WHERE ward_id = %(ward)s AND strpos(body, %(sha256)s) > 0",
        {"ward": ward, "sha256": sha256},
    ).scalar_one()
    return found
