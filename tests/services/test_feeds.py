from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar as Parsed
from icalendar import Event
from sqlalchemy import Connection

from domain.errors import WardError
from domain.people import Role
from domain.plans import PlanReading, Stage
from domain.refusals import BadValue, NotPermitted, UnknownUnit, UnknownUser
from models.history import SYSTEM
from services import feeds as service
from services.audit import verify
from services.due_dates import set_date
from services.feeds import NotOwnFeed, UnknownCalendar, UnknownFeed, feeds, make_feed, revoke_feed
from services.people import Ward, disable_user
from tests import builders
from tests.builders import CENTRE, CULTURE, NOW, OFFICE, PEOPLE, TODAY, occurrence, office, plan_of, task
from tests.desk import Desk

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
BASE = "https://cchc.phuong.example"


def small(**more: Any) -> PlanReading:
    return plan_of(
        task("II.2", occurrences=[occurrence()]),
        task("II.3", lead=CULTURE, occurrences=[occurrence()]),
        **more,
    )


@pytest.fixture
def ward(connection: Connection) -> Ward:
    return office(connection, small()).ward


def made(connection: Connection, ward: Ward, *, by: str | None = "dieuphoi", **whose: str) -> str:
    return make_feed(connection, ward, by=by, link_base=BASE, now=NOW, **whose).address


def read(connection: Connection, address: str, now: datetime = NOW) -> service.Calendar:
    token = address.removeprefix(f"{BASE}/open/calendar/").removesuffix(".ics")
    return service.calendar(connection, token, link_base=BASE, timezone=HANOI, now=now)


def entries(connection: Connection, address: str, now: datetime = NOW) -> dict[str, Event]:
    """Return the entries by what they are about, as a calendar program reads them."""
    parsed = Parsed.from_ical(read(connection, address, now).body)
    return {str(event["SUMMARY"]).partition(":")[0]: event for event in parsed.walk("VEVENT")}


def move(connection: Connection, ward: Ward, due: date) -> None:
    set_date(
        connection, ward, "II.2", Stage.PLAN, due, reason="Dời", by="dieuphoi", today=TODAY, now=NOW
    )  # fmt: skip # one call


def test_a_units_calendar_has_every_due_date_that_it_leads_and_no_other(
    connection: Connection, ward: Ward
) -> None:
    found = entries(connection, made(connection, ward, unit=OFFICE))

    assert {what: event.decoded("DTSTART") for what, event in found.items()} == {
        "II.2 Ban hành kế hoạch": date(2026, 3, 31),
        "II.2 Báo cáo kết quả": date(2026, 12, 9),
    }
    plan = found["II.2 Ban hành kế hoạch"]
    assert plan["URL"] == f"{BASE}/tasks/II.2"
    assert f"Chủ trì: {OFFICE}" in plan["DESCRIPTION"]
    assert str(plan["UID"]).startswith(f"stage-{ward.code}-")
    assert str(plan["UID"]).endswith("-plan@cchc")


@pytest.mark.parametrize(
    ("name", "tasks"),
    [("lan", {"II.2"}), ("hoa", {"II.3"}), ("minh", set()), ("dieuphoi-vh", {"II.2", "II.3"})]
    + [(name, {"II.2", "II.3"}) for name in ("dieuphoi", "chutich", "thanhtra", "quantri")],
)
def test_a_persons_calendar_is_that_of_their_role(
    connection: Connection, ward: Ward, name: str, tasks: set[str]
) -> None:
    found = entries(connection, made(connection, ward, user=name))

    assert {what.partition(" ")[0] for what in found} == tasks


def test_a_date_that_moves_keeps_its_entry_and_counts_one_revision_more(
    connection: Connection, ward: Ward
) -> None:
    address = made(connection, ward, unit=OFFICE)
    before = entries(connection, address)["II.2 Ban hành kế hoạch"]

    for day in (date(2026, 4, 10), date(2026, 4, 20)):
        move(connection, ward, day)

    after = entries(connection, address)["II.2 Ban hành kế hoạch"]
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 2)
    assert after.decoded("DTSTART") == date(2026, 4, 20)


def test_what_was_handed_in_is_ticked_and_says_how_it_stands(connection: Connection, ward: Ward) -> None:
    address = made(connection, ward, unit=OFFICE)
    Desk(connection, builders.Office(ward, 0)).submit(Stage.PLAN)

    ticked = entries(connection, address)["✓ II.2 Ban hành kế hoạch"]

    assert "Tình trạng: đã nộp, chờ nghiệm thu" in ticked["DESCRIPTION"]


def test_what_is_over_leaves_after_sixty_days_and_what_is_late_stays(
    connection: Connection, ward: Ward
) -> None:
    address = made(connection, ward, user="dieuphoi")
    desk = Desk(connection, builders.Office(ward, 0))
    desk.submit(Stage.PLAN)
    desk.accept(Stage.PLAN)

    def plans(day: datetime) -> set[str]:
        return {what for what in entries(connection, address, day) if "Ban hành" in what}

    ticked, open_ = "✓ II.2 Ban hành kế hoạch", "II.3 Ban hành kế hoạch"
    assert plans(datetime(2026, 5, 30, 2, tzinfo=UTC)) == {ticked, open_}
    assert plans(datetime(2026, 5, 31, 2, tzinfo=UTC)) == {open_}


def test_what_is_cancelled_is_no_longer_there(connection: Connection, ward: Ward) -> None:
    address = made(connection, ward, unit=OFFICE)
    connection.exec_driver_sql(
        "UPDATE cchc.occurrence SET state = 'cancelled', cancel_reason = 'x' WHERE ward_id = %(ward)s",
        {"ward": ward.id},
    )

    assert entries(connection, address) == {}


def test_two_wards_never_see_each_others_dates(connection: Connection, ward: Ward) -> None:
    other = office(connection, small(issuer="UBND phường Khác")).ward
    addresses = [made(connection, each, user="dieuphoi") for each in (ward, other)]

    uids = [{str(e["UID"]) for e in entries(connection, each).values()} for each in addresses]

    assert len(uids[0]) == len(uids[1]) == 4
    assert not uids[0] & uids[1]
    with pytest.raises(UnknownFeed):
        revoke_feed(connection, ward, feeds(connection, other)[0].id, by="dieuphoi", now=NOW)


def test_the_same_facts_have_the_same_bytes_and_a_change_has_others(
    connection: Connection, ward: Ward
) -> None:
    address = made(connection, ward, unit=OFFICE)

    first, again = (read(connection, address, NOW + timedelta(hours=hours)) for hours in (0, 3))
    move(connection, ward, date(2026, 4, 10))

    assert first.body == again.body
    assert read(connection, address).body != first.body


def test_only_the_hash_of_an_address_is_kept_and_no_two_are_alike(connection: Connection, ward: Ward) -> None:
    addresses = [made(connection, ward, unit=OFFICE) for _ in range(3)]

    kept = connection.exec_driver_sql("SELECT token_sha256 FROM cchc.calendar_feed ORDER BY id").scalars()
    tokens = [address.removeprefix(f"{BASE}/open/calendar/").removesuffix(".ics") for address in addresses]
    assert [bytes(each) for each in kept] == [sha256(token.encode()).digest() for token in tokens]
    assert len(set(tokens)) == 3
    assert all(len(token) == 43 for token in tokens)


def test_a_calendar_taken_back_is_none_and_taking_it_back_again_changes_nothing(
    connection: Connection, ward: Ward
) -> None:
    address = made(connection, ward, unit=OFFICE)
    [feed] = feeds(connection, ward)

    whose = [revoke_feed(connection, ward, feed.id, by="dieuphoi", now=NOW) for _ in range(2)]

    assert whose == [OFFICE, OFFICE]
    with pytest.raises(UnknownCalendar):
        read(connection, address)
    events = connection.exec_driver_sql(
        "SELECT kind, body FROM cchc.audit_event WHERE kind LIKE 'feed.%%' ORDER BY position"
    ).all()
    assert [event.kind for event in events] == ["feed.made", "feed.revoked"]
    assert not any("http" in event.body or OFFICE in event.body for event in events)
    assert verify(connection).ok


def test_a_disabled_persons_calendar_is_none(connection: Connection, ward: Ward) -> None:
    address = made(connection, ward, user="lan")
    disable_user(connection, ward, "lan", actor=SYSTEM, now=NOW)

    with pytest.raises(UnknownCalendar):
        read(connection, address)


@given(st.one_of(st.text(max_size=60), st.from_regex(r"[A-Za-z0-9_-]{43}", fullmatch=True)))
def test_a_guessed_address_is_refused_in_the_same_words(shared: Connection, token: str) -> None:
    with pytest.raises(UnknownCalendar) as refusal:
        service.calendar(shared, token, link_base=BASE, timezone=HANOI, now=NOW)

    assert refusal.value.notice == UnknownCalendar().notice


OWN = {Role.OFFICER: {"user:lan", f"unit:{OFFICE}"}, Role.LEADER: {"user:chutich"}, Role.AUDITOR: set()}
ALL = {f"unit:{OFFICE}", f"unit:{CENTRE}", "user:lan", "user:hoa", "user:chutich", "user:thanhtra"}


@pytest.mark.parametrize("whose", sorted(ALL))
@pytest.mark.parametrize("name", ["dieuphoi", "quantri", "lan", "chutich", "thanhtra"])
def test_each_role_makes_and_takes_back_what_is_its_own(
    connection: Connection, ward: Ward, name: str, whose: str
) -> None:
    role = next(role for each, role, _ in PEOPLE if each == name)
    kind, _, of = whose.partition(":")
    made(connection, ward, **{kind: of})
    [feed] = feeds(connection, ward)
    acts: list[Callable[[], Any]] = [
        lambda: made(connection, ward, by=name, **{kind: of}),
        lambda: revoke_feed(connection, ward, feed.id, by=name, now=NOW),
    ]

    for act in acts:
        if whose in OWN.get(role, ALL):
            act()
        else:
            with pytest.raises(NotPermitted if role is Role.AUDITOR else NotOwnFeed):
                act()


@pytest.mark.parametrize(
    ("whose", "refusal"),
    [
        ({}, BadValue),
        ({"unit": OFFICE, "user": "lan"}, BadValue),
        ({"unit": "Phòng Nào Đó"}, UnknownUnit),
        ({"user": "nobody"}, UnknownUser),
    ],
)
def test_a_calendar_is_of_one_that_there_is(
    connection: Connection, ward: Ward, whose: dict[str, str], refusal: type[WardError]
) -> None:
    with pytest.raises(refusal):
        made(connection, ward, **whose)


def test_reading_is_noted_once_an_hour(connection: Connection, ward: Ward) -> None:
    address = made(connection, ward, unit=OFFICE)
    noted = []

    for minutes in (0, 30, 59, 60, 90):
        now = NOW + timedelta(minutes=minutes)
        found = read(connection, address, now)
        service.note_read(connection, found, now=now)
        noted.append((found.read_lately, feeds(connection, ward)[0].read_at - NOW))

    first, hour = timedelta(0), timedelta(minutes=60)
    assert noted == [(False, first), (True, first), (True, first), (False, hour), (True, hour)]


def test_a_thousand_due_dates_all_stand_in_one_calendar(connection: Connection) -> None:
    tasks = [task(f"I.{n}", occurrences=[occurrence(implement=date(2026, 6, 30))]) for n in range(334)]
    ward = office(connection, plan_of(*tasks)).ward
    address = made(connection, ward, user="dieuphoi")

    found = read(connection, address)

    assert found.body.count(b"BEGIN:VEVENT") == 1002


@pytest.fixture(scope="module")
def shared(shared_engine: Any) -> Any:
    with shared_engine.connect() as opened:
        yield opened
