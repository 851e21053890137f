"""Read who issued a document: from the line above its grounds, from its appendix, from its letterhead."""

from __future__ import annotations

import re

from domain.reading.casing import cased, is_capitals
from domain.reading.normal import fold, squeezed

_ENCLOSED = re.compile(r"[Kk]èm theo[^()]{0,200}?\bcủa\s+([^()]{5,160}?)\s*\)", re.DOTALL)
_NATION = re.compile(r"cong hoa xa hoi|doc lap|dang cong san|tu do|^\W*$|ngay .*thang|^v/v\b|mau so")
_PLACE = re.compile(
    r"(?:TỈNH|THÀNH PHỐ|TP\.?|PHƯỜNG|XÃ|HUYỆN|QUẬN|ĐẶC KHU|THỊ XÃ|THỊ TRẤN)\s+\S", re.IGNORECASE
)
_NAMED = re.compile(r"\b(?:tỉnh|thành phố|tp\.?|phường|xã|huyện|quận|đặc khu|thị xã)\s+[A-ZĐÀ-Ỹ]\w*")
_LEADER = re.compile(
    r"\W*(?:(?:CHỦ TỊCH|BỘ TRƯỞNG|GIÁM ĐỐC|THỦ TƯỚNG|TỔNG GIÁM ĐỐC|CỤC TRƯỞNG|TỔNG CỤC TRƯỞNG|CHI CỤC TRƯỞNG"
    r"|HIỆU TRƯỞNG|TRƯỞNG BAN|TRƯỞNG PHÒNG|CHÁNH VĂN PHÒNG|CHÁNH THANH TRA|VIỆN TRƯỞNG|THỐNG ĐỐC"
    r"|TỔNG THANH TRA|BAN THƯỜNG VỤ|BAN CHẤP HÀNH|THƯỜNG TRỰC)\b"
    r"|(?:ỦY BAN|UỶ BAN|HỘI ĐỒNG|CHÍNH PHỦ|ĐẢNG ỦY|UBND|HĐND|BAN CHỈ ĐẠO|SỞ|BỘ)\b)"
)
_ORGAN = re.compile(
    r"\W*(?:ubnd|hdnd|uy ban|hoi dong|so|bo|cuc|vu|tong cuc|chi cuc|truong|trung tam|phong|dang uy|dang bo"
    r"|thanh uy|tinh uy|hoi|ban|van phong|cong an|chinh phu|vien|hoc vien|benh vien|doan|lien doan|mat tran"
    r"|kho bac|thue|thanh tra|bao hiem|ngan hang|tong cong ty|cong ty|to)\b"
)
_AFTER_TITLE = re.compile(
    r"(?<=\w)(?<!của)(?<!do)\s+(?:[-_–=*.…]{2,}.*|\((?:có|kèm|ban hành|đính)[^()]*\).*"
    r"|tổng số\s*:?\s+\d+\s+nhiệm vụ.*"
    r"|(?:UBND|Ủy ban nhân dân|Uỷ ban nhân dân|Sở|Phòng|Trường|Trung tâm)\s[^.:]{0,80}"
    r"\b(?:ban hành|xây dựng)\s[^.]*:"
    r"|ngày\s+\d{1,2}/\d{1,2}(?:/\d{4})?,\s.*)$",
    re.IGNORECASE,
)
_GROWS = ("CỦA", "VÀ", "VỀ", "CHO", "TẠI", "DO", "TRÊN", ",", "THUỘC", "VỚI")


def is_authority(line: str, before: str = "") -> bool:
    """Say whether a line in capitals names who decides; one that goes on with a title doesn't."""
    shown = squeezed(line).strip(" *_:")
    if not is_capitals(shown) or not _LEADER.match(shown) or len(shown) > 130:
        return False
    return not squeezed(before).upper().endswith(_GROWS) and not re.search(r"\bNĂM\s+\d{4}", shown)


def parts_capitals(above: str, line: str) -> bool:
    """Say whether a line in capitals begins something new below another: a kind, a body, who decides."""
    if is_kind(above) or is_kind(line):
        return True
    begins = bool(_LEADER.match(line) or _ORGAN.match(fold(line)))
    return begins and not squeezed(above).upper().endswith(_GROWS)


def issuer_in(lines: list[str], text: str, number: str) -> str:
    """Return who issued the document; `lines` are those above its grounds."""
    enclosed = _enclosed(text, number)
    if enclosed and _NAMED.search(enclosed):
        return enclosed
    above = [line for at, line in enumerate(lines) if at and is_authority(line, lines[at - 1])]
    decided = next((line for line in above if _after_title(lines, line)), "")
    if decided:
        return cased(squeezed(decided).strip(" *_:"), text)
    return cased(_of_letterhead(lines), text) or enclosed


def own_title(text: str) -> str:
    """Return a title without what only follows it: a rule, `(Có phụ lục kèm theo)`, the opening sentence."""
    return _AFTER_TITLE.sub("", text).strip()


def _enclosed(text: str, number: str) -> str:
    """Return the issuer in `(Kèm theo Quyết định số … của …)`, where that is this document."""
    for found in _ENCLOSED.finditer(text):
        cited = re.sub(r"\s+", "", found[0])
        if number and "số" in cited and number.replace(" ", "") not in cited and re.search(r"số:?\d", cited):
            continue
        return squeezed(found[1]).strip(" *_.")
    return ""


def _after_title(lines: list[str], line: str) -> bool:
    kinds = [
        at
        for at, other in enumerate(lines)
        if re.fullmatch(r"\W*(?:QUYẾT ĐỊNH|NGHỊ QUYẾT|CHỈ THỊ)\W*", other)
    ]
    return bool(kinds) and lines.index(line) > kinds[0]


def _of_letterhead(lines: list[str]) -> str:
    """Return the lower of the bodies in the letterhead; an upper one is whom it belongs to."""
    bodies: list[str] = []
    for line in lines[:14]:
        parts = [
            part.strip(" *_-–#")
            for part in re.split(r"\t+|\s{3,}|(?<=\w)\s+(?=CỘNG (?:HÒA|HOÀ) XÃ HỘI)", line)
        ]
        said = [part for part in parts if part and not _NATION.search(fold(part))]
        if re.search(r"(?:^|\t|\s{2,})\W*Số\s*:?\s*[\d./…]", line) or is_kind(line) or _APPENDIX.match(line):
            break
        if not said or len(said[0]) > 90 or not any(char.isalpha() for char in said[0]):
            continue
        _join(bodies, squeezed(said[0]))
    if not bodies:
        return ""
    own = bodies[-1]
    upper = bodies[-2] if len(bodies) > 1 else ""
    place = _PLACE.search(upper)
    if (
        place
        and re.match(r"\W*(?:SỞ|BAN|VĂN PHÒNG|PHÒNG|THANH TRA)\b", own.upper())
        and not _PLACE.search(own)
    ):
        return f"{own} {upper[place.start() :]}"
    return own


def _join(bodies: list[str], part: str) -> None:
    """Add a line of the letterhead: a body of its own, or the rest of the name above."""
    begins = bool(_ORGAN.match(fold(part)))
    if bodies and (_PLACE.match(part) or not begins) and not _PLACE.search(bodies[-1]):
        bodies[-1] = f"{bodies[-1]} {part}"
    elif begins or (not bodies and _LEADER.match(part)):
        bodies.append(part)


_APPENDIX = re.compile(r"\W*(?:PHỤ LỤC|Phụ lục|BIỂU|DANH MỤC)\b")
KINDS = (
    "QUYẾT ĐỊNH|KẾ HOẠCH|CHƯƠNG TRÌNH HÀNH ĐỘNG|CHƯƠNG TRÌNH CÔNG TÁC|CHƯƠNG TRÌNH|ĐỀ ÁN|CHỈ THỊ|THÔNG BÁO"
    "|NGHỊ QUYẾT|PHƯƠNG ÁN|HƯỚNG DẪN|KẾT LUẬN|CÔNG ĐIỆN|DANH MỤC|TỜ TRÌNH"
)
_KIND = re.compile(rf"\W*(?:{KINDS})\W*")


def is_kind(line: str) -> bool:
    """Say whether a line is the kind of document alone: QUYẾT ĐỊNH."""
    return bool(_KIND.fullmatch(line)) and not line.rstrip(" *").endswith(":")
