"""Account for every word of time that no phrase took: none is dropped in silence."""

from __future__ import annotations

from itertools import pairwise

from domain.reading.atoms import ROMANS, SCANNED_ROMANS, is_year
from domain.reading.clauses import Clause
from domain.reading.normal import level
from domain.reading.phrase import DATE, EVENT, OFFSET, VAGUE, Phrase, numbered
from domain.reading.state import Reading, words
from domain.reading.tokens import PAD, Token

_NAMES = {"word", "horizon", "vague", "cause", "session", "checked"}
_DOES = {"stage", "finish", "in"}
_BARE = {"thang", "quy", "truoc", "den", "tuan", "cham"}  # words of time that lost their marks
_BARE |= {"nửa", "rưỡi"}  # and halves that no rule reads
_PAPERS = {
    "nghị quyết",
    "quyết định",
    "luật",
    "nghị định",
    "kế hoạch",
    "công văn",
    "văn bản",
    "thông báo",
    "kết luận",
}
_WORDED = {EVENT, OFFSET, VAGUE}
_LISTS = {",", "/", "and"}
_MARKS = {"-", "/", ".", ",", "to"}
_BOUNDS = {"before", "until", "to", "within", "from", "after"}
_BLANKS = {"…", "_"}
_PERIODS = {"M", "Q"}
_TERMS = {"is", "until", "within"}  # before a count of days: là 09 tháng, chậm nhất 10 ngày
_EITHER = {"hoặc", "hay"}
_NAMED_AFTER = 4  # words between `Tháng Thanh niên` and its year
_SOON = {"soon", "is", "stage", "finish", "and", ","}
_SAME_DAY = {"in", "is", "unit", "workday", "stage", "finish", ","}  # ngay trong ngày làm việc
_NONE = {"-", ".", "…", "/", "•", "_", "\n", "+"}
_ABOVE = ("nt", "như trên", "như mục", "nêu trên", "xem mục")


def name_leftovers(reading: Reading, ts: list[Token], count: int, phrases: list[Phrase]) -> None:
    """Name words of time outside every phrase, where what stands beside them shows that they meant a day."""
    covered = bytearray(count + 1)
    for phrase in phrases:
        for at in range(max(phrase.first, 0), min(phrase.last, count)):
            covered[at] = 1
    for at in range(count):
        kind = ts[at].kind
        if not covered[at]:
            if kind in _CHECKS and _CHECKS[kind](ts, at, covered):
                reading.doubt("leftover", words(reading, ts, max(at - 1, 0), min(at + 4, count)))
        elif ts[at - 1].value == "Q" and at and _is_scanned(ts, at):
            reading.doubt("slip", words(reading, ts, at - 1, at + 1), reading.text[ts[at].start : ts[at].end])
        elif kind == "num" and at and not covered[at - 1] and _glued(ts, at):
            reading.doubt("leftover", words(reading, ts, max(at - 3, 0), min(at + 3, count)))
    for phrase in phrases:
        if phrase.kind in _WORDED and not phrase.spans:
            _name_dates_in_event(reading, ts, *(phrase.base or (phrase.first, phrase.last)))
    _name_either(reading, ts, phrases)
    if len(phrases) == 1:
        _name_year(reading, ts, count, phrases[0])


def _is_scanned(ts: list[Token], at: int) -> bool:
    """Say whether a roman number was scanned badly: lI, 1I, I1."""
    token, following = ts[at], ts[at + 1]
    if token.kind == "word" and token.text in SCANNED_ROMANS:
        return True
    return token.end == following.start and {token.kind, following.kind} == {"num", "word"}


def _glued(ts: list[Token], at: int) -> bool:
    return ts[at - 1].kind in {"/", "."} and ts[at - 1].end == ts[at].start


def _number(ts: list[Token], at: int, covered: bytearray) -> bool:
    """Say whether only a mark parts a number that nobody took from a date."""
    if ts[at + 1].kind == "%":
        return False
    if ts[at + 1].text == "lần" or ts[at + 1].kind == "hour":
        return True
    if ts[at + 1].kind == "unit" and not _has(covered, at + 1) and _lasts(ts, at):
        return True
    if at > 1 and ts[at - 1].kind in {",", "and"} and _has(covered, at - 2) and ts[at - 2].kind == "num":
        return True
    if ts[at + 1].kind in _MARKS and ts[at + 3].kind == "times":
        return True  # 2 - 3 lần/quý
    after = ts[at + 1].kind in _MARKS and _has(covered, at + 2) and ts[at].end == ts[at + 1].start
    before = at > 1 and ts[at - 1].kind in _MARKS and _has(covered, at - 2)
    return after or (before and ts[at - 1].end == ts[at].start)


def _lasts(ts: list[Token], at: int) -> bool:
    """Say whether a number of days, months or years is how long something takes from a date on."""
    begins = any(token.kind == "from" for token in ts[at + 2 : at + 5])
    return begins and all(token.kind not in {"to", "until", "-"} for token in ts[at + 2 : at + 12])


def _bound(ts: list[Token], at: int, covered: bytearray) -> bool:
    """Say whether a bound stands before a number or a unit that nobody took."""
    following = ts[at + 1]
    if _has(covered, at + 1):  # the bound of a date that was read without it
        return ts[at].kind in {"before", "until"} and following.kind in {"num", "unit", "edge"}
    if following.kind == "unit" and _has(covered, at + 2) and ts[at + 2].kind in {"num", "unit"}:
        return True
    return following.kind == "num" or (following.kind in {"unit", "edge"} and _counts(ts, at + 1))


def _unit(ts: list[Token], at: int, covered: bytearray) -> bool:
    """Say whether a unit has its number, a gap for it, or the year of what it names, beside it."""
    if _counts(ts, at) or (
        at > 1 and ts[at - 1].kind in _LISTS and covered[at - 2] and ts[at - 2].kind == "unit"
    ):
        return True
    reach = _NAMED_AFTER if ts[at].value in _PERIODS else 1
    for far in range(1, reach + 1):
        if _has(covered, at + far):
            return is_year(ts[at + far]) or (ts[at + far].value == "Y" and is_year(ts[at + far + 1]))
        if ts[at + far].kind not in {"word", "stage", "vague", "cause", "checked", "edge"}:
            return False
    return False


def _counts(ts: list[Token], at: int) -> bool:
    following = ts[at + 1]
    if following.kind in _BLANKS or (following.kind == "." and ts[at + 2].kind == "."):
        return True
    if following.kind in {"num", "numeral"} or (ts[at].value == "Q" and following.text in ROMANS):
        return ts[at].kind == "unit"
    return ts[at].kind == "edge" and following.kind == "unit" and following.value in {"M", "Q", "Y", "W"}


def _edge(ts: list[Token], at: int, covered: bytearray) -> bool:
    return ts[at + 1].kind == "unit" and not _has(covered, at + 1)


def _feast(ts: list[Token], at: int, covered: bytearray) -> bool:
    """Say whether a date right after `kỷ niệm`, `nhân dịp` is the feast's and perhaps no deadline."""
    for far in range(1, PAD):
        if ts[at + far].kind in _BOUNDS or ts[at + far].kind == "in":
            return False
        if _has(covered, at + far):
            return True
    return False


def _always(ts: list[Token], at: int, covered: bytearray) -> bool:
    return True


def _has(covered: bytearray, at: int) -> bool:
    return 0 <= at < len(covered) and bool(covered[at])


_CHECKS = {
    "num": _number,
    "numeral": lambda ts, at, covered: ts[at + 1].text == "lần" or ts[at + 1].kind == "hour",
    **dict.fromkeys(_BOUNDS, _bound),
    "unit": _unit,
    "edge": _edge,
    "every": _edge,
    "periodic": _always,
    "next": _always,
    "term": _always,
    "word": lambda ts, at, covered: (
        (ts[at].text in _BARE and ts[at + 1].kind in {"num", "unit", "word"})
        or (ts[at].text == "cách" and ts[at + 1].kind == "unit")  # cách tuần
    ),
    "done": _always,
    "rest": lambda ts, at, covered: ts[at - 1].kind == "unit",
    "moved": lambda ts, at, covered: ts[at].text != "sang" or ts[at + 1].kind in {"num", "unit", "edge"},
    "season": _always,
    "feast": _feast,
}


def _name_dates_in_event(reading: Reading, ts: list[Token], first: int, last: int) -> None:
    """Name a date among the words of an event, unless a document before it was issued on that day."""
    for at in range(first, last - 1):
        if ts[at].kind == "doc" or ts[at].text in _PAPERS:
            return
        figured = ts[at].kind == "num" and ts[at + 1].kind == "/" and ts[at + 2].kind == "num"
        named = ts[at].kind == "unit" and ts[at].value in {"M", "Q", "D"} and numbered(ts, at + 1)
        ends = ts[at].value == "Y" and is_year(ts[at + 1]) and ts[at - 1].kind in {"finish", "until"}
        term = (
            at > first
            and ts[at].kind in _TERMS
            and ts[at + 1].kind == "num"
            and ts[at + 2].value in {"D", "M"}
        )
        if ends or term or figured or (named and ts[at + 1].kind != "nth"):
            reading.doubt("leftover", words(reading, ts, max(at - 1, 0), min(at + 4, last)))
            return


def _name_year(reading: Reading, ts: list[Token], count: int, phrase: Phrase) -> None:
    """Name a year that only stands at the end of a thing's name: `Hội thi … năm 2026`."""
    if phrase.kind != DATE or phrase.bound or not phrase.first or len(phrase.spans) != 1:
        return
    span = phrase.spans[0]
    opening = {token.kind for token in ts[: phrase.first]}
    if (
        span.unit == "year"
        and not span.joined
        and ts[phrase.first - 1].kind in _NAMES
        and not opening & _DOES
    ):
        reading.doubt("named_year", words(reading, ts, 0, count))


def _name_either(reading: Reading, ts: list[Token], phrases: list[Phrase]) -> None:
    """Name two dates with `hoặc` between them: the reader takes both, people must choose."""
    dates = [phrase for phrase in phrases if phrase.kind == DATE]
    for phrase in dates:
        if any(ts[at].text in _EITHER for at in range(phrase.first, phrase.last)):
            reading.doubt("either", words(reading, ts, phrase.first, phrase.last))
    for before, after in pairwise(dates):
        if any(ts[at].text in _EITHER for at in range(before.last, after.first)):
            reading.doubt("either", words(reading, ts, before.first, after.last))


def name_idle(reading: Reading, idle: list[Clause]) -> None:
    """Name each clause without time beside others that have it."""
    for ts, count in idle:
        if any(len(token.text) > 1 and token.kind != "num" for token in ts[:count]):
            reading.doubt("unused", words(reading, ts, 0, count))


def kind_of_nothing(reading: Reading, clauses: list[Clause]) -> str:
    """Return the kind of a text that gave no milestone, and name why."""
    source = " ".join(reading.text.split())
    said = level(source).lstrip("-+• ")
    if not clauses or set(said) <= _NONE | {" "}:
        reading.doubt("empty", source)
        return "unspecified" if source else "unread"
    vague = said.startswith(("do ", *_ABOVE)) or any(
        finding.code == "citation" for finding in reading.findings
    )
    vague = vague or all(_is_vague(ts, count) for ts, count in clauses)
    if vague or all(_is_soon(ts, count) for ts, count in clauses):
        reading.doubt("unspecified", source)
        return "unspecified"
    reading.doubt("unread", source)
    return "unread"


def _is_vague(ts: list[Token], count: int) -> bool:
    """Say whether a clause leans on something else without a figure: đúng tiến độ, theo từng giai đoạn."""
    kinds = {token.kind for token in ts[:count]}
    return bool(kinds & {"vague", "per", "every", "within"}) and not kinds & {
        "num",
        "before",
        "until",
        "stage",
    }


def _is_soon(ts: list[Token], count: int) -> bool:
    """Say whether a clause only says that work is urgent, or to be done in its time: kịp thời, sớm nhất."""
    kinds = {token.kind for token in ts[:count]}
    if "soon" in kinds or "term" in kinds or "school" in kinds:
        return not kinds & {"num", "before", "until"}
    if kinds <= _SAME_DAY and "unit" in kinds:
        return True
    return kinds <= _SOON and any(token.text == "ngay" for token in ts[:count])
