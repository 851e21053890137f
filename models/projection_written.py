"""What the log says was written once and nothing changes on the way: first dates, names, checkpoints.

Queries as in `models.projection`: position, subject, told by the log, found in the table. Events tell of
these since their form has `nominal` and `assumed`, `names_sha256`, `units`; logs that were begun before hold
nothing against them.
"""

from __future__ import annotations

from models.projection_words import NAMED, OF_OCCURRENCE, events

_PLANS = f"""
    SELECT {OF_OCCURRENCE} AS occurrence, f, position
    FROM ({events("occurrence.opened", "occurrence.planned")}) e WHERE f ? 'nominal'
    UNION ALL
    SELECT (p ->> 'occurrence')::bigint, p, position
    FROM ({events("plan.activated")}) e, jsonb_array_elements(f -> 'planned') p WHERE p ? 'nominal'
"""  # noqa: S608 - made of constants
# A decision that amends gives a stage a new first date; whoever else moves a date settles it.
FIRST_DATES = f"""
WITH planned AS ({_PLANS}), said AS (
    SELECT occurrence, s AS stage, (f -> 'nominal' ->> s)::date AS nominal, true AS of_decision,
        (f -> 'assumed') ? s AS assumed, position
    FROM planned, unnest(ARRAY['plan', 'implement', 'report']) s
    UNION ALL
    SELECT {OF_OCCURRENCE}, f ->> 'stage', (f ->> 'due_on')::date, f ? 'amendment',
        CASE WHEN f ? 'amendment' THEN f ->> 'assumed' = '1' ELSE false END, position
    FROM ({events("due.changed")}) e
), told AS (
    SELECT occurrence, stage, max(position) AS position,
        (array_agg(nominal ORDER BY position DESC) FILTER (WHERE of_decision))[1] AS nominal,
        bool_or(of_decision) AS of_decision,
        (array_agg(assumed ORDER BY position DESC))[1] AS assumed
    FROM said GROUP BY 1, 2
)
SELECT t.position, 'thời hạn ban đầu bước ' || s.stage || ' của '
    || {NAMED.format(occurrence="s.occurrence_id")} AS subject,
    coalesce(t.nominal::text, 'không có') || CASE WHEN t.assumed THEN ', tạm tính' ELSE '' END AS told,
    coalesce(s.nominal_due::text, 'không có') || CASE WHEN s.assumed THEN ', tạm tính' ELSE '' END AS found
FROM told t JOIN cchc.stage s ON s.ward_id = %(ward)s AND s.occurrence_id = t.occurrence AND s.stage = t.stage
WHERE t.of_decision AND s.nominal_due IS DISTINCT FROM t.nominal OR s.assumed <> t.assumed
ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
OPENING_DAYS = f"""
WITH planned AS ({_PLANS}), told AS (
    SELECT DISTINCT ON (occurrence) * FROM (
        SELECT occurrence, f ->> 'opens_on' AS day, position FROM planned
        UNION ALL
        SELECT (p ->> 'occurrence')::bigint, p ->> 'opens_on', position
        FROM ({events("task.amended")}) e, jsonb_array_elements(f -> 'opens') p
    ) said ORDER BY occurrence, position DESC
)
SELECT t.position, 'ngày mở kỳ ' || {NAMED.format(occurrence="o.id")} AS subject, t.day AS told,
    o.opens_on::text AS found
FROM told t JOIN cchc.occurrence o ON o.ward_id = %(ward)s AND o.id = t.occurrence
WHERE o.opens_on::text IS DISTINCT FROM t.day ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
# What the log has of a name is its hash: people write names of people into them.
FILE_NAMES = f"""
WITH told AS (
    SELECT {OF_OCCURRENCE} AS occurrence, f ->> 'stage' AS stage, (f ->> 'attempt')::int AS attempt,
        d.sha256, d.name, position
    FROM ({events("stage.submitted")}) e, ROWS FROM (jsonb_array_elements_text(f -> 'documents'),
        jsonb_array_elements_text(f -> 'names_sha256')) AS d(sha256, name)
    WHERE f ? 'names_sha256'
)
SELECT t.position, 'tên tệp ' || left(t.sha256, 16) || '… của bước ' || t.stage || ' của '
    || {NAMED.format(occurrence="t.occurrence")} AS subject, 'tên khác' AS told, d.name AS found
FROM told t JOIN cchc.submission_document d ON d.ward_id = %(ward)s AND (d.occurrence_id, d.stage, d.attempt,
    d.sha256) = (t.occurrence, t.stage, t.attempt, t.sha256)
WHERE encode(sha256(convert_to(d.name, 'UTF8')), 'hex') IS DISTINCT FROM t.name ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
PAPER_NAMES = f"""
SELECT e.position, 'tên tệp của văn bản, sự kiện số ' || x.id AS subject, 'tên khác' AS told,
    coalesce(x.file_name, 'không có') AS found
FROM ({events("event.recorded")}) e JOIN cchc.event x
    ON x.ward_id = %(ward)s AND x.id = (f ->> 'event')::bigint
WHERE f ? 'name_sha256'
    AND encode(sha256(convert_to(x.file_name, 'UTF8')), 'hex') IS DISTINCT FROM f ->> 'name_sha256'
ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
UNIT_NAMES = f"""
WITH told AS (
    SELECT DISTINCT ON (unit) (u ->> 'unit')::bigint AS unit, u ->> 'sha256' AS name, position
    FROM ({events("plan.activated", "plan.amended")}) e, jsonb_array_elements(f -> 'units') u
    ORDER BY unit, position DESC
)
SELECT t.position, 'tên đơn vị số ' || t.unit AS subject, 'tên khác' AS told,
    coalesce(u.name, 'không có') AS found
FROM told t LEFT JOIN cchc.unit u ON u.ward_id = %(ward)s AND u.id = t.unit
WHERE encode(sha256(convert_to(u.name, 'UTF8')), 'hex') IS DISTINCT FROM t.name ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
# Each of these events is signed in its own transaction, so a checkpoint ends with it.
CHECKPOINTS = f"""
SELECT e.position, 'điểm chốt ở ' || e.position + 1 || ' sự kiện' AS subject, 'đã ký' AS told,
    'không có' AS found
FROM ({events("evidence.exported", "checkpoint.key-changed")}) e
WHERE NOT EXISTS (SELECT FROM cchc.checkpoint c WHERE c.ward_id = %(ward)s AND c.size = e.position + 1)
ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
WRITTEN = (FIRST_DATES, OPENING_DAYS, FILE_NAMES, PAPER_NAMES, UNIT_NAMES, CHECKPOINTS)
