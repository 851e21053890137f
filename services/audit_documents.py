"""The files of a ward's register: there, whole, and with the bytes that their name says."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from models import papers
from services.documents import CHUNK, DocumentStore

if TYPE_CHECKING:
    from services.audit import WardVerdict


def check_documents(connection: Connection, ward_id: int, store: DocumentStore, verdict: WardVerdict) -> None:
    """Read every file of the register again and note those that are not what they were."""
    for row in papers.registered(connection, ward_id):
        problem = problem_of(store, row.sha256, row.size)
        if problem is None:
            continue
        position = papers.first_named(connection, ward_id, row.sha256)
        said = f"tài liệu “{row.name or row.sha256[:16]}” ({row.sha256[:16]}…): {problem}"
        if position is None:
            verdict.noted(said[:1].upper() + said[1:])
        else:
            verdict.found(position, said)


def problem_of(store: DocumentStore, digest: str, size: int) -> str | None:
    """Say what is wrong with a file of the store; None where it is as it was handed in."""
    try:
        with store.path(digest).open("rb") as file:
            found, read = sha256(), 0
            while chunk := file.read(CHUNK):
                found.update(chunk)
                read += len(chunk)
    except FileNotFoundError:
        return "tệp trên đĩa đã mất"
    except OSError:
        return "không đọc được tệp trên đĩa"
    if found.hexdigest() != digest:
        return "nội dung tệp trên đĩa đã bị sửa hoặc thay bằng tệp khác"
    return None if read == size else f"sổ ghi {size} byte nhưng tệp có {read} byte"
