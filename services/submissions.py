"""Accepting many submissions at once: each stands for itself, and what is refused says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from domain.errors import SystemFault, WardError
from domain.people import Action
from domain.plans import Stage
from services.people import Ward, permitted
from services.stages import accept

_ORDER = list(Stage)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A submission as somebody saw it: which stage, and which attempt at it."""

    occurrence_id: int
    stage: Stage
    attempt: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A submission that was not accepted, and why."""

    chosen: Chosen
    why: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it; `accepted` counts those, too, that this person had accepted already."""

    accepted: Sequence[Chosen]
    refused: Sequence[Refused]


def accept_many(
    connection: Connection, ward: Ward, chosen: Sequence[Chosen], *, by: str, now: datetime
) -> Outcome:
    """Accept each submission that may be accepted, an occurrence's earlier stages first.

    One that is refused changes nothing and hinders no other. A second time changes nothing.

    Raises:
        UnknownUser, NotPermitted: none of it is theirs to judge.
    """
    permitted(connection, ward, by, Action.ACCEPT)
    accepted, refused = [], []
    for each in sorted(set(chosen), key=lambda one: (one.occurrence_id, _ORDER.index(one.stage))):
        try:
            with connection.begin_nested():
                accept(
                    connection,
                    ward.id,
                    each.occurrence_id,
                    each.stage,
                    attempt=each.attempt,
                    by=by,
                    now=now,
                )
        except SystemFault:
            raise
        except WardError as refusal:
            refused.append(Refused(each, refusal.notice))
        else:
            accepted.append(each)
    return Outcome(accepted, refused)
