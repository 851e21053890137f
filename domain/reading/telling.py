"""Which groups of a clause say when work is due; the others only name, compare or underline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from domain.reading.group import Group
from domain.reading.meetings import is_aftermath, is_subject, with_lengths
from domain.reading.phrase import (
    CITATION,
    CUTOFF,
    DATE,
    DAY,
    EVENT,
    EXCEPT,
    OFFSET,
    ONGOING,
    RHYTHM,
    VAGUE,
    Phrase,
)
from domain.reading.tokens import Token

_NEAR = 4  # groups that can bear on another
_THINGS = {"horizon", "vague", "cause", "session"}
_OPENS = {"trong đó", "sau đó"}  # words that open a statement and name nothing
_NAMES = {"word", "stage", "vague", "cause", "checked", "session", "periodic", "per", "when", "unit", "/"}


def telling(ts: list[Token], groups: list[Group]) -> list[Group]:
    """Leave out periods that only name a report or a plan, and vague words beside a date."""
    kept = _without(
        with_lengths(ts, groups),
        lambda group, others: (
            is_subject(ts, group, others)
            or is_aftermath(ts, group, others)
            or (_only_names(ts, group) and not _parallel(ts, group, others))
            or _only_manner(ts, group, others)
        ),
    )
    _inherit_years(kept)
    return _without(kept, lambda group, others: _narrowed(ts, group, others))


def _without(groups: list[Group], idle: Callable[[Group, list[Group]], bool]) -> list[Group]:
    """Return the groups without those that are idle beside the others; the last one always stays."""
    if len(groups) == 1:
        return groups
    left_out: set[int] = set()
    figures = any(group.kind == CUTOFF for group in groups)  # số liệu báo cáo quý I tính từ …
    for index, group in enumerate(groups):
        near = range(max(0, index - _NEAR), min(len(groups), index + _NEAR + 1))
        others = [
            groups[at]
            for at in near
            if at != index and at not in left_out and groups[at].kind not in {CITATION, CUTOFF, EXCEPT}
        ]
        if (others or (figures and group.kind != CUTOFF)) and idle(group, others):
            left_out.add(index)
    return [group for index, group in enumerate(groups) if index not in left_out]


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
    if other.kind != DATE or not other.dates[0].spans or other.first < group.last:
        return False
    between = [token.kind for token in ts[group.last : other.first]]
    bound = other.dates[0].bound
    tells = {
        "before": True,
        "until": True,
        "in": between[:1] == ["("] and between[-1] == "finish",
        "": between == [":"] and other.dates[0].spans[0].unit == "day",  # Quý I: 10/3
    }
    if not tells.get(bound, False) or ({",", "and", ";"} & set(between) and not _added(between)):
        return False
    span, due = phrase.spans[0], other.dates[0].spans[-1]
    year = span.year or due.year or 2000
    whole, days = span.on(year), due.on(span.year or year)
    return whole is not None and days is not None and whole[0] <= days[0] <= whole[1] + timedelta(days=1)


def _added(between: list[str]) -> bool:
    """Say whether a comma alone parts the period from its day: `Quý II/2026, chậm nhất ngày 15/6/2026`."""
    return between in ([","], [",", "finish"])


def _inherit_years(groups: list[Group]) -> None:
    """Give a date without a year the one year that was named before it in the clause."""
    year: int | None = None
    for group in groups:
        for phrase in group.dates:
            if phrase.onward:
                continue
            if group.kind == DATE and year is not None and not phrase.rhythms:
                phrase.spans = [span if span.dated else span.with_year(year) for span in phrase.spans]
            years = {span.year for span in phrase.spans if span.year is not None and span.last_year is None}
            year = years.pop() if len(years) == 1 else year


def _only_names(ts: list[Token], group: Group) -> bool:
    """Say whether the period is an attribute: `kế hoạch năm 2026`, `đối với báo cáo định kỳ 6 tháng`."""
    if group.kind == RHYTHM and ts[group.last].kind == "reckon":
        return all(phrase.named for phrase in group.phrases)  # số liệu báo cáo năm được tính từ …
    if group.kind == DATE and group.dates and _is_past(group.dates[0]):
        return True
    if any(phrase.bound in {"before", "until"} for phrase in group.dates) or group.kind not in {DATE, RHYTHM}:
        return False
    before = ts[group.first - 1] if group.first else None
    if group.kind == DATE and before is not None and before.kind == "horizon":
        return True  # đến năm 2030, tầm nhìn đến năm 2045
    if group.kind == DATE and any(span.unit == "day" for phrase in group.dates for span in phrase.spans):
        return False
    ranged = any(span.joined for phrase in group.dates for span in phrase.spans)
    if not ranged and any(token.kind == "scope" for token in ts[max(group.first - 4, 0) : group.first]):
        return True
    whole = ts[group.first].text == "cả"  # báo cáo cả năm
    if group.kind != DATE or before is None or group.dates[0].onward or (group.dates[0].bound and not whole):
        return False
    if before.kind not in _NAMES or before.text in _OPENS:
        return False
    return not (before.kind == "stage" and before.value in {"implement", "plan", "draft"})


def _parallel(ts: list[Token], group: Group, others: list[Group]) -> bool:
    """Say whether a period is one of a row: `sơ kết 2028, tổng kết 2030`, `xây dựng kế hoạch tháng 3, …`.

    A row parts its times with commas, and each is later than the one before; a year after a paper's
    name is the paper's.
    """
    own = _plain_start(group)
    if own is None:
        return False
    named = ts[group.first - 1]
    if named.kind in _THINGS and (own[0] == "year" or ts[group.first - 2].kind != "stage"):
        return False
    for other in others:
        start = _plain_start(other, last=other.first < group.first)
        if start is None:
            continue
        before, after = (other, group) if other.first < group.first else (group, other)
        earlier = start[1] < own[1] if before is other else own[1] < start[1]
        if other is after and own[0] == "quarter" and named.value == "report":
            continue  # báo cáo quý I, trình trong tháng 4
        if earlier and ts[before.last].kind == "," and ts[after.first - 1].kind not in {",", "("}:
            return True
    return False


def _plain_start(group: Group, *, last: bool = False) -> tuple[str, tuple[int, int]] | None:
    """Return the unit of a group that is nothing but a period, with the year and month that it begins in."""
    if group.kind != DATE or len(group.dates) != 1 or len(group.dates[0].spans) != 1:
        return None
    span, bound = group.dates[0].spans[0], group.dates[0].bound
    if span.unit not in {"year", "month", "quarter"} or bound not in {"", "in"}:
        return None
    if last and span.last_year is not None:
        return span.unit, (span.last_year, span.last_month)
    return span.unit, (span.year or 0, span.first_month)


def _is_past(phrase: Phrase) -> bool:
    """Say whether `năm trước` stands alone: what is compared with, and no deadline."""
    return len(phrase.spans) == 1 and phrase.spans[0].unit == "year" and phrase.spans[0].shift < 0


def _only_manner(ts: list[Token], group: Group, others: list[Group]) -> bool:
    """Say whether `theo quy định` merely leans on a date or a rhythm right beside it."""
    manner = group.kind == VAGUE or (group.kind == EVENT and ts[group.first].kind == "per")
    if not manner:
        return False
    for other in others:
        if other.kind not in {DATE, RHYTHM, DAY, OFFSET, ONGOING}:
            continue
        if _beside(ts, other, group) and (
            group.kind == VAGUE or (other.kind == DATE and other.last == group.first)
        ):
            return True
        if _beside(ts, group, other) and group.kind == VAGUE and "tiến độ" not in _said(ts, group):
            return True
    return False


def _beside(ts: list[Token], before: Group, after: Group) -> bool:
    return (
        all(token.kind in {",", "("} for token in ts[before.last : after.first])
        and before.last <= after.first
    )


def _said(ts: list[Token], group: Group) -> set[str]:
    return {token.text for token in ts[group.first : group.last]}
