"""The calendar of due dates as sheets."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.people import Ward
from tests.builders import CULTURE, OFFICE, occurrence, plan_of, task
from tests.web.conftest import Browse
from web.sheets import MONTHS, days_between, first_day, months_after, weeks_of

Start = Callable[..., Ward]
PLAN = plan_of(
    task("I.1", occurrences=[occurrence(plan=date(2026, 2, 27), report=date(2026, 12, 9))]),
    task("I.2", lead=CULTURE, occurrences=[occurrence(plan=date(2026, 3, 28), report=None)]),
    *(task(f"II.{n}", occurrences=[occurrence(plan=date(2026, 3, 31), report=None)]) for n in range(1, 6)),
)


@pytest.fixture
def ward(started: Start) -> Ward:
    return started(PLAN)


def test_the_month_of_today_is_shown_first(ward: Ward, browse: Browse) -> None:
    page = browse().page("/calendar")

    assert "<h1>Lịch thời hạn tháng 3/2026</h1>" in page
    assert browse().text("/calendar").count("thứ Ba 31/03/2026") == 1
    assert 'class=" today nothing"' in page


def test_each_due_date_stands_on_its_day_and_leads_to_its_stage(ward: Ward, browse: Browse) -> None:
    page = browse().page("/calendar?month=2026-02")

    cell = re.search(r"<td[^>]*>\s*<span class=\"number\"><b>27</b>.*?</td>", page, re.DOTALL)
    assert cell
    assert re.search(r'<li class="bad"><a href="/occurrences/\d+/plan"[^>]*>I.1</a>', cell[0])


def test_a_full_day_names_the_first_and_leads_to_all_of_them(ward: Ward, browse: Browse) -> None:
    text = browse().text("/calendar?month=2026-03&day=2026-03-31")

    assert "2 thời hạn nữa" in text
    below = text.partition("Thứ Ba 31/03/2026")[2]
    assert [f"II.{n} Ban hành kế hoạch" in below for n in range(1, 6)] == [True] * 5


def test_days_off_and_made_up_days_are_named(ward: Ward, browse: Browse) -> None:
    page = browse().page("/calendar?month=2026-01")

    assert re.search(r"<b>2</b>(?:(?!</td>).)*nghỉ</small>", page, re.DOTALL)
    assert re.search(r"<b>10</b>(?:(?!</td>).)*làm bù</small>", page, re.DOTALL)


def test_a_quarter_and_a_year_count_and_lead_to_the_month(ward: Ward, browse: Browse) -> None:
    browser = browse()
    quarter, year = browser.text("/calendar?view=quarter"), browser.page("/calendar?view=year")

    assert "Lịch thời hạn quý I/2026 7 thời hạn" in quarter
    assert year.count("<table") == 12
    assert 'href="/calendar?view=month&amp;month=2026-03"' in year


def test_arrows_lead_to_the_month_before_and_after(ward: Ward, browse: Browse) -> None:
    page = browse().page("/calendar?month=2026-01")

    assert 'href="/calendar?view=month&amp;month=2025-12" rel="prev"' in page
    assert 'href="/calendar?view=month&amp;month=2026-02" rel="next"' in page


def test_a_unit_in_the_address_keeps_only_its_due_dates(ward: Ward, browse: Browse) -> None:
    browser = browse()

    text = browser.text("/calendar?unit=phong-van-hoa-xa-hoi")
    listed = browser.text("/calendar?view=list&unit=phong-van-hoa-xa-hoi")

    assert f"Lịch thời hạn tháng 3/2026: {CULTURE} 1 thời hạn" in text
    assert "I.2" in text
    assert "II.1" not in text
    assert f"I.2 Ban hành kế hoạch · Năm 2026 · {CULTURE}" in listed
    assert f"· {OFFICE}" not in listed


def test_a_month_without_due_dates_says_where_there_are_some(ward: Ward, browse: Browse) -> None:
    text = browse().text("/calendar?month=2027-05")

    assert "Không có thời hạn nào trong tháng 5/2027. Xem danh sách cả năm" in text


@pytest.mark.parametrize(
    "query", ["view=week", "month=2026-13", "month=1", "day=31/3", "view=month&month=x", "year=1"]
)
def test_what_no_calendar_has_is_refused_in_words(ward: Ward, browse: Browse, query: str) -> None:
    assert browse().get(f"/calendar?{query}").status_code == 422


def test_the_last_month_that_there_is_breaks_no_list(started: Callable[..., Ward], browse: Browse) -> None:
    started(plan_of(task("I.1", occurrences=[occurrence(report=date(9999, 12, 31))])))

    assert "31/12/9999" in browse().text("/calendar?view=list")


@given(st.sampled_from(list(MONTHS)), st.dates(date(2000, 1, 1), date(2098, 12, 31)))
def test_sheets_hold_every_day_once_in_weeks_from_monday(view: str, day: date) -> None:
    first = first_day(view, f"{day:%Y-%m}", day)
    after = months_after(first, MONTHS[view])

    assert first <= day < after
    shown = []
    for place in range(MONTHS[view]):
        start = months_after(first, place)
        weeks = weeks_of(start, days_between(start, months_after(start, 1)))
        assert all(len(week) == 7 for week in weeks)
        for week in weeks:
            assert all(cell is None or cell.weekday() == column for column, cell in enumerate(week))
        shown += [cell for week in weeks for cell in week if cell]
    assert shown == days_between(first, after)
