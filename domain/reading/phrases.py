"""Find the phrases of time in a clause: bounds with stretches, rhythms, causes and lookalikes."""

from __future__ import annotations

from dataclasses import replace

from domain.reading.atoms import is_year
from domain.reading.causes import citation_at, event_at, is_issue, law_at, offset_at, per_at, related_at
from domain.reading.phrase import (
    CUTOFF,
    DATE,
    EVENT,
    ONGOING,
    RHYTHM,
    Phrase,
    clock_at,
    unit_at,
)
from domain.reading.recurring import day_of_period_at, rhythm_at
from domain.reading.rhythm import MONTHLY, QUARTERLY, YEARLY
from domain.reading.series import range_between, series_at
from domain.reading.spans import Span, whole_year
from domain.reading.tokens import Token

_BOUNDS = {"before", "until", "to", "in", "is", "least", "within", "after"}
_CITED = {"luật", "bộ luật", "nghị định", "thông tư", "pháp lệnh", "nghị quyết", "chỉ thị", "kết luận"}
_DATED = {"num", "numeral", "unit", "edge", "year", "era", "school", "weekday", "nth", "word"}


def phrases_in(ts: list[Token], count: int) -> list[Phrase]:
    """Return the phrases of a clause of `count` tokens, in order and without overlap."""
    found: list[Phrase] = []
    i = 0
    while i < count:
        phrase = _phrase_at(ts, i, count, found)
        if phrase is None:
            i += 1
            continue
        found.append(_extended(ts, phrase, count))
        i = max(found[-1].last, i + 1)
    return found


def _phrase_at(ts: list[Token], i: int, count: int, found: list[Phrase]) -> Phrase | None:
    kind = ts[i].kind
    if kind in _DATED:
        return _plain_at(ts, i, count)
    if kind in _BOUNDS or kind == "from":
        return _bounded_at(ts, i, count, found)
    if kind in {"periodic", "every"}:
        return rhythm_at(ts, i)
    if kind == "ongoing":
        return Phrase(ONGOING, i, i + 1)
    return _cause_at(ts, i, count, found)


def _cause_at(ts: list[Token], i: int, count: int, found: list[Phrase]) -> Phrase | None:
    kind = ts[i].kind
    if kind == "when":
        return event_at(ts, i, count)
    if kind == "per":
        return per_at(ts, i, count)
    if kind == "sudden":
        why = event_at(ts, i + 1, count) if ts[i + 1].kind == "when" else None  # đột xuất khi có yêu cầu
        return Phrase(EVENT, i, why.last if why else i + 1, base=(i, why.last if why else i + 1))
    if kind == "ifany":
        return _if_any(ts, i, found)
    if kind == "reckon":
        return _cutoff_at(ts, i, count)
    if kind == "session":
        return _session_at(ts, i, count)
    if kind == "doc":
        return citation_at(ts, i, count)
    if kind == "onward":
        return _onward_at(i, i, found)
    return law_at(ts, i) if ts[i].text in _CITED else None


def _plain_at(ts: list[Token], i: int, count: int) -> Phrase | None:
    """Read a stretch, a day of a period, a rhythm or a count of days without a word before it."""
    token = ts[i]
    if token.kind == "word" and not (ts[i + 1].kind in {"num", "word", "."} and token.text in {"t", "q"}):
        return None
    if token.value == 24 and ts[i + 1].kind == "/" and ts[i + 2].value in {7, 24} and ts[i + 3].kind != "/":
        return Phrase(ONGOING, i, i + 3)
    if token.kind in {"num", "numeral"}:
        offset = offset_at(ts, i, count, bounded=False)
        if offset is not None:
            return offset
    return _dated_at(ts, i, i, "")


def _dated_at(ts: list[Token], first: int, i: int, bound: str) -> Phrase | None:
    """Read what a bound may stand before: a time of day, a day of a period, a rhythm or stretches."""
    clock = clock_at(ts, i)
    j = clock[1] if clock else i
    placed = day_of_period_at(ts, j)
    if placed is not None and not (placed.days and not placed.days.rhythm() and series_at(ts, j)):
        return replace(placed, first=first, bound=bound, clock=clock[0] if clock else None)
    around = rhythm_at(ts, j)
    if around is not None:
        return replace(around, first=first, bound=bound, clock=clock[0] if clock else None)
    series = series_at(ts, j)
    if series is None:
        return None
    return Phrase(DATE, first, series[1], series[0], bound, clock[0] if clock else None)


def _bounded_at(ts: list[Token], i: int, count: int, before: list[Phrase]) -> Phrase | None:
    """Read bounds (trước, chậm nhất, đến, trong, từ, sau, trong vòng) and what they stand before."""
    if ts[i].kind == "from":
        return _range_at(ts, i, count)
    j = i
    while ts[j].kind in _BOUNDS:
        j += 1
    kinds = {token.kind for token in ts[i:j]}
    bound = _bound_of(kinds)
    if not bound and kinds != {"least"}:
        return None
    if kinds & {"until", "in", "within", "after", "before", "least", "to"}:
        counted = offset_at(ts, j, count, bounded=bool(kinds & {"until", "within", "in", "least"}))
        if counted is not None:
            return replace(counted, first=i)
    if ts[j].kind == "from" and bound == "in":  # trong từ năm 2027
        return _range_at(ts, j, count)
    if ts[j].kind == "onward":
        return _onward_at(i, j, before)
    found = _dated_at(ts, i, j, bound) if bound else None
    if found is None and unit_at(ts, j, "Y") and bound == "in":
        found = Phrase(DATE, i, j + 1, [whole_year(None)], bound)
    if found is None and bound in {"before", "after"}:
        found = related_at(ts, j - 1, count)
    return found


def _bound_of(kinds: set[str]) -> str:
    for kind, bound in (("before", "before"), ("until", "until"), ("to", "until"), ("after", "after")):
        if kind in kinds:
            return bound
    return "in" if kinds & {"in", "within"} else ""


def _range_at(ts: list[Token], i: int, count: int) -> Phrase | None:
    """Read `từ … đến …`, `từ … đến khi …`, `từ … (trở đi)`, `bắt đầu từ … và kết thúc trong …`."""
    j = i + 1
    j += ts[j].kind in {"in", "from"}
    if ts[j].kind == "now":
        return _until_from_issue(ts, i, j + 1)
    clock = clock_at(ts, j)
    if clock:
        j = clock[1]
    start = series_at(ts, j)
    if start is None:
        return _days_then_range(ts, i, j, count)
    spans, j = start
    k = j + (ts[j].kind in {"and", ","})
    if ts[k].kind in {"to", "until", "-"}:
        closed = _closed(ts, i, spans[0], k)
        if closed is not None:
            return closed
    if ts[k].kind == "when" and ts[k].value == "until":
        ending = event_at(ts, k, count)
        if ending is not None:
            return replace(ending, kind=DATE, first=i, spans=spans, bound="from")
    bound = "in" if spans[0].joined else "from"
    return Phrase(DATE, i, j, spans, bound)


def _closed(ts: list[Token], i: int, start: Span, k: int) -> Phrase | None:
    strict = False
    while ts[k].kind in {"to", "until", "in", "before", "is", "-"}:
        strict = strict or ts[k].kind == "before"
        k += 1
    clock = clock_at(ts, k)
    if clock:
        k = clock[1]
    end = series_at(ts, k)
    if end is None:
        return None
    whole = range_between(start, end[0][-1])
    if strict and whole.last_day > 1:
        whole.last_day -= 1
    return Phrase(DATE, i, end[1], [whole], "in", clock[0] if clock else None)


def _days_then_range(ts: list[Token], i: int, j: int, count: int) -> Phrase | None:
    """Read `từ ngày 10 đến ngày 20/3/2026`, `từ ngày ký đến 30/6/2026`."""
    named = unit_at(ts, j, "D")
    k = j + named
    if ts[k].kind == "num" and ts[k + 1].kind == "to":
        last = series_at(ts, k + 2 + (ts[k + 2].kind == "until"))
        if last is not None and last[0][0].unit == "day":
            first = replace(last[0][0], first_day=int(ts[k].value), unit="part", joined=True)
            return Phrase(DATE, i, last[1], [first], "in")
    if not named:
        return None
    end = next((at for at in range(k, min(k + 10, count)) if ts[at].kind in {"to", "until"}), None)
    if end is not None and is_issue(ts, k, end):
        return _until_from_issue(ts, i, end)
    if end is None and is_issue(ts, k, min(k + 6, count)):  # kể từ ngày ký
        return Phrase(DATE, i, min(k + 6, count), bound="from", from_issue=True)
    return None


def _until_from_issue(ts: list[Token], i: int, j: int) -> Phrase | None:
    k = j
    while ts[k].kind in {"to", "until", "in", "is"}:
        k += 1
    end = series_at(ts, k)
    if end is None:
        return None
    return Phrase(DATE, i, end[1], end[0], "until", from_issue=True)


def _session_at(ts: list[Token], i: int, count: int) -> Phrase:
    """Read a meeting, whose month is when it is held and not when work is due."""
    end = i + 1
    while end < count and ts[end].kind not in {";", "(", ",", "before", "until"}:
        end += 1
    for j in range(i + 1, end):
        series = series_at(ts, j)
        if series is not None and series[0][0].unit in {"day", "month", "quarter"}:
            return Phrase(EVENT, i, max(end, series[1]), series[0], base=(i, max(end, series[1])))
    return Phrase(EVENT, i, end, base=(i, end))


def _if_any(ts: list[Token], i: int, found: list[Phrase]) -> Phrase:
    """Read `(nếu có)`: the words before it, back to the last phrase, happen only if needed."""
    first = i
    while first > 0 and not (found and first <= found[-1].last):
        first -= 1
    while ts[first].kind in {"and", ",", "("} and first < i:
        first += 1
    return Phrase(EVENT, i, i + 1, base=(first, i + 1))


def _onward_at(first: int, i: int, found: list[Phrase]) -> Phrase:
    """Read `trong các năm tiếp theo`: from the year after the last one named, else after the plan's."""
    named = [span for phrase in found for span in phrase.spans if span.year is not None]
    year = (named[-1].last_year or named[-1].year) if named else None
    after = whole_year(year + 1) if year is not None else replace(whole_year(None), shift=1)
    return Phrase(DATE, first, i + 1, [after], "from", onward=True)


def _cutoff_at(ts: list[Token], i: int, count: int) -> Phrase:
    """Read `(số liệu) tính từ … đến …`: the days that a report covers, never its deadline."""
    end = i + 1
    while end < count and ts[end].kind not in {";", ")", "("}:
        end += 1
    units = {str(token.value) for token in ts[i:end] if token.kind == "unit"}
    units |= {"Y" for token in ts[i:end] if token.kind == "year"}
    years = any(is_year(token) for token in ts[i:end])
    named = (("Y", YEARLY), ("Q", QUARTERLY), ("P", MONTHLY), ("M", MONTHLY))
    rhythms = [rhythm for unit, rhythm in named if unit in units and not years]
    return Phrase(CUTOFF, i, end, rhythms=rhythms[:1])


def _extended(ts: list[Token], phrase: Phrase, count: int) -> Phrase:
    """Take in what follows a date: `và các năm tiếp theo`, `(thứ Sáu)`, `của năm`, `trong năm`."""
    j = phrase.last
    if phrase.kind == DATE and phrase.spans:
        k = j
        while ts[k].kind in {"and", ",", "in"}:
            k += 1
        if ts[k].kind == "onward" and not phrase.onward:
            return replace(phrase, last=k + 1, onward=True, bound="from")
        if not phrase.spans[-1].dated and ts[j].kind in {"of", "in"} and unit_at(ts, j + 1, "Y"):
            yearly = [] if ts[j].kind == "in" else [YEARLY]
            return replace(phrase, last=j + 2, rhythms=yearly)
        if ts[j].kind == "(" and ts[j + 1].kind == "weekday" and ts[j + 2].kind == ")":
            return replace(phrase, last=j + 3)
    if phrase.kind == RHYTHM and phrase.periodic and ts[j].kind == "word" and ts[j].text == "vào":
        return replace(phrase, last=min(j + 1, count))
    return phrase
