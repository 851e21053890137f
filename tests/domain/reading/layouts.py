"""Small plans in tables of any layout, and what is asked of their readings."""

from __future__ import annotations

from config.event_types import load_event_types
from config.units import load_units
from domain.plans import PlanReading
from domain.reading.layout import Line, Row, Sheet
from domain.reading.plan import read_sheet
from tests.domain.reading.conftest import plan_in

HEAD = """UBND PHƯỜNG THÀNH ĐÔNG
Số: 7/KH-UBND
Thành Đông, ngày 20 tháng 01 năm 2026
KẾ HOẠCH
Cải cách hành chính năm 2026

"""
LEAD = "Phòng Văn hóa - Xã hội"
HEADER = "TT\tNội dung\tChủ trì\tThời gian\n"


def plan_of(table: str, header: str = HEADER) -> PlanReading:
    return plan_in(HEAD + header + table)


def sheet_of(*rows: tuple[str, ...], below: dict[int, set[int]], scanned: bool = False) -> PlanReading:
    """Read a table whose rows are counted from 1; `below` names the cells that are merged down."""
    lines = [Line(text) for text in HEAD.splitlines()]
    table = [Row(1, at, row, 2, frozenset(below.get(at, set()))) for at, row in enumerate(rows, start=1)]
    sheet = Sheet((*lines, *table), scanned=scanned)
    return read_sheet(sheet, units=load_units(), event_types=load_event_types())


def codes(plan: PlanReading) -> list[str]:
    return [task.code for task in plan.tasks]


def dues(plan: PlanReading) -> list[list[str]]:
    return [[str(milestone.due) for milestone in task.milestones] for task in plan.tasks]


def found(plan: PlanReading, code: str) -> list[str | None]:
    return [finding.task for finding in plan.findings if finding.code == code]
