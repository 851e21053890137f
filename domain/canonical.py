"""Canonical JSON (RFC 8785) for the history: objects, lists, strings and whole numbers only."""

from __future__ import annotations

import json
from collections.abc import Mapping

# Other readers hold numbers as IEEE 754 doubles, and beyond this they round (RFC 8785, section 3.2.2.3).
LARGEST_NUMBER = 2**53 - 1


def canonical(value: object) -> str:
    """Return the one text that stands for `value`.

    Raises:
        TypeError: a float, a boolean, null or anything else that could be written in two ways, a number
            that other readers would round, half of a surrogate pair.
    """
    _refuse_others(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _refuse_others(value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, str | int | Mapping | list | tuple):
        raise TypeError(f"not canonical: {value!r}")
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        raise TypeError(f"too large to be read alike everywhere: {value!r}")
    if isinstance(value, str) and not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
        raise TypeError(f"not a text: {value!r}")
    if isinstance(value, Mapping):
        for key, inner in value.items():
            # Sorting by code point is sorting by UTF-16 unit as long as keys are ASCII.
            if not (isinstance(key, str) and key.isascii()):
                raise TypeError(f"not a canonical key: {key!r}")
            _refuse_others(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_others(inner)
