"""Match the tasks of two readings of a plan: which is which, what is new, what is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.differences import FIELDS, Field, differences
from domain.plans import TaskReading
from domain.reading.normal import key

Similarity = Callable[[str, str], float]

LEAST_ALIKE = 0.55  # of two titles, so that they can be one task under another code
LEAST_ALIKE_SAME_CODE = 0.35
NEAR = 0.05  # scores closer than this leave it to a person


class Fate(StrEnum):
    """What became of a task."""

    SAME = "same"
    RENUMBERED = "renumbered"
    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Match:
    """One task's fate; `score` is 0 to 1, and `changed` names the fields that differ."""

    fate: Fate
    old: TaskReading | None
    new: TaskReading | None
    score: float = 1.0
    changed: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A match that could as well be another: the codes that were nearly as good."""

    old: str
    new: str
    old_instead: tuple[str, ...]
    new_instead: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """Every old and every new task exactly once; the new ones in order, then those that are gone."""

    matches: tuple[Match, ...]
    ambiguities: tuple[Ambiguity, ...]


def token_similarity(one: str, other: str) -> float:
    """Return how many of their words two texts share, 0 to 1, whatever their order, tones and capitals."""
    left, right = Counter(key(one).split()), Counter(key(other).split())
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 1.0


def match_tasks(
    old: Sequence[TaskReading],
    new: Sequence[TaskReading],
    *,
    similarity: Similarity = token_similarity,
    years: tuple[int, int] | None = None,
) -> Matching:
    """Match tasks one to one, by what they say first and by their codes second.

    With `years` (of the old and of the new plan), a text that differs in nothing but its year is the same.
    Where two matches are nearly as good, the better one is taken and reported as ambiguous.
    """
    pairs = _Pairs(old, new, similarity, years)
    pairs.take_equal(FIELDS)
    pairs.take_equal((Field.TITLE,))
    pairs.take_alike()
    return Matching(tuple(pairs.matches()), tuple(pairs.ambiguities))


class _Pairs:
    """Pairs of places in the old and the new sequence, taken one after the other."""

    def __init__(
        self,
        old: Sequence[TaskReading],
        new: Sequence[TaskReading],
        similarity: Similarity,
        years: tuple[int, int] | None,
    ) -> None:
        self.old, self.new, self.similarity, self.years = old, new, similarity, years
        self.taken: dict[int, tuple[int, float]] = {}  # new place: old place, score
        self.ambiguities: list[Ambiguity] = []

    def take_equal(self, fields: Iterable[Field]) -> None:
        """Take the tasks whose `fields` are equal; of several, those of one code, then in order."""
        fields = tuple(fields)
        groups: dict[tuple[object, ...], tuple[list[int], list[int]]] = {}
        for side, (tasks, places) in enumerate(((self.old, self._free_old()), (self.new, self._free_new()))):
            for place in places:
                said = self._said(tasks[place], fields, is_old=side == 0)
                groups.setdefault(said, ([], []))[side].append(place)
        for left, right in groups.values():
            self._pair_group(left, right)

    def _pair_group(self, left: list[int], right: list[int]) -> None:
        by_code = {self.old[place].code: place for place in left}
        for place in list(right):
            same = by_code.get(self.new[place].code)
            if same in left:
                self._take(same, place, 1.0)
                left.remove(same)
                right.remove(place)
        unclear = len(left) != len(right) or len(left) > 1
        for one, other in zip(list(left), list(right), strict=False):
            if unclear:
                self._doubt(one, other, left, right)
            self._take(one, other, 1.0)

    def take_alike(self) -> None:
        """Take the most alike of the rest, as long as they can be one task at all."""
        scores = self._scores()
        for score, one, other in sorted(scores, key=lambda each: (-each[0], each[1], each[2])):
            if not self._is_free(one, other):
                continue
            rivals = [(o, n) for s, o, n in scores if score - s < NEAR and self._is_free(o, n)]
            near_old = [o for o, n in rivals if n == other and o != one]
            near_new = [n for o, n in rivals if o == one and n != other]
            if near_old or near_new:
                self._doubt(one, other, [one, *near_old], [other, *near_new])
            self._take(one, other, score)

    def _is_free(self, one: int, other: int) -> bool:
        return other not in self.taken and one not in self._taken_old()

    def _scores(self) -> list[tuple[float, int, int]]:
        found = []
        for one in self._free_old():
            for other in self._free_new():
                score = self._score(self.old[one], self.new[other])
                if score is not None:
                    found.append((score, one, other))
        return found

    def _score(self, old: TaskReading, new: TaskReading) -> float | None:
        alike = self.similarity(old.title, new.title)
        same_code = old.code == new.code
        if alike < (LEAST_ALIKE_SAME_CODE if same_code else LEAST_ALIKE):
            return None
        led = bool(set(old.lead_units) & set(new.lead_units))
        yields = self.similarity(" ".join(old.products), " ".join(new.products))
        return 0.7 * alike + 0.1 * led + 0.1 * yields + 0.1 * same_code

    def _said(self, task: TaskReading, fields: tuple[Field, ...], *, is_old: bool) -> tuple[object, ...]:
        shift = self.years if is_old else None
        return tuple(field.said(task, shift) for field in fields)

    def _take(self, one: int, other: int, score: float) -> None:
        self.taken[other] = one, score

    def _doubt(self, one: int, other: int, left: Iterable[int], right: Iterable[int]) -> None:
        self.ambiguities.append(
            Ambiguity(
                self.old[one].code,
                self.new[other].code,
                tuple(self.old[place].code for place in left if place != one),
                tuple(self.new[place].code for place in right if place != other),
            )
        )

    def _taken_old(self) -> set[int]:
        return {one for one, _ in self.taken.values()}

    def _free_old(self) -> list[int]:
        taken = self._taken_old()
        return [place for place in range(len(self.old)) if place not in taken]

    def _free_new(self) -> list[int]:
        return [place for place in range(len(self.new)) if place not in self.taken]

    def matches(self) -> Iterable[Match]:
        """Yield every task once, the new ones in order, then those that are gone."""
        for place, task in enumerate(self.new):
            if place not in self.taken:
                yield Match(Fate.NEW, None, task)
                continue
            one, score = self.taken[place]
            yield _match(self.old[one], task, score, self.years)
        for place in self._free_old():
            yield Match(Fate.GONE, self.old[place], None)


def _match(old: TaskReading, new: TaskReading, score: float, years: tuple[int, int] | None) -> Match:
    changed = tuple(each.field for each in differences(old, new, years=years))
    unchanged = Fate.SAME if old.code == new.code else Fate.RENUMBERED
    return Match(Fate.CHANGED if changed else unchanged, old, new, score, changed)
