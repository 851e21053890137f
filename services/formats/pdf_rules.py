"""The ruled tables of a page: from its lines and thin rectangles to a grid of cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

SNAP = 3.0  # points within which two rules are one, and within which they meet
_SHORTEST = 4.0  # what is shorter is a dash of a letter, not a rule
MOST_RULES = 20_000


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight rule: where it lies, and from where to where it reaches."""

    at: float
    begin: float
    end: float

    def covers(self, place: float) -> bool:
        """Say whether the rule reaches over a place."""
        return self.begin - SNAP <= place <= self.end + SNAP


@dataclass(slots=True)
class Grid:
    """A table's columns between `xs` and rows between `ys`, with the rules that part its cells."""

    xs: list[float]
    ys: list[float]
    across: list[Rule] = field(default_factory=list)
    down: list[Rule] = field(default_factory=list)

    @property
    def top(self) -> float:
        """Where the table begins."""
        return self.ys[0]

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.ys[-1]

    def origins(self) -> list[list[tuple[int, int]]]:
        """Return for each row and column the cell's first row and column; merged cells share them."""
        found: list[list[tuple[int, int]]] = []
        for row, (top, bottom) in enumerate(pairwise(self.ys)):
            cells: list[tuple[int, int]] = []
            for column, (left, right) in enumerate(pairwise(self.xs)):
                if row and not _parted(self.across, top, (left + right) / 2):
                    cells.append(found[row - 1][column])
                elif column and not _parted(self.down, left, (top + bottom) / 2):
                    cells.append(cells[-1] if cells[-1][0] == row else (row, column))
                else:
                    cells.append((row, column))
            found.append(cells)
        return found


def _parted(rules: Iterable[Rule], at: float, place: float) -> bool:
    return any(abs(rule.at - at) <= SNAP and rule.covers(place) for rule in rules)


def grids(across: Iterable[Rule], down: Iterable[Rule], *, bridge: float = SNAP) -> list[Grid]:
    """Return the tables that rules draw, from top to bottom.

    Pieces of a rule that are no farther apart than `bridge` are one.
    Outer rules may be missing: the rules of the other direction then show where the table ends. Rules
    that meet no other are underlines, and frames with less than two columns are no tables.
    """
    across, down = _joined(across, bridge), _joined(down, bridge)
    found = []
    for horizontal, vertical in _connected(across, down):
        grid = _grid(horizontal, vertical)
        if len(grid.xs) > 2 and len(grid.ys) > 1:
            found.append(grid)
    return sorted(found, key=lambda grid: grid.top)


def _joined(rules: Iterable[Rule], bridge: float) -> list[Rule]:
    """Put pieces of one rule together, and leave out what is too short to be one."""
    found: list[Rule] = []
    near: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if near and rule.at - near[0].at > SNAP:
            found += _merged(near, bridge)
            near = []
        near.append(rule)
    found += _merged(near, bridge)
    return [rule for rule in found if rule.end - rule.begin >= _SHORTEST]


def _merged(near: list[Rule], bridge: float) -> list[Rule]:
    found: list[Rule] = []
    for rule in sorted(near, key=lambda rule: rule.begin):
        last = found[-1] if found else None
        if last is not None and rule.begin - last.end <= bridge:
            found[-1] = Rule(last.at, last.begin, max(last.end, rule.end))
        else:
            found.append(Rule(near[0].at, rule.begin, rule.end))
    return found


def _connected(across: Sequence[Rule], down: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Group the rules that meet."""
    groups: list[tuple[list[Rule], list[Rule]]] = []
    for vertical in down:
        met = [rule for rule in across if _meet(rule, vertical)]
        touching = [group for group in groups if any(rule in group[0] for rule in met)]
        merged: tuple[list[Rule], list[Rule]] = ([], [vertical])
        for group in touching:
            merged[0].extend(group[0])
            merged[1].extend(group[1])
            groups.remove(group)
        merged[0].extend(rule for rule in met if rule not in merged[0])
        groups.append(merged)
    return [group for group in groups if group[0]]


def _meet(horizontal: Rule, vertical: Rule) -> bool:
    return horizontal.covers(vertical.at) and vertical.covers(horizontal.at)


def _grid(across: list[Rule], down: list[Rule]) -> Grid:
    """Return the grid of connected rules, its open sides closed."""
    left, right = min(rule.begin for rule in across), max(rule.end for rule in across)
    top, bottom = min(rule.begin for rule in down), max(rule.end for rule in down)
    xs = _distinct([rule.at for rule in down] + [left, right])
    ys = _distinct([rule.at for rule in across] + [top, bottom])
    outer_down = [Rule(xs[0], ys[0], ys[-1]), Rule(xs[-1], ys[0], ys[-1])]
    outer_across = [Rule(ys[0], xs[0], xs[-1]), Rule(ys[-1], xs[0], xs[-1])]
    return Grid(xs, ys, [*across, *outer_across], [*down, *outer_down])


def _distinct(places: Iterable[float]) -> list[float]:
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] > SNAP:
            found.append(place)
    return found
