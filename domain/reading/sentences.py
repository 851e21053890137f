"""Read an assignment out of a sentence: who does what by when."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from domain.reading.brackets import Bracketed, bracketed
from domain.reading.normal import key, squeezed
from domain.reading.times import read_time
from domain.reading.units import UnitBook

_GOOD = {"deadline", "period", "open", "recurring", "ongoing", "event"}
_BRACKETED = re.compile(r"\s*\(([^()]{3,240})\)\s*[.;,/]*\s*$")
_BRACKETS = re.compile(r"\(([^()]{3,240})\)")
_BEFORE = (
    r"(?:trước|chậm nhất|muộn nhất|đến hết|hết|xong trước|không quá)\s+(?:là\s+)?(?:ngày\s+)?"
    r"(?:\d|quý|tháng|năm\s+\d|cuối)"
)
_WITHIN = r"(?:trong|vào)\s+(?:quý|tháng\s+\d|năm\s+\d|tuần|vòng\s+\d|thời hạn\s+\d|\d+\s+ngày)"
_FROM = r"từ\s+(?:ngày|tháng|quý)\s+\w+"
_RHYTHM = (
    r"(?:định kỳ|hằng|hàng|mỗi)\s+(?:ngày|tuần|tháng|quý|năm|kỳ|6 tháng|02 tuần|thứ|sáng|chiều)|thường xuyên"
)
_AFTER = r"ngay (?:sau )?khi\s|(?<=báo cáo )(?:trước|sau) khi\s|(?<=hoàn thành )(?:trước|sau) khi\s"
_ANYWHERE = re.compile(rf"\b(?:{_BEFORE}|{_WITHIN}|{_FROM}|{_AFTER})", re.IGNORECASE)
_OPENING = re.compile(r"\s*([^:]{3,80}?)\s*:\s+(?=[^\W\d_])(.{8,})", re.DOTALL)
_OPENING_COMMA = re.compile(
    rf"\s*((?:{_BEFORE}|(?:trong|vào)\s+(?:quý|tháng)\s|{_FROM}|{_RHYTHM})[^,:;.]{{0,60}}),\s+(?=[^\W\d_])(.{{8,}})",
    re.IGNORECASE | re.DOTALL,
)
_STARTS_WITH_TIME = re.compile(
    r"(?:(?:khoảng|dự kiến|đến|hết|đến hết|trước|sau|ngay sau|chậm nhất|muộn nhất|trong|vào|từ|đầu|giữa|cuối"
    r"|thời gian)\s+)*"
    r"(?:(?:ngày|tháng|quý|tuần|năm|khi|kỳ|mỗi|hằng|hàng|định kỳ|thường xuyên|đột xuất|cuối|đầu|sáng|chiều)\b"
    r"|6 tháng|thứ (?:hai|ba|tư|năm|sáu|bảy)\b|chủ nhật\b|\d{1,2}\s*[-–/.hg]|\d{1,3}\s+(?:ngày|lần|đợt|kỳ))",
    re.IGNORECASE,
)
_AFTER_COMMA = re.compile(
    r"[,;]\s*(?:(?:phải\s+)?(?:hoàn thành|xong)\s+"
    r"|(?:thời gian|thời hạn|tiến độ)(?:\s+(?:thực hiện|hoàn thành))?\s*:?\s+)?"
    rf"({_RHYTHM}|{_BEFORE}|{_WITHIN}|{_FROM}|(?:khi|sau khi|ngay sau khi)\s+)",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"[\s,;]*(?:\b(?:và\s+)?(?:phải\s+)?(?:hoàn thành|xong)"
    r"|\b(?:thời gian|thời hạn|tiến độ)(?:\s+thực hiện)?)?[\s,;:(]*$",
    re.IGNORECASE,
)
_VERBS = (
    "chủ trì|phối hợp|tham mưu|xây dựng|tổ chức|triển khai|thực hiện|rà soát|ban hành|hoàn thành"
    "|báo cáo|đôn đốc|kiểm tra|hướng dẫn|theo dõi|tổng hợp|cập nhật|thu thập|bố trí|vận động"
    "|tuyên truyền|cung cấp|lập|trình|đề xuất|thẩm định|tiếp nhận|xử lý|giải quyết|công khai"
    "|niêm yết|số hóa|đánh giá|khảo sát|bảo đảm|đảm bảo|tăng cường|nâng cao|chỉ đạo|quán triệt"
    "|phổ biến|đăng tải|chuẩn bị|phân công|cử|gửi|nộp|tích cực|kịp thời|chủ động|tiếp tục"
    "|thường xuyên|có trách nhiệm|chịu trách nhiệm|căn cứ|phục vụ|trực tiếp|quản lý|hỗ trợ|duy trì"
    "|nghiên cứu|kiện toàn|thành lập|phê duyệt|tham gia|giám sát|khắc phục|hoàn thiện|đẩy mạnh"
    "|phát động|ký|bàn giao|thống kê|cân đối|phân bổ|quyết toán|huy động|lồng ghép|sử dụng|đào tạo"
    "|tập huấn|bồi dưỡng|là đầu mối|làm đầu mối|đề nghị|sơ kết|tổng kết|tự|phân loại|điều tra|đo"
    "|nghiệm thu|kê khai|khẩn trương|nghiêm túc|phải|cần|tập trung|xem xét|thí điểm|vận hành"
    "|nâng cấp|rút kinh nghiệm"
)
_VERB = re.compile(rf"[\s,]+(?:{_VERBS})(?!\w)")
_UNITS = (
    "phòng|ban|sở|văn phòng|trung tâm|công an|các|ubnd|ủy ban|uỷ ban|hội|đoàn|tổ|trường|trạm|bộ|vụ"
    "|cục|thanh tra|chi cục|chủ tịch|phó chủ tịch|giám đốc|báo|đài|kho bạc|thuế|mặt trận|đảng ủy"
    "|hđnd|bí thư|thường trực|trưởng|chánh|thủ trưởng|hiệu trưởng|ông|bà|đồng chí|đ/c|bộ phận"
    "|công chức|cán bộ|viện|học viện|ngân hàng|ủy viên|lực lượng|ban chỉ huy|xã đội|hợp tác xã"
    "|liên minh|liên đoàn|cơ quan|đơn vị|toàn thể|tất cả"
)
# Work that begins with the same syllable as a unit: ban hành, tổ chức, báo cáo, hội nghị.
_NO_UNIT = (
    r"(?!(?:ban hành|tổ chức|báo cáo|hội (?:nghị|thảo|thi|họp)|trường hợp|đoàn kết|vụ việc|bà con"
    r"|bộ (?:chỉ số|thủ tục|tiêu)"
    r"|các (?:nhiệm vụ|nội dung|chỉ tiêu|hoạt động|quy định|văn bản|biện pháp|giải pháp|thủ tục))\b)"
)
_UNIT = re.compile(rf"{_NO_UNIT}(?:các\s+)?(?:{_UNITS})\b", re.IGNORECASE)
_ORDER = re.compile(r"^\s*(?:giao|đề nghị|yêu cầu|phân công)\s+(?:cho\s+)?(?=\S)", re.IGNORECASE)
_LEADS = re.compile(
    r"^[\s,]*(?:chịu trách nhiệm\s+)?(?:là\s+(?:cơ quan\s+|đơn vị\s+)?|làm\s+)?(?:chủ trì|đầu mối)\b[\s,]*",
    re.IGNORECASE,
)
_HELPS = re.compile(r"^[\s,]*(?:và\s+)?phối hợp(?:\s+(?:chặt chẽ\s+)?(?:với|cùng))*\s+")
_PLACE = re.compile(r"\s+(?:xã|phường|tỉnh|thành phố)$", re.IGNORECASE)
_TAIL = re.compile(r"^[\s,]*(?:thực hiện|tổ chức thực hiện|triển khai|triển khai thực hiện)?[\s.,;]*$")


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a sentence says: `lead` and `time` are empty where it doesn't."""

    title: str
    lead: str = ""
    coordinating: str = ""
    time: str = ""
    ordered: bool = False  # the words themselves give it to someone: giao, đề nghị, chủ trì


def assignment_in(text: str, book: UnitBook) -> Assignment:
    """Return the assignment in a paragraph: its time in front, at the end or in brackets, and its units.

    `Phòng A: …` gives the work to that unit.
    """
    shown = squeezed(text).rstrip(" ./;")
    named, colon, rest = shown.partition(": ")
    if colon and len(rest) > 8 and unit_heading(f"{named}:", book):
        said = assignment_in(rest, book)
        return said if said.lead else replace(said, title=said.title or rest, lead=named)
    opening = _opening(shown)
    if opening is not None:
        said = assignment_in(opening[1], book)
        return replace(said, time="; ".join(filter(None, (opening[0], said.time))))
    left, told = _without_brackets(shown)
    if told is not None and told.lead:
        title, time = _timed(left)
        times = "; ".join(filter(None, (told.time, time)))
        return Assignment(title, told.lead, told.coordinating, times, ordered=True)
    body, time = (left, told.time) if told is not None else _timed(shown)
    whole = _acting(body, book)
    if whole is not None:
        return replace(whole, title=whole.title or body, time=time)
    first, _, second = body.rpartition(". ")
    acting = _acting(second, book) if first else None
    if acting is not None and acting.lead:
        return replace(acting, title=first.strip(), time=time)
    return Assignment(body, time=time)


def _opening(text: str) -> tuple[str, str] | None:
    """Return the time that a paragraph begins with, and the rest: `Trước ngày 15/4: …`, `Trong quý I, …`."""
    for rule in (_OPENING, _OPENING_COMMA):
        found = rule.match(text)
        if found and _STARTS_WITH_TIME.match(found[1]) and is_time(found[1]):
            return found[1].strip(), found[2].strip()
    return None


def _without_brackets(text: str) -> tuple[str, Bracketed | None]:
    """Return a text without the brackets that tell unit and time, where the last of them ends it."""
    if _BRACKETED.search(text) is None:
        return text, None
    told, left = list[Bracketed](), text
    for match in reversed(list(_BRACKETS.finditer(text))):
        inner = bracketed(match[1], is_time=_tells_time, is_unit=is_unit)
        if inner is None and not told:
            return text, None
        if inner is not None:
            told.insert(0, inner)
            left = left[: match.start()].rstrip() + left[match.end() :] if inner.whole else left
    leads, helps, times = ([*filter(None, said)] for said in zip(*map(_parts, told), strict=True))
    return left.strip(" .,;"), Bracketed(", ".join(leads), ", ".join(helps), "; ".join(times))


def _parts(told: Bracketed) -> tuple[str, str, str]:
    return told.lead, told.coordinating, told.time


def unit_heading(text: str, book: UnitBook) -> str | None:
    """Return the unit that a heading consists of: `a) Phòng Văn hóa - Xã hội:`."""
    shown = squeezed(text).strip(" *_")
    named = shown.rstrip(" :.").removeprefix("Trách nhiệm của ").removeprefix("Đối với ")
    if (
        not named
        or len(named) > 120
        or not _UNIT.match(named)
        or _VERB.search(f" {_after_known(named, book)}")
    ):
        return None
    return named if shown.endswith(":") or _all_known(named, book) else None


def _all_known(text: str, book: UnitBook) -> bool:
    """Say whether a text is a known unit (`Công an xã` too), or a list of units."""
    if book.known(text) or book.known(_PLACE.sub("", text)):
        return True
    names = [name.strip() for name in re.split(r"[,;]", text)]
    return len(names) > 1 and all(is_unit(name) and len(name) < 60 for name in names)


def _after_known(text: str, book: UnitBook) -> str:
    """Return the text after the known unit that it begins with."""
    words = [(match.end(), key(match[0])) for match in re.finditer(r"[^\W_]+|&", text)]
    said = [word or "va" for _, word in words]
    size = next((size for size, _ in book.matches(said, 0)), 0) if said else 0
    return text[words[size - 1][0] :] if size else text


def _timed(text: str) -> tuple[str, str]:
    """Return the text without its time, and the time."""
    parts, times, title = text.split(";"), list[str](), ""
    for at, part in enumerate(parts):
        found = _time_at(("," if at else "") + part)
        if found is None:
            title = title if times else ";".join(parts[: at + 1])
            continue
        head, said = found
        if not times:
            title = (
                ";".join([*parts[:at], head.removeprefix(",")]) if head.strip(" ,") else ";".join(parts[:at])
            )
        times.append(said)
    return (_DONE.sub("", title) if times else title).strip(), "; ".join(times)


def _time_at(part: str) -> tuple[str, str] | None:
    for rule in (_AFTER_COMMA, _ANYWHERE):
        for match in rule.finditer(part):
            start = match.start(1) if rule.groups else match.start()
            said = part[start:].strip(" .,;")
            if is_time(said):
                return _DONE.sub("", part[:start]), said
    return None


def is_unit(text: str) -> bool:
    """Say whether a text begins as the name of a unit or an office does."""
    return bool(_UNIT.match(text))


def is_time(text: str) -> bool:
    """Say whether a text holds a time that can be read."""
    return any(milestone.kind in _GOOD for milestone in read_time(text, year=2000)[0])


def _tells_time(text: str) -> bool:
    """Say whether a text in brackets is a time, not a name with a year: `Luật Đất đai 2024`."""
    return bool(_STARTS_WITH_TIME.match(text) or _ANYWHERE.search(text)) and is_time(text)


def _acting(text: str, book: UnitBook) -> Assignment | None:
    """Return who leads and who helps, and what is left as the work itself."""
    ordered = _ORDER.match(text)
    rest = text[ordered.end() :] if ordered else text
    unnamed = not ordered and _LEADS.match(rest)
    if unnamed and _HELPS.match(rest[unnamed.end() :]):
        named = 0  # `Chủ trì, phối hợp với …` below the unit's own heading
    else:
        named = _name(rest, book) or 0 if _UNIT.match(rest) else 0
        if not named:
            return None
    lead, rest = rest[:named], rest[named:]
    leads = _LEADS.match(rest)
    rest = rest[leads.end() :] if leads else rest
    helps = _HELPS.match(rest)
    coordinating = ""
    if helps:
        rest = rest[helps.end() :]
        size = _name(rest, book)
        coordinating, rest = (rest, "") if size is None else (rest[:size], rest[size:])
    title = "" if _TAIL.match(rest) else rest.strip(" ,")
    given = bool(ordered or leads or helps)
    return Assignment(title, lead.strip(" ,"), coordinating.strip(" ,"), ordered=given)


def _name(text: str, book: UnitBook) -> int | None:
    """Return where the names at the start of a text end: before the first verb."""
    skipped = len(text) - len(_after_known(text, book))
    verb = _VERB.search(text, skipped)
    if verb is None:
        return None
    return verb.start() if verb.start() > 1 else None
