"""What people are told of a Zalo grant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from notifications.zalo.oauth import DEAD
from services.zalo_grants import Step, Turn

OTHER_ACCOUNT = "other-oa"
NO_ANSWER = "no-answer"
NOT_SENT = "not-sent"
PERMISSIONS = "gửi tin nhắn, gửi tin vào nhóm, gửi tin mẫu ZBS, quản lý người quan tâm"

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
    text = text.removeprefix(f"{code} · ")
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


def last_answer(answer: str | None) -> str:
    """Say in Vietnamese what the last answer was."""
    code, _, text = (answer or "").partition(": ")
    return "thành công" if code == "granted" else meaning(code, text) if code else "—"


def state_words(*, given: bool, troubled: bool) -> str:
    """Say how a grant is."""
    if not given:
        return "chưa cấp quyền"
    return "cần quản trị xử lý" if troubled else "đang hiệu lực"


def turn_words(turn: Turn) -> str:
    """Say what one turn with a grant came to, and what to do where it failed."""
    reason = meaning(turn.code or "", turn.why or "")
    return {
        Step.GRANTED: "Zalo đã cấp mã mới; quyền gửi tin đang hiệu lực.",
        Step.KEPT: "Không cần làm gì thêm: mã đã dùng rồi hoặc quyền còn hiệu lực lâu. Xem: cchc zalo status",
        Step.REFUSED: f"Zalo từ chối: {reason}. Quyền đang có vẫn giữ nguyên.",
        Step.NOT_SENT: "Không kết nối được với Zalo, chưa có gì được gửi đi. Hãy kiểm tra mạng rồi làm lại.",
        Step.NO_ANSWER: "Zalo không trả lời nên chưa rõ kết quả. Với quyền đang có, chương trình tự hỏi lại"
        " một lần; nếu đang cấp quyền, hãy mở lại liên kết cấp quyền của Zalo.",
        Step.LATER: "Một lượt khác đang làm hoặc vừa làm xong. Hãy thử lại sau vài phút.",
        Step.NEEDS_CONSENT: f"Quyền gửi tin đã mất: {reason}. {_HOW}.",
        Step.UNSET: "Chưa cấp quyền gửi tin qua Zalo OA. Xem cách làm: cchc zalo consent",
    }[turn.step]


def consent_words(turn: Turn, *, done: bool) -> str:
    """Say to whom Zalo sent back what the consent came to; nothing here is for insiders only."""
    if done:
        return "Chương trình gửi được tin qua Zalo OA từ bây giờ. Có thể đóng trang này."
    reason = meaning(turn.code or "", turn.why or "")
    again = "Đề nghị mở lại liên kết cấp quyền của Zalo."
    return {
        Step.REFUSED: f"Zalo từ chối: {reason}. {again}",
        Step.NOT_SENT: "Máy chủ không kết nối được với Zalo. Đề nghị tải lại trang này sau ít phút.",
        Step.NO_ANSWER: f"Zalo không trả lời nên chưa rõ kết quả. {again}",
        Step.LATER: "Máy chủ đang bận làm mới quyền. Đề nghị tải lại trang này sau ít phút.",
    }.get(turn.step, f"Mã này đã được dùng mà quyền chưa có hiệu lực. {again}")
