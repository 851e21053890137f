"""One code for one task, where a decision numbers two rows alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from domain.plans import PlanReading


def with_unique_codes(plan: PlanReading) -> PlanReading:
    """Return the plan with each code used once: a second `I.2` becomes `I.2-2`, a second section goes.

    A finding names the number that is used twice; what reading found stays as it is.
    """
    codes = unique([task.code for task in plan.tasks])
    tasks = tuple(replace(task, code=code) for task, code in zip(plan.tasks, codes, strict=True))
    first = {section.code: section for section in reversed(plan.sections)}
    sections = tuple(section for section in plan.sections if first[section.code] is section)
    return replace(plan, tasks=tasks, sections=sections)


def unique(codes: Iterable[str]) -> list[str]:
    """Return the codes in order, each that came before with the next free number behind it."""
    wanted = list(codes)
    taken = set(wanted)
    seen: set[str] = set()
    given = []
    for code in wanted:
        if code in seen:
            code = next(each for number in count(2) if (each := f"{code}-{number}") not in taken)
            taken.add(code)
        seen.add(code)
        given.append(code)
    return given
