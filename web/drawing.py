"""Charts as SVG inside the page: drawn by pygal, coloured by our own style sheet, without a script.

pygal puts a style sheet and a script into each picture, which the pages' security policy forbids. Both are
left out here, and each series carries the name of its tone instead, so that it follows dark mode and print.
Neighbouring series differ in lightness, and every bar says its number: nobody needs the colours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

WIDTH = 640
HEIGHT, ROW, AROUND = 270, 34, 60  # of standing bars; of one lying bar, and of what stands around them
_DRAWN = frozenset({"g", "rect", "path", "text"})
_KEPT = frozenset({"class", "d", "x", "y", "rx", "ry", "width", "height", "transform", "text-anchor"})
_COLOUR = re.compile(r"color-(\d+)")


@dataclass(frozen=True, slots=True)
class Series:
    """One row of numbers; `tone` is its colour in the style sheet."""

    name: str
    tone: str
    values: tuple[int, ...]


@lru_cache(maxsize=256)
def bars(title: str, said: str, labels: tuple[str, ...], series: tuple[Series, ...]) -> Markup:
    """Draw standing bars, the series on top of each other; `said` tells in words what they show."""
    return _picture(title, said, _chart("StackedBar", HEIGHT, labels, series), series)


@lru_cache(maxsize=256)
def lying_bars(title: str, said: str, labels: tuple[str, ...], series: tuple[Series, ...]) -> Markup:
    """Draw lying bars, for labels that are long; the first label stands on top."""
    turned = tuple(Series(each.name, each.tone, each.values[::-1]) for each in series)
    height = AROUND + ROW * len(labels)
    return _picture(title, said, _chart("HorizontalStackedBar", height, labels[::-1], turned), series)


def _chart(kind: str, height: int, labels: Sequence[str], series: Sequence[Series]) -> Any:
    import pygal  # a quarter of a second, for those who look at a chart
    from pygal.style import Style

    style = Style(label_font_size=13, major_label_font_size=13, value_font_size=13)
    chart = getattr(pygal, kind)(
        width=WIDTH,
        height=height,
        style=style,
        js=[],
        css=[],
        no_prefix=True,
        print_values=True,
        print_zeroes=False,
        show_legend=False,
        truncate_label=-1,
        order_min=0,
        margin=8,
        spacing=6,
        value_formatter=lambda value: f"{int(value)}" if value else "0",
    )
    chart.x_labels = list(labels)
    for each in series:
        chart.add(each.name, list(each.values))
    return chart


def _picture(title: str, said: str, chart: Any, series: Sequence[Series]) -> Markup:
    root = chart.render_tree()
    picture = Element("svg", {"class": "chart", "role": "img", "viewBox": root.get("viewBox")})
    SubElement(picture, "title").text = title
    SubElement(picture, "desc").text = said
    _copy(root, picture, [each.tone for each in series])
    drawn = Markup(tostring(picture, encoding="unicode"))  # noqa: S704 - ElementTree has escaped the texts
    return drawn + _legend(series)


def _legend(series: Sequence[Series]) -> Markup:
    """Return which colour is which, as text that wraps on a narrow screen."""
    swatch = Markup('<svg class="swatch" viewBox="0 0 1 1"><rect class="{}" width="1" height="1"/></svg>')
    items = (Markup("<li>{} {}</li>").format(swatch.format(each.tone), each.name) for each in series)
    return Markup('<ul class="legend" aria-hidden="true">{}</ul>').format(Markup("").join(items))


def _copy(source: Any, target: Element, tones: Sequence[str]) -> None:
    """Copy what is to be seen, with the tones' names for pygal's numbers of colours."""
    for child in _seen(source):
        known = {name: child.get(name) for name in _KEPT if child.get(name)}
        if "class" in known:
            known["class"] = _COLOUR.sub(lambda found: tones[int(found[1]) % len(tones)], known["class"])
        copied = SubElement(target, child.tag.rpartition("}")[2], known)
        copied.text = child.text
        _copy(child, copied, tones)


def _seen(source: Any) -> Iterator[Any]:
    for child in source:
        if not isinstance(child.tag, str):  # a comment
            continue
        classes = (child.get("class") or "").split()
        if child.tag.rpartition("}")[2] in _DRAWN and not {"background", "tooltip"} & set(classes):
            yield child
