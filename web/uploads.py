"""Uploaded decisions: kept until a person has looked at what was read in them, and laid out once."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from fastapi import Path as InPath
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile

from domain.errors import SystemFault, WardError
from domain.reading.layout import Sheet
from domain.refusals import BadFile
from services.attachments import media_type_of
from services.documents import DocumentStore, StoredFile
from services.reading import SIZE_LIMIT, lay_out
from services.uploads import forget_old, waiting
from web.forms import LARGEST_FILE, Fields, TooLarge, own_bundle, own_form, own_upload
from web.page import Web
from web.visits import visitor

LIMIT_MB = SIZE_LIMIT // 1024 // 1024
Digest = Annotated[str, InPath(pattern="^[0-9a-f]{64}$")]
Upload = Annotated[Fields, Depends(own_upload)]
Bundle = Annotated[Fields, Depends(own_bundle)]
Form = Annotated[Fields, Depends(own_form)]
KEPT = "kept"


class NoLongerThere(WardError):
    """The file was looked at too long ago."""

    def __init__(self) -> None:
        super().__init__("the uploaded file is gone", "Tệp đã tải lên không còn. Đề nghị chọn lại tệp.")


def keep_upload(request: Request, fields: Fields) -> StoredFile:
    """Put the file of a form where the next page finds it, and throw away those of yesterday.

    Raises:
        TooLarge, BadFile: there is none that can be taken.
    """
    if fields.refusal is not None:
        raise fields.refusal
    if fields.file is None:
        raise BadFile("", "chưa chọn tệp nào")
    if (fields.file.size or 0) > SIZE_LIMIT:
        raise TooLarge(SIZE_LIMIT)
    _forget(request)
    return _incoming(request).keep(fields.file.file, fields.file.filename or "")


def keep_attachment(request: Request, fields: Fields) -> StoredFile:
    """Put the one file of a form where it waits, as what it is by name and content.

    Raises:
        TooLarge, BadFile: there is none that can be taken, or it is not what its name says.
    """
    if fields.refusal is not None:
        raise fields.refusal
    if fields.file is None:
        raise BadFile("", "chưa chọn tệp nào")
    _forget(request)
    return _taken(request, fields.file)


def keep_bundle(request: Request, fields: Fields) -> tuple[list[StoredFile], WardError | None]:
    """Put the files of a form where they wait, with those that an earlier try left there.

    Return what can be taken, and why the first of the others can't: a form that is refused comes again with
    what was taken already, which its fields `kept` name.
    """
    refusal, files = fields.refusal, []
    _forget(request)
    tries = [partial(_again, request, each) for each in fields.every(KEPT)]
    tries += [partial(_taken, request, each) for each in fields.files]
    for each in tries:
        try:
            files.append(each())
        except SystemFault:
            raise
        except WardError as problem:
            refusal = refusal or problem
    return files, refusal


def _taken(request: Request, file: UploadFile) -> StoredFile:
    name = file.filename or ""
    if (file.size or 0) > LARGEST_FILE:
        raise TooLarge(LARGEST_FILE, f"Tệp “{name[:80]}”", "")
    media_type = media_type_of(file.file, name)
    return replace(_incoming(request).keep(file.file, name), media_type=media_type)


def _again(request: Request, kept: str) -> StoredFile:
    digest, _, name = kept.partition("/")
    if not re.fullmatch("[0-9a-f]{64}", digest):
        raise NoLongerThere
    path = uploaded(request, digest)
    with path.open("rb") as content:
        media_type = media_type_of(content, name)
    return StoredFile(digest, path.stat().st_size, name, media_type)


def uploaded(request: Request, digest: str) -> Path:
    """Return where an uploaded file is.

    Raises:
        NoLongerThere: it is gone.
    """
    path = _incoming(request).path(digest)
    if not path.is_file():
        raise NoLongerThere
    return path


def register_upload(request: Request, digest: str, name: str) -> StoredFile:
    """Keep an uploaded file among the documents for good.

    Raises:
        NoLongerThere: it is gone.
    """
    web: Web = request.app.state.web
    with uploaded(request, digest).open("rb") as content:
        return DocumentStore(web.settings.data / "documents").keep(content, name)


def shown_at(request: Request, page: str, kept: StoredFile) -> RedirectResponse:
    """Send the browser to the page that shows what was read in a file."""
    return RedirectResponse(_address(request, page, kept.sha256, kept.name), status_code=303)


def laid_out(request: Request, digest: str, name: str, *, page: str) -> Sheet:
    """Lay an uploaded file out, once for showing and storing it; a scan is read beside the pages.

    After a restart it is laid out again: the file is kept, not what was read in it.

    Raises:
        NoLongerThere: it is gone.
        StillWorking: it takes long; `page` will show it.
        WardError: it can't be read.
    """
    web: Web = request.app.state.web
    path = uploaded(request, digest)
    return web.work.result(
        (path, name),
        lambda told: lay_out(path.read_bytes(), name, progress=told),
        title=f"Đang đọc tệp “{name}”",
        page=_address(request, page, digest, name),
    )


def _address(request: Request, page: str, digest: str, name: str) -> str:
    target = request.url_for(page, digest=digest).include_query_params(name=name)
    return f"{target.path}?{target.query}"


def _incoming(request: Request) -> DocumentStore:
    web: Web = request.app.state.web
    return waiting(web.settings.data, visitor(request).ward.id)


def _forget(request: Request) -> None:
    forget_old(request.app.state.web.settings.data, time.time())
