"""Write a spreadsheet's cell as people see it: numbers in their format, dates marked as what they are."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from domain.reading.layout_doubts import DATE_CELL
from domain.reading.normal import composed

_UNSEEN = re.compile(r"_x000[Dd]_|\r")
_QUOTED = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]')
_BODY = re.compile(r"[#0?][#0?,]*(?:\.[#0?]*)?|\.[#0?]+")
_DIGITS = "#0?"


def shown(value: object, number_format: str) -> str:
    """Return a cell's text; a date ends with the mark `DATE_CELL`, for Excel may have made it out of text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number(value, number_format)
    if isinstance(value, date):
        return f"{_day(value, number_format)} {DATE_CELL}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    return _text(str(value))


def in_words(value: object, number_format: str) -> str:
    """Return a cell's text for a line above or below the table, where a date is a document's own."""
    if isinstance(value, date):
        return f"ngày {value:%d} tháng {value:%m} năm {value:%Y}"
    return shown(value, number_format)


def _text(value: str) -> str:
    if value.startswith("'") and value.count("'") == 1:  # typed to keep Excel from making a date of it
        value = value[1:]
    lines = (line.strip() for line in composed(_UNSEEN.sub("", value)).replace("\t", " ").split("\n"))
    return "\n".join(line for line in lines if line)


def _day(day: date, number_format: str) -> str:
    """Return a date with the parts that the cell shows."""
    codes = _QUOTED.sub("", number_format).lower()
    if "d" not in codes and "y" in codes:
        return f"tháng {day:%m/%Y}" if "m" in codes else f"năm {day:%Y}"
    if isinstance(day, datetime) and (day.hour or day.minute):
        return f"{day:%H:%M} {day:%d/%m/%Y}"
    return f"{day:%d/%m/%Y}"


def number(value: float, number_format: str) -> str:
    """Return a number as its format shows it; thousands and percentages are written the Vietnamese way."""
    sections = number_format.split(";")
    section = sections[1] if value < 0 and len(sections) > 1 else sections[0]
    bare = _QUOTED.sub(lambda found: "\0" * len(found[0]), section)
    bodies = list(_BODY.finditer(bare))
    outside = bare if not bodies else bare[: bodies[0].start()] + bare[bodies[0].end() :]
    if len(bodies) != 1 or bodies[0][0].endswith(",") or re.search(r"[eE/?]", outside) or _is_huge(value):
        return _plain(value)
    start, end = bodies[0].span()
    signed = value if section is sections[0] else abs(value)
    before, after = _literal(section[:start]), _literal(section[end:])
    return f"{before}{_figures(signed, bodies[0][0], percent='%' in outside)}{after}".strip()


def _is_huge(value: float) -> bool:
    return not abs(value) < 1e15  # which NaN isn't either


def _plain(value: float) -> str:
    if isinstance(value, float) and value.is_integer() and not _is_huge(value):
        return str(int(value))
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _literal(piece: str) -> str:
    """Return what stands beside the figures in a format."""
    return _QUOTED.sub(lambda found: found[1] or found[2] or "", piece)


def _figures(value: float, body: str, *, percent: bool) -> str:
    whole, _, places = body.partition(".")
    exact = Decimal(repr(value)) * (100 if percent else 1)
    rounded = exact.quantize(Decimal(1).scaleb(-len(places)), ROUND_HALF_UP)
    sign, digits = ("-" if rounded < 0 else ""), f"{abs(rounded):f}"
    integer, _, fraction = digits.partition(".")
    least = sum(1 for place in whole if place == "0")
    integer = integer.lstrip("0").rjust(least, "0")
    required = len(places.rstrip("#?"))
    while len(fraction) > required and fraction.endswith("0"):
        fraction = fraction[:-1]
    thousands = "," in whole
    if thousands:
        integer = f"{int(integer or '0'):,}".replace(",", ".")
    mark = "," if thousands or percent else "."
    return f"{sign}{integer or ('' if fraction else '0')}{mark + fraction if fraction else ''}"


Cell = Any  # openpyxl's cells and merged cells have no common type
