"""What a pack states about each occurrence, read from the tables and tied to the events that prove it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby, islice
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from domain.people import ROLE_NAMES, Role
from domain.plans import STAGE_NAMES, Stage
from domain.stages import HANDED_IN, OccurrenceState, StageState
from domain.status import is_late
from domain.words import CHANNELS, MESSAGE_STATES, REASONS, STAGE_STATES
from models import evidence
from services.evidence import Prepared
from services.people import Ward
from services.projection import differences

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MOST_DIFFERENCES = 20  # that are told
BATCH = 500  # occurrences whose rows are looked at together
_RECEIVERS = {"officer": "đơn vị", "head": "người đứng đầu đơn vị", "ward": "bộ phận theo dõi của phường"}
_RECEIPTS = {
    "delivered": "đã tới",
    "not-delivered": "không tới",
    "seen": "đã xem",
    "opened": "đã mở đường dẫn",
    "acknowledged": "đã xác nhận đã nhận",
}
_DAYS = re.compile(r" \d+ ngày")  # by which something is late; the summary counts it as late
_CLOSED = {"cancelled": "đã huỷ", "planned": "chưa đến kỳ"}
_EXTENSIONS = {None: "chờ quyết định", "refused": "không đồng ý", "withdrawn": "đơn vị rút đề nghị"}


@dataclass(frozen=True, slots=True)
class Acted:
    """Where the history tells of an act, and the role in which somebody did it then."""

    position: int
    role: str
    instead_of: int | None = None


@dataclass
class StageTold:
    """One stage of an occurrence with all that happened to it, in words."""

    name: str
    nominal: date | None
    due: date | None
    assumed: bool
    state: str
    verdict: str
    tone: str
    changes: list[Any] = field(default_factory=list)
    submissions: list[dict[str, Any]] = field(default_factory=list)
    extensions: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class OccurrenceTold:
    """One occurrence; `reminders` are all messages about it, with what came of them."""

    row: Any
    stages: list[StageTold]
    reminders: list[dict[str, Any]]


class Statement:
    """What is told about the tasks of a pack, a few hundred occurrences at a time."""

    def __init__(
        self,
        connection: Connection,
        ward: Ward,
        prepared: Prepared,
        tasks: Sequence[Any],
        rows: Sequence[Any],
        acted: Mapping[tuple[int, str, int, str], Acted],
    ) -> None:
        self.connection, self.ward, self.prepared, self.tasks = connection, ward, prepared, tasks
        self.acted = acted
        self.today = prepared.at.astimezone(HANOI).date()
        self.occurrences: dict[int, list[Any]] = defaultdict(list)
        for row in rows:
            self.occurrences[row.task_id].append(row)
        self.answers: dict[int, list[Any]] = defaultdict(list)
        for row in evidence.answers(connection, ward.id, [task.id for task in tasks]):
            self.answers[row.task_id].append(row)
        self.counts: dict[str, int] = defaultdict(int)
        # A page is made of the tables: where they contradict the log, it says so itself.
        found = differences(connection, ward.id)
        self.differences = [said for _, said in islice(found, MOST_DIFFERENCES)]

    def plans(self) -> Iterator[tuple[Any, list[Any]]]:
        """Yield each plan's first task, for its names, with all of its tasks."""
        for _, tasks in groupby(self.tasks, key=lambda task: task.plan):
            of_plan = list(tasks)
            yield of_plan[0], of_plan

    def of_task(self, task: Any) -> Iterator[OccurrenceTold]:
        """Yield what is told of a task's occurrences."""
        rows = self.occurrences.get(task.id, [])
        for start in range(0, len(rows), BATCH):
            yield from self._batch(rows[start : start + BATCH])

    def rows(self, query: str, ids: Sequence[int]) -> dict[tuple[int, str | None], list[Any]]:
        """Return what a query tells of occurrences, by occurrence and stage."""
        found = defaultdict(list)
        for row in evidence.of_occurrences(self.connection, query, self.ward.id, ids):
            found[row.occurrence_id, row.stage].append(row)
        return found

    def _batch(self, rows: Sequence[Any]) -> Iterator[OccurrenceTold]:
        ids = [row.id for row in rows]
        stages, changes = self.rows(evidence.STAGES, ids), self.rows(evidence.DUE_CHANGES, ids)
        submissions, asked = self.rows(evidence.SUBMISSIONS, ids), self.rows(evidence.EXTENSIONS, ids)
        reminders = self.rows(evidence.REMINDERS, ids)
        for row in rows:
            told = []
            for stage in Stage:
                at = (row.id, stage.value)
                handed_in = [self._submission(each) for each in submissions.get(at, ())]
                extensions = [_extension(each) for each in asked.get(at, ())]
                one = self._stage(row, stage, stages[at][0], handed_in, extensions)
                one.changes = changes.get(at, [])
                told.append(one)
            sent = [each for stage in (None, *Stage) for each in reminders.get((row.id, stage), ())]
            yield OccurrenceTold(row, told, [_reminder(each) for each in sent])

    def _stage(
        self,
        occurrence: Any,
        stage: Stage,
        row: Any,
        submissions: list[dict[str, Any]],
        extensions: list[dict[str, Any]],
    ) -> StageTold:
        excused = any(each["objective"] for each in extensions)
        verdict, tone = judged(occurrence.state, row, submissions, self.today, excused=excused)
        self.counts[_DAYS.sub("", verdict)] += 1
        state = STAGE_STATES[row.state]
        return StageTold(
            STAGE_NAMES[stage], row.nominal_due, row.due_on, row.assumed, state, verdict, tone,
            submissions=submissions, extensions=extensions,
        )  # fmt: skip

    def _submission(self, row: Any) -> dict[str, Any]:
        decided = {"accepted": "nghiệm thu", "returned": "trả lại", "withdrawn": "đơn vị rút lại"}
        place = (row.occurrence_id, row.stage, row.attempt)
        submitted = self.acted.get((*place, "stage.submitted"))
        verdict = self.acted.get((*place, f"stage.{row.verdict}"))
        return {
            **row._mapping,
            "position": submitted.position if submitted else None,
            "by": _person(submitted.role if submitted else row.role, row.submitted_by),
            "instead_of": submitted.instead_of if submitted else None,
            "decided": decided.get(row.verdict),
            "decided_by_whom": _person(verdict.role if verdict else row.decided_role, row.decided_by),
            "decided_position": verdict.position if verdict else None,
        }


def judged(
    occurrence: str, stage: Any, submissions: Sequence[Mapping[str, Any]], today: date, *, excused: bool
) -> tuple[str, str]:
    """Return what became of a stage against its due date, and the tone that it is shown in.

    It is late where it makes the official status late. An objective delay is told beside late, and never
    turns it into on time.
    """
    beside = " – chậm vì lý do khách quan" if excused else ""
    handed_in = stage.state in HANDED_IN and bool(submissions)
    last = handed_in and submissions[-1]["late"]
    late = is_late(
        OccurrenceState(occurrence), StageState(stage.state), stage.due_on, today, handed_in_late=last
    )
    if handed_in:
        if late:
            return f"nộp quá hạn{beside}", "warn"
        return ("nộp đúng hạn", "good") if stage.due_on else ("đã nộp, không có hạn", "good")
    if late:
        return f"chưa có kết quả, quá hạn {(today - stage.due_on).days} ngày{beside}", "bad"
    if occurrence in _CLOSED:
        return _CLOSED[occurrence], "calm"
    return ("chưa đến hạn", "calm") if stage.due_on else ("chưa nộp, không có hạn", "calm")


def moment(at: datetime | None) -> str:
    """Write an instant as the office reads its clock."""
    return "" if at is None else f"{at.astimezone(HANOI):%H:%M ngày %d/%m/%Y}"


def _person(role: str | None, account: int | None) -> str:
    return f"{ROLE_NAMES[Role(role)]} (tài khoản số {account})" if role else ""


def _extension(row: Any) -> dict[str, Any]:
    granted = row.verdict == "granted"
    said = f"đồng ý đến {row.granted_until:%d/%m/%Y}" if granted else _EXTENSIONS[row.verdict]
    return {**row._mapping, "objective": bool(granted and row.objective), "said": said}


def _reminder(row: Any) -> dict[str, Any]:
    answers = [_RECEIPTS[kind] for kind in row.receipts if kind in _RECEIPTS]
    return {
        "stage": STAGE_NAMES[Stage(row.stage)] if row.stage else "",
        "reason": REASONS.get(row.reason, row.reason),
        "to": _RECEIVERS.get(row.role, row.role),
        "channel": CHANNELS.get(row.channel, row.channel),
        "at": moment(row.tried_at or row.created_at),
        "state": MESSAGE_STATES.get(row.state, row.state),
        "answers": ", ".join(answers) or "chưa có trả lời",
    }
