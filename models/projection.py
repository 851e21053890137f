"""What the log says the tables must hold, and where they hold something else: one set-based statement each.

Every query returns position (of the last event that decides it, NULL where there is none), subject,
told (by the log) and found (in the table), for what differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from models.projection_office import OFFICE
from models.projection_words import NAMED, OF_OCCURRENCE, events
from models.projection_written import WRITTEN

# An occurrence that was cancelled closes its stages, and planned again it may open with any of them waiting.
STAGES = f"""
WITH moved AS (
    SELECT {OF_OCCURRENCE} AS occurrence, f ->> 'stage' AS stage, max(position) AS position,
        (array_agg(kind ORDER BY position DESC))[1] AS kind,
        count(*) FILTER (WHERE kind = 'stage.submitted') AS attempts
    FROM ({events("stage.submitted", "stage.accepted", "stage.returned", "stage.withdrawn")}) e GROUP BY 1, 2
), lived AS (
    SELECT {OF_OCCURRENCE} AS occurrence, max(position) AS position,
        (array_agg(kind ORDER BY position DESC))[1] AS kind, bool_or(kind = 'occurrence.cancelled') AS cut,
        bool_or(kind = 'occurrence.opened') AS opened
    FROM ({events("occurrence.opened", "occurrence.done", "occurrence.cancelled", "occurrence.planned")}) e
    GROUP BY 1
), told AS (
    SELECT s.occurrence_id, s.stage, s.state, s.attempt, coalesce(m.attempts, 0) AS attempts,
        coalesce(m.position, l.position) AS position, coalesce(l.cut, false) AS cut,
        CASE m.kind WHEN 'stage.submitted' THEN 'submitted' WHEN 'stage.accepted' THEN 'accepted'
            WHEN 'stage.returned' THEN 'returned' WHEN 'stage.withdrawn' THEN 'returned'
            ELSE CASE WHEN CASE s.stage WHEN 'plan' THEN coalesce(l.opened, false)
                ELSE before.attempts > 0 END THEN 'open' ELSE 'waiting' END END AS expected
    FROM cchc.stage s
    LEFT JOIN moved m ON m.occurrence = s.occurrence_id AND m.stage = s.stage
    LEFT JOIN lived l ON l.occurrence = s.occurrence_id
    LEFT JOIN moved before ON before.occurrence = s.occurrence_id
        AND before.stage = CASE s.stage WHEN 'implement' THEN 'plan' WHEN 'report' THEN 'implement' END
    WHERE s.ward_id = %(ward)s
)
SELECT position, 'bước ' || stage || ' của ' || {NAMED.format(occurrence="occurrence_id")} AS subject,
    expected || ', lần ' || attempts AS told, state || ', lần ' || attempt AS found
FROM told WHERE attempt <> attempts OR state <> expected
    AND NOT (cut AND (state IN ('waiting', 'open') AND expected IN ('open', 'returned', 'waiting')))
ORDER BY position LIMIT 100
"""  # noqa: S608 - made of constants
OCCURRENCES = f"""
WITH lived AS (
    SELECT {OF_OCCURRENCE} AS occurrence, max(position) AS position,
        (array_agg(kind ORDER BY position DESC) FILTER (WHERE kind <> 'occurrence.handed-over'))[1] AS kind,
        (array_agg((f ->> 'unit')::bigint ORDER BY position DESC) FILTER (WHERE f ? 'unit'))[1] AS unit,
        max(f ->> 'label') AS label, max(f ->> 'event') FILTER (WHERE kind = 'occurrence.opened') AS event,
        max(recorded_at) FILTER (WHERE kind = 'occurrence.opened') AS opened_at,
        max(recorded_at) FILTER (WHERE kind = 'occurrence.done') AS done_at
    FROM ({
    events(
        "occurrence.opened",
        "occurrence.done",
        "occurrence.cancelled",
        "occurrence.planned",
        "occurrence.handed-over",
    )
}) e GROUP BY 1
)
SELECT coalesce(l.position) AS position,
    coalesce('kỳ ' || {NAMED.format(occurrence="o.id")}, 'kỳ số ' || l.occurrence) AS subject,
    concat_ws(', ', coalesce(substr(l.kind, 12), 'planned'), 'đơn vị ' || l.unit, l.label,
        'sự kiện ' || l.event, l.opened_at, l.done_at) AS told,
    concat_ws(', ', coalesce(o.state, 'không có'), 'đơn vị ' || o.unit_id, o.label,
        'sự kiện ' || o.event_id, o.opened_at, o.done_at) AS found
FROM (SELECT * FROM cchc.occurrence WHERE ward_id = %(ward)s) o
FULL JOIN lived l ON l.occurrence = o.id
WHERE o.id IS NULL OR o.state <> CASE l.kind WHEN 'occurrence.opened' THEN 'open'
        WHEN 'occurrence.done' THEN 'done' WHEN 'occurrence.cancelled' THEN 'cancelled' ELSE 'planned' END
    OR o.unit_id <> l.unit OR o.label <> l.label OR (o.event_id::text, o.done_at) IS DISTINCT FROM
        (l.event, l.done_at) AND l.opened_at IS NOT NULL
    OR o.opened_at <> l.opened_at
ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
# Dates of logs that were begun before events named them follow from the first change or submission.
DUE_DATES = f"""
WITH said AS (
    SELECT {OF_OCCURRENCE} AS occurrence, f ->> 'stage' AS stage, (f ->> 'due_on')::date AS due, position
    FROM ({events("due.changed")}) e
    UNION ALL
    SELECT {OF_OCCURRENCE}, s, (f -> 'dues' ->> s)::date, position
    FROM ({events("occurrence.opened", "occurrence.planned")}) e,
        unnest(ARRAY['plan', 'implement', 'report']) s
    WHERE f ? 'dues'
    UNION ALL
    SELECT (p ->> 'occurrence')::bigint, s, (p -> 'dues' ->> s)::date, position
    FROM ({events("plan.activated")}) e, jsonb_array_elements(f -> 'planned') p,
        unnest(ARRAY['plan', 'implement', 'report']) s
    UNION ALL
    SELECT {OF_OCCURRENCE}, f ->> 'stage', (f ->> 'due_on')::date, position
    FROM ({events("stage.submitted")}) e WHERE f ? 'due_on'
), last AS (
    SELECT DISTINCT ON (occurrence, stage) * FROM said ORDER BY occurrence, stage, position DESC
)
SELECT l.position, 'thời hạn bước ' || s.stage || ' của ' || {NAMED.format(occurrence="s.occurrence_id")}
    AS subject, coalesce(l.due::text, 'không có') AS told, coalesce(s.due_on::text, 'không có') AS found
FROM last l JOIN cchc.stage s ON s.ward_id = %(ward)s AND s.occurrence_id = l.occurrence AND s.stage = l.stage
WHERE s.due_on IS DISTINCT FROM l.due ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
SUBMISSIONS = f"""
WITH told AS (
    SELECT {OF_OCCURRENCE} AS occurrence, f ->> 'stage' AS stage, (f ->> 'attempt')::int AS attempt,
        position, jsonb_build_object('by', actor, 'recorded', recorded_at, 'on', f ->> 'effective_on',
            'late', f ->> 'late', 'number', f ->> 'doc_number', 'date', f ->> 'doc_date',
            'documents', (SELECT coalesce(jsonb_agg(x ORDER BY x), '[]')
                FROM jsonb_array_elements_text(f -> 'documents') x)) AS facts, f ->> 'note_sha256' AS note
    FROM ({events("stage.submitted")}) e
), found AS (
    SELECT b.occurrence_id AS occurrence, b.stage, b.attempt,
        jsonb_build_object('by', b.submitted_by, 'recorded', b.recorded_at, 'on', b.effective_on::text,
            'late', b.late::int::text, 'number', b.doc_number, 'date', b.doc_date::text,
            'documents', (SELECT coalesce(jsonb_agg(d.sha256 ORDER BY d.sha256), '[]')
                FROM cchc.submission_document d WHERE (d.ward_id, d.occurrence_id, d.stage, d.attempt)
                    = (b.ward_id, b.occurrence_id, b.stage, b.attempt))) AS facts, b.note
    FROM cchc.submission b WHERE b.ward_id = %(ward)s
)
SELECT t.position, 'lần nộp ' || attempt || ' bước ' || stage || ' của '
    || {NAMED.format(occurrence="occurrence")} AS subject,
    coalesce((SELECT string_agg(x.key || ' ' || coalesce(x.value #>> '{{}}', '–'), ', ')
        FROM jsonb_each(t.facts) x WHERE n.facts -> x.key IS DISTINCT FROM x.value), 'có') AS told,
    coalesce((SELECT string_agg(x.key || ' ' || coalesce(x.value #>> '{{}}', '–'), ', ')
        FROM jsonb_each(n.facts) x WHERE t.facts -> x.key IS DISTINCT FROM x.value),
        CASE WHEN n.facts IS NULL THEN 'không có' ELSE 'ghi chú khác' END) AS found
FROM told t FULL JOIN found n USING (occurrence, stage, attempt)
WHERE t.facts IS DISTINCT FROM n.facts
    -- A note that was erased leaves its hash behind; one that was changed does not fit it.
    OR n.note IS NOT NULL AND t.note IS DISTINCT FROM encode(sha256(convert_to(n.note, 'UTF8')), 'hex')
ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
VERDICTS = f"""
WITH told AS (
    SELECT {OF_OCCURRENCE} AS occurrence, f ->> 'stage' AS stage, (f ->> 'attempt')::int AS attempt,
        position, concat_ws(', ', substr(kind, 7), 'tài khoản ' || actor, recorded_at::text,
            f ->> 'reason_sha256') AS facts
    FROM ({events("stage.accepted", "stage.returned", "stage.withdrawn")}) e
), found AS (
    SELECT b.occurrence_id AS occurrence, b.stage, b.attempt,
        concat_ws(', ', b.verdict, 'tài khoản ' || b.decided_by, b.decided_at::text,
            encode(sha256(convert_to(b.reason, 'UTF8')), 'hex')) AS facts
    FROM cchc.submission b WHERE b.ward_id = %(ward)s AND b.verdict IS NOT NULL
)
SELECT t.position, 'quyết định về lần nộp ' || attempt || ' bước ' || stage || ' của '
    || {NAMED.format(occurrence="occurrence")} AS subject,
    coalesce(t.facts, 'không có') AS told, coalesce(n.facts, 'không có') AS found
FROM told t FULL JOIN found n USING (occurrence, stage, attempt)
WHERE t.facts IS DISTINCT FROM n.facts ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
ACCOUNTS = f"""
WITH said AS (
    SELECT DISTINCT ON (1) (f ->> 'account')::bigint AS account, position, kind, f ->> 'role' AS role,
        (f ->> 'unit')::bigint AS unit
    FROM ({events("account.added", "account.changed")}) e ORDER BY 1, position DESC
), locked AS (
    SELECT DISTINCT ON (1) (f ->> 'account')::bigint AS account, position, kind = 'account.disabled' AS off
    FROM ({events("account.added", "account.disabled")}) e ORDER BY 1, position DESC
)
SELECT greatest(s.position, l.position) AS position, 'tài khoản số ' || coalesce(a.id, s.account) AS subject,
    coalesce(s.role || ', đơn vị ' || coalesce(s.unit::text, '–')
        || CASE WHEN l.off THEN ', đã khoá' ELSE '' END, 'không có') AS told,
    coalesce(a.role || ', đơn vị ' || coalesce(a.unit_id::text, '–')
        || CASE WHEN a.active THEN '' ELSE ', đã khoá' END, 'không có') AS found
FROM (SELECT * FROM cchc.account WHERE ward_id = %(ward)s) a
FULL JOIN said s ON s.account = a.id
LEFT JOIN locked l ON l.account = s.account
WHERE a.id IS NULL OR s.account IS NULL OR a.role <> s.role OR a.unit_id IS DISTINCT FROM s.unit
    OR a.active IS NOT DISTINCT FROM l.off
ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
DELIVERIES = f"""
WITH told AS (
    SELECT x::bigint AS outbox, position, substr(kind, 10) AS outcome, recorded_at AS at,
        f ->> 'answer_sha256' AS answer, f ->> 'provider_id' AS provider
    FROM ({events("delivery.sent", "delivery.retry", "delivery.failed", "delivery.unknown")}) e,
        jsonb_array_elements_text(f -> 'outbox') x
), found AS (
    SELECT d.outbox_id AS outbox, d.outcome, d.tried_at AS at, d.provider_id AS provider,
        encode(sha256(convert_to(d.answer, 'UTF8')), 'hex') AS answer
    FROM cchc.delivery d WHERE d.ward_id = %(ward)s
)
SELECT t.position, 'lần gửi thông báo số ' || outbox AS subject,
    coalesce(t.outcome || ' ' || t.at, 'không có') AS told,
    coalesce(n.outcome || ' ' || n.at, 'không có') AS found
FROM told t FULL JOIN found n USING (outbox, at)
WHERE t.outcome IS DISTINCT FROM n.outcome OR t.answer IS DISTINCT FROM n.answer
    OR t.provider IS DISTINCT FROM n.provider
ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
EXTENSIONS = f"""
WITH asked AS (
    SELECT (f ->> 'extension')::bigint AS id, position, f, actor, recorded_at
    FROM ({events("extension.asked")}) e
), decided AS (
    SELECT (f ->> 'extension')::bigint AS id, position, substr(kind, 11) AS verdict, f, actor, recorded_at
    FROM ({events("extension.granted", "extension.refused", "extension.withdrawn")}) e
), told AS (
    SELECT a.id, greatest(a.position, d.position) AS position, concat_ws(', ', a.f ->> 'occurrence',
        a.f ->> 'stage', a.f ->> 'former_due', a.f ->> 'until', a.actor, a.recorded_at,
        coalesce(d.verdict, 'chờ'), CASE d.verdict WHEN 'granted' THEN d.f ->> 'until' END,
        CASE WHEN d.f ->> 'objective' = '1' THEN 'khách quan' END, d.actor, d.recorded_at,
        a.f ->> 'document', a.f ->> 'reason_sha256', d.f ->> 'answer_sha256') AS facts
    FROM asked a LEFT JOIN decided d USING (id)
), found AS (
    SELECT x.id, concat_ws(', ', x.occurrence_id, x.stage, x.former_due, x.asked_until, x.asked_by,
        x.asked_at, coalesce(x.verdict, 'chờ'), x.granted_until, CASE WHEN x.objective THEN 'khách quan' END,
        x.decided_by, x.decided_at, x.document, encode(sha256(convert_to(x.reason, 'UTF8')), 'hex'),
        encode(sha256(convert_to(x.answer, 'UTF8')), 'hex')) AS facts
    FROM cchc.extension x WHERE x.ward_id = %(ward)s
)
SELECT t.position, 'đề nghị gia hạn số ' || id AS subject, coalesce(t.facts, 'không có') AS told,
    coalesce(n.facts, 'không có') AS found
FROM told t FULL JOIN found n USING (id) WHERE t.facts IS DISTINCT FROM n.facts ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
FORMER_DATES = f"""
WITH told AS (
    SELECT {OF_OCCURRENCE} AS occurrence, f ->> 'stage' AS stage, f ->> 'former_due' AS former,
        f ->> 'due_on' AS due, recorded_at AS at, actor, position,
        f ->> 'reason_sha256' AS reason, f ->> 'document' AS document FROM ({events("due.changed")}) e
)
SELECT t.position, 'thời hạn cũ bước ' || c.stage || ' của ' || {NAMED.format(occurrence="c.occurrence_id")}
    AS subject, coalesce(t.former || ' → ' || t.due, 'không có') AS told,
    coalesce(c.former_due::text, '–') || ' → ' || coalesce(c.new_due::text, '–') AS found
FROM cchc.due_change c
LEFT JOIN told t ON t.occurrence = c.occurrence_id AND t.stage = c.stage AND t.at = c.changed_at
    AND t.actor = c.changed_by
    AND (t.former, t.due) IS NOT DISTINCT FROM (c.former_due::text, c.new_due::text)
    AND (t.reason IS NULL OR t.reason = encode(sha256(convert_to(c.reason, 'UTF8')), 'hex')
        AND t.document IS NOT DISTINCT FROM c.document)
WHERE c.ward_id = %(ward)s AND t.position IS NULL ORDER BY c.id LIMIT 100
"""  # noqa: S608 - made of constants
ALL = (
    STAGES, OCCURRENCES, DUE_DATES, FORMER_DATES, SUBMISSIONS, VERDICTS, EXTENSIONS, ACCOUNTS, DELIVERIES,
)  # fmt: skip


def differences(connection: Connection, ward: int) -> Iterator[Any]:
    """Yield what the tables of a ward hold that its log doesn't say, and what they lack."""
    for query in (*ALL, *OFFICE, *WRITTEN):
        yield from connection.exec_driver_sql(query, {"ward": ward}).all()
