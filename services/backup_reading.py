"""Reading a backup's archive with care: it may be cut off, changed, or made to harm."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.backups import DOCUMENT, DUMP, FORMAT, MANIFEST, BrokenBackup, NewerBackup, allowed
from services.backup import Log
from services.documents import CHUNK

_LARGEST_MANIFEST = 200_000_000  # bytes; a line for each document


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself."""

    made_at: str
    program: str
    schema: str
    logs: tuple[Log, ...]
    missing: tuple[str, ...]
    files: dict[str, tuple[int, str]]


class BackupFile:
    """An archive that was opened; whatever is read from it is what its manifest says, or refused."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.path, self.archive = path, archive
        self.infos = self._infos()
        self.manifest = self._manifest()

    @property
    def size(self) -> int:
        """How many bytes will stand on the disk."""
        return sum(size for size, _ in self.manifest.files.values())

    def documents(self) -> set[str]:
        """Return the digests of the documents in it."""
        return {found[2] for name in self.manifest.files if (found := DOCUMENT.fullmatch(name))}

    def check(self) -> None:
        """Read all of it once.

        Raises:
            BrokenBackup: something isn't what was written.
        """
        for name in self.manifest.files:
            for _ in self.chunks(name):
                pass

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a file's bytes.

        Raises:
            BrokenBackup: they are not what was written, which is known at the end.
        """
        size, expected = self.manifest.files[name]
        digest, read = hashlib.sha256(), 0
        try:
            with self.archive.open(self.infos[name]) as entry:
                while chunk := entry.read(CHUNK):
                    read += len(chunk)
                    if read > size:
                        break
                    digest.update(chunk)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as problem:
            raise self._broken(f"“{name}” bị hỏng") from problem
        if read != size or digest.hexdigest() != expected:
            raise self._broken(f"“{name}” khác với lúc sao lưu")

    def _infos(self) -> dict[str, zipfile.ZipInfo]:
        found: dict[str, zipfile.ZipInfo] = {}
        for info in self.archive.infolist():
            if info.filename in found or not allowed(info.filename):
                raise self._broken(f"có mục lạ “{info.filename[:80]}”")
            if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
                raise self._broken(f"mục “{info.filename}” bị nén hoặc mã hoá")
            found[info.filename] = info
        return found

    def _manifest(self) -> Manifest:
        info = self.infos.get(MANIFEST)
        if info is None or info.file_size > _LARGEST_MANIFEST:
            raise self._broken("không phải bản sao lưu của chương trình này")
        try:
            stated = json.loads(self.archive.read(info))
            if stated["format"] > FORMAT:
                raise NewerBackup(str(stated["program"])[:40])
            manifest = _read(stated)
        except (KeyError, TypeError, ValueError, AttributeError, zipfile.BadZipFile, OSError) as problem:
            raise self._broken("danh sách tệp (manifest.json) không đúng") from problem
        if manifest.files.keys() != self.infos.keys() - {MANIFEST} or DUMP not in manifest.files:
            raise self._broken("thiếu hoặc thừa tệp so với manifest.json")
        for name, (_, sha256) in manifest.files.items():
            if (document := DOCUMENT.fullmatch(name)) and document[2] != sha256:
                raise self._broken(f"“{name}” không đúng tên")
        return manifest

    def _broken(self, why: str) -> BrokenBackup:
        return BrokenBackup(self.path.name, why)


@contextmanager
def opened(path: Path) -> Iterator[BackupFile]:
    """Open an archive.

    Raises:
        BrokenBackup, NewerBackup: it can't be used.
    """
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise BrokenBackup(path.name, "không tìm thấy tệp") from None
    except (zipfile.BadZipFile, OSError, ValueError) as problem:
        raise BrokenBackup(path.name, "tệp bị cắt cụt hoặc không phải bản sao lưu") from problem
    with archive:
        yield BackupFile(path, archive)


def _read(stated: dict[str, Any]) -> Manifest:
    return Manifest(
        made_at=str(stated["made_at"]),
        program=str(stated["program"]),
        schema=str(stated["schema"]),
        logs=tuple(Log(str(each["ward"]), int(each["size"]), str(each["root"])) for each in stated["wards"]),
        missing=tuple(str(each) for each in stated["missing"]),
        files={str(name): (int(each["size"]), str(each["sha256"])) for name, each in stated["files"].items()},
    )
