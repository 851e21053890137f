from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection

from domain.plans import Stage, TaskKind
from domain.refusals import BadValue
from models.history import SYSTEM
from services.documents import StoredFile
from services.events import EventRequest, raise_event
from services.people import Ward, add_contact, person
from services.search import PAGE, Result, search
from tests.builders import CULTURE, NOW, OFFICE, TODAY, Office, occurrence, office, plan_of, task
from tests.desk import Desk

Find = Callable[..., Result]


@pytest.fixture
def desk(connection: Connection) -> Desk:
    """Give a ward with something of every kind."""
    plan = replace(
        task("II.2", occurrences=[occurrence("Quý I/2026")]), title="Ban hành Kế hoạch cải cách hành chính",
        products=("Kế hoạch của UBND phường",),
    )  # fmt: skip # short values read best packed
    survey = replace(task("III.1", lead=CULTURE), title="Đo lường sự hài lòng của người dân")
    event = task("V.1", TaskKind.EVENT, event_types=["guidance"])
    made: Office = office(connection, plan_of(plan, survey, event))
    desk = Desk(connection, made)
    file = StoredFile("b" * 64, 20, "Phụ lục chỉ tiêu.xlsx", "application/xlsx")
    desk.submit(Stage.PLAN, doc_number="58/KH-UBND", doc_date=date(2026, 3, 1), files=[file])
    raised = EventRequest("guidance", "77/SNV-CCHC", TODAY, "Sở Nội vụ", "Hướng dẫn chấm điểm", due_on=None)
    raise_event(connection, made.ward, raised, by="dieuphoi", today=TODAY, now=NOW)
    return desk


@pytest.fixture
def find(connection: Connection, desk: Desk) -> Find:
    """Give a function that searches as somebody does."""

    def found(words: str, by: str = "lan", **more: object) -> Result:
        who = person(connection, desk.ward, by)
        return search(connection, desk.ward, words, of=who, today=TODAY, **more)  # type: ignore[arg-type] # a search's own words

    return found


def names(result: Result) -> set[tuple[str, str]]:
    return {(each.kind, row.ref) for each in result.found for row in each.rows}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("do luong hai long", ("task", "III.1")),
        ("III.1", ("task", "III.1")),
        ("quy i/2026", ("occurrence", "Quý I/2026")),
        ("58/kh", ("submission", "58/KH-UBND")),
        ("phu luc", ("file", "b" * 64)),
        ("77/SNV", ("event", "77/SNV-CCHC")),
        ("cham diem", ("event", "77/SNV-CCHC")),
        ("1/QĐ-UBND", ("decision", "1/QĐ-UBND")),
        ("van hoa", ("unit", CULTURE)),
        ("chutich", ("person", "chutich")),
        ("31/3/2026", ("due", "plan")),
        ("3/2026", ("due", "plan")),
        ("01/03/2026", ("submission", "58/KH-UBND")),
        ("ké hoạhc cải cácj", ("task", "II.2")),
        ("cải  cách\thành CHÍNH kế hoạch", ("task", "II.2")),
    ],
)
def test_everything_of_a_ward_is_found_by_its_words(
    find: Find, words: str, expected: tuple[str, str]
) -> None:
    assert expected in names(find(words))


def test_what_is_called_so_comes_first_and_what_only_resembles_comes_last(find: Find) -> None:
    assert find("II.2").found[0].rows[0].task == "II.2"
    ranks = [row.rank for row in find("kế hoạch").found[0].rows]
    assert ranks == sorted(ranks, reverse=True)


def test_a_number_finds_itself_and_nothing_that_only_resembles_it(find: Find) -> None:
    assert not find("III.7").total
    assert not find("59/KH-UBND").total
    assert {kind for kind, _ in names(find("30/3/2026"))} == set()


def test_nobodys_address_is_found_and_letters_only_by_those_who_may_see_them(
    connection: Connection, desk: Desk, find: Find
) -> None:
    add_contact(
        connection, desk.ward, OFFICE, channel="email", address="zzqxw@phuong.vn", actor=SYSTEM, now=NOW
    )
    connection.exec_driver_sql(
        "WITH b AS (INSERT INTO cchc.outbox (ward_id, reason, step, recipient, channel, state, attempts)"
        " VALUES (%(ward)s, 'reminder', 'x', 'zzqxw@phuong.vn', 'email', 'sent', 1) RETURNING ward_id, id)"
        " INSERT INTO cchc.delivery (ward_id, outbox_id, attempt, tried_at, outcome, answer, subject)"
        " SELECT ward_id, id, 1, %(now)s, 'sent', 'ok', 'Thư nhắc việc sắp tới hạn' FROM b",
        {"ward": desk.ward.id, "now": NOW},
    )

    for words in ("zzqxw", "zzqxw@phuong.vn", "example.vn", "lan@example.vn"):
        assert "@" not in str(find(words, by="quantri").found)
    assert not find("zzqxw", by="thanhtra").total
    assert not find("example.vn", by="quantri").total
    assert "message" in {each.kind for each in find("thu nhac viec", by="thanhtra").found}
    assert not find("thu nhac viec", by="lan").total
    with pytest.raises(BadValue):
        find("thu nhac viec", by="lan", kind="message")


def test_another_wards_things_are_not_found(connection: Connection, desk: Desk, find: Find) -> None:
    secret = replace(task("IX.9", occurrences=[occurrence("Tuyệt mật")]), title="Tuyệt mật")
    other: Ward = office(connection, plan_of(secret, issuer="UBND xã Khác", number="9/TM")).ward

    assert not find("tuyet mat").total
    assert search(connection, other, "tuyet mat", of=person(connection, other, "lan"), today=TODAY).total


def test_of_many_only_some_are_shown_and_the_rest_stand_on_pages(connection: Connection) -> None:
    many = [task(f"I.{number}") for number in range(1, 48)]
    ward = office(connection, plan_of(*many)).ward
    lan = person(connection, ward, "lan")

    def page(number: int) -> list[str]:
        found = search(connection, ward, "nhiem vu", of=lan, today=TODAY, kind="task", page=number).found
        return [row.task for each in found for row in each.rows]

    everything = search(connection, ward, "nhiem vu", of=lan, today=TODAY)
    assert (everything.found[0].total, len(everything.found[0].rows)) == (47, 5)
    pages = [page(1), page(2), page(3), page(4)]
    assert [len(each) for each in pages] == [PAGE, PAGE, 7, 0]
    assert len({code for each in pages for code in each}) == 47


@pytest.mark.parametrize(
    "words",
    ["", "   ", "%", "_", "'; DROP TABLE cchc.task; --", '"' * 50, "\x00", "\u202e", "\\", "{}", "😀" * 99],
)
def test_odd_words_find_nothing_and_harm_nothing(find: Find, words: str) -> None:
    assert not find(words).total


def test_ten_thousand_letters_are_cut_and_answered(find: Find) -> None:
    result = find("kế hoạch " * 1200)

    assert result.cut
    assert len(result.words) <= 200
