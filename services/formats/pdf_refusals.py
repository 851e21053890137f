"""What is refused of a PDF, and how to get further."""

from __future__ import annotations

from domain.errors import WardError

_OCR = (
    "cài tesseract-ocr và gói tiếng Việt tesseract-ocr-vie trên máy chủ rồi đọc lại, hoặc tự nhận dạng chữ "
    "bằng lệnh ocrmypdf -l vie {option}tệp-quét.pdf tệp-mới.pdf rồi đọc tệp mới, hoặc xin bản Word (.docx) "
    "của đơn vị soạn thảo"
)


class ScannedDocument(WardError):
    """No page has any text: the document is pictures of pages."""

    def __init__(self, pages: int) -> None:
        super().__init__(
            f"a scan of {pages} pages without text, needs OCR",
            f"Tệp PDF là bản quét (ảnh chụp {pages} trang), không có chữ để đọc; cần nhận dạng chữ (OCR). "
            f"Đề nghị {_OCR.format(option='')}.",
        )


class UnreadableFonts(WardError):
    """The letters' fonts don't say which letters they are, or say it in an old code."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"fonts without Unicode: {kind}",
            f"Chữ trong tệp PDF không theo Unicode ({kind}) nên đọc ra bị sai. "
            f"Đề nghị {_OCR.format(option='--force-ocr ')}.",
        )


class NoText(WardError):
    """The document's pages are blank."""

    def __init__(self) -> None:
        super().__init__(
            "a PDF without pages, text or pictures",
            "Tệp PDF không có trang nào có nội dung. Đề nghị kiểm tra lại tệp.",
        )


class TooManyPages(WardError):
    """The document is far longer than any decision."""

    def __init__(self, pages: int, most: int) -> None:
        super().__init__(
            f"{pages} pages, at most {most} are read",
            f"Tệp PDF có {pages} trang; chỉ đọc được đến {most} trang. "
            "Đề nghị tách riêng quyết định và phụ lục rồi đọc lại.",
        )
