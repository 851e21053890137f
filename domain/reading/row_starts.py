"""Where the rows of a table begin whose rows are parted by nothing but their numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_OPENING = re.compile(r"[-–—+•*·“\"(]*\s*[^\W_a-zà-ỹđ]|[-–—+•*]\s")

_MOST = 0.75  # of the numbers stand on the first line of their rows, where cells stand at the top
_LEFT = 1.5  # lines: what leaving lines to the row before costs


@dataclass(frozen=True, slots=True)
class Ranked:
    """A line's cells, and whether a row's number stands on it."""

    cells: tuple[str, ...]
    numbered: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns hold the number and the content, and whether cells stand in the middle of their rows."""

    number: int | None
    content: int
    centred: bool = False


def is_centred(lines: Sequence[Ranked], number: int | None) -> bool:
    """Say whether numbers stand beside the middle of sentences, as they do in the middle of their rows."""
    numbered = [line for line in lines if line.numbered]
    if number is None or not numbered:
        return False
    return sum(_at_top(line, number) for line in numbered) < _MOST * len(numbered)


def row_starts(lines: Sequence[Ranked], layout: Layout) -> tuple[list[int], bool]:
    """Return on which lines rows begin, and whether that is certain.

    A row begins with its number where the cells stand at the top. Where they stand in the middle
    of their rows, space between the rows tells, if each then begins a sentence; without it each
    row reaches about as far below its number as above it, which is a guess. A table without
    numbers is parted at its spaces.
    """
    filled = [at for at, line in enumerate(lines) if any(line.cells)]
    if not filled:
        return [], True
    if layout.number is None:
        return _after_space(lines, filled), any(not any(line.cells) for line in lines[: filled[-1]])
    numbers = [at for at in filled if lines[at].numbered]
    if not numbers:
        return [filled[0]], True
    if not layout.centred:
        certain = all(_at_top(lines[at], layout.number) for at in numbers)
        return ([] if numbers[0] == filled[0] else [filled[0]]) + numbers, certain
    groups = _after_space(lines, filled)
    if len(groups) == len(numbers) and _in_turn(groups, numbers):
        return groups, all(_opens(lines, begin, layout.content) for begin in groups)
    return _around(lines, filled, numbers, layout.content), False


def _opens(lines: Sequence[Ranked], begin: int, content: int) -> bool:
    """Say whether a row's text begins there; in lower case the line above it, read as a title, does."""
    said = next((line.cells[content] for line in lines[begin:] if line.cells[content]), "")
    return not said or _OPENING.match(said) is not None


def _in_turn(groups: Sequence[int], numbers: Sequence[int]) -> bool:
    """Say whether each group of lines has one number."""
    return all(begin <= at for begin, at in zip(groups, numbers, strict=True)) and all(
        at < begin for at, begin in zip(numbers, groups[1:], strict=False)
    )


def _after_space(lines: Sequence[Ranked], filled: list[int]) -> list[int]:
    return [at for at in filled if at == filled[0] or not any(lines[at - 1].cells)]


def _at_top(line: Ranked, number: int) -> bool:
    """Say whether the cells beside a number begin there: none goes on in the middle of a sentence."""
    beside = [cell for at, cell in enumerate(line.cells) if at != number and cell]
    return bool(beside) and all(_OPENING.match(cell) for cell in beside[:1]) and len(beside) > 1


def _around(lines: Sequence[Ranked], filled: list[int], numbers: list[int], content: int) -> list[int]:
    """Return the beginnings of rows so that numbers stand about the middle of theirs.

    Of all ways the one counts that is least out of the middle, where a row that would begin in the
    middle of a sentence is worth two lines. What stands above the first row goes on with one before.
    """
    first, end = filled[0], filled[-1] + 1
    costs = [_cost(line, content) for line in lines[:end]] + [0.0]
    # For each place at which a number's row can begin: the cost up to there, and the beginnings.
    ways = {
        start: (costs[start] + _LEFT * (start > first), [start]) for start in range(first, numbers[0] + 1)
    }
    for at, following in pairwise([*numbers, end]):
        ways = {
            start: min(
                (cost + abs(before[-1] + start - 1 - 2 * at) / 2 + costs[start], [*before, start])
                for cost, before in ways.values()
            )
            for start in ([end] if following == end else range(at + 1, following + 1))
        }
    starts = ways[end][1][:-1]
    return starts if starts[0] == first else [first, *starts]


def _cost(line: Ranked, content: int) -> float:
    """Return how little a line looks like the first of its row, in lines."""
    said = line.cells[content]
    if not any(line.cells):
        return 4.0
    return 0.5 if not said else 0.0 if _OPENING.match(said) else 2.0
