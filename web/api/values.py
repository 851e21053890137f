"""The values that the API takes, so narrow that whatever passes can be stored and shown."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator, BeforeValidator, Field

from domain.typed import UNSEEN

_ALLOWED = {"\n", "\t", "\r"}


def clean(text: str) -> str:
    """Return a text that a database and a page can hold.

    Raises:
        ValueError: a control character, half of a letter, or one that turns a line round is in it.
    """
    for letter in text:
        if UNSEEN.match(letter) or (letter not in _ALLOWED and unicodedata.category(letter) in {"Cc", "Cs"}):
            raise ValueError("control characters, bidirectional ones and lone surrogates are not taken")
    return text


def written(value: object) -> object:
    """Return a day as it is written, `2026-03-31`; a number is no day.

    Raises:
        ValueError: it is none of this or the last century.
    """
    if isinstance(value, date):
        return value
    try:
        if not isinstance(value, str) or len(value) != 10:
            raise ValueError
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError("a day is written 2026-03-31") from None
    if not 2000 <= day.year <= 2999:
        raise ValueError("a day lies between 2000-01-01 and 2999-12-31")
    return day


Text = Annotated[str, AfterValidator(clean)]
Day = Annotated[date, BeforeValidator(written), Field(json_schema_extra={"format": "date"})]
Id = Annotated[int, Path(ge=1, lt=2**63)]
Code = Annotated[Text, Path(min_length=1, max_length=40, examples=["II.3"])]
Year = Annotated[int | None, Query(ge=2000, le=2999, description="Year of the plan.")]
Limit = Annotated[int, Query(ge=1, le=500, description="How many at most.")]
