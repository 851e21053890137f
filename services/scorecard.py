"""The score sheet of a year: each criterion with its figures, its formula and its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from sqlalchemy import Connection

from domain.plans import Stage
from domain.reports import Period, whole
from domain.scorecard import Counted, Criterion, Rule, Score, decimal, score
from domain.status import Status
from services.people import Ward
from services.report_lines import OccurrenceLine, StageLine, within
from services.reports import Report, report
from services.scorecard_file import Scorecard, load_scorecard
from services.spreadsheets import Cell, Column, Table, write_xlsx
from services.tasks import TaskLine

DONE = frozenset({Status.DONE_ON_TIME, Status.DONE_LATE, Status.DONE_NO_DUE})
COLUMNS = (
    Column("STT", 7),
    Column("Tiêu chí", 50),
    Column("Điểm tối đa", 10),
    Column("Số liệu kê khai", 34),
    Column("Cách tính điểm", 34),
    Column("Tài liệu kiểm chứng", 60),
    Column("Điểm tự đánh giá", 12),
)
UNCONFIRMED = (
    "CHƯA XÁC NHẬN: tiêu chí, điểm tối đa và cách tính chưa được đối chiếu với văn bản chính thức;"
    " chỉ để tham khảo."
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence: what it is, and the page or file that shows it."""

    text: str
    path: str


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of the sheet; a heading has no score."""

    criterion: Criterion
    score: Score | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The score sheet of a year as known on `today`."""

    card: Scorecard
    facts: Report
    lines: tuple[SheetLine, ...]

    @property
    def most(self) -> Decimal:
        """All points that there are."""
        return sum((line.criterion.most or Decimal(0) for line in self.lines), Decimal(0))

    @property
    def points(self) -> Decimal:
        """The points that the history gives."""
        return sum((line.score.points or Decimal(0) for line in self.lines if line.score), Decimal(0))

    @property
    def open(self) -> Decimal:
        """The points of the criteria that a person has to score."""
        left = (line.criterion.most for line in self.lines if line.score and line.score.points is None)
        return sum((each or Decimal(0) for each in left), Decimal(0))


def score_sheet(
    connection: Connection, ward: Ward, year: int, *, by: str | None, today: date, folder: Path | None
) -> Sheet:
    """Return the score sheet of a year; `folder` is where an administrator's own criteria may stand.

    Raises:
        BrokenScorecard: the criteria can't be used.
        NoPlanOfYear, UnknownUser, NotPermitted: see `services.reports.report`.
    """
    facts = report(connection, ward, whole(year), by=by, today=today)
    card = load_scorecard(folder)
    return Sheet(card, facts, tuple(_line(each, facts) for each in card.criteria))


def write_sheet(sheet: Sheet, target: BinaryIO, base: str = "") -> None:
    """Write a score sheet as an Excel workbook in which no text is a formula; `base` begins its links."""
    facts = sheet.facts
    head = [
        f"{facts.ward.name}: {sheet.card.title}, năm {facts.period.year}",
        f"Văn bản: {sheet.card.document or 'chưa ghi'}; số liệu đến ngày {facts.as_of:%d/%m/%Y}",
    ]
    if not sheet.card.confirmed:
        head.append(UNCONFIRMED)
    rows = [*(_row(each, base) for each in sheet.lines), _total(sheet)]
    write_xlsx(Table("Tự chấm điểm", COLUMNS, rows, head), target)


def _row(line: SheetLine, base: str) -> Sequence[Cell]:
    criterion, found = line.criterion, line.score
    if found is None or criterion.most is None:
        return (criterion.code, criterion.title, None, "", "", "", None)
    evidence = "\n".join(f"{each.text}: {base}{each.path}" for each in line.evidence)
    points = None if found.points is None else float(found.points)
    return (
        criterion.code,
        criterion.title,
        float(criterion.most),
        found.declared,
        found.formula,
        evidence,
        points,
    )


def _total(sheet: Sheet) -> Sequence[Cell]:
    said = f"Còn {decimal(sheet.open)} điểm do đơn vị tự chấm" if sheet.open else ""
    return ("", "Tổng", float(sheet.most), said, "", "", float(sheet.points))


def _line(criterion: Criterion, facts: Report) -> SheetLine:
    if criterion.rule is None:
        return SheetLine(criterion, None, ())
    tasks = [task for task in facts.tasks if _meant(criterion, task) and task.status is not Status.CANCELLED]
    if criterion.rule is Rule.MANUAL:
        tasks = []
    codes = {task.code for task in tasks}
    meant = [each for each in facts.occurrences if each.code in codes]
    found = score(criterion, _counted(criterion, tasks, meant, facts.period))
    return SheetLine(criterion, found, tuple(_evidence(meant, facts.period)))


def _meant(criterion: Criterion, task: TaskLine) -> bool:
    return task.section in criterion.sections or task.code in criterion.tasks


def _counted(
    criterion: Criterion, tasks: Sequence[TaskLine], meant: Sequence[OccurrenceLine], period: Period
) -> Counted:
    stages = [
        stage
        for each in meant
        if each.status is not Status.CANCELLED
        for stage in each.stages
        if within(period, stage.due) and stage.standing != "ahead"
    ]
    return Counted(
        # A task that the criterion names and the plan doesn't have is missing, not left out.
        tasks=max(len(tasks), len(criterion.tasks)) if tasks else 0,
        done=sum(task.status in DONE for task in tasks),
        due=len(stages),
        on_time=sum(stage.standing == "on_time" for stage in stages),
        papers=len({each.code for each, _ in _papers(criterion.stage, meant)}),
    )


def _papers(stage: Stage, meant: Sequence[OccurrenceLine]) -> list[tuple[OccurrenceLine, StageLine]]:
    return [
        (each, line)
        for each in meant
        for line in each.stages
        if line.stage is stage and line.accepted and (line.paper or line.documents)
    ]


def _evidence(meant: Sequence[OccurrenceLine], period: Period) -> Iterable[Evidence]:
    """Yield what shows the figures: the occurrences that were due, then the papers handed in."""
    for each in meant:
        if any(within(period, line.due) or line.effective_on for line in each.stages):
            place = f"/tasks/{quote(each.code)}?year={period.year}#ky-{each.id}"
            yield Evidence(f"{each.code} {each.label} ({each.status.value})", place)
            for line in each.stages:
                for sha256, name in line.documents:
                    numbered = f"{line.paper}, " if line.paper else ""
                    yield Evidence(f"{numbered}{name}", f"/documents/{sha256}")
