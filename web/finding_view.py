"""One look at what reading left in doubt: which findings are shown, and one of them with its row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query

from domain.plans import Severity, Stage, TaskKind
from domain.reading.confirming import kind_of
from domain.refusals import BadValue
from services import findings as service
from services import plans
from services.finding_refusals import UnknownFinding
from web.page import Page
from web.words import stage_name

STATES = {"open": "chưa xử lý", "settled": "đã xử lý", "all": "tất cả"}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which findings are shown; all of it stands in the address."""

    state: str = "open"
    severity: str = ""
    task: str = ""
    code: str = ""

    def shows(self, row: Any) -> bool:
        """Tell whether a finding is among those shown."""
        return (
            (self.state == "all" or (row.settled_at is not None) == (self.state == "settled"))
            and self.severity in {"", row.severity}
            and self.task in {"", row.task_code}
            and self.code in {"", row.code}
        )

    @property
    def narrow(self) -> bool:
        """Tell whether something else than all open findings is shown."""
        return self != Filter()

    def link(self, plan_id: int, **more: object) -> str:
        """Return the address of a plan's findings, filtered like this, with `more`."""
        asked = {"state": self.state, "severity": self.severity, "task": self.task, "code": self.code}
        said = {name: value for name, value in {**asked, **more}.items() if value and value != "open"}
        return f"/plan/{plan_id}/findings" + (f"?{urlencode(said)}" if said else "")


def filter_of(
    state: Annotated[str, Query()] = "open",
    severity: Annotated[str, Query()] = "",
    task: Annotated[str, Query(max_length=40)] = "",
    code: Annotated[str, Query(max_length=60)] = "",
) -> Filter:
    """Read the filter of an address.

    Raises:
        BadValue: there is no such state or severity.
    """
    return checked(Filter(state, severity, task, code))


def checked(chosen: Filter) -> Filter:
    """Return the filter if there is such a state and severity.

    Raises:
        BadValue: there isn't.
    """
    if chosen.state not in STATES:
        raise BadValue("Tình trạng", chosen.state, "chọn một trong: " + ", ".join(STATES))
    if chosen.severity and chosen.severity not in set(Severity):
        raise BadValue("Mức", chosen.severity, "chọn một trong: " + ", ".join(Severity))
    return chosen


@dataclass(frozen=True, slots=True)
class View:
    """One look at a plan's findings, and at one of them with its row of the document."""

    plan: Any
    rows: Sequence[Any]
    shown: Sequence[Any]
    one: Any | None
    original: service.Original | None
    chosen: Filter

    def beside(self, step: int) -> int | None:
        """Return the finding before or after the one that is shown, among those that the filter shows."""
        ids = [row.id for row in self.shown]
        if self.one is None or self.one.id not in ids:
            return None
        place = ids.index(self.one.id) + step
        return ids[place] if 0 <= place < len(ids) else None

    @property
    def next(self) -> int | None:
        """Return the finding to go to after this one; from the last, the first again."""
        following = self.beside(1)
        others = [row.id for row in self.shown if self.one is None or row.id != self.one.id]
        return following or (others[0] if others else None)

    def left(self, severity: str) -> int:
        """Count the open findings of a severity."""
        return sum(row.severity == severity and row.settled_at is None for row in self.rows)

    @property
    def alike(self) -> int:
        """Count the open findings of the kind that is shown."""
        code = self.one.code if self.one else None
        return sum(row.code == code and row.settled_at is None for row in self.rows)

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Return the kinds of finding that the plan has, the most frequent first."""
        counts = Counter(row.code for row in self.rows)
        return [(code, f"{kind_of(code).name} ({count})") for code, count in counts.most_common()]

    @property
    def tasks(self) -> list[str]:
        """Return the codes of the tasks that findings are about."""
        return list(dict.fromkeys(row.task_code for row in self.rows if row.task_code))

    @property
    def targets(self) -> list[tuple[str, str]]:
        """Return the periods and stages whose date the finding may set: as sent, and as people read it."""
        if self.one is None or self.original is None or not kind_of(self.one.code).dated:
            return []
        periods, meant = self.original.periods, kind_of(self.one.code).settles
        if not periods and self.original.task.kind == TaskKind.UNSPECIFIED:
            return [(f"{stage}|", stage_name(stage)) for stage in reversed(Stage)]
        return [
            (f"{row.stage}|{row.label}", f"{stage_name(row.stage)} · {row.label}{_units(row)}")
            for row in sorted(periods, key=lambda row: (row.stage != meant, row.due_on is None))
            if row.movable
        ]


def look(page: Page, plan_id: int, chosen: Filter, finding: int | None) -> View:
    """Look at a plan's findings, and at one of them; without a number at the first that is shown.

    Raises:
        UnknownPlan, UnknownFinding: there is none.
    """
    plan = plans.plan(page.connection, page.ward, plan_id)
    rows = service.findings(page.connection, page.ward, plan_id)
    shown = [row for row in rows if chosen.shows(row)]
    one = next((row for row in rows if row.id == finding), None)
    if one is None and finding is not None:
        raise UnknownFinding(finding)
    one = one or (shown[0] if shown else None)
    found = service.original(page.connection, page.ward, one) if one else None
    return View(plan, rows, shown, one, found, chosen)


def _units(row: Any) -> str:
    return f" ({len(row.movable)} đơn vị)" if len(row.units) > 1 else ""
