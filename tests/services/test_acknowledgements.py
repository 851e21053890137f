from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from config.secrets import Keys
from domain.plans import Stage
from models.database import transaction
from models.history import SYSTEM
from services.acknowledgements import UnknownLink, acknowledge, open_link, received, signer, verified
from services.audit import verify
from services.due_dates import set_date
from services.people import Ward, add_contact, the_ward
from tests.builders import NOW, OFFICE, TODAY, Office
from tests.desk import Desk
from tests.post import Post, Recorder, plan_with

KEYS = Keys(bytes(range(32)), "a test")
LATER = NOW + timedelta(hours=2)


def token(ward: int, outbox: int, keys: Keys = KEYS) -> str:
    return signer(keys, "")(ward, outbox).rpartition("/")[2]


@pytest.fixture
def reminded(engine: Engine) -> Callable[..., Post]:
    """Give a function that plans tasks due today and sends the morning's reminders to their unit."""

    def told(tasks: int = 2, **contacts: str) -> Post:
        with transaction(engine) as connection:
            plan_with(connection, tasks, **(contacts or {"officer": "vp@example.vn"}))
        post = Post(engine)
        post.morning()
        post.send(Recorder())
        return post

    return told


def mails(engine: Engine, recipient: str = "vp@example.vn") -> list[tuple[int, int]]:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT ward_id, id FROM cchc.outbox"
            " WHERE reason = 'reminder' AND recipient = %(to)s ORDER BY id",
            {"to": recipient},
        )
        return [(row.ward_id, row.id) for row in rows]


def every(engine: Engine, query: str) -> list[Any]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def move(connection: Connection, ward: Ward, code: str) -> None:
    set_date(
        connection,
        ward,
        code,
        Stage.PLAN,
        date(2026, 4, 1),
        reason="Dời",
        by="dieuphoi",
        today=TODAY,
        now=LATER,
    )


STAGES = "SELECT stage, due_on FROM cchc.acknowledgement ORDER BY occurrence_id"
EVENTS = "SELECT body::jsonb -> 'facts' FROM cchc.audit_event WHERE kind = 'reminder.acknowledged'"


def test_one_click_says_received_for_every_due_date_of_the_message(
    engine: Engine, reminded: Callable[..., Post]
) -> None:
    reminded(tasks=3)
    first, *_ = mails(engine)

    with transaction(engine) as connection:
        before = received(connection, KEYS, token(*first))
        acknowledge(connection, KEYS, token(*first), now=LATER)
        after = received(connection, KEYS, token(*first))

    assert [(line.code, line.due_on, line.current) for line in before.lines] == [
        ("II.2", TODAY, True),
        ("II.3", TODAY, True),
        ("II.4", TODAY, True),
    ]
    assert (before.acknowledged_at, after.acknowledged_at) == (None, LATER)
    assert every(engine, STAGES) == [("plan", TODAY)] * 3
    receipts = every(engine, "SELECT outbox_id, kind, source FROM cchc.receipt ORDER BY outbox_id")
    assert receipts == [(outbox, "acknowledged", "link") for _, outbox in mails(engine)]


def test_saying_it_again_changes_nothing_and_leaves_one_event(
    engine: Engine, reminded: Callable[..., Post]
) -> None:
    reminded()
    first, second = mails(engine)

    for minutes, mail in enumerate((first, first, second)):
        with transaction(engine) as connection:
            acknowledge(connection, KEYS, token(*mail), now=NOW + timedelta(minutes=minutes))

    [(facts,)] = every(engine, EVENTS)
    assert facts["outbox"] == [first[1], second[1]]
    assert facts["stages"] == [f"{each}/plan/{TODAY}" for each in facts["occurrences"]]
    assert every(engine, "SELECT DISTINCT at FROM cchc.receipt") == [(NOW,)]
    with engine.connect() as connection:
        assert verify(connection).ok


def test_two_who_click_at_once_leave_one_trace(engine: Engine, reminded: Callable[..., Post]) -> None:
    reminded(tasks=8)
    one, other = mails(engine)[0], mails(engine)[-1]

    def click(mail: tuple[int, int]) -> None:
        with transaction(engine) as connection:
            acknowledge(connection, KEYS, token(*mail), now=LATER)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(click, [one, other] * 6))

    assert len(every(engine, EVENTS)) == 1
    assert len(every(engine, STAGES)) == 8


def test_opening_the_link_says_no_more_than_that_it_was_opened(
    engine: Engine, reminded: Callable[..., Post]
) -> None:
    reminded()
    first, *_ = mails(engine)

    for now in (NOW, LATER):
        with transaction(engine) as connection:
            open_link(connection, KEYS, token(*first), now=now)

    assert every(engine, "SELECT kind, at FROM cchc.receipt") == [("opened", NOW)] * 2
    assert every(engine, STAGES) == []
    assert every(engine, EVENTS) == []


def test_a_stage_that_was_handed_in_or_moved_meanwhile_is_shown_and_not_acknowledged(
    engine: Engine, reminded: Callable[..., Post]
) -> None:
    reminded(tasks=3)
    first, *_ = mails(engine)
    with transaction(engine) as connection:
        desk = _desk(connection)
        desk.submit(Stage.PLAN)
        move(connection, desk.ward, "II.3")
        acknowledge(connection, KEYS, token(*first), now=LATER)
        shown = received(connection, KEYS, token(*first))

    assert {line.code: line.current for line in shown.lines} == {"II.2": False, "II.3": False, "II.4": True}
    assert len(every(engine, STAGES)) == 1
    assert shown.acknowledged_at == LATER


def test_the_opening_letter_speaks_of_the_stage_that_came_first(engine: Engine) -> None:
    with transaction(engine) as connection:
        plan_with(connection, 1, officer="vp@example.vn")
        [(ward, outbox)] = connection.exec_driver_sql(
            "SELECT ward_id, min(id) FROM cchc.outbox"
            " WHERE reason = 'opened' AND channel = 'email' GROUP BY ward_id"
        ).all()
        shown = received(connection, KEYS, token(ward, outbox))
        acknowledge(connection, KEYS, token(ward, outbox), now=LATER)

    assert [(line.stage, line.due_on, line.current) for line in shown.lines] == [(Stage.PLAN, TODAY, True)]
    assert every(engine, STAGES) == [("plan", TODAY)]


@pytest.mark.parametrize("change", ["handed in", "moved"])
def test_the_opening_letter_goes_on_speaking_of_what_it_told(engine: Engine, change: str) -> None:
    with transaction(engine) as connection:
        desk = plan_with(connection, 1, officer="vp@example.vn")
        [(ward, outbox), *_] = connection.exec_driver_sql(
            "UPDATE cchc.outbox SET settled_at = %(now)s WHERE reason = 'opened' AND channel = 'email'"
            " RETURNING ward_id, id",
            {"now": NOW - timedelta(hours=1)},
        ).all()
        if change == "handed in":
            desk.submit(Stage.PLAN)
        else:
            move(connection, desk.ward, "II.2")
        acknowledge(connection, KEYS, token(ward, outbox), now=LATER)
        shown = received(connection, KEYS, token(ward, outbox))

    assert [(line.stage, line.current) for line in shown.lines] == [(Stage.PLAN, False)]
    assert every(engine, STAGES) == []
    assert shown.acknowledged_at == LATER


def test_a_message_to_one_recipient_says_nothing_for_what_another_was_told(engine: Engine) -> None:
    with transaction(engine) as connection:
        desk = plan_with(connection, 1, officer="vp@example.vn")
        add_contact(
            connection, desk.ward, OFFICE, channel="email", address="so2@example.vn", actor=SYSTEM, now=NOW
        )
    post = Post(engine)
    assert (post.morning(), post.send(Recorder())) == (2, 2)
    [mail] = mails(engine)

    with transaction(engine) as connection:
        acknowledge(connection, KEYS, token(*mail), now=LATER)

    assert every(engine, "SELECT outbox_id FROM cchc.receipt") == [(mail[1],)]


def test_the_history_names_no_person(engine: Engine, reminded: Callable[..., Post]) -> None:
    reminded()
    with transaction(engine) as connection:
        acknowledge(connection, KEYS, token(*mails(engine)[0]), now=LATER)

    [(body,)] = every(engine, "SELECT body FROM cchc.audit_event WHERE kind = 'reminder.acknowledged'")
    assert '"role":"recipient"' in body
    assert "@" not in body


IDS = st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**63 - 1))


@given(IDS)
def test_a_link_that_we_made_names_its_message(ids: tuple[int, int]) -> None:
    assert verified(KEYS, token(*ids)) == ids


@given(IDS, st.integers(0, 37), st.sampled_from("ABCxyz019-_=. é"))
def test_a_link_changed_at_any_place_is_none(ids: tuple[int, int], place: int, put: str) -> None:
    made = token(*ids)
    changed = made[:place] + put + made[place + 1 :]

    if changed != made:
        with pytest.raises(UnknownLink):
            verified(KEYS, changed)


@given(IDS, IDS)
def test_the_signature_of_one_message_opens_no_other(one: tuple[int, int], other: tuple[int, int]) -> None:
    ids, signed = urlsafe_b64decode(token(*one) + "=="), urlsafe_b64decode(token(*other) + "==")
    forged = urlsafe_b64encode(ids[:12] + signed[12:]).decode().rstrip("=")

    if one != other:
        with pytest.raises(UnknownLink):
            verified(KEYS, forged)


@given(st.text(max_size=60))
def test_any_other_text_is_refused_in_the_same_words(text: str) -> None:
    with pytest.raises(UnknownLink) as refusal:
        verified(KEYS, text)

    assert refusal.value.notice == UnknownLink().notice


def test_another_installations_link_is_none_here() -> None:
    with pytest.raises(UnknownLink):
        verified(KEYS, token(1, 1, Keys(bytes(32), "another")))


def test_a_signed_link_to_a_message_that_is_gone_is_refused_like_a_forged_one(connection: Connection) -> None:
    for act in (received, lambda *given: acknowledge(*given, now=NOW)):
        with pytest.raises(UnknownLink):
            act(connection, KEYS, token(1, 999))


def _desk(connection: Connection) -> Desk:
    return Desk(connection, Office(the_ward(connection, None), 0))
