"""A title ends where something else begins, though no blank line says so."""

from __future__ import annotations

import pytest

from domain.reading.column_grid import Word, WordLine
from domain.reading.letterhead import own_title
from domain.reading.paragraphs import lines_of

TITLE = "Cải cách hành chính năm 2026 của Ủy ban nhân dân phường Hoa Lư"


@pytest.mark.parametrize(
    "after",
    [
        "",
        " -----",
        " (Có Phụ lục I, II kèm theo)",
        " Tổng số: 08 nhiệm vụ",
        " UBND phường ban hành Kế hoạch với các nội dung sau:",
        " Ngày 30/6/2026, UBND phường họp. Chủ tịch kết luận:",
        " ...Yêu cầu các phòng báo cáo.",
    ],
)
def test_a_title_is_without_what_only_follows_it(after: str) -> None:
    assert own_title(f"{TITLE}{after}") == TITLE


@pytest.mark.parametrize(
    "title", ["Thực hiện Nghị quyết số 57-NQ/TW (giai đoạn 2)", "Kết luận phiên họp ngày 30/6/2026"]
)
def test_a_title_keeps_its_own_brackets_and_days(title: str) -> None:
    assert own_title(title) == title


@pytest.mark.parametrize("halves", [("Số:", "/KH-ĐHQN"), ("Gia Lai, ngày", "tháng 01 năm 2026")])
def test_space_left_for_a_number_or_a_day_parts_no_halves(halves: tuple[str, str]) -> None:
    first, second = halves
    line = WordLine((Word(first, 0, 10), Word(second, 20, 40)), 1)

    assert [found.text for found in lines_of([line], full=0.9)] == [f"{first} {second}"]
