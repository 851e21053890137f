"""The reporting regime, however it is worded."""

from __future__ import annotations

import pytest

from domain.reading.regime import reports_of


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("báo cáo quý trước ngày 15 của tháng cuối quý, 6 tháng trước 15/6, năm trước 15/12",
         "14/03 14/06 14/09 14/12"),
        ("gửi báo cáo định kỳ hằng quý (trước ngày 20 tháng cuối quý)", "19/03 19/06 19/09 19/12"),
        ("báo cáo hằng quý (trước ngày 05 của tháng cuối quý), báo cáo năm trước ngày 01/12/2026",
         "04/03 04/06 04/09 30/11"),
        ("báo cáo định kỳ quý, 6 tháng, năm: quý I trước ngày 10/3, 6 tháng trước ngày 10/6, quý III trước "
         "ngày 10/9, năm trước ngày 05/12/2026", "09/03 09/06 09/09 04/12"),
        ("báo cáo quý, 6 tháng, 9 tháng và năm trước ngày 05 các tháng 3, 6, 9, 12",
         "04/03 04/06 04/09 04/12"),
        ("Chế độ báo cáo: báo cáo năm trước ngày 05/12.", "04/12"),
        ("- Báo cáo quý I: trước ngày 15/3\n- Báo cáo 6 tháng: trước ngày 15/6\n- Báo cáo năm: trước 05/12",
         "14/03 14/06 04/12"),
        ("báo cáo trước ngày 15/3 (quý I), 15/6 (6 tháng), 15/9 (quý III), 15/12 (năm)",
         "14/03 14/06 14/09 14/12"),
        ("báo cáo quý chậm nhất ngày 05 tháng đầu quý sau", "05/04 05/07 05/10 05/01"),
        ("báo cáo quý (trước ngày 10 tháng cuối quý), năm (trước ngày 10/12); số liệu tính từ 15/12 năm "
         "trước đến 14/6", "09/03 09/06 09/09 09/12"),
        ("báo cáo 6 tháng trước ngày 10 tháng 6 và hằng năm trước ngày 10 tháng 12", "09/06 09/12"),
    ],
)  # fmt: skip # short values read best packed
def test_a_regime_gives_the_last_day_of_each_report(text: str, days: str) -> None:
    reports = reports_of(text.splitlines(), 2026)

    assert " ".join(f"{report.due:%d/%m}" for report in reports) == days
    assert all(report.written for report in reports)


@pytest.mark.parametrize(
    "text",
    [
        "Báo cáo kết quả thực hiện kế hoạch năm 2026 trước ngày 30/11/2026",
        "Căn cứ Quyết định số 5 ngày 26/12/2025 về báo cáo",
        "Các đơn vị báo cáo theo quy định",
        "",
    ],
)
def test_what_sets_no_report_leaves_the_quarters_ends_and_says_so(text: str) -> None:
    reports = reports_of([text], 2026)

    assert [f"{report.due:%d/%m}" for report in reports] == ["31/03", "30/06", "30/09", "31/12"]
    assert not any(report.written for report in reports)


def test_there_are_four_reports_where_quarters_halves_and_the_year_are_named() -> None:
    text = (
        "báo cáo Quý, báo cáo 6 tháng gửi trước ngày 10 tháng cuối của quý, báo cáo năm gửi trước ngày 10/12"
    )

    assert len(reports_of([text], 2026)) == 4
