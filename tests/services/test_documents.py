"""The document store: kept under their hash, whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection

from domain.errors import SystemFault
from domain.refusals import BadFile
from services import documents
from services.documents import DocumentStore, StoredFile, register
from tests.builders import office, plan_of, task

BYTES = "Kế hoạch số 5/KH-UBND".encode()
SHA = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> DocumentStore:
    return DocumentStore(tmp_path / "kho")


def left(store: DocumentStore) -> list[str]:
    """Return every file in the store, whatever its name."""
    return sorted(str(path.relative_to(store.folder)) for path in store.folder.rglob("*") if path.is_file())


def test_a_file_stands_under_the_hash_of_its_bytes(store: DocumentStore, tmp_path: Path) -> None:
    source = tmp_path / "Kế hoạch.PDF"
    source.write_bytes(BYTES)

    kept = store.keep_file(source)

    assert kept == StoredFile(SHA, len(BYTES), "Kế hoạch.PDF", "application/pdf")
    assert store.path(SHA).read_bytes() == BYTES
    assert left(store) == [f"{SHA[:2]}/{SHA}"]


def test_the_same_bytes_are_kept_once_whatever_they_are_called(store: DocumentStore) -> None:
    names = [store.keep(io.BytesIO(BYTES), name).name for name in ("a.pdf", "b.docx", "a.pdf")]

    assert names == ["a.pdf", "b.docx", "a.pdf"]
    assert left(store) == [f"{SHA[:2]}/{SHA}"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Văn bản\\kế hoạch.doc", "kế hoạch.doc"),
        ("/", "tai-lieu"),
        ("", "tai-lieu"),
        ("..", "tai-lieu"),
        (".", "tai-lieu"),
        ("a\x00b\n.pdf", "ab.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_name_is_only_a_name(store: DocumentStore, given: str, kept: str) -> None:
    assert store.keep(io.BytesIO(BYTES), given).name == kept
    assert left(store) == [f"{SHA[:2]}/{SHA}"]


def test_a_large_file_is_kept_without_being_held_in_memory(store: DocumentStore, tmp_path: Path) -> None:
    large = tmp_path / "lớn.bin"
    with large.open("wb") as file:
        file.truncate(5 * documents.CHUNK + 1)

    kept = store.keep_file(large)
    assert kept.size == 5 * documents.CHUNK + 1
    assert store.path(kept.sha256).stat().st_size == kept.size


def test_an_empty_file_is_refused_and_nothing_left(store: DocumentStore) -> None:
    with pytest.raises(BadFile) as refusal:
        store.keep(io.BytesIO(), "trống.pdf")

    assert "không có nội dung" in refusal.value.notice
    assert left(store) == []


def test_a_file_over_the_limit_is_refused_and_nothing_left(
    store: DocumentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "LIMIT", 1000)

    with pytest.raises(BadFile) as refusal:
        store.keep(io.BytesIO(b"x" * 1001), "lớn.bin")
    assert "lớn hơn" in refusal.value.notice
    assert left(store) == []
    assert store.keep(io.BytesIO(b"x" * 1000), "vừa.bin").size == 1000


@pytest.mark.parametrize("what", ["missing", "folder", "loop", "long"])
def test_a_path_that_is_no_readable_file_is_refused_by_name(
    store: DocumentStore, tmp_path: Path, what: str
) -> None:
    path = tmp_path / ("x" * 300 if what == "long" else what)
    if what == "folder":
        path.mkdir()
    if what == "loop":
        path.symlink_to(path)

    with pytest.raises(BadFile) as refusal:
        store.keep_file(path)
    assert path.name in refusal.value.notice


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Let the system refuse larger files, as it does when a disk or a quota is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_write_that_the_system_refuses_leaves_nothing(store: DocumentStore) -> None:
    source = io.BytesIO(b"x" * 100_000)

    with pytest.raises(SystemFault) as fault, files_no_larger_than(50_000):
        store.keep(source, "kế hoạch.pdf")

    assert "kế hoạch.pdf" in fault.value.notice
    assert "chưa có gì được ghi nhận" in fault.value.notice
    assert left(store) == []


def test_a_full_disk_is_called_so_and_leaves_nothing(
    store: DocumentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(SystemFault) as fault:
        store.keep(io.BytesIO(BYTES), "kế hoạch.pdf")
    assert "ổ đĩa đã đầy" in fault.value.notice
    assert left(store) == []


def test_a_store_that_cannot_be_made_is_a_fault_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "kho").write_text("một tệp ở chỗ của thư mục")

    with pytest.raises(SystemFault):
        DocumentStore(tmp_path / "kho").keep(io.BytesIO(BYTES), "a.pdf")


def test_a_kept_file_and_the_folders_that_lead_to_it_are_on_the_disk(
    store: DocumentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    really = os.fsync

    def watched(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        really(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    store.keep(io.BytesIO(BYTES), "a.pdf")

    assert synced[0].startswith(".new-")
    assert set(synced[1:]) == {SHA[:2], store.folder.name}


def test_a_document_is_registered_once_for_each_ward(connection: Connection) -> None:
    wards = [office(connection, plan_of(task("I.1"), issuer=f"UBND phường {n}")).ward.id for n in "AB"]
    file = StoredFile(SHA, len(BYTES), "a.pdf", "application/pdf")
    for ward in wards:
        register(connection, ward, [file, file])
        register(connection, ward, [StoredFile(SHA, len(BYTES), "b.txt", "text/plain")])
        register(connection, ward, [])

    kept = connection.exec_driver_sql(
        "SELECT ward_id, size, media_type FROM cchc.document WHERE sha256 = %s ORDER BY 1", (SHA,)
    ).all()
    assert [tuple(row) for row in kept] == [(ward, len(BYTES), "application/pdf") for ward in wards]
