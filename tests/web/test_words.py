from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from config.calendar import working_calendar
from web.days import Days
from web.history import what, who
from web.words import device, due_rule, rhythm, size

FRIDAY = date(2026, 3, 6)
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = working_calendar(2023, 2028)


@pytest.mark.parametrize(
    ("today", "due", "words"),
    [
        (FRIDAY, date(2026, 3, 6), "hạn hôm nay"),
        (FRIDAY, date(2026, 3, 9), "còn 1 ngày làm việc"),
        (date(2026, 3, 4), date(2026, 3, 9), "còn 3 ngày làm việc"),
        (FRIDAY, date(2026, 3, 8), "hôm nay là ngày làm việc cuối cùng"),
        (date(2026, 3, 7), date(2026, 3, 8), "không còn ngày làm việc nào"),
        (date(2026, 3, 7), FRIDAY, "vừa quá hạn"),
        (date(2026, 3, 13), FRIDAY, "quá hạn 5 ngày làm việc"),
        (date(2026, 2, 23), date(2026, 2, 13), "quá hạn 1 ngày làm việc"),  # Tết lies between
        (FRIDAY, date(2040, 3, 6), "còn 5114 ngày"),
        (FRIDAY, date(2010, 3, 6), "quá hạn 5844 ngày"),
    ],
)
def test_the_way_to_a_due_date_is_counted_in_working_days(today: date, due: date, words: str) -> None:
    assert Days(today, HANOI, CALENDAR).due(due).distance == words


def test_a_date_of_this_year_is_written_without_it() -> None:
    days = Days(FRIDAY, HANOI, CALENDAR)

    assert days.due(date(2026, 12, 31)).near == "thứ Năm 31/12"
    assert days.due(date(2027, 1, 1)).near == "thứ Sáu 01/01/2027"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge trên máy Windows",
        ),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0", "Chrome trên điện thoại Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari", "Safari trên iPhone"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "trình duyệt không nêu tên"),
    ],
)
def test_a_browser_is_named_as_its_owner_knows_it(agent: str, words: str) -> None:
    assert device(agent) == words


def test_instants_are_written_in_the_wards_time() -> None:
    assert Days(FRIDAY, HANOI, CALENDAR).moment("2026-03-06T18:05:00+00:00") == "01:05 ngày 07/03/2026"


@pytest.mark.parametrize(
    ("recurrence", "words"),
    [
        ("FREQ=MONTHLY;BYMONTH=3,6,9,12", "hằng quý (tháng 3, 6, 9, 12)"),
        ("FREQ=WEEKLY;INTERVAL=2", "2 tuần một lần"),
        ("FREQ=HOURLY", "FREQ=HOURLY"),
    ],
)
def test_a_recurrence_is_put_into_words_where_there_are_words_for_it(recurrence: str, words: str) -> None:
    assert rhythm(recurrence) == words


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("day 9", "ngày 9"),
        ("last day", "ngày cuối cùng"),
        ("last day of the month before", "ngày cuối tháng trước"),
        ("day 14 and day 29 of the following month", "ngày 14 và ngày 29 của tháng sau"),
        ("01-29 of the following year", "ngày 29/01 của năm sau"),
    ],
)
def test_a_due_rule_is_put_into_words(rule: str, words: str) -> None:
    assert due_rule(rule) == words


@pytest.mark.parametrize(("count", "words"), [(512, "512 byte"), (2100, "2,1 KB"), (3_500_000, "3,3 MB")])
def test_sizes_have_a_decimal_comma(count: int, words: str) -> None:
    assert size(count) == words


def test_a_kind_of_event_without_words_shows_its_name() -> None:
    assert what("something.new", {}) == "something.new"
    assert what("delivery.unknown", {}) == "Gửi thư: chưa rõ đã tới"


def test_an_actor_whose_account_is_not_known_is_shown_by_number() -> None:
    assert who({"id": 7, "role": "leader"}, {}) == "tài khoản số 7 (lãnh đạo)"
    assert who({"id": 0, "role": "system"}, {}) == "Hệ thống"
