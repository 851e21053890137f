"""Restoring a backup: into nothing, beside where it will stand, and proved before it takes its place."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from config.embedded_server import EmbeddedServer, programs
from config.faults import reported
from config.secrets import put_secret
from config.settings import Settings
from config.shared_server import using
from domain.backups import (
    DOCUMENT,
    DUMP,
    MANIFEST,
    OWN_FOLDERS,
    OWN_TEXT,
    PUBLIC_KEY,
    BrokenBackup,
    NewerBackup,
    NotEmpty,
)
from domain.errors import SystemFault
from models import dumping
from models.database import open_engine, transaction
from models.databases import ensure_databases
from models.migrate import HEAD, ensure_role, upgrade
from services.audit import Verdict, verify
from services.audit_against import everything
from services.backup import Log, Say
from services.backup_reading import BackupFile, opened

STAGING = "restoring"
FOLDERS = ("documents", "keys", *OWN_FOLDERS)
SPARE = 200_000_000  # bytes that stay free beside what is restored


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that was restored and found whole; `made_at` is when it was made.

    `missing` are documents that were gone already at that time.
    """

    made_at: str
    logs: tuple[Log, ...]
    documents: int
    missing: tuple[str, ...]
    verdict: Verdict


def restore(
    settings: Settings,
    source: Path,
    *,
    keys: Mapping[str, bytes],
    outside: Sequence[Path],
    say: Say,
    server: Mapping[str, str] | None = None,
) -> Restored:
    """Restore a backup into an empty data folder, or an empty database of one's own.

    All of it is read and compared first, then put into a folder apart, verified there as `cchc audit
    verify` does, and only then moved to where it belongs. Killed at any moment, it can be started again;
    a database of one's own has to be emptied first. `server` are settings of the embedded server.
    `keys` are the secret keys by file name, `outside` checkpoints that were kept
    elsewhere: an old backup contradicts them.

    Raises:
        NotEmpty, BrokenBackup, NewerBackup, UnreadableCheckpoint: it can't be restored; nothing has changed.
        SystemFault: the disk or the database refuse.
    """
    with opened(source) as backup, _alone(settings.data):
        _check_place(settings, backup, keys)
        say("Đang kiểm tra bản sao lưu…")
        backup.check()
        staging = settings.data / STAGING
        with reported("Không khôi phục được"):
            _clear(settings.data)
            _unpack(backup, staging, keys, say)
        apart = settings.model_copy(update={"data": staging})
        if settings.database_url is None:
            with using(staging, server) as running:
                ensure_databases(running.url(), None, "prefect")
                verdict = _load(apart, running.url(), running.url(), backup, outside, say)
        else:
            url = settings.database_url.get_secret_value()
            owner = settings.owner_database_url
            verdict = _load(apart, url, owner.get_secret_value() if owner else url, backup, outside, say)
        with reported("Không khôi phục được"):
            _take_place(staging, settings.data)
        say("")
        documents = len(backup.documents())
        manifest = backup.manifest
        return Restored(manifest.made_at, manifest.logs, documents, manifest.missing, verdict)


def _check_place(settings: Settings, backup: BackupFile, keys: Mapping[str, bytes]) -> None:
    """Return if there is nothing yet where the backup will stand, and room for it."""
    data = settings.data
    left_over = (data / STAGING).exists()  # of a restore that was killed; what stands beside it is its own
    if (data / "pgdata").exists():
        raise NotEmpty(f"Thư mục dữ liệu {data}")
    if not left_over and any(any((data / name).glob("*")) for name in FOLDERS):
        raise NotEmpty(f"Thư mục dữ liệu {data}")
    if settings.database_url is not None and not dumping.is_empty(settings.database_url.get_secret_value()):
        raise NotEmpty("Cơ sở dữ liệu của CCHC_DATABASE_URL")
    if backup.manifest.schema > HEAD:
        raise NewerBackup(backup.manifest.program)
    with reported("Không khôi phục được"):
        free = shutil.disk_usage(data).free
    if free < backup.size * 2 + SPARE:  # the dump grows when it becomes a database
        raise SystemFault("no room", f"Ổ đĩa chỉ còn {free // 1_000_000} MB, không đủ để khôi phục bản này.")


def _unpack(backup: BackupFile, staging: Path, keys: Mapping[str, bytes], say: Say) -> None:
    staging.mkdir(mode=0o711)
    names = [name for name in backup.manifest.files if name not in {DUMP, MANIFEST}]
    for number, name in enumerate(names, 1):
        if number % 20 == 1:
            say(f"Đang khôi phục tài liệu {number}/{len(names)}…")
        if DOCUMENT.fullmatch(name) or PUBLIC_KEY.fullmatch(name) or OWN_TEXT.fullmatch(name):
            target = staging / name
            target.parent.mkdir(
                parents=True, exist_ok=True, mode=0o700 if name.startswith("keys/") else 0o755
            )
            with target.open("wb") as file:
                for chunk in backup.chunks(name):
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
    for name, key in keys.items():
        (staging / "keys").mkdir(mode=0o700, exist_ok=True)
        put_secret(staging / "keys" / name, key, 0o644 if PUBLIC_KEY.fullmatch(f"keys/{name}") else 0o600)


def _load(
    settings: Settings, url: str, owner_url: str, backup: BackupFile, outside: Sequence[Path], say: Say
) -> Verdict:
    say("Đang khôi phục cơ sở dữ liệu…")
    ensure_role(owner_url)
    dumping.load(owner_url, programs(), backup.chunks(DUMP))
    try:
        upgrade(owner_url)
        say("Đang kiểm tra nhật ký, tài liệu…")
        engine = open_engine(url, pool_size=1)
        try:
            with transaction(engine) as connection:
                # The documents were compared as they were unpacked; those missing then are missing now.
                against = replace(everything(settings, outside), documents=None)
                verdict = verify(connection, against)
                wanted = set(dumping.documents(connection))
        finally:
            engine.dispose()
        _check(verdict, backup, wanted)
    except BaseException:
        if settings.database_url is not None:
            dumping.drop(owner_url)
        raise
    return verdict


def _check(verdict: Verdict, backup: BackupFile, wanted: set[str]) -> None:
    """Return if the logs are those of the backup, nothing in them was changed, and no document is gone.

    Raises:
        BrokenBackup: they aren't.
    """
    stated = {each.ward: (each.size, each.root) for each in backup.manifest.logs}
    found = {each.ward: (each.size, each.root) for each in verdict.wards}
    problems = [f"{ward.ward}: {problem}" for ward in verdict.wards for problem in ward.problems]
    if not problems and stated != found:
        problems = ["nhật ký khác với số sự kiện, gốc cây băm ghi trong bản sao lưu"]
    if not problems and backup.documents() | set(backup.manifest.missing) != wanted:
        problems = ["tài liệu trong bản sao lưu thừa hoặc thiếu so với sổ tài liệu"]
    if problems:
        raise BrokenBackup(backup.path.name, "PHÁT HIỆN ĐƯỢC SỬA ĐỔI. " + "; ".join(problems[:5]))


def _take_place(staging: Path, data: Path) -> None:
    """Move what was restored to where it belongs; the database, by which it counts as done, comes last."""
    for name in (*FOLDERS, "pgdata"):
        if (staging / name).exists():
            (staging / name).rename(data / name)
            _sync(data)
    shutil.rmtree(staging, ignore_errors=True)


def _clear(data: Path) -> None:
    """Take away what a restore left that was killed in the middle."""
    if (data / STAGING).exists():
        EmbeddedServer(data / STAGING).stop()  # which outlives whoever started it
        for name in FOLDERS:
            if (data / name).exists():
                shutil.rmtree(data / name)
        shutil.rmtree(data / STAGING)


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Hold the data folder, as a running program holds it.

    Raises:
        NotEmpty: a program runs there, or another restore.
    """
    with reported("Không mở được thư mục dữ liệu"):
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "up.lock").open("a+")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotEmpty(f"Thư mục dữ liệu {data} đang được dùng và") from None
        yield


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
