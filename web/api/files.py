"""Files that come over the API: taken as what they are by name and content, as those of a form are."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request, UploadFile

from services.attachments import media_type_of
from services.documents import DocumentStore, StoredFile
from web.page import Web


def kept(request: Request, file: UploadFile) -> StoredFile:
    """Put a file where documents are; one that the change then refuses lies there unnamed.

    Raises:
        BadFile: it is empty, or not what its name says.
    """
    web: Web = request.app.state.web
    name = file.filename or ""
    media_type = media_type_of(file.file, name)
    store = DocumentStore(web.settings.data / "documents")
    return replace(store.keep(file.file, name), media_type=media_type)
