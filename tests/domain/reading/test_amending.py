"""Whole amending decisions: which plan they mean, and that no clause of theirs is passed over."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import NotADecision
from domain.plans import Severity
from domain.reading.amending import Amending, Cited, amending_words, read_amending
from domain.reading.layout import Line, Sheet
from domain.reading.orders import Action
from domain.reading.tables import text_sheet
from tests.decisions import TARGET, decision, in_rows, in_words

LATER = "Sửa đổi thời gian thực hiện nhiệm vụ số 5 mục III thành: “trước ngày 30/10/2026”."


def read(data: bytes) -> Amending:
    return read_amending(text_sheet(data.decode()))


def unread(amending: Amending) -> list[str]:
    return [each.source_text for each in amending.findings if each.severity is Severity.BLOCKING]


def test_the_decision_and_the_one_that_it_amends_are_told_apart() -> None:
    amending = read(in_words(LATER))

    assert (amending.decision.number, amending.decision.issued_on) == ("45/QĐ-UBND", date(2026, 4, 20))
    assert amending.target == Cited("16/QĐ-UBND", date(2026, 1, 14))
    assert unread(amending) == []


def test_clauses_wrapped_over_lines_and_nested_under_headings_are_read() -> None:
    articles = f"""Điều 1. Sửa đổi, bổ sung một số nội dung tại Phụ lục ban hành kèm theo {TARGET}
ban hành Kế hoạch cải cách hành chính nhà nước phường Thành Đông năm 2026, cụ thể như sau:
1. Điều chỉnh thời gian thực hiện:
a) Nhiệm vụ số 5 mục III: từ “Trước
30/9/2026” thành “Trước 30/10/2026”;
b) Nhiệm vụ số 1 mục VI: thành “Quý II/2026”.
2. Bãi bỏ các nhiệm vụ sau:
- Nhiệm vụ số 2 mục VII;
- Nhiệm vụ số 3 mục VII.
Điều 2. Các nội dung khác của Quyết định số 16/QĐ-UBND giữ nguyên hiệu lực thi hành."""

    amending = read(decision(articles, last=3))

    assert unread(amending) == []
    assert [(order.action, order.codes) for order in amending.orders] == [
        (Action.SET, ("III.5",)),
        (Action.SET, ("VI.1",)),
        (Action.WITHDRAW, ("VII.2",)),
        (Action.WITHDRAW, ("VII.3",)),
    ]


@pytest.mark.parametrize(
    "clause",
    [
        "Bãi bỏ nhiệm vụ VII.1 kể từ ngày quyết định có hiệu lực thi hành và giao đơn vị khác.",
        "Bãi bỏ toàn bộ mục VII; các nội dung khác giữ nguyên.",
        "Nhiệm vụ II.3 giữ nguyên đến hết quý; các nhiệm vụ khác không thay đổi.",
        "Quyết định này có hiệu lực kể từ ngày ký và bãi bỏ mục VII.",
        "Sửa đổi các nhiệm vụ tại Phụ lục kèm theo Quyết định này và dừng nhiệm vụ VII.1 từ quý II.",
        "Bãi bỏ các nhiệm vụ của mục VII, chi tiết tại Phụ lục kèm theo Quyết định này.",
        "Bãi bỏ mục VII và sửa đổi các nhiệm vụ sau:",
        "Bãi bỏ, sửa đổi các nhiệm vụ của mục II sau:",
        "Trưởng phòng Văn hóa - Xã hội điều chỉnh thời hạn cho phù hợp, chịu trách nhiệm thi hành.",
    ],
)
@pytest.mark.parametrize("rows", [False, True], ids=["words", "table"])
def test_a_clause_that_orders_something_is_never_passed_over(clause: str, rows: bool) -> None:
    data = in_words(LATER, clause) if not rows else in_rows("1\tViệc\tPhòng\t\tQuý I/2026\tKế hoạch")
    text = data.decode().replace("\nĐiều 2.", f"\nĐiều 2. {clause}\nĐiều 3.") if rows else data.decode()

    assert [clause in source for source in unread(read(text.encode()))] == [True]


@pytest.mark.parametrize(
    "clause",
    [
        "Các nội dung khác tại Quyết định số 16/QĐ-UBND không thay đổi.",
        "Những nội dung còn lại giữ nguyên theo Quyết định số 16/QĐ-UBND ngày 14/01/2026.",
        "Quyết định này có hiệu lực kể từ ngày ký và sửa đổi, bổ sung Quyết định số 16/QĐ-UBND.",
        "Chánh Văn phòng, Trưởng các phòng và cá nhân có liên quan chịu trách nhiệm thi hành Quyết định này.",
    ],
)
def test_what_orders_nothing_is_no_doubt(clause: str) -> None:
    assert unread(read(in_words(LATER, clause))) == []


def test_an_earlier_amendment_may_be_told_of() -> None:
    article = (
        "Điều 1. Sửa đổi, bổ sung một số nhiệm vụ tại Phụ lục kèm theo Quyết định số 16/QĐ-UBND ngày "
        "14/01/2026 (đã được sửa đổi, bổ sung tại Quyết định số 30/QĐ-UBND ngày 02/3/2026) như sau:\n"
        f"1. {LATER}"
    )

    amending = read(decision(article))

    assert amending.target == Cited("16/QĐ-UBND", date(2026, 1, 14))
    assert unread(amending) == []


def test_a_new_appendix_in_the_place_of_the_old_one_is_told_from_changed_rows() -> None:
    row = "1\tViệc\tPhòng Văn hóa - Xã hội\t\tQuý IV/2026\tKế hoạch"

    assert read(in_rows(row, whole=True)).whole is True
    assert read(in_rows(row)).whole is False


def test_a_new_appendix_that_is_not_in_the_file_is_missed() -> None:
    article = f"Điều 1. Thay thế Phụ lục ban hành kèm theo {TARGET} bằng Phụ lục kèm theo Quyết định này."

    codes = [each.code for each in read(decision(article)).findings]

    assert "no-table" in codes


def test_a_heading_that_nothing_follows_is_a_doubt() -> None:
    article = f"Điều 1. Điều chỉnh thời gian thực hiện một số nhiệm vụ tại Phụ lục kèm theo {TARGET} như sau:"

    assert len(unread(read(decision(article)))) == 1


def test_rows_below_a_title_that_withdraws_are_withdrawn() -> None:
    tables = read(
        in_rows("A. NHIỆM VỤ SỬA ĐỔI", "II.3\tViệc\t\t\tQuý IV\t", "B. NHIỆM VỤ BÃI BỎ", "II.4\tViệc\t\t\t\t")
    ).tables

    assert [(table.withdraws, table.rows[-1].cells[0]) for table in tables] == [
        (False, "II.3"),
        (True, "II.4"),
    ]


def test_a_plan_of_its_own_is_no_amendment() -> None:
    assert amending_words(read(in_words(LATER)).decision.title)
    assert amending_words("Về việc điều chỉnh Kế hoạch cải cách hành chính năm 2026")
    assert amending_words("Ban hành Phụ lục sửa đổi, bổ sung Kế hoạch năm 2026")
    assert not amending_words("Ban hành Kế hoạch sửa đổi quy chế làm việc năm 2026")


def test_the_first_article_says_so_too() -> None:
    title = "Về việc công tác cải cách hành chính năm 2026"
    first = "Điều 1. Thay thế Phụ lục ban hành kèm theo Quyết định số 16/QĐ-UBND"

    assert amending_words(title, ["Căn cứ …", first]) == first
    assert not amending_words(
        title, ["Điều 1. Ban hành Kế hoạch", "Điều 2. Thay thế Quyết định số 9/QĐ-UBND"]
    )


@given(st.lists(st.text(max_size=60), max_size=12))
def test_reading_never_fails_in_an_unforeseen_way(lines: list[str]) -> None:
    sheet = Sheet(tuple(Line(line) for line in ["ngày 20 tháng 4 năm 2026", "Điều 1.", *lines]))
    try:
        read_amending(sheet)
    except NotADecision:
        pytest.fail("the day is there")
