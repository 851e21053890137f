"""Turn the groups of a clause into milestones, and name each doubt on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from domain.plans import Milestone
from domain.reading.group import Group
from domain.reading.phrase import CUTOFF, DATE, DAY, EVENT, OFFSET, ONGOING, RHYTHM, VAGUE, Phrase
from domain.reading.returning import emit_placed_day, emit_rhythm
from domain.reading.spans import DAY as ONE_DAY
from domain.reading.spans import Span, month_end
from domain.reading.state import Place, Reading, vietnamese, words


def emit(reading: Reading, place: Place, group: Group) -> None:
    """Add the milestones of one group to the reading."""
    _EMITTERS[group.kind](reading, place, group)


def _dates(reading: Reading, place: Place, group: Group) -> None:
    for phrase in group.dates:
        if not phrase.spans:  # kể từ ngày ký
            reading.milestones.append(_since_issue(reading, place, phrase))
        if len(phrase.spans) > 1 and phrase.spans[0].unit != "day":
            reading.doubt("gapped", place.source)
        for span in phrase.spans:
            ranged = span.joined and len(phrase.spans) > 1 and phrase.bound in {"before", "until"}
            _dated(reading, place, replace(phrase, bound="in") if ranged else phrase, span)


def _since_issue(reading: Reading, place: Place, phrase: Phrase) -> Milestone:
    """Return what `kể từ ngày ký` opens: a window where the day is known, else an event."""
    if reading.issued_on is not None:
        return Milestone("open", place.source, place.stage, start=reading.issued_on)
    event = words(reading, place.ts, *(phrase.base or (phrase.first, phrase.last)))
    return Milestone("event", place.source, place.stage, event=event)


def _dated(reading: Reading, place: Place, phrase: Phrase, span: Span) -> None:
    year = reading.year
    if reading.own_quarters and span.unit == "quarter" and not span.dated:
        reading.doubt("impossible_date", place.source)
        reading.milestones.append(Milestone("unread", place.source, place.stage))
        return
    if year is None and span.year is None:
        reading.doubt("year_missing", place.source)
        rule = f"{span.last_month:02d}-{span.last_day or 31:02d}"
        kind = "open" if phrase.bound == "from" else "deadline" if span.unit == "day" else "period"
        reading.milestones.append(Milestone(kind, place.source, place.stage, due_rule=rule))
        return
    if not span.dated and year is not None:
        reading.unyeared.append((place.source, year))
    days = span.on(year or 0)
    if days is None:
        reading.doubt("impossible_date", place.source)
        reading.milestones.append(Milestone("unread", place.source, place.stage))
        return
    first, last = days
    if first > last:
        reading.doubt("reversed", place.source)
    reading.milestones.append(_bounded(reading, place, phrase, span, (first, last)))


def _bounded(
    reading: Reading, place: Place, phrase: Phrase, span: Span, days: tuple[date, date]
) -> Milestone:
    first, last = days
    bound, source, stage = phrase.bound, place.source, place.stage
    event = words(reading, place.ts, *phrase.base) if phrase.base else None
    fuzzy = span.fuzzy or phrase.about
    if span.working:
        reading.doubt("working_days", source, vietnamese(last))
    if bound == "from" or bound == "after":
        start = first if bound == "from" else last + ONE_DAY
        if fuzzy:
            reading.doubt("fuzzy", source, f"từ {vietnamese(start)}")
        return Milestone("open", source, stage, start=start, event=event, assumed=fuzzy)
    due = last
    if bound == "before":
        due = _day_before(reading, place, phrase, span, days)
    if fuzzy:
        reading.doubt("fuzzy", source, vietnamese(due))
    clock = phrase.clock
    if bound == "before" and clock == "00:00":  # trước 0 giờ ngày 01/7: the day before
        due, clock = due - ONE_DAY, None
    if phrase.from_issue:
        return Milestone("period", source, stage, start=reading.issued_on, due=due, due_time=clock)
    if bound in {"before", "until"} or first == last:
        return Milestone("deadline", source, stage, due=due, due_time=clock, assumed=fuzzy)
    return Milestone("period", source, stage, start=first, due=due, due_time=clock, assumed=fuzzy)


def _day_before(reading: Reading, place: Place, phrase: Phrase, span: Span, days: tuple[date, date]) -> date:
    """Return the last day that `trước` leaves; `trước cuối tháng 6` is read as the month's last day."""
    if span.edge == "last":
        reading.doubt("fuzzy", place.source, vietnamese(days[1]))
        return days[1]
    return days[0] if phrase.clock else days[0] - ONE_DAY


def _ongoing(reading: Reading, place: Place, group: Group) -> None:
    recurrence = group.rhythms[0] if group.rhythms else None
    reading.milestones.append(Milestone("ongoing", place.source, place.stage, recurrence=recurrence))


def _event(reading: Reading, place: Place, group: Group) -> None:
    phrase = group.phrases[0]
    event = words(reading, place.ts, *(phrase.base or (phrase.first, phrase.last)))
    reading.event = event
    start = due = None
    if phrase.spans:
        days = phrase.spans[0].on(reading.year or 0) if phrase.spans[0].year or reading.year else None
        start, due = days or (None, None)
        reading.doubt("session", place.source)
    reading.milestones.append(Milestone("event", place.source, place.stage, start, due, event=event))


def _offset(reading: Reading, place: Place, group: Group) -> None:
    phrase = group.phrases[0]
    source, stage = place.source, place.stage
    base = reading.issued_on if phrase.from_issue else None
    event = words(reading, place.ts, *phrase.base) if phrase.base else None
    if phrase.spans:
        days = phrase.spans[0].on(reading.year or 0)
        base = days[0] if days else None
    offset, rule = _offset_of(phrase)
    if base is not None:
        due = _counted(base, phrase)
        if phrase.working:
            reading.doubt("working_days", source, vietnamese(due))
        found = Milestone(
            "period" if due >= base else "deadline",
            source,
            stage,
            base if due >= base else None,
            due,
            None,
            None,
            rule,
            event,
            offset,
            phrase.working,
            phrase.working,
        )
    else:
        if event is None and reading.event is None:
            reading.doubt("no_base", source)
        found = Milestone(
            "event",
            source,
            stage,
            due_rule=rule,
            event=event or reading.event,
            offset_days=offset,
            working_days=phrase.working,
        )
    reading.milestones.append(found)


def _offset_of(phrase: Phrase) -> tuple[int | None, str | None]:
    """Return the count in days, where it is one, and the rule for months and hours."""
    if phrase.unit == "D":
        return phrase.number, None
    if phrase.unit == "M":
        return None, f"{phrase.number:+d} months"
    whole = phrase.number % _HOURS == 0
    return phrase.number // _HOURS if whole else None, f"{phrase.number:+d} hours"


def _counted(base: date, phrase: Phrase) -> date:
    """Return the day `number` days or months away; the first day isn't counted."""
    try:
        if phrase.unit == "M":
            months = base.year * 12 + base.month - 1 + phrase.number
            year, month = months // 12, months % 12 + 1
            return date(year, month, min(base.day, month_end(year, month)))
        if phrase.unit == "H":
            return base + timedelta(hours=phrase.number)
        if not phrase.working:
            return base + timedelta(days=phrase.number)
        step = ONE_DAY if phrase.number > 0 else -ONE_DAY
        left, day = abs(phrase.number), base
        while left:
            day += step
            left -= day.weekday() < 5
    except (OverflowError, ValueError):
        return base
    return day


def _vague(reading: Reading, place: Place, group: Group) -> None:
    reading.doubt("unspecified", place.source)
    recurrence = group.rhythms[0] if group.rhythms else None
    reading.milestones.append(Milestone("unspecified", place.source, place.stage, recurrence=recurrence))


def _cutoff(reading: Reading, place: Place, group: Group) -> None:
    reading.doubt("unspecified", place.source)
    if not group.rhythms:
        reading.milestones.append(Milestone("unspecified", place.source, place.stage))
        return
    reading.milestones.append(Milestone("recurring", place.source, place.stage, recurrence=group.rhythms[0]))


_HOURS = 24
_EMITTERS: dict[str, Callable[[Reading, Place, Group], None]] = {
    DATE: _dates,
    DAY: emit_placed_day,
    RHYTHM: emit_rhythm,
    ONGOING: _ongoing,
    EVENT: _event,
    OFFSET: _offset,
    VAGUE: _vague,
    CUTOFF: _cutoff,
}
