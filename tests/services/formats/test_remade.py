"""The real decision made again as Word and Excel files of many shapes is the same plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from config.event_types import load_event_types
from config.units import load_units
from domain.plans import PlanReading
from domain.reading.layout import Sheet
from domain.reading.plan import read_plan, read_sheet
from services.formats import excel, word
from tests.services.formats import remake


@pytest.fixture(scope="module")
def from_text() -> PlanReading:
    """Give the real decision as its text reads."""
    return read_plan(remake.decision_text(), units=load_units(), event_types=load_event_types())


def plan_of(sheet: Sheet) -> PlanReading:
    return read_sheet(sheet, units=load_units(), event_types=load_event_types())


@pytest.mark.parametrize(
    "shape",
    [
        remake.with_head_table,
        remake.with_merged_cells,
        remake.with_automatic_numbers,
        remake.with_tracked_changes,
    ],
)
def test_the_decision_in_every_shape_of_word_gives_the_same_plan(
    shape: Callable[[Any, remake.Decision], None], from_text: PlanReading
) -> None:
    sheet = word.lay_out(remake.docx(remake.real_decision(), shape))

    assert remake.essence(plan_of(sheet)) == remake.essence(from_text)


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4, 5), (0, 5, 4, 1, 3, 2), (0, 2, 3, 1, 5, 4)])
def test_columns_in_any_order_give_the_same_plan(order: tuple[int, ...], from_text: PlanReading) -> None:
    sheet = word.lay_out(remake.docx(remake.real_decision().in_order(order)))

    assert remake.essence(plan_of(sheet)) == remake.essence(from_text)


def test_a_table_split_by_pages_gives_the_same_plan(from_text: PlanReading) -> None:
    sheet = word.lay_out(remake.docx_split_by_pages())

    assert remake.essence(plan_of(sheet)) == remake.essence(from_text)


def test_a_table_for_each_section_gives_the_same_plan(from_text: PlanReading) -> None:
    sheet = word.lay_out(remake.docx_by_section(remake.real_decision()))

    assert remake.essence(plan_of(sheet)) == remake.essence(from_text)


@pytest.mark.parametrize("shapes", [(), (remake.with_merged_ranges,)])
@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4, 5), (0, 5, 4, 1, 3, 2)])
def test_the_decision_in_every_shape_of_excel_gives_the_same_plan(
    shapes: tuple[Callable[[Any, remake.Decision], None], ...], order: tuple[int, ...], from_text: PlanReading
) -> None:
    sheet = excel.lay_out(remake.xlsx(remake.real_decision().in_order(order), *shapes))

    assert remake.essence(plan_of(sheet)) == remake.essence(from_text)


def test_the_real_decision_on_two_sheets_gives_the_same_plan(from_text: PlanReading) -> None:
    sheet = excel.lay_out(remake.xlsx(remake.real_decision(), sheets=2))

    assert remake.essence(plan_of(sheet)) == remake.essence(from_text)
    assert {each.table for each in sheet.rows} == {1, 2}
