"""The page on which an evidence pack is chosen and taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from services.evidence_verifier import verify_pack
from tests.packs import Archive, archive
from tests.web.conftest import Browse


@pytest.fixture
def kept(engine: Engine, browse: Browse) -> Archive:
    return archive(engine, browse(as_=None).settings.data)


def test_a_pack_comes_down_whole_and_verifies(kept: Archive, browse: Browse, tmp_path: Path) -> None:
    answer = browse(as_="thanhtra").send("/evidence", shown="/evidence", what="all")
    path = tmp_path / "x.zip"
    path.write_bytes(answer.content)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert 'filename="ho-so-kiem-chung-' in answer.headers["content-disposition"]
    assert verify_pack(path).ok, verify_pack(path).problems


def test_the_page_shows_the_newest_checkpoint_and_the_keys(kept: Archive, browse: Browse) -> None:
    browser = browse(as_="chutich")
    assert "Chưa có điểm chốt nào" in browser.page("/evidence")
    browser.send("/evidence", shown="/evidence", what="tasks", tasks="II.2")
    page = browser.page("/evidence")

    assert "— cchc/" in page
    assert kept.keys.verifiers(kept.ward.code)[0].fingerprint in page
    assert kept.keys.verifiers(kept.ward.code)[0].line() in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"what": "tasks", "tasks": "IX.9"}, "IX.9"),
        ({"what": "tasks", "tasks": "<b>"}, "II.3, III.1"),
        ({"what": "section", "section": ""}, "chọn một mục"),
        ({"what": "section", "section": "ZZ"}, "Không có nhiệm vụ nào"),
        ({"since": "2026-03-01", "until": "2026-02-01"}, "ngày đầu phải trước ngày cuối"),
        ({"since": "hôm qua"}, "viết ngày/tháng/năm, ví dụ 31/3/2026"),
        ({"until": "9999-12-31"}, "từ năm 1900 đến năm 2999"),
    ],
)
def test_what_cannot_be_taken_is_said_above_the_form_as_it_was_typed(
    kept: Archive, browse: Browse, fields: dict[str, str], said: str
) -> None:
    answer = browse(as_="thanhtra").send("/evidence", shown="/evidence", **{"what": "all", **fields})

    assert answer.status_code in {404, 409, 422}
    assert said in answer.text
    for name in ("tasks", "since", "until"):
        if fields.get(name, "").isascii() and fields.get(name) and "<" not in fields[name]:
            assert f'value="{fields[name]}"' in answer.text
