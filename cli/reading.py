"""`cchc plan read` and `cchc plan read-time`: show what is read, store nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from domain.errors import WardError
from domain.reading.as_data import plan_data, time_data
from domain.reading.times import read_time

if TYPE_CHECKING:
    from domain.plans import PlanReading, TaskReading

_SEVERITIES = {"blocking": "Phải xử lý", "check": "Cần xem", "info": "Để biết"}
_KINDS = {
    "scheduled": "có hạn",
    "recurring": "định kỳ",
    "ongoing": "thường xuyên",
    "event": "chờ sự kiện",
    "unspecified": "chờ ấn định",
}


class BadLine(WardError):
    """A line of the input isn't the JSON that was asked for."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"line {number} is not a JSON object with a text",
            f'Dòng {number} chưa đúng: mỗi dòng là một đối tượng JSON dạng {{"text": "trước 30/9/2026"}}, '
            'có thể thêm "year" (số) và "issued" (ngày, dạng 2026-01-14).',
        )


def plan_read(path: str, *, as_json: bool, everything: bool = False) -> int:
    """Print the plan in a decision's file, with `everything` all findings at length; nothing is stored.

    Raises:
        WardError: the file can't be read, or holds no plan.
    """
    import shlex
    from pathlib import Path

    from cli.progress import progress
    from services.reading import read_file

    plan = read_file(Path(path), progress=progress())
    if as_json:
        print(json.dumps(plan_data(plan), ensure_ascii=False, indent=2))
    else:
        then = f"Nhập thành bản nháp: cchc plan import {shlex.quote(path)} --by NGƯỜI"
        _show_plan(plan, everything=everything, then=then)
    return 0


def plan_read_time(texts: list[str], *, year: int | None, issued: date | None, as_json: bool) -> int:
    """Print what each text says about time; `-` reads JSON lines and prints one for each.

    Raises:
        BadLine: a line isn't an object with a text.
    """
    if texts == ["-"]:
        for line in _lines(sys.stdin):
            print(_reading(*_asked(line, year, issued)))
        return 0
    for text in texts:
        if as_json:
            print(_reading(text, year, issued))
        else:
            _show_time(text, year, issued)
    return 0


def _reading(text: str, year: int | None, issued: date | None) -> str:
    milestones, findings = read_time(text, year=year, issued_on=issued)
    return json.dumps(time_data(text, milestones, findings), ensure_ascii=False)


def _lines(stream: Iterable[str]) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(stream, start=1) if line.strip())


def _asked(
    line: tuple[int, str], year: int | None, issued: date | None
) -> tuple[str, int | None, date | None]:
    """Return the text of a line with its own year and issue date, else those of the command."""
    number, content = line
    try:
        asked = json.loads(content.removeprefix("\ufeff"))
        text, own_year, own_issued = asked["text"], asked.get("year", year), asked.get("issued")
        if own_issued is not None:
            issued = date.fromisoformat(own_issued)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise BadLine(number) from None
    if not isinstance(text, str) or not (own_year is None or type(own_year) is int):
        raise BadLine(number)
    if own_year is not None and not 1000 <= own_year <= 9999:
        raise BadLine(number)
    return text, own_year, issued


def _show_time(text: str, year: int | None, issued: date | None) -> None:
    from domain.reading.wording import said

    milestones, findings = read_time(text, year=year, issued_on=issued)
    print(f"“{' '.join(text.split())}”")
    for milestone in milestones:
        print(f"  • {said(milestone)}")
    for finding in findings:
        print(f"  {_SEVERITIES[finding.severity]}: {finding.message}")


def _show_plan(plan: PlanReading, *, everything: bool, then: str) -> None:
    from rich.console import Console
    from rich.markup import escape

    from cli.findings import of_reading, plain, print_findings

    head = plan.decision
    console = Console(highlight=False)
    console.print(
        f"[bold]{escape(head.number)}[/] ngày {head.issued_on:%d/%m/%Y} – {escape(plain(head.title))}"
    )
    console.print(f"{escape(plain(head.issuer))}; năm {head.year}: {len(plan.tasks)} nhiệm vụ")
    calendar = ", ".join(f"{day:%d/%m/%Y}" for day in plan.reporting_calendar)
    console.print(f"Lịch báo cáo: {calendar}\n")
    console.print(_task_table(plan.tasks))
    print_findings(of_reading(plan.findings), everything=everything, then=then)


def _task_table(tasks: Iterable[TaskReading]) -> object:
    from rich.markup import escape
    from rich.table import Table

    from cli.findings import plain
    from domain.reading.wording import said

    table = Table(title="Nhiệm vụ", title_justify="left")
    for name in ("Số", "Nội dung", "Chủ trì", "Thời gian ghi trong văn bản", "Loại", "Đọc là"):
        table.add_column(name, overflow="fold")
    for task in tasks:
        cells = (task.code, task.title, "; ".join(task.lead_units), task.time_text, _KINDS[task.kind])
        read = "\n".join(said(milestone) for milestone in task.milestones)
        table.add_row(*(escape(plain(cell)) for cell in (*cells, read)))
    return table
