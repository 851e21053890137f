"""The discrepancy report for people, and what they decide about it."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain import words
from domain.findings import Verdict
from domain.plans import Finding, Severity, Stage
from domain.reading.confirming import kind_of, meaning
from domain.refusals import BadValue

if TYPE_CHECKING:
    from rich.console import RenderableType

LONG = 30  # findings of one severity that are printed without --all
GRAVEST_FIRST = (Severity.BLOCKING, Severity.CHECK, Severity.INFO)
TITLES = {
    Severity.BLOCKING: "Phải xử lý trước khi đưa kế hoạch vào thực hiện",
    Severity.CHECK: "Cần xem lại",
    Severity.INFO: "Để biết",
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """One finding as it is printed; `number` is empty before it is stored, `decided` while it is open."""

    number: str
    code: str
    severity: Severity
    task: str
    place: str
    source_text: str
    message: str
    decided: str = ""


def of_reading(findings: Iterable[Finding]) -> list[Doubt]:
    """Return what reading found."""
    return [
        Doubt(
            "",
            each.code,
            each.severity,
            each.task or "",
            words.place(each.place.table, each.place.row, each.place.page) if each.place else "",
            each.source_text,
            each.message,
        )
        for each in findings
    ]


def of_rows(rows: Iterable[Any]) -> list[Doubt]:
    """Return stored findings."""
    return [
        Doubt(
            str(row.id),
            row.code,
            Severity(row.severity),
            row.task_code or "",
            words.place(row.source_table, row.source_row, row.source_page),
            row.source_text,
            row.message,
            _decided(row),
        )
        for row in rows
    ]


def as_data(row: Any) -> dict[str, object]:
    """Return a stored finding as data."""
    fields = ("id", "code", "severity", "message", "task_code", "source_text", "settled_at", "verdict")
    place = {"table": row.source_table, "row": row.source_row, "page": row.source_page}
    return {field: getattr(row, field) for field in fields} | {
        "task": row.task_code,
        "place": place if row.source_row else None,
        "meaning": meaning(row.code),
        "settled_by": row.settled_by_name,
        "settlement": row.settlement,
        "decisions": row.decisions,
    }


def print_findings(
    doubts: Sequence[Doubt], *, everything: bool, then: str = "", width: int | None = None
) -> None:
    """Print the report, grave ones first; without `everything`, what only informs is counted by kind."""
    from rich.console import Console

    console = Console(width=width or _width(), highlight=False, markup=False, emoji=False)
    if doubts:
        console.print("\nNhững điểm cần xem lại", style="bold")
    for severity in GRAVEST_FIRST:
        these = [
            doubt for doubt in doubts if doubt.severity is severity and (everything or not doubt.decided)
        ]
        for part in _part(severity, these, everything=everything):
            console.print(part)
    console.print(_counted(doubts, everything=everything))
    if then:
        console.print(then, soft_wrap=True)  # a command that is copied must stay one line


def plan_next(plan: Any, found: Sequence[Any]) -> str:
    """Return the next command to type about a stored plan."""
    left = [row for row in found if row.settled_at is None and row.severity != Severity.INFO]
    blocking = [row for row in left if row.severity == Severity.BLOCKING]
    if plan.state == "closed" or (plan.state == "active" and not left):
        return ""
    if plan.state == "draft" and not blocking:
        return "Đưa vào thực hiện: cchc plan activate --by NGƯỜI"
    return f'Xử lý từng điểm: cchc plan settle {left[0].id} --as confirmed --note "GHI CHÚ" --by NGƯỜI'


def settle(arguments: Namespace) -> int:
    """Record a decision about the findings that a command names."""
    from cli.office import database
    from services.findings import Settled, settle_alike, settle_finding

    decision = _decision(arguments)
    if bool(arguments.finding) == bool(arguments.code):
        raise BadValue("Điểm cần xem lại", arguments.code or "", "ghi SỐ của từng điểm, hoặc --code LOẠI")
    with database() as office, office.begin() as (connection, ward):
        who = {"by": arguments.by, "today": office.today, "now": office.now}
        if arguments.code:
            plan = _plan_in_hand(connection, ward)
            done = settle_alike(connection, ward, plan, arguments.code, decision, **who)
        else:
            each = [settle_finding(connection, ward, one, decision, **who) for one in arguments.finding]
            settled = tuple(number for one in each for number in one.findings)
            done = Settled(settled, sum(one.dates for one in each))
    numbers = ", ".join(map(str, done.findings))
    dates = f" {done.dates} thời hạn được ấn định." if done.dates else ""
    print(f"Đã ghi quyết định về điểm số {numbers}.{dates}" if numbers else "Không có điểm nào thay đổi.")
    return 0


def reopen(arguments: Namespace) -> int:
    """Take a decision back."""
    from cli.office import database
    from services.findings import reopen_finding

    with database() as office, office.begin() as (connection, ward):
        opened = reopen_finding(
            connection, ward, arguments.finding, arguments.reason, by=arguments.by, now=office.now
        )
    text = "Đã mở lại điểm số {}; quyết định trước vẫn được lưu." if opened else "Điểm số {} đang mở sẵn."
    print(text.format(arguments.finding))
    return 0


def _decision(arguments: Namespace) -> Any:
    from services.findings import DateChange, Decision

    verdict = arguments.verdict or (Verdict.CORRECTED if arguments.due else Verdict.CONFIRMED)
    change = None
    if arguments.due:
        if arguments.stage is None:
            raise BadValue("Thời hạn", f"{arguments.due:%d/%m/%Y}", "cần thêm --stage plan|implement|report")
        change = DateChange(Stage(arguments.stage), arguments.due, arguments.occurrence)
    return Decision(Verdict(verdict), arguments.note, change)


def _plan_in_hand(connection: Any, ward: Any) -> int:
    """Return the plan that is being settled: the newest draft, else the newest active one."""
    from services.plans import NoDraft, plans

    known = plans(connection, ward)
    for state in ("draft", "active"):
        for plan in known:
            if plan.state == state:
                return int(plan.id)
    raise NoDraft


def _part(severity: Severity, these: Sequence[Doubt], *, everything: bool) -> list[RenderableType]:
    if not these:
        return []
    title = f"{TITLES[severity]} ({len(these)})"
    if severity is Severity.INFO and not everything:
        counts = Counter(kind_of(doubt.code).name for doubt in these)
        return [f"\n{title}", *(f"  {count} × {name}" for name, count in counts.most_common())]
    shown = these if everything or severity is Severity.BLOCKING else these[:LONG]
    parts: list[RenderableType] = [f"\n{title}", _table(shown)]
    if len(shown) < len(these):
        parts.append(f"… và {len(these) - len(shown)} điểm nữa; xem hết: thêm --all")
    return parts


def _table(doubts: Sequence[Doubt]) -> RenderableType:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, expand=True, leading=1)
    table.add_column("Ở đâu", ratio=2, min_width=14, overflow="fold")
    table.add_column("Lời trong văn bản", ratio=3, min_width=16, overflow="fold")
    table.add_column("Cần xem lại", ratio=6, overflow="fold")
    for doubt in doubts:
        number = f"Số {doubt.number}" if doubt.number else ""
        where = "\n".join(filter(None, (number, plain(doubt.task) or "Cả văn bản", doubt.place)))
        said = Text(plain(doubt.message))
        said.append(f"\n{meaning(doubt.code)}", style="dim")
        if doubt.decided:
            said.append(f"\nĐã xử lý: {plain(doubt.decided)}", style="bold")
        table.add_row(Text(where), Text(_quoted(doubt.source_text)), said)
    return table


def _counted(doubts: Sequence[Doubt], *, everything: bool) -> str:
    left = Counter(doubt.severity for doubt in doubts if not doubt.decided)
    decided = sum(bool(doubt.decided) for doubt in doubts)
    if not doubts:
        return "\nKhông có điểm nào cần xem lại."
    counts = ", ".join(f"{left[each]} điểm {words.SEVERITIES[each]}" for each in GRAVEST_FIRST)
    text = f"\nCòn {counts}" + (f"; {decided} điểm đã xử lý." if decided else ".")
    folded = left[Severity.INFO] or decided
    return text + (" Xem hết: thêm --all" if folded and not everything else "")


def _decided(row: Any) -> str:
    if row.settled_at is None:
        return ""
    said = words.VERDICTS[row.verdict or "settled"]
    by = f" ({row.settled_by_name})" if row.settled_by_name else ""
    return f"{said}{by}" + (f": {row.settlement}" if row.settlement else "")


def _quoted(text: str) -> str:
    return f"“{' '.join(plain(text).split())}”" if text.strip() else "—"


def plain(text: str) -> str:
    """Return what a document says without what would command the terminal."""
    return "".join(each if each.isprintable() or each == "\n" else " " for each in text)


def _width() -> int | None:
    """Return the width to print in; on something that is no terminal, as wide as tables are."""
    import os
    import sys

    return None if sys.stdout.isatty() or "COLUMNS" in os.environ else 160
