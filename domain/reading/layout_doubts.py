"""The findings of laying a document out: what its format hid, and what was made of it."""

from __future__ import annotations

from domain.plans import Finding, Severity, Source

_INFO, _CHECK = Severity.INFO, Severity.CHECK
DATE_CELL = "(ô ngày)"  # stands after what a spreadsheet kept as a date: Excel may have made it
_QUOTED = 120  # characters of what is quoted

_LAYOUT: dict[str, tuple[Severity, str]] = {
    "tracked_changes": (
        _CHECK,
        "Tệp có phần sửa đổi chưa được chấp nhận ({count} chỗ, ví dụ: “{source}”); đã lấy phần thêm, bỏ phần "
        "xoá. Đề nghị mở tệp, chấp nhận hoặc từ chối từng sửa đổi, rồi đọc lại.",
    ),
    "text_box": (
        _CHECK,
        "Có {count} khung chữ (text box) không được đọc, bắt đầu bằng “{source}”. "
        "Đề nghị xem trong khung có nhiệm vụ hoặc thời hạn nào không.",
    ),
    "hidden_text": (
        _CHECK,
        "Tệp có chữ bị ẩn ({count} chỗ), không được đọc: “{source}”. Đề nghị xem phần ẩn có cần thiết không.",
    ),
    "struck_text": (
        _CHECK,
        "Tệp có chữ bị gạch ngang ({count} chỗ), vẫn được đọc: “{source}”. "
        "Đề nghị xem phần đó còn hiệu lực không.",
    ),
    "comments": (
        _INFO,
        "Tệp có {count} ghi chú bên lề (comment), không được đọc; ghi chú đầu: “{source}”. "
        "Đề nghị xem các ghi chú đã được xử lý chưa.",
    ),
    "footnotes": (
        _INFO,
        "Tệp có {count} chú thích cuối trang, không được đọc; chú thích đầu: “{source}”. "
        "Đề nghị xem chú thích có làm thay đổi nhiệm vụ hoặc thời hạn không.",
    ),
    "nested_table": (
        _CHECK,
        "Có {count} bảng nằm trong ô của bảng khác; mỗi dòng của bảng trong đã thành một dòng chữ trong ô "
        "(“{source}”). Đề nghị đối chiếu bản gốc.",
    ),
    "picture_in_table": (
        _CHECK,
        "Trong bảng có {count} hình ảnh; chữ trong hình không đọc được. "
        "Đề nghị xem hình có thay cho chữ không.",
    ),
    "picture": (
        _INFO,
        "Tệp có {count} hình ảnh; chữ trong hình không đọc được. "
        "Đề nghị xem hình có chứa nội dung cần đọc không.",
    ),
    "numbering": (
        _CHECK,
        "Có {count} chỗ đánh số tự động theo kiểu chưa tính được ({source}); "
        "số đã đọc có thể khác số hiện trên trang. Đề nghị đối chiếu số thứ tự với bản gốc.",
    ),
    "embedded": (
        _CHECK,
        "Tệp chèn {count} tài liệu khác bên trong, không được đọc. "
        "Đề nghị mở tệp bằng Word, lưu lại rồi đọc lại.",
    ),
    "hidden_sheet": (
        _CHECK,
        "Trang tính “{source}” đang bị ẩn nên không được đọc. Đề nghị bỏ ẩn rồi đọc lại nếu cần trang này.",
    ),
    "hidden_rows": (
        _CHECK,
        "Trang tính “{source}” có {count} dòng bị ẩn (có thể do lọc); các dòng này vẫn được đọc. "
        "Đề nghị xem chúng có thuộc kế hoạch không.",
    ),
    "hidden_columns": (
        _CHECK,
        "Trang tính “{source}” có {count} cột bị ẩn; các cột này vẫn được đọc. "
        "Đề nghị xem chúng có thuộc kế hoạch không.",
    ),
    "no_value": (
        _CHECK,
        "Có {count} ô chứa công thức chưa có kết quả (ô {source}), đã đọc là ô trống. "
        "Đề nghị mở tệp bằng Excel, lưu lại rồi đọc lại.",
    ),
    "error_value": (
        _CHECK,
        "Có {count} ô mà công thức báo lỗi ({source}). Đề nghị sửa công thức hoặc gõ lại nội dung ô.",
    ),
}


def about_layout(code: str, source: str = "", place: Source | None = None, count: int = 1) -> Finding:
    """Return a finding about how a document is laid out; long `source` is cut for the message."""
    severity, message = _LAYOUT[code]
    shown = " ".join(source.split())
    if len(shown) > _QUOTED:
        shown = shown[:_QUOTED].rstrip() + "…"
    text = message.format(source=shown, count=count)
    return Finding(code.replace("_", "-"), severity, text, source_text=shown, place=place)
