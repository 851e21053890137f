"""Read a piece of time text: the grammar's front door."""

from __future__ import annotations

from datetime import date

from domain.plans import Finding, Milestone, Stage
from domain.reading.assembly import emit
from domain.reading.clauses import Clause, clauses_of
from domain.reading.groups import Group, grouped
from domain.reading.layout_doubts import DATE_CELL
from domain.reading.normal import composed, level
from domain.reading.phrase import CITATION, CUTOFF, Phrase
from domain.reading.phrases import phrases_in
from domain.reading.stages import stage_in
from domain.reading.state import Place, Reading, vietnamese, words
from domain.reading.tokens import Token, tokenize

_CONNECTS = {"and", ",", "(", ")", ":"}
_MARKS = {"-", "/", ".", ",", "to"}
_LEFT = {"unit", "before", "until"}


def read_time(
    text: str, *, year: int | None, issued_on: date | None = None
) -> tuple[tuple[Milestone, ...], tuple[Finding, ...]]:
    """Return what `text` says about time, with every doubt; it never raises.

    `year` is the plan's and stands in for years that aren't written; counts of days "from the issue"
    start at `issued_on`. Text without any time gives one milestone of kind `unread`.
    """
    shown = composed(text)
    levelled = level(shown)
    tokens = tokenize(levelled)
    if year is None and issued_on is not None:
        year = issued_on.year
    reading = Reading(shown, year, issued_on)
    for slip in tokens.slips:
        reading.doubt("slip", " ".join(shown.split()), slip)
    clauses = clauses_of(tokens.items, tokens.count, shown)
    idle = [clause for clause in clauses if not _read_clause(reading, clause)]
    _account_for(reading, idle, clauses)
    if "xlsx-date" in levelled or DATE_CELL in levelled:
        reading.doubt("sheet_date", shown.strip())
    _check_order(reading)
    return tuple(reading.milestones), tuple(reading.findings)


def _read_clause(reading: Reading, clause: Clause) -> bool:
    """Read one clause; say whether it held any time."""
    ts, count = clause
    phrases = phrases_in(ts, count)
    groups = grouped(ts, phrases)
    telling = [group for group in groups if group.kind not in {CITATION, CUTOFF}]
    end, stage = 0, None
    final = next((group for group in reversed(groups) if group in telling), groups[-1] if groups else None)
    begun = len(reading.milestones)
    for group in groups:
        if group.kind == CUTOFF and telling:
            reading.doubt("cutoff", words(reading, ts, group.first, group.last))
            continue
        if group.kind == CITATION:
            reading.doubt("citation", words(reading, ts, group.first, group.last))
            continue
        last = count if group is final else group.last
        stage = _stage_of(ts, end, group, _next_start(groups, group, count), stage)
        while last < count and ts[last].kind in {")", "."}:
            last += 1
        cutoff = any(other.kind == CUTOFF for other in groups)
        emit(reading, Place(ts, words(reading, ts, end, last), stage, cutoff), group)
        end = last
    _contradictions(reading, ts, groups, begun)
    _leftovers(reading, ts, count, phrases)
    return bool(telling) or len(reading.milestones) > begun


def _next_start(groups: list[Group], group: Group, count: int) -> int:
    following = groups.index(group) + 1
    return groups[following].first if following < len(groups) else count


def _stage_of(ts: list[Token], end: int, group: Group, following: int, before: Stage | None) -> Stage | None:
    """Return the stage named before the group, else after it, else that of the group it continues."""
    named = stage_in(ts, end, group.first)
    if named is not None:
        return named
    between = {token.kind for token in ts[end : group.first]}
    if end and between <= _CONNECTS:
        return _stage_after(ts, group.last, following) if before is None else before
    return _stage_after(ts, group.last, following) if not between - _CONNECTS else None


def _stage_after(ts: list[Token], first: int, following: int) -> Stage | None:
    """Return the stage that the words right after a date name, up to a mark or `đối với`."""
    end = next((at for at in range(first, following) if ts[at].kind in {",", "scope", "("}), following)
    return stage_in(ts, first, end)


def _contradictions(reading: Reading, ts: list[Token], groups: list[Group], begun: int) -> None:
    """Name a deadline in brackets that differs from the one before them."""
    dated = [m for m in reading.milestones[begun:] if m.due is not None and m.kind in {"deadline", "period"}]
    bracketed = any(
        group.dates and any(ts[at].kind == "(" for at in range(groups[0].last, group.first))
        for group in groups[1:]
    )
    if len(dated) > 1 and bracketed and len({milestone.due for milestone in dated}) > 1:
        facts = ", ".join(vietnamese(m.due) for m in dated if m.due)
        reading.doubt("contradiction", words(reading, ts, 0, groups[-1].last), facts)


def _leftovers(reading: Reading, ts: list[Token], count: int, phrases: list[Phrase]) -> None:
    """Name words of time that no phrase took, where a number shows that they meant a date."""
    covered = {at for phrase in phrases for at in range(phrase.first, phrase.last)}
    for at in range(count):
        if ts[at].kind in _LEFT and at not in covered and at + 1 not in covered:
            beside = ts[at + 1]
            if beside.kind == "num":
                reading.doubt("leftover", words(reading, ts, at, min(at + 4, count)))
        glued = at in covered and at - 1 not in covered and ts[at - 1].kind in {"/", "."}
        if glued and ts[at].kind == "num" and ts[at - 1].end == ts[at].start:
            reading.doubt("leftover", words(reading, ts, max(at - 3, 0), min(at + 3, count)))
        if ts[at].kind == "num" and at not in covered and _beside(ts, at, covered):
            reading.doubt("leftover", words(reading, ts, max(at - 2, 0), min(at + 4, count)))


def _beside(ts: list[Token], at: int, covered: set[int]) -> bool:
    """Say whether only a mark parts a number that nobody took from a date."""
    if ts[at + 1].kind == "%":
        return False
    after = ts[at + 1].kind in _MARKS and at + 2 in covered and ts[at].end == ts[at + 1].start
    return after or (ts[at - 1].kind in _MARKS and at - 2 in covered and ts[at - 1].end == ts[at].start)


def _account_for(reading: Reading, idle: list[Clause], clauses: list[Clause]) -> None:
    """Make every clause without time a finding, or the whole text unread where there is none."""
    if reading.milestones:
        for ts, count in idle:
            if any(len(token.text) > 1 and token.kind != "num" for token in ts[:count]):
                reading.doubt("unused", words(reading, ts, 0, count))
        return
    source = " ".join(reading.text.split())
    if not clauses:
        reading.doubt("empty", source)
        kind = "unread"
    elif level(source).startswith("do ") or any(finding.code == "citation" for finding in reading.findings):
        reading.doubt("unspecified", source)
        kind = "unspecified"
    else:
        reading.doubt("unread", source)
        kind = "unread"
    reading.milestones.append(Milestone(kind, source))


def _check_order(reading: Reading) -> None:
    issued = reading.issued_on
    if issued is None:
        return
    for milestone in reading.milestones:
        due = milestone.due
        if due is None or milestone.kind not in {"deadline", "period"} or milestone.offset_days is not None:
            continue
        if due < issued:
            reading.doubt("before_issue", milestone.source_text, vietnamese(due))
        elif due == issued:
            reading.doubt("on_issue", milestone.source_text, vietnamese(due))
