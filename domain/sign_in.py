"""Rules of signing in: how long failures lock an account out, and which passwords are too weak."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import timedelta

from domain.errors import WardError

FREE_TRIES = 5
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)  # longer ones would let anybody keep somebody else out for good
SHORTEST = 10
LONGEST = 128
# What people in offices here choose first; guessing tries it first, too.
_COMMON = frozenset(
    {
        *("password", "matkhau", "matkhau123", "password123", "qwerty", "qwertyuiop", "admin", "quantri"),
        *("vietnam", "hanoi", "phuong", "ubnd", "ubndphuong", "cchc", "caicachhanhchinh"),
    }
)


class WeakPassword(WardError):
    """The password is one that would be guessed."""

    def __init__(self, why: str) -> None:
        super().__init__("a weak password", f"Mật khẩu chưa dùng được: {why}.")


def locked_for(failures: int) -> timedelta:
    """Return for how long nobody may try after so many failures in a row: twice as long each time."""
    over = failures - FREE_TRIES
    if over < 0:
        return timedelta(0)
    doubled: timedelta = FIRST_PAUSE * 2 ** min(over, 10)
    return min(doubled, LONGEST_PAUSE)


def normal(password: str) -> str:
    """Return a password as it is hashed: the same, however a keyboard composed its letters."""
    return unicodedata.normalize("NFKC", password)


def check_new(password: str, about: Iterable[str | None] = ()) -> None:
    """Return if a password may be chosen by somebody of whom these words are known.

    Raises:
        WeakPassword: it is too short, too long, or among the first that anybody would try.
    """
    password = normal(password)
    if len(password) < SHORTEST:
        raise WeakPassword(f"cần ít nhất {SHORTEST} ký tự; một câu ngắn dễ nhớ là tốt nhất")
    if len(password) > LONGEST:
        raise WeakPassword(f"nhiều nhất {LONGEST} ký tự")
    folded = _folded(password)
    words = {_folded(part) for word in about if word for part in (word, word.partition("@")[0])}
    if folded in words or any(len(word) >= 3 and folded.replace(word, "").isdigit() for word in words):
        raise WeakPassword("trùng với tên, địa chỉ thư của tài khoản")
    plain = folded.strip("0123456789!@#$%^&*.-_ ")
    if folded in _COMMON or plain in _COMMON or not plain or len(set(folded)) < 4:
        raise WeakPassword("quá dễ đoán; đề nghị chọn một câu mà chỉ mình nhớ")


def _folded(text: str) -> str:
    bare = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(each for each in bare if not unicodedata.combining(each)).replace(" ", "")
