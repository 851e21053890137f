"""Read a piece of time text: the grammar's front door."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

from domain.plans import Finding, Milestone, Stage
from domain.reading.accounting import kind_of_nothing, name_idle, name_leftovers
from domain.reading.assembly import emit
from domain.reading.clauses import Clause, clauses_of
from domain.reading.coherence import check_whole
from domain.reading.group import Group
from domain.reading.groups import grouped
from domain.reading.layout_doubts import DATE_CELL
from domain.reading.normal import composed, level
from domain.reading.phrase import CITATION, CUTOFF, EXCEPT, OFFSET
from domain.reading.phrases import phrases_in
from domain.reading.stages import stage_in
from domain.reading.state import Place, Reading, vietnamese, words
from domain.reading.tokens import Token, tokenize
from domain.reading.unitless import as_quarter, has_own_quarters

_ROMAN = re.compile(r"\b(?:i{1,3}|iv)\b")
_BREAK = re.compile(r"\n(?=[ \t]*([^\W\d_])(.?))")
# A line that ends so goes on below: Quý / III, hoàn thành trước / Quý II.
_GOES_ON = re.compile(
    r"(?:\bqu[ýí]|\btháng|\bngày|\btrước|\bđến|\btừ|\bvà|\bhết|[/,])[ \t]*\n(?=[ \t]*[^\W_])"
)
_LABELS = {"thời gian", "thời hạn", "tiến độ", "hạn", "lịch", "kế hoạch thời gian", "mốc"}
_LABEL_WORDS = 6
_CONNECTS = {"and", ",", "(", ")", ":", "-"}


def read_time(
    text: str, *, year: int | None, issued_on: date | None = None
) -> tuple[tuple[Milestone, ...], tuple[Finding, ...]]:
    """Return what `text` says about time, with every doubt; it never raises.

    `year` is the plan's and stands in for years that aren't written; counts of days "from the issue"
    start at `issued_on`. Text without any time gives one milestone of kind `unread`.
    """
    shown = composed(text)
    levelled = level(shown)
    if "\n" in levelled:
        levelled = _unbroken(shown, levelled)
    tokens = tokenize(levelled)
    if year is None and issued_on is not None:
        year = issued_on.year
    reading = Reading(shown, year, issued_on)
    for slip in tokens.slips:
        reading.doubt("slip", " ".join(shown.split()), slip)
    if tokens.bare:
        reading.doubt("bare", " ".join(shown.split()))
    clauses = clauses_of(tokens.items, tokens.count, shown)
    if _ROMAN.search(levelled):
        clauses = _with_quarters(reading, clauses)
    if "quý" in levelled:
        reading.own_quarters = has_own_quarters(tokens.items, tokens.count)
    idle = [clause for clause in clauses if not _read_clause(reading, clause)]
    if reading.milestones:
        name_idle(reading, idle)
    else:
        _read_cutoffs(reading)
    if not reading.milestones:
        kind = kind_of_nothing(reading, clauses)
        reading.milestones.append(Milestone(kind, " ".join(shown.split())))
    if "tết" in levelled and any(m.kind == "event" for m in reading.milestones):
        reading.doubt("session", " ".join(shown.split()))
    if "âm lịch" in levelled or "rằm" in levelled:
        reading.doubt("lunar", " ".join(shown.split()))
    if "xlsx-date" in levelled or DATE_CELL in levelled:
        reading.doubt("sheet_date", shown.strip())
    _check_order(reading)
    check_whole(reading)
    return tuple(reading.milestones), tuple(reading.findings)


def _with_quarters(reading: Reading, clauses: list[Clause]) -> list[Clause]:
    """Return the clauses with Roman numbers alone read as quarters, which is told as a guess."""
    found = [as_quarter(clause, reading.text) for clause in clauses]
    if any(guessed for _, guessed in found):
        reading.doubt("bare_quarter", " ".join(reading.text.split()))
    return [clause for clause, _ in found]


def _unbroken(shown: str, levelled: str) -> str:
    """Return `levelled` without the line ends that stand in the middle of a sentence."""
    levelled = _GOES_ON.sub(lambda found: found[0].replace("\n", " "), levelled)
    parts: list[str] = []
    begun = 0
    for found in _BREAK.finditer(shown):
        whole = levelled[found.start()] == "\n"
        if whole and found[1].islower() and found[2] not in {")", "."}:
            parts += levelled[begun : found.start()], " "
            begun = found.end()
    return "".join(parts) + levelled[begun:]


def _read_cutoffs(reading: Reading) -> None:
    """Read the days that figures cover as the work's rhythm, where nothing else is said about time."""
    for place, group in reading.cutoffs:
        emit(reading, place, group)


def _read_clause(reading: Reading, clause: Clause) -> bool:
    """Read one clause; say whether it held any time."""
    ts, count = clause
    phrases = phrases_in(ts, count)
    groups = grouped(ts, phrases)
    telling = [group for group in groups if group.kind not in {CITATION, CUTOFF, EXCEPT}]
    final = telling[-1] if telling else groups[-1] if groups else None
    cutoff = len(telling) < len(groups) and any(group.kind == CUTOFF for group in groups)
    label = _label_end(ts, groups[0].first) if groups else 0
    end, stage = label, None
    follow = len(groups) > 1 and groups[0].first == label and _stages_follow(ts, groups, count)
    begun = len(reading.milestones)
    for index, group in enumerate(groups):
        if group.kind in {CITATION, EXCEPT}:
            code = "moved" if ts[group.first].kind == "moved" else group.kind
            code = "length" if group.phrases[0].kind == OFFSET else code
            reading.doubt(code, words(reading, ts, group.first, group.last))
            continue
        last = count if group is final else group.last
        if group.kind == CUTOFF:
            reading.doubt("cutoff", words(reading, ts, group.first if telling else end, group.last))
            if not telling:
                reading.cutoffs.append((Place(ts, words(reading, ts, end, last), None, cutoff), group))
            continue
        following = groups[index + 1].first if index + 1 < len(groups) else count
        if follow:
            stage = stage_in(ts, group.last, following)
        else:
            stage = _stage_of(ts, end, group, following, stage, begun=end > label)
        last = _own_brackets(ts, last, following)
        while last < count and ts[last].kind in {")", "."}:
            last += 1
        source = words(reading, ts, 0 if end == label else end, last)
        emit(reading, Place(ts, source, stage, cutoff), group)
        end = last
    _contradictions(reading, ts, groups, begun)
    name_leftovers(reading, ts, count, phrases)
    return bool(telling) or cutoff


def _stages_follow(ts: list[Token], groups: list[Group], count: int) -> bool:
    """Say whether every date has its stage after it: `tháng 3 xây dựng kế hoạch, tháng 12 tổng kết`."""
    ends = [group.first for group in groups[1:]] + [count]
    for group, end in zip(groups, ends, strict=True):
        opens = ts[group.last + (ts[group.last].kind == ":")].kind == "stage"
        if not opens or not (end == count or ts[end - 1].kind in {",", "and"}):
            return False
    return True


def _own_brackets(ts: list[Token], last: int, following: int) -> int:
    """Return the place after the brackets that say what the date before them is for."""
    if ts[last].kind != "(":
        return last
    closing = next((at for at in range(last, following) if ts[at].kind == ")"), last - 1)
    return closing + 1 if stage_in(ts, last + 1, closing) else last


def _label_end(ts: list[Token], limit: int) -> int:
    """Return the place after a label such as `Thời gian thực hiện:`, which names no stage."""
    if ts[0].text not in _LABELS:
        return 0
    return next((at + 1 for at in range(min(limit, _LABEL_WORDS)) if ts[at].kind == ":"), 0)


def _stage_of(
    ts: list[Token], end: int, group: Group, following: int, before: Stage | None, *, begun: bool
) -> Stage | None:
    """Return the stage named before the group, else after it, else that of the group it continues."""
    named = stage_in(ts, end, group.first)
    if named is not None:
        return named
    between = {token.kind for token in ts[end : group.first]}
    if begun and between <= _CONNECTS:
        bracketed = ts[group.last].kind == "("
        return (_stage_after(ts, group.last, following) if before is None or bracketed else None) or before
    return _stage_after(ts, group.last, following) if not between - _CONNECTS else None


def _stage_after(ts: list[Token], first: int, following: int) -> Stage | None:
    """Return the stage that the words right after a date name, up to a mark, or those in brackets."""
    if ts[first].kind == "(":
        closing = next((at for at in range(first, following) if ts[at].kind == ")"), first)
        return stage_in(ts, first + 1, closing)
    first += ts[first].kind == ":"
    if ts[first].kind == "scope":
        return stage_in(ts, first + 1, min(first + 3, following))
    end = next((at for at in range(first, following) if ts[at].kind in {",", "scope", "(", "and"}), following)
    return stage_in(ts, first, end)


def _contradictions(reading: Reading, ts: list[Token], groups: list[Group], begun: int) -> None:
    """Name a deadline in brackets that differs from the one before them."""
    dated = [m for m in reading.milestones[begun:] if m.due is not None and m.kind in {"deadline", "period"}]
    if len(dated) < 2 or len({milestone.due for milestone in dated}) < 2:
        return
    depth, at = 0, groups[0].last
    for before, group in pairwise(groups):
        bounds = [each.dates[0].bound for each in (before, group) if each.dates]
        plain = [token.kind for token in ts[before.last : group.first]] == [","]
        if plain and bounds == ["before", "until"]:  # trước 30/6, chậm nhất 31/7
            facts = ", ".join(vietnamese(m.due) for m in dated if m.due)
            reading.doubt("contradiction", words(reading, ts, 0, groups[-1].last), facts)
            return
        for token in ts[at : group.first]:
            depth += (token.kind == "(") - (token.kind == ")")
        if depth > 0 and group.dates:
            facts = ", ".join(vietnamese(m.due) for m in dated if m.due)
            reading.doubt("contradiction", words(reading, ts, 0, groups[-1].last), facts)
            return
        at = group.first


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
