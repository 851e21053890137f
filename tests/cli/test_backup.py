"""`cchc backup` and `cchc restore`, as they are typed, from one machine to another."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.typed import cchc, installation, office


def test_an_installation_moves_to_another_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backup, keys = tmp_path / "b.zip", tmp_path / "keys.bin"
    with installation() as url, monkeypatch.context() as patch:
        office()
        patch.setenv("CCHC_KEYS_PASSPHRASE", "quá ngắn")
        short = cchc("backup", str(backup), "--with-keys", str(keys), code=1).err
        left = list(tmp_path.iterdir())
        patch.setenv("CCHC_KEYS_PASSPHRASE", "một mật khẩu dài")
        never = cchc("status").out
        made = cchc("backup", str(backup), "--with-keys", str(keys), "--json").json
        again = cchc("backup", str(backup), code=1).err
        last = cchc("status", "--json").json["last_backup"]
        said = cchc("status").out
        before = cchc("audit", "verify", "--json").json["wards"][0]["root"]
        refused = cchc("restore", str(backup), code=1).err
        assert url

    assert "ít nhất 12 ký tự" in short
    assert left == [], "a backup without its keys, whose name is then taken"
    assert "Sao lưu gần nhất: CHƯA CÓ" in never
    assert made["documents"] == 1
    assert "không ghi đè" in again
    assert last["path"] == str(backup)
    assert str(backup) in said
    assert "đang được dùng" in refused or "đã có dữ liệu" in refused
    assert made["wards"][0]["root"] == before

    folder = tmp_path / "new"
    with monkeypatch.context() as patch:
        patch.setenv("CCHC_DATA", str(folder))
        patch.setenv("CCHC_KEYS_PASSPHRASE", "một mật khẩu sai")
        assert "sai mật khẩu" in cchc("restore", str(backup), "--with-keys", str(keys), code=1).err
        patch.delenv("CCHC_KEYS_PASSPHRASE")
        assert "mật khẩu" in cchc("restore", str(backup), "--with-keys", str(keys), code=1).err
        patch.setenv("CCHC_KEYS_PASSPHRASE", "một mật khẩu dài")
        restored = cchc("restore", str(backup), "--with-keys", str(keys)).out
        after = cchc("audit", "verify", "--json").json
        tasks = cchc("task", "list", "--json").json

    assert "không phát hiện sửa đổi" in restored
    assert before in restored
    assert (after["ok"], after["wards"][0]["root"], after["wards"][0]["checkpoints"]) == (True, before, 1)
    assert len(tasks["tasks"]) == 33
    assert (folder / "keys" / "installation.key").exists() or (folder / "keys" / "checkpoint.key").exists()
