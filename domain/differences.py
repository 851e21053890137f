"""What two readings of one task say differently, field by field."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from domain.plans import TaskReading
from domain.reading.normal import key


class Field(StrEnum):
    """What a row of the appendix says of a task, by the name of its column."""

    TITLE = "content"
    LEAD = "lead"
    COORDINATING = "coordinating"
    TIME = "time"
    PRODUCT = "product"

    def text(self, task: TaskReading) -> str:
        """Return the field as people read it."""
        match self:
            case Field.TITLE:
                return task.title
            case Field.LEAD:
                return "; ".join(task.lead_units)
            case Field.COORDINATING:
                return "; ".join(task.coordinating_units)
            case Field.TIME:
                return task.time_text
            case Field.PRODUCT:
                return "\n".join(f"- {product}" for product in task.products)

    def said(self, task: TaskReading, years: tuple[int, int] | None = None) -> object:
        """Return what counts when the field is compared, with the old year put as the new one.

        Capitals, spaces, punctuation and spelling variants (hoá, hóa) don't count; the order of
        coordinating units doesn't either.
        """
        if self is Field.LEAD:
            return task.lead_units
        if self is Field.COORDINATING:
            return frozenset(task.coordinating_units)
        said = key(self.text(task))
        return re.sub(rf"\b{years[0]}\b", str(years[1]), said) if years else said


FIELDS = tuple(Field)
FIELD_NAMES: dict[Field, str] = {
    Field.TITLE: "Nội dung",
    Field.LEAD: "Cơ quan chủ trì",
    Field.COORDINATING: "Cơ quan phối hợp",
    Field.TIME: "Thời gian",
    Field.PRODUCT: "Sản phẩm",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs, as it was and as it is."""

    field: Field
    before: str
    after: str


def differences(
    old: TaskReading, new: TaskReading, *, years: tuple[int, int] | None = None
) -> tuple[Difference, ...]:
    """Return the fields that differ; with `years` (old, new), a different year alone is no difference."""
    return tuple(
        Difference(field, field.text(old), field.text(new))
        for field in FIELDS
        if field.said(old, years) != field.said(new)
    )
