"""What the API answers about a ward as a whole: its plans, dates, numbers, extensions and log."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from domain.machine_tokens import Scope
from domain.people import Role
from domain.plans import Stage
from domain.stages import StageState
from web.api.answers import Answer


class Ward(Answer):
    """A ward (phường, xã, đặc khu)."""

    code: str
    name: str


class Me(Answer):
    """Whose token it is, and what it may do."""

    ward: Ward
    account: str
    role: Role
    unit: Annotated[str | None, Field(description="The unit (đơn vị) for which it hands in.")]
    scopes: list[Scope]
    expires_at: datetime


class Plan(Answer):
    """A plan (kế hoạch) as read from one decision (quyết định)."""

    id: int
    number: str
    issued_on: date
    issuer: str
    title: str
    year: int
    state: Annotated[str, Field(description="`draft`, `active` or `closed`.")]
    tasks: int
    reporting_calendar: list[date]


class Plans(Answer):
    """The ward's plans, newest first."""

    plans: list[Plan]


class DueDate(Answer):
    """One due date of the year."""

    due_on: date
    code: str
    title: str
    occurrence_id: int
    label: str
    unit: str
    stage: Stage
    state: StageState
    assumed: bool


class Calendar(Answer):
    """The due dates of the active plans, in order."""

    dates: list[DueDate]


class UnitNumbers(Answer):
    """The occurrences of one unit by official status."""

    unit: str
    occurrences: dict[str, int]


class Statistics(Answer):
    """The official numbers of a plan year, as of a day."""

    year: int
    as_of: date
    tasks: Annotated[dict[str, int], Field(description="Tasks by official status (tình trạng).")]
    total: int
    units: list[UnitNumbers]


class Extension(Answer):
    """A request for more time (gia hạn)."""

    id: int
    task: str
    occurrence_id: int
    label: str
    unit: str
    stage: Stage
    former_due: date
    asked_until: date
    asked_on: date
    reason: str
    verdict: Annotated[
        str | None, Field(description="`granted`, `refused`, `withdrawn`; null while it waits.")
    ]
    granted_until: date | None
    objective: Annotated[bool, Field(description="For objective reasons (khách quan).")]
    decided_on: date | None

    @classmethod
    def of(cls, row: Any) -> Extension:
        """Return a row of `models.extensions`."""
        fields = (name for name in cls.model_fields if name != "task")
        return cls(task=row.code, **{name: getattr(row, name) for name in fields})


class Extensions(Answer):
    """Requests that wait for a leader, and those that were decided last."""

    waiting: list[Extension]
    recent: list[Extension]


class AuditHead(Answer):
    """The head of the ward's log (nhật ký): its size and its RFC 6962 Merkle root."""

    ward: str
    size: int
    root: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
