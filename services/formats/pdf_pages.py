"""Take what matters from each page of a PDF, and close the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from services.formats.pdf_rules import MOST_RULES, Grid, Rule, grids
from services.formats.pdf_words import PageText, Text, text_of

_PICTURED = 0.5  # of the page covered by pictures: a scan
_DRAWN = 400  # so many curves without a letter are letters drawn
_UNSEEN = re.compile(rb"(?<!\d)3\s+Tr\b")


@dataclass(slots=True)
class PrintedPage:
    """A page: its words, its ruled tables, and what kind of page it is."""

    number: int
    height: float
    text: PageText
    grids: list[Grid] = field(default_factory=list)
    pictured: bool = False  # a picture takes most of it
    recognised: bool = False  # its text was put behind the picture by OCR
    drawn: bool = False  # letters may be drawn as curves
    crowded: bool = False  # more rules than any table has

    @property
    def words(self) -> list[Text]:
        """Its words."""
        return self.text.words

    @property
    def unread(self) -> bool:
        """Say whether it has something to read but no text."""
        return self.text.letters < 3 and (self.pictured or self.drawn)


def read_page(page: Any) -> PrintedPage:
    """Return what matters of a page; one that is printed sideways is turned first."""
    page = _upright(page)
    text = text_of(page)
    printed = PrintedPage(page.page_number, float(page.height), text)
    printed.pictured = _covered(page) > _PICTURED
    printed.drawn = len(page.curves) + len(page.rects) > _DRAWN
    printed.recognised = printed.pictured and text.letters > 0 and _is_unseen(page)
    if len(page.lines) + len(page.rects) > MOST_RULES:
        printed.crowded = True
    elif not printed.recognised:
        printed.grids = grids(*_rules(page))
    return printed


def _upright(page: Any) -> Any:
    chars = page.chars
    sideways = [char for char in chars if abs(char["matrix"][0]) < abs(char["matrix"][1]) / 20]
    if len(sideways) < 0.7 * len(chars) or len(sideways) < 20:
        return page
    from pdfplumber.page import Page

    up = sum(char["matrix"][1] > 0 for char in sideways) * 2 > len(sideways)
    rotation = (page.rotation + (90 if up else 270)) % 360
    page.page_obj.attrs["Rotate"] = page.page_obj.rotate = rotation
    turned = Page(page.pdf, page.page_obj, page.page_number)
    page.close()
    return turned


def _covered(page: Any) -> float:
    area = float(page.width) * float(page.height) or 1.0
    pictures = [float(abs(i["x1"] - i["x0"]) * abs(i["bottom"] - i["top"])) for i in page.images]
    return sum(pictures) / area


def _is_unseen(page: Any) -> bool:
    """Say whether a page's text is there to be searched, not seen."""
    if any("GlyphLess" in char["fontname"] for char in page.chars[:20]):
        return True
    return any(_UNSEEN.search(stream.get_data()) for stream in page.page_obj.contents)


def _rules(page: Any) -> tuple[list[Rule], list[Rule]]:
    across: list[Rule] = []
    down: list[Rule] = []
    for edge in page.edges:
        if edge["orientation"] == "h":
            across.append(Rule(float(edge["top"]), float(edge["x0"]), float(edge["x1"])))
        else:
            down.append(Rule(float(edge["x0"]), float(edge["top"]), float(edge["bottom"])))
    return across, down
