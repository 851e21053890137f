"""What the clauses of amending decisions order, and which of them nobody may guess at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.differences import Field
from domain.reading.orders import Action, Heading, Order, read_order

DATES = [
    "Sửa đổi thời gian thực hiện nhiệm vụ số 3 mục II thành: “trước ngày 30/10/2026”.",
    "Sửa đổi thời gian thực hiện nhiệm vụ II.3 thành trước ngày 30/10/2026;",
    "a) Điều chỉnh thời hạn hoàn thành nhiệm vụ số 3, Mục II sang “trước ngày 30/10/2026”",
    "1.2. Điều chỉnh thời hạn hoàn thành nhiệm vụ tại số thứ tự 3 mục II thành “trước ngày 30/10/2026”",
    "Tại nhiệm vụ số 3 mục II Phụ lục kèm theo Quyết định số 16/QĐ-UBND, điều chỉnh thời gian hoàn thành "
    "thành trước ngày 30/10/2026.",
    "Nhiệm vụ số 3 mục II: thời gian thực hiện được sửa thành “trước ngày 30/10/2026”.",
    "Mục II, nhiệm vụ số 3: thời hạn điều chỉnh thành “trước ngày 30/10/2026”",
    "Điều chỉnh thời hạn từ “Quý III/2026” thành “trước ngày 30/10/2026” đối với nhiệm vụ II.3.",
    "Gia hạn nhiệm vụ II.3 đến trước ngày 30/10/2026",
    "Điều 1. Gia hạn thời gian hoàn thành nhiệm vụ số 3 mục II tại Phụ lục kèm theo Quyết định số 16/QĐ-UBND "
    "ngày 14/01/2026 đến trước ngày 30/10/2026.",
    "SỬA ĐỔI THỜI GIAN THỰC HIỆN NHIỆM VỤ SỐ 3 MỤC II THÀNH “trước ngày 30/10/2026”",
]
WITHDRAWALS = [
    "Bãi bỏ nhiệm vụ số 1 mục VII.",
    "Rút nhiệm vụ VII.1 khỏi Kế hoạch.",
    "Không thực hiện nhiệm vụ số 1, mục VII do đã giao cho đơn vị khác.",
    "Không tiếp tục thực hiện nhiệm vụ VII.1 (Triển khai Kế hoạch chuyển đổi số)",
    "Đưa nhiệm vụ VII.1 ra khỏi Phụ lục",
    "3. Nhiệm vụ VII.1: bãi bỏ.",
]
NOT_UNDERSTOOD = [
    "Đẩy nhanh tiến độ nhiệm vụ II.3.",
    "Điều chỉnh thời hạn nhiệm vụ II.3 từ ngày 15/9/2026 đến ngày 30/10/2026.",
    "Không thực hiện nhiệm vụ II.3 trong quý I/2026.",
    "Bãi bỏ nhiệm vụ II.3 và giao Phòng A nghiên cứu.",
    "Bãi bỏ cụm từ “báo cáo”.",
    "Sửa đổi thời gian thực hiện và cơ quan chủ trì nhiệm vụ II.3 thành “Quý IV/2026”.",
    "Sửa đổi thời gian thực hiện nhiệm vụ II.3 thành “Quý IV/2026”; nhiệm vụ II.4 thực hiện sau.",
    "Sửa đổi thời gian thực hiện các nhiệm vụ còn lại thành “Quý IV/2026”.",
    "Thay cụm từ “Phòng A” bằng cụm từ “Phòng B” tại dòng cuối.",
    "Sửa đổi nhiệm vụ II.3 cho phù hợp với tình hình.",
    "Giao các phòng nghiên cứu, đề xuất.",
]


def order(clause: str, heading: Heading | None = None) -> Order:
    read = read_order(clause, heading)
    assert isinstance(read, Order), clause
    return read


@pytest.mark.parametrize("clause", DATES)
def test_a_new_date_is_read_however_it_is_put(clause: str) -> None:
    read = order(clause)

    assert (read.action, read.codes) == (Action.SET, ("II.3",))
    [(field, value)] = read.cells
    assert (field, value.lower()) == (Field.TIME, "trước ngày 30/10/2026")


@pytest.mark.parametrize("clause", WITHDRAWALS)
def test_a_withdrawal_is_read_however_it_is_put(clause: str) -> None:
    read = order(clause)

    assert (read.action, read.codes) == (Action.WITHDRAW, ("VII.1",))


@pytest.mark.parametrize("clause", NOT_UNDERSTOOD)
def test_what_cannot_be_read_whole_is_not_read_at_all(clause: str) -> None:
    assert read_order(clause) is None


def test_up_to_a_day_includes_the_day() -> None:
    assert order("Gia hạn nhiệm vụ II.3 đến ngày 30/10/2026").cells == ((Field.TIME, "đến ngày 30/10/2026"),)


def test_several_tasks_can_be_named_at_once() -> None:
    assert order("Bãi bỏ các nhiệm vụ số 2, 3 và 5 mục VI").codes == ("VI.2", "VI.3", "VI.5")
    assert order("Bãi bỏ nhiệm vụ II.3, II.4 và III.1").codes == ("II.3", "II.4", "III.1")


@pytest.mark.parametrize(
    "clause",
    [
        "Chuyển cơ quan chủ trì nhiệm vụ II.3 từ Phòng A sang Phòng B.",
        "Giao Phòng B chủ trì nhiệm vụ số 3 mục II thay Phòng A",
        "Thay đổi đơn vị chủ trì nhiệm vụ II.3 từ “Phòng A” thành “Phòng B”",
    ],
)
def test_another_lead_unit_is_read_with_the_one_before(clause: str) -> None:
    read = order(clause)

    assert (read.cells, read.former) == (((Field.LEAD, "Phòng B"),), "Phòng A")


def test_an_added_task_is_read_with_its_columns() -> None:
    read = order(
        "Bổ sung nhiệm vụ số 6 vào mục VI: “Tập huấn trí tuệ nhân tạo; cơ quan chủ trì: Phòng A; cơ quan "
        "phối hợp: Phòng B; thời gian thực hiện: Quý IV/2026; sản phẩm: Kế hoạch, báo cáo”."
    )

    assert (read.action, read.codes) == (Action.ADD, ("VI.6",))
    assert dict(read.cells) == {
        Field.TITLE: "Tập huấn trí tuệ nhân tạo",
        Field.LEAD: "Phòng A",
        Field.COORDINATING: "Phòng B",
        Field.TIME: "Quý IV/2026",
        Field.PRODUCT: "Kế hoạch, báo cáo",
    }


def test_an_added_task_may_come_without_a_number() -> None:
    read = order("Bổ sung 01 nhiệm vụ vào mục VI như sau: Tập huấn; chủ trì: Phòng A; thời gian: Quý IV/2026")

    assert read.codes == ("VI.",)
    assert dict(read.cells)[Field.TITLE] == "Tập huấn"


def test_words_can_be_replaced_in_one_task_or_everywhere() -> None:
    one = order("Thay cụm từ “Phòng A” bằng cụm từ “Phòng B” tại nhiệm vụ số 3 mục II.")
    everywhere = order("Thay thế cụm từ “Phòng A” bằng “Phòng B” tại Phụ lục.")

    assert (one.codes, one.former, one.words) == (("II.3",), "Phòng A", "Phòng B")
    assert (everywhere.codes, everywhere.former, everywhere.words) == ((), "Phòng A", "Phòng B")


def test_a_heading_lends_its_words_to_the_clauses_below_it() -> None:
    heading = read_order("1. Sửa đổi thời gian thực hiện các nhiệm vụ sau:")
    gone = read_order("Bãi bỏ các nhiệm vụ sau:")

    assert isinstance(heading, Heading)
    assert isinstance(gone, Heading)
    assert order("a) Nhiệm vụ số 3 mục II: Quý IV/2026", heading).cells == ((Field.TIME, "Quý IV/2026"),)
    assert order("a) Nhiệm vụ số 1 mục VII", gone).action is Action.WITHDRAW
    assert read_order("a) Nhiệm vụ số 1 mục VII") is None


@given(st.text(max_size=120))
def test_reading_a_clause_never_fails(text: str) -> None:
    read_order(text)


@given(st.sampled_from(DATES), st.sampled_from([" ", "  ", "\u00a0", "\n"]), st.booleans())
def test_spaces_and_capitals_do_not_change_what_is_ordered(clause: str, space: str, upper: bool) -> None:
    head, quote, rest = clause.partition("“")
    spaced = (head.upper() if upper and quote else head).replace(" ", space) + quote + rest

    assert order(spaced).codes == order(clause).codes
