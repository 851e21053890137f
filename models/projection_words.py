"""The pieces that the queries of the projection are made of."""

from __future__ import annotations

# OFFSET 0 keeps the planner from putting the reading of a body in the place of each `f`: once is enough.
_EVENTS = """
    SELECT e.position, e.kind, e.recorded_at, e.body::jsonb -> 'facts' AS f,
        (e.body::jsonb -> 'actor' ->> 'id')::bigint AS actor
    FROM cchc.audit_event e WHERE e.ward_id = %(ward)s AND e.kind = ANY(ARRAY[{kinds}]) OFFSET 0
"""
OF_OCCURRENCE = "(f ->> 'occurrence')::bigint"
NAMED = """
    (SELECT named_task.code || ' (' || named.label || ')' FROM cchc.occurrence named
     JOIN cchc.task named_task ON named_task.ward_id = named.ward_id AND named_task.id = named.task_id
     WHERE named.ward_id = %(ward)s AND named.id = {occurrence})
"""


def events(*kinds: str) -> str:
    """Return the query of the events of these kinds: position, kind, recorded_at, f (their facts), actor."""
    return _EVENTS.format(kinds=", ".join(f"'{kind}'" for kind in kinds))
