"""Backups: the database, the documents and the public keys in one archive that proves itself."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from config.backup_record import record_backup
from config.checkpoint_keys import load_checkpoint_keys
from config.embedded_server import programs
from config.faults import reported
from config.settings import Settings
from domain.backups import DUMP, FORMAT, MANIFEST, OWN_FOLDERS, README, FileThere, allowed, outdated
from domain.errors import SystemFault
from domain.merkle import Frontier
from models import dumping, history
from models.database import open_engine, transaction
from models.migrate import HEAD
from services.checkpoints import HistoryRewritten, make_for_all
from services.documents import CHUNK, DocumentStore

Say = Callable[[str], None]
_README = (
    "Bản sao lưu của chương trình theo dõi cải cách hành chính (cchc).\n"
    "Khôi phục vào một thư mục dữ liệu trống: cchc restore TỆP-NÀY\n"
    "manifest.json ghi kích thước, SHA-256 của từng tệp, và số sự kiện, gốc cây băm của nhật ký.\n"
    "Khoá bí mật không nằm trong tệp này.\n"
)


@dataclass(frozen=True, slots=True)
class Log:
    """The log of a ward in a backup: how many events, and the root over them."""

    ward: str
    size: int
    root: str


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made; `missing` are documents whose file was gone or changed on the disk.

    `rewritten` says which logs no longer continue what was signed before.
    """

    path: Path
    size: int
    documents: int
    logs: tuple[Log, ...]
    missing: tuple[str, ...]
    rewritten: tuple[str, ...] = ()


def back_up(settings: Settings, database_url: str, target: Path, *, now: datetime, say: Say) -> Backup:
    """Write a backup of everything but the secret keys to a new file, whole or not at all.

    A checkpoint of each ward is signed first and goes into it. The database is as of one moment; each
    document is on the disk before the row that names it. Killed in the middle, only a file with a dot before
    its name is left, which the next backup to the same place overwrites.

    Raises:
        FileThere: the file exists.
        SystemFault: the disk, the database or pg_dump refuse.
    """
    if target.exists():
        raise FileThere(target.name)
    engine = open_engine(database_url, pool_size=1)
    try:
        with transaction(engine) as connection:
            rewritten: list[HistoryRewritten] = []
            keys = load_checkpoint_keys(settings.data)
            make_for_all(connection, keys=keys, now=now, cause="backup", rewritten=rewritten)
        with reported("Không ghi được bản sao lưu"), _whole(target) as new:
            made = _write(engine, settings, database_url, new, now, say)
    finally:
        engine.dispose()
    told = tuple(fault.notice for fault in rewritten)
    found = Backup(target, target.stat().st_size, *made, told)
    record_backup(settings.data, _made(found, now))
    return found


def daily(settings: Settings, database_url: str, today: date, now: datetime) -> Backup | None:
    """Make today's backup in the folder of the settings, and remove those that are too old.

    None where no folder is set, or today's is there already. What goes wrong is recorded for `cchc status`.

    Raises:
        SystemFault: it could not be made; older ones stay.
    """
    folder = settings.backup_dir
    if folder is None:
        return None
    target = folder / f"cchc-{today.isoformat()}.zip"
    if target.exists():
        return None
    try:
        with reported("Không ghi được vào thư mục sao lưu"):
            folder.mkdir(parents=True, exist_ok=True)
        made = back_up(settings, database_url, target, now=now, say=_silent)
    except SystemFault as fault:
        _record_failure(settings, now, fault.notice)
        raise
    if made.rewritten:  # an older one may be the last that is right
        _record_failure(settings, now, made.rewritten[0])
        return made
    with reported("Không xoá được bản sao lưu cũ"):
        for name in outdated([each.name for each in folder.iterdir()], today, settings.backup_keep):
            (folder / name).unlink(missing_ok=True)
    return made


def _record_failure(settings: Settings, now: datetime, why: str) -> None:
    record_backup(settings.data, {"failed_at": now.astimezone(UTC).isoformat(), "why": why})


def _write(
    engine: Engine, settings: Settings, url: str, new: Path, now: datetime, say: Say
) -> tuple[int, tuple[Log, ...], tuple[str, ...]]:
    owner = settings.owner_database_url
    seen_by = engine.execution_options(isolation_level="REPEATABLE READ")
    with zipfile.ZipFile(new, "w", zipfile.ZIP_STORED) as archive, transaction(seen_by) as connection:
        put = _Archive(archive)
        put.file(README, [_README.encode()])
        say("Đang sao lưu cơ sở dữ liệu…")
        login = owner.get_secret_value() if owner else url
        put.file(DUMP, dumping.dump(login, programs(), dumping.snapshot(connection)))
        logs = tuple(_logs(connection))
        documents = dumping.documents(connection)
        missing = _documents(put, documents, DocumentStore(settings.data / "documents"), say)
        for path in _small_files(settings.data):
            put.file(path.relative_to(settings.data).as_posix(), [path.read_bytes()])
        put.manifest(logs, missing, now)
    say("")
    return len(documents) - len(missing), logs, tuple(missing)


class _Archive:
    """An archive that is being written, with what is in it so far."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.files: dict[str, dict[str, Any]] = {}

    def file(self, name: str, chunks: Iterable[bytes]) -> str:
        """Add a file; return the SHA-256 of its bytes."""
        digest, size = hashlib.sha256(), 0
        with self.archive.open(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), "w", force_zip64=True) as entry:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                entry.write(chunk)
        self.files[name] = {"sha256": digest.hexdigest(), "size": size}
        return digest.hexdigest()

    def manifest(self, logs: Iterable[Log], missing: list[str], now: datetime) -> None:
        """Add the list of all that is in it, last."""
        stated = {
            "format": FORMAT,
            "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
            "program": version("cchc"),
            "schema": HEAD,
            "wards": [{"ward": each.ward, "size": each.size, "root": each.root} for each in logs],
            "missing": missing,
            "files": self.files,
        }
        text = json.dumps(stated, ensure_ascii=False, indent=1)
        self.archive.writestr(zipfile.ZipInfo(MANIFEST, (1980, 1, 1, 0, 0, 0)), text)


def _documents(put: _Archive, wanted: list[str], store: DocumentStore, say: Say) -> list[str]:
    """Add the documents; return those that are gone, or have other bytes than their name says."""
    missing = []
    for number, sha256 in enumerate(wanted, 1):
        if number % 20 == 1:
            say(f"Đang sao lưu tài liệu {number}/{len(wanted)}…")
        path = store.path(sha256)
        name = f"documents/{sha256[:2]}/{sha256}"
        if not path.is_file() or _digest(path) != sha256:
            missing.append(sha256)
        elif put.file(name, _chunks(path)) != sha256:
            raise SystemFault(f"{sha256} changed", f"Tài liệu {sha256} bị thay đổi trong lúc sao lưu.")
    return missing


def _small_files(data: Path) -> Iterator[Path]:
    """Yield the public keys, and the administrator's own words and criteria."""
    for folder in ("keys", *OWN_FOLDERS):
        for path in sorted((data / folder).glob("*")):
            if path.is_file() and allowed(path.relative_to(data).as_posix()):
                yield path


def _logs(connection: Connection) -> Iterator[Log]:
    for head in history.heads(connection):
        frontier = Frontier(head.size, [bytes(each) for each in head.frontier])
        yield Log(head.code, head.size, frontier.root().hex())


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """Give the path to write to; it takes its name once all of it is on the disk."""
    new = target.with_name(f".{target.name}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT, 0o600)  # nobody else reads what people wrote
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.truncate(descriptor, 0)
        yield new
        os.fsync(descriptor)
        os.link(new, target)  # refuses where somebody else made the file meanwhile
        new.unlink()
        folder = os.open(target.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def _made(backup: Backup, now: datetime) -> dict[str, Any]:
    return {
        "at": now.astimezone(UTC).isoformat(),
        "path": str(backup.path),
        "size": backup.size,
        "missing": len(backup.missing),
        "wards": [{"ward": each.ward, "size": each.size, "root": each.root} for each in backup.logs],
    }


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(path):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _silent(_: str) -> None:
    return
