"""The grammar of what begins and ends: từ … đến …, từ … trở đi, từ ngày ký đến một ngày."""

from __future__ import annotations

from dataclasses import replace

from domain.reading.causes import event_at, event_end, is_issue
from domain.reading.lookalikes import named_day_at
from domain.reading.phrase import DATE, EVENT, Phrase, clock_at, unit_at
from domain.reading.placed import day_of_period_at
from domain.reading.series import range_between, series_at
from domain.reading.spans import Span
from domain.reading.tokens import Token


def range_at(ts: list[Token], i: int, count: int) -> Phrase | None:
    """Read `từ … đến …`, `từ … đến khi …`, `từ … (trở đi)`, `bắt đầu từ … và kết thúc trong …`."""
    j = i + 1
    while ts[j].kind in {"in", "from", ":"}:
        j += 1
    if ts[j].kind == "now" and (ts[j + 1].kind in {"onward", "end", ")"}):
        last = j + 1 + (ts[j + 1].kind == "onward")
        return Phrase(DATE, i, last, bound="from", from_issue=True, base=(i, last))
    if ts[j].kind == "now":
        return _until_from_issue(ts, i, j + 1)
    clock = clock_at(ts, j)
    hours = j
    if clock:
        j = clock[1]
    start = series_at(ts, j)
    if start is not None and clock and any(token.kind in {"to", "-"} for token in ts[hours:j]):
        return Phrase(DATE, i, start[1], start[0], "until", clock[0])  # từ 7h30 đến 11h30 ngày 15/3
    if start is None:
        return _days_then_range(ts, i, j, count)
    spans, j = start
    k = j
    while ts[k].kind in {"and", ",", "finish"} or (ts[k].kind == "-" and ts[k + 1].kind == "finish"):
        k += 1
    # từ …, hoàn thành trước …
    if not spans[0].joined and (ts[k].kind in {"to", "until", "-"} or ts[k - 1].kind == "finish"):
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
    if end is None:  # kết thúc trước khai giảng 05/9
        named = named_day_at(ts, i, k, len(ts), "")
        end = (named.spans, named.last) if named else None
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
    if named and ts[k].kind == "num" and ts[k + 1].kind in {"to", "-"}:  # từ ngày 20 đến ngày 25 hằng tháng
        placed = day_of_period_at(ts, k + 2 + (ts[k + 2].kind == "until"))
        if placed is not None and placed.days is not None and placed.days.rhythm():
            return replace(placed, first=i, bound="until")
    if not named:
        return None
    end = next((at for at in range(k, min(k + 10, count)) if ts[at].kind in {"to", "until"}), None)
    if end is not None and is_issue(ts, k, end):
        return _until_from_issue(ts, i, end)
    if end is None and is_issue(ts, k, min(k + 6, count)):  # kể từ ngày ký
        return Phrase(DATE, i, min(k + 6, count), bound="from", from_issue=True, base=(j, min(k + 6, count)))
    stop = event_end(ts, k, count)
    return Phrase(EVENT, i, stop, base=(j, stop)) if stop > k and ts[k].kind != "num" else None


def _until_from_issue(ts: list[Token], i: int, j: int) -> Phrase | None:
    k = j
    while ts[k].kind in {"to", "until", "in", "is"}:
        k += 1
    end = series_at(ts, k)
    if end is None:
        return None
    return Phrase(DATE, i, end[1], end[0], "until", from_issue=True)
