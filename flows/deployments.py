"""How our plan is written down in Prefect: deployments, runs and the names that people read there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from types import MappingProxyType
from zoneinfo import ZoneInfo

from domain.names import slug
from domain.stages import OccurrenceState
from flows.prefect_shapes import Deployment, NewRun
from services.engine import PlannedTask, Waiting, WantedRun

WORK_POOL = "cchc"
WORK_POOL_TYPE = "process"  # so that ordinary `prefect worker start` on other machines can share the work
CONCURRENCY = 4  # runs at once; people may change it in Prefect, where it is the work pool's limit
LIFECYCLE = "task-lifecycle"
MORNING = "morning"
CHANNELS = "channels"
TIMEZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OPENS_AT = time(8, 0)
MORNING_AT = time(6, 0)

# The names under which a run is suspended.
WAITING_NAMES: Mapping[Waiting, str] = MappingProxyType(
    {
        Waiting.PLAN: "Chờ ban hành kế hoạch",
        Waiting.IMPLEMENT: "Chờ triển khai",
        Waiting.REPORT: "Chờ báo cáo kết quả",
        Waiting.ACCEPTANCE: "Chờ nghiệm thu",
    }
)
NOT_YET = "Chờ đến kỳ"

MORNING_DEPLOYMENT = Deployment(
    flow=MORNING,
    name=MORNING,
    entrypoint="flows.morning.morning",
    work_pool=WORK_POOL,
    description="Mỗi sáng: mở kỳ đến hạn, nhắc việc, đối chiếu Prefect với cơ sở dữ liệu.",
    cron=f"{MORNING_AT.minute} {MORNING_AT.hour} * * *",
    timezone=TIMEZONE.key,
    parameters={"day": "string"},
)

CHANNELS_DEPLOYMENT = Deployment(
    flow=CHANNELS,
    name=CHANNELS,
    entrypoint="flows.channels.channels",
    work_pool=WORK_POOL,
    description="Mỗi giờ: giữ quyền gửi qua Zalo, ghi nhận tin đã tới, đã xem và mã liên kết Zalo.",
    cron="17 * * * *",
    timezone=TIMEZONE.key,
)


def deployment_of(task: PlannedTask) -> Deployment:
    """Return the deployment that stands for a task of a plan."""
    return Deployment(
        flow=LIFECYCLE,
        name=f"{task.ward_code}-{slug(task.plan_number)}-{task.plan_year}-{task.code}",
        entrypoint="flows.task_lifecycle.task_lifecycle",
        work_pool=WORK_POOL,
        tags=frozenset({task.plan_number, task.section, task.lead_unit, task.kind, task.ward_code}),
        description=task.title,
        parameters={"ward": "integer", "occurrence": "integer"},
    )


def run_of(wanted: WantedRun, now: datetime) -> NewRun:
    """Return the flow run that stands for an occurrence, to start when it opens; an open one starts now."""
    planned = wanted.state is OccurrenceState.PLANNED
    return NewRun(
        key=run_key(wanted.ward_id, wanted.occurrence_id),
        name=run_name(wanted),
        parameters={"ward": wanted.ward_id, "occurrence": wanted.occurrence_id},
        scheduled_for=max(now, opens_at(wanted.opens_on)) if planned else now,
    )


def run_key(ward_id: int, occurrence_id: int) -> str:
    """Return what makes two runs of an occurrence the same one."""
    return f"{ward_id}-{occurrence_id}"


def run_name(wanted: WantedRun) -> str:
    """Return `II.3 · Quý I/2026`, with the unit where several do the same task."""
    return " · ".join(part for part in (wanted.task.code, wanted.label, wanted.doer) if part)


def opens_at(day: date) -> datetime:
    """Return the instant at which an occurrence that opens on `day` starts its run."""
    return datetime.combine(day, OPENS_AT, TIMEZONE)


def morning_of(day: date) -> datetime:
    """Return the instant at which the morning run of `day` starts."""
    return datetime.combine(day, MORNING_AT, TIMEZONE)
