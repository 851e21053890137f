"""Find the phrases of time in a clause: bounds with stretches, rhythms, causes and lookalikes."""

from __future__ import annotations

from dataclasses import replace

from domain.reading.atoms import day_at
from domain.reading.causes import event_at, offset_at, per_at, related_at
from domain.reading.citations import citation_at, law_at, numbered_paper_at
from domain.reading.lookalikes import (
    bare_months,
    cutoff_at,
    except_at,
    if_any_at,
    named_day_at,
    onward_at,
    session_at,
    term_at,
)
from domain.reading.phrase import (
    DATE,
    DAY,
    EVENT,
    ONGOING,
    RHYTHM,
    Phrase,
    clock_at,
    numbered,
    unit_at,
)
from domain.reading.placed import day_of_period_at
from domain.reading.ranges import range_at
from domain.reading.recurring import rhythm_at
from domain.reading.rhythm import YEARLY, DayOfPeriod
from domain.reading.series import series_at
from domain.reading.spans import whole_year
from domain.reading.tokens import Token

_BOUNDS = {"before", "until", "to", "in", "is", "least", "within", "after"}
_BOUND_WORDS = 6  # bounds in a row, as in `chậm nhất đến trước`; more say nothing
_SHORT_ONWARD = (
    "quý tiếp theo",
    "tháng tiếp theo",
    "ngày tiếp theo",
    "kỳ tiếp theo",
)  # only after their like
_OPENING = {"finish", "stage", "is", "(", ",", ":", "until"}  # what may stand before `sau hội nghị`
_CITED = {"luật", "bộ luật", "nghị định", "thông tư", "pháp lệnh", "nghị quyết", "chỉ thị", "kết luận"}
_NUMBERED = {"quyết định", "kế hoạch", "công văn", "văn bản", "thông báo", "tờ trình"}
_BODIES = {"word", "doc", "stage"}  # what may stand after `Thường trực` where it is a body
_EVENTS = {"when": event_at, "per": per_at}
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
        body = ts[i].text == "thường trực" and i + 1 < count and ts[i + 1].kind in _BODIES
        return None if body else Phrase(ONGOING, i, i + 1)
    return _cause_at(ts, i, count, found)


def _cause_at(ts: list[Token], i: int, count: int, found: list[Phrase]) -> Phrase | None:
    kind = ts[i].kind
    if kind in _EVENTS:
        return _EVENTS[kind](ts, i, count)
    if kind == "sudden":
        reader = _EVENTS.get(ts[i + 1].kind)  # đột xuất khi có yêu cầu, theo yêu cầu
        why = reader(ts, i + 1, count) if reader else None
        return Phrase(EVENT, i, why.last if why else i + 1, base=(i, why.last if why else i + 1))
    if kind == "ifany":
        return if_any_at(ts, i, count, found)
    if kind == "except" or (kind == "moved" and ts[i - 1].kind == "("):
        return except_at(ts, i, count)
    if kind == "reckon":
        return cutoff_at(ts, i, count)
    if kind == "cause" and i == 0 and ts[i].text == "phát sinh":
        return event_at(ts, i, count)
    if kind == "term":
        return term_at(ts, i)
    if kind == "session":
        return session_at(ts, i, count)
    if kind == "doc":
        return citation_at(ts, i, count)
    if kind == "onward" and not ts[i].text.endswith(_SHORT_ONWARD):
        return onward_at(i, i, found)
    if ts[i].text in _NUMBERED:
        return numbered_paper_at(ts, i)
    return law_at(ts, i) if ts[i].text in _CITED else None


def _plain_at(ts: list[Token], i: int, count: int) -> Phrase | None:
    """Read a stretch, a day of a period, a rhythm or a count of days without a word before it."""
    token = ts[i]
    if i == 0 and token.text == "có" and ts[1].kind == "cause":  # có phát sinh
        return event_at(ts, i, count)
    if token.kind == "word" and not (
        ts[i + 1].kind in {"num", "word", "."} and token.text in {"t", "q", "th"}
    ):
        return None
    if _around_the_clock(ts, i):
        return Phrase(ONGOING, i, i + 3)
    if token.kind in {"num", "numeral"} or (token.value == "D" and ts[i + 1].kind == "nth"):
        if i == 0 and count == 2 and unit_at(ts, 1, "M"):
            return bare_months(ts)
        alone = i == 0 and ts[2 + (ts[2].kind == "workday")].kind == "end"
        offset = offset_at(ts, i, count, bounded=alone)
        if offset is not None:
            return offset
    return _dated_at(ts, i, i, "")


def _around_the_clock(ts: list[Token], i: int) -> bool:
    """Say whether `24/7` or `24/24` stands at `i`."""
    return (
        ts[i].value == 24 and ts[i + 1].kind == "/" and ts[i + 2].value in {7, 24} and ts[i + 3].kind != "/"
    )


def _dated_at(ts: list[Token], first: int, i: int, bound: str) -> Phrase | None:
    """Read what a bound may stand before: a time of day, a day of a period, a rhythm or stretches."""
    clock = clock_at(ts, i)
    j = clock[1] if clock else i
    if ts[j].kind in {"weekday", "nth"}:  # thứ Sáu, ngày 13/3/2026
        dated = day_at(ts, j)
        if dated is not None:
            return Phrase(DATE, first, dated[1], [dated[0]], bound, clock[0] if clock else None)
    found = day_of_period_at(ts, j)
    if found is not None and found.days and not found.days.rhythm() and series_at(ts, j):
        found = None
    found = found or rhythm_at(ts, j)
    if found is not None:
        found.first, found.bound, found.clock = first, bound, clock[0] if clock else None
        return found
    series = series_at(ts, j)
    if series is None:
        return None
    return Phrase(DATE, first, series[1], series[0], bound, clock[0] if clock else None)


def _bounded_at(ts: list[Token], i: int, count: int, before: list[Phrase]) -> Phrase | None:
    """Read bounds (trước, chậm nhất, đến, trong, từ, sau, trong vòng) and what they stand before."""
    if ts[i].kind == "from":
        return range_at(ts, i, count)
    j = i
    while ts[j].kind in _BOUNDS and j < i + _BOUND_WORDS:
        j += 1
    kinds = {token.kind for token in ts[i:j]}
    bound = _bound_of(kinds)
    if not bound and kinds != {"least"}:
        return None
    if kinds & {"until", "in", "within", "after", "before", "least", "to"} and ts[j + 2].kind != "edge":
        counted = offset_at(
            ts,
            j,
            count,
            bounded=bool(kinds & {"until", "within", "in", "least"}),
            after="after" in kinds,
            before="before" in kinds,
        )
        if counted is not None:
            return replace(counted, first=i)
    if bound == "in" and _around_the_clock(ts, j):  # thông suốt 24/7
        return Phrase(ONGOING, i, j + 3)
    if ts[j].kind == "from" and bound == "in":  # trong từ năm 2027
        return range_at(ts, j, count)
    if ts[j].kind == "onward" and not ts[j].text.endswith(_SHORT_ONWARD):
        return onward_at(i, j, before)
    found = (_dated_at(ts, i, j, bound) or _named_at(ts, i, j, count, bound)) if bound else None
    if found is not None and any(token.value == "about" for token in ts[i:j]):
        found.about = True
    return found


def _named_at(ts: list[Token], i: int, j: int, count: int, bound: str) -> Phrase | None:
    """Read a bound before this period, a day with its name, or an event: trong năm, trước khai giảng 05/9."""
    found = _this_period(ts, i, j, bound) if bound in {"in", "until"} else None
    if found is None and bound in {"before", "until"}:
        found = named_day_at(ts, i, j, count, bound)
    if found is None and bound in {"before", "after"}:
        found = related_at(ts, j - 1, count, opens=all(token.kind in _OPENING for token in ts[:i]))
    return found


def _this_period(ts: list[Token], i: int, j: int, bound: str) -> Phrase | None:
    """Read `trong năm`, `đến hết năm`, `hết quý`: the year is the plan's, a shorter period comes back."""
    if unit_at(ts, j, "Y"):
        return Phrase(DATE, i, j + 1, [whole_year(None)], bound)
    if bound == "until" and unit_at(ts, j, "M", "Q") and not numbered(ts, j + 1):
        month = "last" if ts[j].value == "Q" else ""
        return Phrase(DAY, i, j + 1, bound=bound, days=DayOfPeriod((-1,), month, str(ts[j].value)))
    return None


def _bound_of(kinds: set[str]) -> str:
    for kind, bound in (("before", "before"), ("until", "until"), ("to", "until"), ("after", "after")):
        if kind in kinds:
            return bound
    return "in" if kinds & {"in", "within"} else ""


def _with_clock(ts: list[Token], phrase: Phrase) -> Phrase:
    """Take in the hour that follows a day: ngày 30/6/2026 (trước 16h)."""
    j = phrase.last
    bracketed = ts[j].kind == "("
    j += bracketed or ts[j].kind == ","
    while ts[j].kind in {"before", "until", "in", "is"}:
        j += 1
    clock = clock_at(ts, j)
    if clock is not None and clock[0] == "00:00" and not bracketed:
        return replace(phrase, last=clock[1])  # 2026-06-30 00:00:00
    if clock is None or (phrase.spans and phrase.spans[-1].unit != "day"):
        return phrase
    last = clock[1] + (bracketed and ts[clock[1]].kind == ")")
    bound = phrase.bound if phrase.bound in {"before", "from"} else "until"
    if ts[last].kind == "unit" or ts[last].kind == "num":
        return phrase  # the hour of another day
    return replace(phrase, last=last, clock=clock[0], bound=bound)


def _extended(ts: list[Token], phrase: Phrase, count: int) -> Phrase:
    """Take in what follows a date: `và các năm tiếp theo`, `(thứ Sáu)`, `của năm`, `trong năm`."""
    j = phrase.last
    if phrase.clock is None and (phrase.spans or phrase.kind in {RHYTHM, DAY}):
        phrase = _with_clock(ts, phrase)
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
        if ts[j].kind == "," and ts[j + 1].kind == "weekday" and phrase.spans[-1].unit == "day":
            return replace(phrase, last=j + 2) if not unit_at(ts, j + 2, "W") else phrase
    if phrase.kind == RHYTHM and phrase.periodic and ts[j].kind == "word" and ts[j].text == "vào":
        return replace(phrase, last=min(j + 1, count))
    return phrase
