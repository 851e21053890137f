"""The grammar of what starts work without a date: events, counts of days from an event, and vague words."""

from __future__ import annotations

from domain.reading.atoms import day_at, number_at
from domain.reading.phrase import (
    EVENT,
    OFFSET,
    RHYTHM,
    VAGUE,
    Phrase,
    clock_at,
    numbered,
    unit_at,
)
from domain.reading.placed import day_of_period_at
from domain.reading.recurring import rhythm_at
from domain.reading.rhythm import BY_UNIT
from domain.reading.series import series_at
from domain.reading.tokens import Token

_BOUNDING = {"before", "until", "in", "from"}
_BARE_KINDS = {"num", "numeral", "unit", "edge", "weekday", "nth", "era"}
_NEW_PHRASE = {
    "before",
    "until",
    "in",
    "every",
    "periodic",
    "ongoing",
    "when",
    "sudden",
    "per",
    "within",
    "from",
    "except",
}
_EVENT_WORDS = {"word", "stage", "vague", "cause", "finish", "checked", "until", "school"}
_UP_TO = {"đến", "tới", "cho đến", "tính đến", "so với"}
_HELD = {"thời điểm", "dự kiến", "khi"}
OWN_WORK = {"kế hoạch", "quyết định", "đề án", "chương trình", "phương án", "quy chế"}
_OTHERS = {"luật", "bộ luật", "nghị định", "thông tư", "pháp lệnh", "nghị quyết", "chỉ thị"}
_HIGHER = ("cấp trên", "chính phủ", "trung ương", "quốc hội", "thành phố", "bộ", "tỉnh", "hđnd")


def event_end(ts: list[Token], i: int, limit: int) -> int:
    """Return where the words of an event end: at a mark or joining word before another phrase of time."""
    depth = 0
    for j in range(i, limit):
        kind = ts[j].kind
        if kind == "(":
            depth += 1
        elif kind == ")":
            if depth == 0:
                return j
            depth -= 1
        if kind == ";" or (kind in {",", "and", "(", ":"} and starts_phrase(ts, j + 1)):
            return j
        if kind == "finish" and j > i and series_at(ts, j + 1):
            return j
        if kind in {"before", "until"} and j > i and (series_at(ts, j + 1) or clock_at(ts, j + 1)):
            return j
    return limit


def starts_phrase(ts: list[Token], i: int) -> bool:
    """Say whether another phrase of time begins at `i`, so that the words of the one before it end."""
    j = i
    while ts[j].kind in {"finish", "is", "stage"}:
        j += 1
    kind = ts[j].kind
    if kind == "ongoing":
        return True
    if kind in _BOUNDING:
        if ts[j + 1].kind in _BOUNDING - {"from"} or _own_count(ts, j + 1):
            return True
        return bool(series_at(ts, j + 1) or clock_at(ts, j + 1) or day_of_period_at(ts, j + 1))
    return (kind in _NEW_PHRASE and j == i) or _bare_time(ts, j)


def _own_count(ts: list[Token], j: int) -> bool:
    """Say whether a count of days with a base of its own stands at `j`: `15 ngày sau khi …`."""
    if ts[j].kind not in {"num", "numeral"} or not unit_at(ts, j + 1, "D"):
        return False
    relation = ts[j + 2 + (ts[j + 2].kind == "workday")]
    return relation.kind in {"from", "after", "before"} or (relation.kind == "when" and relation.value != "")


def _bare_time(ts: list[Token], j: int) -> bool:
    """Say whether a stretch shorter than a year, or a rhythm, begins at `j` without any bound."""
    if ts[j].kind not in _BARE_KINDS:
        return False
    stretch = series_at(ts, j)
    if stretch is not None:
        return stretch[0][0].unit != "year" or stretch[0][0].joined
    if clock_at(ts, j):
        return True
    return ts[j].kind in {"num", "numeral", "weekday", "nth"} and rhythm_at(ts, j) is not None


def trailing_days(ts: list[Token], first: int, end: int) -> tuple[int, int, bool] | None:
    """Read `… ít nhất 05 ngày (làm việc)` at the end of an event: (days, words' end, working)."""
    j = end - 1
    working = ts[j].kind == "workday"
    j -= working
    if j - 1 <= first or not unit_at(ts, j, "D") or ts[j - 1].kind != "num":
        return None
    number = number_at(ts, j - 1, 3650)
    if number is None:
        return None
    last = j - 1
    while ts[last - 1].kind in {"least", "is"} and last - 1 > first:
        last -= 1
    return number, last, working


def event_at(ts: list[Token], i: int, limit: int) -> Phrase | None:
    """Read `khi có …`, `sau khi …`, `trước khi … ít nhất 05 ngày`."""
    end = event_end(ts, i + 1, limit)
    relation = ts[i].value
    base = i + 1 if relation else i
    if end <= base:
        return None
    days = trailing_days(ts, base, end)
    if days is not None and relation != "until":
        number, last, working = days
        sign = -1 if relation == "before" else 1
        return Phrase(OFFSET, i, end, base=(base, last), number=sign * number, working=working)
    return Phrase(EVENT, i, end, base=(base, end))


def related_at(ts: list[Token], i: int, limit: int, *, opens: bool) -> Phrase | None:
    """Read `trước kỳ họp …`, `sau ngày họp …`, `trước ngày họp 03 ngày`: a bound without a date.

    `opens`: nothing stands before it, so that any words may be the event (`sau hội nghị`).
    """
    j = i + 1
    day_named = unit_at(ts, j, "D")
    j += day_named
    worded = (
        (day_named and ts[j].kind in _EVENT_WORDS)
        or (opens and ts[j].kind in _EVENT_WORDS)
        or (ts[i].kind == "after" and ts[j].kind == "word")
    )
    if ts[j].kind == "session" or (worded and not ts[j].text.startswith("đó")):
        end = event_end(ts, j, limit)
        days = trailing_days(ts, j, end)
        if days is not None:
            sign = -1 if ts[i].kind == "before" else 1
            return Phrase(OFFSET, i, end, base=(j, days[1]), number=sign * days[0], working=days[2])
        return Phrase(EVENT, i, end, base=(i, end))
    if ts[i].kind == "before" and ts[j].kind == "word":  # gửi tài liệu trước hội nghị 02 ngày
        end = event_end(ts, j, limit)
        days = trailing_days(ts, j, end)
        if days is not None:
            return Phrase(OFFSET, i, end, base=(j, days[1]), number=-days[0], working=days[2])
    return None


def per_at(ts: list[Token], i: int, limit: int) -> Phrase | None:
    """Read `theo chỉ đạo của cấp trên` (an event) and `theo quy định` (vague)."""
    end = event_end(ts, i + 1, limit)
    if end == i + 1:
        return None
    if unit_at(ts, i + 1, "W", "M", "Q", "Y", "P") and not numbered(ts, i + 2):  # theo quý
        return Phrase(RHYTHM, i, i + 2, rhythms=[BY_UNIT[str(ts[i + 1].value)]])
    if _is_cause(ts, i + 1, end):
        return Phrase(EVENT, i, end, base=(i, end))
    rhythms = [
        BY_UNIT[str(ts[j + 1].value)]
        for j in range(i + 1, end)
        if ts[j].kind == "every" and ts[j + 1].kind == "unit" and j + 1 < end
    ]
    return Phrase(VAGUE, i, end, rhythms=rhythms[:1])


def _is_cause(ts: list[Token], first: int, end: int) -> bool:
    head = next((j for j in range(first, end) if ts[j].kind in {"cause", "vague", "within", "doc"}), None)
    if head is None:
        return False
    if ts[head].kind == "cause":  # a document with its number is there already
        return all(ts[j].kind != "doc" for j in range(head + 1, end))
    asked = ts[head].text in {"thời gian", "thời hạn", "tiến độ", "lịch"}
    for j in range(head + 1, end):
        if ts[j].kind == "cause" and (asked or ts[j - 1].kind in {",", "and"}):
            return True
    return False


def offset_at(
    ts: list[Token], i: int, limit: int, *, bounded: bool, after: bool = False, before: bool = False
) -> Phrase | None:
    """Read `05 ngày (làm việc) kể từ ngày …`; `bounded` where a word such as `trong vòng` stands before.

    `after` is for `sau 25 ngày kết thúc năm`, where nothing parts the days from the event; `before` for
    `trước 45 ngày đến thời điểm khai mạc`, which counts back.
    """
    counted = _count_at(ts, i)
    if counted is None:
        return None
    number, unit, working, j = counted
    found = Phrase(OFFSET, i, j, number=number, unit=unit, working=working)
    j += ts[j].kind == ","
    relation = ts[j]
    if before and relation.text in _UP_TO:
        return _counted_back(ts, found, j + 1, limit)
    if relation.kind not in {"from", "after", "before", "reckon", "when"} or relation.value == "until":
        if after and relation.kind in _EVENT_WORDS and j == found.last:
            return _from_words(ts, found, j, limit)
        if (
            bounded
            and ts[i].kind != "unit"
            and ts[j].kind != "num"
            and (unit in {"D", "H"} or ts[j].kind in {"end", ")", ";", "."})
        ):
            return found
        return None
    if relation.kind == "reckon" and ts[i - 1].value == "report" and unit == "M":
        return None  # số liệu báo cáo 6 tháng tính từ 01/01
    if relation.kind == "from" and j > found.last and series_at(ts, j + 1):
        return None  # 12 tháng, từ tháng 6/2025 đến tháng 5/2026
    if "trước" in relation.text:
        found.number = -number
    base = j + 1
    dated = day_at(ts, base)
    if dated is not None and unit == "M" and found.number < 0:
        return None  # (báo cáo) 6 tháng trước ngày 15/6
    if dated is not None:
        found.spans, found.last = [dated[0]], dated[1]
        return found
    return _from_words(ts, found, base + unit_at(ts, base, "D"), limit)


def _counted_back(ts: list[Token], found: Phrase, base: int, limit: int) -> Phrase | None:
    """Read on in `trước 45 ngày đến thời điểm dự kiến khai mạc`, `trước 05 ngày so với ngày họp`."""
    found.number = -found.number
    dated = day_at(ts, base)
    if dated is not None:
        found.spans, found.last = [dated[0]], dated[1]
        return found
    while ts[base].text in _HELD or unit_at(ts, base, "D"):
        base += 1
    return _from_words(ts, found, base, limit)


def _count_at(ts: list[Token], i: int) -> tuple[int, str, bool, int] | None:
    """Return (number, unit D, M or H, working, place after) of a count of days."""
    number = number_at(ts, i, 3650)
    if unit_at(ts, i, "D") and ts[i + 1].kind == "nth":  # ngày (làm việc) thứ 90 kể từ
        number = number_at(ts, i + 2, 3650)
        return (number, "D", False, i + 3) if number is not None else None
    if number is None and ts[i].text == "năm" and unit_at(ts, i + 1, "D"):
        number = 5
    if number is None:
        return None
    if ts[i + 1].kind == "hour" and ts[i + 2].kind not in {"num", "unit", "/", "weekday"}:
        return number, "H", False, i + 2
    if not unit_at(ts, i + 1, "D", "M", "W"):
        return None
    working = ts[i + 2].kind == "workday"
    if unit_at(ts, i + 1, "W"):
        return number * 7, "D", working, i + 2 + working
    return number, str(ts[i + 1].value), working, i + 2 + working


def _from_words(ts: list[Token], found: Phrase, base: int, limit: int) -> Phrase | None:
    end = event_end(ts, base, limit)
    if end <= base:
        return None
    found.base, found.last = (base, end), end
    found.from_issue = found.number > 0 and is_issue(ts, base, end)
    return found


def is_issue(ts: list[Token], first: int, end: int) -> bool:
    """Say whether the words name the issue of the very decision that is being read."""
    words = [token.text for token in ts[first:end]]
    text = " ".join(words)
    if "ban hành" not in words and "ký" not in words and "hiệu lực" not in text:
        return False
    if "này" in words:
        return True
    if (
        _OTHERS.intersection(words)
        or any(name in text for name in _HIGHER)
        or "doc" in (t.kind for t in ts[first:end])
    ):
        return False
    return bool(OWN_WORK.intersection(words)) or len(words) <= 2
