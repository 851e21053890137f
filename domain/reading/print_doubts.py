"""The findings of reading printed pages: text set in columns, PDF files and scans."""

from __future__ import annotations

from domain.plans import Finding, Severity, Source

_INFO, _CHECK, _BLOCKING = Severity.INFO, Severity.CHECK, Severity.BLOCKING
_QUOTED = 120  # characters of what is quoted

_PRINT: dict[str, tuple[Severity, str]] = {
    "columns_touch": (
        _CHECK,
        "Hai cột sát nhau ở dòng “{source}” nên chữ của cột này có thể bị đọc sang cột kia. "
        "Đề nghị đối chiếu bản gốc.",
    ),
    "rows_guessed": (
        _BLOCKING,
        "Bảng không kẻ dòng và số thứ tự không nằm ở đầu dòng (từ “{source}”) nên ranh giới giữa các nhiệm "
        "vụ là phỏng đoán. Đề nghị đọc bản Word hoặc PDF gốc, hoặc đối chiếu từng nhiệm vụ.",
    ),
    "columns_merged": (
        _BLOCKING,
        "Dưới tiêu đề “{source}” có chữ của nhiều cột nên không tách được các cột. "
        "Đề nghị đọc bản Word hoặc PDF gốc, hoặc đối chiếu từng nhiệm vụ.",
    ),
    "row_unsure": (
        _CHECK,
        "Chưa chắc nhiệm vụ bắt đầu ở dòng nào quanh “{source}”. Đề nghị đối chiếu bản gốc.",
    ),
    "columns_changed": (
        _CHECK,
        "Bảng ở trang {page} có số cột khác trang trước mà không nhắc lại tiêu đề (“{source}”). "
        "Đề nghị đối chiếu các cột với bản gốc.",
    ),
    "pages_scanned": (
        _BLOCKING,
        "Trang {source} là ảnh quét, không có chữ nên chưa đọc được. Đề nghị nhận dạng chữ bằng lệnh "
        "ocrmypdf --skip-text -l vie rồi đọc lại, hoặc xác nhận các trang này không chứa nhiệm vụ.",
    ),
    "pages_unread": (
        _BLOCKING,
        "Phông chữ ở trang {source} không theo Unicode nên chữ đọc ra bị sai. Đề nghị xin bản Word, hoặc "
        "nhận dạng chữ bằng lệnh ocrmypdf --force-ocr -l vie rồi đọc lại.",
    ),
    "letters_unread": (
        _CHECK,
        "Có {count} ký tự không đọc được vì phông chữ không nói đó là chữ gì (trang {source}). "
        "Đề nghị đối chiếu bản gốc.",
    ),
    "slanted_text": (
        _INFO,
        "Trang {page} có chữ nằm nghiêng hoặc dọc, không được đọc: “{source}”. "
        "Đề nghị xem đó có phải chỉ là dấu chìm, con dấu hay không.",
    ),
    "too_many_rules": (
        _CHECK,
        "Trang {page} có quá nhiều nét vẽ nên không dựa vào khung kẻ được; bảng (nếu có) đã đọc theo vị trí "
        "của chữ. Đề nghị đối chiếu bản gốc.",
    ),
    "scan_unsure": (
        _CHECK,
        "Trang {page}: nhận dạng chưa chắc {count} chỗ, ví dụ “{source}”. Đề nghị đối chiếu bản gốc.",
    ),
    "scan_empty": (
        _BLOCKING,
        "Không nhận dạng được chữ nào ở trang {source}. Đề nghị quét lại trang đó rõ hơn, hoặc xác nhận "
        "trang trống.",
    ),
}


def about_print(
    code: str, source: str = "", *, place: Source | None = None, page: int | None = None, count: int = 1
) -> Finding:
    """Return a finding about printed pages; long `source` is cut for the message."""
    severity, message = _PRINT[code]
    shown = " ".join(source.split())
    if len(shown) > _QUOTED:
        shown = shown[:_QUOTED].rstrip() + "…"
    text = message.format(source=shown, page=page, count=count)
    return Finding(code.replace("_", "-"), severity, text, source_text=shown, place=place)
