"""The facts of one event of the log by Vietnamese names; the very text stands beside them."""

from __future__ import annotations

import json
from typing import Any

from domain.people import ROLE_NAMES
from domain.plans import STAGE_NAMES

# Numbers are those of rows: the log holds no names of people.
NAMES = {
    "account": "Tài khoản số",
    "answer": "Trả lời",
    "assumed": "Bước có hạn tạm tính",
    "attempt": "Lần nộp",
    "carried": "Kỳ chuyển sang",
    "channel": "Kênh",
    "doc_date": "Ngày văn bản",
    "doc_number": "Số văn bản",
    "document": "Mã băm tệp",
    "documents": "Mã băm các tệp",
    "due_on": "Thời hạn",
    "dues": "Thời hạn các bước",
    "effective_on": "Ngày thực hiện",
    "event": "Văn bản, sự kiện số",
    "extension": "Đề nghị gia hạn số",
    "former_due": "Thời hạn cũ",
    "issuer": "Cơ quan ban hành",
    "label": "Kỳ",
    "late": "Quá hạn (1 là có)",
    "message": "Thông báo số",
    "method": "Cách đăng nhập",
    "month": "Tháng",
    "name_sha256": "Mã băm tên tệp",
    "names_sha256": "Mã băm tên các tệp",
    "nominal": "Thời hạn các bước theo quyết định",
    "nominal_due": "Thời hạn theo quyết định",
    "note_sha256": "Mã băm ghi chú",
    "number": "Số",
    "occurrence": "Kỳ thực hiện số",
    "occurrences": "Các kỳ thực hiện số",
    "opens": "Ngày mở các kỳ",
    "opens_on": "Ngày mở",
    "plan": "Kế hoạch số",
    "planned": "Các kỳ đã lập",
    "reason_sha256": "Mã băm lý do",
    "role": "Vai trò",
    "stage": "Bước",
    "task": "Nhiệm vụ",
    "tasks": "Số nhiệm vụ",
    "type": "Loại văn bản",
    "unit": "Đơn vị số",
    "units": "Mã băm tên các đơn vị",
    "until": "Đến ngày",
    "verdict": "Kết luận",
}
_VALUES: dict[str, dict[str, str]] = {
    "role": {str(role): name for role, name in ROLE_NAMES.items()},
    "stage": {str(stage): name for stage, name in STAGE_NAMES.items()},
    "method": {"password": "mật khẩu", "oidc": "đăng nhập một lần của tỉnh", "link": "đường dẫn một lần"},
    "answer": {"arrived": "đã có văn bản", "nothing": "chưa có văn bản"},
}


def facts_of(body: str) -> list[tuple[str, str]]:
    """Return an event's facts by name; none where the body can't be read."""
    try:
        facts = json.loads(body)["facts"].items()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
    return [(NAMES.get(name, name), _said(name, value)) for name, value in facts]


def _said(name: str, value: Any) -> str:
    if isinstance(value, str):
        return _VALUES.get(name, {}).get(value, value)
    return json.dumps(value, ensure_ascii=False)
