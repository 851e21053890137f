"""Finding anything of a ward by a few words: one statement over all that has words, without diacritics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

# Each part gives what it finds under one kind: `id` and `task`, `year` for the link, `ref` the short name by
# which it is called, `title` and `detail` to be shown, `more` to be looked through as well, `day` for days.
_PARTS = {
    "task": """
        SELECT 'task', t.id, t.code, t.code, p.year, t.title, t.time_text,
            (SELECT string_agg(x.text, ' ' ORDER BY x.position) FROM cchc.product x
             WHERE x.ward_id = t.ward_id AND x.task_id = t.id), NULL::date, t.position::bigint
        FROM task t JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id
    """,
    "due": """
        SELECT 'due', o.id, t.code, s.stage, p.year, t.title, o.label || ' · ' || u.name, NULL, s.due_on, o.id
        FROM cchc.stage s JOIN cchc.occurrence o ON o.ward_id = s.ward_id AND o.id = s.occurrence_id
        JOIN task t ON t.id = o.task_id JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id
        JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
        WHERE s.ward_id = %(ward)s AND o.state <> 'cancelled'
            AND s.due_on BETWEEN %(first)s AND %(last)s
    """,
    "occurrence": """
        SELECT 'occurrence', o.id, t.code, o.label, p.year, o.label || ' · ' || u.name, t.title, NULL,
            NULL, o.id
        FROM cchc.occurrence o JOIN task t ON t.id = o.task_id
        JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id
        JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id WHERE o.ward_id = %(ward)s
    """,
    "submission": """
        SELECT 'submission', b.occurrence_id, t.code, b.doc_number, p.year,
            coalesce(b.doc_number, ''), t.code || '. ' || t.title, NULL, coalesce(b.doc_date, b.effective_on),
            -b.occurrence_id
        FROM cchc.submission b JOIN cchc.occurrence o ON o.ward_id = b.ward_id AND o.id = b.occurrence_id
        JOIN task t ON t.id = o.task_id JOIN cchc.plan p ON p.ward_id = t.ward_id AND p.id = t.plan_id
        WHERE b.ward_id = %(ward)s AND b.doc_number IS NOT NULL
    """,
    "event": """
        SELECT 'event', e.id, (SELECT min(t.code) FROM cchc.occurrence o JOIN task t ON t.id = o.task_id
                WHERE o.ward_id = e.ward_id AND o.event_id = e.id), e.doc_number, NULL,
            e.doc_number || ', ' || e.issuer, e.summary, NULL, e.doc_date, -e.id
        FROM cchc.event e WHERE e.ward_id = %(ward)s
    """,
    "decision": """
        SELECT 'decision', p.id, NULL, p.number, p.year, p.number, p.title, p.issuer, p.issued_on, -p.id
        FROM cchc.plan p WHERE p.ward_id = %(ward)s
        UNION ALL SELECT 'decision', a.plan_id, NULL, a.number, NULL, a.number, a.title, a.issuer,
            a.issued_on, -a.id FROM cchc.amendment a WHERE a.ward_id = %(ward)s
    """,
    "file": """
        SELECT DISTINCT ON (f.sha256, f.name) 'file', f.occurrence_id, t.code, f.sha256, NULL::smallint,
            f.name, t.code || '. ' || t.title, NULL, NULL::date, -f.occurrence_id
        FROM cchc.submission_document f
        JOIN cchc.occurrence o ON o.ward_id = f.ward_id AND o.id = f.occurrence_id
        JOIN task t ON t.id = o.task_id WHERE f.ward_id = %(ward)s
        UNION ALL SELECT 'file', e.id, NULL, e.sha256, NULL, e.file_name, e.doc_number || ', ' || e.issuer,
            NULL, NULL, -e.id
        FROM cchc.event e WHERE e.ward_id = %(ward)s AND e.sha256 IS NOT NULL AND e.file_name IS NOT NULL
    """,
    "unit": """
        SELECT 'unit', u.id, NULL, u.name, NULL, u.name,
            (SELECT string_agg(a.alias, '; ' ORDER BY a.alias) FROM cchc.unit_alias a
             WHERE a.ward_id = u.ward_id AND a.unit_id = u.id AND a.alias <> u.name), NULL, NULL, u.id
        FROM cchc.unit u WHERE u.ward_id = %(ward)s
    """,
    "person": """
        SELECT 'person', a.id, NULL, a.name, NULL, a.name, u.name, a.role, NULL, a.id
        FROM cchc.account a LEFT JOIN cchc.unit u ON u.ward_id = a.ward_id AND u.id = a.unit_id
        WHERE a.ward_id = %(ward)s AND a.active AND NOT a.machine
    """,
    "message": """
        SELECT 'message', b.id, t.code, b.reason, NULL, coalesce(v.subject, ''), coalesce(t.code, ''), NULL,
            NULL, -b.id
        FROM (SELECT * FROM cchc.outbox n WHERE n.ward_id = %(ward)s AND n.channel <> 'engine'
              ORDER BY n.id DESC LIMIT %(messages)s) b
        JOIN cchc.delivery v ON v.ward_id = b.ward_id AND v.outbox_id = b.id AND v.attempt = b.attempts
        LEFT JOIN cchc.occurrence o ON o.ward_id = b.ward_id AND o.id = b.occurrence_id
        LEFT JOIN task t ON t.id = o.task_id
        WHERE v.subject IS NOT NULL
    """,
}
KINDS = tuple(_PARTS)

# What stands there as it was typed comes before what has all the words, and that before what only resembles.
# This takes most of the time, so it is looked for where little else is found, and in what a thing is called:
# not in the title of the task that it belongs to, which is found itself.
_FOUND = """
WITH asked AS MATERIALIZED (SELECT cchc.plain(%(words)s) AS q),
task AS MATERIALIZED (
    SELECT t.* FROM cchc.task t JOIN cchc.plan p
        ON p.ward_id = t.ward_id AND p.id = t.plan_id AND p.state = 'active'
    WHERE t.ward_id = %(ward)s
),
all_of_it (kind, id, task, ref, year, title, detail, more, day, place) AS MATERIALIZED ({parts}),
looked AS MATERIALIZED (
    SELECT a.*, cchc.plain(a.ref) AS short,
        cchc.plain(concat_ws(' ', a.task, a.ref, a.title, a.detail, a.more)) AS text
    FROM all_of_it a WHERE %(kind)s::text IS NULL OR a.kind = %(kind)s
),
fitting AS MATERIALIZED (
    SELECT l.*, CASE
        WHEN l.day BETWEEN %(first)s AND %(last)s THEN 4
        WHEN q = '' OR l.kind = 'due' THEN 0
        WHEN l.short = q OR l.kind = 'task' AND cchc.plain(l.task) = q THEN 5
        WHEN starts_with(l.short, q) THEN 3.5
        WHEN position(q IN l.text) > 0 THEN 3
        WHEN NOT EXISTS (SELECT FROM unnest(string_to_array(q, ' ')) w WHERE position(w IN l.text) = 0) THEN 2
        ELSE 0 END AS fits
    FROM looked l, asked
),
ranked AS (
    SELECT f.*, CASE
        WHEN f.fits = 0 AND f.kind <> 'due' AND length(q) >= %(shortest)s
            AND (SELECT count(*) FROM fitting o WHERE o.fits > 0) < %(few)s
        THEN cchc.likeness(
            q, CASE WHEN f.kind IN ('occurrence', 'submission') THEN cchc.plain(f.title) ELSE f.text END)
        ELSE f.fits END AS rank
    FROM fitting f, asked
),
placed AS (
    SELECT r.*, count(*) OVER of_kind AS total, row_number() OVER (of_kind ORDER BY rank DESC, place) AS nth
    FROM ranked r WHERE rank >= %(likeness)s WINDOW of_kind AS (PARTITION BY kind)
)
SELECT kind, id, task, ref, year, title, detail, more AS role, day, rank, total,
    max(rank) OVER (PARTITION BY kind) AS best
FROM placed WHERE nth > %(after)s AND nth <= %(after)s + %(limit)s
ORDER BY best DESC, array_position(%(order)s::text[], kind), nth
"""


def find(connection: Connection, ward: int, kinds: Sequence[str], **params: object) -> Sequence[Any]:
    """Return what fits, the best of each kind first, with how much of its kind fits in all.

    `words` are as typed; `first` and `last` are days that they mean, or None; `kind` is the only one wanted;
    of messages only the newest `messages` are looked through. Where `few` or more have the words, what only
    resembles them is left out.
    """
    parts = " UNION ALL ".join(f"({_PARTS[kind]})" for kind in KINDS if kind in kinds)
    statement = _FOUND.replace("{parts}", parts)
    return connection.exec_driver_sql(statement, {"ward": ward, "order": list(KINDS), **params}).all()
