"""What people are told about contacts: which can't be used now, and how a one-time code is sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from config.settings import Settings
from domain.words import CHANNELS
from models import contacts as models
from services.binding import MadeCode
from services.channels import allowed

ROLES = {"officer": "cán bộ", "head": "người đứng đầu"}
EMAIL = "email"  # what is formal has no other way, so it is never left out
_BY_BOT = "zalo-bot"


def channel_warnings(connection: Connection, settings: Settings, channels: Collection[str]) -> list[str]:
    """Say by which of these channels nothing leaves now, and what becomes of the messages meanwhile."""
    possible, said = allowed(settings), []
    for channel in sorted(channels):
        name = CHANNELS[channel]
        if channel not in possible:
            said.append(
                f"Kênh {name} chưa được thiết lập trên máy chủ: thông báo đi theo địa chỉ kế tiếp "
                "của đơn vị. Đề nghị báo quản trị."
            )
        elif channel != EMAIL and models.is_held(connection, channel):
            said.append(f"Kênh {name} đang tạm giữ: thông báo đi theo địa chỉ kế tiếp cho đến khi mở lại.")
    return said


def code_steps(made: MadeCode) -> Sequence[str]:
    """Say what the officer does with a code."""
    if made.channel == _BY_BOT:
        return (
            "Mở Zalo, tìm tên bot của phường, mở khung trò chuyện với bot.",
            f"Gửi đúng dòng chữ: {made.code}",
        )
    return (
        "Mở Zalo, tìm Zalo OA của phường, bấm “Quan tâm”.",
        f"Nhắn cho OA đúng dòng chữ: {made.code}",
    )


def code_warnings(settings: Settings, channel: str) -> list[str]:
    """Say why a code that is sent would not be heard, or late."""
    if channel == _BY_BOT:
        if settings.zalo_bot_token is None:
            return ["Chưa thiết lập Zalo Bot (CCHC_ZALO_BOT_TOKEN): chương trình chưa nhận được mã."]
        if settings.zalo_bot_secret is None:
            return ["Mã được nhận ở lượt kiểm tra mỗi giờ; muốn nhận ngay, quản trị chạy: cchc zalo updates"]
    elif settings.zalo_oa_secret is None or not settings.zalo_app_id:
        return [
            "Chưa thiết lập webhook của Zalo OA (CCHC_ZALO_APP_ID, CCHC_ZALO_OA_SECRET): chương trình "
            "chưa nhận được mã."
        ]
    return []


def muted_words(why: str | None) -> str:
    """Say that nothing is sent to a contact, and why."""
    return f"tạm dừng: {why or 'không rõ lý do'}"
