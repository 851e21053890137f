"""When a reminder is due: the ladder of steps before and after a due date, and which ladder counts."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from domain.calendar import ONE_DAY, WorkingCalendar
from domain.canonical import canonical
from domain.errors import WardError

FARTHEST = 120  # days before, and working days late
MOST_STEPS = 20
RAREST = 60
# Who is told of what is late besides the unit's officers, from the lowest up.
ABOVE = ("head", "coordinator", "leader")

Scope = tuple[str, str]  # kind of task and stage; empty means any


class UnfitLadder(WardError):
    """A ladder that nobody could climb."""

    def __init__(self, why: str, notice: str) -> None:
        super().__init__(f"unfit ladder: {why}", notice)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Steps in days before a due date, then every few working days late, reaching ever higher.

    `escalation` holds (working days late, who else is told), in rising order.
    """

    before: tuple[int, ...]
    late_every: int
    escalation: tuple[tuple[int, str], ...]

    def told(self) -> tuple[tuple[str, int], ...]:
        """Return (role, working days late from which it is told); officers are told at every step."""
        return (("officer", 0), *((role, late) for late, role in self.escalation))

    def stated(self) -> str:
        """Return the canonical JSON by which equal ladders are equal texts."""
        rungs = [{"late": late, "role": role} for late, role in self.escalation]
        return canonical({"before": list(self.before), "escalation": rungs, "late_every": self.late_every})


@dataclass(frozen=True, slots=True)
class Step:
    """One rung for all stages due on `due_on`: `-7`, `0` or `+3`; `late` is 0 up to the due date."""

    due_on: date
    name: str
    late: int


def ladder_of(stated: str) -> Ladder:
    """Return the ladder that `Ladder.stated` wrote."""
    data = json.loads(stated)
    rungs = tuple((rung["late"], rung["role"]) for rung in data["escalation"])
    return Ladder(tuple(data["before"]), data["late_every"], rungs)


def checked(ladder: Ladder) -> Ladder:
    """Return the ladder as it is kept: its steps before the due date fall from the farthest to the nearest.

    Raises:
        UnfitLadder: there are too few, too many, or the same twice; or it does not rise.
    """
    before = ladder.before
    if not 1 <= len(before) <= MOST_STEPS:
        raise UnfitLadder(
            f"{len(before)} steps",
            f"Số lần nhắc trước hạn phải từ 1 đến {MOST_STEPS}; đang có {len(before)}.",
        )
    if len(set(before)) != len(before):
        raise UnfitLadder("a step twice", "Mỗi số ngày trước hạn chỉ ghi một lần.")
    if not all(0 <= ahead <= FARTHEST for ahead in before):
        raise UnfitLadder(
            f"before {before}", f"Số ngày trước hạn phải từ 0 (đúng ngày đến hạn) đến {FARTHEST}."
        )
    if not 1 <= ladder.late_every <= RAREST:
        raise UnfitLadder(
            f"every {ladder.late_every}",
            f"Khi quá hạn, nhắc lại sau mỗi 1 đến {RAREST} ngày làm việc; việc quá hạn không được bỏ nhắc.",
        )
    _check_escalation(ladder.escalation)
    return Ladder(tuple(sorted(before, reverse=True)), ladder.late_every, ladder.escalation)


def _check_escalation(rungs: tuple[tuple[int, str], ...]) -> None:
    roles = [role for _, role in rungs]
    if not set(roles) <= set(ABOVE) or len(set(roles)) != len(roles):
        raise UnfitLadder(
            f"roles {roles}",
            "Cấp được báo cáo khi quá hạn là head (người đứng đầu đơn vị), coordinator (điều phối), "
            "leader (lãnh đạo), mỗi cấp một lần.",
        )
    if not all(1 <= late <= FARTHEST for late, _ in rungs):
        raise UnfitLadder(
            f"rungs {rungs}", f"Số ngày làm việc quá hạn để báo cáo lên trên phải từ 1 đến {FARTHEST}."
        )
    rising = sorted(rungs, key=lambda rung: (rung[0], ABOVE.index(rung[1])))
    if list(rungs) != rising or roles != sorted(roles, key=ABOVE.index):
        raise UnfitLadder(
            "it does not rise",
            "Cấp cao hơn không được báo cáo sớm hơn cấp thấp hơn: ghi theo thứ tự người đứng đầu đơn vị, "
            "điều phối, lãnh đạo, số ngày tăng dần.",
        )


def most_specific(scopes: Collection[Scope], kind: str, stage: str) -> Scope | None:
    """Return the rule that counts for a stage of a kind of task; None where only the packaged one does.

    The kind of task weighs more than the stage.
    """
    wanted = ((kind, stage), (kind, ""), ("", stage), ("", ""))
    return next((scope for scope in wanted if scope in scopes), None)


def steps_today(
    today: date, *, since: date, ladder: Ladder, calendar: WorkingCalendar, oldest_due: date
) -> Iterator[Step]:
    """Yield, for each due date, the newest step that fell after `since` and up to `today`.

    At most one step per due date: after an outage or a long holiday nobody gets a
    burst. Yields nothing on a day off.
    """
    if not calendar.is_working(today):
        return
    since = max(since, oldest_due - ONE_DAY)
    # Today also speaks for the days off that follow it: their steps come before them.
    until = calendar.on_or_after(today + ONE_DAY).toordinal()
    for number in range(oldest_due.toordinal(), until + max(ladder.before, default=0)):
        due_on = date.fromordinal(number)
        step = step_on(today, due_on, since=since, ladder=ladder, calendar=calendar)
        if step is not None:
            yield step


def step_on(
    today: date, due_on: date, *, since: date, ladder: Ladder, calendar: WorkingCalendar
) -> Step | None:
    """Return the newest step for one due date that fell after `since` and up to the working day `today`."""
    if due_on < today:
        late = calendar.working_days(due_on, today)
        newest = late - late % ladder.late_every
        if newest > max(calendar.working_days(due_on, since), 0):
            return Step(due_on, f"+{newest}", newest)
        if newest == 0 and since < _nearest(due_on, ladder, calendar):  # the steps before it were missed
            return Step(due_on, f"+{late}", late)
        return None
    for ahead in sorted(ladder.before):
        # A step that falls on a day off comes on the working day before it, never after the due date.
        day = calendar.on_or_before(due_on - timedelta(days=ahead))
        if since < day <= today:
            return Step(due_on, "0" if ahead == 0 else f"-{ahead}", 0)
    return None


def _nearest(due_on: date, ladder: Ladder, calendar: WorkingCalendar) -> date:
    return calendar.on_or_before(due_on - timedelta(days=min(ladder.before, default=0)))
