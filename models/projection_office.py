"""More of what the log says the tables must hold: people's duties, answers, documents, plans, receipts.

Queries as in `models.projection`: position, subject, told by the log, found in the table.
"""

from __future__ import annotations

from models.projection_words import NAMED, OF_OCCURRENCE, events

# Before the log named tasks by their ids too, it named them by their codes alone.
_TASK = """
    coalesce((f ->> 'task_id')::bigint, (SELECT max(t.id) FROM cchc.task t
        JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.state <> 'draft'
        WHERE t.ward_id = %(ward)s AND t.code = f ->> 'task'))
"""
# Every occurrence that was planned is there with three stages, and none that nobody planned or opened.
PLANNED = f"""
WITH told AS (
    SELECT (p ->> 'occurrence')::bigint AS occurrence, position
    FROM ({events("plan.activated")}) e, jsonb_array_elements(f -> 'planned') p
    UNION ALL
    SELECT {OF_OCCURRENCE}, position FROM ({events("occurrence.opened", "occurrence.planned")}) e
), named AS (
    SELECT occurrence, max(position) AS position FROM told GROUP BY 1
), held AS (
    SELECT o.id AS occurrence, (SELECT count(*) FROM cchc.stage s
        WHERE s.ward_id = o.ward_id AND s.occurrence_id = o.id) AS stages
    FROM cchc.occurrence o
    JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
    JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.activated_at IS NOT NULL
    WHERE o.ward_id = %(ward)s
)
SELECT position,
    coalesce('kỳ ' || {NAMED.format(occurrence="occurrence")}, 'kỳ số ' || occurrence) AS subject,
    CASE WHEN n.occurrence IS NULL THEN 'không có' ELSE 'có, 3 bước' END AS told,
    coalesce('có, ' || stages || ' bước', 'không có') AS found
FROM named n FULL JOIN held h USING (occurrence)
WHERE n.occurrence IS NULL OR stages IS DISTINCT FROM 3
ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
# The other way round than `models.projection.FORMER_DATES`: a change of date that no row tells of any more.
FORMER_DATES_GONE = f"""
SELECT e.position, 'thời hạn cũ bước ' || (f ->> 'stage') || ' của '
    || coalesce({NAMED.format(occurrence=OF_OCCURRENCE)}, 'kỳ số ' || (f ->> 'occurrence')) AS subject,
    concat_ws(' → ', coalesce(f ->> 'former_due', '–'), coalesce(f ->> 'due_on', '–')) AS told,
    'không có' AS found
FROM ({events("due.changed")}) e
WHERE f ->> 'former_due' IS DISTINCT FROM f ->> 'due_on' AND NOT EXISTS (SELECT FROM cchc.due_change c
    WHERE c.ward_id = %(ward)s AND c.occurrence_id = {OF_OCCURRENCE} AND c.stage = f ->> 'stage'
        AND c.changed_at = e.recorded_at AND c.changed_by = e.actor
        AND (c.former_due::text, c.new_due::text) IS NOT DISTINCT FROM (f ->> 'former_due', f ->> 'due_on'))
ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
ASSIGNMENTS = f"""
WITH told AS (
    SELECT DISTINCT ON (1, 2) {_TASK} AS task, (f ->> 'unit')::bigint AS unit, position,
        coalesce('tài khoản ' || (f ->> 'account'), 'không ai') || ', do tài khoản ' || actor || ' giao '
            || recorded_at AS facts
    FROM ({events("task.assigned")}) e ORDER BY 1, 2, position DESC
), found AS (
    SELECT task_id AS task, unit_id AS unit, coalesce('tài khoản ' || account_id, 'không ai')
        || ', do tài khoản ' || assigned_by || ' giao ' || assigned_at AS facts
    FROM cchc.assignment WHERE ward_id = %(ward)s
)
SELECT t.position, 'người phụ trách nhiệm vụ ' || coalesce((SELECT x.code FROM cchc.task x
    WHERE x.ward_id = %(ward)s AND x.id = task), '?') || ' ở đơn vị số ' || unit AS subject,
    coalesce(t.facts, 'không có') AS told, coalesce(n.facts, 'không có') AS found
FROM told t FULL JOIN found n USING (task, unit) WHERE t.facts IS DISTINCT FROM n.facts
ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
STAND_INS = f"""
WITH named AS (
    SELECT (f ->> 'number')::bigint AS id, position, f, actor, recorded_at
    FROM ({events("stand-in.named")}) e
), ended AS (
    SELECT (f ->> 'number')::bigint AS id, position, actor, recorded_at FROM ({events("stand-in.ended")}) e
), told AS (
    SELECT n.id, greatest(n.position, d.position) AS position, concat_ws(', ', n.f ->> 'account',
        n.f ->> 'stand_in', n.f ->> 'first', n.f ->> 'last', n.actor, n.recorded_at, n.f ->> 'reason_sha256',
        'thôi ' || d.actor, d.recorded_at) AS facts
    FROM named n LEFT JOIN ended d USING (id)
), found AS (
    SELECT id, concat_ws(', ', account_id, stand_in_id, first_day, last_day, made_by, made_at,
        encode(sha256(convert_to(reason, 'UTF8')), 'hex'), 'thôi ' || ended_by, ended_at) AS facts
    FROM cchc.stand_in WHERE ward_id = %(ward)s
)
SELECT t.position, 'người làm thay số ' || id AS subject, coalesce(t.facts, 'không có') AS told,
    coalesce(n.facts, 'không có') AS found
FROM told t FULL JOIN found n USING (id) WHERE t.facts IS DISTINCT FROM n.facts ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
ANSWERS = f"""
WITH told AS (
    SELECT DISTINCT ON (1, 2) {_TASK} AS task, f ->> 'month' AS month, position,
        concat_ws(', ', f ->> 'answer', f ->> 'event', 'tài khoản ' || actor, recorded_at) AS facts
    FROM ({events("event.asked-answered")}) e ORDER BY 1, 2, position DESC
), found AS (
    SELECT task_id AS task, to_char(month, 'YYYY-MM') AS month,
        concat_ws(', ', answer, event_id, 'tài khoản ' || answered_by, answered_at) AS facts
    FROM cchc.event_answer WHERE ward_id = %(ward)s
)
SELECT t.position, 'câu trả lời tháng ' || month || ' của nhiệm vụ ' || coalesce((SELECT x.code
    FROM cchc.task x WHERE x.ward_id = %(ward)s AND x.id = task), '?') AS subject,
    coalesce(t.facts, 'không có') AS told, coalesce(n.facts, 'không có') AS found
FROM told t FULL JOIN found n USING (task, month) WHERE t.facts IS DISTINCT FROM n.facts
ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
RECORDED = f"""
WITH told AS (
    SELECT (f ->> 'event')::bigint AS id, position, f ->> 'summary_sha256' AS summary, concat_ws(', ',
        f ->> 'type', f ->> 'doc_number', f ->> 'doc_date', f ->> 'issuer', 'hạn ' || (f ->> 'due_on'),
        'tệp ' || (f ->> 'document'), 'tài khoản ' || actor, recorded_at) AS facts
    FROM ({events("event.recorded")}) e WHERE f ? 'event'
), found AS (
    SELECT id, encode(sha256(convert_to(summary, 'UTF8')), 'hex') AS summary, concat_ws(', ',
        type, doc_number, doc_date, issuer, 'hạn ' || due_on, 'tệp ' || sha256,
        'tài khoản ' || recorded_by, recorded_at) AS facts
    FROM cchc.event WHERE ward_id = %(ward)s
)
SELECT t.position, 'văn bản, sự kiện số ' || id AS subject, coalesce(t.facts, 'không có') AS told,
    CASE WHEN t.facts = n.facts THEN 'trích yếu khác' ELSE coalesce(n.facts, 'không có') END AS found
FROM told t FULL JOIN found n USING (id)
WHERE t.facts IS DISTINCT FROM n.facts OR t.summary <> n.summary ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
# That a link was opened proves little, and the log leaves it out.
RECEIPTS = f"""
WITH told AS (
    SELECT x::bigint AS outbox, CASE kind WHEN 'reminder.acknowledged' THEN 'acknowledged'
        ELSE substr(kind, 10) END AS kind, max(position) AS position
    FROM ({
    events("delivery.delivered", "delivery.not-delivered", "delivery.seen", "reminder.acknowledged")
}) e, jsonb_array_elements_text(f -> 'outbox') x GROUP BY 1, 2
), found AS (
    SELECT outbox_id AS outbox, kind FROM cchc.receipt WHERE ward_id = %(ward)s AND kind <> 'opened'
)
SELECT t.position, 'trả lời cho thông báo số ' || outbox AS subject,
    CASE WHEN t.position IS NULL THEN 'không có' ELSE kind END AS told,
    CASE WHEN n.outbox IS NULL THEN 'không có' ELSE kind END AS found
FROM told t FULL JOIN found n USING (outbox, kind) WHERE t.position IS NULL OR n.outbox IS NULL
ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
# Joined, not `NOT IN`: more ids than fit into memory would be gone through again for each message.
SENT = f"""
WITH told AS (
    SELECT DISTINCT x::bigint AS outbox
    FROM ({events("delivery.sent", "delivery.reconciled")}) e, jsonb_array_elements_text(f -> 'outbox') x
)
SELECT NULL::bigint AS position, 'thông báo số ' || b.id AS subject, 'chưa gửi' AS told, 'đã gửi' AS found
FROM cchc.outbox b LEFT JOIN told t ON t.outbox = b.id
WHERE b.ward_id = %(ward)s AND b.state = 'sent' AND b.channel <> 'engine' AND t.outbox IS NULL
ORDER BY b.id LIMIT 100
"""  # noqa: S608 - made of constants
PLANS = f"""
WITH imported AS (
    SELECT (f ->> 'plan')::bigint AS id, position, f ->> 'number' AS number, f ->> 'document' AS document
    FROM ({events("plan.imported")}) e
), begun AS (
    SELECT (f ->> 'plan')::bigint AS id, max(position) AS position FROM ({events("plan.activated")}) e
    GROUP BY 1
), ended AS (
    SELECT x::bigint AS id, max(position) AS position
    FROM ({events("plan.activated")}) e, jsonb_array_elements_text(f -> 'ended') x GROUP BY 1
), told AS (
    SELECT i.id, coalesce(d.position, b.position, i.position) AS position,
        concat_ws(', ', i.number, i.document,
        CASE WHEN d.position > b.position THEN 'closed' WHEN b.position IS NOT NULL THEN 'active'
            ELSE 'draft' END) AS facts
    FROM imported i LEFT JOIN begun b USING (id) LEFT JOIN ended d USING (id)
), found AS (
    SELECT id, concat_ws(', ', number, source_sha256,
        CASE WHEN activated_at IS NULL THEN 'draft' ELSE state END) AS facts
    FROM cchc.plan WHERE ward_id = %(ward)s
)
SELECT t.position, 'kế hoạch số ' || id AS subject, coalesce(t.facts, 'không có') AS told,
    coalesce(n.facts, 'không có') AS found
FROM told t FULL JOIN found n USING (id) WHERE t.facts IS DISTINCT FROM n.facts ORDER BY 1 LIMIT 100
"""  # noqa: S608 - made of constants
OFFICE = (
    PLANNED, FORMER_DATES_GONE, ASSIGNMENTS, STAND_INS, ANSWERS, RECORDED, RECEIPTS, SENT, PLANS,
)  # fmt: skip
