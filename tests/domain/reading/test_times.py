from __future__ import annotations

from datetime import date

import pytest

from domain.plans import Milestone, Stage
from domain.reading.times import read_time

YEAR = 2026


def read(text: str, issued_on: date | None = None) -> list[Milestone]:
    return list(read_time(text, year=YEAR, issued_on=issued_on)[0])


def only(text: str, issued_on: date | None = None) -> Milestone:
    (milestone,) = read(text, issued_on)
    return milestone


def codes(text: str, issued_on: date | None = None, year: int | None = YEAR) -> set[str]:
    return {finding.code for finding in read_time(text, year=year, issued_on=issued_on)[1]}


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("trước 30/9/2026", "2026-09-29"),
        ("Trước ngày 15 tháng 01 năm 2026", "2026-01-14"),
        ("gửi trước ngày 01/3/2026", "2026-02-28"),
        ("trước tháng 6/2026", "2026-05-31"),
        ("trước quý II/2026", "2026-03-31"),
        ("Trước năm 2030", "2029-12-31"),
        ("chậm nhất trước ngày 30/9", "2026-09-29"),
        ("chậm nhất ngày 30/9/2026", "2026-09-30"),
        ("chậm nhất là ngày 30.9.2026", "2026-09-30"),
        ("đến hết ngày 30/9/2026", "2026-09-30"),
        ("hết quý II/2026", "2026-06-30"),
        ("Đến năm 2030", "2030-12-31"),
        ("trước và trong ngày 30/9/2026", "2026-09-30"),
        ("không muộn hơn 30-9-2026", "2026-09-30"),
        ("không sau ngày 30/9/2026", "2026-09-30"),
        ("30/9/2026", "2026-09-30"),
        ("2026-09-30", "2026-09-30"),
        ("Trước 15/01 năm sau", "2027-01-14"),
        ("chậm nhất trong tháng 02/2028", "2028-02-29"),
    ],
)
def test_strict_words_take_the_day_before_and_inclusive_words_the_day_itself(text: str, due: str) -> None:
    milestone = only(text)

    assert (milestone.kind, str(milestone.due)) == ("deadline", due)


@pytest.mark.parametrize(
    ("text", "start", "due"),
    [
        ("Trong tháng 2/2026", "2026-02-01", "2026-02-28"),
        ("Quý III, IV/2026", "2026-07-01", "2026-12-31"),
        ("Quí IV-2025", "2025-10-01", "2025-12-31"),
        ("tháng 10, 11/2025", "2025-10-01", "2025-11-30"),
        ("Từ tháng 1-4/2026", "2026-01-01", "2026-04-30"),
        ("Tháng \n 01/ 2026", "2026-01-01", "2026-01-31"),
        ("6 tháng đầu năm", "2026-01-01", "2026-06-30"),
        ("06 tháng cuối năm 2026", "2026-07-01", "2026-12-31"),
        ("giai đoạn 2026-2030", "2026-01-01", "2030-12-31"),
        ("Trong năm 2026", "2026-01-01", "2026-12-31"),
        ("từ 01/3 đến hết ngày 30/6/2026", "2026-03-01", "2026-06-30"),
        ("Từ ngày 10 đến ngày 20/3/2026", "2026-03-10", "2026-03-20"),
        ("01-15/3/2026", "2026-03-01", "2026-03-15"),
        ("5-10/2026", "2026-05-01", "2026-10-31"),
        ("Quý IV/2025 - Quý I/2026", "2025-10-01", "2026-03-31"),
        ("Từ tháng 11 đến tháng 2 năm sau", "2026-11-01", "2027-02-28"),
        ("từ tháng 11 đến tháng 3/2026", "2025-11-01", "2026-03-31"),
        ("từ tháng 10/2026 đến tháng 3", "2026-10-01", "2027-03-31"),
    ],
)
def test_a_stretch_is_due_on_its_last_day(text: str, start: str, due: str) -> None:
    milestone = only(text)

    assert (milestone.kind, str(milestone.start), str(milestone.due)) == ("period", start, due)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("Năm 2026 và các năm tiếp theo", "2026-01-01"),
        ("Triển khai từ năm 2026", "2026-01-01"),
        ("Sau năm 2026", "2027-01-01"),
        ("Từ quý II/2026 trở đi", "2026-04-01"),
    ],
)
def test_an_open_window_has_no_due_day(text: str, start: str) -> None:
    milestone = only(text)

    assert (milestone.kind, str(milestone.start), milestone.due) == ("open", start, None)


@pytest.mark.parametrize(
    ("text", "recurrence", "rule"),
    [
        ("hằng tháng", "FREQ=MONTHLY", None),
        ("trước ngày 20 hằng tháng", "FREQ=MONTHLY", "day 19"),
        ("ngày 20 hằng tháng", "FREQ=MONTHLY", "day 20"),
        ("Trước ngày 10 của tháng cuối cùng kỳ báo cáo", "FREQ=MONTHLY;BYMONTH=3,6,9,12", "day 9"),
        ("Định kỳ 6 tháng", "FREQ=MONTHLY;INTERVAL=6", None),
        ("02 tuần một lần", "FREQ=WEEKLY;INTERVAL=2", None),
        ("02 lần/năm", "FREQ=MONTHLY;INTERVAL=6", None),
        ("Mỗi năm 02 lần", "FREQ=MONTHLY;INTERVAL=6", None),
        ("trước ngày 31/3 hằng năm", "FREQ=YEARLY", "03-30"),
        ("tháng cuối quý", "FREQ=MONTHLY;BYMONTH=3,6,9,12", "last day"),
        ("chậm nhất ngày 05 của tháng kế tiếp", "FREQ=MONTHLY", "day 5 of the following month"),
    ],
)
def test_a_rhythm_has_its_rule_and_the_day_that_is_due(text: str, recurrence: str, rule: str | None) -> None:
    milestone = only(text)

    assert (milestone.kind, milestone.recurrence, milestone.due_rule) == ("recurring", recurrence, rule)


def test_a_list_of_rhythms_gives_a_milestone_for_each() -> None:
    assert [milestone.recurrence for milestone in read("định kỳ hằng tháng, quý, năm")] == [
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;BYMONTH=3,6,9,12",
        "FREQ=YEARLY",
    ]


@pytest.mark.parametrize(
    "text",
    ["Thường xuyên", "liên tục", "hằng ngày", "Thường xuyên trong năm 2026", "Thường xuyên theo quy định"],
)
def test_work_without_an_end_is_ongoing(text: str) -> None:
    assert only(text).kind == "ongoing"


@pytest.mark.parametrize(
    "text",
    [
        "Khi có phản ánh, kiến nghị của tổ chức, công dân",
        "Theo chỉ đạo của cấp trên",
        "Theo yêu cầu của cấp trên",
        "Ban hành sau khi có kết luận của kiểm toán nhà nước",
        "đột xuất",
        "Theo CV yêu cầu",
    ],
)
def test_what_waits_for_something_is_an_event(text: str) -> None:
    milestone = only(text)

    assert milestone.kind == "event"
    assert milestone.event


def test_several_causes_are_several_events() -> None:
    assert [m.kind for m in read("Khi có yêu cầu của cấp trên hoặc khi có phản ánh của công dân")] == [
        "event"
    ] * 2


@pytest.mark.parametrize("text", ["Theo quy định", "Theo kế hoạch của thành phố", "theo tiến độ dự án"])
def test_vague_words_need_a_person(text: str) -> None:
    assert only(text).kind == "unspecified"
    assert codes(text) == {"unspecified"}


def test_days_are_counted_from_the_issue_without_the_first() -> None:
    milestone = only("100 ngày kể từ ngày ban hành Kế hoạch", date(2026, 7, 14))

    assert (milestone.due, milestone.offset_days) == (date(2026, 10, 22), 100)


def test_days_are_counted_from_an_event_that_is_still_to_come() -> None:
    milestone = only("Chậm nhất 05 ngày làm việc sau khi nhận được yêu cầu")

    assert (milestone.event, milestone.offset_days, milestone.working_days) == ("nhận được yêu cầu", 5, True)
    assert milestone.due is None


def test_days_before_an_event_count_backwards() -> None:
    assert only("trước khi kiểm tra ít nhất 05 ngày").offset_days == -5


@pytest.mark.parametrize(
    "base", ["Luật Đất đai được ban hành", "ban hành danh mục đơn vị", "cấp trên ban hành Kế hoạch"]
)
def test_what_someone_else_issues_is_not_this_decisions_issue(base: str) -> None:
    assert only(f"30 ngày kể từ ngày {base}", date(2026, 1, 14)).due is None


@pytest.mark.parametrize(
    ("text", "hour", "due"),
    [
        ("trước 16h30 ngày 15/3/2026", "16:30", date(2026, 3, 15)),
        ("Trước 17 giờ 00 phút ngày 20/10/2026", "17:00", date(2026, 10, 20)),
        ("trước 16 giờ thứ Sáu", "16:00", None),
    ],
)
def test_the_hour_is_kept_and_makes_the_day_itself_the_last(text: str, hour: str, due: date | None) -> None:
    milestone = only(text)

    assert (milestone.due_time, milestone.due) == (hour, due)


def test_each_bullet_binds_the_stage_that_its_words_name() -> None:
    milestones = read(
        "- Ban hành kế hoạch trong quý I/2026\n- Triển khai: Quý II, III\n- Báo cáo trong Tháng 12/2026"
    )

    assert [(m.stage, str(m.due)) for m in milestones] == [
        (Stage.PLAN, "2026-03-31"),
        (Stage.IMPLEMENT, "2026-09-30"),
        (Stage.REPORT, "2026-12-31"),
    ]


def test_carrying_out_a_report_is_a_report_and_building_a_network_no_plan() -> None:
    assert only("Thực hiện chế độ báo cáo trước 10/12/2026").stage is Stage.REPORT
    assert only("Xây dựng mạng lưới trong năm 2026").stage is Stage.IMPLEMENT
    assert only("Xây dựng kế hoạch trong quý I").stage is Stage.PLAN


def test_a_cited_documents_day_is_no_deadline() -> None:
    milestone = only("Thực hiện Nghị quyết số 57-NQ/TW ngày 22/12/2024 trong năm 2026")

    assert milestone.due == date(2026, 12, 31)
    assert "citation" in codes("Thực hiện Nghị quyết số 57-NQ/TW ngày 22/12/2024 trong năm 2026")


def test_the_days_that_figures_cover_are_no_deadline() -> None:
    text = "Số liệu tính từ ngày 15/12 năm trước đến ngày 14/6"

    assert [milestone.due for milestone in read(text)] == [None]
    assert "cutoff" in codes(text)


def test_the_year_of_a_report_is_not_the_year_of_its_deadline() -> None:
    assert only("Báo cáo năm 2025 trước ngày 15/01").due == date(2026, 1, 14)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31/02/2026", "impossible-date"),
        ("Tháng 13/2026", "impossible-date"),
        ("Quý V/2026", "impossible-date"),
        ("Đầu năm 2026", "fuzzy"),
        ("Tuần 2 tháng 3/2026", "fuzzy"),
        ("Tháng 6/2026 (chậm nhất 31/5/2026)", "contradiction"),
        ("Tháng 3, 9/2026", "gapped"),
        ("Truớc ngày 30/9/2026", "slip"),
        ("trước ngày 3O/9/2026", "slip"),
        ("hàng tuân", "slip"),
        ("trong vòng 15 ngày", "no-base"),
        ("Thực hiện đúng", "unread"),
        ("", "empty"),
        ("hằng năm", "assumed-day"),
        ("XLSX-DATE 2026-12-01", "sheet-date"),
        ("từ 30/6/2026 đến 01/3/2026", "reversed"),
        ("Phiên họp tháng 9/2026", "session"),
        ("trước 5/13-30/6/2026", "leftover"),
        ("Quý I/2026 (12/tháng 3)", "leftover"),
    ],
)
def test_every_doubt_is_named(text: str, code: str) -> None:
    assert code in codes(text)


@pytest.mark.parametrize(
    "text",
    ["Đạt 80% vào năm 2026, 100% vào năm 2030", "1. Kế hoạch: tháng 2/2026. 2. Báo cáo: tháng 11/2026"],
)
def test_numbers_that_are_no_dates_raise_no_doubt(text: str) -> None:
    assert codes(text) == set()


def test_a_garbled_strict_word_still_takes_the_day_before() -> None:
    assert only("Truớc ngày 30/9/2026").due == date(2026, 9, 29)
    assert only("trước ngày 3O/9/2026").due == date(2026, 9, 29)


def test_a_date_without_any_year_to_go_by_is_not_guessed() -> None:
    milestones, findings = read_time("trước ngày 30/9", year=None)

    assert milestones[0].due is None
    assert {finding.code for finding in findings} == {"year-missing"}


def test_a_deadline_before_the_issue_date_is_doubted() -> None:
    issued = date(2026, 1, 14)

    assert "before-issue" in codes("trước 14/01/2026", issued)
    assert codes("trước 15/01/2026", issued) == {"on-issue"}
    assert codes("trước 16/01/2026", issued) == set()
