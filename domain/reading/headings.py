"""What the words of a column's heading, or of a label in prose, stand for."""

from __future__ import annotations

import re
from functools import lru_cache

from domain.reading.normal import key, squeezed

LONGEST = 90
_WHO = r"(?:co quan|don vi|bo phan|to chuc|ca nhan|can bo|cong chuc|nguoi|thanh vien|dia phuong)"
# Of several that fit, the one whose words come first names the column.
_RULES: tuple[tuple[str, str], ...] = (
    ("coordinating", rf"(?:\b{_WHO}\W+)*\bphoi hop\b"),
    (
        "time",
        r"\b(?:thoi gian|thoi han|tien do|thoi diem|han (?:hoan thanh|xu ly|nop|chot|cuoi|thuc hien)|lo trinh"
        r"|ky han|moc|(?:ngay|quy|thang|nam) (?:hoan thanh|thuc hien|trinh|ban hanh|bao cao|den han|nop)"
        r"|deadline|thoi ky|du kien hoan thanh|bat dau|ket thuc|tu ngay|den ngay)\b"
        r"|^(?:ngay|thang|quy|han|hoan thanh)$",
    ),
    ("product", r"\b(?:san pham|ket qua|dau ra|minh chung|hinh thuc van ban)\b"),
    ("note", r"\b(?:cap|noi) (?:trinh|ban hanh)\b|\bco quan (?:ban hanh|phe duyet|kiem tra)\b"),
    ("leader", r"\b(?:lanh dao|nguoi chi dao|truc tiep chi dao|chi dao thuc hien)\b"),
    (
        "lead",
        r"\b(?:chu tri|dau moi|phu trach|phan cong|giao cho|duoc giao (?:chu tri|thuc hien)|trach nhiem"
        rf"|tham muu|soan thao|{_WHO}(?: \w+){{0,3}} (?:thuc hien|duoc giao|trien khai|trinh|bao cao)"
        rf"|to chuc thuc hien)\b|^(?:{_WHO}(?: |$))+$",
    ),
    ("number", r"^(?:s ?tt|tt|so tt|so thu tu|thu tu|ma(?: so)?(?: nhiem vu)?|ma nv|no|so)$"),
    ("money", r"\b(?:kinh phi|nguon luc|nguon von|du toan|thanh tien|don gia|ngan sach)\b"),
    ("measure", r"\b(?:don vi tinh|dvt|so luong|khoi luong)\b"),
    ("note", r"\b(?:ghi chu|luu y|can cu|tinh trang|trang thai)\b"),
    ("field", r"^(?:linh vuc|nhom nhiem vu|nhom)$"),
    ("content", r"\b(?:noi dung|nhiem vu|cong viec|hoat dong|dau viec|phan viec|viec)\b"),
    (
        "subject",
        r"\b(?:chi tieu|giai phap|muc tieu|de an|chuong trinh|tieu chi|ten|danh muc|van ban|bao cao)\b",
    ),
)
_COMPILED = tuple((name, re.compile(rule)) for name, rule in _RULES)
_LEADS = re.compile(r"\b(?:chu tri|thuc hien|tham muu|phu trach|dau moi)\b.*\bphoi hop\b")
_FOOTNOTE = re.compile(r"(?:\s*[(\[]?\d{1,2}[)\]]?|\s*[*¹²³⁴])+$")
_SENTENCE = re.compile(r":\s*[^\s(]|;\s.*:|\([^)]*:\s*$")  # a label with its text is no heading
_PARTS = re.compile(r"[,/;&\n]|\bvà\b")
_WORDS = (
    "nội dung|nhiệm vụ|công việc|cơ quan|đơn vị|chủ trì|phối hợp|thời gian|thời hạn|tiến độ|hoàn thành"
    "|thực hiện|sản phẩm|kết quả|ghi chú"
)
_APART = {key(word).replace(" ", ""): key(word) for word in _WORDS.split("|")}
_GLUED = re.compile("|".join(_APART))  # recognition of a scan loses spaces
_MONTH = re.compile(r"(?:t|thang)? ?0?(1[0-2]|[1-9])")
_QUARTER = re.compile(r"(?:q|quy) ?(iv|i{1,3}|[1-4])")
_QUARTERS = {"1": "I", "2": "II", "3": "III", "4": "IV"}
_ABOUT = re.compile(
    r"^(?:(?:về|thời gian|thời hạn|thời điểm|tiến độ|mốc|hạn|ngày|lộ trình|dự kiến)(?!\w)|\W)+", re.IGNORECASE
)


@lru_cache(maxsize=512)
def heading(cell: str) -> str | None:
    """Return the kind of column that a header's words name, or None.

    Words like `tên` and `danh mục` are weak: in `tên cơ quan chủ trì` another word says what the
    column holds. `shared` holds lead and coordinating units together.
    """
    said = " ".join(_GLUED.sub(lambda word: f" {_APART[word[0]]} ", _said(cell)).split())
    if not said:
        return None
    if _LEADS.search(said):
        return "shared"
    found = [(match.start(), at) for at, (_, rule) in enumerate(_COMPILED) if (match := rule.search(said))]
    names = [_COMPILED[at][0] for _, at in sorted(found)]
    if names and names[0] == "subject":
        return next((name for name in names if name != "subject"), "subject")
    return names[0] if names else None


def _said(cell: str) -> str:
    if len(cell) > 3 * LONGEST or _SENTENCE.search(cell):
        return ""
    said = key(_FOOTNOTE.sub("", cell))
    return said if len(said) <= LONGEST else ""


@lru_cache(maxsize=512)
def holds_time_and_product(cell: str) -> bool:
    """Say whether one column holds both: `Sản phẩm, thời gian hoàn thành`."""
    if len(cell) > LONGEST:
        return False
    return {"time", "product"} <= {heading(part) for part in _PARTS.split(cell)}


def period(cell: str) -> str | None:
    """Return the month or quarter that a narrow column stands for: `Tháng 3`, `T3`, `3`, `Quý I`."""
    said = key(cell)
    month = _MONTH.fullmatch(said)
    if month:
        return f"tháng {int(month[1])}"
    quarter = _QUARTER.fullmatch(said)
    return f"Quý {_QUARTERS.get(quarter[1], quarter[1].upper())}" if quarter else None


def aspect(cell: str) -> str:
    """Return what a column of times is about: `Thời hạn báo cáo` gives `báo cáo`."""
    shown = squeezed(_FOOTNOTE.sub("", cell))
    rest = _ABOUT.sub("", shown)
    return rest[:1].lower() + rest[1:]
