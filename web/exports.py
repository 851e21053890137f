"""Lists as files: the same filters in the address, the same lines, for Excel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from domain.names import slug
from services import plans
from services.spreadsheets import Cell, Column, Table, as_csv, write_xlsx
from services.tasks import TaskLine
from web.days import Days, short_day
from web.page import Page, reading
from web.task_filters import Filter, filter_of, said
from web.task_lists import find
from web.words import KINDS, STAGE_STATES, stage_name

router = APIRouter()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 1024 * 1024
TASKS = (
    Column("Mã số", 9),
    Column("Mục", 6),
    Column("Nhiệm vụ", 60),
    Column("Đơn vị chủ trì", 28),
    Column("Người phụ trách", 16),
    Column("Loại", 16),
    Column("Thời gian (nguyên văn)", 34),
    Column("Tình trạng", 24),
    Column("Thời hạn gần nhất", 13),
    Column("Bước đến hạn", 22),
    Column("Số kỳ đang mở", 9),
    Column("Số kỳ chờ nghiệm thu", 10),
    Column("Năm", 7),
    Column("Quyết định", 18),
)
DUES = (
    Column("Thời hạn", 13),
    Column("Mã số", 9),
    Column("Nhiệm vụ", 60),
    Column("Kỳ thực hiện", 22),
    Column("Bước", 22),
    Column("Đơn vị chủ trì", 28),
    Column("Tình trạng", 24),
    Column("Tạm tính", 10),
)
Year = Annotated[int | None, Query(ge=2000, le=2999)]


@router.get("/tasks.csv")
def tasks_as_csv(request: Request, asked: Annotated[Filter, Depends(filter_of)]) -> StreamingResponse:
    """Hand out the tasks that are asked for as CSV."""
    page, table = _tasks(request, asked)
    return csv_file(as_csv(table), _name("nhiem-vu", page))


@router.get("/tasks.xlsx")
def tasks_as_xlsx(request: Request, asked: Annotated[Filter, Depends(filter_of)]) -> StreamingResponse:
    """Hand out the tasks that are asked for as an Excel workbook."""
    page, table = _tasks(request, asked)
    return _xlsx_file(table, _name("nhiem-vu", page))


@router.get("/calendar.csv")
def calendar_as_csv(request: Request, year: Year = None) -> StreamingResponse:
    """Hand out the due dates of a year as CSV."""
    page, table, shown = _calendar(request, year)
    return csv_file(as_csv(table), _name(f"lich-thoi-han-{shown}", page))


@router.get("/calendar.xlsx")
def calendar_as_xlsx(request: Request, year: Year = None) -> StreamingResponse:
    """Hand out the due dates of a year as an Excel workbook."""
    page, table, shown = _calendar(request, year)
    return _xlsx_file(table, _name(f"lich-thoi-han-{shown}", page))


def csv_file(content: Iterable[bytes], name: str) -> StreamingResponse:
    """Answer with a CSV that is saved under `name`."""
    return StreamingResponse(content, media_type="text/csv; charset=utf-8", headers=_saved(f"{name}.csv"))


def _tasks(request: Request, asked: Filter) -> tuple[Page, Table]:
    with reading(request) as page:
        shown = find(page, asked)
    numbers = {plan.year: plan.number for plan in page.overview.plans}
    head = [
        f"{page.ward.name}: nhiệm vụ cải cách hành chính",
        "; ".join(
            f"Quyết định {plan.number} ngày {short_day(plan.issued_on)}, năm {plan.year}"
            for plan in page.overview.plans
        )
        or "Chưa có kế hoạch nào đang thực hiện",
        f"Lập lúc {page.days.moment(page.now)}; {len(shown.chosen)} nhiệm vụ",
    ]
    if words := said(asked, shown.unit):
        head.append(f"Chỉ gồm {words}")
    rows = [_task_row(line, numbers) for line in shown.chosen]
    return page, Table("Nhiệm vụ", TASKS, rows, head)


def _task_row(line: TaskLine, numbers: dict[int, str]) -> tuple[Cell, ...]:
    return (
        line.code,
        line.section,
        line.title,
        "; ".join(line.lead_units),
        ", ".join(line.in_charge),
        KINDS[line.kind],
        line.time_text,
        line.status.value,
        line.next_due,
        stage_name(line.next_stage),
        line.open_occurrences,
        line.waiting_verdict,
        line.year,
        numbers.get(line.year, ""),
    )


def _calendar(request: Request, year: int | None) -> tuple[Page, Table, int]:
    with reading(request) as page:
        years = [plan.year for plan in page.overview.plans]
        shown = year or (years[0] if years else page.days.today.year)
        found = plans.calendar(page.connection, page.ward, shown)
    head = [
        f"{page.ward.name}: các thời hạn của kế hoạch năm {shown}",
        f"Lập lúc {page.days.moment(page.now)}; {len(found)} thời hạn",
    ]
    rows = [
        (
            row.due_on,
            row.code,
            row.title,
            row.label,
            stage_name(row.stage),
            row.unit,
            _standing(row, page.days),
            "tạm tính" if row.assumed else "",
        )
        for row in found
    ]
    return page, Table(f"Thời hạn {shown}", DUES, rows, head), shown


def _standing(row: Any, days: Days) -> str:
    if row.occurrence_state == "planned":
        return "chưa mở"
    due = days.due(row.due_on)
    late = due.late and row.occurrence_state == "open" and row.state in {"waiting", "open", "returned"}
    return due.distance if late else STAGE_STATES[row.state][0]


def _xlsx_file(table: Table, name: str) -> StreamingResponse:
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed when it has been sent
    write_xlsx(table, file)  # type: ignore[arg-type] # it is as good as a binary file
    file.seek(0)
    return StreamingResponse(_pieces(file), media_type=XLSX, headers=_saved(f"{name}.xlsx"))


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(64 * 1024):
            yield piece


def _saved(name: str) -> dict[str, str]:
    return {"content-disposition": f"attachment; filename=\"{name}\"; filename*=UTF-8''{quote(name)}"}


def _name(what: str, page: Page) -> str:
    return f"{what}-{slug(page.ward.code)}-{page.days.today.isoformat()}"
