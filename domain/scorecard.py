"""How criteria of a score sheet are scored: a few rules, each with a formula that people can check."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from domain.plans import Stage

_CENT = Decimal("0.01")


class Rule(StrEnum):
    """The closed list of what can be reckoned from a plan's history."""

    SHARE_ON_TIME = "share-on-time"
    TASKS_DONE = "tasks-done"
    COUNT_LATE = "count-late"
    DOCUMENT_EXISTS = "document-exists"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a score sheet; a heading has no `most` and no rule.

    It is about `sections` or about `tasks`; `each` is what one late date costs, `stage` whose papers count.
    """

    code: str
    title: str
    most: Decimal | None = None
    rule: Rule | None = None
    sections: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    each: Decimal = Decimal(0)
    stage: Stage = Stage.PLAN


@dataclass(frozen=True, slots=True)
class Counted:
    """What the history says of a criterion's tasks; `papers` counts those with an accepted paper."""

    tasks: int = 0
    done: int = 0
    due: int = 0
    on_time: int = 0
    papers: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """A criterion's points with what they follow from; None where a person has to fill them in."""

    declared: str
    formula: str
    points: Decimal | None


def score(criterion: Criterion, counted: Counted) -> Score | None:
    """Return how a criterion is scored, never below 0 nor above its most; None for a heading."""
    most, rule = criterion.most, criterion.rule
    if most is None or rule is None:
        return None
    if rule is Rule.MANUAL:
        return Score("Đơn vị tự kê khai", "Đơn vị tự chấm theo hướng dẫn", None)
    if not counted.tasks:
        return Score("Kế hoạch không có nhiệm vụ này", "Đơn vị tự chấm theo hướng dẫn", None)
    declared, formula, points = _reckoned(criterion, most, counted)
    if points is None:
        return Score(declared, formula, None)
    return Score(declared, formula, max(Decimal(0), min(most, points)).quantize(_CENT, ROUND_DOWN))


def _reckoned(criterion: Criterion, most: Decimal, counted: Counted) -> tuple[str, str, Decimal | None]:
    written, missed = decimal(most), counted.due - counted.on_time
    match criterion.rule:
        case Rule.SHARE_ON_TIME:
            if not counted.due:
                return "Chưa có mốc nào đến hạn", f"{written} × mốc nộp đúng hạn / mốc đến hạn", None
            said = f"{counted.on_time}/{counted.due} mốc đến hạn được nộp đúng hạn"
            points = most * counted.on_time / counted.due
            return said, f"{written} × {counted.on_time} / {counted.due}", points
        case Rule.TASKS_DONE:
            said = f"{counted.done}/{counted.tasks} nhiệm vụ đã hoàn thành"
            return said, f"{written} × {counted.done} / {counted.tasks}", most * counted.done / counted.tasks
        case Rule.COUNT_LATE:
            formula = f"{written} − {decimal(criterion.each)} × {missed} (không dưới 0)"
            return f"{missed} mốc quá hạn", formula, most - criterion.each * missed
        case _:
            said = f"{counted.papers}/{counted.tasks} nhiệm vụ có văn bản đã nghiệm thu"
            whole = counted.papers == counted.tasks
            return said, f"Đủ {counted.tasks} nhiệm vụ: {written}; thiếu: 0", most if whole else Decimal(0)


def decimal(number: Decimal) -> str:
    """Write a number as Vietnamese do: `1,5`."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")
