"""Find sentences outside the tables that give someone work by a day, so that none is lost in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from domain.plans import Finding, Milestone, Source
from domain.reading.doubts import about_plan
from domain.reading.labels import labelled
from domain.reading.normal import key, squeezed
from domain.reading.numbering import led
from domain.reading.regime import reports_of
from domain.reading.sentences import assignment_in, is_unit, unit_heading
from domain.reading.times import read_time
from domain.reading.units import UnitBook

_SENTENCE = re.compile(r"(?<=[^\W\d_])[.;]\s+(?=[^\W\d_])|(?<=\d{4})[.;]\s+(?=[^\W\d_])")
_GROUNDS = re.compile(
    r"\W*(?:căn cứ|xét|kính gửi|quyết định này|điều \d+\.?\s*(?:quyết định này|ban hành)"
    r"|(?:theo|thực hiện|triển khai)\s+"
    r"(?:đề nghị|nghị|quyết định|kế hoạch|chỉ|thông|công văn|văn bản|chương trình))\b",
    re.IGNORECASE,
)
_ORDER = re.compile(r"^\s*(?:giao|đề nghị|yêu cầu|phân công)\s+(?:cho\s+)?", re.IGNORECASE)
_DATED = {"deadline", "period", "recurring"}
_DATED_YEAR = re.compile(r"\d{4}")
_WHOLE_YEAR = 360  # days
_LONGEST = 700
_SHOWN, _QUOTED = 5, 160
_YEAR = 2000  # any; only whether a time is stated counts


def deadlines_beside(
    paragraphs: Sequence[tuple[str, Source]], titles: Iterable[str], book: UnitBook
) -> list[Finding]:
    """Return one finding that lists the sentences with a unit and a time that are no task's, if any.

    What the reporting regime reads is left out: the plan's calendar holds it.
    """
    known = {key(title) for title in titles}
    found: list[tuple[str, Source]] = []
    heading = ""  # how a line is numbered that names a unit and nothing else; its duties follow
    for text, place in paragraphs:
        marked = led(text)
        kind, said = (marked[0].kind, marked[1]) if marked else ("", text)
        if unit_heading(said, book):
            heading = kind
            continue
        heading = "" if kind in {heading, "roman"} else heading
        if _GROUNDS.match(text) or labelled(text)[1]:
            continue
        for sentence in _SENTENCE.split(said):
            if _gives_work(sentence, known, book, owned=bool(heading)):
                found.append((squeezed(sentence), place))
    if not found:
        return []
    shown = "; ".join(f"“{_cut(text)}”" for text, _ in found[:_SHOWN]) + ("…" if len(found) > _SHOWN else "")
    source, place = _cut(found[0][0]), found[0][1]
    return [about_plan("prose_deadlines", source=source, place=place, count=len(found), shown=shown)]


def _gives_work(sentence: str, known: set[str], book: UnitBook, *, owned: bool) -> bool:
    if len(sentence) > _LONGEST or not any(char.isdigit() for char in sentence):
        return False
    said = assignment_in(sentence, book)
    given = said.lead or owned or is_unit(_ORDER.sub("", sentence))
    if not given or not said.time or key(said.title) in known:
        return False
    times = read_time(said.time, year=_YEAR)[0]
    # Below a unit's heading months and quarters without a year tell when duties are usual.
    usual = (
        owned and all(milestone.kind == "period" for milestone in times) and not _DATED_YEAR.search(said.time)
    )
    sure = bool(said.lead) or not usual
    return sure and any(map(_is_dated, times)) and not _is_regime(sentence)


def _is_regime(sentence: str) -> bool:
    return all(report.written for report in reports_of([sentence], _YEAR))


def _is_dated(milestone: Milestone) -> bool:
    """Say whether a time is a day, a rhythm, or a window shorter than a year: `trong năm 2026` is none."""
    if milestone.kind == "period" and milestone.start and milestone.due:
        return (milestone.due - milestone.start).days < _WHOLE_YEAR
    return milestone.kind in _DATED


def _cut(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED].rstrip()}…"
