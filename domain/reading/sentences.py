"""Read an assignment out of a sentence: who does what by when."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from domain.reading.normal import key, squeezed
from domain.reading.times import read_time
from domain.reading.units import UnitBook

_GOOD = {"deadline", "period", "open", "recurring", "ongoing", "event"}
_BRACKETED = re.compile(r"\s*\(([^()]{3,160})\)\s*[.;,/]*\s*$")
_BEFORE = (
    r"(?:trước|chậm nhất|muộn nhất|đến hết|hết|xong trước|không quá)\s+(?:là\s+)?(?:ngày\s+)?"
    r"(?:\d|quý|tháng|năm\s+\d|cuối)"
)
_WITHIN = r"(?:trong|vào)\s+(?:quý|tháng\s+\d|năm\s+\d|tuần|vòng\s+\d|thời hạn\s+\d|\d+\s+ngày)"
_FROM = r"từ\s+(?:ngày|tháng|quý)\s+\w+"
_RHYTHM = r"(?:định kỳ|hằng|hàng|mỗi)\s+(?:ngày|tuần|tháng|quý|năm|kỳ|6 tháng|02 tuần)|thường xuyên"
_ANYWHERE = re.compile(rf"\b(?:{_BEFORE}|{_WITHIN}|{_FROM})", re.IGNORECASE)
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
    r"^[\s,]*(?:chịu trách nhiệm\s+)?(?:là\s+(?:cơ quan\s+|đơn vị\s+)?|làm\s+)?(?:chủ trì|đầu mối)\b[\s,]*"
)
_HELPS = re.compile(r"^[\s,]*(?:và\s+)?phối hợp(?:\s+(?:chặt chẽ\s+)?(?:với|cùng))*\s+")
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
    """Return the assignment in a paragraph: its time at the end or in brackets, its units as they act."""
    shown = squeezed(text).rstrip(" ./;")
    bracketed = _BRACKETED.search(shown)
    if bracketed:
        inner = _in_brackets(bracketed[1], book)
        if inner.lead:
            title, time = _timed(shown[: bracketed.start()].strip())
            return replace(inner, title=title, time=inner.time or time)
    body, time = _timed(shown)
    whole = _acting(body, book)
    if whole is not None:
        return replace(whole, title=whole.title or body, time=time)
    first, _, second = body.rpartition(". ")
    acting = _acting(second, book) if first else None
    if acting is not None:
        return replace(acting, title=first.strip(), time=time)
    return Assignment(body, time=time)


def _in_brackets(text: str, book: UnitBook) -> Assignment:
    """Return what brackets behind a task say: `(Phòng A chủ trì, trước 31/3)`, `(Phòng A; Quý I)`."""
    if "chủ trì" in text:
        return replace(assignment_in(text, book), ordered=True)
    names, _, rest = text.partition(";") if ";" in text else text.partition(",")
    if is_unit(names) and is_time(rest) and not is_time(names):
        return Assignment("", names.strip(), time=rest.strip(), ordered=True)
    return Assignment("")


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
    return named if shown.endswith(":") or book.known(named) else None


def _after_known(text: str, book: UnitBook) -> str:
    """Return the text after the known unit that it begins with."""
    words = [(match.end(), key(match[0])) for match in re.finditer(r"[^\W_]+|&", text)]
    said = [word or "va" for _, word in words]
    size = next((size for size, _ in book.matches(said, 0)), 0) if said else 0
    return text[words[size - 1][0] :] if size else text


def _timed(text: str) -> tuple[str, str]:
    """Return the text without its time, and the time."""
    bracketed = _BRACKETED.search(text)
    if bracketed and is_time(bracketed[1]):
        return text[: bracketed.start()].strip(), bracketed[1].strip()
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
    return _DONE.sub("", title).strip(), "; ".join(times)


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


def _acting(text: str, book: UnitBook) -> Assignment | None:
    """Return who leads and who helps, and what is left as the work itself."""
    ordered = _ORDER.match(text)
    rest = text[ordered.end() :] if ordered else text
    if not _UNIT.match(rest):
        return None
    named = _name(rest, book)
    if named is None:
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
