"""Extensions (gia hạn): who may ask for one, what a leader may grant, and when a due date moves.

A request on or before the due date may move it. A request made after it may be approved, and is told apart,
but no date moves: nothing that is done afterwards turns late into on time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from domain.errors import WardError
from domain.people import PERMITTED, Action, Role
from domain.plans import STAGE_NAMES, Stage
from domain.refusals import BadValue, NotOwnUnit, NotPermitted, ReasonNeeded, SamePerson, WrongState
from domain.stages import HANDED_IN, OccurrenceState, StageState

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
LIVE = frozenset({OccurrenceState.PLANNED, OccurrenceState.OPEN})


class UnknownExtension(WardError):
    """The ward has no such request."""

    def __init__(self, named: object) -> None:
        super().__init__(f"unknown extension {named}", "Không có đề nghị gia hạn này.")


class ExtensionWaits(WardError):
    """One request for a stage waits already."""

    def __init__(self, stage: Stage, until: date) -> None:
        super().__init__(
            f"an extension of {stage} until {until} waits",
            f"Bước “{STAGE_NAMES[stage]}” đã có đề nghị gia hạn đến {until:%d/%m/%Y} đang chờ lãnh đạo quyết "
            "định. Muốn đề nghị khác, hãy rút đề nghị đó trước.",
        )


class ExtensionDecided(WardError):
    """Somebody decided on the request, or took it back."""

    def __init__(self, verdict: str) -> None:
        said = {"granted": "được chấp thuận", "refused": "bị từ chối", "withdrawn": "được đơn vị rút lại"}
        super().__init__(
            f"the extension is {verdict}",
            f"Đề nghị gia hạn này đã {said[verdict]} từ trước; không quyết định lại được.",
        )


class ExtensionOvertaken(WardError):
    """The stage was handed in, or its occurrence closed, before anybody decided."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(
            f"{stage} was handed in or closed",
            f"Bước “{STAGE_NAMES[stage]}” đã được nộp hoặc kỳ thực hiện đã đóng; không còn quyết định gia "
            "hạn được nữa.",
        )


@dataclass(frozen=True, slots=True)
class Asking:
    """The facts that decide whether someone may ask for more time for a stage."""

    stage: Stage
    state: StageState
    occurrence: OccurrenceState
    due_on: date | None
    year: int
    unit_id: int
    unit_name: str
    role: Role
    person_unit_id: int | None
    stands_in: bool = False  # today, for somebody of the lead unit


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request, and where its stage stands when somebody decides on it."""

    stage: Stage
    state: StageState
    occurrence: OccurrenceState
    due_on: date | None
    former_due: date
    asked_on: date
    asked_until: date


def check_asking(case: Asking) -> date:
    """Return the due date of a stage, if this person may ask for another.

    Raises:
        NotPermitted, NotOwnUnit: the person is not one of the lead unit's and stands in for none of them.
        WrongState: it was handed in, its occurrence is closed, or it has no due date.
    """
    if case.role not in PERMITTED[Action.ASK_EXTENSION]:
        allowed = sorted(PERMITTED[Action.ASK_EXTENSION])
        raise NotPermitted(case.role, Action.ASK_EXTENSION, allowed)
    if case.person_unit_id != case.unit_id and not case.stands_in:
        raise NotOwnUnit(case.unit_name, "đề nghị gia hạn")
    if case.state in HANDED_IN or case.occurrence not in LIVE:
        raise WrongState(case.stage, case.state, "đã nộp hoặc đã đóng, không cần gia hạn nữa")
    if case.due_on is None:
        raise WrongState(case.stage, case.state, "không có thời hạn nên không có gì để gia hạn")
    return case.due_on


def check_request(case: Asking, until: date, reason: str) -> date:
    """Return the due date that `until` is to replace, if this person may ask for that.

    Raises:
        NotPermitted, NotOwnUnit, WrongState: see `check_asking`.
        BadValue: `until` is not later than the due date, or lies beyond the year after the plan's.
        ReasonNeeded: none is given.
    """
    due_on = check_asking(case)
    if until <= due_on:
        raise BadValue("Ngày đề nghị", f"{until:%d/%m/%Y}", f"phải sau thời hạn {due_on:%d/%m/%Y}")
    if until.year > case.year + 1:
        raise BadValue("Ngày đề nghị", f"{until:%d/%m/%Y}", f"không được sau năm {case.year + 1}")
    if not reason.strip():
        raise ReasonNeeded("đề nghị gia hạn")
    return due_on


def asked_in_time(asked_on: date, former_due: date) -> bool:
    """Say whether a request came on or before the day that was due; the due day itself is in time."""
    return asked_on <= former_due


def moves_date(*, asked_on: date, former_due: date, objective: bool, decided_on: date) -> bool:
    """Say whether granting moves the due date.

    It does for a request made in time, even if the leader decides later; not where the leader approves what
    is late by then for objective reasons (khách quan).
    """
    return asked_in_time(asked_on, former_due) and not (objective and decided_on > former_due)


def check_grant(case: Waiting, until: date, *, objective: bool, decided_on: date) -> bool:
    """Return whether the due date moves to `until`, if the request may be granted so.

    Raises:
        ExtensionOvertaken: the stage was handed in or its occurrence closed.
        BadValue: `until` is later than asked for, or not later than the due date.
    """
    check_open(case)
    if until > case.asked_until:
        raise BadValue(
            "Ngày gia hạn",
            f"{until:%d/%m/%Y}",
            f"không sau ngày đơn vị đề nghị ({case.asked_until:%d/%m/%Y})",
        )
    moves = moves_date(
        asked_on=case.asked_on, former_due=case.former_due, objective=objective, decided_on=decided_on
    )
    floor = case.due_on if moves else case.former_due
    if floor is None:
        raise WrongState(case.stage, case.state, "không còn thời hạn nên không có gì để gia hạn")
    if until <= floor:
        raise BadValue("Ngày gia hạn", f"{until:%d/%m/%Y}", f"phải sau thời hạn {floor:%d/%m/%Y}")
    return moves


def check_open(case: Waiting) -> None:
    """Return if a request can still be decided.

    Raises:
        ExtensionOvertaken: the stage was handed in or its occurrence closed.
    """
    if case.state in HANDED_IN or case.occurrence not in LIVE:
        raise ExtensionOvertaken(case.stage)


def check_decider(decider: int, asker: int) -> None:
    """Return if these are two people.

    Raises:
        SamePerson: nobody decides on their own request.
    """
    if decider == asker:
        raise SamePerson("Người đề nghị không được tự quyết định; việc này phải do lãnh đạo khác làm.")
