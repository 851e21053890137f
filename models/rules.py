"""Rules that several statements apply, each written once.

`o`, `s` and `b` are an occurrence, one of its stages and what was handed in for it. Of rows that are read
already `services.tasks.status_of` and `services.desks.judges` tell the same.
"""

from __future__ import annotations

# What was handed in for a stage and counts: what came back or was withdrawn doesn't.
HANDED_IN = """LEFT JOIN cchc.submission b ON (b.ward_id, b.occurrence_id, b.stage, b.attempt)
        = (s.ward_id, s.occurrence_id, s.stage, s.attempt) AND s.state IN ('submitted', 'accepted')"""

# Whether a stage makes its occurrence late: it was handed in late, or lies there after its due date.
LATE = "coalesce(b.late, s.due_on < %(today)s AND o.state = 'open', false)"

# What `services.tasks.standing_status` reads an occurrence's official status from.
STANDING = "o.state || '/' || s.has_due::int || '/' || s.late::int"

# Whether nobody but a leader may judge: no coordinator of another unit is left who didn't hand it in.
NEEDS_LEADER = """NOT EXISTS (SELECT FROM cchc.account c
        WHERE c.ward_id = o.ward_id AND c.role = 'coordinator' AND c.active
            AND c.unit_id IS DISTINCT FROM o.unit_id AND c.id <> b.submitted_by)"""
