"""A draft as PDF, where LibreOffice is installed."""

from __future__ import annotations

from threading import BoundedSemaphore

from domain.errors import WardError
from services.formats.office import NoOffice, NotConverted, convert

AT_ONCE = 2
WAIT_S = 30.0
_turns = BoundedSemaphore(AT_ONCE)


class NoPdf(WardError):
    """There is no PDF: LibreOffice isn't here, or made nothing."""

    def __init__(self, why: str, notice: str) -> None:
        super().__init__(f"no PDF: {why}", f"{notice} Tệp Word vẫn lập được như thường.")


def as_pdf(document: bytes) -> bytes:
    """Return a Word document of ours as PDF.

    Raises:
        NoPdf: LibreOffice isn't installed, did not do it, or has too much to do already.
    """
    if not _turns.acquire(timeout=WAIT_S):
        raise NoPdf("busy", "Máy chủ đang lập nhiều bản PDF khác; đề nghị thử lại sau ít phút.")
    try:
        return convert(document, ".docx")
    except NoOffice:
        raise NoPdf(
            "no LibreOffice", "Muốn có tệp PDF thì máy chủ phải cài LibreOffice, hiện chưa có."
        ) from None
    except NotConverted as problem:
        raise NoPdf(str(problem), "LibreOffice không chuyển được bản này sang PDF.") from problem
    finally:
        _turns.release()
