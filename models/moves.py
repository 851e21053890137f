"""The moves of a stage, each in one statement with its history and its messages.

Each statement makes its move only where the rule of `domain.stages` allows it and
returns no row otherwise; the service then loads the case and lets the domain say why.
tests/services/test_stages_rules.py holds both sides against each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from domain.people import PERMITTED, Action
from domain.plans import Stage
from domain.stages import HANDED_IN, SUBMITTABLE, after, before
from models.stand_ins import STANDS_IN

# Both moves begin so. `earlier` waits for whoever is just moving an earlier stage, so that
# the log never tells a forbidden order.
WHO_AND_WHAT_BEFORE = """
WITH actor AS (
    SELECT id, role, unit_id FROM cchc.account
    WHERE ward_id = %(ward)s AND name = %(by)s AND active AND role = ANY(%(roles)s)
), earlier AS (
    SELECT e.state FROM cchc.stage e
    WHERE e.ward_id = %(ward)s AND e.occurrence_id = %(occurrence)s AND e.stage = ANY(%(earlier)s)
    FOR SHARE
"""

# `written` makes all else happen before append_audit takes the ward's lock, which the commit gives back.
SUBMIT = """), moved AS (
    UPDATE cchc.stage s SET state = 'submitted', attempt = s.attempt + 1
    FROM actor a, cchc.occurrence o
    WHERE s.ward_id = %(ward)s AND s.occurrence_id = %(occurrence)s AND s.stage = %(stage)s
        AND s.state = ANY(%(submittable)s)
        AND o.ward_id = s.ward_id AND o.id = s.occurrence_id AND o.state = 'open'
        AND (o.unit_id = a.unit_id OR EXISTS (SELECT __STANDS_IN__))
        AND %(on)s::date >= date_trunc('year', o.opens_on)::date
        AND NOT EXISTS (SELECT FROM earlier e WHERE e.state <> ALL(%(handed_in)s))
    RETURNING s.attempt, s.due_on, a.id AS actor_id, a.role AS actor_role,
        coalesce(%(on)s::date > s.due_on, false) OR (s.attempt > 1 AND EXISTS (
            SELECT FROM cchc.submission p
            WHERE p.ward_id = s.ward_id AND p.occurrence_id = s.occurrence_id AND p.stage = s.stage AND p.late
        )) AS late,
        CASE WHEN o.unit_id IS DISTINCT FROM a.unit_id THEN (SELECT min(f.id) __STANDS_IN__) END AS absent
), opened AS (
    UPDATE cchc.stage n SET state = 'open' FROM moved
    WHERE n.ward_id = %(ward)s AND n.occurrence_id = %(occurrence)s AND n.stage = %(next)s
        AND n.state = 'waiting'
    RETURNING 1
), filed AS (
    INSERT INTO cchc.submission (ward_id, occurrence_id, stage, attempt, submitted_by, effective_on,
        recorded_at, late, doc_number, doc_date, note)
    SELECT %(ward)s, %(occurrence)s, %(stage)s, attempt, actor_id, %(on)s, %(now)s, late,
        %(doc_number)s, %(doc_date)s, %(note)s
    FROM moved
    RETURNING 1
), attached AS (
    INSERT INTO cchc.submission_document (ward_id, occurrence_id, stage, attempt, sha256, name)
    SELECT %(ward)s, %(occurrence)s, %(stage)s, attempt, f.sha256, f.name
    FROM moved, unnest(%(sha256)s::text[], %(names)s::text[]) AS f(sha256, name)
    RETURNING 1
), queued AS (
    INSERT INTO cchc.outbox (ward_id, occurrence_id, stage, reason, step, recipient, channel, not_before)
    SELECT %(ward)s, %(occurrence)s, %(stage)s, 'submitted', attempt::text, '', 'engine', %(now)s FROM moved
    ON CONFLICT ON CONSTRAINT uq_outbox_once DO NOTHING
    RETURNING 1
), written AS (
    SELECT (SELECT count(*) FROM opened) + (SELECT count(*) FROM filed) + (SELECT count(*) FROM attached)
        + (SELECT count(*) FROM queued) AS rows
)
SELECT m.attempt, m.late, m.due_on, cchc.append_audit(%(ward)s, %(now)s,
    (SELECT row_to_json(f)::text FROM (SELECT m.actor_id AS id, m.actor_role AS role) f),
    ARRAY['stage.submitted'],
    ARRAY[(SELECT json_strip_nulls(row_to_json(f))::text FROM (SELECT
        m.attempt AS attempt, %(doc_date)s::date AS doc_date, %(doc_number)s::text AS doc_number,
        %(sha256)s::text[] AS documents, m.due_on AS due_on, %(on)s::date AS effective_on,
        m.late::int AS late, %(names_sha256)s::text[] AS names_sha256, %(note_sha256)s::text AS note_sha256,
        %(occurrence)s::bigint AS occurrence, %(stage)s::text AS stage,
        m.absent AS standing_in_for) f)]) AS size
FROM moved m, written WHERE written.rows > 0
""".replace("__STANDS_IN__", STANDS_IN)

VERDICT = """), moved AS (
    UPDATE cchc.stage s SET state = %(verdict)s
    FROM actor a, cchc.occurrence o, cchc.submission b
    WHERE s.ward_id = %(ward)s AND s.occurrence_id = %(occurrence)s AND s.stage = %(stage)s
        AND s.state = 'submitted' AND (%(seen)s::smallint IS NULL OR s.attempt = %(seen)s)
        AND o.ward_id = s.ward_id AND o.id = s.occurrence_id AND o.state = 'open'
        AND (a.role = 'leader' OR a.unit_id IS DISTINCT FROM o.unit_id)
        AND b.ward_id = s.ward_id AND b.occurrence_id = s.occurrence_id AND b.stage = s.stage
        AND b.attempt = s.attempt AND b.submitted_by <> a.id
        AND NOT EXISTS (SELECT FROM earlier e WHERE e.state <> 'accepted')
    RETURNING s.attempt, s.due_on, b.late, o.unit_id, a.id AS actor_id, a.role AS actor_role
), judged AS (
    UPDATE cchc.submission b SET verdict = %(verdict)s, decided_by = m.actor_id, decided_at = %(now)s,
        reason = %(reason)s
    FROM moved m
    WHERE b.ward_id = %(ward)s AND b.occurrence_id = %(occurrence)s AND b.stage = %(stage)s
        AND b.attempt = m.attempt
    RETURNING 1
), closed AS (
    UPDATE cchc.occurrence o SET state = 'done', done_at = %(now)s FROM moved
    WHERE o.ward_id = %(ward)s AND o.id = %(occurrence)s AND %(closes)s
    RETURNING 1
), queued AS (
    INSERT INTO cchc.outbox (ward_id, occurrence_id, stage, reason, step, recipient, channel, contact_id,
        note, not_before)
    SELECT %(ward)s, %(occurrence)s, %(stage)s, %(verdict)s, m.attempt::text, r.address, r.channel,
        r.contact_id, %(reason)s, %(now)s
    FROM moved m
    CROSS JOIN LATERAL (
        SELECT c.address, c.channel, c.contact_id FROM cchc.recipient c
        WHERE c.ward_id = %(ward)s AND c.unit_id = m.unit_id AND c.role = 'officer'
            AND (c.first OR c.channel = 'email')
        UNION ALL
        SELECT '', 'engine', NULL WHERE %(wakes)s
    ) r
    ON CONFLICT ON CONSTRAINT uq_outbox_once DO NOTHING
    RETURNING 1
), written AS (
    SELECT (SELECT count(*) FROM judged) + (SELECT count(*) FROM closed)
        + (SELECT count(*) FROM queued) AS rows
)
SELECT m.attempt, m.late, m.due_on, cchc.append_audit(%(ward)s, %(now)s,
    (SELECT row_to_json(f)::text FROM (SELECT m.actor_id AS id, m.actor_role AS role) f),
    %(kinds)s::text[],
    (ARRAY[(SELECT json_strip_nulls(row_to_json(f))::text FROM (SELECT
        m.attempt AS attempt, %(occurrence)s::bigint AS occurrence,
        %(reason_sha256)s::text AS reason_sha256, %(stage)s::text AS stage) f),
        (SELECT row_to_json(f)::text FROM (SELECT %(occurrence)s::bigint AS occurrence) f)
    ])[1:cardinality(%(kinds)s::text[])]) AS size
FROM moved m, written WHERE written.rows > 0
"""

CASE = """
SELECT o.state AS occurrence, o.unit_id, u.name AS unit_name, o.opens_on,
    a.id AS account_id, a.role, a.unit_id AS person_unit_id,
    (SELECT json_object_agg(s.stage, s.state) FROM cchc.stage s
     WHERE s.ward_id = o.ward_id AND s.occurrence_id = o.id) AS states,
    b.submitted_by, b.effective_on, b.doc_number, b.doc_date, b.attempt, b.late, b.verdict, b.decided_by,
    coalesce((SELECT array_agg(d.sha256 ORDER BY d.sha256) FROM cchc.submission_document d
     WHERE (d.ward_id, d.occurrence_id, d.stage, d.attempt)
         = (b.ward_id, b.occurrence_id, b.stage, b.attempt)), '{}') AS documents,
    EXISTS (SELECT __STANDS_IN__) AS stands_in
FROM cchc.occurrence o
JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
LEFT JOIN cchc.account a ON a.ward_id = o.ward_id AND a.name = %(by)s AND a.active
LEFT JOIN LATERAL (
    SELECT * FROM cchc.submission b
    WHERE b.ward_id = o.ward_id AND b.occurrence_id = o.id AND b.stage = %(stage)s
    ORDER BY b.attempt DESC LIMIT 1
) b ON true
WHERE o.ward_id = %(ward)s AND o.id = %(occurrence)s
""".replace("__STANDS_IN__", STANDS_IN)


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move did; `late` was judged at submission."""

    attempt: int
    late: bool
    due_on: date | None


def submit(
    connection: Connection,
    *,
    ward: int,
    occurrence: int,
    stage: Stage,
    by: str,
    on: date,
    today: date,
    now: datetime,
    doc_number: str | None,
    doc_date: date | None,
    note: str | None,
    note_sha256: str | None,
    sha256: Sequence[str],
    names: Sequence[str],
    names_sha256: Sequence[str],
) -> Moved | None:
    """Hand a stage in and open the next; None where the rules don't allow it."""
    return run(
        connection,
        _SUBMIT[stage, bool(sha256)],
        ward=ward,
        occurrence=occurrence,
        by=by,
        on=on,
        today=today,
        now=now,
        doc_number=doc_number,
        doc_date=doc_date,
        note=note,
        note_sha256=note_sha256,
        sha256=list(sha256),
        names=list(names),
        names_sha256=list(names_sha256),
    )


def judge(
    connection: Connection,
    *,
    ward: int,
    occurrence: int,
    stage: Stage,
    by: str,
    accepting: bool,
    reason: str | None,
    reason_sha256: str | None,
    seen: int | None,
    now: datetime,
) -> Moved | None:
    """Accept or return the attempt `seen`, if None any; the report closes the occurrence. None if refused."""
    return run(
        connection,
        _VERDICT[stage, accepting],
        ward=ward,
        occurrence=occurrence,
        by=by,
        reason=reason,
        reason_sha256=reason_sha256,
        seen=seen,
        now=now,
    )


def case(
    connection: Connection, *, ward: int, occurrence: int, stage: Stage, by: str, today: date | None = None
) -> Any | None:
    """Load what decides whether `by` may act on the stage `today`; None where there's no such occurrence."""
    params = {"ward": ward, "occurrence": occurrence, "stage": str(stage), "by": by, "today": today}
    return connection.exec_driver_sql(CASE, params).one_or_none()


def run(connection: Connection, statement: str, **params: object) -> Moved | None:
    """Run the statement of one move; None where it moved nothing."""
    # Straight to psycopg: the same transaction, without the third of the time that a result object costs.
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - only a closed connection has none
    row = driver.execute(statement, params).fetchone()
    return None if row is None else Moved(*row[:3])


def written(statement: str, **constants: Sequence[str] | str | bool | None) -> str:
    """Write this program's own constants into a statement, so that each move is planned once as it is."""
    for name, value in constants.items():
        statement = statement.replace(f"%({name})s", _literal(value))
    return statement


def _literal(value: Sequence[str] | str | bool | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}'" if isinstance(value, str) else f"'{{{','.join(value)}}}'::text[]"


def _submit_statement(stage: Stage, *, with_files: bool) -> str:
    opened = after(stage)
    statement = written(
        WHO_AND_WHAT_BEFORE + SUBMIT,
        stage=stage.value,
        next=None if opened is None else opened.value,
        earlier=[each.value for each in before(stage)],
        roles=[role.value for role in sorted(PERMITTED[Action.SUBMIT])],
        submittable=[state.value for state in sorted(SUBMITTABLE)],
        handed_in=[state.value for state in sorted(HANDED_IN)],
    )
    return statement if with_files else written(statement, sha256=[], names=[], names_sha256=None)


def _verdict_statement(stage: Stage, *, accepting: bool) -> str:
    closes = accepting and after(stage) is None
    verdict = "accepted" if accepting else "returned"
    return written(
        WHO_AND_WHAT_BEFORE + VERDICT,
        stage=stage.value,
        verdict=verdict,
        roles=[role.value for role in sorted(PERMITTED[Action.ACCEPT])],
        earlier=[each.value for each in before(stage)] if accepting else [],
        closes=closes,
        wakes=closes or not accepting,
        kinds=[f"stage.{verdict}", *(["occurrence.done"] if closes else [])],
    )


_EACH = [(stage, either) for stage in Stage for either in (False, True)]
_SUBMIT = {(stage, files): _submit_statement(stage, with_files=files) for stage, files in _EACH}
_VERDICT = {(stage, accept): _verdict_statement(stage, accepting=accept) for stage, accept in _EACH}
