"""The official statuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.plans import TaskKind
from domain.stages import OccurrenceState
from domain.status import Standing, Status, occurrence_status, task_status

OFFICIAL = {
    "hoàn thành đúng hạn",
    "hoàn thành quá hạn",
    "hoàn thành không có hạn",
    "đang thực hiện trong hạn",
    "đang thực hiện quá hạn",
    "chưa đến kỳ",
    "chờ sự kiện",
    "chờ ấn định thời hạn",
    "huỷ",
}


def test_the_statuses_are_called_what_reports_call_them() -> None:
    assert {str(status) for status in Status} == OFFICIAL


@pytest.mark.parametrize(
    ("state", "has_due", "late", "status"),
    [
        ("planned", True, False, "chưa đến kỳ"),
        ("planned", False, False, "chưa đến kỳ"),
        ("open", True, False, "đang thực hiện trong hạn"),
        ("open", False, False, "đang thực hiện trong hạn"),
        ("open", True, True, "đang thực hiện quá hạn"),
        ("done", True, False, "hoàn thành đúng hạn"),
        ("done", True, True, "hoàn thành quá hạn"),
        ("done", False, False, "hoàn thành không có hạn"),
        ("cancelled", True, True, "huỷ"),
        ("cancelled", False, False, "huỷ"),
    ],
)
def test_an_occurrence_is_called_by_its_state_and_its_lateness(
    state: str, has_due: bool, late: bool, status: str
) -> None:
    assert occurrence_status(Standing(OccurrenceState(state), has_due, late)) == status


@pytest.mark.parametrize(
    ("kind", "statuses", "status"),
    [
        (TaskKind.EVENT, set(), Status.AWAITS_EVENT),
        (TaskKind.UNSPECIFIED, set(), Status.AWAITS_DATE),
        (TaskKind.RECURRING, {Status.DONE_ON_TIME, Status.NOT_YET}, Status.NOT_YET),
        (TaskKind.RECURRING, {Status.DONE_ON_TIME, Status.ON_TIME, Status.NOT_YET}, Status.ON_TIME),
        (TaskKind.RECURRING, {Status.DONE_ON_TIME, Status.DONE_LATE}, Status.DONE_LATE),
        (TaskKind.EVENT, {Status.DONE_NO_DUE, Status.CANCELLED}, Status.DONE_NO_DUE),
        (TaskKind.EVENT, {Status.DONE_NO_DUE, Status.DONE_ON_TIME}, Status.DONE_ON_TIME),
        (TaskKind.SCHEDULED, {Status.CANCELLED}, Status.CANCELLED),
    ],
)
def test_a_task_is_called_by_the_occurrence_that_needs_most_care(
    kind: TaskKind, statuses: set[Status], status: Status
) -> None:
    assert task_status(kind, frozenset(statuses)) is status


@given(st.sampled_from(TaskKind), st.sets(st.sampled_from(Status), max_size=5))
def test_one_overdue_occurrence_makes_the_task_overdue(kind: TaskKind, others: set[Status]) -> None:
    assert task_status(kind, frozenset({*others, Status.OVERDUE})) is Status.OVERDUE
