"""The secret keys in one encrypted file, to be kept apart from the backup of what they protect."""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, b64encode
from pathlib import Path

from config.faults import reported
from config.secrets import put_secret
from domain.backups import FileThere, WrongPassphrase
from domain.refusals import BadValue

_MAGIC = b"CCHC-KEYS-1\n"
_SALT, _NONCE = 16, 12
_COST = {"n": 2**15, "r": 8, "p": 1}  # 32 MB for each guess
_LARGEST = 1_000_000  # bytes
SHORTEST = 12  # letters of a passphrase


def check_lockable(target: Path, passphrase: str) -> None:
    """Return if keys may be written there under that passphrase: known before anything long is begun.

    Raises:
        FileThere, BadValue: the file exists, or the passphrase is too short.
    """
    if len(passphrase) < SHORTEST:
        raise BadValue("Mật khẩu của tệp khoá", "", f"cần ít nhất {SHORTEST} ký tự")
    if target.exists():
        raise FileThere(target.name)


def lock_keys(folder: Path, target: Path, passphrase: str) -> list[str]:
    """Write all keys in `folder` to a new file that only the passphrase opens; return their names.

    Raises:
        FileThere, BadValue: the file exists, or the passphrase is too short.
        SystemFault: the disk refuses.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    check_lockable(target, passphrase)
    with reported("Không đọc, ghi được khoá"):
        found = {
            path.name: b64encode(path.read_bytes()).decode()
            for path in sorted(folder.glob("*"))
            if path.is_file() and path.name != "lock" and path.suffix != ".new"
        }
        salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
        sealed = AESGCM(_key(passphrase, salt)).encrypt(nonce, json.dumps(found).encode(), _MAGIC)
        put_secret(target, _MAGIC + salt + nonce + sealed)
    return list(found)


def unlock_keys(source: Path, passphrase: str) -> dict[str, bytes]:
    """Return the keys in a file by name.

    Raises:
        WrongPassphrase: it doesn't open, or is no such file.
        SystemFault: it can't be read.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    with reported("Không đọc được tệp khoá"), source.open("rb") as file:
        content = file.read(_LARGEST)
    begin = len(_MAGIC)
    salt, nonce = content[begin : begin + _SALT], content[begin + _SALT : begin + _SALT + _NONCE]
    if not content.startswith(_MAGIC) or len(nonce) < _NONCE:
        raise WrongPassphrase(source.name)
    try:
        opened = AESGCM(_key(passphrase, salt)).decrypt(nonce, content[begin + _SALT + _NONCE :], _MAGIC)
        found = {str(name): b64decode(key) for name, key in json.loads(opened).items()}
    except (InvalidTag, ValueError):
        raise WrongPassphrase(source.name) from None
    if any("/" in name or name.startswith(".") for name in found):
        raise WrongPassphrase(source.name)
    return found


def _key(passphrase: str, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=32, **_COST).derive(passphrase.encode())
