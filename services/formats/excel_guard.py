"""Look through a workbook's parts before openpyxl builds them: how much they ask for, and what it drops."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from html import unescape

from openpyxl.utils.cell import range_boundaries

from services.formats.archive import HarmfulFile, check_archive, usual_names
from services.formats.notes import Notes

CELL_LIMIT = 200_000
AREA_LIMIT = 400_000  # cells of merged and linked ranges, each of which openpyxl makes
_CELL_START = re.compile(rb"<(?:\w+:)?c[ >]")
_RANGE = re.compile(rb"""<(?:\w+:)?(?:mergeCell|hyperlink)\b[^>]*?\bref=["']([^"']{2,40})["']""")
_FORMULA_CELL = re.compile(
    rb"<(?:\w+:)?c\s([^>]*[^>/])>((?:(?!</(?:\w+:)?c>).){0,9000}?<(?:\w+:)?f\b.*?)</(?:\w+:)?c>", re.S
)
_RESULT = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>[^<]")
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3}\d{1,7})["']""")
_DRAWN = re.compile(rb"<a:t(?:\s[^>]*)?>([^<]+)</a:t>")


def checked_workbook(data: bytes, notes: Notes) -> io.BytesIO:
    """Return the workbook as openpyxl knows it; note formulas without results, and drawings.

    Raises:
        HarmfulFile, LockedFile, DamagedFile: see `services.formats.archive`.
    """
    check_archive(data)
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(file, "w") as usual:
        for member in given.infolist():
            name = member.filename.lower()
            if name.startswith("xl/media/"):
                notes.add("picture")
                # openpyxl wants the part to be there, and passes over what is no picture.
                usual.writestr(member.filename, b"")
            elif name.endswith((".xml", ".rels")):
                content = usual_names(given.read(member))
                _look_into(name, content, notes)
                usual.writestr(member.filename, content)
    return file


def _look_into(name: str, content: bytes, notes: Notes) -> None:
    if name.startswith("xl/worksheets/") and name.endswith(".xml"):
        _check_sheet(content, notes)
    elif name.startswith("xl/drawings/"):
        said = b" ".join(_DRAWN.findall(content)).decode(errors="replace")
        if said.strip():
            notes.add("text_box", unescape(said))


def _check_sheet(content: bytes, notes: Notes) -> None:
    cells = sum(1 for _ in _CELL_START.finditer(content))
    area = sum(_areas(content))
    if cells > CELL_LIMIT or area > AREA_LIMIT:
        raise HarmfulFile(
            f"{cells} cells, {area} in ranges",
            "Trang tính có quá nhiều ô so với một quyết định nên không mở. Đề nghị xoá các dòng, cột trống "
            "có định dạng và các ô gộp thừa, lưu lại rồi đọc lại.",
        )
    for match in _FORMULA_CELL.finditer(content):
        attributes, inside = match.groups()
        place = _PLACE.search(attributes)
        # A formula whose result is an empty text is of type str.
        if not _RESULT.search(inside) and b't="str"' not in attributes:
            notes.add("no_value", place[1].decode() if place else "")


def _areas(content: bytes) -> Iterator[int]:
    for match in _RANGE.finditer(content):
        try:
            left, top, right, bottom = range_boundaries(match[1].decode("ascii", "replace"))
        except ValueError:
            continue  # openpyxl will say what is wrong with it
        if left is None or top is None or right is None or bottom is None:
            yield AREA_LIMIT + 1  # whole rows or columns
        else:
            yield (right - left + 1) * (bottom - top + 1)
