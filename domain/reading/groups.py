"""Put a clause's phrases together: a rhythm with its days, a year with the rhythm that it bounds."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from domain.reading.group import Group
from domain.reading.in_brackets import rounds
from domain.reading.joining import merged
from domain.reading.phrase import (
    CITATION,
    DATE,
    DAY,
    EXCEPT,
    OFFSET,
    RHYTHM,
    Phrase,
)
from domain.reading.rhythm import MONTHLY, YEARLY
from domain.reading.telling import telling
from domain.reading.tokens import Token

_CARRIED = {"kế hoạch", "dự toán"}  # what is named after its year and runs into the next


def grouped(ts: list[Token], phrases: list[Phrase]) -> list[Group]:
    """Return the groups of a clause in order, without those that only name what is reported."""
    groups: list[Group] = []
    last: Group | None = None
    for phrase in phrases:
        if phrase.kind in {CITATION, EXCEPT}:
            groups.append(Group(phrase.kind, phrase.first, phrase.last, [phrase]))
        elif last is None or not merged(ts, last, phrase):
            last = _opened(phrase)
            groups.append(last)
    _lend_periods(groups)
    _lend_events(groups)
    return [_refined(ts, group) for group in telling(ts, groups)]


def _lend_periods(groups: list[Group]) -> None:
    """Give `trước ngày 10` the period of `trước ngày 15 hằng tháng` after it."""
    period: str | None = None
    for group in reversed(groups):
        for phrase in group.dates:
            if phrase.days is None:
                continue
            if phrase.days.rhythm() is None and not group.rhythms:
                phrase.days.period = period or ""
            elif phrase.days.rhythm() == MONTHLY or MONTHLY in group.rhythms:
                period = "M"


def _lend_events(groups: list[Group]) -> None:
    """Give `chậm nhất 25 ngày` the event of `chậm nhất 07 ngày trước ngày khai mạc` after it."""
    counted = [group.phrases[0] for group in groups if group.kind == OFFSET]
    for phrase, following in pairwise(counted):
        if phrase.base is None and not phrase.spans and following.base is not None:
            phrase.base, phrase.from_issue = following.base, following.from_issue
            phrase.number = -phrase.number if following.number < 0 else phrase.number


def _opened(phrase: Phrase) -> Group:
    group = Group(phrase.kind, phrase.first, phrase.last, [phrase], list(phrase.rhythms), clock=phrase.clock)
    group.periodic = phrase.periodic
    if phrase.kind in {DATE, DAY}:
        group.dates = [phrase]
        if phrase.kind == DATE and phrase.rhythms:  # ngày 30 tháng 11 của năm
            group.kind = RHYTHM
    return group


def _refined(ts: list[Token], group: Group) -> Group:
    """Give `định kỳ … trước ngày 20/11` its rhythm: a day of the year comes back each year."""
    dated = [phrase for phrase in group.dates if phrase.kind == DATE]
    if group.kind == RHYTHM and dated and (rounds(ts, group) or _carried_over(ts, group, dated)):
        for phrase in dated:
            year = group.window.year if group.window else None
            phrase.spans = [span if span.dated else span.with_year(year) for span in phrase.spans]
        return replace(group, kind=DATE, rhythms=[], window=None, dates=dated)
    if group.kind == RHYTHM and not group.rhythms and dated:
        return replace(group, rhythms=[YEARLY])
    return group


def _carried_over(ts: list[Token], group: Group, dated: list[Phrase]) -> bool:
    """Say whether `hằng năm` names the plan that runs on: `kế hoạch vốn hằng năm đến 31/01 năm sau`."""
    if group.rhythms != [YEARLY] or ts[group.first].kind != "every" or dated[0].spans[0].shift < 1:
        return False
    stages = {token.value for token in ts[: group.first] if token.kind == "stage"}
    named = any(token.text in _CARRIED for token in ts[max(group.first - 6, 0) : group.first])
    return named and stages == {"implement"}
