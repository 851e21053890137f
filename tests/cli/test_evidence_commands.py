"""`cchc audit` and `cchc evidence`, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.typed import cchc, installation, office


@pytest.fixture(scope="module")
def url() -> object:
    with installation() as made:
        office()
        yield made


@pytest.fixture
def typed(url: str, monkeypatch: pytest.MonkeyPatch, data: Path) -> Path:
    monkeypatch.setenv("CCHC_DATABASE_URL", url)
    monkeypatch.setenv("CCHC_CHECKPOINT_DIR", str(data / "away"))
    return data


def test_a_checkpoint_a_pack_and_their_verification(typed: Path) -> None:
    older, pack = typed / "diem-chot.txt", typed / "ho-so.zip"
    assert cchc("audit", "checkpoint", "--out", str(older)).code == 0
    exported = cchc("evidence", "export", "--out", str(pack), "--section", "II")
    checked = cchc("evidence", "verify", str(pack), "--checkpoint", str(older))
    machine = json.loads(cchc("evidence", "verify", str(pack), "--json").out)

    assert exported.code == 0, exported.err
    assert "mục II" in exported.out
    assert checked.code == 0, checked.out
    assert "không phát hiện sửa đổi" in checked.out
    assert machine["ok"] is True
    assert list(typed.glob(".*.new")) == []
    assert len(list((typed / "away").glob("*.txt"))) == 1


def test_keys_are_changed_and_everything_before_still_verifies(typed: Path) -> None:
    before = cchc("audit", "checkpoint").out
    (typed / "cu.txt").write_text(before)
    changed = cchc("audit", "keys", "rotate")
    verified = cchc("audit", "verify", "--checkpoint", str(typed / "cu.txt"), "--json", code=None)

    assert changed.code == 0, changed.err
    assert changed.out.count("+AQ") + changed.out.count("# dấu vân tay") >= 2
    [ward] = json.loads(verified.out)["wards"]
    assert not [problem for problem in ward["problems"] if "tài liệu" not in problem.lower()]
    assert ward["checkpoints"] >= 3


def test_a_pack_that_was_changed_ends_with_1(typed: Path) -> None:
    pack = typed / "ho-so.zip"
    cchc("evidence", "export", "--out", str(pack))
    content = bytearray(pack.read_bytes())
    content[len(content) // 3] ^= 1
    pack.write_bytes(content)

    said = cchc("evidence", "verify", str(pack), code=1)
    assert "PHÁT HIỆN ĐƯỢC SỬA ĐỔI" in said.out


def test_what_cannot_be_taken_is_said_and_leaves_no_file(typed: Path) -> None:
    before = cchc("audit", "show", "--limit", "1", "--json").out
    said = cchc("evidence", "export", "--out", str(typed / "x.zip"), "--task", "XX.99", code=1)
    nowhere = cchc("evidence", "export", "--out", str(typed / "gone" / "x.zip"), code=3)
    no_note = cchc("audit", "verify", "--checkpoint", str(typed / "none.txt"), code=3)
    (typed / "note.txt").write_text("ghi chú")
    no_checkpoint = cchc("audit", "verify", "--checkpoint", str(typed / "note.txt"), code=1)
    no_pack = cchc("evidence", "verify", str(typed / "none.zip"), code=3)

    assert "none.txt" in no_note.err
    assert "không phải là điểm chốt" in no_checkpoint.err
    assert "none.zip" in no_pack.err
    assert cchc("audit", "show", "--limit", "1", "--json").out == before, "no pack was taken"
    assert "gone" in nowhere.err
    assert "XX.99" in said.err
    assert not (typed / "x.zip").exists()
