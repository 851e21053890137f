"""Bind a row's milestones to stages, and say how its task starts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from domain.plans import Milestone, Stage, TaskKind
from domain.reading.products import stage_of_products

DATED = frozenset({"deadline", "period"})


def bound(
    milestones: tuple[Milestone, ...], products: tuple[str, ...], title_stage: Stage | None
) -> tuple[Milestone, ...]:
    """Return the milestones with stages: their own words first, then the row's products, then its title.

    A date that is the row's only one binds the product's stage even where its words say `thực hiện`:
    the work is over when its product is handed in.
    """
    row_stage = stage_of_products(products) or title_stage or Stage.REPORT
    dated = [
        milestone for milestone in milestones if milestone.kind in DATED or milestone.kind == "recurring"
    ]
    return tuple(_bound(milestone, row_stage, only=len(dated) == 1) for milestone in milestones)


def _bound(milestone: Milestone, row_stage: Stage, *, only: bool) -> Milestone:
    if milestone.kind == "recurring":
        return replace(milestone, stage=milestone.stage if milestone.stage is Stage.PLAN else Stage.REPORT)
    if milestone.kind not in DATED:
        return milestone
    if milestone.stage is None or (only and milestone.stage is Stage.IMPLEMENT):
        return replace(milestone, stage=row_stage)
    return milestone


def kind_of(milestones: tuple[Milestone, ...]) -> TaskKind:
    """Return how the task starts; a rhythm outranks a date, a date everything without one."""
    kinds = {milestone.kind for milestone in milestones}
    if "recurring" in kinds:
        return TaskKind.RECURRING
    if kinds & DATED:
        return TaskKind.SCHEDULED
    if kinds & {"ongoing", "open"}:
        return TaskKind.ONGOING
    return TaskKind.EVENT if "event" in kinds else TaskKind.UNSPECIFIED


def with_assumed_report(milestones: tuple[Milestone, ...], last_report: date) -> tuple[Milestone, ...]:
    """Give a report without a day of its own the last one of the reporting calendar, marked as assumed.

    That is `báo cáo kết quả theo quy định` beside a date, and a yearly report that names no day.
    """
    scheduled = kind_of(milestones) is TaskKind.SCHEDULED
    return tuple(_assumed(milestone, last_report, scheduled=scheduled) for milestone in milestones)


def _assumed(milestone: Milestone, last_report: date, *, scheduled: bool) -> Milestone:
    if scheduled and milestone.kind == "unspecified" and milestone.stage is Stage.REPORT:
        return replace(milestone, kind="deadline", due=last_report, assumed=True)
    if milestone.kind == "recurring" and milestone.assumed and milestone.stage is Stage.REPORT:
        return replace(milestone, due=last_report, due_rule=None)
    return milestone
