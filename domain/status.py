"""The official statuses of a task and of an occurrence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.plans import TaskKind
from domain.stages import HANDED_IN, OccurrenceState, StageState


class Status(StrEnum):
    """What reports call it; the first five are the official ones."""

    DONE_ON_TIME = "hoàn thành đúng hạn"
    DONE_LATE = "hoàn thành quá hạn"
    DONE_NO_DUE = "hoàn thành không có hạn"
    ON_TIME = "đang thực hiện trong hạn"
    OVERDUE = "đang thực hiện quá hạn"
    NOT_YET = "chưa đến kỳ"
    AWAITS_EVENT = "chờ sự kiện"
    AWAITS_DATE = "chờ ấn định thời hạn"
    CANCELLED = "huỷ"


@dataclass(frozen=True, slots=True)
class Standing:
    """What an occurrence's status follows from.

    `late` is true once any stage was handed in late or stands unfinished after
    its due date; it never becomes false again by an edit.
    """

    state: OccurrenceState
    has_due: bool
    late: bool


def is_late(
    occurrence: OccurrenceState, stage: StageState, due_on: date | None, today: date, *, handed_in_late: bool
) -> bool:
    """Tell whether a stage makes its occurrence late; `handed_in_late` is of what was handed in last.

    What is not handed in is late after its due date, while its occurrence is open: neither before that
    one opens nor after it was cancelled.
    """
    if stage in HANDED_IN:
        return handed_in_late
    return occurrence is OccurrenceState.OPEN and due_on is not None and due_on < today


def occurrence_status(standing: Standing) -> Status:
    """Return the official status of one occurrence."""
    match standing.state:
        case OccurrenceState.CANCELLED:
            return Status.CANCELLED
        case OccurrenceState.PLANNED:
            return Status.NOT_YET
        case OccurrenceState.OPEN:
            return Status.OVERDUE if standing.late else Status.ON_TIME
        case OccurrenceState.DONE:
            if not standing.has_due:
                return Status.DONE_NO_DUE
            return Status.DONE_LATE if standing.late else Status.DONE_ON_TIME


_GRAVEST_FIRST = (
    Status.OVERDUE,
    Status.ON_TIME,
    Status.NOT_YET,
    Status.DONE_LATE,
    Status.DONE_ON_TIME,
    Status.DONE_NO_DUE,
    Status.CANCELLED,
)


def task_status(kind: TaskKind, occurrences: frozenset[Status]) -> Status:
    """Return a task's status from those of its occurrences: what is under way or to come goes first."""
    for status in _GRAVEST_FIRST:
        if status in occurrences:
            return status
    return Status.AWAITS_EVENT if kind is TaskKind.EVENT else Status.AWAITS_DATE
