"""Events that providers send: kept once, worked on once; and what they tell of the people who follow us."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

# Whoever is being worked on by someone else is left to them.
WAITING = """
SELECT source, key, name, received_at, body FROM cchc.webhook_event
WHERE handled_at IS NULL AND (%(key)s::text IS NULL OR (source, key) = (%(source)s, %(key)s))
    AND NOT (source || '/' || key = ANY(%(besides)s))
ORDER BY received_at, source, key LIMIT 1 FOR UPDATE SKIP LOCKED
"""

# An opt-out holds whatever unit or ward the address stands for; whoever has agreed since is written to.
MUTE = """
UPDATE cchc.contact c SET muted_at = %(now)s, muted_why = %(why)s
WHERE c.channel = ANY(%(channels)s) AND c.address = %(address)s AND c.muted_at IS NULL AND NOT EXISTS (
    SELECT FROM cchc.binding_code b
    WHERE b.ward_id = c.ward_id AND b.contact_id = c.id AND b.used_at > %(at)s)
RETURNING c.ward_id, c.id, c.unit_id
"""

FOLLOWER = """
INSERT INTO cchc.zalo_follower AS f (oa_id, user_id, followed_at, unfollowed_at, last_interaction_at)
VALUES (%(oa)s, %(user)s, %(followed)s, %(unfollowed)s, %(interacted)s)
ON CONFLICT (oa_id, user_id) DO UPDATE SET
    followed_at = greatest(f.followed_at, excluded.followed_at),
    unfollowed_at = greatest(f.unfollowed_at, excluded.unfollowed_at),
    last_interaction_at = greatest(f.last_interaction_at, excluded.last_interaction_at)
"""


def keep(
    connection: Connection, source: str, key: str, *, name: str, body: Mapping[str, Any], now: datetime
) -> bool:
    """Keep an event; False where it was kept before."""
    return bool(
        connection.exec_driver_sql(
            "INSERT INTO cchc.webhook_event (source, key, name, received_at, body)"
            " VALUES (%(source)s, %(key)s, %(name)s, %(now)s, %(body)s) ON CONFLICT DO NOTHING",
            {"source": source, "key": key, "name": name, "now": now, "body": json.dumps(body)},
        ).rowcount
    )


def next_waiting(
    connection: Connection, *, only: tuple[str, str] | None = None, besides: Sequence[str] = ()
) -> Any | None:
    """Lock and return the oldest event that nobody has worked on, or just `only` that; None for none.

    Those named in `besides`, as `source/key`, are passed over.
    """
    source, key = only or (None, None)
    params = {"source": source, "key": key, "besides": list(besides)}
    return connection.exec_driver_sql(WAITING, params).one_or_none()


def handled(connection: Connection, source: str, key: str, now: datetime, problem: str | None) -> None:
    """Note that an event was worked on, and in a word why nothing came of it."""
    connection.exec_driver_sql(
        "UPDATE cchc.webhook_event SET handled_at = %(now)s, problem = %(problem)s"
        " WHERE source = %(source)s AND key = %(key)s",
        {"source": source, "key": key, "now": now, "problem": problem},
    )


def note_follower(
    connection: Connection,
    oa: str,
    user: str,
    *,
    followed: datetime | None = None,
    unfollowed: datetime | None = None,
    interacted: datetime | None = None,
) -> None:
    """Keep when somebody followed, left or wrote last, in whatever order that is told."""
    connection.exec_driver_sql(
        FOLLOWER,
        {
            "oa": oa,
            "user": user,
            "followed": followed,
            "unfollowed": unfollowed,
            "interacted": interacted,
        },
    )


def left_since(connection: Connection, oa: str, user: str, at: datetime) -> bool:
    """Tell whether somebody has left the official account after `at`."""
    found: bool = connection.exec_driver_sql(
        "SELECT EXISTS (SELECT FROM cchc.zalo_follower WHERE oa_id = %(oa)s AND user_id = %(user)s"
        " AND unfollowed_at > %(at)s)",
        {"oa": oa, "user": user, "at": at},
    ).scalar_one()
    return found


def mute_address(
    connection: Connection, channels: Sequence[str], address: str, *, why: str, at: datetime, now: datetime
) -> Sequence[Any]:
    """Write no more to an address whose owner said so at `at`; return its contacts: ward_id, id, unit_id."""
    params = {"channels": list(channels), "address": address, "why": why, "at": at, "now": now}
    return connection.exec_driver_sql(MUTE, params).all()
