"""The reminders of days to come as a calendar: counted, filtered by the address, opened by the day."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Engine

from models.database import transaction
from models.history import SYSTEM
from services.people import Ward, add_contact, find_unit
from tests.builders import CULTURE, NOW, OFFICE, TODAY, occurrence, plan_of, task
from tests.web.conftest import Browse, Browser, words_of

PAGE = "/reminders/calendar"


@pytest.fixture
def ward(started: Callable[..., Ward], engine: Engine) -> Ward:
    made = started(
        plan_of(
            task("II.2", occurrences=[occurrence(plan=date(2026, 3, 9), report=date(2026, 4, 30))]),
            task("II.3", lead=CULTURE, occurrences=[occurrence(plan=date(2026, 3, 9), report=None)]),
        )
    )
    with transaction(engine) as connection:
        for unit, name in ((OFFICE, "lan"), (CULTURE, "hoa")):
            add_contact(
                connection, made, unit, channel="email", address=f"{name}@phuong.vn", actor=SYSTEM, now=NOW
            )
    return made


@pytest.fixture
def opened(ward: Ward, browse: Browse) -> Browser:
    return browse()


def counts(page: str) -> dict[str, str]:
    """Return what each day of the page says that it has."""
    labels = re.findall(r'class="count \w+" href="[^"]*" aria-label="([^"]+)"', page)
    return dict(label.split(": ") for label in labels)


def test_a_month_counts_for_each_day_what_would_be_told(opened: Browser) -> None:
    assert counts(opened.page(PAGE)) == {
        "thứ Hai 02/03/2026": "2 việc, 2 thông báo",
        "thứ Sáu 06/03/2026": "2 việc, 2 thông báo",
        "thứ Hai 09/03/2026": "2 việc, 2 thông báo",
        "thứ Ba 31/03/2026": "1 việc, 1 thông báo",
    }
    assert "coi như bước chưa quá hạn đều được nộp đúng hạn" in opened.text(PAGE)


def test_if_nothing_were_handed_in_the_late_days_are_there_as_well(opened: Browser) -> None:
    late = counts(opened.page(f"{PAGE}?assume=late"))

    assert late["thứ Năm 12/03/2026"] == "2 việc, 2 thông báo"
    assert late["thứ Sáu 20/03/2026"].startswith("2 việc")
    assert "coi như từ nay không bước nào được nộp" in opened.text(f"{PAGE}?assume=late")


def test_a_chosen_day_says_whom_of_what_and_why(opened: Browser) -> None:
    text = opened.text(f"{PAGE}?day=2026-03-02")
    late = opened.text(f"{PAGE}?assume=late&day=2026-03-17")

    assert "Thứ Hai 02/03/2026 hoa@phuong.vn : 1 việc II.3" in text
    assert "còn 7 ngày theo thang mặc định" in text
    assert "quá hạn 6 ngày làm việc → báo cáo điều phối" in late


def test_days_off_are_named_and_have_nothing(opened: Browser) -> None:
    april = opened.page(f"{PAGE}?start=2026-04")

    assert not re.search(r'<td class="off[^>]*>(?:(?!</td>).)*class="count', april, re.DOTALL)
    assert "Ngày Chiến thắng" in april or "30/4" in april
    assert "Ngày nghỉ (cuối tuần), không nhắc việc" in opened.text(f"{PAGE}?day=2026-03-07")
    assert "Không có nhắc việc." in opened.text(f"{PAGE}?day=2026-03-03")


@pytest.mark.parametrize(
    ("view", "start", "title", "months"),
    [
        ("month", "2026-04", "Tháng 4/2026", 1),
        ("quarter", "2026-05", "Quý II/2026", 3),
        ("year", "2026-05", "Năm 2026", 12),
        ("quarter", "2026-12", "Quý IV/2026", 3),
    ],
)
def test_months_quarters_and_years_are_shown_and_can_be_turned(
    opened: Browser, view: str, start: str, title: str, months: int
) -> None:
    page = opened.page(f"{PAGE}?view={view}&start={start}&assume=late")

    assert f"Lịch nhắc việc: {title}" in words_of(page)
    assert page.count('<table class="sheet">') == months
    before, after = (re.findall(rf'href="([^"]+)" rel="{rel}"', page)[0] for rel in ("prev", "next"))
    for link in (before, after):
        assert "assume=late" in link
        assert opened.get(link.replace("&amp;", "&")).status_code == 200
    assert before != after


def test_each_day_of_the_year_stands_there_once(opened: Browser) -> None:
    page = opened.page(f"{PAGE}?view=year")

    days = re.findall(r'class="weekday">[^<]*?(\d\d/\d\d/2026)<', page)
    assert len(days) == len(set(days)) == 365


def test_the_address_filters_by_unit_and_task(opened: Browser, ward: Ward, engine: Engine) -> None:
    with transaction(engine) as connection:
        unit = find_unit(connection, ward, CULTURE)[0]

    for filtered in (f"unit={unit}", "task=II.3"):
        assert counts(opened.page(f"{PAGE}?{filtered}"))["thứ Hai 02/03/2026"] == "1 việc, 1 thông báo"
    link = re.findall(r'class="count busy" href="([^"]+)"', opened.page(f"{PAGE}?task=II.3"))[0]
    assert "task=II.3" in link
    assert f"day={TODAY}" in link
    assert opened.get(f"{PAGE}?task=IX.9").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "view=week", "start=2026-13", "start=1999-01", "start=x", "assume=never", "day=2026-02-30", "unit=x",
        "unit=0",
    ],
)  # fmt: skip # short values read best packed
def test_an_address_that_says_nothing_sensible_is_refused(opened: Browser, query: str) -> None:
    assert opened.get(f"{PAGE}?{query}").status_code == 422


def test_a_year_without_a_notice_is_marked_provisional(opened: Browser) -> None:
    assert "Ngày nghỉ năm 2027 là tạm tính" in opened.text(f"{PAGE}?start=2027-01")
    assert "tạm tính" not in opened.text(PAGE)


def test_days_that_are_past_are_said_to_hold_only_what_is_still_open(opened: Browser) -> None:
    assert "Ngày đã qua chỉ tính những bước đến nay chưa nộp" in opened.text(f"{PAGE}?start=2026-02")
