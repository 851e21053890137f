"""Turn a rhythm and its days into recurring milestones."""

from __future__ import annotations

from datetime import date

from domain.plans import Milestone
from domain.reading.group import Group
from domain.reading.phrase import DAY, RHYTHM, Phrase
from domain.reading.rhythm import DAILY, HALF_YEARLY, MONTHLY, QUARTERLY, YEARLY, placed_rule
from domain.reading.spans import DAY as ONE_DAY
from domain.reading.spans import Span, month_end
from domain.reading.state import Place, Reading, vietnamese

_EACH_HALF = "FREQ=MONTHLY;INTERVAL=6"
_UNPLACED = (QUARTERLY, HALF_YEARLY, YEARLY)  # rhythms whose day needs its month


def emit_rhythm(reading: Reading, place: Place, group: Group) -> None:
    """Add a milestone for each rhythm and each of its due days; `hằng ngày` alone is ongoing work."""
    rhythms: list[str | None] = [*group.rhythms] or [_own_rhythm(group)]
    start = _window_start(reading, group)
    if (
        rhythms == [DAILY]
        and group.clock is None
        and not group.periodic
        and place.ts[group.first].kind != "periodic"
    ):
        reading.milestones.append(Milestone("ongoing", place.source, place.stage, recurrence=DAILY))
        return
    if any(phrase.about for phrase in group.phrases):
        reading.doubt("fuzzy", place.source, "lặp lại, chưa rõ ngày")
    paired = _paired(group, rhythms)
    for phrase, span in paired:
        _due_yearly(reading, place, group, phrase, span, YEARLY)
    for rhythm in rhythms if not paired else ():
        dates = [phrase for phrase in group.dates if _belongs(phrase, rhythm, rhythms)]
        if not dates:
            _undated(reading, place, group, rhythm, start)
        for phrase in dates:
            _due_each(reading, place, group, phrase, rhythm)


def _paired(group: Group, rhythms: list[str | None]) -> list[tuple[Phrase, Span]]:
    """Return each rhythm with its own day, where there are as many: `6 tháng, năm: trước 15/6, 15/12`."""
    days = [(phrase, span) for phrase in group.dates for span in phrase.spans if span.unit == "day"]
    longer = all(rhythm in {HALF_YEARLY, YEARLY, _EACH_HALF} for rhythm in rhythms)
    if len(rhythms) != 2 or len(days) != len(rhythms) or not longer:
        return []
    return days


def _belongs(phrase: Phrase, rhythm: str | None, rhythms: list[str | None]) -> bool:
    """Say whether a day is due in this rhythm: among several, a day of the year is due in the yearly one."""
    if phrase.kind == DAY or len(rhythms) == 1:
        return True
    return rhythm is not None and rhythm.startswith(YEARLY)


def _own_rhythm(group: Group) -> str | None:
    for phrase in group.dates:
        if phrase.days is not None and phrase.days.rhythm():
            return phrase.days.rhythm()
    return None


def _window_start(reading: Reading, group: Group) -> date | None:
    days = group.window.on(reading.year or 0) if group.window else None
    return days[0] if days and group.window and group.window.year is not None else None


def _undated(reading: Reading, place: Place, group: Group, rhythm: str | None, start: date | None) -> None:
    if rhythm == YEARLY and reading.year is not None and not place.cutoff:
        year = start.year if start else reading.year
        due = date(year, 12, 31)
        reading.doubt("assumed_day", place.source, vietnamese(due))
        found = Milestone(
            "recurring", place.source, place.stage, start, due, group.clock, rhythm, "12-31", assumed=True
        )
    else:
        if rhythm is None:
            reading.doubt("no_rhythm", place.source)
        elif group.clock is None and "BYDAY" not in rhythm:
            reading.doubt("no_day", place.source)
        strict = group.clock is None and any(phrase.bound == "before" for phrase in group.phrases)
        found = Milestone(
            "recurring",
            place.source,
            place.stage,
            start,
            due_time=group.clock,
            recurrence=rhythm,
            due_rule=placed_rule(rhythm, strict=strict),
        )
    reading.milestones.append(found)


def _due_each(reading: Reading, place: Place, group: Group, phrase: Phrase, rhythm: str | None) -> None:
    """Add the recurring milestones whose due day is written."""
    for span in phrase.spans:
        _due_yearly(reading, place, group, phrase, span, rhythm)
    days = phrase.days
    if days is None:
        return
    elsewhere = not (days.month or days.period) or (days.month == "same" and days.rhythm() == MONTHLY)
    if rhythm and rhythm.startswith(_UNPLACED) and elsewhere:
        reading.doubt("month_unsaid", place.source)
    if days.working:
        reading.doubt("working_days", place.source, "cuối kỳ" if days.days == (-1,) else "đầu kỳ")
    rule = days.rule(strict=phrase.bound == "before", clock=bool(group.clock))
    own = days.rhythm() if days.following else None
    if own and rule == "last day" and days.days != (-1,):
        own = QUARTERLY  # before the first day of the next quarter
    reading.milestones.append(
        Milestone(
            "recurring",
            place.source,
            place.stage,
            _window_start(reading, group),
            due_time=group.clock,
            recurrence=own or rhythm,
            due_rule=rule,
        )
    )


def _due_yearly(
    reading: Reading, place: Place, group: Group, phrase: Phrase, span: Span, rhythm: str | None
) -> None:
    year = reading.year if reading.year is not None else (reading.issued_on or date(2000, 1, 1)).year
    if group.window is not None:
        year = max(year, group.window.year or year + group.window.shift)
    days = span.on(year)
    if days is None:
        reading.doubt("impossible_date", place.source)
        reading.milestones.append(Milestone("unread", place.source, place.stage, recurrence=rhythm))
        return
    due = days[0] - ONE_DAY if phrase.bound == "before" and not group.clock else days[1]
    written = due
    if reading.issued_on and due < reading.issued_on and not span.shift:
        due = date(due.year + 1, due.month, min(due.day, month_end(due.year + 1, due.month)))
    if phrase.rhythms:
        reading.doubt("incomplete", place.source)
    rule = f"{due.month:02d}-{due.day:02d}" + (" of the following year" if span.shift == 1 else "")
    months = f";BYMONTH={span.last_month}" if span.unit == "month" and rhythm == YEARLY else ""
    start = days[0] if phrase.bound in {"", "in"} and days[0] != days[1] and span.joined else None
    if _is_named(group) and rhythm != MONTHLY:
        rhythm, months = YEARLY, ""
    found = Milestone(
        "recurring",
        place.source,
        place.stage,
        start,
        due if reading.year is not None else None,
        group.clock,
        f"{rhythm}{months}" if rhythm else None,
        rule,
    )
    reading.milestones.append(found)
    if _is_named(group) and reading.year is not None:
        reading.by_name.append((found, written))


def _is_named(group: Group) -> bool:
    """Say whether only a report's name gives the rhythm: `báo cáo 6 tháng trước 15/6`, without `hằng`."""
    rhythms = [phrase for phrase in group.phrases if phrase.kind == RHYTHM]
    return bool(rhythms) and all(phrase.named for phrase in rhythms)


def emit_placed_day(reading: Reading, place: Place, group: Group) -> None:
    """Add a day of a period that stands alone; without its period it can't be read."""
    if _own_rhythm(group):
        emit_rhythm(reading, place, group)
        return
    reading.doubt("unread", place.source)
    reading.milestones.append(Milestone("unread", place.source, place.stage, due_time=group.clock))
