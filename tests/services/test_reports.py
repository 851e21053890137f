"""Reports on the plan: figures that agree, and a paper in the office's form."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.shared import Pt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from domain.plans import PlannedOccurrence, PlanReading, Stage, TaskKind
from domain.refusals import NotPermitted
from domain.reports import Kind, Period, between, half, quarter, whole
from domain.status import Status
from services.documents import DocumentStore
from services.due_dates import set_date
from services.events import EventRequest, raise_event
from services.people import Ward
from services.report_lines import percent
from services.report_texts import NAME, SHIPPED, BrokenTemplate
from services.report_writing import NO_TARGETS, write_report
from services.reports import NoPlanOfYear, Report, due_reports, offered, report
from services.tasks import list_tasks, show_task, status_of
from tests.builders import CULTURE, TODAY, Office, occurrence, office, plan_of, task
from tests.desk import Desk

YEAR = whole(2026)
NASTY = '=HYPERLINK("http://x") <w:p>&amp; \x1b\u202e“kết quả”'


def facts_of(
    connection: Connection, ward: Ward, period: Period = YEAR, today: date = TODAY, **more: Any
) -> Report:
    return report(connection, ward, period, by=None, today=today, **more)


def written(facts: Report, **more: Any) -> Any:
    stream = io.BytesIO()
    write_report(facts, stream, **more)
    stream.seek(0)
    return Document(stream)


def words_of(document: Any) -> str:
    """Return everything that is written, in order, cells of tables after all paragraphs."""
    texts = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        texts += [cell.text for row in table.rows for cell in row.cells]
    return "\n".join(texts)


def mm(length: Any) -> int:
    """Word keeps twentieths of a point."""
    return round(length.mm)


@pytest.fixture
def busy(connection: Connection) -> Office:
    """A ward where one stage came in time, one late, one not at all, and one waits for its verdict."""
    dated = [occurrence(plan=TODAY - timedelta(5), report=TODAY + timedelta(7))]
    one = office(
        connection,
        plan_of(
            task("II.2", occurrences=dated),
            task("II.3", occurrences=[occurrence(plan=TODAY - timedelta(1), report=None)]),
            task("V.2", TaskKind.EVENT, lead=CULTURE, event_types=["guidance"]),
            task("VI.3", TaskKind.UNSPECIFIED),
        ),
    )
    desk = Desk(connection, one)
    desk.submit(Stage.PLAN, doc_number="12/KH-UBND", doc_date=TODAY, on=TODAY)
    return one


def test_every_figure_counts_the_lines_that_the_task_list_shows(connection: Connection, busy: Office) -> None:
    facts = facts_of(connection, busy.ward, quarter(2026, 1))

    assert facts.statuses == Counter(line.status for line in list_tasks(connection, busy.ward, TODAY))
    assert (facts.dues.on_time, facts.dues.late, facts.dues.missing, facts.dues.ahead) == (0, 1, 1, 1)
    assert facts.dues.share == "0 %"
    assert [each.code for each in facts.with_status(Status.AWAITS_EVENT)] == ["V.2"]
    assert [(each.code, stage.stage) for each, stage in facts.waiting] == [("II.2", Stage.PLAN)]
    assert [(each.code, stage.cause) for each, stage in facts.lines("missing")] == [
        ("II.3", "chưa ghi nhận nguyên nhân")
    ]


def test_what_lies_outside_the_period_is_left_out(connection: Connection, busy: Office) -> None:
    later = facts_of(connection, busy.ward, between(TODAY + timedelta(1), TODAY + timedelta(3)))
    ended = facts_of(connection, busy.ward, between(date(2026, 1, 1), date(2026, 1, 5)))

    assert later.dues.total == 0
    assert later.dues.share is None
    assert {each.code for each in later.occurrences} == {"II.2", "II.3"}, "both are still under way"
    assert ended.occurrences == ()


def test_a_delay_for_objective_reasons_is_said_beside_it_and_never_makes_it_timely(
    connection: Connection, busy: Office
) -> None:
    extend(connection, "II.3", reason="Chờ hướng dẫn của Sở", objective=True)

    facts = facts_of(connection, busy.ward)

    ((each, stage),) = facts.lines("missing")
    assert stage.objective
    assert stage.cause == "nguyên nhân khách quan đã được chấp thuận: Chờ hướng dẫn của Sở"
    assert each.status is Status.OVERDUE
    assert "Chờ hướng dẫn của Sở" in words_of(written(facts))


def extend(connection: Connection, code: str, *, reason: str, objective: bool) -> None:
    """Grant an extension up to a day that has passed too."""
    connection.exec_driver_sql(
        """
        INSERT INTO cchc.extension (ward_id, occurrence_id, stage, former_due, asked_until, reason, asked_by,
            asked_at, verdict, granted_until, objective, decided_by, decided_at)
        SELECT o.ward_id, o.id, 'plan', %(day)s, %(day)s, %(reason)s, a.id, now(), 'granted', %(day)s,
            %(objective)s, b.id, now()
        FROM cchc.occurrence o JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
        JOIN cchc.account a ON a.ward_id = o.ward_id AND a.name = 'lan'
        JOIN cchc.account b ON b.ward_id = o.ward_id AND b.name = 'chutich'
        WHERE t.code = %(code)s
        """,
        {"day": TODAY - timedelta(1), "reason": reason, "objective": objective, "code": code},
    )


DAYS = st.dates(date(2026, 1, 15), date(2026, 12, 20))


@st.composite
def plans(draw: st.DrawFn) -> tuple[PlanReading, Period, date]:
    tasks = []
    for number in range(draw(st.integers(1, 4))):
        dates: Sequence[PlannedOccurrence] = [
            occurrence(
                f"Kỳ {n}", opens_on=draw(DAYS), plan=draw(st.none() | DAYS), report=draw(st.none() | DAYS)
            )
            for n in range(draw(st.integers(0, 2)))
        ]
        kind = TaskKind.SCHEDULED if dates else draw(st.sampled_from([TaskKind.EVENT, TaskKind.UNSPECIFIED]))
        tasks.append(task(f"{draw(st.sampled_from(['I', 'II']))}.{number}", kind, occurrences=dates))
    period = draw(
        st.sampled_from([whole(2026), half(2026, 1), half(2026, 2), *(quarter(2026, n) for n in range(1, 5))])
    )
    return plan_of(*tasks), period, draw(DAYS)


@given(case=plans())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sections_add_up_whatever_the_plan(
    connection: Connection, case: tuple[PlanReading, Period, date]
) -> None:
    reading, period, today = case
    point = connection.begin_nested()
    ward = office(connection, reading, today=today).ward

    facts = facts_of(connection, ward, period, today)

    lines = list_tasks(connection, ward, today)
    assert sum(facts.statuses.values()) == len(lines) == sum(each.tasks for each in facts.sections)
    if facts.as_of == today:  # of a period that is over, the next tests tell
        assert facts.statuses == Counter(line.status for line in lines)
    shown = {each.id: each.status for each in facts.occurrences}
    rows = {
        row.id: row for line in lines for row in show_task(connection, ward, line.code, today).occurrences
    }
    if facts.as_of == today:
        assert all(status_of(rows[key], today) is status for key, status in shown.items())
    in_period = [
        stage["due"]
        for row in rows.values()
        for stage in row.stages
        if stage["due"] and period.first <= date.fromisoformat(stage["due"]) <= period.last
    ]
    assert facts.dues.total == len(in_period)
    standings = [facts.lines(name) for name in ("on_time", "late", "missing", "ahead")]
    assert [len(each) for each in standings] == [
        getattr(facts.dues, n) for n in ("on_time", "late", "missing", "ahead")
    ]
    point.rollback()


def test_a_period_that_is_over_is_told_as_it_stood_on_its_last_day(
    connection: Connection, busy: Office
) -> None:
    """II.2 ends in May, II.3 gets its date moved in April, and the guidance for V.2 arrives in May."""
    quarter_one, june = quarter(2026, 1), date(2026, 6, 1)
    before = facts_of(connection, busy.ward, quarter_one, date(2026, 3, 31))
    may = date(2026, 5, 15)
    desk = Desk(connection, busy)
    for stage in (Stage.IMPLEMENT, Stage.REPORT):
        desk.submit(stage, on=may, today=may)
    for stage in Stage:
        desk.accept(stage)
    late = datetime(2026, 4, 2, 3, tzinfo=UTC)
    set_date(
        connection, busy.ward, "II.3", Stage.PLAN, date(2026, 7, 1), reason="x", by="chutich",
        today=late.date(), now=late,
    )  # fmt: skip
    arrived = EventRequest("guidance", "7/HD", may, "Sở Nội vụ", "Hướng dẫn", due_on=june)
    raise_event(
        connection, busy.ward, arrived, by="dieuphoi", today=may, now=datetime(2026, 5, 15, 3, tzinfo=UTC)
    )
    after = facts_of(connection, busy.ward, quarter_one, june)
    now = facts_of(connection, busy.ward, whole(2026), june)

    assert now.statuses != after.statuses == before.statuses
    assert [(each.code, each.status) for each in after.tasks] == [(t.code, t.status) for t in before.tasks]
    assert (after.dues.late, after.dues.missing, after.dues.ahead) == (1, 2, 0)
    assert [each.code for each, _ in after.lines("missing")] == ["II.2", "II.3"]
    assert [each.label for each in after.occurrences if each.code == "V.2"] == []
    said = words_of(written(after))
    assert "Tính đến ngày 31/03/2026" in said
    assert "tình hình tại ngày 31/03/2026, theo kết quả đã ghi nhận đến ngày 01/06/2026" in said


def test_what_was_due_on_the_last_day_and_is_not_there_is_missing(
    connection: Connection, busy: Office
) -> None:
    march_nine = between(date(2026, 1, 1), date(2026, 3, 9))  # II.2 has to report on that day
    on_it = facts_of(connection, busy.ward, march_nine, date(2026, 3, 9))
    later = facts_of(connection, busy.ward, march_nine, date(2026, 3, 10))

    assert (on_it.dues.missing, on_it.dues.ahead) == (1, 1)
    assert (later.dues.missing, later.dues.ahead) == (2, 0)


def test_work_of_the_period_that_was_entered_later_counts(connection: Connection, busy: Office) -> None:
    june = date(2026, 6, 1)
    Desk(connection, busy).submit(Stage.IMPLEMENT, on=date(2026, 3, 20), today=june)

    facts = facts_of(connection, busy.ward, quarter(2026, 1), june)
    assert [(each.code, stage.stage) for each, stage in facts.waiting] == [
        ("II.2", Stage.PLAN),
        ("II.2", Stage.IMPLEMENT),
    ]


def test_what_is_late_from_before_the_period_is_not_passed_over(connection: Connection, busy: Office) -> None:
    facts = facts_of(connection, busy.ward, quarter(2026, 2), date(2026, 5, 4))

    assert facts.lines("missing") == []
    assert [(each.code, stage.stage) for each, stage in facts.missing_before] == [
        ("II.2", Stage.REPORT),
        ("II.3", Stage.PLAN),
    ]
    assert "Quá hạn từ trước kỳ báo cáo" in words_of(written(facts))


def test_a_share_is_never_rounded_up_to_all() -> None:
    assert percent(999, 1000) == "99,9 %"
    assert percent(1999, 2000) == "99,9 %"
    assert percent(3, 3) == "100 %"
    assert percent(0, 0) is None


def test_another_year_and_another_role_get_no_report(connection: Connection, busy: Office) -> None:
    with pytest.raises(NoPlanOfYear):
        facts_of(connection, busy.ward, whole(2025))
    with pytest.raises(NotPermitted):
        report(connection, busy.ward, whole(2026), by="lan", today=TODAY)
    for name in ("dieuphoi", "chutich", "thanhtra", "quantri"):
        assert report(connection, busy.ward, whole(2026), by=name, today=TODAY).tasks


def test_the_paper_has_the_form_of_the_decree(connection: Connection, busy: Office) -> None:
    document = written(facts_of(connection, busy.ward, quarter(2026, 1)))

    first, annex = document.sections
    assert (mm(first.page_width), mm(first.page_height)) == (210, 297)
    assert (annex.orientation, mm(annex.page_width)) == (WD_ORIENT.LANDSCAPE, 297)
    for section in document.sections:
        assert [mm(section.top_margin), mm(section.bottom_margin)] == [20, 20]
        assert [mm(section.left_margin), mm(section.right_margin)] == [30, 15]
    normal = document.styles["Normal"]
    assert (normal.font.name, normal.font.size) == ("Times New Roman", Pt(14))
    runs = [run for paragraph in document.paragraphs for run in paragraph.runs]
    assert {run.font.name for run in runs} == {"Times New Roman"}
    assert 'w:eastAsia="Times New Roman"' in document.element.xml
    assert document.sections[0].different_first_page_header_footer
    assert "PAGE" in document.sections[0].header._element.xml


def test_number_date_and_signer_are_left_to_the_office(connection: Connection, busy: Office) -> None:
    words = words_of(written(facts_of(connection, busy.ward, quarter(2026, 1))))

    for said in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "ỦY BAN NHÂN DÂN\nPHƯỜNG THỬ NGHIỆM",
        "Số:          /BC-UBND",
        "Thử Nghiệm, ngày       tháng       năm 2026",
        "Kết quả công tác cải cách hành chính quý I năm 2026",
        "Nơi nhận:",
        "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH",
        "Kế hoạch năm 2026 có 4 nhiệm vụ.",
        "Trong kỳ báo cáo có 3 mốc thời hạn, 2 mốc đã đến hạn: nộp đúng hạn 0, nộp quá hạn 1, chưa nộp 1",
        "văn bản số 12/KH-UBND ngày 02/03/2026",
    ):
        assert said in words, said
    assert "None" not in words
    assert "{" not in words


def test_the_annex_has_every_task_and_the_table_adds_up(connection: Connection, busy: Office) -> None:
    document = written(facts_of(connection, busy.ward, quarter(2026, 1)))

    *_, summary, _, annex = [table for table in document.tables if len(table.columns) != 1]
    assert [row.cells[0].text for row in annex.rows] == ["TT", "II.2", "II.3", "V.2", "VI.3"]
    figures = [[int(cell.text) for cell in row.cells[1:8]] for row in summary.rows[1:]]
    assert figures[-1] == [sum(column) for column in zip(*figures[:-1], strict=True)]
    assert all(row[0] == sum(row[1:]) for row in figures)
    assert "w:tblHeader" in annex._tbl.xml


def test_what_people_typed_stays_text(connection: Connection, busy: Office) -> None:
    extend(connection, "II.3", reason=NASTY, objective=True)

    document = written(facts_of(connection, busy.ward))

    assert '=HYPERLINK("http://x") <w:p>&amp; “kết quả”' in words_of(document)
    assert "\u202e" not in document.element.xml
    assert document.element.xml.count("w:instrText") == 0


def test_targets_come_out_of_the_plans_own_text(connection: Connection, tmp_path: Path, busy: Office) -> None:
    def after(text: str) -> str:
        store = DocumentStore(tmp_path)
        path = tmp_path / "qd.txt"
        path.write_text(text, encoding="utf-8")
        kept = store.keep_file(path)
        connection.exec_driver_sql(
            "INSERT INTO cchc.document (ward_id, sha256, size, media_type) VALUES"
            " (%(w)s, %(s)s, 1, 'text/plain') ON CONFLICT DO NOTHING",
            {"w": busy.ward.id, "s": kept.sha256},
        )
        connection.exec_driver_sql("UPDATE cchc.plan SET source_sha256 = %(s)s", {"s": kept.sha256})
        return words_of(written(facts_of(connection, busy.ward, quarter(2026, 1), store=store)))

    said = after(
        "2. Một số chỉ tiêu chủ yếu:\n"
        "a) Hoàn thành 100% nhiệm vụ cụ thể trong Kế hoạch.\nb) 90% hài lòng.\nII. X"
    )

    assert "a) Hoàn thành 100% nhiệm vụ cụ thể trong Kế hoạch.\nKết quả: trong kỳ 0/2 mốc đến hạn" in said
    assert "b) 90% hài lòng.\nKết quả: chương trình không có số liệu này" in said
    assert NO_TARGETS in after("Không có gì ở đây cả.")
    assert "Không đọc được chỉ tiêu" in words_of(written(facts_of(connection, busy.ward)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('superior = ""', "superior = ", "dòng"),
        ("{tasks} nhiệm vụ", "{tasks.__class__} nhiệm vụ", "{tasks.__class__}"),
        ("{tasks} nhiệm vụ", "{tasks:>99999999} nhiệm vụ", "không phải số liệu"),
        ("{tasks} nhiệm vụ", "{task} nhiệm vụ", "part thứ 1"),
        ("{tasks} nhiệm vụ", "{tasks nhiệm vụ", "thiếu một nửa"),
        ('content = "late"', 'content = "lates"', "lates"),
        ("[closing]", "[closings]", "[closing]"),
    ],
)
def test_a_broken_template_is_refused_in_words(
    connection: Connection, busy: Office, tmp_path: Path, old: str, new: str, said: str
) -> None:
    shipped = (SHIPPED / NAME).read_text("utf-8")
    assert old in shipped
    (tmp_path / NAME).write_text(shipped.replace(old, new), encoding="utf-8")

    with pytest.raises(BrokenTemplate) as refused:
        written(facts_of(connection, busy.ward), folder=tmp_path)

    assert said in refused.value.notice
    assert str(tmp_path) in refused.value.notice


def test_an_administrators_own_words_win(connection: Connection, busy: Office, tmp_path: Path) -> None:
    shipped = (SHIPPED / NAME).read_text("utf-8")
    (tmp_path / NAME).write_text(shipped.replace("VI. ĐỀ XUẤT", "VI. {Period}: {{Ý KIẾN}}"), encoding="utf-8")

    words = words_of(written(facts_of(connection, busy.ward), folder=tmp_path))

    assert "VI. Năm 2026: {Ý KIẾN}, KIẾN NGHỊ" in words


def test_a_due_report_of_the_plan_offers_its_draft(connection: Connection, packaged: PlanReading) -> None:
    ward = office(connection, packaged, today=date(2026, 1, 14)).ward

    due = due_reports(connection, ward)

    assert [(row.code, row.label, offer.period.kind, offer.period.code) for row, offer in due] == [
        ("I.2", "Quý I/2026", Kind.QUARTER, "1/2026"),
        ("I.2", "6 tháng/2026", Kind.HALF, "1/2026"),
        ("I.2", "Quý III/2026", Kind.QUARTER, "3/2026"),
        ("I.2", "Năm 2026", Kind.YEAR, "2026"),
    ]
    assert offered("Báo cáo kết quả công tác kiểm soát TTHC", "Quý I/2026") is None


def test_what_was_cancelled_is_not_expected_any_more(connection: Connection, busy: Office) -> None:
    connection.exec_driver_sql(
        "UPDATE cchc.occurrence o SET state = 'cancelled', cancel_reason = 'Thôi' FROM cchc.task t"
        " WHERE t.ward_id = o.ward_id AND t.id = o.task_id AND t.code = 'II.3'"
    )

    facts = facts_of(connection, busy.ward, quarter(2026, 1))

    assert (facts.dues.missing, facts.dues.total) == (0, 2)
    assert facts.lines("missing", "ahead") != []
    assert {each.code for each, _ in facts.lines("missing", "ahead", "late")} == {"II.2"}
