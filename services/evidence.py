"""Evidence packs: what to put in, and who may take it along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from config.checkpoint_keys import CheckpointKeys
from domain.errors import WardError
from domain.people import Action
from domain.refusals import BadValue, UnknownTask
from models import evidence
from models.history import SYSTEM
from services.checkpoints import Made, make
from services.history import record
from services.people import Ward, permitted


class NothingToShow(WardError):
    """Nothing falls into what was asked for."""

    def __init__(self) -> None:
        super().__init__(
            "no occurrence in this scope",
            "Không có nhiệm vụ nào trong phạm vi đã chọn. Hãy chọn mục, nhiệm vụ hoặc thời gian khác.",
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """What a pack is about: the plans under way, or a part of them; with a period, of every plan."""

    tasks: tuple[str, ...] = ()
    section: str | None = None
    since: date | None = None
    until: date | None = None

    @property
    def whole(self) -> bool:
        """Tell whether nothing is left out."""
        return self == Scope()

    def facts(self) -> dict[str, object]:
        """Return the scope as the history and the manifest name it."""
        stated: dict[str, object] = {
            "section": self.section,
            "since": self.since and self.since.isoformat(),
            "tasks": sorted(self.tasks) or None,
            "until": self.until and self.until.isoformat(),
        }
        return {name: value for name, value in stated.items() if value is not None}

    def in_words(self) -> str:
        """Return the scope as people read it."""
        parts = []
        if self.tasks:
            parts.append("nhiệm vụ " + ", ".join(sorted(self.tasks)))
        if self.section:
            parts.append(f"mục {self.section}")
        if self.since:
            parts.append(f"từ ngày {self.since:%d/%m/%Y}")
        if self.until:
            parts.append(f"đến ngày {self.until:%d/%m/%Y}")
        return ", ".join(parts) or "toàn bộ kế hoạch đang thực hiện"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A pack that was asked for: its scope, and the checkpoint that all of it is proved against."""

    scope: Scope
    checkpoint: Made
    at: datetime


def prepare(
    connection: Connection, ward: Ward, scope: Scope, *, by: str | None, keys: CheckpointKeys, now: datetime
) -> Prepared:
    """Record that a pack is taken, and sign the log with that as its last event.

    Commit before `services.evidence_pack.chunks` makes the pack. Without `by` the system takes it.

    Raises:
        NotPermitted, UnknownUser: they may not.
        UnknownTask, NothingToShow, BadValue: there is no such thing to take.
        HistoryRewritten: the log is not what was signed before.
    """
    person = permitted(connection, ward, by, Action.VERIFY) if by is not None else None
    if scope.since and scope.until and scope.since > scope.until:
        raise BadValue("Thời gian", f"{scope.since:%d/%m/%Y}", "ngày đầu phải trước ngày cuối")
    found = tasks_in(connection, ward, scope)
    unknown = sorted(set(scope.tasks) - {row.code for row in found})
    if unknown:
        raise UnknownTask(unknown[0])
    if not found:
        raise NothingToShow
    actor = person.actor if person else SYSTEM
    record(connection, ward.id, "evidence.exported", scope.facts(), actor=actor, now=now)
    return Prepared(scope, make(connection, ward, keys=keys, now=now, cause="export"), now)


def tasks_in(connection: Connection, ward: Ward, scope: Scope) -> Sequence[Any]:
    """Return the tasks that a scope names."""
    return evidence.tasks(
        connection,
        ward.id,
        codes=scope.tasks,
        section=scope.section,
        since=scope.since,
        until=scope.until,
    )
