from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from domain.plans import Finding, Severity
from services.people import Ward
from tests.builders import CULTURE, OFFICE, occurrence, plan_of, task
from tests.web.conftest import Browse

Start = Callable[..., Ward]


def test_the_decision_shows_its_head_its_sections_and_its_reporting_calendar(
    started: Start, browse: Browse
) -> None:
    reading = plan_of(task("I.1"), task("I.2"), task("II.1"))
    sections = (replace(reading.sections[0], declared=3), replace(reading.sections[1], declared=1))
    started(replace(reading, sections=sections))

    text = browse().text("/plan")

    for words in (
        "Quyết định 1/QĐ-UBND Kế hoạch CCHC Ngày ban hành thứ Tư 14/01/2026",
        "Tình trạng đang thực hiện, từ 09:00 ngày 02/03/2026 Số nhiệm vụ 3",
        "I Mục 3 2 không khớp II Mục 1 1 Lịch báo cáo",
        "Lịch báo cáo thứ Hai 09/03/2026 thứ Ba 09/06/2026 thứ Tư 09/09/2026 thứ Tư 09/12/2026",
    ):
        assert words in text


def test_findings_stand_with_the_gravest_first_and_lead_to_their_task(started: Start, browse: Browse) -> None:
    findings = [
        Finding("b", Severity.INFO, "Chỉ để <i>biết</i>."),
        Finding("a", Severity.CHECK, "Hỏi lại.", "I.1"),
    ]
    started(plan_of(task("I.1"), findings=findings))

    text = browse().text("/plan")

    assert (
        "Điểm cần xem lại (2) Xử lý từng điểm bên cạnh bản gốc cần xem lại Hỏi lại. Xem điểm số 2 Mở I.1"
        " để biết Chỉ để <i>biết</i>. Xem điểm số 1"
    ) in text


def test_the_calendar_shows_every_due_date_by_month_with_its_standing(started: Start, browse: Browse) -> None:
    late = occurrence("Năm 2026", plan=date(2026, 2, 27), report=date(2026, 12, 9))
    later = occurrence("Sau", opens_on=date(2026, 6, 1), plan=date(2026, 6, 30), report=None)
    started(plan_of(task("I.1", occurrences=[late]), task("I.2", lead=CULTURE, occurrences=[later])))

    text = browse().text("/calendar?view=list")

    assert "3 thời hạn" in text
    february = text.partition("Tháng 2/2026 thứ Sáu")[2]
    assert february.startswith(
        f" 27/02/2026 I.1 Ban hành kế hoạch · Năm 2026 · {OFFICE} quá hạn 1 ngày làm việc"
    )
    assert f"I.2 Ban hành kế hoạch · Sau · {CULTURE} chưa mở" in text
    assert "thứ Tư 09/12/2026: còn 196 ngày làm việc" in text


def test_the_calendar_names_holidays_and_made_up_working_days(started: Start, browse: Browse) -> None:
    started(plan_of(task("I.1")))

    text = browse().text("/calendar?view=list")

    assert "thứ Sáu 02/01/2026 (Công văn 12729/VPCP-KGVX)" in text
    assert "Làm bù: thứ Bảy 10/01/2026 (Công văn 12729/VPCP-KGVX)" in text


def test_a_year_without_a_notice_is_marked_as_provisional(started: Start, browse: Browse) -> None:
    started(plan_of(task("I.1")))
    browser = browse(now=datetime(2026, 3, 2, 2, tzinfo=UTC))

    assert "tạm tính" not in browser.text("/calendar?view=list")
    assert "Ngày nghỉ năm 2035 là tạm tính" in browser.text("/calendar?year=2035")
    assert browser.get("/calendar?year=99999").status_code == 422
