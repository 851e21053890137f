from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from domain.plans import Milestone
from domain.reading.normal import key
from domain.reading.times import read_time

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
YEARS = st.integers(2000, 2099)
ROMAN = ("I", "II", "III", "IV")
SAID = st.sampled_from(
    [
        "trước ngày 30/9/2026",
        "Quý III, IV/2026",
        "từ ngày 01/3/2026 đến hết ngày 30/6/2026",
        "Trước ngày 10 của tháng cuối cùng kỳ báo cáo",
        "Khi có văn bản hướng dẫn, chỉ đạo của cơ quan cấp trên",
        "định kỳ hằng tháng, quý, năm",
        "Chậm nhất 05 ngày làm việc sau khi nhận được yêu cầu",
        "Giai đoạn 2026 - 2027",
        "Tháng 11 - 12/2025",
    ]
)


def facts(text: str) -> list[tuple[object, ...]]:
    milestones, _ = read_time(text, year=2026)
    return [
        (m.kind, m.stage, m.start, m.due, m.due_time, m.recurrence, m.due_rule, m.offset_days)
        for m in milestones
    ]


def only(text: str) -> Milestone:
    (milestone,) = read_time(text, year=2026)[0]
    return milestone


@given(DAYS, st.sampled_from("/-."), st.booleans())
def test_every_written_day_reads_back(day: date, mark: str, padded: bool) -> None:
    width = 2 if padded else 1
    text = f"{day.day:0{width}d}{mark}{day.month:0{width}d}{mark}{day.year}"

    assert only(f"chậm nhất {text}").due == day
    assert only(text).due == day
    assert only(f"trước ngày {text}").due == day - timedelta(days=1)


@given(DAYS)
def test_every_day_in_words_reads_back(day: date) -> None:
    assert only(f"ngày {day.day} tháng {day.month} năm {day.year}").due == day


@given(
    YEARS, st.integers(1, 4), st.integers(1, 4), st.sampled_from(["Quý {}/{}", "quý {} năm {}", "Quí {}-{}"])
)
def test_every_quarter_and_run_of_quarters_reads_back(year: int, one: int, two: int, shape: str) -> None:
    first, last = sorted((one, two))
    names = ROMAN[first - 1] if first == last else ", ".join(ROMAN[first - 1 : last])
    milestone = only(shape.format(names, year))

    assert milestone.start == date(year, first * 3 - 2, 1)
    assert milestone.due == date(year, last * 3, monthrange(year, last * 3)[1])


@given(YEARS, st.integers(1, 12), st.integers(1, 12), st.sampled_from([" - ", "-", " đến tháng "]))
def test_every_run_of_months_reads_back(year: int, one: int, two: int, joiner: str) -> None:
    first, last = sorted((one, two))
    text = f"tháng {first}/{year}" if first == last else f"tháng {first}{joiner}{last}/{year}"
    milestone = only(text)

    assert milestone.start == date(year, first, 1)
    assert milestone.due == date(year, last, monthrange(year, last)[1])


@given(st.dates(date(2000, 1, 1), date(2096, 12, 31)), st.integers(0, 800))
def test_every_window_reads_back(start: date, length: int) -> None:
    end = start + timedelta(days=length + 1)
    milestone = only(f"từ ngày {start:%d/%m/%Y} đến ngày {end:%d/%m/%Y}")

    assert (milestone.start, milestone.due) == (start, end)


@given(SAID, st.sampled_from(["  ", "\u00a0", " \t "]))
def test_reading_is_stable_under_added_spaces(text: str, space: str) -> None:
    assert facts(text.replace(" ", space)) == facts(text)


@given(SAID, st.sampled_from("‐‑–—−"))
def test_reading_is_stable_under_other_dashes(text: str, dash: str) -> None:
    assert facts(text.replace("-", dash)) == facts(text)


@given(SAID)
def test_reading_is_stable_under_capitals_and_decomposed_letters(text: str) -> None:
    assert facts(text.upper()) == facts(text)
    assert facts(unicodedata.normalize("NFD", text)) == facts(text)


@given(st.text())
@example("\u0130 ngày 1/1/2026")
@example("trước ngày ٣٠/٩/٢٠٢٦")
@example("năm " * 50)
def test_reading_never_raises(text: str) -> None:
    read_time(text, year=2026)
    read_time(text, year=None)
    read_time(text, year=2026, issued_on=date(2026, 1, 14))


_WORDS = st.sampled_from(
    [
        "trước",
        "sau",
        "từ",
        "đến",
        "hết",
        "trong",
        "chậm",
        "nhất",
        "ngày",
        "tháng",
        "quý",
        "năm",
        "tuần",
        "giờ",
        "hàng",
        "định",
        "kỳ",
        "khi",
        "có",
        "theo",
        "cuối",
        "đầu",
        "của",
        "và",
        ",",
        ";",
        ".",
        "-",
        "/",
        "(",
        ")",
        "1",
        "5",
        "10",
        "12",
        "13",
        "31",
        "2026",
        "2027",
        "I",
        "IV",
        "thứ",
        "hai",
        "sáu",
        "lần",
        "kể",
        "làm",
        "việc",
        "báo",
        "cáo",
        "ban",
        "hành",
        "kế",
        "hoạch",
        "thường",
        "xuyên",
        "nếu",
        "16/QĐ-UBND",
    ]
)


@given(st.lists(_WORDS, max_size=14))
def test_words_of_time_in_any_order_never_raise_and_are_always_accounted_for(words: list[str]) -> None:
    text = " ".join(words)
    milestones, findings = read_time(text, year=2026, issued_on=date(2026, 1, 14))

    told = " ".join([*(m.source_text for m in milestones), *(finding.source_text for finding in findings)])
    missing = set(key(text).split()) - set(key(told).split())
    assert milestones
    assert not {word for word in missing if not re.fullmatch(r"\d+|[a-z]", word)}
