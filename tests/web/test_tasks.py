from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy import Engine

from domain.people import Role
from domain.plans import Finding, Severity, Stage, TaskKind
from models.database import transaction
from models.history import SYSTEM
from services.documents import StoredFile
from services.people import Ward, add_contact, add_user
from services.plans import activate_plan, calendar, import_plan
from services.stages import Submission, submit
from tests.builders import CENTRE, CULTURE, GROUP, NOW, OFFICE, TODAY, occurrence, plan_of, task
from tests.web.conftest import Browse

Start = Callable[..., Ward]
HOSTILE = "<script>alert(1)</script> & \"x\" 'y'"

PLAN = plan_of(
    task("I.1", occurrences=[occurrence(plan=date(2026, 3, 31))]),
    task("I.2", lead=CULTURE, occurrences=[occurrence(plan=date(2026, 2, 27))]),
    task("I.3", lead=CENTRE, occurrences=[occurrence(opens_on=date(2026, 6, 1), plan=date(2026, 6, 30))]),
    task("II.1", TaskKind.EVENT, lead=GROUP, event_types=["guidance"]),
    task("II.2", TaskKind.UNSPECIFIED, lead=CULTURE),
)


def test_each_task_shows_its_official_status_its_unit_and_its_next_due_date(
    started: Start, browse: Browse
) -> None:
    started(PLAN)

    browser = browse()

    assert browser.row("/tasks", "I.1") == (
        f"I.1 Nhiệm vụ số I.1 {OFFICE} đang thực hiện trong hạn "
        "còn 21 ngày làm việc (thứ Ba 31/03) Ban hành kế hoạch"
    )
    assert "đang thực hiện quá hạn quá hạn 1 ngày làm việc (thứ Sáu 27/02)" in browser.row("/tasks", "I.2")
    assert "chưa đến kỳ" in browser.row("/tasks", "I.3")
    assert "chờ sự kiện –" in browser.row("/tasks", "II.1")
    assert "chờ ấn định thời hạn –" in browser.row("/tasks", "II.2")


def test_what_is_late_though_its_next_date_is_far_says_why(
    started: Start, browse: Browse, engine: Engine
) -> None:
    ward = started(PLAN)
    with transaction(engine) as connection:
        late = min(
            each.occurrence_id
            for each in calendar(connection, ward)
            if each.due_on and each.due_on < TODAY and each.stage == "plan"
        )
        submit(connection, ward.id, Submission(late, Stage.PLAN, TODAY), by="hoa", today=TODAY, now=NOW)

    row = browse().row("/tasks", "I.2")

    assert "đang thực hiện quá hạn có bước đã quá hạn trước đó" in row
    assert "có bước đã quá hạn trước đó" not in browse().row("/tasks", "I.1")


def test_tasks_stand_in_the_order_of_the_appendix_under_their_sections(
    started: Start, browse: Browse
) -> None:
    started(PLAN)

    text = browse().text("/tasks")

    places = [text.index(f"{code} Nhiệm vụ số {code}") for code in ("I.1", "I.2", "I.3", "II.1", "II.2")]
    assert places == sorted(places)
    assert text.rindex("II. Mục") > text.index("I.3 Nhiệm vụ")


def test_the_head_counts_the_tasks_by_official_status(started: Start, browse: Browse) -> None:
    started(PLAN)

    text = browse().text("/tasks")

    assert (
        "5 tất cả 1 đang thực hiện quá hạn 1 đang thực hiện trong hạn 0 hoàn thành đúng hạn "
        "0 hoàn thành quá hạn 0 hoàn thành không có hạn 1 chưa đến kỳ 1 chờ sự kiện 1 chờ ấn định thời hạn"
    ) in text


def test_a_filter_in_the_address_keeps_only_the_tasks_of_that_status(started: Start, browse: Browse) -> None:
    started(PLAN)

    text = browse().text("/tasks?status=dang-thuc-hien-qua-han")

    assert "Nhiệm vụ số I.2" in text
    assert "Nhiệm vụ số I.1" not in text
    assert "5 tất cả" in text


def test_a_filter_in_the_address_keeps_only_the_tasks_of_that_unit(started: Start, browse: Browse) -> None:
    started(PLAN)

    text = browse().text("/tasks?unit=phong-van-hoa-xa-hoi")

    assert "Nhiệm vụ số I.2" in text
    assert "Nhiệm vụ số II.2" in text
    assert "Nhiệm vụ số I.1" not in text
    assert "2 tất cả" in text


def test_every_link_of_the_head_leads_to_a_page(started: Start, browse: Browse) -> None:
    import re

    started(PLAN)
    browser = browse()

    links = set(re.findall(r'href="(/[^"]*)"', browser.page("/tasks?unit=phong-van-hoa-xa-hoi")))

    assert len(links) > 10
    assert {browser.get(link.replace("&amp;", "&")).status_code for link in links} == {200}


def test_a_filter_that_there_is_not_is_refused_in_words(started: Start, browse: Browse) -> None:
    started(PLAN)
    browser = browse()

    status, unit = browser.get("/tasks?status=xong"), browser.get("/tasks?unit=phong-la")

    assert (status.status_code, unit.status_code) == (422, 404)
    assert "Tình trạng “xong” không đúng" in status.text
    assert "Không có đơn vị “phong-la”" in unit.text


def test_text_of_a_decision_never_becomes_part_of_the_page(started: Start, browse: Browse) -> None:
    hostile = replace(task("I.1", TaskKind.EVENT, lead=HOSTILE), title=HOSTILE, time_text=HOSTILE)
    reading = plan_of(hostile, task("I.2"))
    started(replace(reading, decision=replace(reading.decision, title=HOSTILE)))
    browser = browse()

    for path in ("/tasks", "/tasks/I.1", "/plan", "/tasks?status=%3Cscript%3E"):
        page = browser.get(path).text
        assert "<script>" not in page
    assert HOSTILE in browser.text("/tasks")


def test_a_due_date_on_a_day_off_names_the_last_working_day_before_it(started: Start, browse: Browse) -> None:
    started(plan_of(task("I.1", occurrences=[occurrence(plan=date(2026, 3, 28))])))

    row = browse().row("/tasks", "I.1")

    assert "(thứ Bảy 28/03)" in row
    assert "ngày làm việc cuối cùng trước đó: thứ Sáu 27/03/2026" in row


def test_the_plan_of_another_year_stands_beside_with_links_of_its_own(
    started: Start, browse: Browse, engine: Engine
) -> None:
    ward = started(plan_of(task("I.1")))
    next_year = plan_of(task("I.1"), number="2/QĐ-UBND")
    next_year = replace(next_year, decision=replace(next_year.decision, year=2027))
    next_year = replace(next_year, tasks=(replace(next_year.tasks[0], title="Việc của năm sau"),))
    with transaction(engine) as connection:
        source = StoredFile("1" * 64, 1, "qd.txt", "text/plain")
        plan = import_plan(connection, next_year, source, by=None, now=NOW).plan_id
        activate_plan(connection, ward, by=None, today=TODAY, now=NOW, plan_id=plan)
    browser = browse()

    page = browser.page("/tasks")

    assert 'href="/tasks/I.1">Việc của năm sau' in page
    assert 'href="/tasks/I.1?year=2026">Nhiệm vụ số I.1' in page
    assert "Việc của năm sau" in browser.text("/tasks/I.1")
    assert "I.1. Nhiệm vụ số I.1" in browser.text("/tasks/I.1?year=2026")


def test_a_draft_is_named_while_no_plan_is_active(browse: Browse, engine: Engine) -> None:
    with transaction(engine) as connection:
        import_plan(connection, PLAN, StoredFile("1" * 64, 1, "qd.txt", "text/plain"), by=None, now=NOW)

    text = browse().text("/tasks")

    assert "Chưa có kế hoạch nào đang thực hiện." in text
    assert "Bản nháp Quyết định 1/QĐ-UBND chờ đưa vào thực hiện. Xem bản nháp" in text


def test_units_without_an_address_are_counted_until_they_have_one(
    started: Start, browse: Browse, engine: Engine
) -> None:
    ward = started(plan_of(task("I.1"), task("I.2", lead=CULTURE)))
    browser = browse()
    before, named = browser.text("/tasks"), browser.text("/running")

    with transaction(engine) as connection:
        for unit in (OFFICE, CULTURE):
            add_contact(
                connection, ward, unit, channel="email", address="a@example.vn", actor=SYSTEM, now=NOW
            )

    assert "2 đơn vị chủ trì chưa có địa chỉ liên hệ" in before
    assert f"{CULTURE} {OFFICE} Thêm địa chỉ" in named
    assert "chưa có địa chỉ liên hệ" not in browser.text("/tasks")


def test_open_findings_are_counted_without_those_that_only_inform(started: Start, browse: Browse) -> None:
    check = Finding("x", Severity.CHECK, "Xem lại giúp.", "I.1")
    info = Finding("y", Severity.INFO, "Chỉ để biết.", "I.1")

    started(plan_of(task("I.1"), findings=[check, info]))

    browser = browse()
    assert "Kế hoạch còn 1 điểm cần người xem lại." in browser.text("/tasks")
    assert "cần xem lại Xem lại giúp." in browser.text("/tasks/I.1")


def test_mail_that_stays_on_this_machine_is_said_so_and_mail_that_leaves_is_not(
    started: Start, browse: Browse
) -> None:
    started(PLAN)

    assert "Chưa có máy chủ thư" in browse().text("/tasks")
    assert "máy chủ thư" not in browse(mail_url="mailto://127.0.0.1:9?from=a@b.vn").text("/tasks")


def test_two_wards_in_one_installation_are_told_apart_by_who_is_signed_in(
    started: Start, browse: Browse, engine: Engine
) -> None:
    started(PLAN)
    other = plan_of(task("I.1", lead=CULTURE), issuer="UBND phường Khác", number="9/QĐ-UBND")
    with transaction(engine) as connection:
        source = StoredFile("1" * 64, 1, "qd.txt", "text/plain")
        imported = import_plan(connection, other, source, by=None, now=NOW)
        activate_plan(connection, imported.ward, by=None, today=TODAY, now=NOW)
        add_user(
            connection,
            imported.ward,
            "khac",
            role=Role.COORDINATOR,
            unit=None,
            email=None,
            actor=SYSTEM,
            now=NOW,
        )

    named = browse(as_="dieuphoi", ward=imported.ward.code)

    assert "Quyết định 9/QĐ-UBND" in named.text("/tasks")
    assert "Nhiệm vụ số I.2" not in named.text("/tasks")
    assert "Quyết định 9/QĐ-UBND" not in browse().text("/tasks")


def test_the_day_is_the_one_in_the_wards_time_zone(started: Start, browse: Browse) -> None:
    started(plan_of(task("I.1", occurrences=[occurrence(plan=date(2026, 3, 3))])))

    late_evening_in_london = browse(now=datetime(2026, 3, 2, 18, 0, tzinfo=UTC))

    assert "hạn hôm nay (thứ Ba 03/03)" in late_evening_in_london.row("/tasks", "I.1")
