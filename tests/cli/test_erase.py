"""`cchc user erase`, as it is typed."""

from __future__ import annotations

import pytest

from tests.cli.typed import cchc, installation, office


def test_erasing_is_shown_first_and_done_after_a_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    with installation() as url:
        office()
        monkeypatch.setenv("CCHC_DATABASE_URL", url)
        shown = cchc("user", "erase", "lan").out
        still = [each["name"] for each in cchc("user", "list", "--json").json["users"]]
        done = cchc("user", "erase", "lan", "--yes", "--contact", "lan@phuong.vn").out
        after = cchc("user", "list").out
        again = cchc("user", "erase", "lan", "--yes", code=1).err
        whole = cchc("audit", "verify").out

    assert "chưa làm gì" in shown
    assert "lan" in still
    assert "Đã xoá" in done
    assert "1 địa chỉ liên hệ" in done
    assert "da-xoa-" in after
    assert "lan@" not in after
    assert "Không có người dùng" in again
    assert "không phát hiện sửa đổi" in whole
