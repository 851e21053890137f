"""Taking a person's data out of the tables; the log has none, so that it stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

PSEUDONYM = "da-xoa-"


def forget_account(connection: Connection, ward: int, account: int) -> None:
    """Give an account a pseudonym for its name; take its address and all that it signs in with."""
    params = {"ward": ward, "account": account, "name": f"{PSEUDONYM}{account}"}
    connection.exec_driver_sql(
        "UPDATE cchc.account SET name = %(name)s, email = NULL, active = false"
        " WHERE ward_id = %(ward)s AND id = %(account)s",
        params,
    )
    connection.exec_driver_sql(
        "UPDATE cchc.credential SET password_hash = NULL, totp_secret = NULL, totp_since = NULL,"
        " recovery_sha256 = '{}', must_change = false WHERE ward_id = %(ward)s AND account_id = %(account)s",
        params,
    )
    connection.exec_driver_sql(
        "UPDATE cchc.web_session SET agent = '' WHERE ward_id = %(ward)s AND account_id = %(account)s",
        params,
    )


def forget_addresses(connection: Connection, ward: int, addresses: Sequence[str], now: datetime) -> int:
    """Take addresses out of the contacts and drop what waits for them; return how many contacts."""
    params = {"ward": ward, "addresses": list(addresses), "mark": PSEUDONYM, "now": now}
    connection.exec_driver_sql(
        "UPDATE cchc.outbox SET state = 'dropped', settled_at = %(now)s"
        " WHERE ward_id = %(ward)s AND recipient = ANY(%(addresses)s) AND state IN ('pending', 'retry')",
        params,
    )
    return connection.exec_driver_sql(
        "UPDATE cchc.contact SET active = false, address = %(mark)s || id, muted_at = NULL, muted_why = NULL"
        " WHERE ward_id = %(ward)s AND address = ANY(%(addresses)s)",
        params,
    ).rowcount


def end_feeds(connection: Connection, ward: int, account: int, now: datetime) -> None:
    """End the private addresses from which the person's calendar read."""
    connection.exec_driver_sql(
        "UPDATE cchc.calendar_feed SET revoked_at = %(now)s"
        " WHERE ward_id = %(ward)s AND account_id = %(account)s AND revoked_at IS NULL",
        {"ward": ward, "account": account, "now": now},
    )


def letters_to(connection: Connection, ward: int, addresses: Sequence[str]) -> int:
    """Count the letters that were sent to these addresses, which are kept as records of the office."""
    found: int = connection.exec_driver_sql(
        "SELECT count(*) FROM cchc.outbox WHERE ward_id = %(ward)s AND recipient = ANY(%(addresses)s)"
        " AND state NOT IN ('pending', 'retry')",
        {"ward": ward, "addresses": list(addresses)},
    ).scalar_one()
    return found


def forget_traces(connection: Connection, before: datetime) -> tuple[int, int]:
    """Take browsers out of sessions that ended before this instant, and the content out of old webhooks.

    What was done about them stays, as does each webhook's key, so that none is taken twice.
    """
    params = {"before": before}
    sessions = connection.exec_driver_sql(
        "UPDATE cchc.web_session SET agent = ''"
        " WHERE agent <> '' AND least(expires_at, coalesce(revoked_at, expires_at)) < %(before)s",
        params,
    ).rowcount
    webhooks = connection.exec_driver_sql(
        "UPDATE cchc.webhook_event SET body = '{}' WHERE handled_at < %(before)s AND body <> '{}'", params
    ).rowcount
    return sessions, webhooks
