"""The words that begin a unit's name, and how a name that no book knows is judged."""

from __future__ import annotations

import re

from domain.reading.normal import fold, key, level

# Not these: “sở hữu”, “phòng, chống”, “tổ chức”, “hội nghị”, “báo cáo”, “trường hợp”, “ban hành” …
_OFFICES = (
    r"bộ(?!\s+(?:máy|thủ tục|luật|tiêu chí|chỉ số|công cụ|môn))|sở(?!\s+(?:hữu|thích|dĩ))|"
    r"(?:tổng |chi )?cục|"
    r"ban(?!\s+(?:hành\b|đầu|bố))|phòng(?!\s*,?\s*(?:chống|ngừa|vệ|cháy|bệnh|thủ|họp))|p\.(?=\s*\w)|"
    r"văn phòng|vp(?=\s\w)|"
    r"trung tâm|tt(?=\s\w)|vụ(?!\s+(?:việc|án|mùa))|(?:học )?viện|trường(?!\s+hợp)|trạm|đài|"
    r"báo(?!\s+(?:cáo|chí|động|hiệu|danh))|cổng thông tin|tạp chí|thanh tra|kiểm toán|kho bạc|ngân hàng|"
    r"bảo hiểm|"
    r"thuế|hải quan|t[oò][aà] án|viện kiểm sát|chi nhánh|bưu điện|bưu chính|bệnh viện|thư viện|bảo tàng|"
    r"nhà (?:văn hóa|văn hoá|thiếu nhi|xuất bản)|hạt kiểm lâm|đội|bộ phận|tổng công ty|công ty|tập đoàn|quỹ|"
    r"bộ chỉ huy|bchqs|bch|chqs|quân sự|bộ đội|biên phòng|công an|bql|bqlda|ttpvhcc|ttytế|"
    r"ubnd|ub|hđnd|ủy ban|uỷ ban|hội đồng|đoàn đbqh|đoàn đại biểu|chính phủ|quốc hội|văn thư|"
    r"hội(?!\s+(?:nghị|nhập|họp|thảo|trường|chợ|viên|phí))|đoàn(?!\s+(?:thể|kết|viên|kiểm|công tác))|"
    r"liên đoàn|liên minh|công đoàn|mặt trận|mttq|ubmttq|ubmttqvn|tổ(?!\s+(?:chức|quốc|trưởng|hợp))|"
    r"đảng ủy|đảng uỷ|đảng bộ|tỉnh ủy|tỉnh uỷ|thành ủy|thành uỷ|chi bộ|ubkt|thường trực|hợp tác xã"
)
_PEOPLE = (
    r"(?:các )?(?:đồng chí|đ/c)|(?:phó )?chủ tịch|(?:phó )?bí thư|(?:phó )?giám đốc|(?:phó )?trưởng|chánh|"
    r"thủ trưởng|lãnh đạo|(?:phó )?hiệu trưởng|cán bộ|công chức|viên chức|người đứng đầu|bí thư"
)
_BODIES = r"tổ chức chính trị|cơ quan|đơn vị|doanh nghiệp|ban ngành"
_BEGIN = re.compile(rf"(?:{_OFFICES}|{_PEOPLE})(?!\w)")
_BODY = re.compile(rf"(?:{_BODIES})(?!\w)")
_ROLE = re.compile(
    r"\s+(?:là\s+)?(?:cơ quan\s+)?(?:chủ trì|phối hợp|đầu mối|tham mưu)(?:\s+thực hiện)?$", re.IGNORECASE
)
_ALL = re.compile(r"(?:các|tất cả|toàn thể|mọi|từng|toàn bộ)\s+(?=\w)")
# What lists after “các” are made of: “các sở, ban, ngành”, “các xã, phường, đặc khu”.
_KINDS = (
    r"sở|ban|ngành|phòng|bộ|cục|vụ|viện|cơ quan(?: ngang bộ)?|đơn vị|địa phương|đoàn thể|hội|tổ chức|đảng ủy|"
    r"mặt trận|trung tâm|trường(?: học)?|trạm|cá nhân|doanh nghiệp|lực lượng|chi cục|văn phòng|công ty|tổ"
)
_PLACES = (
    r"xã|phường|đặc khu|thị trấn|thôn|bản|buôn|làng|ấp|khóm|khu phố|khu dân cư|tổ dân phố|huyện|quận|thị xã|"
    r"thành phố|tỉnh|cấp xã|cấp huyện|cấp tỉnh"
)
_WITH = (
    r"(?:\s+(?:chuyên môn|sự nghiệp|công lập|trực thuộc|thuộc|liên quan|có liên quan|của|trên địa bàn|ở|tại|"
    r"khác|chức năng|hành chính|nhà nước|cấp|ủy ban nhân dân|ubnd|" + _PLACES + r"))*"
)
_LISTED = re.compile(rf"(?:các\s+)?(?:{_KINDS}|{_PLACES}){_WITH}\s*(?=$|[,;./()\n–-]|và\b|&)")
_PLACE_LIST = re.compile(rf"(?:các\s+)?(?:{_PLACES})\b")
_SHARED_OFFICE = re.compile(
    r"^(?:văn phòng|vp|thường trực|lãnh đạo|(?:phó )?chủ tịch)\b"
    r".*(?:hđnd|đbqh|quốc hội|nhân dân|đoàn|ubnd)$"
)
_COMMITTEES = re.compile(r"(?:hđnd|ubnd|hội đồng nhân dân|ủy ban nhân dân|uỷ ban nhân dân|đoàn đbqh)(?!\w)")
_MANY = re.compile(
    r"^(?:cac|tat ca|toan the|toan bo|moi|tung)\b|"
    r"^(?:(?:chu tich|thu truong|lanh dao|nguoi dung dau)\s+)?(?:ubnd|uy ban nhan dan|hdnd|hoi dong nhan dan|"
    r"cong an|dang uy|co quan|don vi|thu truong|nguoi dung dau|lanh dao|chu tich|truong|"
    r"giam doc|hieu truong|can bo|cong chuc)\s+(?:o\s+)?"
    r"(?:cac|cap xa|cap huyen|moi|tung|tat ca)\b|"
    r"^ubnd (?:xa|phuong|cap|huyen|quan)\s*[,/]|"
    r"^(?:bo|so|phong|ban|co quan|don vi|xa|phuong|huyen)\s*,\s*(?:ban|nganh|don vi|phuong|xa|dia phuong)\b"
)
_OF_ABOVE = re.compile(
    r"^(?:bo(?! phan)|so|cuc|vu|tong cuc|chi cuc|chinh phu|quoc hoi|tinh uy|thanh uy|van phong chinh phu|"
    r"thanh tra chinh phu|kho bac|ngan hang|bao hiem|hai quan|toa an|vien kiem sat|dai phat|hoc vien|thue)\b|"
    r"\b(?:tinh|thanh pho|trung uong|khu vuc|quoc gia|cap tinh|cap huyen)\b"
)
_SAID = re.compile(
    r"\b(?:thực hiện|triển khai|báo cáo|tham mưu|theo|khi|trước|sau|ngày|tháng|năm|quý|chủ trì|phối hợp|"
    r"hoàn thành|thường xuyên|nhiệm vụ|nội dung|được giao|do|gồm|bao gồm)\b"
)
# Kinds of units, not units, when nothing follows.
_ALONE = re.compile(
    rf"(?:{_KINDS}|bộ phận|ủy ban|uỷ ban|ub|hội đồng|chi nhánh|quỹ|đội|đoàn|báo|đài|tt|vp|p\.|đồng chí|"
    r"đ/c|trưởng)"
)
_WORDS_AT_MOST = 16


def begins_unit(text: str, lowered: str, at: int, *, listed: bool, small: bool) -> bool:
    """Say whether a unit's name may begin at `at`, where a separator stands before it.

    `listed` says that what stands before is a list like “các sở, ban”, `small` that the cell
    writes names without capitals.
    """
    everyone = _ALL.match(lowered, at)
    bare = _LISTED.match(lowered, at) is not None
    if everyone is not None:
        return not (_PLACE_LIST.match(lowered, everyone.end()) or (listed and bare))
    if (listed and bare) or not (text[at].isupper() or small):
        return False
    return _BEGIN.match(lowered, at) is not None and not (small and bare)


def goes_on_listing(lowered: str, at: int) -> bool:
    """Say whether a list after “các” goes on at `at`: “các phòng, ban” there with “ngành, đoàn thể”."""
    return _LISTED.match(lowered, at) is not None and _ALL.match(lowered, at) is None


def called(written: str) -> str:
    """Return the name of an unknown unit: without its part in the work, and with a capital."""
    name = _ROLE.sub("", written)
    lowered = level(name)
    if _ALL.match(lowered) or _BEGIN.match(lowered):
        return name[:1].upper() + name[1:]
    return name


def same_office(before: str, lowered: str, at: int) -> bool:
    """Say whether a committee at `at` belongs to the office before: “Văn phòng HĐND và UBND”."""
    return _COMMITTEES.match(lowered, at) is not None and _SHARED_OFFICE.match(before) is not None


def names_many(name: str) -> bool:
    """Say whether a name stands for several units: “Các sở, ban, ngành”, “UBND các xã, phường”."""
    return _MANY.match(fold(name)) is not None


def well_formed(name: str) -> bool:
    """Say whether an unknown name is built like a unit's name, without words of work or time."""
    lowered = level(name)
    if not name[:1].isupper() or len(name.split()) > _WORDS_AT_MOST or _SAID.search(lowered):
        return False
    begins = _BEGIN.match(lowered) or _BODY.match(lowered)
    return begins is not None and _ALONE.fullmatch(lowered) is None


def of_above(name: str) -> bool:
    """Say whether a name is that of an authority above wards: a ministry, a provincial department."""
    return _OF_ABOVE.search(key(name)) is not None
