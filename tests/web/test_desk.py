"""The first page of each role, and the button that accepts what was looked at."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Engine

from domain.plans import Finding, Severity, Stage, TaskKind
from models.database import transaction
from services import extensions
from services.documents import StoredFile
from services.people import Ward
from services.plans import import_plan
from services.stages import Submission, send_back, submit
from tests.builders import CULTURE, NOW, OFFICE, TODAY, occurrence, plan_of, task
from tests.web.conftest import Browse, words_of

Start = Callable[..., Ward]
LATE = date(2026, 2, 2)
PLAN = plan_of(
    task("I.1", occurrences=[occurrence(plan=LATE)]),
    task("I.2", lead=CULTURE, occurrences=[occurrence(plan=date(2026, 3, 10))]),
    task("II.1", occurrences=[occurrence(plan=date(2026, 6, 30))]),
    task("II.2", TaskKind.UNSPECIFIED),
    task("II.3", TaskKind.EVENT, event_types=["guidance"]),
    findings=[Finding("x", Severity.CHECK, "Xem lại giúp.", "I.1")],
)


@pytest.fixture
def ward(started: Start) -> Ward:
    return started(PLAN)


def hand_in(engine: Engine, ward: Ward, code: str, by: str, stage: Stage = Stage.PLAN) -> int:
    with transaction(engine) as connection:
        found: int = connection.exec_driver_sql(
            "SELECT o.id FROM cchc.occurrence o"
            " JOIN cchc.task t ON t.id = o.task_id AND t.ward_id = o.ward_id"
            " WHERE o.ward_id = %(ward)s AND t.code = %(code)s",
            {"ward": ward.id, "code": code},
        ).scalar_one()
        submit(connection, ward.id, Submission(found, stage, TODAY), by=by, today=TODAY, now=NOW)
    return found


def test_a_coordinator_sees_what_there_is_to_do_with_one_link_beside_each(
    ward: Ward, browse: Browse, engine: Engine
) -> None:
    hand_in(engine, ward, "I.2", "hoa")

    page = browse().page("/")

    text = words_of(page)
    assert "Chờ nghiệm thu (1)" in text
    assert "hoa nộp lúc 09:00 ngày 02/03/2026" in text
    assert "1 nhiệm vụ chờ ấn định thời hạn: II.2. Ấn định" in text
    assert "Kế hoạch còn 1 điểm cần người xem lại. Xem các điểm này" in text
    assert re.search(r"\d+ câu hỏi “trong tháng có văn bản đến không\?” chưa trả lời. Trả lời", text)
    assert re.search(OFFICE + r" 1 kỳ quá hạn \d+ ngày làm việc \(thứ Hai 02/02\)", text)
    assert 'href="/events/new"' in page
    assert 'href="/plan/import"' in page


def test_the_sections_of_the_plan_show_the_same_numbers_as_the_list(ward: Ward, browse: Browse) -> None:
    text = browse().text("/")

    assert "I. Mục 2 1 đang thực hiện quá hạn · 1 đang thực hiện trong hạn" in text
    assert "II. Mục 3 1 đang thực hiện trong hạn · 1 chờ sự kiện · 1 chờ ấn định thời hạn" in text


def test_ticked_results_are_accepted_with_one_button(ward: Ward, browse: Browse, engine: Engine) -> None:
    one, two = hand_in(engine, ward, "I.1", "lan"), hand_in(engine, ward, "I.2", "hoa")
    browser = browse()

    answer = browser.send(
        "/submissions/accept",
        shown="/",
        chosen=[f"{one}/plan/1", f"{two}/plan/1"],
        back="/",
        confirmed="1",
    )

    assert (answer.status_code, answer.headers["location"]) == (303, "/?accepted=2")
    assert "Đã nghiệm thu 2 kết quả." in browser.text("/?accepted=2")
    assert "Không có kết quả nào chờ nghiệm thu." in browser.text("/")


def test_what_was_refused_comes_again_with_why_and_the_rest_is_kept(
    ward: Ward, browse: Browse, engine: Engine
) -> None:
    one, two = hand_in(engine, ward, "I.1", "lan"), hand_in(engine, ward, "I.2", "hoa")
    with transaction(engine) as connection:
        send_back(connection, ward.id, two, Stage.PLAN, by="dieuphoi", reason="x", now=NOW)
        submit(connection, ward.id, Submission(two, Stage.PLAN, TODAY), by="hoa", today=TODAY, now=NOW)

    answer = browse().send(
        "/submissions/accept",
        shown="/submissions",
        chosen=[f"{one}/plan/1", f"{two}/plan/1"],
        confirmed="1",
    )

    assert answer.status_code == 409
    text = words_of(answer.text)
    assert "Đã nghiệm thu 1 kết quả." in text
    assert "1 kết quả chưa nghiệm thu được" in text
    assert "lần nộp thứ 2" in text


def test_a_button_without_a_tick_says_so(ward: Ward, browse: Browse, engine: Engine) -> None:
    hand_in(engine, ward, "I.1", "lan")

    answer = browse().send("/submissions/accept", shown="/submissions")

    assert answer.status_code == 409
    assert "Chưa chọn kết quả nào." in words_of(answer.text)


@pytest.mark.parametrize("chosen", ["x", "1/plan", "1/plan/-1", "1/xyz/1", "9" * 40 + "/plan/1"])
def test_a_tick_that_no_page_has_is_refused(ward: Ward, browse: Browse, chosen: str) -> None:
    assert browse().send("/submissions/accept", shown="/me", chosen=chosen).status_code == 422


def test_the_way_back_never_leads_elsewhere(ward: Ward, browse: Browse, engine: Engine) -> None:
    one = hand_in(engine, ward, "I.1", "lan")

    answer = browse().send(
        "/submissions/accept",
        shown="/submissions",
        chosen=f"{one}/plan/1",
        back="//evil.example",
        confirmed="1",
    )

    assert answer.headers["location"] == "/submissions?accepted=1"


def test_a_coordinators_own_units_result_waits_for_others(ward: Ward, browse: Browse, engine: Engine) -> None:
    hand_in(engine, ward, "I.2", "hoa")

    text = browse(as_="dieuphoi-vh").text("/")

    assert "Không có kết quả nào chờ nghiệm thu." in text
    assert "1 kết quả do người khác nghiệm thu" in text
    assert f"Việc của {CULTURE}" in text


def test_a_unit_sees_what_is_late_first_and_hands_in_from_there(ward: Ward, browse: Browse) -> None:
    page = browse(as_="lan").page("/")

    text = words_of(page)
    assert "2 bước cần nộp, 1 đã quá hạn ." in text
    assert text.index("Đã quá hạn (1) I.1") < text.index("Còn thời gian (1) II.1")
    assert "I.2" not in text
    assert len(re.findall(r'href="/occurrences/\d+/plan">Nộp kết quả<', page)) == 2
    assert len(re.findall(r'href="/occurrences/\d+/plan#[a-z-]+">Xin gia hạn<', page)) == 2


def test_every_link_of_a_desk_leads_to_a_page(ward: Ward, browse: Browse, engine: Engine) -> None:
    hand_in(engine, ward, "I.1", "lan")
    known: set[str] = set()
    for name in ("quantri", "thanhtra", "chutich", "lan", "dieuphoi"):
        browser = browse(as_=name)
        links = set(re.findall(r'href="(/[^"#]*)', browser.page("/"))) - known
        known |= links
        for link in links:
            answer = browser.get(link.replace("&amp;", "&"))
            assert answer.status_code == 200, (name, link)


def test_what_came_back_says_why_on_the_units_desk(ward: Ward, browse: Browse, engine: Engine) -> None:
    one = hand_in(engine, ward, "II.1", "lan")
    with transaction(engine) as connection:
        send_back(connection, ward.id, one, Stage.PLAN, by="dieuphoi", reason="Thiếu <phụ lục>", now=NOW)

    assert "Bị trả lại: Thiếu <phụ lục>" in browse(as_="lan").text("/")


def test_what_was_handed_in_waits_in_a_part_of_its_own(ward: Ward, browse: Browse, engine: Engine) -> None:
    hand_in(engine, ward, "I.1", "lan")

    text = browse(as_="lan").text("/")

    assert "Đã nộp, chờ nghiệm thu (1) I.1" in text
    assert "nộp quá hạn" in text


def test_another_units_desk_shows_no_button_to_hand_in(ward: Ward, browse: Browse) -> None:
    for name in ("dieuphoi", "lan", "chutich"):
        page = browse(as_=name).page("/?unit=phong-van-hoa-xa-hoi")
        assert f"Việc của {CULTURE}" in words_of(page)
        assert "Nộp kết quả" not in page
    assert browse().get("/?unit=phong-la").status_code == 404


def test_only_ones_own_tasks_when_asked_for(ward: Ward, browse: Browse, engine: Engine) -> None:
    browser = browse(as_="lan")
    assert "Chưa có nhiệm vụ nào ghi bạn là người phụ trách" in browser.text("/?who=mine")
    with transaction(engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO cchc.assignment (ward_id, task_id, unit_id, account_id, assigned_by, assigned_at)"
            " SELECT t.ward_id, t.id, a.unit_id, a.id, a.id, now() FROM cchc.task t, cchc.account a"
            " WHERE t.code = 'II.1' AND a.name = 'lan' AND a.ward_id = t.ward_id"
        )

    text = browse(as_="lan").text("/?who=mine")

    assert "II.1 Nhiệm vụ số II.1 Ban hành kế hoạch · Năm 2026 · phụ trách: lan" in text
    assert "Nhiệm vụ số I.1" not in text
    others = browse(as_="lan").text("/?who=nobody")
    assert "Nhiệm vụ số I.1" in others
    assert "Nhiệm vụ số II.1" not in others


def test_who_stands_in_sees_the_other_units_desk_with_its_buttons(
    ward: Ward, browse: Browse, engine: Engine
) -> None:
    with transaction(engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO cchc.stand_in (ward_id, account_id, stand_in_id, first_day, last_day, reason,"
            " made_by, made_at) SELECT h.ward_id, h.id, l.id, '2026-03-01', '2026-03-05', 'x', h.id, now()"
            " FROM cchc.account h, cchc.account l WHERE h.name = 'hoa' AND l.name = 'lan'"
        )
    browser = browse(as_="lan")

    assert f"Đang làm thay cho {CULTURE} ." in browser.text("/")
    page = browser.page("/?unit=phong-van-hoa-xa-hoi")
    assert "Nộp kết quả" in page


def test_the_leaders_page_has_the_numbers_of_the_list_and_what_to_decide(
    ward: Ward, browse: Browse, engine: Engine
) -> None:
    with transaction(engine) as connection:
        one = connection.exec_driver_sql(
            "SELECT o.id FROM cchc.occurrence o JOIN cchc.task t ON t.id = o.task_id WHERE t.code = 'II.1'"
        ).scalar_one()
        extensions.request(
            connection,
            ward,
            one,
            Stage.PLAN,
            until=date(2026, 7, 20),
            reason="Chờ hướng dẫn",
            by="lan",
            today=TODAY,
            now=NOW,
        )
    browser = browse(as_="chutich")

    text = browser.text("/")

    assert (
        "1 đang thực hiện quá hạn 2 đang thực hiện trong hạn 0 hoàn thành đúng hạn 0 hoàn thành quá hạn "
        "0 hoàn thành không có hạn" in text
    )
    assert "Ngoài ra: 1 chờ sự kiện, 1 chờ ấn định thời hạn." in text
    assert f"1 đề nghị gia hạn: II.1 ({OFFICE}, đến 20/07/2026) Quyết định" in text
    assert "Đang quá hạn: 1 kỳ, 1 kỳ chưa nộp" in text
    assert text.partition("Diễn biến")[0] == browser.text("/overview").partition("Diễn biến")[0]
    for tile in ("dang-thuc-hien-qua-han", "dang-thuc-hien-trong-han"):
        assert f'href="/tasks?status={tile}"' in browser.page("/")


def test_an_auditor_starts_in_the_auditors_room(ward: Ward, browse: Browse) -> None:
    answer = browse(as_="thanhtra").get("/", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/audit")


def test_an_administrator_sees_the_parts_and_who_has_never_signed_in(ward: Ward, browse: Browse) -> None:
    text = browse(as_="quantri").text("/")

    assert "Lượt nhắc việc buổi sáng" in text
    assert "hoa (chưa có mật khẩu)" in text
    assert "Chưa có máy chủ thư" in text


def test_a_ward_without_a_plan_says_what_to_do_first(browse: Browse, engine: Engine) -> None:
    with transaction(engine) as connection:
        import_plan(connection, PLAN, StoredFile("1" * 64, 1, "qd.txt", "text/plain"), by=None, now=NOW)

    text = browse().text("/")

    assert (
        "Chưa có kế hoạch nào đang thực hiện. Bước tiếp theo: xem các điểm cần xem lại của bản nháp" in text
    )
    assert "Bản nháp Quyết định 1/QĐ-UBND chờ đưa vào thực hiện" in text
    assert "Chưa có kế hoạch nào đang thực hiện." in browse(as_="chutich").text("/")
