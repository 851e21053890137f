"""Where the rows of a table begin whose rows are parted by nothing but their numbers."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

_OPENING = re.compile(r"[-–—+•*·“\"(]*\s*[^\W_a-zà-ỹđ]|[-–—+•*]\s")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A line's cells, and whether a row's number stands on it."""

    cells: tuple[str, ...]
    numbered: bool


def row_starts(lines: Sequence[Ranked], number: int | None) -> tuple[list[int], bool]:
    """Return on which lines rows begin, and whether that is certain.

    A row begins with its number where the cells stand at the top. Where they stand in the middle
    of their rows, space between the rows tells; without it each row reaches as far below its number
    as above it, which is a guess. A table without numbers is parted at its spaces.
    """
    filled = [at for at, line in enumerate(lines) if any(line.cells)]
    if not filled:
        return [], True
    if number is None:
        return _after_space(lines, filled), any(not any(line.cells) for line in lines[: filled[-1]])
    numbers = [at for at in filled if lines[at].numbered]
    if not numbers:
        return [filled[0]], True
    if all(_at_top(lines[at], number) for at in numbers):
        return ([] if numbers[0] == filled[0] else [filled[0]]) + numbers, True
    groups = _after_space(lines, filled)
    if (
        len(groups) == len(numbers)
        and all(begin <= at for begin, at in zip(groups, numbers, strict=True))
        and all(at < begin for at, begin in zip(numbers, groups[1:], strict=False))
    ):
        return groups, True
    return _around(lines, filled, numbers), False


def _after_space(lines: Sequence[Ranked], filled: list[int]) -> list[int]:
    return [at for at in filled if at == filled[0] or not any(lines[at - 1].cells)]


def _at_top(line: Ranked, number: int) -> bool:
    """Say whether the cells beside a number begin there: none goes on in the middle of a sentence."""
    beside = [cell for at, cell in enumerate(line.cells) if at != number and cell]
    return bool(beside) and all(_OPENING.match(cell) for cell in beside[:1]) and len(beside) > 1


def _around(lines: Sequence[Ranked], filled: list[int], numbers: list[int]) -> list[int]:
    """Return the beginnings of rows that reach as far below their numbers as above."""
    starts = [filled[0]]
    for at, following in itertools.pairwise(numbers):
        expected = 2 * at - starts[-1] + 1
        places = sorted(range(at + 1, following + 1), key=lambda place: abs(place - expected))
        opening = [
            place for place in places if any(_OPENING.match(cell) for cell in lines[place].cells if cell)
        ]
        starts.append((opening or places)[0])
    return starts
