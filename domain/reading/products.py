"""What a row hands in: its products, the stage that each belongs to, and conditions hidden among them."""

from __future__ import annotations

import re

from domain.plans import Stage
from domain.reading.normal import fold, squeezed
from domain.reading.times import read_time

_LISTED = re.compile(r"\s*[-–—+•]\s*\S")
_ITEM = re.compile(r"(?:^|\n|(?<=[;,.\s]))\s*[-–—+•]\s+(?=\S)|\n")
_PARTS = re.compile(r"[+;]")
_STAGES: tuple[tuple[Stage, str], ...] = (
    (Stage.REPORT, r"bao cao|ket luan|tong ket|so ket|bien ban|thong ke|ket qua"),
    (
        Stage.PLAN,
        r"ke hoach|quyet dinh|quy che|chuong trinh|de an|nghi quyet|quy dinh|phuong an|quy trinh|du thao",
    ),
)
_RULES = tuple((stage, re.compile(rf"\b(?:{words})\b")) for stage, words in _STAGES)
_ORDER = (Stage.PLAN, Stage.IMPLEMENT, Stage.REPORT)


def products_of(cell: str) -> tuple[str, ...]:
    """Return the products that a cell lists; without bullets or lines the cell is one product."""
    parts = _ITEM.split(cell) if _LISTED.match(cell) else cell.split("\n")
    named = (squeezed(part).strip(" ;,-–+•").removesuffix(".") for part in parts)
    return tuple(part for part in named if part)


def stage_of_products(products: tuple[str, ...]) -> Stage | None:
    """Return the last stage, in the order of work, whose product is named; None where none is."""
    found = {stage for product in products for part in _PARTS.split(product) if (stage := _stage(part))}
    return max(found, key=_ORDER.index, default=None)


def _stage(text: str) -> Stage | None:
    """Return the stage of one product by the first telling word in it."""
    said = fold(text)
    places = [(match.start(), stage) for stage, rule in _RULES if (match := rule.search(said))]
    return min(places)[1] if places else None


def condition_in(products: tuple[str, ...]) -> str | None:
    """Return the words of a product that say when work starts at all: `khi có chương trình đào tạo`."""
    for product in products:
        if " khi " not in f" {fold(product)} ":
            continue
        for milestone in read_time(product, year=None)[0]:
            if milestone.kind == "event" and milestone.event:
                return milestone.source_text
    return None
