from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from domain.refusals import BadValue, UnknownUser, UserExists
from domain.sign_in import WeakPassword
from models.history import SYSTEM
from notifications.channels import Answer, Message, Outcome
from services.composing import Office
from services.links import (
    FIRST,
    LEFT_OUT,
    PASSWORD,
    SpentLink,
    find_link,
    first_link,
    give_temporary,
    mail_link,
    make_first_administrator,
    password_link,
    set_password,
    writer,
)
from services.outbox import send_due
from services.people import Ward, disable_user, person
from services.sessions import visitor
from tests.builders import NOW, office, plan_of, task
from tests.signing_in import CHEAP, KEYS, LIMITS, SECRET, give_password, signed_in, try_in

DAY = timedelta(days=1)


@pytest.fixture
def ward(connection: Connection) -> Ward:
    return office(connection, plan_of(task("I.1"))).ward


def link_for(connection: Connection, ward: Ward, name: str = "lan") -> str:
    path = password_link(connection, KEYS, ward, name, actor=SYSTEM, now=NOW)
    assert path.startswith("/reset/")
    return path.removeprefix("/reset/")


def everything(connection: Connection) -> str:
    """Return all that the tables and the history hold of it, as a copy of the database would."""
    return " ".join(
        str(row)
        for table in ("one_time_link", "outbox", "delivery", "audit_event", "credential")
        for row in connection.exec_driver_sql(f"SELECT t::text FROM cchc.{table} t").scalars()
    )


def test_a_link_lets_its_holder_set_the_password_once(connection: Connection, ward: Ward) -> None:
    token = link_for(connection, ward)

    assert find_link(connection, PASSWORD, token, now=NOW).name == "lan"
    set_password(connection, token, SECRET, CHEAP, now=NOW)

    assert try_in(connection, ward, "lan") is not None
    with pytest.raises(SpentLink):
        set_password(connection, token, SECRET, CHEAP, now=NOW)


def test_setting_a_password_ends_every_session_and_every_lock(connection: Connection, ward: Ward) -> None:
    give_password(connection, ward, "lan")
    old = signed_in(connection, ward, "lan")
    for _ in range(8):
        try_in(connection, ward, "lan", "sai")

    set_password(connection, link_for(connection, ward), "một câu khác dễ nhớ", CHEAP, now=NOW)

    assert visitor(connection, old, limits=LIMITS, now=NOW) is None
    assert try_in(connection, ward, "lan") is None
    assert try_in(connection, ward, "lan", "một câu khác dễ nhớ") is not None


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "é" * 43])
def test_another_token_is_no_link(connection: Connection, ward: Ward, token: str) -> None:
    link_for(connection, ward)

    with pytest.raises(SpentLink):
        find_link(connection, PASSWORD, token, now=NOW)


def test_a_link_ends_after_a_day_with_its_account_and_with_the_next_link(
    connection: Connection, ward: Ward
) -> None:
    first, second = link_for(connection, ward), link_for(connection, ward)
    with pytest.raises(SpentLink):
        find_link(connection, PASSWORD, first, now=NOW)
    with pytest.raises(SpentLink):
        find_link(connection, PASSWORD, second, now=NOW + DAY)
    with pytest.raises(SpentLink):
        find_link(connection, FIRST, second, now=NOW)
    find_link(connection, PASSWORD, second, now=NOW + DAY * 0.99)

    disable_user(connection, ward, "lan", actor=SYSTEM, now=NOW)

    with pytest.raises(SpentLink):
        find_link(connection, PASSWORD, second, now=NOW)


def test_a_weak_password_leaves_the_link_usable(connection: Connection, ward: Ward) -> None:
    token = link_for(connection, ward)

    with pytest.raises(WeakPassword):
        set_password(connection, token, "1234567890", CHEAP, now=NOW)

    set_password(connection, token, SECRET, CHEAP, now=NOW)


def test_neither_the_tables_nor_the_history_hold_a_link(connection: Connection, ward: Ward) -> None:
    tokens = [link_for(connection, ward), first_link(connection, KEYS, None, now=NOW) or ""]
    tokens[1] = tokens[1].removeprefix("/first/")

    held = everything(connection)

    assert all(len(token) == 43 and token not in held for token in tokens)


class Post:
    """A mail channel that keeps what it is given."""

    name = "email"

    def __init__(self) -> None:
        self.letters: list[Message] = []

    def send(self, message: Message) -> Answer:
        self.letters.append(message)
        return Answer(Outcome.SENT, "250 ok")

    def close(self) -> None:
        pass


def send_all(connection: Connection, post: Post, *, now: datetime = NOW, letters: bool = True) -> None:
    from contextlib import nullcontext

    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    connection.exec_driver_sql("UPDATE cchc.outbox SET state = 'dropped' WHERE reason <> 'password'")
    write = writer(KEYS, "https://cchc.example", zone) if letters else None
    desk = Office("https://cchc.example", zone, password_letter=write)
    send_due(lambda: nullcontext(connection), post, desk, lambda: now)


@pytest.mark.parametrize("name", ["lan", "LAN@example.vn"])
def test_a_link_is_mailed_and_stands_in_the_letter_alone(
    connection: Connection, ward: Ward, name: str
) -> None:
    post = Post()
    assert mail_link(connection, KEYS, ward.id, name, now=NOW)
    send_all(connection, post)

    [letter] = post.letters
    token = letter.text.partition("https://cchc.example/reset/")[2].split()[0]
    assert letter.recipient == "lan@example.vn"
    assert "đến 09:00 ngày 03/03/2026" in letter.text
    assert token not in everything(connection)
    assert LEFT_OUT in everything(connection)
    set_password(connection, token, SECRET, CHEAP, now=NOW)


def test_nothing_is_mailed_to_whom_nobody_knows_or_can_reach(connection: Connection, ward: Ward) -> None:
    connection.exec_driver_sql("UPDATE cchc.account SET email = NULL WHERE name = 'hoa'")

    assert not mail_link(connection, KEYS, ward.id, "ai-do", now=NOW)
    assert not mail_link(connection, KEYS, ward.id, "hoa", now=NOW)


def test_a_letter_whose_link_is_of_no_use_any_more_does_not_leave(connection: Connection, ward: Ward) -> None:
    post = Post()
    mail_link(connection, KEYS, ward.id, "lan", now=NOW)
    mail_link(connection, KEYS, ward.id, "hoa", now=NOW)
    link_for(connection, ward)

    send_all(connection, post)

    assert [letter.recipient for letter in post.letters] == ["hoa@example.vn"]


def test_no_link_goes_to_the_local_inbox_which_others_read(connection: Connection, ward: Ward) -> None:
    post = Post()
    mail_link(connection, KEYS, ward.id, "lan", now=NOW)

    send_all(connection, post, letters=False)

    assert post.letters == []


def test_the_first_administrator_is_made_by_a_link_that_then_is_offered_no_more(
    connection: Connection, ward: Ward
) -> None:
    path = first_link(connection, KEYS, None, now=NOW) or ""
    token = path.removeprefix("/first/")

    make_first_administrator(
        connection, token, name="ba.le", email="le@phuong.example", password=SECRET, passwords=CHEAP, now=NOW
    )

    assert person(connection, ward, "ba.le").role == "admin"
    assert try_in(connection, ward, "le@phuong.example") is not None
    assert first_link(connection, KEYS, None, now=NOW) is None
    with pytest.raises(SpentLink):
        make_first_administrator(
            connection, token, name="hai", email=None, password=SECRET, passwords=CHEAP, now=NOW
        )


def test_the_first_administrator_may_be_the_one_who_has_no_password_yet(
    connection: Connection, ward: Ward
) -> None:
    token = (first_link(connection, KEYS, None, now=NOW) or "").removeprefix("/first/")

    for name, email, refusal in (
        ("lan", None, UserExists),
        ("Bà Lê", None, BadValue),
        ("quantri", "x", BadValue),
    ):
        with pytest.raises(refusal):
            make_first_administrator(
                connection, token, name=name, email=email, password=SECRET, passwords=CHEAP, now=NOW
            )
    make_first_administrator(
        connection, token, name="quantri", email=None, password=SECRET, passwords=CHEAP, now=NOW
    )

    assert try_in(connection, ward, "quantri") is not None


def test_a_temporary_password_has_to_be_changed(connection: Connection, ward: Ward) -> None:
    password = give_temporary(connection, ward, "lan", CHEAP, actor=SYSTEM, now=NOW)

    entered = try_in(connection, ward, "lan", password)

    assert entered is not None
    found = visitor(connection, entered.token, limits=LIMITS, now=NOW)
    assert found is not None
    assert found.must_change
    assert password not in everything(connection)
    with pytest.raises(UnknownUser):
        give_temporary(connection, ward, "ai-do", CHEAP, actor=SYSTEM, now=NOW)
