"""Documents out of the store, always as attachments."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse

from domain.errors import PlainFault
from services.documents import DocumentStore, find_document
from web.page import reading

router = APIRouter()


@router.get("/documents/{sha256}")
def download(request: Request, sha256: str) -> FileResponse:
    """Hand a document out as the bytes that came in; a browser saves it and shows nothing of it."""
    with reading(request) as page:
        document = find_document(page.connection, page.ward.id, sha256)
    path = DocumentStore(page.web.settings.data / "documents").path(document.sha256)
    if not path.is_file():
        raise PlainFault(
            f"document {document.sha256} is not in the store",
            f"Tệp “{document.name}” không còn trong kho tài liệu. Đề nghị báo quản trị để khôi phục từ "
            "bản sao lưu.",
        )
    return FileResponse(path, media_type="application/octet-stream", filename=document.name)
