"""The life of a stage: what may happen to it, by whom, and when it counts as late."""

from __future__ import annotations

from enum import StrEnum

from domain.plans import Stage

STAGE_NAMES: dict[Stage, str] = {
    Stage.PLAN: "Ban hành kế hoạch",
    Stage.IMPLEMENT: "Triển khai thực hiện",
    Stage.REPORT: "Báo cáo kết quả",
}


class StageState(StrEnum):
    """Where a stage stands; `RETURNED` is open again, with a reason."""

    WAITING = "waiting"
    OPEN = "open"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class OccurrenceState(StrEnum):
    """Where an occurrence stands; a planned one has not opened yet."""

    PLANNED = "planned"
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


SUBMITTABLE = frozenset({StageState.OPEN, StageState.RETURNED})
HANDED_IN = frozenset({StageState.SUBMITTED, StageState.ACCEPTED})
