"""The document store: files under the SHA-256 of their bytes, never overwritten."""

from __future__ import annotations

import errno
import hashlib
import mimetypes
import os
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

from sqlalchemy import Connection

from domain.errors import PlainFault, WardError
from domain.refusals import BadFile
from models import papers

LIMIT = 200 * 1024 * 1024
CHUNK = 1024 * 1024
LONGEST = 200  # characters of a name
UNFINISHED = ".new-"  # begins the name of a file that is still being written


class UnknownDocument(WardError):
    """The ward has no document with these bytes."""

    def __init__(self) -> None:
        super().__init__("no such document", "Không có tài liệu này.")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the store, with the name it came under."""

    sha256: str
    size: int
    name: str
    media_type: str


class DocumentStore:
    """A folder of documents, `<folder>/<first two digits>/<sha256>`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Return where a document stands."""
        return self.folder / sha256[:2] / sha256

    def keep_file(self, path: Path) -> StoredFile:
        """Copy a file into the store.

        Raises:
            BadFile: it can't be read, is empty, or is larger than 200 MB.
            PlainFault: the store can't be written.
        """
        try:
            with path.open("rb") as source:
                return self.keep(source, path.name)
        except FileNotFoundError as problem:
            raise BadFile(str(path), "không tìm thấy") from problem
        except OSError as problem:  # a folder, no permission, a loop of links
            raise BadFile(str(path), "không đọc được") from problem

    def keep(self, source: BinaryIO, name: str) -> StoredFile:
        """Write a stream into the store and make sure that it is on the disk; same bytes, same place.

        Raises:
            BadFile: nothing in it, or more than 200 MB.
            PlainFault: the store can't be written; nothing is left behind.
        """
        name = _plain(name)
        try:
            return self._keep(source, name)
        except OSError as problem:
            full = problem.errno in {errno.ENOSPC, errno.EDQUOT}
            why = "ổ đĩa đã đầy" if full else "không ghi được vào kho tài liệu"
            raise PlainFault(
                f"document store: {problem}", f"Không lưu được tệp “{name}”: {why}; chưa có gì được ghi nhận."
            ) from problem

    def _keep(self, source: BinaryIO, name: str) -> StoredFile:
        self.folder.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=UNFINISHED)
        try:
            with os.fdopen(handle, "wb") as target:
                while chunk := source.read(CHUNK):
                    size += len(chunk)
                    if size > LIMIT:
                        raise BadFile(name, "lớn hơn 200 MB")
                    digest.update(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            if size == 0:
                raise BadFile(name, "không có nội dung")
            final = self.path(digest.hexdigest())
            final.parent.mkdir(exist_ok=True)
            Path(temporary).replace(final)
            _sync_folder(final.parent)
            _sync_folder(self.folder)
        finally:
            Path(temporary).unlink(missing_ok=True)
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return StoredFile(digest.hexdigest(), size, name, media_type)


def register(connection: Connection, ward_id: int, files: list[StoredFile]) -> None:
    """Enter stored files in the ward's register; those that are there already stay as they are."""
    if files:
        papers.register(connection, ward_id, [(file.sha256, file.size, file.media_type) for file in files])


def find_document(connection: Connection, ward_id: int, sha256: str) -> StoredFile:
    """Return a document of the ward's register, with the first name that it came under.

    Raises:
        UnknownDocument: the ward has none with this digest.
    """
    row = papers.find(connection, ward_id, sha256)  # the register holds nothing but digests
    if row is None:
        raise UnknownDocument
    ending = mimetypes.guess_extension(row.media_type) or ""
    decision = f"quyet-dinh-{row.decision.replace('/', '-')}{ending}" if row.decision else None
    return StoredFile(row.sha256, row.size, row.name or decision or f"tai-lieu{ending}", row.media_type)


def _plain(name: str) -> str:
    """Return what a file is called, without the folders it lay in and without what cannot be seen."""
    last = PurePath(name.replace("\\", "/")).name
    seen = PurePath("".join(char for char in last if unicodedata.category(char)[0] != "C").strip())
    if seen.name in {"", ".."}:
        return "tai-lieu"
    ending = seen.suffix[:20]
    return seen.name if len(seen.name) <= LONGEST else seen.stem[: LONGEST - len(ending)] + ending


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
