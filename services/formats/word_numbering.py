"""Compute the labels that Word's automatic numbering shows: they stand nowhere in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from services.formats.notes import Notes
from services.formats.word_package import Element, W, switched_on, value

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip # short values read best packed
_PLACEHOLDER = re.compile(r"%([1-9])")
_SPOKEN = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
_BULLETS = ("-", "–", "—", "+", "•", "*")  # others come from symbol fonts
_LEVELS = 9
_STYLES_DEEP = 20  # how far styles may build on each other before it must be a circle


@dataclass(slots=True)
class Level:
    """How one level of a list is numbered; `restart` is the level that starts it anew (0: none does)."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    restart: int | None = None
    style: str = ""  # whose paragraphs stand on this level
    plain: bool = False  # every number of the label in figures, whatever its own level's form


@dataclass(slots=True)
class Numbering:
    """The lists of a document and how far each has counted."""

    lists: dict[str, str] = field(default_factory=dict)  # list -> its definition
    levels: dict[str, dict[int, Level]] = field(default_factory=dict)  # definition -> its levels
    changes: dict[str, dict[int, Level]] = field(default_factory=dict)  # list -> levels of its own
    starts: dict[str, dict[int, int]] = field(default_factory=dict)  # list -> where it begins anew
    styles: dict[str, tuple[str | None, int | None]] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)  # definition -> where it stands
    begun: set[tuple[str, int]] = field(default_factory=set)

    def label(self, paragraph: Element, notes: Notes) -> str:
        """Return what Word shows before the paragraph, with its space, and count it; "" without a number."""
        number, depth = self._belongs(paragraph)
        if number is None or number == "0":
            return ""
        definition = self.lists.get(number, "")
        levels = self.levels.get(definition, {}) | self.changes.get(number, {})
        level = levels.get(depth)
        if level is None:
            notes.add("numbering", f"danh sách số {number}")
            return ""
        self._count(number, definition, depth, levels)
        shown = self._shown(level, definition, levels, notes)
        return shown + ("" if level.suffix == "nothing" or not shown else " ")

    def _belongs(self, paragraph: Element) -> tuple[str | None, int]:
        """Return the list and level of a paragraph: its own, else its style's."""
        properties = paragraph.find(W + "pPr")
        by_style = self.styles.get(value(properties, "pStyle") or "", (None, None))
        own = None if properties is None else properties.find(W + "numPr")
        number, depth = value(own, "numId"), value(own, "ilvl")
        return number or by_style[0], _whole(depth, by_style[1] or 0)

    def _count(self, number: str, definition: str, depth: int, levels: dict[int, Level]) -> None:
        counts = self.counts.setdefault(definition, {})
        anew = self.starts.get(number, {}).get(depth)
        if anew is not None and (number, depth) not in self.begun:
            self.begun.add((number, depth))
            counts[depth] = anew
        elif depth in counts:
            counts[depth] += 1
        else:
            counts[depth] = _level(levels, depth).start
        for above in range(depth):
            counts.setdefault(above, _level(levels, above).start)
        for below in range(depth + 1, _LEVELS):
            restart = _level(levels, below).restart
            if below in counts and (restart is None or depth < restart):
                del counts[below]

    def _shown(self, level: Level, definition: str, levels: dict[int, Level], notes: Notes) -> str:
        if level.form == "none":
            return _PLACEHOLDER.sub("", level.text).strip()
        if level.form == "bullet":
            return level.text if level.text in _BULLETS else "-"
        counts = self.counts[definition]

        def figure(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            form = "decimal" if level.plain else _level(levels, at).form
            return numeral(counts.get(at, 0), form, notes)

        return _PLACEHOLDER.sub(figure, level.text).strip()


def numeral(count: int, form: str, notes: Notes) -> str:
    """Return `count` in one of Word's forms; an unknown form gives figures and a note."""
    if form == "decimal":
        return str(count)
    if form in {"lowerLetter", "upperLetter"} and count > 0:
        letter = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letter if form == "lowerLetter" else letter.upper()
    if form in {"lowerRoman", "upperRoman"} and 0 < count < 4000:
        return _roman(count) if form == "lowerRoman" else _roman(count).upper()
    if form == "decimalZero":
        return f"{count:02d}"
    if form == "vietnameseCounting" and 0 <= count < len(_SPOKEN):
        return _SPOKEN[count]
    if form == "none":
        return ""
    notes.add("numbering", f"kiểu {form}")
    return str(count)


def _roman(count: int) -> str:
    letters = ""
    for size, letter in _ROMAN:
        letters += letter * (count // size)
        count %= size
    return letters


def _level(levels: dict[int, Level], depth: int) -> Level:
    return levels.get(depth) or Level()


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,6}", text) else default


def read_numbering(numbering: Element | None, styles: Element | None) -> Numbering:
    """Return the lists that a document's numbering part and styles define."""
    lists = Numbering()
    if numbering is None:
        return lists
    linked: dict[str, str] = {}
    for each in numbering.findall(W + "abstractNum"):
        name = each.get(W + "abstractNumId", "")
        lists.levels[name] = _levels(each)
        link = value(each, "numStyleLink")
        if link:
            linked[name] = link
    for each in numbering.findall(W + "num"):
        number = each.get(W + "numId", "")
        lists.lists[number] = value(each, "abstractNumId") or ""
        _overrides(lists, number, each)
    numbered = _numbered_styles(styles)
    for definition, style in linked.items():
        target = lists.lists.get(numbered.get(style, (None, None))[0] or "", "")
        lists.levels[definition] = lists.levels.get(target, {})
    lists.styles = {name: _with_level(lists, name, *found) for name, found in numbered.items()}
    return lists


def _overrides(lists: Numbering, number: str, element: Element) -> None:
    for override in element.findall(W + "lvlOverride"):
        depth = _whole(override.get(W + "ilvl"), 0)
        level = override.find(W + "lvl")
        if level is not None:
            lists.changes.setdefault(number, {})[depth] = _read_level(level)
        start = value(override, "startOverride")
        if start is not None:
            lists.starts.setdefault(number, {})[depth] = _whole(start, 1)


def _levels(definition: Element) -> dict[int, Level]:
    return {_whole(each.get(W + "ilvl"), 0): _read_level(each) for each in definition.findall(W + "lvl")}


def _read_level(level: Element) -> Level:
    restart = value(level, "lvlRestart")
    form = level.find(f".//{W}numFmt")  # newer forms stand among alternatives
    return Level(
        start=_whole(value(level, "start"), 1),
        form="decimal" if form is None else form.get(W + "val", "decimal"),
        text=value(level, "lvlText") or "",
        suffix=value(level, "suff") or "tab",
        restart=None if restart is None else _whole(restart, 0),
        style=value(level, "pStyle") or "",
        plain=switched_on(level, "isLgl"),
    )


def _numbered_styles(styles: Element | None) -> dict[str, tuple[str | None, int | None]]:
    """Return the list and level of every style, its own or that of the one it builds on."""
    own: dict[str, tuple[str | None, int | None]] = {}
    based: dict[str, str | None] = {}
    for style in styles.findall(W + "style") if styles is not None else ():
        name = style.get(W + "styleId", "")
        number = style.find(f"{W}pPr/{W}numPr")
        depth = value(number, "ilvl")
        own[name] = (value(number, "numId"), None if depth is None else _whole(depth, 0))
        based[name] = value(style, "basedOn")
    found: dict[str, tuple[str | None, int | None]] = {}
    for name in own:
        at: str | None = name
        for _ in range(_STYLES_DEEP):
            if at is None or at not in own or own[at][0] is not None:
                break
            at = based[at]
        if at in own and own[at][0] is not None:
            found[name] = own[at]
    return found


def _with_level(
    lists: Numbering, style: str, number: str | None, depth: int | None
) -> tuple[str | None, int | None]:
    """Return a style's list and level: the level that names the style, else the one that it names."""
    levels = lists.levels.get(lists.lists.get(number or "", ""), {})
    linked = next((at for at, level in levels.items() if level.style == style), depth)
    return number, linked or 0
