"""The installation's key, and what is derived from it: signatures of links, Zalo's tokens at rest.

It comes from CCHC_KEY, else from the file that CCHC_KEY_FILE names, else from
`keys/installation.key` in the data folder, made at the first need. Whoever has the data folder
without it has no tokens; whoever loses it only has to give Zalo's consent again.
"""

from __future__ import annotations

import binascii
import contextlib
import fcntl
import hmac
import os
import secrets
import stat
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from config.faults import reported
from config.settings import Settings
from domain.errors import SystemFault

LENGTH = 32
_NONCE = 12
_VERSION = b"\x01"


class UnusableKey(SystemFault):
    """The installation's key is missing, open to everyone or no key at all; no text repeats it."""


class WrongKey(SystemFault):
    """What was sealed does not open: another key, another place, or changed since."""

    def __init__(self, purpose: str, source: str) -> None:
        super().__init__(
            f"sealed data for {purpose!r} does not open with the key in {source}",
            f"Không giải mã được dữ liệu đã lưu bằng khoá ở {source}: khoá đã bị thay hoặc dữ liệu đã bị sửa."
            " Hãy khôi phục đúng khoá cũ từ bản sao lưu; nếu không còn, quản trị cấp quyền Zalo lại"
            " bằng lệnh: cchc zalo consent --anew.",
        )


class Keys:
    """The installation's key; gives keys for single purposes, and never shows itself."""

    __slots__ = ("_master", "_source")

    def __init__(self, master: bytes, source: str) -> None:
        self._master = master
        self._source = source  # where the key is kept, as people are told

    def derived(self, purpose: str) -> bytes:
        """Return 32 bytes for `purpose` alone (HKDF-SHA256, RFC 5869); the same at each call."""
        extracted = hmac.digest(bytes(LENGTH), self._master, "sha256")
        return hmac.digest(extracted, f"cchc/{purpose}".encode() + b"\x01", "sha256")

    def seal(self, purpose: str, data: bytes, context: str) -> bytes:
        """Encrypt `data`, bound to `context`: what stands in one row does not open in another."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE)
        return _VERSION + nonce + AESGCM(self.derived(purpose)).encrypt(nonce, data, context.encode())

    def open(self, purpose: str, sealed: bytes, context: str) -> bytes:
        """Return what was sealed for the same purpose and context.

        Raises:
            WrongKey: the key or the context is another, or the data was changed.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce, ciphertext = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        if sealed[:1] != _VERSION or len(nonce) < _NONCE:
            raise WrongKey(purpose, self._source)
        try:
            return AESGCM(self.derived(purpose)).decrypt(nonce, ciphertext, context.encode())
        except InvalidTag:
            raise WrongKey(purpose, self._source) from None

    def __repr__(self) -> str:
        return f"Keys(from {self._source})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are not pickled: Prefect and caches would store them")


def load_keys(settings: Settings) -> Keys:
    """Return the installation's key; made where nobody named one and there is none yet.

    Raises:
        UnusableKey: a key was named and can't be used, or its file is open to everyone.
        SystemFault: the disk refuses to keep a new one.
    """
    if settings.key is not None:
        return Keys(_decoded(settings.key.get_secret_value(), "biến CCHC_KEY"), "biến CCHC_KEY")
    path = settings.key_file or settings.data / "keys" / "installation.key"
    source = f"tệp {path}"
    with reported("Không dùng được khoá của cài đặt"):
        if settings.key_file is None:
            _make_unless_there(path)
        elif not path.exists():
            raise UnusableKey(
                f"no key file {path}",
                f"Không có tệp khoá {path} mà CCHC_KEY_FILE chỉ đến. Hãy khôi phục tệp từ bản sao lưu; với"
                f" cài đặt mới, tạo bằng lệnh: (umask 077; head -c {LENGTH} /dev/urandom | base64 > {path})",
            )
        return Keys(_read(path, source), source)


def _read(path: Path, source: str) -> bytes:
    """Read the key from a file that not everyone may touch."""
    with path.open("r", encoding="ascii", errors="replace") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & stat.S_IRWXO:
            raise UnusableKey(
                f"key file {path} is open to everyone",
                f"Tệp khoá {path} cho mọi tài khoản trên máy đọc hoặc sửa. Hãy đóng lại bằng lệnh: chmod 600"
                f" {path}. Nếu máy có người khác dùng, coi như khoá đã lộ: thay khoá rồi cấp quyền Zalo lại.",
            )
        return _decoded(file.read(1000), source)


def _decoded(text: str, source: str) -> bytes:
    try:
        key = b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != LENGTH:
        raise UnusableKey(
            f"no {LENGTH} byte key in base64: {source}",
            f"Khoá ở {source} không đúng dạng: cần {LENGTH} byte viết bằng base64 (44 ký tự).",
        )
    return key


def _make_unless_there(path: Path) -> None:
    """Make the key file, whole or not at all; of several processes at once, one makes it."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with alone(path.parent / "lock"):
        if path.exists():
            return
        give_to_owner_of(path.parent.parent, path.parent, path.parent / "lock")
        put_secret(path, b64encode(secrets.token_bytes(LENGTH)) + b"\n")
        sync(path.parent.parent)


def put_secret(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file that others may not read, whole or not at all; it takes the place of a former one."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)  # of a process that was killed here
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor has no path
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    give_to_owner_of(path.parent.parent, new)
    new.rename(path)
    sync(path.parent)


@contextlib.contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Keep other processes out until the end."""
    descriptor = os.open(lock, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def give_to_owner_of(data: Path, *made: Path) -> None:
    """Let the account that the program runs under read what root made for it with sudo; nobody else."""
    owner = data.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        for path in made:
            os.chown(path, owner.st_uid, owner.st_gid)


def sync(folder: Path) -> None:
    """See to it that what a folder lists is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
