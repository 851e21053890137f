"""Brackets right after a phrase of time, which say what day or which report it means."""

from __future__ import annotations

from domain.reading.group import Group, take
from domain.reading.phrase import DATE, DAY, RHYTHM, Phrase
from domain.reading.tokens import Token


def names_base(ts: list[Token], last: Group, phrase: Phrase) -> bool:
    """Say whether brackets give the day that days are counted from: `sau 30 ngày có hiệu lực (01/7)`."""
    if (
        phrase.kind != DATE
        or phrase.bound
        or phrase.clock
        or last.phrases[0].spans
        or not last.phrases[0].base
    ):
        return False
    return len(phrase.spans) == 1 and phrase.spans[0].unit == "day" and ts[phrase.last].kind == ")"


def names_report(ts: list[Token], last: Group, phrase: Phrase) -> bool:
    """Say whether brackets name the report that a date is for: `trước 15/6 (báo cáo 6 tháng)`."""
    between = ts[last.last : phrase.first]
    if last.kind not in {DATE, DAY, RHYTHM} or not between or ts[phrase.last].kind != ")":
        return False
    return between[0].kind == "(" and any(token.value == "report" for token in between)


def _relation(token: Token) -> str:
    """Return `before` or `after` where the token sets an event so, as `trước`, `sau` and `trước khi` do."""
    said = token.value if token.kind == "when" else token.kind
    return str(said) if said in {"before", "after"} else ""


def gives_day(ts: list[Token], last: Group, phrase: Phrase) -> bool:
    """Say whether brackets say when the event is: `trước khai giảng (05/9)`, `trước kỳ họp (tháng 7)`."""
    event = last.phrases[-1]
    if not _relation(ts[event.first]) or event.spans or phrase.clock:
        return False
    return phrase.kind == DATE and not phrase.bound and len(phrase.spans) == 1 and ts[phrase.last].kind == ")"


def dated_event(ts: list[Token], last: Group, phrase: Phrase) -> bool:
    """Read `trước khai giảng (05/9)` as `trước 05/9`; a longer stretch stays the event's own."""
    if phrase.spans[0].unit == "day":
        opening = ts[last.phrases[-1].first]
        phrase.bound, phrase.about = _relation(opening), opening.kind == "when"
        last.kind, last.dates = DATE, [phrase]
    else:
        last.phrases[0].spans = phrase.spans
    return take(last, phrase)


def rounds(ts: list[Token], group: Group) -> bool:
    """Say whether rounds are counted in one year and then named: `02 đợt trong năm 2025 (quý II, quý IV)`."""
    window = group.window
    if window is None or window.joined or window.unit != "year":
        return False
    return any(token.kind == "times" for token in ts[group.first : group.phrases[0].last])
