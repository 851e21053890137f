"""One stage for whoever looks at it: what it is, what they may do with it, and else why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from domain.errors import WardError
from domain.extensions import check_asking
from domain.people import Action
from domain.plans import Stage
from domain.refusals import UnknownOccurrence
from domain.stages import HANDED_IN, check_submission, check_verdict, check_withdrawal
from models import tasks
from services.due_dates import MOVABLE
from services.extensions import asking
from services.people import Ward
from services.sessions import Visitor
from services.stages import case_of


@dataclass(frozen=True, slots=True)
class StageDesk:
    """A stage with its task and its occurrence, rows of `models.tasks`.

    `why_not` says, for each act of the visitor's role that can't be done now, why; the others are in `can`.
    """

    task: Any
    occurrence: Any
    stage: Mapping[str, Any]
    can: frozenset[str]
    why_not: Mapping[str, str]

    @property
    def last(self) -> Mapping[str, Any] | None:
        """The newest submission."""
        return self.stage["submissions"][-1] if self.stage["submissions"] else None

    @property
    def asked(self) -> Mapping[str, Any] | None:
        """The request for more time that waits."""
        return next((each for each in self.stage["extensions"] if each["verdict"] is None), None)


def stage_desk(
    connection: Connection, ward: Ward, occurrence_id: int, stage: Stage, me: Visitor, today: date
) -> StageDesk:
    """Return a stage for whoever asks for it.

    Raises:
        UnknownOccurrence: the ward has no such occurrence.
    """
    task = tasks.head_of_occurrence(connection, ward.id, occurrence_id)
    occurrence = tasks.one_occurrence(connection, ward.id, occurrence_id)
    if task is None or occurrence is None:
        raise UnknownOccurrence(str(occurrence_id), None)
    shown = next(each for each in occurrence.stages if each["stage"] == stage)
    why_not: dict[str, str] = {}
    can: set[str] = set()
    for name, (action, check) in _acts(connection, ward, occurrence_id, stage, me, today).items():
        if me.may(action):
            try:
                check()
            except WardError as refusal:
                why_not[name] = refusal.notice
            else:
                can.add(name)
    if me.may(Action.SET_DATE) and shown["state"] not in HANDED_IN and occurrence.state in MOVABLE:
        can.add("due")
    return StageDesk(task, occurrence, shown, frozenset(can), why_not)


def _acts(
    connection: Connection, ward: Ward, occurrence_id: int, stage: Stage, me: Visitor, today: date
) -> Mapping[str, tuple[Action, Callable[[], object]]]:
    case = case_of(connection, ward.id, occurrence_id, stage, by=me.name, today=today)
    asked = asking(connection, ward, occurrence_id, stage, by=me.name, today=today)
    return {
        "submit": (Action.SUBMIT, lambda: check_submission(case, max(today, case.opens_on))),
        "withdraw": (Action.SUBMIT, lambda: check_withdrawal(case)),
        "accept": (Action.ACCEPT, lambda: check_verdict(case, accepting=True)),
        "return": (Action.ACCEPT, lambda: check_verdict(case, accepting=False)),
        "extend": (Action.ASK_EXTENSION, lambda: check_asking(asked)),
    }
