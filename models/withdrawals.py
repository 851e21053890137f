"""Taking a submission back: one statement, as the other moves of a stage in `models.moves`."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection

from domain.people import PERMITTED, Action
from domain.plans import Stage
from models.moves import WHO_AND_WHAT_BEFORE, Moved, run, written
from models.stand_ins import STANDS_IN

WITHDRAW = """), moved AS (
    UPDATE cchc.stage s SET state = 'returned'
    FROM actor a, cchc.occurrence o, cchc.submission b
    WHERE s.ward_id = %(ward)s AND s.occurrence_id = %(occurrence)s AND s.stage = %(stage)s
        AND s.state = 'submitted' AND (%(seen)s::smallint IS NULL OR s.attempt = %(seen)s)
        AND o.ward_id = s.ward_id AND o.id = s.occurrence_id AND o.state = 'open'
        AND b.ward_id = s.ward_id AND b.occurrence_id = s.occurrence_id AND b.stage = s.stage
        AND b.attempt = s.attempt
        AND (b.submitted_by = a.id OR o.unit_id = a.unit_id OR EXISTS (SELECT __STANDS_IN__))
    RETURNING s.attempt, s.due_on, b.late, a.id AS actor_id, a.role AS actor_role
), taken AS (
    UPDATE cchc.submission b SET verdict = 'withdrawn', decided_by = m.actor_id, decided_at = %(now)s
    FROM moved m
    WHERE b.ward_id = %(ward)s AND b.occurrence_id = %(occurrence)s AND b.stage = %(stage)s
        AND b.attempt = m.attempt
    RETURNING 1
), queued AS (
    INSERT INTO cchc.outbox (ward_id, occurrence_id, stage, reason, step, recipient, channel, not_before)
    SELECT %(ward)s, %(occurrence)s, %(stage)s, 'withdrawn', attempt::text, '', 'engine', %(now)s FROM moved
    ON CONFLICT ON CONSTRAINT uq_outbox_once DO NOTHING
    RETURNING 1
), done AS (
    SELECT (SELECT count(*) FROM taken) + (SELECT count(*) FROM queued) AS rows
)
SELECT m.attempt, m.late, m.due_on, cchc.append_audit(%(ward)s, %(now)s,
    (SELECT row_to_json(f)::text FROM (SELECT m.actor_id AS id, m.actor_role AS role) f),
    ARRAY['stage.withdrawn'],
    ARRAY[(SELECT row_to_json(f)::text FROM (SELECT
        m.attempt AS attempt, %(occurrence)s::bigint AS occurrence, %(stage)s::text AS stage) f)]) AS size
FROM moved m, done WHERE done.rows > 0
""".replace("__STANDS_IN__", STANDS_IN)

_STATEMENTS = {
    stage: written(
        WHO_AND_WHAT_BEFORE + WITHDRAW,
        stage=stage.value,
        earlier=[],
        roles=[role.value for role in sorted(PERMITTED[Action.SUBMIT])],
    )
    for stage in Stage
}


def withdraw(
    connection: Connection,
    *,
    ward: int,
    occurrence: int,
    stage: Stage,
    by: str,
    seen: int | None,
    today: date,
    now: datetime,
) -> Moved | None:
    """Take back the attempt `seen`, whichever if None; None where the rules don't allow it."""
    return run(
        connection,
        _STATEMENTS[stage],
        ward=ward,
        occurrence=occurrence,
        by=by,
        seen=seen,
        today=today,
        now=now,
    )
