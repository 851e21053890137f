"""What people are told of a Zalo grant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from notifications.zalo.oauth import DEAD

OTHER_ACCOUNT = "other-oa"
NO_ANSWER = "no-answer"
NOT_SENT = "not-sent"

_MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        DEAD: "mã làm mới đã được dùng hoặc đã hết hạn",
        NO_ANSWER: "Zalo hai lần không trả lời nên không rõ mã làm mới còn dùng được không",
        NOT_SENT: "không kết nối được với Zalo",
        OTHER_ACCOUNT: "người cấp quyền đã chọn một OA khác với CCHC_ZALO_OA_ID",
        "-14002": "ứng dụng chưa được kích hoạt trên trang của Zalo",
        "-14003": "địa chỉ nhận kết quả (callback) khác với địa chỉ khai báo trên trang của Zalo",
        "-14004": "khoá bí mật của ứng dụng (CCHC_ZALO_APP_SECRET) không đúng",
        "429": "Zalo báo gọi quá nhiều lần",
    }
)
_HOW = "Đề nghị quản trị mở trang “Zalo” trên máy chủ hoặc chạy lệnh “cchc zalo consent” để cấp quyền lại"


def meaning(code: str, text: str = "") -> str:
    """Say in Vietnamese what a code means; an unknown one goes with what Zalo said."""
    return _MEANINGS.get(code, f"Zalo báo mã {code}" + (f" ({text})" if text else ""))


def said(code: str, text: str) -> str:
    """Return what is kept of an answer: the code, and the words that came with it."""
    return f"{code}: {text}"


def lost_note(oa_id: str, code: str, until: datetime | None) -> str:
    """Say that a grant is lost, how long messages still leave, and what to do."""
    still = f"còn gửi được đến {until:%H:%M ngày %d/%m/%Y}" if until else "không còn gửi được"
    return f"Quyền gửi tin qua Zalo OA {oa_id} đã mất: {meaning(code)}. Tin qua Zalo {still}. {_HOW}."


def refused_note(oa_id: str, code: str, text: str) -> str:
    """Say that Zalo refuses to renew a grant, and what to do."""
    return (
        f"Zalo từ chối làm mới quyền gửi tin của OA {oa_id}: {meaning(code, text)}. Chương trình thử lại mỗi"
        " giờ. Đề nghị quản trị kiểm tra ứng dụng trên trang của Zalo và các thiết lập CCHC_ZALO_…"
    )
