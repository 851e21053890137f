"""Which phrases of a clause belong together: a rhythm with its days, a year with its rhythm."""

from __future__ import annotations

from dataclasses import replace

from domain.reading.group import Group, take
from domain.reading.in_brackets import dated_event, gives_day, names_base, names_report, rounds
from domain.reading.phrase import DATE, DAY, EVENT, OFFSET, ONGOING, RHYTHM, Phrase
from domain.reading.rhythm import DAILY, HALF_YEARLY, QUARTERLY, WEEKLY, YEARLY, DayOfPeriod
from domain.reading.tokens import Token

_LONG = (YEARLY, HALF_YEARLY, "FREQ=MONTHLY;INTERVAL=6")  # rhythms whose day may be written with its month
_QUARTERS = 4
_WITHIN_YEAR = {"day", "month", "part", "quarter", "half"}
_ON_DAYS = f"{WEEKLY};BYDAY="
_MANY = 40  # days in one statement; more are no statement
_TIGHT = {"of", "in", "(", ",", "is"}


def merged(ts: list[Token], last: Group, phrase: Phrase) -> bool:
    """Take `phrase` into the group before it where both are one statement; say whether it was."""
    between = [token.kind for token in ts[last.last : phrase.first]]
    if last.kind == EVENT and between == ["("] and gives_day(ts, last, phrase):
        return dated_event(ts, last, phrase)
    if last.kind == OFFSET and between == ["("] and names_base(ts, last, phrase):
        last.phrases[0].spans = phrase.spans
        return take(last, phrase)
    if last.kind == ONGOING:
        if phrase.kind == EVENT and ts[phrase.first].kind == "ifany" and "and" not in between:
            return take(last, phrase)  # thường xuyên rà soát, cập nhật (nếu có)
        return _ongoing_joins(ts, last, phrase, between)
    if (
        phrase.kind == EVENT
        and ts[phrase.first].kind == "ifany"
        and last.kind == DATE
        and phrase.last - last.last <= 2
    ):
        last.dates[-1].base = (phrase.first, phrase.last)
        return take(last, phrase)
    if phrase.kind == RHYTHM and names_report(ts, last, phrase):
        return take(last, phrase)
    if phrase.kind == RHYTHM:
        return _rhythm_joins(last, phrase, between)
    if phrase.kind == DAY or (phrase.kind == DATE and not phrase.onward and not phrase.base):
        return _date_joins(ts, last, phrase, between)
    return False


def _ongoing_joins(ts: list[Token], last: Group, phrase: Phrase, between: list[str]) -> bool:
    """Take `liên tục` and `hằng năm` into a `thường xuyên` that they only underline."""
    if phrase.kind == RHYTHM and (
        phrase.periodic or "stage" in between or ts[phrase.first].kind == "periodic"
    ):
        return False
    if phrase.kind == DATE and _one_year([phrase]) and set(between) <= {",", "in", "word"}:
        return take(last, phrase)
    if phrase.kind == RHYTHM:
        last.rhythms += phrase.rhythms
    elif phrase.kind != ONGOING or not set(between) <= {",", "and", "word"}:
        return False
    return take(last, phrase)


def _rhythm_joins(last: Group, phrase: Phrase, between: list[str]) -> bool:
    if last.kind == DATE and last.dates[0].bound == "from" and "and" not in between and _begins(last):
        last.window, last.dates, last.kind = last.dates[0].spans[0], [], RHYTHM  # từ năm 2026, hằng năm …
    elif last.kind == DATE and _all_quarters(last) and YEARLY in phrase.rhythms and set(between) <= _TIGHT:
        last.dates, last.kind = [], RHYTHM
        phrase.rhythms = [QUARTERLY]
    elif (
        last.kind == DATE and phrase.rhythms == [YEARLY] and _years(last.dates[-1]) and set(between) <= _TIGHT
    ):
        last.window, last.dates, last.kind = last.dates[-1].spans[0], [], RHYTHM
    elif last.kind in {DATE, DAY} and set(between) <= _TIGHT:
        if not _yearless(last.dates) and not _one_year(last.dates):
            return False
        if _one_year(last.dates):
            last.window, last.dates = last.dates[0].spans[0], []
        last.kind = RHYTHM
    elif (
        last.kind != RHYTHM
        or (last.dates and last.rhythms and between)
        or "scope" in between
        or (last.clock and "stage" in between)
    ):
        return False
    if WEEKLY in last.rhythms and any("BYDAY" in rhythm for rhythm in phrase.rhythms):
        last.rhythms.remove(WEEKLY)  # hằng tuần (thứ Sáu)
    last.rhythms = _both(last.rhythms, phrase.rhythms)
    last.periodic = last.periodic or phrase.periodic
    last.clock = last.clock or phrase.clock
    return take(last, phrase)


def _both(rhythms: list[str], more: list[str]) -> list[str]:
    """Return the rhythms of two phrases; a weekday and how many weeks lie between are one rhythm."""
    if len(rhythms) == len(more) == 1 and rhythms[0].startswith(WEEKLY) and more[0].startswith(WEEKLY):
        (often,), (named,) = (rhythms, more) if "BYDAY" in more[0] else (more, rhythms)
        if "BYDAY" in named and "BYDAY" not in often:
            return [often + named.removeprefix(WEEKLY)]  # hai tuần một lần vào thứ Sáu
        if often.startswith(_ON_DAYS) and named.startswith(_ON_DAYS) and often != named:
            return [f"{often},{named.removeprefix(_ON_DAYS)}"]  # thứ Ba và thứ Sáu hằng tuần
    return rhythms + [rhythm for rhythm in more if rhythm not in rhythms]


def _placed(phrase: Phrase) -> bool:
    return phrase.days is not None and phrase.days.rhythm() is not None


def _years(phrase: Phrase) -> bool:
    """Say whether the phrase is a run of years: giai đoạn 2026-2030."""
    if len(phrase.spans) != 1 or phrase.onward or phrase.bound not in {"", "in"}:
        return False
    return phrase.spans[0].unit == "year" and phrase.spans[0].joined


def _begins(group: Group) -> bool:
    """Say whether the group is the day, in the year that is read, from which a rhythm counts."""
    (*others, phrase) = group.dates
    return not others and len(phrase.spans) == 1 and not phrase.onward and phrase.base is None


def _all_quarters(group: Group) -> bool:
    (*others, phrase) = group.dates
    span = phrase.spans[0] if phrase.spans else None
    if others or span is None or span.dated or span.unit != "quarter":
        return False
    return span.joined and (span.first_month, span.last_month) == (1, 12)


def _date_joins(ts: list[Token], last: Group, phrase: Phrase, between: list[str]) -> bool:
    if last.kind in {RHYTHM, DAY} and _shows(last, phrase, between):
        return take(last, phrase)
    if between == [":"] and _each_year_on(last, phrase):  # các năm tiếp theo: trước 31/10
        last.kind, last.rhythms, last.window = RHYTHM, [YEARLY], last.dates[-1].spans[0]
        last.dates = [phrase]
        return take(last, phrase)
    if last.kind == RHYTHM and set(between) <= {":", "finish"} and _only_reported(ts, last, phrase):
        last.kind, last.rhythms, last.dates = DATE, [], [phrase]
        return take(last, phrase)
    if last.kind == RHYTHM and between in (["("], [":"]) and _names_rounds(ts, last, phrase):
        last.dates = [phrase]
        return take(last, phrase)
    if last.kind == RHYTHM:
        if _stands_apart(ts, last, phrase, between):
            return False
        if _bounds_rhythm(ts, last, phrase, between):
            last.window = phrase.spans[0]
            return take(last, phrase)
        if _due_in_rhythm(last, phrase, between):
            return True
    if _lists_on(last, phrase, between):
        last.dates.append(phrase)
        return take(last, phrase)
    return False


def _names_rounds(ts: list[Token], last: Group, phrase: Phrase) -> bool:
    return phrase.kind == DATE and not last.dates and _yearless([phrase]) and rounds(ts, last)


def _each_year_on(last: Group, phrase: Phrase) -> bool:
    if last.kind != DATE or not last.dates[-1].onward or phrase.kind != DATE:
        return False
    return _yearless([phrase]) and phrase.bound in {"before", "until"}


def _only_reported(ts: list[Token], last: Group, phrase: Phrase) -> bool:
    """Say whether the period only names the report of a dated deadline: `sơ kết 6 tháng trước 20/6/2026`."""
    named = ts[last.last].kind == ":" or phrase.bound in {"before", "until"}
    if phrase.kind != DATE or not named or last.dates or not last.first:
        return False
    dated = all(span.year is not None for span in phrase.spans)
    return dated and ts[last.first - 1].value == "report" and ts[last.first].kind not in {"every", "periodic"}


def _stands_apart(ts: list[Token], last: Group, phrase: Phrase, between: list[str]) -> bool:
    """Say whether the date is another statement than the rhythm before it."""
    if phrase.kind == DATE and last.dates and _placed(last.dates[-1]):
        return True  # trước ngày 20 hằng tháng và 15/12 hằng năm
    named = any(token.kind == "scope" for token in ts[max(last.first - 4, 0) : last.first])
    return named and ")" in between  # trước 14/6 (đối với báo cáo 6 tháng) và trước 14/12


def _bounds_rhythm(ts: list[Token], last: Group, phrase: Phrase, between: list[str]) -> bool:
    """Say whether the date is the year, the run of years or the day from which the rhythm goes."""
    if phrase.kind != DATE or len(phrase.spans) != 1:
        return False
    if _years(phrase):
        return YEARLY in last.rhythms and set(between) <= _TIGHT
    if _one_year([phrase]):
        return not (phrase.bound == "in" and "stage" in between)
    ends = ts[phrase.last].kind in {"end", ")", "."} and between in ([","], ["("])
    return phrase.bound == "from" and (not between or ends)


def _due_in_rhythm(last: Group, phrase: Phrase, between: list[str]) -> bool:
    """Take the day on which the rhythm is due; say whether it was one."""
    if QUARTERLY in last.rhythms and phrase.kind == DATE and not last.dates:
        days = _day_of_quarters(phrase)
        phrase = replace(phrase, kind=DAY, spans=[], days=days) if days else phrase
    if not _suits(last, phrase) or "scope" in between:
        return False
    if between == ["("] and _tighter(last, phrase):  # Quý IV hằng năm (trước ngày 15/11)
        last.dates = []
    if last.dates and not set(between) <= {"and", ","}:
        return False
    last.dates.append(phrase)
    last.clock = last.clock or phrase.clock
    return take(last, phrase)


def _shows(last: Group, phrase: Phrase, between: list[str]) -> bool:
    """Say whether days in brackets only show what a rule means: `tháng đầu quý sau (30/4, 30/7)`."""
    if between != ["("] or phrase.bound:
        return False
    years = any(span.unit == "year" for span in phrase.spans) and len(phrase.spans) > 1
    return bool(last.dates and last.dates[-1].kind == DAY) or years


def _day_of_quarters(phrase: Phrase) -> DayOfPeriod | None:
    """Return the day of each quarter that `10/3, 10/6, 10/9 và 10/12` names."""
    spans = phrase.spans
    if len(spans) < _QUARTERS or any(span.unit != "day" or span.dated for span in spans):
        return None
    if len({span.first_day for span in spans}) > 1:
        return None
    months = {span.first_month for span in spans}
    if months == {3, 6, 9, 12}:
        return DayOfPeriod((spans[0].first_day,), "last", "Q")
    if months == {1, 4, 7, 10}:
        return DayOfPeriod((spans[0].first_day,), "first", "Q", following=True)
    return None


def _lists_on(last: Group, phrase: Phrase, between: list[str]) -> bool:
    """Say whether the date goes on with a list: `trước 15/6 và trước 15/12 hằng năm`."""
    if (
        not (last.kind == phrase.kind == DATE)
        or len(last.dates) > _MANY
        or phrase.bound != last.dates[-1].bound
    ):
        return False
    if not between or not set(between) <= {"and", ","} or not _yearless(last.dates):
        return False
    if not _yearless([phrase]):  # trước 15/6 và trước 15/12/2027
        year = phrase.spans[-1].year
        if year is None or any(span.unit != "day" for date in [*last.dates, phrase] for span in date.spans):
            return False
        for date in last.dates:
            date.spans = [span if span.dated else span.with_year(year) for span in date.spans]
    return True


def _tighter(last: Group, phrase: Phrase) -> bool:
    """Say whether a bounded day in brackets lies within the one period that the rhythm names before it."""
    if len(last.dates) != 1 or last.dates[0].kind != DATE or phrase.bound not in {"before", "until"}:
        return False
    (whole, *others), day = last.dates[0].spans, phrase.spans[-1:]
    if others or not day or day[0].unit != "day" or whole.unit == "day":
        return False
    return whole.first_month <= day[0].first_month <= whole.last_month


def _suits(group: Group, phrase: Phrase) -> bool:
    """Say whether the day can be the one on which the rhythm is due."""
    if phrase.kind == DAY:
        own = phrase.days.rhythm() if phrase.days else None
        return own is None or not any(rhythm.startswith((WEEKLY, DAILY)) for rhythm in group.rhythms)
    if not _yearless([phrase]) or (not phrase.bound and phrase.spans[0].unit not in _WITHIN_YEAR):
        return False
    return not group.rhythms or any(rhythm.startswith(_LONG) for rhythm in group.rhythms)


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
