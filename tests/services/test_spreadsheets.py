from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from services.spreadsheets import FORMULA, Cell, Column, Table, as_csv, write_xlsx

HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "  =1+1", "＝1+1", '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
]  # fmt: skip # short values read best packed


def table(*rows: tuple[Cell, ...]) -> Table:
    return Table("Nhiệm vụ", (Column("Mã số", 9), Column("Nhiệm vụ", 60)), rows, ("Phường", "Lập hôm nay"))


def read_csv(*rows: tuple[Cell, ...]) -> list[list[str]]:
    text = b"".join(as_csv(table(*rows))).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def book(*rows: tuple[Cell, ...]) -> io.BytesIO:
    target = io.BytesIO()
    write_xlsx(table(*rows), target)
    target.seek(0)
    return target


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_formula_in_a_csv(text: str) -> None:
    assert read_csv((text,))[1] == ["'" + text]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_field_of_a_csv_begins_like_a_formula(text: str) -> None:
    begins = read_csv((text, "x"))[1][0][:1]

    assert begins not in FORMULA


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_formula_in_a_workbook(text: str) -> None:
    cell = load_workbook(book((text,))).active["A4"]  # type: ignore[index] # there is an active sheet

    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert cell.value.split() == text.split()


def test_a_csv_opens_in_excel_where_the_comma_is_the_decimal_sign() -> None:
    content = b"".join(as_csv(table(("I.1", "Kế hoạch; “cả năm”"), (3, date(2026, 3, 31)))))

    assert content.startswith(b"\xef\xbb\xbf")
    lines = content.decode("utf-8-sig").split("\r\n")
    assert lines == ["Mã số;Nhiệm vụ", 'I.1;"Kế hoạch; “cả năm”"', "3;31/03/2026", ""]


def test_days_in_a_workbook_are_days_and_numbers_are_numbers() -> None:
    at = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    sheet = load_workbook(book((date(2026, 3, 31), 7), (at, None))).active

    assert sheet is not None
    assert sheet["A4"].value == datetime(2026, 3, 31)  # noqa: DTZ001 - Excel knows no time zones
    assert sheet["A4"].number_format == "dd/mm/yyyy"
    assert sheet["B4"].value == 7
    assert sheet["A5"].value == datetime(2026, 3, 2, 8, 30)  # noqa: DTZ001 - as above


def test_the_titles_stay_in_view_below_the_head_and_columns_are_as_wide_as_they_need() -> None:
    sheet = load_workbook(book(("I.1", "x"))).active

    assert sheet is not None
    assert [sheet["A1"].value, sheet["A2"].value, sheet["A3"].value] == ["Phường", "Lập hôm nay", "Mã số"]
    assert sheet.freeze_panes == "A4"
    assert sheet.column_dimensions["B"].width == 60


def test_what_a_workbook_cannot_hold_is_left_out() -> None:
    assert load_workbook(book(("a\x00b\x1fc\ufffe", "x" * 40_000))).active["A4"].value == "abc"  # type: ignore[index] # as above


def test_a_long_csv_comes_in_pieces() -> None:
    pieces = list(as_csv(table(*(("x", "y") for _ in range(1200)))))

    assert len(pieces) == 3
