"""`cchc plan amend` and `cchc plan successors`, as they are typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from services.setup import PACKAGED
from tests.cli.typed import CULTURE, cchc, installation
from tests.decisions import in_rows, in_words

LATER = "Sửa đổi thời gian thực hiện nhiệm vụ số 5 mục III thành: “trước ngày 30/10/2026”."
ODD = "Đẩy nhanh tiến độ nhiệm vụ số 2 mục II để kịp kỳ họp."


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Give one installation with the real decision in force, and a coordinator."""
    with installation() as database:
        cchc("plan", "import", str(PACKAGED))
        cchc("plan", "activate")
        cchc("user", "add", "dieuphoi", "--role", "coordinator", "--email", "dp@example.vn")
        cchc("user", "add", "lan", "--role", "officer", "--unit", CULTURE, "--email", "lan@example.vn")
        yield database


@pytest.fixture
def amending(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Give a file with an amending decision of the test's own number."""
    place = 100 + len(request.node.name) + sum(map(ord, request.node.name)) % 800
    file = tmp_path / "sua-doi.txt"
    file.write_bytes(in_words(LATER, number=f"{place}/QĐ-UBND"))
    return file


def due(url: str) -> str:
    with psycopg.connect(url) as connection:
        [row] = connection.execute(
            "SELECT s.due_on::text FROM cchc.stage s JOIN cchc.occurrence o ON o.id = s.occurrence_id"
            " JOIN cchc.task t ON t.id = o.task_id WHERE t.code = 'III.5' AND s.stage = 'report'"
        ).fetchall()
    found: str = row[0]
    return found


def test_it_shows_first_and_changes_nothing(url: str, amending: Path) -> None:
    said = cchc("plan", "amend", str(amending))

    for words in ("III.5", "Trước 30/9/2026", "trước ngày 30/10/2026", "29/09/2026", "29/10/2026"):
        assert words in said.out
    assert "--by NGƯỜI" in said.out
    assert due(url) == "2026-09-29"


def test_without_a_terminal_nothing_is_applied_unless_yes_is_said(url: str, amending: Path) -> None:
    refused = cchc("plan", "amend", str(amending), "--by", "dieuphoi", code=1)

    assert "--yes" in refused.err
    assert due(url) == "2026-09-29"


def test_an_officer_may_look_and_not_apply(url: str, amending: Path) -> None:
    refused = cchc("plan", "amend", str(amending), "--by", "lan", "--yes", code=1)

    assert "điều phối" in refused.err
    assert due(url) == "2026-09-29"


def test_what_is_not_understood_is_shown_and_stands_in_the_way(url: str, tmp_path: Path) -> None:
    file = tmp_path / "sua-doi.txt"
    file.write_bytes(in_words(LATER, ODD, number="99/QĐ-UBND"))

    seen = cchc("plan", "amend", str(file), "--json", code=1).json
    refused = cchc("plan", "amend", str(file), "--by", "dieuphoi", "--yes", code=1)

    assert [ODD in each["message"] for each in seen["findings"]] == [True]
    assert seen["applied"] is False
    assert "--despite" in refused.err
    assert due(url) == "2026-09-29"


def test_it_applies_once_and_the_task_names_the_decision(url: str, tmp_path: Path) -> None:
    file = tmp_path / "sua-doi.txt"
    file.write_bytes(in_words(LATER, number="45/QĐ-UBND"))

    first = cchc("plan", "amend", str(file), "--by", "dieuphoi", "--yes", "--json").json
    again = cchc("plan", "amend", str(file), "--by", "dieuphoi", "--yes")

    assert (first["applied"], first["already"]) == (True, False)
    [change] = first["changes"]
    assert [(each["stage"], each["former"], each["due"]) for each in change["dues"]] == [
        ("report", "2026-09-29", "2026-10-29")
    ]
    assert "đã được áp dụng trước đây" in again.out
    assert due(url) == "2026-10-29"
    assert "45/QĐ-UBND ngày 20/04/2026" in cchc("task", "show", "III.5").out
    [occurrence] = cchc("task", "show", "III.5", "--json").json["occurrences"]
    [former] = occurrence["stages"][2]["former_dues"]
    assert former["document"] == "45/QĐ-UBND ngày 20/04/2026"
    assert cchc("audit", "verify", "--json").json["ok"] is True


def test_a_decision_about_another_plan_is_refused_by_name(url: str, tmp_path: Path) -> None:
    file = tmp_path / "sua-doi.txt"
    file.write_bytes(in_words(LATER, number="98/QĐ-UBND").replace("16/QĐ".encode(), "17/QĐ".encode()))

    assert "17/QĐ-UBND" in cchc("plan", "amend", str(file), code=1).err


def test_an_amendment_imported_as_a_plan_is_noticed(url: str, tmp_path: Path) -> None:
    file = tmp_path / "sua-doi.txt"
    row = "1\tTập huấn\tPhòng Văn hóa - Xã hội\t\tQuý IV/2026\tBáo cáo"
    file.write_bytes(in_rows("I. CHỈ ĐẠO, ĐIỀU HÀNH", row, number="97/QĐ-UBND"))

    said = cchc("plan", "import", str(file), "--by", "dieuphoi").out
    assert "cchc plan amend" in said
    assert "kế hoạch 16/QĐ-UBND đang thực hiện sẽ kết thúc" in said

    refused = cchc("plan", "activate", "--by", "dieuphoi", code=1).err
    assert "kế hoạch đang thực hiện của năm 2026 kết thúc" in " ".join(refused.split())


def test_without_a_year_before_there_is_nothing_to_compare(url: str) -> None:
    assert "năm trước" in cchc("plan", "successors", code=1).err


def test_next_years_plan_is_held_against_this_years(url: str, tmp_path: Path) -> None:
    text = PACKAGED.read_text("utf-8").replace("2026", "2027").replace("16/QĐ-UBND", "9/QĐ-UBND")
    file = tmp_path / "2027.txt"
    file.write_text(text, "utf-8")

    imported = cchc("plan", "import", str(file), "--by", "dieuphoi")
    compared = cchc("plan", "successors", "--json").json
    cchc("plan", "successors", "--confirm", "--by", "dieuphoi")
    moved = cchc("plan", "successors", "--set", "II.3", "-", "--by", "dieuphoi", "--json").json

    assert "33 nhiệm vụ như năm 2026, 0 mới, 0 không còn; xem: cchc plan successors" in imported.out
    assert compared["summary"] == "33 nhiệm vụ như năm 2026, 0 mới, 0 không còn"
    assert {each["new"] for each in compared["pairs"] if each["new"] != each["old"]} == set()
    fates = {each["new"]: each["fate"] for each in moved["pairs"]}
    assert fates["II.3"] == "new"
    cchc("plan", "activate", "--by", "dieuphoi")
    assert "Năm trước: II.4 (16/QĐ-UBND), hoàn thành đúng hạn 0/1 kỳ" in cchc("task", "show", "II.4").out
