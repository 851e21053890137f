"""The words that officials read in their mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.plans import Stage
from notifications.messages import Content, Item, Reason, compose, shortened, vietnamese_date

TODAY = date(2026, 12, 2)
ITEM = Item(
    task_code="II.3",
    title="Rà soát, đơn giản hóa thủ tục hành chính",
    label="Năm 2026",
    unit="Phòng Kinh tế",
    stage=Stage.REPORT,
    reason=Reason.REMINDER,
    due_on=date(2026, 12, 9),
    days_left=7,
    note=None,
    link="http://127.0.0.1:8000/tasks/II.3",
)


def write(items: Sequence[Item]) -> Content:
    return compose("UBND phường Thành Đông", "Phòng Văn hóa - Xã hội", items, today=TODAY)


@pytest.mark.parametrize(
    ("item", "subject"),
    [
        (ITEM, "[CCHC] II.3: Báo cáo kết quả còn 7 ngày (hạn 09/12/2026)"),
        (
            replace(ITEM, due_on=TODAY, days_left=0),
            "[CCHC] II.3: Báo cáo kết quả đến hạn hôm nay (hạn 02/12/2026)",
        ),
        (
            replace(ITEM, stage=Stage.PLAN, due_on=date(2026, 11, 30), days_left=-2),
            "[CCHC] II.3: Ban hành kế hoạch quá hạn 2 ngày (hạn 30/11/2026)",
        ),
        (
            replace(ITEM, reason=Reason.ESCALATION, due_on=date(2026, 11, 30), days_left=-2),
            "[CCHC] II.3: Đôn đốc báo cáo kết quả quá hạn 2 ngày (hạn 30/11/2026)",
        ),
        (
            replace(ITEM, reason=Reason.OPENED, label="Quý IV/2026"),
            "[CCHC] II.3: Mở kỳ thực hiện Quý IV/2026 (hạn 09/12/2026)",
        ),
        (
            replace(ITEM, reason=Reason.EVENT, label="1234/SNV-CCHC", due_on=None, days_left=None),
            "[CCHC] II.3: Việc phát sinh theo 1234/SNV-CCHC",
        ),
        (
            replace(ITEM, reason=Reason.SUBMITTED, stage=Stage.IMPLEMENT),
            "[CCHC] II.3: Đã nộp triển khai thực hiện, chờ nghiệm thu",
        ),
        (replace(ITEM, reason=Reason.ACCEPTED), "[CCHC] II.3: Đã nghiệm thu báo cáo kết quả"),
        (
            replace(ITEM, reason=Reason.RETURNED, note="Thiếu phụ lục"),
            "[CCHC] II.3: Trả lại báo cáo kết quả để hoàn thiện (hạn 09/12/2026)",
        ),
    ],
)
def test_a_single_subject_says_which_task_what_and_until_when(item: Item, subject: str) -> None:
    assert write([item]).subject == subject


def test_a_reminder_reads_as_an_office_writes_it() -> None:
    assert write([ITEM]).text == (
        "Kính gửi: Phòng Văn hóa - Xã hội\n\n"
        "Xin nhắc thời hạn của nhiệm vụ sau:\n\n"
        "II.3. Rà soát, đơn giản hóa thủ tục hành chính\n"
        "   - Kỳ thực hiện: Năm 2026\n"
        "   - Cơ quan, đơn vị chủ trì: Phòng Kinh tế\n"
        "   - Bước: Báo cáo kết quả\n"
        "   - Thời hạn: thứ Tư, ngày 09/12/2026 (còn 7 ngày)\n"
        "   - Xem chi tiết tại: http://127.0.0.1:8000/tasks/II.3\n\n"
        "Đề nghị triển khai thực hiện và cập nhật kết quả đúng thời hạn.\n\n"
        "--\nThư do hệ thống theo dõi kế hoạch cải cách hành chính của UBND phường Thành Đông gửi tự động. "
        "Vui lòng không trả lời thư này.\n"
    )


def test_a_return_gives_its_reason_and_asks_for_the_rest() -> None:
    text = write([replace(ITEM, reason=Reason.RETURNED, note="Thiếu phụ lục")]).text

    assert "- Lý do trả lại: Thiếu phụ lục\n" in text
    assert "nộp lại" in text


def test_what_is_handed_in_is_no_longer_counted_down() -> None:
    for reason in (Reason.SUBMITTED, Reason.ACCEPTED):
        text = write([replace(ITEM, reason=reason, due_on=date(2026, 11, 30), days_left=-2)]).text
        assert "- Thời hạn: thứ Hai, ngày 30/11/2026\n" in text


def test_a_task_without_a_date_says_so() -> None:
    content = write([replace(ITEM, reason=Reason.OPENED, due_on=None, days_left=None, stage=None)])

    assert "- Thời hạn: chưa ấn định\n" in content.text
    assert "hạn" not in content.subject


def test_a_digest_puts_late_first_then_today_soon_returned_and_new_whatever_order_it_got() -> None:
    items = [
        replace(ITEM, task_code="V.3", reason=Reason.EVENT, due_on=None, days_left=None),
        replace(ITEM, task_code="III.1", reason=Reason.RETURNED, due_on=date(2026, 11, 1), days_left=-31),
        replace(ITEM, task_code="II.3"),
        replace(ITEM, task_code="II.2", due_on=date(2026, 12, 3), days_left=1),
        replace(ITEM, task_code="V.2", due_on=TODAY, days_left=0),
        replace(ITEM, task_code="I.2", due_on=date(2026, 11, 30), days_left=-2),
        replace(ITEM, task_code="I.1", due_on=date(2026, 11, 20), days_left=-12),
    ]

    for order in (items, items[::-1]):
        content = write(order)
        assert content.subject == (
            "[CCHC] Ngày 02/12/2026: 2 việc quá hạn, 1 việc đến hạn hôm nay, 2 việc sắp đến hạn, "
            "1 việc bị trả lại, 1 việc mới giao"
        )
        codes = [
            line.split(". ")[0] for line in content.text.splitlines() if line.endswith("thủ tục hành chính")
        ]
        assert codes == ["I.1", "I.2", "V.2", "II.2", "II.3", "III.1", "V.3"]
        assert "thứ Tư, ngày 02/12/2026, có 7 việc" in content.text
        assert "QUÁ HẠN (2)" in content.text


def test_a_digest_asks_for_the_same_thing_once() -> None:
    text = write([ITEM, replace(ITEM, task_code="I.1", reason=Reason.OPENED)]).text

    assert text.count("Đề nghị triển khai thực hiện và cập nhật kết quả đúng thời hạn.") == 1


def test_those_above_the_unit_are_asked_to_see_to_it_and_not_to_do_it() -> None:
    text = write([replace(ITEM, reason=Reason.ESCALATION, due_on=date(2026, 11, 30), days_left=-2)]).text

    assert "chỉ đạo, đôn đốc" in text
    assert "Đề nghị khẩn trương" not in text


def test_a_long_title_is_cut_between_words() -> None:
    title = "Tuyên truyền, phổ biến " * 10

    cut = shortened(title)

    assert len(cut) <= 120
    assert cut.endswith("…")
    assert title.startswith(cut[:-1])
    assert title[len(cut) - 1] in " ,"


@given(st.text(max_size=400), st.integers(2, 150))
def test_a_shortened_text_is_one_line_no_longer_than_asked(text: str, longest: int) -> None:
    cut = shortened(text, longest)

    assert len(cut) <= longest
    assert cut == "" or cut.isprintable()


@given(st.text(max_size=300))
def test_nothing_in_the_data_breaks_a_subject_or_makes_a_line_of_its_own(evil: str) -> None:
    item = replace(ITEM, task_code=evil, title=evil, label=evil, unit=evil, note=evil, link=evil)

    content = write([replace(item, reason=Reason.OPENED)])

    assert content.subject.isprintable()
    # One line for each of: salutation, introduction, five to seven facts, request, two for the footer.
    assert len([line for line in content.text.splitlines() if line]) <= 12


def test_a_mail_about_nothing_is_never_written() -> None:
    with pytest.raises(ValueError, match="without items"):
        write([])


def test_every_weekday_has_its_name() -> None:
    week = [vietnamese_date(date(2026, 11, day)) for day in range(23, 30)]

    assert [day.split(",")[0] for day in week] == [
        "thứ Hai",
        "thứ Ba",
        "thứ Tư",
        "thứ Năm",
        "thứ Sáu",
        "thứ Bảy",
        "Chủ nhật",
    ]
