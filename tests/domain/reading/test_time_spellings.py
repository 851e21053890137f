"""Every day, month, quarter and rhythm reads back in each spelling that offices use."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from domain.plans import Milestone
from domain.reading.rhythm import due_in, months_of
from domain.reading.times import read_time
from tests.domain.reading.test_expressions import EXPRESSIONS, UNSEEN
from tests.domain.reading.test_variants import VARIANTS

DAYS = st.dates(date(2020, 1, 1), date(2039, 12, 31))
YEARS = st.integers(2020, 2039)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
ROMAN = ("I", "II", "III", "IV")
DAY_SHAPES = (
    "{d}/{m}/{y}",
    "{d:02}/{m:02}/{y}",
    "{d:02}.{m:02}.{y}",
    "{d:02}-{m:02}-{y}",
    "{d:02} - {m:02} - {y}",
    "{d} / {m} / {y}",
    "{d:02}/{m:02}/{s:02}",
    "{y}-{m:02}-{d:02}",
    "ngày {d} tháng {m} năm {y}",
    "{d} tháng {m} năm {y}",
    "ngày {d:02}/{m:02} năm {y}",
    "ngày {d} tháng {m}/{y}",
    "Ngày {d}/{m}/{y}",
)
STRICT = ("trước {}", "Trước ngày {}", "hoàn thành trước {}", "xong trước {}", "gửi trước {}", "đến trước {}")
INCLUSIVE = (
    "{}",
    "chậm nhất {}",
    "muộn nhất là {}",
    "đến hết {}",
    "hết {}",
    "không quá {}",
    "không muộn hơn {}",
    "trước và trong {}",
    "hạn cuối: {}",
    "hoàn thành {}",
    "Thời hạn: {}",
)
MONTH_SHAPES = (
    "tháng {m}/{y}",
    "Tháng {m:02}/{y}",
    "tháng {m} năm {y}",
    "T{m}/{y}",
    "Th.{m}/{y}",
    "T.{m}/{y}",
    "{m}/{y}",
    "{m:02}-{y}",
    "trong tháng {m} năm {y}",
)
QUARTER_SHAPES = (
    "Quý {r}/{y}",
    "quý {q} năm {y}",
    "Q{q}/{y}",
    "Q.{r}/{y}",
    "Quí {r} - {y}",
    "quý {r}, năm {y}",
)


def only(text: str) -> Milestone:
    (milestone,) = read_time(text, year=2026)[0]
    return milestone


def asked(text: str) -> bool:
    """Say whether reading `text` asks a person, apart from doubts about its year."""
    codes = {finding.code for finding in read_time(text, year=2026)[1] if finding.severity != "info"}
    return bool(codes - {"other-year"})


@given(DAYS, st.sampled_from(DAY_SHAPES), st.sampled_from(STRICT + INCLUSIVE))
def test_every_day_reads_back_in_each_spelling_under_each_bound(day: date, shape: str, bound: str) -> None:
    written = shape.format(d=day.day, m=day.month, y=day.year, s=day.year % 100)
    text = bound.format(written.removeprefix("ngày ") if "ngày {}" in bound else written)

    assert only(text).due == (day - timedelta(days=1) if bound in STRICT else day)
    assert not asked(text)


@given(YEARS, st.integers(1, 12), st.sampled_from(MONTH_SHAPES))
def test_every_month_reads_back_in_each_spelling(year: int, month: int, shape: str) -> None:
    milestone = only(shape.format(m=month, y=year))

    assert (milestone.start, milestone.due) == (
        date(year, month, 1),
        date(year, month, monthrange(year, month)[1]),
    )
    assert not asked(shape.format(m=month, y=year))


@given(YEARS, st.integers(1, 4), st.sampled_from(QUARTER_SHAPES))
def test_every_quarter_reads_back_in_each_spelling(year: int, quarter: int, shape: str) -> None:
    text = shape.format(q=quarter, r=ROMAN[quarter - 1], y=year)
    milestone = only(text)

    assert milestone.start == date(year, quarter * 3 - 2, 1)
    assert milestone.due == date(year, quarter * 3, monthrange(year, quarter * 3)[1])
    assert not asked(text)


@given(
    st.dates(date(2020, 1, 1), date(2038, 12, 31)),
    st.integers(1, 300),
    st.sampled_from(
        [
            "từ {} đến {}",
            "từ ngày {} đến hết ngày {}",
            "{} - {}",
            "từ {} - {}",
            "Bắt đầu từ ngày {}, hoàn thành ngày {}",
            "từ ngày {} tới ngày {}",
        ]
    ),
)
def test_every_window_reads_back_in_each_spelling(start: date, length: int, shape: str) -> None:
    end = start + timedelta(days=length)
    milestone = only(shape.format(f"{start:%d/%m/%Y}", f"{end:%d/%m/%Y}"))

    assert (milestone.kind, milestone.start, milestone.due) == ("period", start, end)


@given(
    st.integers(2, 28),
    st.sampled_from(
        [
            ("{} hằng tháng", range(1, 13)),
            ("{} hàng tháng", range(1, 13)),
            ("{} mỗi tháng", range(1, 13)),
            ("{} của tháng báo cáo", range(1, 13)),
            ("{} tháng cuối quý", (3, 6, 9, 12)),
            ("{} của tháng cuối mỗi quý", (3, 6, 9, 12)),
            ("{} của tháng cuối cùng kỳ báo cáo", (3, 6, 9, 12)),
            ("{} tháng đầu quý sau", (1, 4, 7, 10)),
        ]
    ),
    st.sampled_from([("trước ngày {}", -1), ("chậm nhất ngày {}", 0), ("ngày {}", 0)]),
)
def test_every_placed_day_comes_back_on_the_days_that_its_rule_and_rhythm_name(
    number: int, placed: tuple[str, tuple[int, ...]], bound: tuple[str, int]
) -> None:
    shape, months = placed
    milestone = only(shape.format(bound[0].format(number)))
    rule = rrulestr(milestone.recurrence or "", dtstart=NEW_YEAR)
    ends = rule.between(NEW_YEAR, NEW_YEAR.replace(month=12, day=31), inc=True)

    assert [day.month for day in ends] == list(months)
    assert list(months_of(milestone.recurrence or "") or ()) == list(months)
    for month in months:
        assert due_in(milestone.due_rule, 2026, month) == date(2026, month, number + bound[1])


@given(DAYS, st.sampled_from(["trước ngày {} hằng năm", "Hằng năm, trước {}", "Hằng năm (trước ngày {})"]))
def test_every_yearly_day_comes_back_each_year(day: date, shape: str) -> None:
    milestone = only(shape.format(f"{day.day}/{day.month}")) if (day.month, day.day) != (2, 29) else None
    if milestone is None:
        return
    expected = date(2026, day.month, day.day) - timedelta(days=1)

    assert milestone.recurrence == "FREQ=YEARLY"
    assert milestone.due == expected
    assert milestone.due_rule == f"{expected.month:02d}-{expected.day:02d}"


@pytest.mark.parametrize(
    ("text", "dues"),
    [
        ("thứ Sáu tuần cuối tháng", ["2026-01-30", "2026-02-27"]),
        ("thứ Hai đầu tiên hằng tháng", ["2026-01-05", "2026-02-02"]),
        ("trước thứ Sáu tuần cuối tháng", ["2026-01-29", "2026-02-26"]),
        ("ngày làm việc cuối cùng của tháng", ["2026-01-30", "2026-02-27"]),
        ("ngày làm việc đầu tiên của tháng", ["2026-01-01", "2026-02-02"]),
        ("ngày cuối cùng của tháng", ["2026-01-31", "2026-02-28"]),
    ],
)
def test_weekdays_and_working_days_of_a_month_fall_where_the_calendar_has_them(
    text: str, dues: list[str]
) -> None:
    milestone = only(text)

    assert [str(due_in(milestone.due_rule, 2026, month)) for month in (1, 2)] == dues


def test_every_rhythm_that_is_read_is_one_that_calendars_know() -> None:
    texts = [entry["text"] for entry in (*EXPRESSIONS, *UNSEEN, *VARIANTS)]
    rules = {m.recurrence for text in texts for m in read_time(text, year=2026)[0] if m.recurrence}

    assert len(rules) > 20
    for rule in rules:
        assert rrulestr(rule, dtstart=NEW_YEAR).after(NEW_YEAR) is not None
