"""What an evidence pack tells: tasks with all that was expected, handed in, judged, moved and sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

# Without a period, the plans under way; with one, every plan that ever was, as far as it falls into it.
TASKS = """
SELECT t.id, t.code, t.title, t.section, t.time_text, t.kind, t.withdrawn_by, p.id AS plan, p.number,
    p.issued_on, p.title AS plan_title, p.year, p.source_sha256, s.title AS section_title,
    ARRAY(SELECT r.text FROM cchc.product r WHERE r.ward_id = t.ward_id AND r.task_id = t.id
        ORDER BY r.position) AS products,
    ARRAY(SELECT u.name FROM cchc.task_unit l JOIN cchc.unit u ON u.ward_id = l.ward_id AND u.id = l.unit_id
        WHERE l.ward_id = t.ward_id AND l.task_id = t.id AND l.role = 'lead' ORDER BY l.position) AS leads
FROM cchc.task t
JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.activated_at IS NOT NULL
LEFT JOIN cchc.plan_section s ON s.ward_id = t.ward_id AND s.plan_id = t.plan_id AND s.code = t.section
WHERE t.ward_id = %(ward)s
    AND (%(codes)s::text[] IS NULL OR t.code = ANY(%(codes)s))
    AND (%(section)s::text IS NULL OR t.section = %(section)s)
    AND (%(since)s::date IS NOT NULL OR %(until)s::date IS NOT NULL OR p.state = 'active')
ORDER BY p.year, p.id, t.position
"""
OCCURRENCES = """
SELECT o.id, o.task_id, o.label, o.state, o.opens_on, o.cancel_reason, o.cancel_document, o.event_id,
    u.name AS unit, e.doc_number AS event_number, e.doc_date AS event_date, e.issuer AS event_issuer,
    e.sha256 AS event_sha256
FROM cchc.occurrence o
JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
LEFT JOIN cchc.event e ON e.ward_id = o.ward_id AND e.id = o.event_id
WHERE o.ward_id = %(ward)s AND o.task_id = ANY(%(tasks)s)
    AND (%(since)s::date IS NULL AND %(until)s::date IS NULL OR EXISTS (
        SELECT FROM cchc.stage s LEFT JOIN cchc.submission b ON b.ward_id = s.ward_id
            AND b.occurrence_id = s.occurrence_id AND b.stage = s.stage
        WHERE s.ward_id = o.ward_id AND s.occurrence_id = o.id AND (
            coalesce(s.due_on, o.opens_on) BETWEEN coalesce(%(since)s::date, '-infinity')
                AND coalesce(%(until)s::date, 'infinity')
            OR b.effective_on BETWEEN coalesce(%(since)s::date, '-infinity')
                AND coalesce(%(until)s::date, 'infinity'))))
ORDER BY o.opens_on, o.id
"""
_OF = "WHERE x.ward_id = %(ward)s AND x.occurrence_id = ANY(%(occurrences)s)"
STAGES = f"""
SELECT x.occurrence_id, x.stage, x.nominal_due, x.due_on, x.assumed, x.state, x.attempt
FROM cchc.stage x {_OF}
"""  # noqa: S608 - made of constants
DUE_CHANGES = f"""
SELECT x.occurrence_id, x.stage, x.former_due, x.new_due, x.reason, x.changed_at, a.role,
    coalesce(x.document, m.number || ' ngày ' || to_char(m.issued_on, 'DD/MM/YYYY')) AS document
FROM cchc.due_change x
JOIN cchc.account a ON a.ward_id = x.ward_id AND a.id = x.changed_by
LEFT JOIN cchc.amendment m ON m.ward_id = x.ward_id AND m.id = x.amendment_id
{_OF} ORDER BY x.id
"""  # noqa: S608 - made of constants
SUBMISSIONS = f"""
SELECT x.occurrence_id, x.stage, x.attempt, x.submitted_by, x.effective_on, x.recorded_at, x.late,
    x.doc_number, x.doc_date, x.note, x.verdict, x.decided_by, x.decided_at, x.reason,
    a.role, d.role AS decided_role,
    coalesce((SELECT json_agg(json_build_object('sha256', f.sha256, 'name', f.name) ORDER BY f.name, f.sha256)
        FROM cchc.submission_document f WHERE (f.ward_id, f.occurrence_id, f.stage, f.attempt)
            = (x.ward_id, x.occurrence_id, x.stage, x.attempt)), '[]') AS documents
FROM cchc.submission x
JOIN cchc.account a ON a.ward_id = x.ward_id AND a.id = x.submitted_by
LEFT JOIN cchc.account d ON d.ward_id = x.ward_id AND d.id = x.decided_by
{_OF} ORDER BY x.attempt
"""  # noqa: S608 - made of constants
EXTENSIONS = f"""
SELECT x.id, x.occurrence_id, x.stage, x.former_due, x.asked_until, x.reason, x.document, x.asked_at,
    x.verdict, x.granted_until, x.objective, x.answer, x.decided_at
FROM cchc.extension x {_OF} ORDER BY x.id
"""  # noqa: S608 - made of constants
ANSWERS = """
SELECT x.task_id, x.month, x.answer, x.answered_at, x.answered_by, a.role, e.doc_number
FROM cchc.event_answer x
JOIN cchc.account a ON a.ward_id = x.ward_id AND a.id = x.answered_by
LEFT JOIN cchc.event e ON e.ward_id = x.ward_id AND e.id = x.event_id
WHERE x.ward_id = %(ward)s AND x.task_id = ANY(%(tasks)s) ORDER BY x.month
"""
# Addresses are personal: whom a message went to is told by the role of the contact.
REMINDERS = f"""
SELECT x.occurrence_id, x.stage, x.reason, x.channel, x.state, x.created_at, x.settled_at,
    coalesce(c.role, 'ward') AS role, d.outcome, d.tried_at,
    ARRAY(SELECT r.kind FROM cchc.receipt r WHERE r.ward_id = x.ward_id AND r.outbox_id = x.id
        ORDER BY r.at) AS receipts
FROM cchc.outbox x
LEFT JOIN cchc.contact c ON c.ward_id = x.ward_id AND c.id = x.contact_id
LEFT JOIN LATERAL (
    SELECT y.outcome, y.tried_at FROM cchc.delivery y WHERE y.ward_id = x.ward_id AND y.outbox_id = x.id
    ORDER BY y.attempt DESC LIMIT 1
) d ON true
{_OF} AND x.channel <> 'engine' ORDER BY x.id
"""  # noqa: S608 - made of constants
# All there is, or what names one of the occurrences, their tasks and documents, and what every reading needs.
# Amendments name a task by its id; who is in charge and what arrived, by its code.
EVENTS = """
SELECT e.position, e.body FROM cchc.audit_event e CROSS JOIN LATERAL (SELECT e.body::jsonb -> 'facts' AS f) x
WHERE e.ward_id = %(ward)s AND e.position < %(size)s AND (%(all)s OR e.kind LIKE 'plan.%%'
    OR e.kind LIKE 'checkpoint.%%' OR e.kind LIKE 'stand-in.%%'
    OR e.kind IN ('account.added', 'account.changed', 'account.disabled')
    OR (f ->> 'occurrence')::bigint = ANY(%(occurrences)s)
    OR (e.kind = 'task.amended' AND (f ->> 'task')::bigint = ANY(%(tasks)s))
    OR (e.kind IN ('task.assigned', 'event.asked-answered') AND f ->> 'task' = ANY(%(codes)s))
    OR (e.kind LIKE 'event.%%' AND (f ->> 'event')::bigint = ANY(%(events)s))
    OR EXISTS (SELECT FROM jsonb_array_elements_text(f -> 'occurrences') o
        WHERE o::bigint = ANY(%(occurrences)s)))
ORDER BY e.position
"""


def tasks(
    connection: Connection,
    ward: int,
    *,
    codes: Sequence[str] | None,
    section: str | None,
    since: date | None,
    until: date | None,
) -> Sequence[Any]:
    """Return the tasks that a pack is about, in the order of their plans."""
    params = {
        "ward": ward,
        "codes": list(codes) if codes else None,
        "section": section,
        "since": since,
        "until": until,
    }
    return connection.exec_driver_sql(TASKS, params).all()


def occurrences(
    connection: Connection, ward: int, tasks: Sequence[int], since: date | None, until: date | None
) -> Sequence[Any]:
    """Return the occurrences of tasks, as far as they fall into a period."""
    params = {"ward": ward, "tasks": list(tasks), "since": since, "until": until}
    return connection.exec_driver_sql(OCCURRENCES, params).all()


def answers(connection: Connection, ward: int, tasks: Sequence[int]) -> Sequence[Any]:
    """Return what was answered to the monthly question whether anything had arrived for tasks."""
    return connection.exec_driver_sql(ANSWERS, {"ward": ward, "tasks": list(tasks)}).all()


def of_occurrences(
    connection: Connection, query: str, ward: int, occurrences: Sequence[int]
) -> Sequence[Any]:
    """Return what one of this module's queries tells of occurrences."""
    return connection.exec_driver_sql(query, {"ward": ward, "occurrences": list(occurrences)}).all()


def events(
    connection: Connection,
    ward: int,
    *,
    size: int,
    everything: bool,
    occurrences: Sequence[int],
    tasks: Sequence[int],
    codes: Sequence[str],
    events: Sequence[int],
) -> Iterator[tuple[int, str]]:
    """Yield position and body of the events that a pack holds, in order, without loading them all."""
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - only a closed connection has none
    params = {
        "ward": ward,
        "size": size,
        "all": everything,
        "occurrences": list(occurrences),
        "tasks": list(tasks),
        "codes": list(codes),
        "events": list(events),
    }
    with driver.cursor() as cursor, cursor.copy(f"COPY ({EVENTS}) TO STDOUT (FORMAT BINARY)", params) as rows:
        rows.set_types(["int8", "text"])
        yield from rows.rows()


def leaves(connection: Connection, ward: int, size: int) -> Iterator[bytes]:
    """Yield the leaf hashes of the first `size` events."""
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - only a closed connection has none
    copy = (
        "COPY (SELECT leaf_hash FROM cchc.audit_event WHERE ward_id = %s AND position < %s ORDER BY position)"
        " TO STDOUT (FORMAT BINARY)"
    )
    with driver.cursor() as cursor, cursor.copy(copy, (ward, size)) as rows:
        rows.set_types(["bytea"])
        for (leaf,) in rows.rows():
            yield leaf
