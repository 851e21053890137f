"""Tasks and occurrences over the API."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from domain.machine_tokens import Scope
from domain.refusals import BadValue
from domain.status import Status
from services.people import find_unit
from services.task_shapes import occurrence_data, task_data
from services.tasks import list_tasks, show_occurrence, show_task
from web.api import answers
from web.api.problems import described
from web.api.values import Code, Id, Limit, Text, Year
from web.api.visits import looking, scoped

router = APIRouter(dependencies=[Depends(scoped(Scope.READ))])
After = Annotated[Text | None, Query(max_length=60, description="`next` of the page before.")]


@router.get("/tasks", summary="Tasks (nhiệm vụ)", responses=described(404))
def list_them(
    request: Request,
    response: Response,
    status: Annotated[Status | None, Query(description="Official status.")] = None,
    unit: Annotated[Text | None, Query(max_length=300, description="Lead unit, by any of its names.")] = None,
    year: Year = None,
    after: After = None,
    limit: Limit = 100,
) -> answers.Tasks:
    """Return the tasks of the active plans with their official status, in the order of the plan."""
    with looking(request) as look:
        response.headers["etag"] = look.tag
        unit_id = find_unit(look.connection, look.ward, unit)[0] if unit else None
        lines = list_tasks(look.connection, look.ward, look.today, status=status, unit_id=unit_id)
    keys = [f"{line.year}:{line.code}" for line in lines if year in {None, line.year}]
    lines = [line for line in lines if year in {None, line.year}]
    start = _start(keys, after)
    shown = [answers.TaskLine.model_validate(line) for line in lines[start : start + limit]]
    more = start + limit < len(keys)
    return answers.Tasks(tasks=shown, next=keys[start + limit - 1] if more else None)


@router.get("/tasks/{code}", summary="One task", responses=described(404))
def show(request: Request, response: Response, code: Code, year: Year = None) -> answers.Task:
    """Return a task of the newest active plan that has it, with its occurrences and what was handed in."""
    with looking(request) as look:
        response.headers["etag"] = look.tag
        view = show_task(look.connection, look.ward, code, look.today, year=year)
    data = task_data(view, None)
    return answers.Task(
        **{name: data[name] for name in answers.Task.model_fields if name != "occurrences"},
        occurrences=[
            answers.Occurrence.model_validate(occurrence_data(row, look.today)) for row in view.occurrences
        ],
    )


@router.get("/occurrences/{occurrence_id}", summary="One occurrence (kỳ thực hiện)", responses=described(404))
def show_one(request: Request, response: Response, occurrence_id: Id) -> answers.OccurrenceOfTask:
    """Return an occurrence with its stages, due dates and all that was handed in."""
    with looking(request) as look:
        response.headers["etag"] = look.tag
        task, row = show_occurrence(look.connection, look.ward, occurrence_id)
    data = occurrence_data(row, look.today) | {"task": task.code, "title": task.title, "year": task.year}
    return answers.OccurrenceOfTask.model_validate(data)


def _start(keys: list[str], after: str | None) -> int:
    """Return where the page after this task begins.

    Raises:
        BadValue: the list has no such task.
    """
    if after is None:
        return 0
    if after not in keys:
        raise BadValue("after", after[:40], "lấy từ “next” của trang trước, với cùng điều kiện lọc")
    return keys.index(after) + 1
