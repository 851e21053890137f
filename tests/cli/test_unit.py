"""`cchc unit alias` and `cchc unit group`, as they are typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.setup import PACKAGED
from tests.cli.typed import CENTRE, CULTURE, OFFICE, cchc, installation, office, rows

STRANGE = "PHÒNG VHXH & TT"
BY = ("--by", "dieuphoi")


@pytest.fixture(scope="module", autouse=True)
def url() -> Iterator[str]:
    """Give one office with the real decision."""
    with installation() as database:
        office()
        yield database


def unit(name: str) -> dict[str, Any]:
    (found,) = [each for each in cchc("unit", "list", "--json").json["units"] if each["name"] == name]
    return found


def test_a_confirmed_spelling_is_read_as_its_unit_in_the_next_decision(url: str, tmp_path: Path) -> None:
    cchc("unit", "alias", STRANGE, "--of", "VH-XH", *BY)
    text = PACKAGED.read_text("utf-8").replace("16/QĐ-UBND", "99/QĐ-UBND").replace(CULTURE, STRANGE)
    (tmp_path / "sau.txt").write_text(text, "utf-8")

    cchc("plan", "import", str(tmp_path / "sau.txt"), *BY)

    named = rows(url, "SELECT name FROM cchc.unit WHERE name ILIKE %s", "phòng vhxh%")
    asked = rows(
        url,
        "SELECT message FROM cchc.finding WHERE code = 'unknown-unit' AND message LIKE %s",
        f"%{STRANGE}%",
    )
    assert (named, asked) == ([], [])
    assert STRANGE in unit(CULTURE)["aliases"]


def test_a_draft_is_read_again_once_a_spelling_in_it_was_settled(url: str, tmp_path: Path) -> None:
    text = PACKAGED.read_text("utf-8").replace("16/QĐ-UBND", "98/QĐ-UBND")
    path = tmp_path / "nháp.txt"
    path.write_text(text.replace(OFFICE, "Tổ Giúp việc số 1"), "utf-8")
    first = cchc("plan", "import", str(path), *BY, "--json").json
    cchc("unit", "alias", "Tổ Giúp việc số 1", "--of", OFFICE, *BY)

    second = cchc("plan", "import", str(path), *BY, "--json").json

    assert second["plan"] != first["plan"]
    assert second["findings"] < first["findings"]
    states = rows(url, "SELECT state FROM cchc.plan WHERE number = '98/QĐ-UBND' ORDER BY id")
    assert states == [("closed",), ("draft",)]
    assert "đã được nhập" in cchc("plan", "import", str(path), *BY, code=1).err


def test_a_spelling_is_given_and_taken_as_often_as_one_likes() -> None:
    for _ in range(2):
        assert CENTRE in cchc("unit", "alias", "Tổ Một cửa", "--of", CENTRE, *BY).out
    assert "Tổ Một cửa" in unit(CENTRE)["aliases"]

    for _ in range(2):
        cchc("unit", "alias", "Tổ Một cửa", "--of", CENTRE, "--remove", *BY)

    assert "Tổ Một cửa" not in unit(CENTRE)["aliases"]


def test_a_spelling_of_two_units_is_refused_and_so_is_who_may_not() -> None:
    assert CENTRE in cchc("unit", "alias", "TT PV HCC", "--of", OFFICE, *BY, code=1).err
    assert "được làm" in cchc("unit", "alias", "Tổ lạ", "--of", OFFICE, "--by", "lan", code=1).err
    cchc("unit", "alias", "Tổ lạ", code=2)


def test_a_group_is_told_its_members() -> None:
    said = cchc("unit", "group", "Các phòng chuyên môn, đơn vị", "--members", f"{OFFICE}; TT PV HCC;", *BY)

    assert CENTRE in said.out
    assert set(unit("Các phòng chuyên môn, đơn vị")["members"]) == {OFFICE, CENTRE}
    assert "là một đơn vị" in cchc("unit", "group", OFFICE, "--members", CENTRE, *BY, code=1).err
