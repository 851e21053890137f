"""Plans of wards, communes, departments, schools and ministries, each with what a careful person reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from config.units import load_units
from domain.plans import PlanReading, TaskReading
from domain.reading.normal import key, squeezed
from domain.reading.units import split_units
from tests.domain.reading.conftest import plan_in

PLANS = Path(__file__).with_name("plans")
NAMES = sorted(path.stem for path in PLANS.glob("*.txt"))


def read(name: str) -> tuple[PlanReading, dict[str, Any]]:
    text = (PLANS / f"{name}.txt").read_text("utf-8")
    return plan_in(text), json.loads((PLANS / f"{name}.json").read_text("utf-8"))


def units(names: tuple[str, ...] | list[str]) -> list[str]:
    """Return the words of all units, whatever spelling and separators they have."""
    book = load_units()
    hits = [hit for name in names for hit in split_units(name, book)]
    return sorted(" ".join(key(hit.name) for hit in hits).split())


def promised(task: TaskReading, expected: dict[str, Any]) -> dict[str, Any]:
    """Return of a reading what is expected of it, in the same form."""
    read = {
        "code": task.code,
        "title": task.title,
        "lead_units": units(task.lead_units),
        "dues": sorted({str(milestone.due) for milestone in task.milestones if milestone.due}),
        "kind": task.kind.value,
    }
    return {name: read[name] for name in expected}


def test_there_are_plans_of_many_kinds() -> None:
    assert len(NAMES) >= 15


@pytest.mark.parametrize("name", NAMES)
def test_the_head_is_read(name: str) -> None:
    plan, expected = read(name)
    head = plan.decision

    found = head.number, str(head.issued_on), key(head.issuer), key(head.title), head.year
    issuer, title = key(expected["issuer"]), key(expected["title"])
    assert found == (expected["number"], expected["date"], issuer, title, expected["year"])


@pytest.mark.parametrize("name", NAMES)
def test_every_task_has_its_code_title_lead_days_and_kind(name: str) -> None:
    plan, expected = read(name)
    tasks = expected["tasks"]

    assert [task.code for task in plan.tasks] == [task["code"] for task in tasks]
    for found, wanted in zip(plan.tasks, tasks, strict=True):
        shown = {**wanted, "title": squeezed(wanted["title"])} if "title" in wanted else dict(wanted)
        if "lead_units" in shown:
            shown["lead_units"] = units(shown["lead_units"])
        assert promised(found, wanted) == shown


@pytest.mark.parametrize("name", NAMES)
def test_every_doubt_about_a_row_says_where_it_stands(name: str) -> None:
    plan, _ = read(name)
    codes = {task.code for task in plan.tasks}

    assert [found for found in plan.findings if found.task in codes and found.place is None] == []
