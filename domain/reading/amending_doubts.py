"""What an amending decision leaves open, each as a careful clerk would word it."""

from __future__ import annotations

from domain.plans import Finding, Severity

_INFO, _CHECK, _BLOCKING = Severity.INFO, Severity.CHECK, Severity.BLOCKING

_AMENDMENT: dict[str, tuple[Severity, str]] = {
    "clause_unread": (_BLOCKING, "Chưa hiểu quy định này của quyết định sửa đổi: “{source}”."),
    "no_table": (
        _BLOCKING,
        "Quyết định thay thế phụ lục nhưng trong tệp không có bảng nhiệm vụ nào: “{source}”. "
        "Đề nghị dùng tệp có đủ phụ lục.",
    ),
    "nothing_ordered": (
        _BLOCKING,
        "Không tìm thấy nội dung sửa đổi nào: không có điều khoản đọc được, không có bảng nhiệm vụ.",
    ),
    "own_number": (
        _BLOCKING,
        "Không đọc được số của chính quyết định sửa đổi (chỉ thấy số {source} của quyết định được sửa đổi). "
        "Đề nghị bổ sung dòng “Số: …”.",
    ),
    "unknown_code": (_BLOCKING, "Kế hoạch không có nhiệm vụ {code}, được nêu trong: “{source}”."),
    "code_taken": (
        _BLOCKING,
        "Quyết định bổ sung nhiệm vụ {code} nhưng kế hoạch đã có nhiệm vụ này: “{source}”.",
    ),
    "number_chosen": (_CHECK, "Nhiệm vụ bổ sung không ghi số thứ tự; tạm đánh số {code}: “{source}”."),
    "former_differs": (
        _BLOCKING,
        "Nhiệm vụ {code}: quyết định sửa đổi nói trước đây là “{former}”, kế hoạch lại ghi “{present}”.",
    ),
    "words_missing": (_BLOCKING, "Không tìm thấy cụm từ “{former}” cần thay ở {where}: “{source}”."),
    "twice": (
        _BLOCKING,
        "Nhiệm vụ {code} bị sửa đổi nhiều lần và trái nhau trong cùng quyết định: “{source}”.",
    ),
    "row_unclear": (
        _BLOCKING,
        "Dòng {code} “{source}” khác hẳn nhiệm vụ {code} đang có (“{present}”): "
        "chưa rõ là sửa đổi hay bổ sung.",
    ),
    "row_resembles": (
        _BLOCKING,
        "Dòng {code} “{source}” giống nhiệm vụ {other} đang có: chưa rõ là sửa đổi nhiệm vụ {other} "
        "hay bổ sung nhiệm vụ mới.",
    ),
    "row_unmatched": (_BLOCKING, "Chưa rõ dòng “{source}” ứng với nhiệm vụ nào của kế hoạch."),
    "code_twice": (
        _BLOCKING,
        "Phụ lục mới có nhiều dòng cùng số {code}, ví dụ “{source}”. Đề nghị đánh số lại trong tệp.",
    ),
    "match_unclear": (
        _BLOCKING,
        "Nhiệm vụ {code} của phụ lục mới có thể ứng với nhiều nhiệm vụ đang có ({facts}); tạm lấy {other}.",
    ),
    "many_gone": (
        _BLOCKING,
        "Phụ lục mới không còn {count} trong {total} nhiệm vụ đang có. Đề nghị xem đây có đúng là phụ lục "
        "đầy đủ thay thế phụ lục cũ không.",
    ),
    "target_undated": (_CHECK, "Không ghi ngày của quyết định được sửa đổi ({source}); đã nhận theo số."),
    "out_of_order": (
        _BLOCKING,
        "Quyết định này (ngày {date}) ban hành trước quyết định sửa đổi {source} đã áp dụng. "
        "Đề nghị xem nội dung nào còn hiệu lực.",
    ),
    "kept_open": (
        _CHECK,
        "Nhiệm vụ {code}: kỳ “{source}” không còn trong kế hoạch sửa đổi nhưng đã có kết quả được nộp "
        "nên vẫn giữ.",
    ),
    "born_late": (
        _CHECK,
        "Nhiệm vụ {code}: thời hạn {date} ở trước ngày ban hành quyết định sửa đổi. "
        "Đề nghị đối chiếu bản gốc.",
    ),
}


def about_amendment(code: str, *, task: str | None = None, source: str = "", **facts: object) -> Finding:
    """Return a finding about an amending decision."""
    severity, message = _AMENDMENT[code]
    text = message.format(code=task, source=source, **facts)
    return Finding(code.replace("_", "-"), severity, text, task, source)
