"""Plans made at random are read as they were made; and nothing makes reading fall over or lose a row."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import example, given
from hypothesis import strategies as st

from config.event_types import load_event_types
from config.units import load_units
from domain.errors import NotADecision
from domain.plans import PlanReading
from domain.reading.gathering import gather
from domain.reading.layout import Line, Row, Sheet
from domain.reading.normal import composed
from domain.reading.plan import read_sheet
from domain.reading.tables import text_sheet
from tests.domain.reading.conftest import plan_in

HEAD = """UBND PHƯỜNG THÀNH ĐÔNG
Số: 7/KH-UBND
Thành Đông, ngày 20 tháng 01 năm 2026
KẾ HOẠCH
Cải cách hành chính năm 2026

"""
HEADINGS = {
    "number": ["TT", "STT", "Số TT", "Stt"],
    "content": ["Nội dung công việc", "Nhiệm vụ/giải pháp", "Tên nhiệm vụ", "Hoạt động", "NHIỆM VỤ (1)"],
    "lead": ["Cơ quan chủ trì", "Đơn vị chủ trì thực hiện", "Đầu mối", "Người phụ trách", "Đơn vị thực hiện"],
    "coordinating": ["Cơ quan phối hợp", "Đơn vị phối hợp", "Phối hợp"],
    "time": ["Thời gian", "Thời hạn hoàn thành", "Mốc thời gian", "Tiến độ", "Ngày hoàn thành"],
    "product": ["Sản phẩm", "Kết quả/sản phẩm", "Sản phẩm dự kiến", "Đầu ra"],
}
TITLES = ["Ban hành kế hoạch", "Rà soát văn bản", "Công khai thủ tục hành chính", "Tập huấn cho công chức"]
UNITS = ["Phòng Văn hóa - Xã hội", "Công an", "Trạm Y tế", "Trung tâm Phục vụ hành chính công"]
TIMES = ["Quý I/2026", "Trước 30/6/2026", "Thường xuyên", "Tháng 10/2026", "Trong năm 2026"]
ROMANS = ["I", "II", "III"]


@dataclass(frozen=True)
class Made:
    """A plan as it was made: its text, and what must come out."""

    text: str
    codes: tuple[str, ...]
    rows: tuple[dict[str, str], ...]


@st.composite
def plans(draw: st.DrawFn) -> Made:
    """Make a plan: sections or none, columns in any order and wording, pages that repeat the header."""
    names = draw(st.permutations(list(HEADINGS)))
    header = "\t".join(draw(st.sampled_from(HEADINGS[name])) for name in names)
    sections = draw(st.integers(0, 3))
    lines, codes, rows = [header], list[str](), list[dict[str, str]]()
    for section in ROMANS[:sections] or [""]:
        if section:
            title = f"{section}. {draw(st.sampled_from(['Thể chế', 'Thủ tục', 'Tài chính công']))}"
            lines.append("\t".join([title, *[""] * (len(names) - 1)]))
        for number in range(1, draw(st.integers(1, 4)) + 1):
            row = {
                "number": draw(st.sampled_from([f"{number}", f"{number}.", f"0{number}", f"{number})"])),
                "content": f"{draw(st.sampled_from(TITLES))} {number}",
                "lead": draw(st.sampled_from(UNITS)),
                "coordinating": draw(st.sampled_from(["", *UNITS])),
                "time": draw(st.sampled_from(TIMES)),
                "product": draw(st.sampled_from(["", "Kế hoạch", "Báo cáo kết quả"])),
            }
            codes.append(f"{section}.{number}" if section else f"{number}")
            if draw(st.booleans()) and len(lines) > 1:
                lines += ["", str(draw(st.integers(1, 9))), header]
            lines.append("\t".join(row[name] for name in names))
            rows.append(row)
            if draw(st.integers(0, 4)) == 0:
                tail = {"content": "và các việc liên quan", "product": "của phường"}
                lines += ["", header, "\t".join(tail.get(name, "") for name in names)]
                row["content"] += f" {tail['content']}"
                row["product"] = f"{row['product']} {tail['product']}".strip()
    return Made(HEAD + "\n".join(lines), tuple(codes), tuple(rows))


@given(plans())
def test_a_plan_made_at_random_is_read_as_it_was_made(made: Made) -> None:
    plan = plan_in(made.text)

    assert tuple(task.code for task in plan.tasks) == made.codes
    for task, row in zip(plan.tasks, made.rows, strict=True):
        assert (task.title, task.lead_units, task.time_text) == (row["content"], (row["lead"],), row["time"])
        assert (" ".join(task.coordinating_units), " ".join(task.products)) == (
            row["coordinating"],
            row["product"],
        )


CELLS = st.one_of(
    st.sampled_from(
        ["", "", "1", "2.", "I", "II.", "A", "a)", "-", "1.1", "(1)", "x", '"', "TT", "Nội dung", "Chủ trì",
         "Thời gian", "Quý I", "Ghi chú: a", "THỂ CHẾ", "I. Thể chế", "1. Ban hành", "Công an", "Nơi nhận:",
         "như trên", "3"]
    ),
    st.text(max_size=12),
)  # fmt: skip # short values read best packed
HEADER = ("TT", "Nội dung", "Chủ trì", "Phối hợp", "Thời gian")


@st.composite
def tables(draw: st.DrawFn) -> tuple[Row, ...]:
    """Make a table of tasks with rows of any content and any cells merged down."""
    rows = draw(st.lists(st.tuples(*[CELLS] * 5), min_size=1, max_size=12))
    below = draw(st.lists(st.frozensets(st.integers(0, 4), max_size=3), min_size=12, max_size=12))
    made = [Row(1, 1, HEADER)]
    for at, (row, merged) in enumerate(zip(rows, below, strict=False), start=2):
        cells = tuple("" if place in merged else cell for place, cell in enumerate(row))
        made.append(Row(1, at, cells, draw(st.sampled_from([None, 1, 2])), merged))
    return tuple(made)


def read(blocks: tuple[Line | Row, ...]) -> PlanReading | None:
    try:
        return read_sheet(Sheet(blocks), units=load_units(), event_types=load_event_types())
    except NotADecision:
        return None


def under(*below: tuple[str, ...]) -> tuple[Row, ...]:
    return tuple(Row(1, at, cells) for at, cells in enumerate((HEADER, *below), start=1))


@given(tables())
@example(under(("", "Nội dung", "1", "Chủ trì", "TT"), ("", "", "I", "", "1")))  # a header with a column "1"
@example(under(("", "", "TT", "", ""), ("", "1", "Quý I", "", "")))  # a header of two rows: "Chủ trì TT"
@example(under(("Quý I", "Nội dung", "3", "", "1"), ("Ghi chú: a", "1", "", "", "")))  # words for a mark
def test_no_row_of_a_table_of_tasks_vanishes(rows: tuple[Row, ...]) -> None:
    """What a row says stands in an entry or a finding, or is a header's, a numbering row's, or in a column
    of which a finding says that it was not read.
    """
    gathered = gather(rows)
    codes = {finding.code for finding in gathered.findings}
    assert not gathered.unread or "column-unread" in codes

    kept = " ".join(
        [text for entry in gathered.entries for text in (*entry.cells.values(), entry.value)]
        + [finding.source_text for finding in gathered.findings]
        + [cell for cells in gathered.passed for cell in cells]
        + gathered.unread
    )
    said = " ".join(composed(cell) for row in rows[1:] for cell in row.cells)
    marks = {"x", "X", "v", "V"}  # in a column of a month they mean its name, which is kept
    words = {word for word in said.split() if word.isalpha()} - marks
    assert [word for word in words if word not in composed(kept)] == []


@given(tables(), st.lists(st.text(max_size=60), max_size=5))
def test_reading_never_falls_over_on_any_rows(rows: tuple[Row, ...], lines: list[str]) -> None:
    head = tuple(Line(text) for text in (*HEAD.splitlines(), *lines))
    plan = read((*head, *rows))

    assert plan is None or all(task.code and task.source.row for task in plan.tasks)


@given(st.text(max_size=400))
def test_reading_never_falls_over_on_any_text(text: str) -> None:
    for whole in (text, HEAD + text):
        plan = read(text_sheet(whole).blocks)
        assert plan is None or plan.tasks


PIECES = st.sampled_from(
    ["1. ", "a) ", "- ", "II. NHIỆM VỤ", "Cơ quan chủ trì: ", "Thời gian: ", "Nhiệm vụ: ", "Công an",
     "trước ngày 30/6", "\n", "(", ")", ";", ". ", "Giao ", " chủ trì, phối hợp với ", "rà soát",
     "Quý I/2026", ":", "Sản phẩm: ", "kế hoạch"]
)  # fmt: skip # short values read best packed


@given(st.lists(PIECES, max_size=40).map("".join))
def test_reading_never_falls_over_on_any_prose(text: str) -> None:
    try:
        plan = plan_in(HEAD + text)
    except NotADecision:
        return
    assert len({task.code for task in plan.tasks}) == len(plan.tasks) or "duplicate-code" in {
        finding.code for finding in plan.findings
    }
