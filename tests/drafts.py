"""A draft plan with doubts, and a person who settles them."""

from __future__ import annotations

import json
from copy import copy
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from domain.findings import Verdict
from domain.plans import Finding, Severity, Source, Stage
from models.findings import periods
from models.findings import task as task_of
from services.documents import StoredFile
from services.findings import (
    DateChange,
    Decision,
    findings,
    reopen_finding,
    settle_alike,
    settle_finding,
)
from services.plans import activate_plan, import_plan
from tests.builders import NOW, TODAY, occurrence, office, plan_of, task

SOURCE = StoredFile("1" * 64, 1, "qd2.txt", "text/plain")
CONFIRMED, CORRECTED, DISMISSED = Verdict
DUE = date(2026, 6, 30)
REPORT = Stage.REPORT
BLOCKING = Finding("number-gap", Severity.BLOCKING, "Sau số 1 là số 3.", None, "3", Source(1, 12, 3))
CHECK = Finding("group-lead", Severity.CHECK, "Chủ trì là nhóm.", "II.2", "Các phòng")
INFO = Finding("citation", Severity.INFO, "Ngày của văn bản viện dẫn.", "II.2", "22/12/2024")
ASSUMED = Finding("report-assumed", Severity.CHECK, "Tạm lấy 09/12/2026.", "II.2")
UNSPECIFIED = Finding("unspecified", Severity.CHECK, "Chưa có ngày.", "VI.3", "Theo quy định")


class Draft:
    """A ward with people and an active plan, and a draft of next year's with findings."""

    def __init__(self, connection: Connection, *found: Finding, tasks: Any = None) -> None:
        self.connection = connection
        self.ward = office(connection, plan_of(task("I.1"))).ward
        self.tasks = tasks or (task("II.2", occurrences=[occurrence()]),)
        self.plan = self._imported(found, SOURCE)

    def _imported(self, found: tuple[Finding, ...], source: StoredFile) -> int:
        reading = plan_of(*self.tasks, findings=found)
        head = replace(reading.decision, number="9/QĐ-UBND", year=2027)
        return import_plan(self.connection, replace(reading, decision=head), source, by=None, now=NOW).plan_id

    def imported_again(self, *found: Finding) -> Draft:
        """Import a corrected file of the same decision; return the draft that takes the place of this one."""
        again = copy(self)
        again.plan = self._imported(found, replace(SOURCE, sha256="2" * 64))
        return again

    @property
    def rows(self) -> list[Any]:
        return list(findings(self.connection, self.ward, self.plan))

    def row(self, code: str) -> Any:
        return next(row for row in self.rows if row.code == code)

    def settle(
        self,
        code: str,
        verdict: Verdict = CONFIRMED,
        note: str = "",
        change: DateChange | None = None,
        by: str = "dieuphoi",
    ) -> Any:
        one, decision = self.row(code).id, Decision(verdict, note, change)
        return settle_finding(self.connection, self.ward, one, decision, by=by, today=TODAY, now=NOW)

    def alike(self, code: str, verdict: Verdict = CONFIRMED, note: str = "", **more: Any) -> Any:
        decision = Decision(verdict, note, **more)
        return settle_alike(
            self.connection, self.ward, self.plan, code, decision, by="dieuphoi", today=TODAY, now=NOW
        )

    def reopen(self, code: str, reason: str = "Đọc lại thấy sai", by: str = "dieuphoi-vh") -> bool:
        return reopen_finding(self.connection, self.ward, self.row(code).id, reason, by=by, now=NOW)

    def activate(self) -> int:
        return activate_plan(
            self.connection, self.ward, by="dieuphoi", today=TODAY, now=NOW, plan_id=self.plan
        )

    def dues(self, code: str = "II.2") -> dict[tuple[str, str], tuple[date | None, bool]]:
        found = task_of(self.connection, self.ward.id, self.plan, code)
        assert found is not None
        rows = periods(self.connection, self.ward.id, found.id)
        return {(row.label, row.stage): (row.due_on, row.assumed) for row in rows}

    def told(self, kind: str) -> list[dict[str, Any]]:
        bodies = self.connection.exec_driver_sql(
            "SELECT body FROM cchc.audit_event WHERE kind = %s ORDER BY position", (kind,)
        ).scalars()
        return [json.loads(body)["facts"] for body in bodies]
