"""`cchc report`, as it is typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from tests.cli.typed import cchc, installation, office


@pytest.fixture(scope="module")
def whole() -> Iterator[str]:
    with installation() as url, pytest.MonkeyPatch.context() as patch:
        office()
        patch.setenv("CCHC_DATABASE_URL", url)
        yield url


def test_each_kind_of_report_becomes_a_file(whole: str, tmp_path: Path) -> None:
    for words in (
        ("quarter", "--period", "Q1/2026"),
        ("half", "--period", "1/2026"),
        ("year", "--period", "2026"),
        ("adhoc", "--from", "1/2/2026", "--to", "2026-03-15"),
    ):
        path = tmp_path / f"{words[0]}.docx"

        said = cchc("report", *words, "--docx", str(path)).out

        assert str(path) in said
        text = "\n".join(paragraph.text for paragraph in Document(str(path)).paragraphs)
        assert "Kế hoạch năm 2026 có 33 nhiệm vụ." in text
        assert "chỉ tiêu" in text.lower()
        assert "Điểm chốt nhật ký khi lập báo cáo" in text
        assert sorted(each.name for each in tmp_path.iterdir() if each.name.startswith(".")) == []


def test_an_ad_hoc_report_without_dates_is_of_the_year_so_far(whole: str) -> None:
    period = cchc("report", "adhoc", "--json").json["period"]
    part = cchc("report", "adhoc", "--to", "15/3/2026", "--json").json["period"]

    assert period["first"] == f"{period['last'][:4]}-01-01"
    assert (part["first"], part["last"]) == ("2026-01-01", "2026-03-15")


def test_figures_can_be_had_without_a_file(whole: str) -> None:
    figures = cchc("report", "year", "--period", "2026", "--json", "--by", "dieuphoi").json

    assert figures["tasks"] == 33 == sum(figures["statuses"].values())
    assert sum(each["tasks"] for each in figures["sections"]) == 33


def test_refusals_say_what_is_missing(whole: str, tmp_path: Path) -> None:
    path = str(tmp_path / "x.docx")

    assert "quý viết là" in cchc("report", "quarter", "--period", "5/2026", "--docx", path, code=1).err
    assert "năm 2019" in cchc("report", "year", "--period", "2019", "--docx", path, code=1).err
    assert "không được làm" in cchc("report", "year", "--docx", path, "--by", "lan", code=1).err
    assert "--docx" in cchc("report", "year", code=2).err
    assert not Path(path).exists()


def test_the_score_sheet_is_printed_and_written(whole: str, tmp_path: Path) -> None:
    path = tmp_path / "diem.xlsx"

    said = cchc("report", "scorecard", "--year", "2026").out
    cchc("report", "scorecard", "--year", "2026", "--xlsx", str(path))
    data = cchc("report", "scorecard", "--year", "2026", "--json").json

    assert "CHƯA XÁC NHẬN" in said
    assert load_workbook(path).worksheets[0]["B5"].value is not None
    assert data["confirmed"] is False
    assert {each["code"] for each in data["criteria"]} >= {"1", "1.1", "8.1"}
