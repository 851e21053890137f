"""Prefect brought in line with our database: what is missing, lost, stuck or too much is mended."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import Engine

from domain.stages import OccurrenceState
from flows.deployments import (
    CHANNELS,
    CHANNELS_DEPLOYMENT,
    CONCURRENCY,
    LIFECYCLE,
    MORNING,
    MORNING_DEPLOYMENT,
    WORK_POOL,
    WORK_POOL_TYPE,
    deployment_of,
    morning_of,
    opens_at,
    run_key,
    run_name,
    run_of,
)
from flows.prefect_api import PrefectApi
from flows.prefect_shapes import Deployment, NewRun, Run
from flows.run_states import OVER, Step, is_lost, next_step
from models.database import transaction
from models.sweeps import last_sweep
from services.engine import WantedRun, planned_tasks, record_runs, wanted_runs

HORIZON = timedelta(days=35)

_MENDED: Mapping[Step, str] = MappingProxyType(
    {
        Step.CREATE: "tạo lượt chạy còn thiếu",
        Step.REPLACE: "tạo lại lượt chạy (cấu hình triển khai cũ đã bị xoá)",
        Step.RESUME: "chạy tiếp (phần đang chờ đã thay đổi)",
        Step.START: "chạy lại từ đầu (lượt chạy bị mất, lỗi hoặc bị dừng)",
        Step.SCHEDULE: "đặt lại thời điểm mở",
        Step.CANCEL: "huỷ lượt chạy (kỳ thực hiện đã huỷ)",
    }
)


@dataclass(slots=True)
class ReconcileReport:
    """What Prefect should hold, and what had to be mended; `lines` says it in Vietnamese."""

    deployments: int = 0
    runs: int = 0
    mended: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    def note(self, kind: str, line: str) -> None:
        """Count one thing that was mended and say which."""
        self.mended[kind] += 1
        self.lines.append(line)

    def to_json(self) -> dict[str, object]:
        """Return it as plain values."""
        return {
            "deployments": self.deployments,
            "runs": self.runs,
            "mended": dict(sorted(self.mended.items())),
            "lines": list(self.lines),
        }


def reconcile(
    engine: Engine, api: PrefectApi, today: date, now: datetime, *, own_worker: str | None = None
) -> ReconcileReport:
    """Make Prefect's deployments and runs say what our database says; return what was mended.

    A second call mends nothing. Runs on the move are left alone unless they are lost; `own_worker` is
    a worker that is just starting, so whatever ran under its name is lost.

    Raises:
        SystemFault: the database or Prefect can't be reached; what was mended until then stays.
    """
    with transaction(engine) as connection:
        tasks = planned_tasks(connection)
        wanted = wanted_runs(connection, until=today + HORIZON)
        last_morning = last_sweep(connection)
    live = api.live_runs(LIFECYCLE)
    known = {run_key(each.ward_id, each.occurrence_id) for each in wanted}
    others = {int(run.parameters["occurrence"]) for run in live if _is_ours(run) and run.key not in known}
    if others:
        with transaction(engine) as connection:
            wanted += wanted_runs(connection, also=others)
    mending = _Mending(api, now, own_worker)
    needed = [each.task for each in wanted if each.state is not OccurrenceState.CANCELLED]
    mending.deployments([MORNING_DEPLOYMENT, CHANNELS_DEPLOYMENT, *map(deployment_of, [*tasks, *needed])])
    made = mending.runs(wanted, live)
    mending.remove_deployments(wanted, live)
    mending.mornings(
        today, missed=own_worker is not None and last_morning is not None and last_morning < today
    )
    mending.start_lost(CHANNELS)
    with transaction(engine) as connection:
        record_runs(connection, made, at=now)
    return mending.report


class _Mending:
    """One pass over Prefect, with as few requests as its bulk endpoints allow."""

    def __init__(self, api: PrefectApi, now: datetime, own_worker: str | None) -> None:
        self.report = ReconcileReport()
        self._api = api
        self._now = now
        self._own_worker = own_worker
        self._deployments: dict[str, UUID] = {}
        self._others: dict[UUID, Deployment] = {}

    def deployments(self, wanted: Iterable[Deployment]) -> None:
        """Make or correct the work pool and the deployments."""
        if self._api.ensure_work_pool(WORK_POOL, WORK_POOL_TYPE, CONCURRENCY):
            self.report.note("work_pool", f"Tạo nhóm thực thi “{WORK_POOL}”.")
        flows = [LIFECYCLE, MORNING, CHANNELS]
        found = {each.path: (id_, each) for id_, each in self._api.deployments(flows).items()}
        for deployment in {each.path: each for each in wanted}.values():
            self.report.deployments += 1
            id_, as_is = found.get(deployment.path, (None, None))
            if id_ is None or as_is != deployment:
                what = "Tạo" if id_ is None else "Sửa"
                id_ = self._api.save_deployment(deployment)
                self.report.note("deployment", f"{what} cấu hình triển khai {deployment.name}.")
            self._deployments[deployment.path] = id_
        self._others = {id_: each for path, (id_, each) in found.items() if path not in self._deployments}

    def remove_deployments(self, wanted: Sequence[WantedRun], live: Sequence[Run]) -> None:
        """Remove the deployments of tasks that no plan has any more, unless a run still goes on in one."""
        going_on = {
            run_key(each.ward_id, each.occurrence_id)
            for each in wanted
            if each.state is not OccurrenceState.CANCELLED
        }
        used = {run.deployment_id for run in live if run.key in going_on}
        for id_, deployment in self._others.items():
            if id_ not in used:
                self._api.delete_deployment(id_)
                self.report.note("deployment", f"Xoá cấu hình triển khai {deployment.name}: không còn cần.")

    def runs(self, wanted: Sequence[WantedRun], live: Sequence[Run]) -> list[tuple[int, int, UUID]]:
        """Bring every run to where its occurrence stands; return the run of each occurrence."""
        self.report.runs = len(wanted)
        by_key = {run_key(each.ward_id, each.occurrence_id): each for each in wanted}
        seen = {run.key: run for run in live if run.key in by_key and _is_ours(run)}
        self._cancel_strangers(run for run in live if run.key not in seen or not _is_ours(run))
        over = self._api.runs_by_key(LIFECYCLE, [key for key in by_key if key not in seen])
        seen |= {run.key: run for run in over}
        steps: dict[Step, list[str]] = defaultdict(list)
        for key, each in by_key.items():
            steps[self._step(each, seen.get(key))].append(key)
        self._move(steps, by_key, seen)
        made = self._make([by_key[key] for key in (*steps[Step.CREATE], *steps[Step.REPLACE])])
        kept = [(by_key[key], run.id) for key, run in seen.items() if key not in steps[Step.REPLACE]]
        return [(each.ward_id, each.occurrence_id, run) for each, run in [*made, *kept]]

    def mornings(self, today: date, *, missed: bool) -> None:
        """Start morning runs that were lost again and, where today's was `missed`, one in its place."""
        live = self.start_lost(MORNING)
        at_hand = any(run.scheduled_for is None or run.scheduled_for <= self._now for run in live)
        if missed and not at_hand and self._now >= morning_of(today):
            new = NewRun(f"{MORNING}-{today}", f"Buổi sáng {today:%d/%m/%Y}", {}, self._now)
            self._api.create_runs(self._deployments[MORNING_DEPLOYMENT.path], [new])
            self.report.note("morning", f"{new.name}: chạy bù.")

    def start_lost(self, flow: str) -> list[Run]:
        """Start runs of a flow that were lost again; return all that aren't over."""
        live = list(self._api.live_runs(flow))
        lost = [run for run in live if is_lost(run, now=self._now, own_worker=self._own_worker)]
        self._api.reschedule([run.id for run in lost], self._now)
        for run in lost:
            self.report.note(Step.START, f"{run.name}: {_MENDED[Step.START]}.")
        return live

    def _step(self, wanted: WantedRun, run: Run | None) -> Step:
        lost = run is not None and is_lost(run, now=self._now, own_worker=self._own_worker)
        step = next_step(wanted, run, now=self._now, lost=lost)
        name = run_name(wanted)
        if step in _MENDED:
            self.report.note(step, f"{name}: {_MENDED[step]}.")
        if run is not None and run.name != name and run.state not in OVER:
            self._api.rename(run.id, name)
            self.report.note("rename", f"{run.name}: đổi tên thành {name}.")
        return step

    def _move(
        self,
        steps: Mapping[Step, Sequence[str]],
        wanted: Mapping[str, WantedRun],
        seen: Mapping[str, Run],
    ) -> None:
        self._api.resume([seen[key].id for key in steps[Step.RESUME]])
        self._api.reschedule([seen[key].id for key in steps[Step.START]], self._now)
        self._api.cancel([seen[key].id for key in steps[Step.CANCEL]])
        by_day: dict[date, list[UUID]] = defaultdict(list)
        for key in steps[Step.SCHEDULE]:
            by_day[wanted[key].opens_on].append(seen[key].id)
        for day, runs in by_day.items():
            self._api.reschedule(runs, max(self._now, opens_at(day)))
        for key in steps[Step.REPLACE]:
            self._api.delete_run(seen[key].id)

    def _make(self, wanted: Iterable[WantedRun]) -> list[tuple[WantedRun, UUID]]:
        by_deployment: dict[str, list[WantedRun]] = defaultdict(list)
        for each in wanted:
            by_deployment[deployment_of(each.task).path].append(each)
        made: list[tuple[WantedRun, UUID]] = []
        for path, group in by_deployment.items():
            new: list[NewRun] = [run_of(each, self._now) for each in group]
            made += zip(group, self._api.create_runs(self._deployments[path], new), strict=True)
        return made

    def _cancel_strangers(self, runs: Iterable[Run]) -> None:
        strangers = list(runs)
        self._api.cancel([run.id for run in strangers])
        for run in strangers:
            self.report.note("stranger", f"{run.name}: huỷ lượt chạy thừa, không ứng với kỳ thực hiện nào.")


def _is_ours(run: Run) -> bool:
    """Say whether the run was made for the occurrence that its arguments name."""
    ward, occurrence = run.parameters.get("ward"), run.parameters.get("occurrence")
    return isinstance(ward, int) and isinstance(occurrence, int) and run.key == run_key(ward, occurrence)
