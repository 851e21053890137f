"""What people are told of states, once for pages and commands alike."""

from __future__ import annotations

TASK_KINDS = {
    "scheduled": "có thời hạn",
    "recurring": "định kỳ",
    "ongoing": "thường xuyên",
    "event": "khi có sự kiện",
    "unspecified": "chưa ghi thời hạn cụ thể",
}
STAGE_STATES = {
    "waiting": "chưa đến lượt",
    "open": "đang thực hiện",
    "submitted": "đã nộp, chờ nghiệm thu",
    "returned": "bị trả lại",
    "accepted": "đã nghiệm thu",
}
MESSAGE_STATES = {
    "pending": "chờ gửi",
    "sending": "đang gửi",
    "sent": "đã gửi",
    "retry": "sẽ gửi lại",
    "failed": "không gửi được",
    "unknown": "chưa rõ đã tới",
    "dropped": "không còn cần gửi",
}
CHANNELS = {
    "email": "thư điện tử",
    "zalo-group": "nhóm Zalo",
    "zalo-user": "Zalo cá nhân",
    "zalo-uid": "mẫu tin Zalo",
    "phone": "mẫu tin Zalo theo số điện thoại",
    "zalo-bot": "Zalo Bot",
}
REASONS = {
    "opened": "mở kỳ thực hiện",
    "event": "có văn bản, sự kiện mới",
    "submitted": "có kết quả chờ nghiệm thu",
    "accepted": "kết quả được nghiệm thu",
    "returned": "kết quả bị trả lại",
    "reminder": "nhắc thời hạn",
    "escalation": "đôn đốc, báo cáo cấp trên",
    "waiting": "kết quả đang chờ nghiệm thu",
    "moved": "thời hạn thay đổi",
    "cancelled": "dừng thực hiện",
    "extension-asked": "đề nghị gia hạn chờ quyết định",
    "extension-decided": "kết quả đề nghị gia hạn",
    "bulletin": "bản tin tuần cho lãnh đạo",
    "undelivered": "báo có thông báo không gửi được",
    "password": "đặt mật khẩu đăng nhập",
    "alarm": "báo sự cố kênh gửi cho quản trị",
    "checkpoint": "điểm chốt nhật ký gửi ra ngoài",
}
PLAN_STATES = {"draft": "bản nháp", "active": "đang thực hiện", "closed": "đã đóng"}
SEVERITIES = {"blocking": "phải xử lý", "check": "cần xem lại", "info": "để biết"}
VERDICTS = {
    "confirmed": "đúng như đã đọc",
    "corrected": "đã sửa",
    "dismissed": "không phải vấn đề",
    "settled": "đã xử lý",
    "reopened": "mở lại",
}
PARTS = {
    "database": "Cơ sở dữ liệu",
    "web": "Trang web",
    "prefect": "Prefect (lập lịch)",
    "worker": "Bộ chạy quy trình",
    "dispatcher": "Bộ gửi thư",
}
PART_STATES = {"running": "đang chạy", "starting": "đang khởi động", "down": "đang ngừng"}


def in_brief(answer: str | None) -> str:
    """Leave out of a provider's answer the data that only a program reads; all of it is kept as evidence."""
    return (answer or "").partition(": {")[0]


def place(table: int | None, row: int | None, page: int | None) -> str:
    """Say where something stands in a document: `bảng 1, dòng 12, trang 3`; empty where that is not known."""
    named = (("bảng", table), ("dòng", row), ("trang", page))
    return ", ".join(f"{what} {number}" for what, number in named if number)
