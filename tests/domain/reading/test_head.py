"""The head of a decision: number, date, issuer, title, year, whatever its kind and layout."""

from __future__ import annotations

import time

import pytest

from domain.plans import PlanReading, Severity
from tests.domain.reading.conftest import plan_in

TABLE = "\nTT\tNội dung\tChủ trì\tThời gian\n1\tA\tCông an\tQuý I\n"


def plan_of(head: str) -> PlanReading:
    return plan_in(head + TABLE)


@pytest.mark.parametrize("table", [TABLE, "\n| TT | Nội dung | Thời gian |\n| --- | --- | --- |\n"])
def test_a_title_ends_where_a_table_begins(table: str) -> None:
    rows = table.replace("\nTT", "TT").replace("\n|", "|", 1)
    head = "UBND XÃ A\nSố: 1/KH-UBND\nA, ngày 03 tháng 02 năm 2026\nKẾ HOẠCH\n## Công tác năm 2026\n"

    assert plan_in(head + rows + TABLE).decision.title == "Công tác năm 2026"


@pytest.mark.parametrize(
    ("head", "number", "issued_on", "issuer", "title"),
    [
        (
            "BỘ NỘI VỤ\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n\tĐộc lập - Tự do - Hạnh phúc\n"
            "Số: 12/QĐ-BNV\tHà Nội, ngày 05 tháng 01 năm 2026\nQUYẾT ĐỊNH\nBan hành Kế hoạch năm 2026\n"
            "BỘ TRƯỞNG BỘ NỘI VỤ\nCăn cứ Nghị định số 1/2025/NĐ-CP ngày 01 tháng 01 năm 2025;\n",
            "12/QĐ-BNV", "2026-01-05", "Bộ trưởng Bộ Nội vụ", "Ban hành Kế hoạch năm 2026",
        ),
        (
            "UBND TỈNH NINH BÌNH\nSỞ NỘI VỤ\n-------\nSố: 15/KH-SNV\n"
            "Ninh Bình, ngày 03 tháng 02 năm 2026\nKẾ HOẠCH\n"
            "Công tác cải cách hành chính\nnăm 2026 của Sở Nội vụ\n-------\nCăn cứ Kế hoạch số 1;\n",
            "15/KH-SNV", "2026-02-03", "Sở Nội vụ tỉnh Ninh Bình",
            "Công tác cải cách hành chính năm 2026 của Sở Nội vụ",
        ),
        (
            "ĐẢNG BỘ THÀNH PHỐ HẢI PHÒNG\tĐẢNG CỘNG SẢN VIỆT NAM\nĐẢNG ỦY PHƯỜNG THÀNH ĐÔNG\n*\n"
            "Số 05-KH/ĐU\tThành Đông, ngày 10 tháng 3 năm 2026\nKẾ HOẠCH\nthực hiện Nghị quyết năm 2026\n",
            "05-KH/ĐU", "2026-03-10", "Đảng ủy phường Thành Đông", "thực hiện Nghị quyết năm 2026",
        ),
        (
            "HỘI ĐỒNG NHÂN DÂN\nPHƯỜNG AN BIÊN\nSố: 12/2026/NQ-HĐND\nAn Biên, ngày 20 tháng 7 năm 2026\n"
            "NGHỊ QUYẾT\nVề chương trình giám sát năm 2026\nHỘI ĐỒNG NHÂN DÂN PHƯỜNG AN BIÊN\nCăn cứ Luật;\n",
            "12/2026/NQ-HĐND", "2026-07-20", "Hội đồng nhân dân phường An Biên",
            "Về chương trình giám sát năm 2026",
        ),
        (
            "ỦY BAN NHÂN DÂN               CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
            "TỈNH HÀ GIANG                   Độc lập - Tự do - Hạnh phúc\n"
            "Số: 594/KH-UBND                 Hà Giang, ngày 21\ntháng 4 năm 2026\n\nKẾ HOẠCH\n\n"
            "THỰC HIỆN CHỈ THỊ SỐ 19/CT-TTG NGÀY 16 THÁNG 7 NĂM 2021 NĂM 2026\n\nThực hiện Chỉ thị:\n",
            "594/KH-UBND", "2026-04-21", "Ủy ban nhân dân tỉnh Hà Giang",
            "Thực hiện Chỉ thị số 19/CT-TTg ngày 16 tháng 7 năm 2021 năm 2026",
        ),
        (
            "UBND XÃ XUÂN ĐÔNG\nTRƯỜNG THCS TRẦN PHÚ\nSố: 36/KH-THCSTP\n"
            "Xuân Đông, ngày 05 tháng 10 năm 2026\nKẾ HOẠCH\n"
            "Chuyển đổi số năm học 2026 - 2027\nCăn cứ Kế hoạch số 1;\n",
            "36/KH-THCSTP", "2026-10-05", "Trường THCS Trần Phú", "Chuyển đổi số năm học 2026 - 2027",
        ),
        (
            "TRƯỜNG MẦM NON HOA SEN\n12\nSố: 58/KH-MNHS\nAn Biên, ngày 05 tháng 10 năm 2026\nKẾ HOẠCH\n"
            "TIẾP THU Ý KIẾN CỦA LỚP A NĂM 2026\nCăn cứ Kế hoạch số 1;\n",
            "58/KH-MNHS", "2026-10-05", "Trường Mầm non Hoa Sen", "Tiếp thu ý kiến của lớp A năm 2026",
        ),
        (
            "UBND PHƯỜNG AN BIÊN\nSố: 123/UBND-VHXH\nV/v triển khai cải cách hành chính năm 2026\n"
            "An Biên, ngày 20 tháng 01 năm 2026\nKính gửi: Các phòng\n",
            "123/UBND-VHXH", "2026-01-20", "UBND phường An Biên",
            "V/v triển khai cải cách hành chính năm 2026",
        ),
    ],
)  # fmt: skip # short values read best packed
def test_a_head_is_read_in_every_layout(
    head: str, number: str, issued_on: str, issuer: str, title: str
) -> None:
    read = plan_of(head).decision

    assert (read.number, str(read.issued_on), read.year) == (number, issued_on, 2026)
    assert (read.issuer, read.title.lower()) == (issuer, title.lower())


def test_an_appendix_alone_takes_number_date_and_issuer_from_its_brackets() -> None:
    read = plan_of(
        "PHỤ LỤC I\nPHÂN CÔNG NHIỆM VỤ NĂM 2026\n"
        "(Kèm theo Quyết định số 16/QĐ-UBND ngày 14/01/2026 của Ủy ban nhân dân phường Thành Đông)\n"
    ).decision

    assert (read.number, str(read.issued_on)) == ("16/QĐ-UBND", "2026-01-14")
    assert read.title.lower() == "phân công nhiệm vụ năm 2026"
    assert read.issuer == "Ủy ban nhân dân phường Thành Đông"


@pytest.mark.parametrize(
    ("number", "day", "code"),
    [
        ("Số:        /KH-UBND", "ngày 20 tháng 01 năm 2026", "no-number"),
        ("Số: …/KH-UBND", "ngày 20 tháng 01 năm 2026", "no-number"),
        ("Số: 7/KH-UBND", "ngày      tháng 01 năm 2026", "no-date"),
        ("Số: 7/KH-UBND", "ngày … tháng … năm 2026", "no-date"),
    ],
)
def test_a_blank_number_or_day_forbids_activation_whatever_is_cited_below(
    number: str, day: str, code: str
) -> None:
    grounds = "Căn cứ Quyết định số 9/QĐ-UBND ngày 09 tháng 9 năm 2019;\n"
    plan = plan_of(
        f"UBND PHƯỜNG AN BIÊN\n{number}\nAn Biên, {day}\nKẾ HOẠCH\nCải cách hành chính\n\n{grounds}"
    )

    assert code in {finding.code for finding in plan.findings if finding.severity is Severity.BLOCKING}
    assert plan.decision.year == 2026


@pytest.mark.parametrize(
    ("title", "year", "code"),
    [
        ("Cải cách hành chính năm 2027", 2027, None),
        ("Cải cách hành chính giai đoạn 2026 - 2030", 2026, "plan-years"),
        ("Cải cách hành chính giai đoạn 2021 - 2030", 2026, "plan-years"),
        ("Thực hiện Nghị quyết số 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị", 2026, "year-from-issue"),
        ("Phát triển kinh tế số đến năm 2030", 2026, "year-from-issue"),
        ("Nhiệm vụ năm học 2026 - 2027", 2026, None),
    ],
)
def test_the_plans_year_is_its_titles_else_that_of_the_issue(title: str, year: int, code: str | None) -> None:
    plan = plan_of(
        f"UBND PHƯỜNG AN BIÊN\nSố: 7/KH-UBND\nAn Biên, ngày 20 tháng 12 năm 2026\nKẾ HOẠCH\n{title}\n"
    )

    told = {finding.code for finding in plan.findings} & {"plan-years", "year-from-issue"}
    assert (plan.decision.year, told) == (year, {code} if code else set())


@pytest.mark.parametrize("sign", [" ", "\t", "\n", " .", "- ", "( ", "Số ", "ngày "])
def test_endless_signs_cost_no_time(sign: str) -> None:
    head = (
        f"UBND XÃ A\nSố: 1/KH-UBND\nA, ngày 03 tháng 02 năm 2026\nKẾ HOẠCH\nCông tác năm 2026{sign * 1500}x"
    )
    began = time.process_time()

    assert plan_of(head).decision.number == "1/KH-UBND"
    assert time.process_time() - began < 2
