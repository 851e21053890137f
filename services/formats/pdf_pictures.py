"""What a picture of a page shows besides its letters: how far it is turned, and its rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from services.formats.pdf_rules import Rule

DPI = 300
_POINT = DPI / 72
_HALF = 2  # rules are looked for in a picture of half the size
_DARK = 160  # of 255
_LONG = re.compile(rb"\x00{36,}")  # a quarter of an inch: longer than any stroke of a letter
_MOST = 0.25  # of the dots may be dark; letters and rules take a tenth
_STEPS = [step / 8 for step in range(-20, 21)]  # degrees
_BICUBIC, _BOX, _TRANSPOSE = 3, 4, 5  # Pillow's numbers


def picture_of(page: Any) -> Any:
    """Return a page as a grey picture, turned so that its lines are level."""
    picture = page.to_image(resolution=DPI).original.convert("L")
    angle = _skew(picture.reduce(4))
    return picture.rotate(angle, resample=_BICUBIC, fillcolor=255) if angle else picture


def _skew(small: Any) -> float:
    """Return by how many degrees a picture must be turned: level lines part dark rows from light ones."""

    def sharpness(angle: float) -> int:
        turned = small.rotate(angle, resample=_BICUBIC, fillcolor=255) if angle else small
        rows = turned.resize((1, turned.height), _BOX).tobytes()
        return sum((a - b) ** 2 for a, b in pairwise(rows))

    level = sharpness(0)
    best = max(_STEPS, key=sharpness)
    return best if sharpness(best) > 1.1 * level else 0.0


def rules_in(picture: Any) -> tuple[list[Rule], list[Rule]]:
    """Return the rules across and down that a picture shows, in points; none where it is mostly dark."""
    small = picture.reduce(_HALF).point([0] * _DARK + [255] * (256 - _DARK))
    dots = small.tobytes()
    if dots.count(0) > _MOST * len(dots):
        return [], []
    return list(_runs(small)), list(_runs(small.transpose(_TRANSPOSE)))


def without_rules(picture: Any, across: Iterable[Rule], down: Iterable[Rule]) -> Any:
    """Return the picture with its rules painted over, which Tesseract would take for letters."""
    clean, thick = picture.copy(), round(_POINT)
    for rule in across:
        begin, at, end = (round(place * _POINT) for place in (rule.begin, rule.at, rule.end))
        clean.paste(255, (begin - thick, max(at - thick, 0), end + thick, at + thick))
    for rule in down:
        begin, at, end = (round(place * _POINT) for place in (rule.begin, rule.at, rule.end))
        clean.paste(255, (max(at - thick, 0), begin - thick, at + thick, end + thick))
    return clean


def _runs(picture: Any) -> Iterator[Rule]:
    width, dots = picture.width, picture.tobytes()
    scale = _HALF / _POINT
    for row in range(picture.height):
        for run in _LONG.finditer(dots, row * width, (row + 1) * width):
            yield Rule(row * scale, (run.start() - row * width) * scale, (run.end() - row * width) * scale)
