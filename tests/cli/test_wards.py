"""A decision of another office makes a ward of its own; nobody makes one by a slip untold."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.setup import PACKAGED
from tests.cli.typed import cchc, installation

OTHER = str(Path(__file__).parents[1] / "domain/reading/plans/xa-gia-kiem.txt")


def test_another_offices_decision_is_nobodys_here_and_says_what_it_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with installation():
        first = cchc("plan", "import", str(PACKAGED)).out
        refused = cchc("plan", "import", OTHER, "--by", "dieuphoi", code=1).err
        assert len(cchc("plan", "show", "--json").json["plans"]) == 1
        said = cchc("plan", "import", OTHER).out

        assert "đơn vị mới" not in first
        assert "Văn bản này của UBND xã Gia Kiệm, chưa có trong cài đặt này" in refused
        assert "nay phục vụ 2 đơn vị" in said
        assert "CCHC_WARD=gia-kiem" in said
        assert "CCHC_WARD" in cchc("plan", "show", code=1).err
        monkeypatch.setenv("CCHC_WARD", "gia-kiem")
        assert cchc("plan", "show", "--json").json["ward"] == "gia-kiem"
