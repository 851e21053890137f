"""The numbers that Word shows by itself stand in the text."""

from __future__ import annotations

import pytest

from domain.plans import Severity
from tests.services.formats.packages import (
    cells,
    codes,
    item,
    laid,
    level,
    numbering,
    paragraph,
    row,
    table,
    tc,
)

HEADER = row("TT", "Nội dung", "Chủ trì", "Thời hạn")


@pytest.mark.parametrize(
    ("form", "text", "labels"),
    [
        ("decimal", "%1.", ("1.", "2.", "3.")),
        ("upperRoman", "%1.", ("I.", "II.", "III.")),
        ("lowerLetter", "%1)", ("a)", "b)", "c)")),
        ("upperLetter", "Phần %1", ("Phần A", "Phần B", "Phần C")),
        ("lowerRoman", "(%1)", ("(i)", "(ii)", "(iii)")),
        ("decimalZero", "%1", ("01", "02", "03")),
        ("bullet", "\uf0b7", ("-", "-", "-")),
        ("bullet", "+", ("+", "+", "+")),
        ("vietnameseCounting", "%1 là", ("một là", "hai là", "ba là")),
    ],
)
def test_automatic_numbers_stand_before_the_text(form: str, text: str, labels: tuple[str, ...]) -> None:
    sheet = laid("".join(item("x") for _ in range(3)), numbering=numbering(level(form, text)))

    assert sheet.body == tuple(f"{label} x" for label in labels)


def test_a_numbered_cell_without_text_shows_its_number() -> None:
    rows = (row(tc(item("")), "Việc", "Phòng A", "Quý I") for _ in range(2))
    sheet = laid(table(HEADER, *rows), numbering=numbering(level("decimal", "%1.")))

    assert [each[0] for each in cells(sheet)] == ["TT", "1.", "2."]


def test_deeper_levels_start_anew_after_a_higher_one() -> None:
    levels = (level("upperRoman", "%1."), level("decimal", "%1.%2", 1), level("lowerLetter", "%3)", 2))
    depths = (0, 1, 2, 2, 1, 2, 0, 1)
    sheet = laid("".join(item("x", depth=depth) for depth in depths), numbering=numbering(*levels))

    labels = [line.split(" ")[0] for line in sheet.body]
    assert labels == ["I.", "I.1", "a)", "b)", "I.2", "a)", "II.", "II.1"]


def test_figures_stand_for_roman_numbers_where_the_list_says_so_and_levels_may_run_on() -> None:
    levels = (
        level("upperRoman", "%1."),
        level("decimal", "%1.%2", 1, more='<w:lvlRestart w:val="0"/><w:isLgl/>'),
    )
    sheet = laid("".join(item("x", depth=depth) for depth in (0, 1, 0, 1)), numbering=numbering(*levels))

    assert [line.split(" ")[0] for line in sheet.body] == ["I.", "1.1", "II.", "2.2"]


def test_lists_of_one_definition_count_on_unless_they_start_anew() -> None:
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    body = "".join(item("x", number) for number in (1, 1, 2, 3, 3))
    sheet = laid(body, numbering=numbering(level("decimal", "%1.", start=4), lists=3, overrides=anew))

    assert [line.split(" ")[0] for line in sheet.body] == ["4.", "5.", "6.", "1.", "2."]


def test_a_style_numbers_its_paragraphs_and_those_of_styles_built_on_it() -> None:
    styles = (
        '<w:style w:styleId="Muc"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="MucCon"><w:basedOn w:val="Muc"/></w:style>'
    )
    body = "".join(paragraph("x", f'<w:pStyle w:val="{name}"/>') for name in ("Muc", "MucCon", "Khac"))
    body += paragraph("x", '<w:pStyle w:val="Muc"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    sheet = laid(body, styles=styles, numbering=numbering(level("upperRoman", "%1.")))

    assert sheet.body == ("I. x", "II. x", "x", "x")


def test_a_number_that_cannot_be_computed_is_doubtful() -> None:
    sheet = laid(item("x") + item("y", 7), numbering=numbering(level("chicago", "%1.")))

    assert codes(sheet) == ["numbering"]
    assert sheet.findings[0].severity is Severity.CHECK
    assert "2 chỗ" in sheet.findings[0].message
