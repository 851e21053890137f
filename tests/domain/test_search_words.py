from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.names import plain
from domain.search_words import days_meant, spans_of

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("31/3/2026", (date(2026, 3, 31), date(2026, 3, 31))),
        ("ngày 05-03-2026", (date(2026, 3, 5), date(2026, 3, 5))),
        ("31/3", (date(2026, 3, 31), date(2026, 3, 31))),
        ("03/2026", (date(2026, 3, 1), date(2026, 3, 31))),
        ("tháng 2/2028", (date(2028, 2, 1), date(2028, 2, 29))),
        ("31/2/2026", None),
        ("13/2026", None),
        ("16/QĐ-UBND", None),
        ("12/KH-UBND năm 2026", None),
        ("", None),
        ("0/0/0000", None),
    ],
)
def test_days_are_meant_as_people_write_them(words: str, meant: tuple[date, date] | None) -> None:
    assert days_meant(words, TODAY) == meant


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_date_or_is_not(words: str) -> None:
    found = days_meant(words, TODAY)

    assert found is None or found[0] <= found[1]


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("Kế hoạch CCHC", "ke hoach cchc", ["Kế hoạch CCHC"]),
        ("Kế hoạch và hoạch định", "hoach", ["hoạch", "hoạch"]),
        ("Đo lường sự hài lòng", "DO LUONG hai long", ["Đo lường", "hài lòng"]),
        ("Kế hoạch", "%_", []),
        ("Báo cáo kết quả theo kế hoạch", "hoach ke", ["kế hoạch"]),
    ],
)
def test_words_are_marked_where_they_stand_whatever_their_marks(
    text: str, words: str, marked: list[str]
) -> None:
    found = [text[start:end] for start, end in spans_of(text, words)]

    assert " ".join(found) == " ".join(marked)


@given(st.text("aăâbcdđeêoôơưáàạ İßﬁ.", max_size=40), st.text("aăbcdđeoơ ", max_size=6))
def test_marks_never_overlap_and_hold_what_was_asked(text: str, words: str) -> None:
    spans = spans_of(text, words)

    assert all(start < end for start, end in spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))
    asked = " ".join(plain(words).split())
    if asked and asked in plain(text):
        assert spans
