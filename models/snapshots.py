"""Whether anything has changed in the database."""

from __future__ import annotations

from sqlalchemy import Connection


def snapshot(connection: Connection) -> str:
    """Return a text that is the same for as long as exactly the same transactions are visible.

    Transactions number on through the whole server, so what other databases on it commit changes the text,
    too: it may differ for nothing, and is never the same in spite of a change.
    """
    text: str = connection.exec_driver_sql(
        "SELECT pg_current_snapshot()::text || ' ' || pg_postmaster_start_time()::text"
    ).scalar_one()
    return text
