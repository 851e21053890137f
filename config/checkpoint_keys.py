"""The keys that sign checkpoints: in the data folder, never in the database.

`keys/checkpoint.key` holds the private key, `keys/checkpoint-<id>.pub` one public key each: of the
present one and of all before it, so that what they signed can be checked for ever. `keys/checkpoint.name`
is how the installation is called in its logs' origins.
"""

from __future__ import annotations

import binascii
import os
import re
import secrets
import stat
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

from config.faults import reported
from config.secrets import LENGTH, UnusableKey, alone, give_to_owner_of, put_secret
from domain.checkpoints import VerifierKey

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")


class CheckpointKeys:
    """An installation's signing key, with the public keys of all that it ever had; never shows itself."""

    __slots__ = ("_former", "_private", "former", "installation", "public")

    def __init__(
        self, installation: str, private: bytes, former: tuple[bytes, ...] = (), ending: bytes | None = None
    ) -> None:
        self.installation = installation
        self._private = private
        self._former = (
            ending  # the key that is being given up signs once more, so that one vouches for the other
        )
        self.public = _public(private)
        self.former = former

    def origin(self, ward_code: str) -> str:
        """Return what the log of a ward is called."""
        return f"cchc/{self.installation}/{ward_code}"

    def verifiers(self, ward_code: str) -> list[VerifierKey]:
        """Return the keys that a ward's checkpoints can be checked with, the present one first."""
        return [VerifierKey(self.origin(ward_code), public) for public in (self.public, *self.former)]

    def sign(self, ward_code: str, text: str) -> list[tuple[VerifierKey, bytes]]:
        """Sign a text for the log of a ward; at a change of keys with both."""
        signing = [self._private, *([self._former] if self._former else [])]
        return [(VerifierKey(self.origin(ward_code), _public(key)), _signed(key, text)) for key in signing]

    def __repr__(self) -> str:
        return f"CheckpointKeys({self.installation}, {len(self.former)} former)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are not pickled: Prefect and caches would store them")


def load_checkpoint_keys(data: Path) -> CheckpointKeys:
    """Return the keys of the installation in `data`; made at the first need.

    Raises:
        UnusableKey: the private key's file is open to everyone or no key.
        SystemFault: the disk refuses to keep a new one.
    """
    folder = data / "keys"
    with reported("Không dùng được khoá ký điểm chốt"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (folder / "checkpoint.key").exists():
            with alone(folder / "lock"):
                if not (folder / "checkpoint.key").exists():
                    _make(folder)
        return _load(folder)


def rotate_checkpoint_keys(data: Path) -> CheckpointKeys:
    """Make a new signing key and give the former one up; its public key stays.

    What is signed with the returned keys bears both signatures, once: the private key is gone from the disk.

    Raises:
        UnusableKey, SystemFault: see `load_checkpoint_keys`.
    """
    load_checkpoint_keys(data)
    folder = data / "keys"
    with reported("Không thay được khoá ký điểm chốt"), alone(folder / "lock"):
        ending = _private(folder / "checkpoint.key")
        _make(folder)
        fresh = _load(folder)
        return CheckpointKeys(fresh.installation, _private(folder / "checkpoint.key"), fresh.former, ending)


def _make(folder: Path) -> None:
    give_to_owner_of(folder.parent, folder, folder / "lock")
    if not (folder / "checkpoint.name").exists():
        put_secret(folder / "checkpoint.name", f"{secrets.token_hex(4)}\n".encode(), 0o644)
    private = secrets.token_bytes(LENGTH)
    public = _public(private)
    _put_public(folder, public)
    put_secret(folder / "checkpoint.key", b64encode(private) + b"\n")


def _put_public(folder: Path, public: bytes) -> None:
    name = f"checkpoint-{sha256(public).hexdigest()[:16]}.pub"
    put_secret(folder / name, b64encode(public) + b"\n", 0o644)


def _load(folder: Path) -> CheckpointKeys:
    private = _private(folder / "checkpoint.key")
    public = _public(private)
    paths = sorted(folder.glob("checkpoint-*.pub"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    known = [_decoded(path) for path in paths]
    if public not in known:
        _put_public(folder, public)
    name = (folder / "checkpoint.name").read_text(encoding="utf-8").strip()
    if not _NAME.fullmatch(name):
        raise UnusableKey(
            "no name of the installation", f"Tệp {folder / 'checkpoint.name'} không phải là tên cài đặt."
        )
    return CheckpointKeys(name, private, tuple(key for key in reversed(known) if key != public))


def _private(path: Path) -> bytes:
    if stat.S_IMODE(path.stat().st_mode) & stat.S_IRWXO and os.name == "posix":
        raise UnusableKey(
            f"key file {path} is open to everyone",
            f"Tệp khoá {path} cho mọi tài khoản trên máy đọc hoặc sửa. Hãy đóng lại: chmod 600 {path},"
            " rồi thay khoá bằng lệnh: cchc audit keys rotate.",
        )
    return _decoded(path)


def _decoded(path: Path) -> bytes:
    try:
        key = b64decode(path.read_bytes().strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != LENGTH:
        raise UnusableKey(
            f"no key in {path}",
            f"Tệp {path} không phải là khoá ký điểm chốt. Hãy khôi phục tệp từ bản sao lưu của thư mục keys.",
        )
    return key


def _public(private: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def _signed(private: bytes, text: str) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private).sign(text.encode())
