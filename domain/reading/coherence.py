"""Look at a whole reading for what its clauses say about each other."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from domain.plans import Milestone, Stage
from domain.reading.rhythm import YEARLY
from domain.reading.state import Reading, vietnamese

_FAR = 30  # years; plans look as far as 2050
_DATED = {"deadline", "period"}
_COUNTED = re.compile(r"(lần|đợt|kỳ)\b", re.IGNORECASE)
_ENDS = re.compile(r"kết thúc|hoàn thành", re.IGNORECASE)
_YEAR = re.compile(r"\b(19|20|21)\d\d\b")


def check_whole(reading: Reading) -> None:
    """Name years that don't fit together and a report that is due before its work."""
    if reading.by_name:
        _once(reading)
    for milestone in reading.milestones:
        due, year = milestone.due, reading.year
        if milestone.kind in _DATED and due and year is not None and not _likely(milestone, year):
            reading.doubt("other_year", milestone.source_text, vietnamese(due))
    if len(reading.milestones) < 2:
        return
    _share_rhythm(reading)
    _close_windows(reading)
    dated = [m for m in reading.milestones if m.kind in _DATED and m.due is not None]
    written = {source for source in {m.source_text for m in dated} if _YEAR.search(source)}
    years = {m.due.year for m in dated if m.due is not None and m.source_text in written}
    for source, year in reading.unyeared:
        if years and year not in years:
            reading.doubt("year_taken", source, str(year))
    latest: Milestone | None = None
    for milestone in dated:
        if latest is not None and _too_early(milestone, latest):
            reading.doubt(
                "report_first", milestone.source_text, vietnamese(milestone.due) if milestone.due else ""
            )
        if latest is None or (latest.due and milestone.due and milestone.due > latest.due):
            latest = milestone


def _once(reading: Reading) -> None:
    """Make plain deadlines of reports that only their names make periodic, unless the text has a rhythm."""
    named = {id(milestone) for milestone, _ in reading.by_name}
    if any(m.recurrence and m.kind == "recurring" and id(m) not in named for m in reading.milestones):
        return
    dues = {id(milestone): due for milestone, due in reading.by_name}
    reading.milestones[:] = [
        replace(m, kind="deadline", due=dues[id(m)], recurrence=None, due_rule=None) if id(m) in dues else m
        for m in reading.milestones
    ]


def _likely(milestone: Milestone, year: int) -> bool:
    """Say whether a day fits the plan's year; the last day of the year before comes from `trước 01/01`."""
    due = milestone.due
    if due is None or (milestone.start is None and due == date(year - 1, 12, 31)):
        return True
    return year <= due.year <= year + _FAR


def _too_early(report: Milestone, work: Milestone) -> bool:
    """Say whether a report is due before the work named ahead of it begins."""
    if report.stage is not Stage.REPORT or work.stage is Stage.REPORT or report.start is not None:
        return False
    begun = work.start or work.due
    return report.due is not None and begun is not None and report.due < begun


def _close_windows(reading: Reading) -> None:
    """Make one window of `bắt đầu: 01/3; kết thúc: 30/6`."""
    for index in range(len(reading.milestones) - 1):
        first, last = reading.milestones[index : index + 2]
        opens = first.kind == "open" and first.start is not None and first.event is None
        if opens and last.kind == "deadline" and _ENDS.match(last.source_text):
            reading.milestones[index] = replace(
                last, kind="period", start=first.start, source_text=f"{first.source_text} {last.source_text}"
            )
            del reading.milestones[index + 1]
            return


def _share_rhythm(reading: Reading) -> None:
    """Give `lần 1: trước 20/6` the rhythm of `lần 2: trước 20/11 hằng năm`."""
    yearly = False
    for index in range(len(reading.milestones) - 1, -1, -1):
        milestone = reading.milestones[index]
        source = milestone.source_text
        if not _COUNTED.match(source):
            yearly = False
        elif milestone.recurrence == YEARLY:
            yearly = True
        elif yearly:
            reading.milestones[index] = _returning(milestone, YEARLY)
    counted: str | None = None  # mỗi năm 02 lần: lần 1 trước 15/6, lần 2 trước 15/12
    for index, milestone in enumerate(reading.milestones):
        if milestone.kind == "recurring" and milestone.due and _COUNTED.search(milestone.source_text):
            counted = milestone.recurrence
        elif counted and _COUNTED.match(milestone.source_text.lstrip(", ")):
            reading.milestones[index] = _returning(milestone, counted)


def _returning(milestone: Milestone, rhythm: str) -> Milestone:
    """Return a deadline without a year as one that comes back."""
    due = milestone.due
    if milestone.kind != "deadline" or due is None or _YEAR.search(milestone.source_text):
        return milestone
    rule = f"{due.month:02d}-{due.day:02d}"
    return replace(milestone, kind="recurring", recurrence=rhythm, due_rule=rule)
