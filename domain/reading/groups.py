"""Put a clause's phrases together: a rhythm with its days, a year with the rhythm that it bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from domain.reading.phrase import (
    CITATION,
    CUTOFF,
    DATE,
    DAY,
    EVENT,
    OFFSET,
    ONGOING,
    RHYTHM,
    VAGUE,
    Phrase,
)
from domain.reading.rhythm import HALF_YEARLY, YEARLY
from domain.reading.spans import Span
from domain.reading.tokens import Token

_LONG = (YEARLY, HALF_YEARLY, "FREQ=MONTHLY;INTERVAL=6")  # rhythms whose day may be written with its month
_TIGHT = {"of", "in", "(", ",", "is"}
_GRASPS = {"finish", ",", "and", "end", "(", ":", ")", "-", "is"}


@dataclass(slots=True)
class Group:
    """Phrases that are one statement about time; `kind` is that of its leading phrase."""

    kind: str
    first: int
    last: int
    phrases: list[Phrase]
    rhythms: list[str] = field(default_factory=list)
    dates: list[Phrase] = field(default_factory=list)
    periodic: bool = False
    window: Span | None = None
    clock: str | None = None


def grouped(ts: list[Token], phrases: list[Phrase]) -> list[Group]:
    """Return the groups of a clause in order, without those that only name what is reported."""
    groups: list[Group] = []
    for phrase in phrases:
        if phrase.kind == CITATION:
            groups.append(Group(CITATION, phrase.first, phrase.last, [phrase]))
            continue
        last = next((group for group in reversed(groups) if group.kind != CITATION), None)
        if last is None or not _merged(ts, last, phrase):
            groups.append(_opened(phrase))
    return _telling(ts, groups)


def _opened(phrase: Phrase) -> Group:
    group = Group(phrase.kind, phrase.first, phrase.last, [phrase], list(phrase.rhythms), clock=phrase.clock)
    group.periodic = phrase.periodic
    if phrase.kind in {DATE, DAY}:
        group.dates = [phrase]
        if phrase.kind == DATE and phrase.rhythms:  # ngày 30 tháng 11 của năm
            group.kind = RHYTHM
    return group


def _merged(ts: list[Token], last: Group, phrase: Phrase) -> bool:
    between = [token.kind for token in ts[last.last : phrase.first]]
    if last.kind == ONGOING:
        return _ongoing_joins(ts, last, phrase, between)
    if (
        phrase.kind == EVENT
        and ts[phrase.first].kind == "ifany"
        and last.kind == DATE
        and phrase.last - last.last <= 2
    ):
        last.dates[-1].base = (phrase.first, phrase.last)
        return _take(last, phrase)
    if phrase.kind == RHYTHM:
        return _rhythm_joins(last, phrase, between)
    if phrase.kind == DAY or (phrase.kind == DATE and not phrase.onward and not phrase.base):
        return _date_joins(last, phrase, between)
    return False


def _ongoing_joins(ts: list[Token], last: Group, phrase: Phrase, between: list[str]) -> bool:
    """Take `liên tục` and `hằng năm` into a `thường xuyên` that they only underline."""
    if phrase.kind == RHYTHM and (
        phrase.periodic or "stage" in between or ts[phrase.first].kind == "periodic"
    ):
        return False
    if phrase.kind == DATE and _one_year([phrase]) and set(between) <= {",", "in", "word"}:
        return _take(last, phrase)
    if phrase.kind == RHYTHM:
        last.rhythms += phrase.rhythms
    elif phrase.kind != ONGOING or not set(between) <= {",", "and", "word"}:
        return False
    return _take(last, phrase)


def _rhythm_joins(last: Group, phrase: Phrase, between: list[str]) -> bool:
    if last.kind in {DATE, DAY} and set(between) <= _TIGHT:
        if not _yearless(last.dates) and not _one_year(last.dates):
            return False
        if _one_year(last.dates):
            last.window, last.dates = last.dates[0].spans[0], []
        last.kind = RHYTHM
    elif last.kind != RHYTHM or (last.dates and last.rhythms and between) or "scope" in between:
        return False
    last.rhythms += [rhythm for rhythm in phrase.rhythms if rhythm not in last.rhythms]
    last.periodic = last.periodic or phrase.periodic
    last.clock = last.clock or phrase.clock
    return _take(last, phrase)


def _date_joins(last: Group, phrase: Phrase, between: list[str]) -> bool:
    if last.kind == RHYTHM and _one_year([phrase]) and phrase.bound in {"", "in"}:
        if phrase.bound == "in" and "stage" in between:
            return False
        last.window = phrase.spans[0]
        return _take(last, phrase)
    if last.kind == RHYTHM and _suits(last, phrase) and "scope" not in between:
        if last.dates and not set(between) <= {"and", ","}:
            return False
        last.dates.append(phrase)
        last.clock = last.clock or phrase.clock
        return _take(last, phrase)
    if _lists_on(last, phrase, between):
        last.dates.append(phrase)
        return _take(last, phrase)
    return False


def _lists_on(last: Group, phrase: Phrase, between: list[str]) -> bool:
    """Say whether the date goes on with a list: `trước 15/6 và trước 15/12 hằng năm`."""
    if not (last.kind == phrase.kind == DATE and _yearless([*last.dates, phrase])):
        return False
    return bool(between) and set(between) <= {"and", ","} and phrase.bound == last.dates[-1].bound


def _suits(group: Group, phrase: Phrase) -> bool:
    """Say whether the day can be the one on which the rhythm is due."""
    if phrase.kind == DAY:
        return True
    if not _yearless([phrase]) or (not phrase.bound and phrase.spans[0].unit not in {"day", "month", "part"}):
        return False
    return not group.rhythms or any(rhythm.startswith(_LONG) for rhythm in group.rhythms)


def _take(group: Group, phrase: Phrase) -> bool:
    group.phrases.append(phrase)
    group.first, group.last = min(group.first, phrase.first), max(group.last, phrase.last)
    return True


def _yearless(dates: list[Phrase]) -> bool:
    return all(
        phrase.kind == DAY or (not phrase.onward and all(span.year is None for span in phrase.spans))
        for phrase in dates
    )


def _one_year(dates: list[Phrase]) -> bool:
    if len(dates) != 1 or len(dates[0].spans) != 1 or dates[0].onward:
        return False
    span = dates[0].spans[0]
    return span.unit == "year" and not span.joined and dates[0].bound in {"", "in"}


def _telling(ts: list[Token], groups: list[Group]) -> list[Group]:
    """Leave out periods that only name a report or a plan, and vague words beside a date."""
    kept = _without(groups, lambda group, others: _only_names(ts, group) or _only_manner(ts, group, others))
    _inherit_years(kept)
    kept = _without(kept, lambda group, others: _narrowed(ts, group, others))
    return [_refined(group) for group in kept]


def _without(groups: list[Group], idle: Callable[[Group, list[Group]], bool]) -> list[Group]:
    """Return the groups without those that are idle beside the others; the last one always stays."""
    kept = list(groups)
    for group in groups:
        others = [other for other in kept if other is not group and other.kind not in {CITATION, CUTOFF}]
        if others and idle(group, others):
            kept.remove(group)
    return kept


def _narrowed(ts: list[Token], group: Group, others: list[Group]) -> bool:
    """Say whether a period only names what a deadline beside it is for: `quý III trước ngày 15/9`.

    A deadline outside the period is another statement, and perhaps a contradiction.
    """
    if group.kind != DATE or len(group.dates) != 1 or group.dates[0].bound not in {"", "in"}:
        return False
    phrase = group.dates[0]
    if phrase.onward or phrase.base or len(phrase.spans) != 1 or phrase.spans[0].unit == "day":
        return False
    return any(_narrows(ts, group, phrase, other) for other in others)


def _narrows(ts: list[Token], group: Group, phrase: Phrase, other: Group) -> bool:
    """Say whether `other` is a deadline in the same breath as the period, and within it."""
    if other.kind != DATE or other.dates[0].bound not in {"before", "until"} or other.first < group.last:
        return False
    between = {token.kind for token in ts[group.last : other.first]}
    if between & {",", "and", ";"}:
        return False
    span, due = phrase.spans[0], other.dates[0].spans[-1]
    year = span.year or due.year or 2000
    whole, days = span.on(year), due.on(span.year or year)
    return whole is not None and days is not None and whole[0] <= days[0] <= whole[1] + timedelta(days=1)


def _inherit_years(groups: list[Group]) -> None:
    """Give a date without a year the one year that was named before it in the clause."""
    year: int | None = None
    for group in groups:
        for phrase in group.dates:
            if group.kind == DATE and year is not None and not phrase.rhythms:
                phrase.spans = [span if span.dated else span.with_year(year) for span in phrase.spans]
            years = {span.year for span in phrase.spans if span.year is not None and span.last_year is None}
            year = years.pop() if len(years) == 1 else year


def _only_names(ts: list[Token], group: Group) -> bool:
    """Say whether the period is an attribute: `kế hoạch năm 2026`, `đối với báo cáo định kỳ 6 tháng`."""
    if any(phrase.bound in {"before", "until"} for phrase in group.dates) or group.kind not in {DATE, RHYTHM}:
        return False
    before = ts[group.first - 1] if group.first else None
    if group.kind == DATE and any(span.unit == "day" for phrase in group.dates for span in phrase.spans):
        return False
    if any(token.kind == "scope" for token in ts[max(group.first - 4, 0) : group.first]):
        return True
    if group.kind != DATE or before is None or group.dates[0].bound or group.dates[0].onward:
        return False
    if before.kind in _GRASPS:
        return False
    return not (before.kind == "stage" and before.value in {"implement", "plan", "draft"})


def _only_manner(ts: list[Token], group: Group, others: list[Group]) -> bool:
    """Say whether `theo quy định` merely leans on a date or a rhythm right beside it."""
    manner = group.kind == VAGUE or (group.kind == EVENT and ts[group.first].kind == "per")
    if not manner:
        return False
    for other in others:
        if other.kind not in {DATE, RHYTHM, DAY, OFFSET, ONGOING}:
            continue
        if other.last == group.first and (group.kind == VAGUE or other.kind == DATE):
            return True
        if group.last == other.first and group.kind == VAGUE:
            return True
    return False


def _refined(group: Group) -> Group:
    """Give `định kỳ … trước ngày 20/11` its rhythm: a day of the year comes back each year."""
    dated = [phrase for phrase in group.dates if phrase.kind == DATE]
    if group.kind == RHYTHM and not group.rhythms and dated:
        return replace(group, rhythms=[YEARLY])
    return group
