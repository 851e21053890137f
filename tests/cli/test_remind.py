"""`cchc remind` and `cchc calendar`, as they are typed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.typed import CULTURE, cchc, history_size, installation, office


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with installation() as database:
        office()
        yield database


def test_rules_are_listed_set_and_taken_back(url: str) -> None:
    packaged = cchc("remind", "rules", "--json").json
    assert packaged["rules"] == []
    assert packaged["packaged"]["before"] == [30, 14, 7, 3, 1, 0]
    assert packaged["hours"] == {"from_time": "07:00", "quiet": "21:00-06:30", "bulletin_weekday": 1}

    said = cchc(
        "remind", "rule", "--kind", "recurring", "--stage", "report", "--before", "10,5,0",
        "--late-every", "2", "--escalate", "head:2,leader:6", "--by", "dieuphoi",
    ).out  # fmt: skip # short values read best packed
    assert "Đã đặt quy tắc cho nhiệm vụ định kỳ, bước “Báo cáo kết quả”" in said

    [rule] = cchc("remind", "rules", "--json").json["rules"]
    assert (rule["kind"], rule["stage"], rule["before"], rule["changed_by"]) == (
        "recurring",
        "report",
        [10, 5, 0],
        "dieuphoi",
    )
    assert (
        "- nhiệm vụ định kỳ, bước “Báo cáo kết quả”: trước hạn 10, 5 ngày và đúng ngày đến hạn; cứ 2 ngày làm"
        " việc quá hạn một lần; người đứng đầu đơn vị từ 2 ngày làm việc, lãnh đạo từ 6 ngày làm việc"
        " (dieuphoi đặt)\n- còn lại: trước hạn 30, 14, 7, 3, 1 ngày"
    ) in cchc("remind", "rules").out

    words = ("remind", "rule", "--kind", "recurring", "--stage", "report", "--remove", "--by", "dieuphoi")
    assert "Đã bỏ quy tắc riêng" in cchc(*words).out
    size = history_size(url)
    assert "Không có quy tắc riêng" in cchc(*words).out
    assert history_size(url) == size
    assert cchc("remind", "rules", "--json").json["rules"] == []


def test_what_is_not_typed_stays_as_it_counts_until_now(url: str) -> None:
    cchc("remind", "rule", "--kind", "event", "--late-every", "5", "--by", "dieuphoi")
    cchc("remind", "rule", "--kind", "event", "--escalate", "", "--by", "dieuphoi")
    [rule] = cchc("remind", "rules", "--json").json["rules"]
    cchc("remind", "rule", "--kind", "event", "--remove", "--by", "dieuphoi")

    assert (rule["before"], rule["late_every"], rule["escalation"]) == ([30, 14, 7, 3, 1, 0], 5, [])


def test_hours_are_set_one_by_one(url: str) -> None:
    cchc("remind", "hours", "--from", "7h30", "--by", "dieuphoi")
    said = cchc("remind", "hours", "--quiet", "20:00-07:00", "--bulletin", "friday", "--by", "dieuphoi").out

    assert "Nhắc việc gửi từ 07:30 các ngày làm việc; giờ yên lặng: 20:00 đến 07:00" in said
    assert cchc("remind", "rules", "--json").json["hours"] == {
        "from_time": "07:30",
        "quiet": "20:00-07:00",
        "bulletin_weekday": 5,
    }


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("rule", "--before", "500", "--by", "dieuphoi"), 1, "đến 120"),
        (("rule", "--escalate", "head", "--by", "dieuphoi"), 1, "viết cấp:số ngày"),
        (("rule", "--late-every", "0", "--by", "dieuphoi"), 1, "không được bỏ nhắc"),
        (("rule", "--kind", "weekly", "--by", "dieuphoi"), 2, "không có"),
        (("rule", "--before", "7", "--by", "lan"), 1, "không được làm việc này"),
        (("rule", "--before", "7"), 2, "còn thiếu: --by"),
        (("hours", "--from", "25:00", "--by", "dieuphoi"), 1, "viết giờ:phút"),
        (("hours", "--from", "21:30", "--by", "dieuphoi"), 1, "không được nằm trong giờ yên lặng"),
        (("preview", "--task", "IX.9"), 1, "không có nhiệm vụ “IX.9”"),
        (("preview", "--unit", "Ban X"), 1, "Không có đơn vị"),
        (("preview", "--from", "2026-03-02", "--to", "2026-03-01"), 1, "tối đa hai năm"),
        (("preview", "--assume", "never"), 2, "không có"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_no_trace(
    url: str, words: tuple[str, ...], code: int, said: str
) -> None:
    size = history_size(url)

    assert said in cchc("remind", *words, code=code).err
    assert history_size(url) == size


def test_a_whole_year_is_foreseen_with_why_and_what_was_assumed(url: str) -> None:
    words = ("remind", "preview", "--from", "2026-01-01", "--to", "2026-12-31")
    late = cchc(*words, "--json").json
    on_time = cchc(*words, "--assume", "on-time", "--unit", CULTURE, "--json").json
    shown = cchc(*words, "--task", "I.2").out

    assert (late["assumed"], on_time["assumed"]) == ("late", "on-time")
    assert len(late["reminders"]) > len(on_time["reminders"]) > 0
    assert {each["unit"] for each in on_time["reminders"]} == {CULTURE}
    assert {"why", "rule", "rule_in_words", "reason"} <= late["reminders"][0].keys()
    assert "quá hạn 6 ngày làm việc → báo cáo điều phối" in {each["why"] for each in late["reminders"]}
    assert "coi như từ nay không bước nào được nộp" in shown
    assert "coi như không ai xác nhận thêm" in shown


def test_notices_are_recorded_listed_and_taken_back(url: str) -> None:
    before = cchc("calendar", "notices", "--json").json
    said = cchc(
        "calendar", "add", "Công văn 7/VPCP-KGVX", "--year", "2031", "--off", "2031-01-02,3/1/2031",
        "--worked", "2031-01-11", "--by", "dieuphoi",
    ).out  # fmt: skip # short values read best packed
    after = cchc("calendar", "notices", "--json").json

    assert "2 ngày nghỉ, 1 ngày làm bù" in said
    [new] = [each for each in after["notices"] if each not in before["notices"]]
    assert (new["year"], new["off"], new["worked"]) == (2031, ["2031-01-02", "2031-01-03"], ["2031-01-11"])
    assert "Công văn 7/VPCP-KGVX" in cchc("calendar", "notices").out
    assert "Công văn 12729/VPCP-KGVX" in cchc("calendar", "notices").out

    number = str(new["number"])
    assert f"Đã bỏ thông báo số {number}" in cchc("calendar", "withdraw", number, "--by", "dieuphoi").out
    size = history_size(url)
    cchc("calendar", "withdraw", number, "--by", "dieuphoi")
    assert history_size(url) == size
    assert "đã bỏ" in cchc("calendar", "notices").out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("add", "A", "--year", "2031", "--off", "2030-01-01", "--by", "dieuphoi"), 1, "phải thuộc năm 2031"),
        (("add", "A", "--year", "2031", "--off", "x", "--by", "dieuphoi"), 2, "không phải là ngày"),
        (("add", "A", "--year", "2031", "--off", ",", "--by", "dieuphoi"), 2, "ít nhất một ngày"),
        (("add", "A", "--year", "2031", "--by", "lan"), 1, "không được làm việc này"),
        (("withdraw", "999", "--by", "dieuphoi"), 1, "Không có thông báo ngày nghỉ số 999"),
        (("withdraw", "99999999999999999999", "--by", "dieuphoi"), 1, "Không có thông báo ngày nghỉ số"),
    ],
)
def test_a_notice_that_cannot_be_is_refused_and_leaves_no_trace(
    url: str, words: tuple[str, ...], code: int, said: str
) -> None:
    size = history_size(url)

    assert said in cchc("calendar", *words, code=code).err
    assert history_size(url) == size


def test_setting_nothing_is_refused_and_says_what_could_be_set(url: str) -> None:
    size = history_size(url)
    for words in (("hours",), ("rule", "--kind", "event")):
        refused = cchc("remind", *words, "--by", "dieuphoi", code=1)
        assert "Thay đổi: ghi ít nhất một trong --" in refused.err
    assert history_size(url) == size


def test_a_run_on_a_day_off_says_so(url: str) -> None:
    assert "24/11/2026 là ngày nghỉ" in cchc("remind", "run", "--on", "2026-11-24").out
