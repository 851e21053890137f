"""Rows of printed tables without rules, whose cells stand in the middle of their rows."""

from __future__ import annotations

from domain.reading.row_starts import Layout, Ranked, row_starts

CENTRED = Layout(number=0, content=1, centred=True)
BLANK = Ranked(("", ""), numbered=False)
SECOND = [Ranked(("2", "Họp giao ban"), numbered=True)]


def rows(first: str) -> list[Ranked]:
    return [
        Ranked(("", first), numbered=False),
        Ranked(("1", "nhân dân phường"), numbered=True),
        BLANK,
        *SECOND,
    ]


def test_space_between_rows_tells_where_they_begin() -> None:
    assert row_starts(rows("Rà soát văn bản do Ủy ban"), CENTRED) == ([0, 3], True)


def test_a_row_that_would_begin_within_a_sentence_is_a_guess() -> None:
    assert row_starts(rows("quy phạm do Ủy ban"), CENTRED) == ([0, 3], False)
