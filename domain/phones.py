"""Vietnamese mobile numbers in the one form that providers take: 84 and nine digits."""

from __future__ import annotations

import re

from domain.refusals import BadValue

_SEPARATORS = re.compile(r"[\s.()\u2010-\u2015-]+")
_NUMBER = re.compile(r"(?:\+84|0084|84|0)([35789][0-9]{8})")


def canonical_phone(text: str) -> str:
    """Return a number as `84912345678`, however people write it: `0912 345 678`, `+84 912.345.678`.

    Raises:
        BadValue: it is no Vietnamese mobile number.
    """
    found = _NUMBER.fullmatch(_SEPARATORS.sub("", text))
    if found is None:
        expected = "cần số di động Việt Nam, ví dụ 0912 345 678 hoặc +84 912 345 678"
        raise BadValue("Số điện thoại", text[:40], expected)
    return f"84{found[1]}"


def phone_in_words(number: str) -> str:
    """Write a canonical number as people do: `0912 345 678`; anything else stays as it is."""
    found = re.fullmatch("84([0-9]{3})([0-9]{3})([0-9]{3})", number)
    return f"0{found[1]} {found[2]} {found[3]}" if found else number
