"""Calendar files, read back by the package that other programs use too."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from notifications.entries import Entry, Method, UnfitEntries, attachment, feed
from notifications.mime import NotAnAddress

ENTRY = Entry(
    uid="stage-thanh-dong-12-report@cchc",
    sequence=0,
    summary="II.3: Báo cáo kết quả rà soát, đơn giản hoá thủ tục hành chính",
    description="Kính gửi: Phòng Văn hóa - Xã hội\nThời hạn: 31/03/2026; mời xem trang nhiệm vụ.",
    due_on=date(2026, 3, 31),
    url="https://cchc.thanhdong.vn/tasks/II.3",
    organizer="cchc@thanhdong.gov.vn",
    attendee="vhxh+cchc@thanhdong.gov.vn",
    stamp=datetime(2026, 1, 5, 1, 30, tzinfo=UTC),
)
HALF_A_DAY = timedelta(hours=12)
VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấầẩẫậếềểễệỹỵĐĂÂN\\,;:\"'%=0123456789-–\n\t" + " " * 10
EVIL = ("BEGIN:VEVENT", "END:VEVENT", "END:VCALENDAR", "X:1", "\r\n", "\n ", "\r", "\0", "\x85", "\u2028")
AWKWARD = ("\\", "\\N", "\\n", "\ud800", "ế" * 40, '"', ";", ",")
hostile = st.one_of(
    st.text(max_size=200),
    st.text(st.sampled_from(VIETNAMESE), max_size=300),
    st.lists(st.sampled_from((*EVIL, *AWKWARD)), max_size=12).map("".join),
)


def read(content: bytes) -> tuple[Any, list[Any]]:
    calendar = Calendar.from_ical(content.decode("utf-8"))
    return calendar, list(calendar.walk("VEVENT"))


def visible(text: str) -> str:
    """Leave what a person sees: no blanks, no control characters, nothing that is no character."""
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp", "Zs"))


def test_a_due_date_is_a_whole_day_that_ends_on_the_next_and_keeps_nobody_busy() -> None:
    _, (event,) = read(attachment([ENTRY], Method.REQUEST).content)

    assert event.decoded("DTSTART") == date(2026, 3, 31)
    assert event.decoded("DTEND") == date(2026, 4, 1)
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["STATUS"] == "CONFIRMED"
    assert (event["SUMMARY"], event["DESCRIPTION"]) == (ENTRY.summary, ENTRY.description)
    assert event["URL"] == ENTRY.url
    assert event.decoded("DTSTAMP") == ENTRY.stamp
    assert event.subcomponents == []  # the ladder reminds; a calendar's own alarm would remind twice


def test_a_request_names_who_asks_and_who_is_asked_but_wants_no_answer() -> None:
    enclosed = attachment([ENTRY], Method.REQUEST)
    calendar, (event,) = read(enclosed.content)

    assert enclosed.name == "thoi-han.ics"
    assert enclosed.media_type == "text/calendar; charset=utf-8; method=REQUEST"
    assert (calendar["METHOD"], calendar["VERSION"]) == ("REQUEST", "2.0")
    assert event["ORGANIZER"] == "mailto:cchc@thanhdong.gov.vn"
    assert event["ATTENDEE"] == "mailto:vhxh+cchc@thanhdong.gov.vn"
    assert event["ATTENDEE"].params["RSVP"] == "FALSE"


def test_a_moved_date_is_the_same_entry_in_a_later_revision() -> None:
    moved = dataclasses.replace(ENTRY, sequence=1, due_on=date(2026, 4, 15))

    _, (before,) = read(attachment([ENTRY], Method.REQUEST).content)
    _, (after,) = read(attachment([moved], Method.REQUEST).content)

    assert after["UID"] == before["UID"] == ENTRY.uid
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after.decoded("DTSTART") == date(2026, 4, 15)


def test_a_cancelled_entry_is_a_later_revision_that_programs_take_away() -> None:
    calendar, (event,) = read(attachment([dataclasses.replace(ENTRY, cancelled=True)], Method.CANCEL).content)

    assert calendar["METHOD"] == "CANCEL"
    assert (event["UID"], event["STATUS"]) == (ENTRY.uid, "CANCELLED")
    assert event["SEQUENCE"] == ENTRY.sequence + 1


def test_several_entries_are_published_without_asking_anyone() -> None:
    entries = [dataclasses.replace(ENTRY, uid=f"stage-{n}@cchc") for n in range(3)]

    calendar, events = read(attachment(entries, Method.PUBLISH).content)

    assert calendar["METHOD"] == "PUBLISH"
    assert [event["UID"] for event in events] == [entry.uid for entry in entries]
    assert not any("ATTENDEE" in event for event in events)


@pytest.mark.parametrize(
    ("entries", "method"),
    [
        ([], Method.PUBLISH),
        ([ENTRY, ENTRY], Method.REQUEST),
        ([dataclasses.replace(ENTRY, attendee=None)], Method.REQUEST),
        ([dataclasses.replace(ENTRY, cancelled=True)], Method.REQUEST),
        ([ENTRY], Method.CANCEL),
    ],
)
def test_what_programs_would_misread_is_refused(entries: list[Entry], method: Method) -> None:
    with pytest.raises(UnfitEntries):
        attachment(entries, method)


@pytest.mark.parametrize("field", ["organizer", "attendee"])
@pytest.mark.parametrize("address", ["không có", "a@b.vn\r\nATTENDEE:mailto:x@y.vn", ""])
def test_an_entry_names_only_real_addresses(field: str, address: str) -> None:
    with pytest.raises(NotAnAddress):
        attachment([dataclasses.replace(ENTRY, **{field: address})], Method.REQUEST)  # type: ignore[arg-type] # both fields take text


@given(hostile, hostile, hostile, hostile)
@example("C:\\Name\\new", "\\N\\n;,\\", "a\\\\Nb", "\\")
@example("a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n", "x\n y", "\x00", "http://x/\r\nX-A:1")
def test_any_text_stays_text_and_adds_nothing(summary: str, description: str, uid: str, url: str) -> None:
    entry = dataclasses.replace(ENTRY, summary=summary, description=description, uid=uid, url=url)

    content = attachment([entry, ENTRY], Method.PUBLISH).content
    calendar, events = read(content)

    assert len(events) == 2
    assert [part.name for part in calendar.walk()] == ["VCALENDAR", "VEVENT", "VEVENT"]
    assert set(events[0]) - {"URL"} == set(events[1]) - {"URL"}
    for name, given_text in (("SUMMARY", summary), ("DESCRIPTION", description), ("UID", uid)):
        assert visible(str(events[0][name])) == visible(given_text)
    assert events[1]["SUMMARY"] == ENTRY.summary


@given(st.lists(hostile, min_size=1, max_size=3).map("".join))
@example("ế" * 200)
@example("a" + "ế" * 200)
@example("😀" * 60)
def test_lines_are_folded_between_characters_and_end_alike(text: str) -> None:
    content = feed([dataclasses.replace(ENTRY, description=text)], name=text, refresh=HALF_A_DAY)

    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    for line in lines:
        line.decode("utf-8")  # a cut character would raise
        assert not set(line.decode()) & set("\0\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")


def test_line_breaks_of_every_system_are_line_breaks_in_the_description() -> None:
    entry = dataclasses.replace(ENTRY, description="một\r\nhai\rba\nbốn\u2028năm", summary="một\r\nhai")

    _, (event,) = read(attachment([entry], Method.REQUEST).content)

    assert event["DESCRIPTION"] == "một\nhai\nba\nbốn\nnăm"
    assert event["SUMMARY"] == "một hai"


def test_a_feed_says_its_name_and_when_to_look_again() -> None:
    name = "Thời hạn, Phòng Văn hóa"
    entries = [ENTRY, dataclasses.replace(ENTRY, uid="other@cchc", cancelled=True)]

    content = feed(entries, name=name, refresh=HALF_A_DAY)

    calendar, events = read(content)
    for line in (r"NAME:Thời hạn\, Phòng Văn hóa", r"X-WR-CALNAME:Thời hạn\, Phòng Văn hóa"):
        assert line in content.decode().split("\r\n")
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar.decoded("REFRESH-INTERVAL") == HALF_A_DAY
    assert calendar["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"
    assert str(calendar["X-PUBLISHED-TTL"]) == "PT12H"
    assert [event["STATUS"] for event in events] == ["CONFIRMED", "CANCELLED"]
    assert not any("ATTENDEE" in event for event in events)


def test_an_empty_feed_is_a_calendar_too() -> None:
    calendar, events = read(feed([], name="Thời hạn", refresh=HALF_A_DAY))

    assert (calendar.name, events) == ("VCALENDAR", [])


def test_the_same_facts_have_the_same_bytes() -> None:
    zone = dataclasses.replace(ENTRY, stamp=ENTRY.stamp.astimezone())

    assert attachment([ENTRY], Method.REQUEST) == attachment([zone], Method.REQUEST)


def test_the_calendar_package_is_only_loaded_by_who_makes_a_calendar() -> None:
    code = "import sys, notifications.entries; sys.exit('icalendar' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
