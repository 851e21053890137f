"""A person's data can be erased, and the history proves what it proved before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from domain.plans import Stage
from domain.refusals import NotPermitted, UnknownUser
from models.history import SYSTEM
from services.accounts import NotYourself
from services.audit import Against, verify
from services.erasure import erase_person, forget_traces
from services.people import add_contact, person, users
from tests.builders import NOW, OFFICE, TODAY, Office, occurrence, office, plan_of, task
from tests.desk import Desk
from tests.signing_in import signed_in

EVERYWHERE = """
SELECT string_agg(x::text, ' ') FROM (
    SELECT to_jsonb(a) FROM cchc.account a UNION ALL SELECT to_jsonb(c) FROM cchc.contact c
    UNION ALL SELECT to_jsonb(s) FROM cchc.web_session s UNION ALL SELECT to_jsonb(c) FROM cchc.credential c
    UNION ALL SELECT to_jsonb(e.body) FROM cchc.audit_event e
) t(x)
"""


@pytest.fixture
def busy(connection: Connection) -> Office:
    """An office where Lan has an address, a telephone and a session, and has handed in."""
    one = office(connection, plan_of(task("II.2", occurrences=[occurrence(plan=TODAY)])))
    for channel, address in (("email", "lan@example.vn"), ("phone", "0912345678")):
        add_contact(connection, one.ward, OFFICE, channel=channel, address=address, actor=SYSTEM, now=NOW)
    signed_in(connection, one.ward, "lan", NOW)
    Desk(connection, one).submit(Stage.PLAN, note="Lan đã làm")
    return one


def written(connection: Connection) -> str:
    return str(connection.exec_driver_sql(EVERYWHERE).scalar_one())


def test_name_addresses_and_ways_to_sign_in_go_and_the_log_still_holds(
    connection: Connection, busy: Office
) -> None:
    id_ = person(connection, busy.ward, "lan").id
    phone = connection.exec_driver_sql(
        "SELECT address FROM cchc.contact WHERE channel = 'phone'"
    ).scalar_one()
    assert "lan@example.vn" in written(connection)

    done = erase_person(connection, busy.ward, "lan", addresses=[phone], by="quantri", now=NOW)

    assert (done.pseudonym, done.contacts) == (f"da-xoa-{id_}", 2)
    text = written(connection)
    assert "lan@example.vn" not in text
    assert phone not in text
    assert '"lan"' not in text
    row = next(each for each in users(connection, busy.ward) if each.id == id_)
    assert (row.name, row.active, row.role) == (done.pseudonym, False, "officer")
    assert verify(connection, Against(live=True)).ok
    assert (
        connection.exec_driver_sql("SELECT count(*) FROM cchc.web_session WHERE revoked_at IS NULL").scalar()
        == 0
    )


def test_what_the_person_did_for_the_office_stays(connection: Connection, busy: Office) -> None:
    id_ = person(connection, busy.ward, "lan").id

    erase_person(connection, busy.ward, "lan", by=None, now=NOW)

    row = connection.exec_driver_sql("SELECT submitted_by, note FROM cchc.submission").one()
    assert tuple(row) == (id_, "Lan đã làm")


def test_nothing_more_is_sent_to_who_was_erased(connection: Connection, busy: Office) -> None:
    connection.exec_driver_sql(
        "UPDATE cchc.outbox SET recipient = 'lan@example.vn'"
        " WHERE id = (SELECT max(id) FROM cchc.outbox WHERE channel = 'email')"
    )

    erase_person(connection, busy.ward, "lan", by=None, now=NOW)

    waiting = connection.exec_driver_sql(
        "SELECT state, count(*) FROM cchc.outbox WHERE recipient = 'lan@example.vn' GROUP BY 1"
    ).all()
    assert {state for state, _ in waiting} == {"dropped"}


def test_only_an_administrator_may_and_nobody_erases_themselves(connection: Connection, busy: Office) -> None:
    with pytest.raises(NotPermitted):
        erase_person(connection, busy.ward, "lan", by="dieuphoi", now=NOW)
    with pytest.raises(NotYourself):
        erase_person(connection, busy.ward, "quantri", by="quantri", now=NOW)
    done = erase_person(connection, busy.ward, "lan", by="quantri", now=NOW)
    for name in ("lan", done.pseudonym):
        with pytest.raises(UnknownUser):
            erase_person(connection, busy.ward, name, by="quantri", now=NOW)


def test_browsers_and_webhooks_are_forgotten_after_their_time_and_not_before(
    connection: Connection, busy: Office
) -> None:
    connection.exec_driver_sql(
        "UPDATE cchc.web_session SET agent = 'Firefox', revoked_at = %(now)s", {"now": NOW}
    )
    connection.exec_driver_sql(
        "INSERT INTO cchc.webhook_event (source, key, name, received_at, body, handled_at)"
        """ VALUES ('zalo', 'k', 'n', %(now)s, '{"user": "1"}', %(now)s)""",
        {"now": NOW},
    )

    assert forget_traces(connection, NOW + timedelta(days=89), 90) == (0, 0)
    assert forget_traces(connection, NOW + timedelta(days=91), 90) == (1, 1)
    assert forget_traces(connection, NOW + timedelta(days=91), 90) == (0, 0)
    assert connection.exec_driver_sql("SELECT body, key FROM cchc.webhook_event").one() == ({}, "k")
