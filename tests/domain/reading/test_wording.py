from __future__ import annotations

import re

import pytest

from domain.reading.times import read_time
from domain.reading.wording import said
from tests.domain.reading.test_expressions import EXPRESSIONS, UNSEEN
from tests.domain.reading.test_variants import VARIANTS

_ENGLISH = re.compile(
    r"\b(day|last|first|second|working|month|months|hours|before|following|period|the|of|and)\b"
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("trước 30/9/2026", "hạn cuối 29/09/2026"),
        ("thứ Sáu tuần cuối tháng", "lặp lại thứ Sáu cuối cùng hằng tháng"),
        ("thứ Ba và thứ Sáu hằng tuần", "lặp lại thứ Ba và thứ Sáu hằng tuần"),
        ("trước thứ Sáu hằng tuần", "lặp lại thứ Sáu hằng tuần, hạn trước đó một ngày"),
        ("ngày làm việc cuối cùng của tháng", "lặp lại hằng tháng, hạn ngày làm việc cuối cùng"),
        ("trong 03 tháng kể từ ngày Luật có hiệu lực", "sự kiện: “Luật có hiệu lực”, sau 3 tháng"),
        ("chậm nhất 20 ngày trước kỳ họp", "sự kiện: “kỳ họp”, trước 20 ngày"),
        ("Quý II/2026", "từ 01/04/2026 hạn cuối 30/06/2026"),
    ],
)
def test_a_milestone_is_said_as_people_say_it(text: str, words: str) -> None:
    (milestone,) = read_time(text, year=2026)[0]

    assert said(milestone) == words


def test_no_milestone_is_said_in_english() -> None:
    texts = [entry["text"] for entry in (*EXPRESSIONS, *UNSEEN, *VARIANTS)]
    lines = {said(milestone) for text in texts for milestone in read_time(text, year=2026)[0]}
    unquoted = {re.sub("“[^”]*”", "", line) for line in lines}

    assert not {line for line in unquoted if _ENGLISH.search(line)}
