"""What keeps messages of the ward `w` from leaving: parts of the statement in `models.overview`."""

from __future__ import annotations

# A message waits since its time came; one that is tried again, since it was first tried.
CHANNELS = """
SELECT coalesce(json_agg(c), '[]') AS channels FROM (
    SELECT coalesce(s.name, q.channel) AS channel, s.held_since, s.held_why, q.since,
        coalesce(q.waiting, 0) AS waiting
    FROM cchc.channel_state s
    FULL JOIN (
        SELECT b.channel, count(*) AS waiting, min(CASE WHEN b.state = 'retry' THEN coalesce((
                SELECT min(d.tried_at) FROM cchc.delivery d
                WHERE d.ward_id = b.ward_id AND d.outbox_id = b.id
            ), b.not_before) ELSE b.not_before END) AS since
        FROM cchc.outbox b
        WHERE b.ward_id = w.id AND b.channel <> 'engine' AND b.state IN ('pending', 'retry', 'sending')
            AND (b.state = 'retry' OR b.not_before <= %(stuck_before)s)
        GROUP BY b.channel
    ) q ON q.channel = s.name
    WHERE s.enabled AND s.held_since IS NOT NULL OR q.since <= %(stuck_before)s
    ORDER BY coalesce(s.held_since, q.since), 1
) c
"""

# What failed counts while nothing stands in for it.
MESSAGES = """
SELECT count(*) FILTER (WHERE b.state = 'failed') AS failed,
    count(*) FILTER (WHERE b.state = 'unknown') AS unknown
FROM cchc.outbox b
WHERE b.ward_id = w.id AND b.state IN ('failed', 'unknown') AND b.settled_at >= %(lost_since)s
    AND NOT EXISTS (SELECT FROM cchc.outbox f WHERE f.ward_id = b.ward_id AND f.replaces = b.id)
"""
