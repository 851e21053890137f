"""Units hear of dates that move and of work that is cancelled: once, and in words without persons."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from domain.errors import WardError
from domain.plans import Stage, TaskKind
from services.due_dates import confirm_assumed, set_date
from services.people import Ward
from services.stages import accept
from tests.amending import LATER_DATE, OTHER_LEAD, WITHDRAWN, amend, hand_in
from tests.builders import CENTRE, NOW, OFFICE, TODAY, Office, occurrence, office, plan_of, task
from tests.decisions import in_words

MOVED = """SELECT b.stage, b.step, b.recipient, b.channel, b.note, b.digest, t.code
    FROM cchc.outbox b JOIN cchc.occurrence o ON o.ward_id = b.ward_id AND o.id = b.occurrence_id
    JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
    WHERE b.reason = %(reason)s AND b.state = 'pending' AND b.channel <> 'engine' ORDER BY b.id"""
DECISION = "theo Quyết định số 45/QĐ-UBND ngày 20/04/2026."


def letters(connection: Connection, reason: str = "moved") -> list[Any]:
    return list(connection.exec_driver_sql(MOVED, {"reason": reason}).all())


def reach(connection: Connection, ward: Ward, unit: str, *contacts: tuple[str, str, int]) -> None:
    """Give a unit's officers these ways to be reached: channel, address, rank; each channel is open."""
    for channel, address, rank in contacts:
        connection.exec_driver_sql(
            "INSERT INTO cchc.channel_state (name, enabled, changed_at) VALUES (%(channel)s, true, now())"
            " ON CONFLICT DO NOTHING",
            {"channel": channel},
        )
        connection.exec_driver_sql(
            "INSERT INTO cchc.contact (ward_id, unit_id, channel, address, role, rank)"
            " SELECT ward_id, id, %(channel)s, %(address)s, 'officer', %(rank)s FROM cchc.unit"
            " WHERE ward_id = %(ward)s AND name = %(unit)s",
            {"ward": ward.id, "unit": unit, "channel": channel, "address": address, "rank": rank},
        )


def settle(connection: Connection, ward: Office, due: date, code: str = "II.2", **more: Any) -> int:
    given: dict[str, Any] = {"reason": "Ông Trần Văn A xin lùi", "by": "dieuphoi", **more}
    stage = given.pop("stage", Stage.PLAN)
    return set_date(connection, ward.ward, code, stage, due, today=TODAY, now=NOW, **given)


def opened(connection: Connection, **dues: Any) -> Office:
    ward = office(connection, plan_of(task("II.2", occurrences=[occurrence(**dues)])))
    reach(connection, ward.ward, OFFICE, ("email", "vp@b.vn", 1))
    return ward


def test_a_date_that_a_person_moves_is_told_with_both_days_and_without_the_persons_words(
    connection: Connection,
) -> None:
    ward = opened(connection)

    settle(connection, ward, date(2026, 4, 15))

    [letter] = letters(connection)
    assert (letter.stage, letter.recipient, letter.channel) == ("plan", "vp@b.vn", "email")
    assert letter.note == (
        "Thời hạn chuyển từ 31/03/2026 sang 15/04/2026 theo quyết định của người điều phối"
        " (lý do ghi tại trang nhiệm vụ)."
    )
    [change] = connection.exec_driver_sql("SELECT id FROM cchc.due_change").scalars()
    assert letter.step == f"2026-03-31/2026-04-15/{change}"


def test_it_goes_to_the_first_open_channel_and_always_by_mail(connection: Connection) -> None:
    ward = office(connection, plan_of(task("II.2", occurrences=[occurrence()])))
    contacts = (("zalo-group", "g1", 1), ("phone", "84901234567", 2), ("email", "vp@b.vn", 3))
    reach(connection, ward.ward, OFFICE, *contacts)

    settle(connection, ward, date(2026, 4, 15))

    assert {(each.channel, each.recipient) for each in letters(connection)} == {
        ("zalo-group", "g1"),
        ("email", "vp@b.vn"),
    }


def test_the_same_date_again_or_confirmed_tells_nobody(connection: Connection) -> None:
    ward = opened(connection)
    for _ in range(2):
        settle(connection, ward, date(2026, 4, 15))
    settle(connection, ward, date(2026, 12, 9), stage=Stage.REPORT)
    connection.exec_driver_sql("UPDATE cchc.stage SET assumed = true WHERE stage = 'report'")
    [of] = connection.exec_driver_sql("SELECT id FROM cchc.task").scalars()

    confirmed = confirm_assumed(
        connection, ward.ward, of, Stage.REPORT, reason="Đúng", by="dieuphoi", now=NOW
    )

    assert len(confirmed) == 1
    assert len(letters(connection)) == 1


def test_each_later_move_is_told_even_back_to_where_it_was(connection: Connection) -> None:
    ward = opened(connection)

    for day in (15, 20, 15, 20):
        settle(connection, ward, date(2026, 4, day))

    days = [letter.note.partition(" theo ")[0] for letter in letters(connection)]
    assert days == [
        "Thời hạn chuyển từ 31/03/2026 sang 15/04/2026",
        "Thời hạn chuyển từ 15/04/2026 sang 20/04/2026",
        "Thời hạn chuyển từ 20/04/2026 sang 15/04/2026",
        "Thời hạn chuyển từ 15/04/2026 sang 20/04/2026",
    ]


def test_a_first_date_of_open_work_is_told_as_one(connection: Connection) -> None:
    ward = opened(connection, plan=None)

    settle(connection, ward, date(2026, 4, 15))

    [letter] = letters(connection)
    assert letter.note.startswith("Thời hạn được ấn định là 15/04/2026 theo")
    assert letter.step.startswith("-/2026-04-15/")


def test_of_work_that_is_only_planned_nobody_hears(connection: Connection) -> None:
    ward = opened(connection, opens_on=date(2026, 6, 1), plan=date(2026, 6, 30))

    settle(connection, ward, date(2026, 7, 15))

    assert letters(connection) == []


def test_work_that_a_first_date_opens_is_told_only_as_opened(connection: Connection) -> None:
    ward = office(connection, plan_of(task("VI.3", TaskKind.UNSPECIFIED)))
    reach(connection, ward.ward, OFFICE, ("email", "vp@b.vn", 1))

    settle(connection, ward, date(2026, 6, 30), "VI.3", stage=Stage.REPORT)

    assert letters(connection) == []
    assert [letter.code for letter in letters(connection, "opened")] == ["VI.3"]


def test_a_refused_change_leaves_no_letter(connection: Connection) -> None:
    ward = opened(connection)

    with pytest.raises(WardError), connection.begin_nested():
        settle(connection, ward, date(2026, 4, 15), by="lan")

    assert letters(connection) == []


def test_an_amendment_tells_each_unit_in_one_message_what_moved_and_names_the_decision(
    connection: Connection, ward: Office
) -> None:
    reach(connection, ward.ward, CENTRE, ("email", "ttpvhcc@b.vn", 1))
    later = LATER_DATE.replace("số 5 mục III", "số 3 mục II")

    amend(connection, ward, in_words(LATER_DATE, later))

    told = [letter for letter in letters(connection) if letter.recipient == "ttpvhcc@b.vn"]
    [amendment] = connection.exec_driver_sql("SELECT id FROM cchc.amendment").scalars()
    assert {letter.digest for letter in letters(connection)} == {f"amendment/{amendment}"}
    assert {letter.code for letter in told} == {"III.5"}
    report = next(letter for letter in told if letter.stage == "report")
    assert report.note == f"Thời hạn chuyển từ 29/09/2026 sang 29/10/2026 {DECISION}"
    changed = connection.exec_driver_sql(
        "SELECT count(*) FROM cchc.due_change WHERE former_due IS DISTINCT FROM new_due"
    ).scalar_one()
    assert len({(letter.code, letter.stage) for letter in letters(connection)}) == changed


def test_a_withdrawn_task_is_called_off_where_it_was_open(connection: Connection, ward: Office) -> None:
    reach(connection, ward.ward, CENTRE, ("email", "ttpvhcc@b.vn", 1))
    hand_in(connection, ward, "III.5", Stage.PLAN)

    amend(connection, ward, in_words(WITHDRAWN))

    [letter] = letters(connection, "cancelled")
    assert (letter.code, letter.recipient, letter.stage) == ("III.5", "ttpvhcc@b.vn", None)
    assert letter.note == f"Dừng thực hiện {DECISION}"
    assert letter.digest == letter.step
    assert letters(connection) == []


@pytest.mark.parametrize("state", ["planned", "done"])
def test_what_was_not_begun_or_is_finished_is_not_called_off(
    connection: Connection, ward: Office, state: str
) -> None:
    if state == "done":
        for stage in Stage:
            one = hand_in(connection, ward, "III.5", stage)
            accept(connection, ward.ward.id, one, stage, by="dieuphoi", now=NOW)
    else:
        connection.exec_driver_sql(
            "UPDATE cchc.occurrence o SET state = 'planned', opened_at = NULL FROM cchc.task t"
            " WHERE t.ward_id = o.ward_id AND t.id = o.task_id AND t.code = 'III.5'"
        )
        connection.exec_driver_sql(
            "UPDATE cchc.stage s SET state = 'waiting' FROM cchc.occurrence o JOIN cchc.task t"
            " ON t.ward_id = o.ward_id AND t.id = o.task_id AND t.code = 'III.5'"
            " WHERE s.ward_id = o.ward_id AND s.occurrence_id = o.id"
        )

    amend(connection, ward, in_words(WITHDRAWN))

    assert letters(connection, "cancelled") == []


def test_the_new_unit_hears_once_of_work_that_came_to_it_with_another_date(
    connection: Connection, ward: Office
) -> None:
    amend(connection, ward, in_words(OTHER_LEAD, LATER_DATE))

    assert letters(connection) == []
    assert {(letter.code, letter.digest == letter.step) for letter in letters(connection, "opened")} >= {
        ("III.5", True)
    }
