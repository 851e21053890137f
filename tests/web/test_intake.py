"""A decision's file on its way from a browser to a draft."""

from __future__ import annotations

import asyncio
import os
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import Engine

from models import directory
from models.database import transaction
from services.setup import PACKAGED
from services.units import add_alias
from tests.builders import CENTRE, NOW, office, plan_of, task
from tests.web.conftest import Browse, Browser, words_of
from web import intake
from web.forms import MEGABYTE

DECISION = PACKAGED.read_bytes()
OWN = {"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}


def upload(browser: Browser, content: bytes = DECISION, name: str = "qđ 16.txt", **fields: str) -> Any:
    return browser.send(
        "/plan/import", shown="/plan/import", files={"file": (name, content, "text/plain")}, **fields
    )


def count(engine: Engine, table: str) -> int:
    with transaction(engine) as connection:
        number: int = connection.exec_driver_sql(f"SELECT count(*) FROM cchc.{table}").scalar_one()
    return number


@pytest.fixture
def browser(browse: Browse, engine: Engine) -> Browser:
    """Give a browser in front of a ward that has no plan yet."""
    with transaction(engine) as connection:
        directory.put_ward(connection, "thanh-dong", "UBND phường Thành Đông")
    return browse()


def test_a_file_becomes_a_draft_where_there_is_no_plan_yet(browser: Browser, engine: Engine) -> None:
    taken = upload(browser)
    assert taken.status_code == 303
    preview = taken.headers["location"]

    shown = browser.text(preview)
    assert "Đã đọc: 16/QĐ-UBND" in shown
    assert "Tệp qđ 16.txt" in shown
    assert "Số nhiệm vụ 33" in shown
    assert "Xác nhận nghĩa là: mỗi đơn vị trong danh sách có kỳ thực hiện riêng" in shown
    assert count(engine, "plan") == 0

    stored = browser.send(preview.split("?")[0], shown=preview, name="qđ 16.txt")

    assert stored.status_code == 303
    assert stored.headers["location"] == "/plan/1/findings"
    assert "Còn" in browser.text("/plan/1/findings")
    assert (count(engine, "plan"), count(engine, "task")) == (1, 33)
    digest = re.search(r'href="/documents/(\w{64})"', browser.page("/plan/1/findings"))
    assert digest
    assert browser.get(f"/documents/{digest[1]}").content == DECISION


def test_a_file_is_read_once_however_often_it_is_looked_at(browser: Browser) -> None:
    before = intake._read.cache_info().misses
    preview = upload(browser, DECISION + b"\n\nH\xe1\xba\xbft.\n").headers["location"]

    assert browser.text(preview) == browser.text(preview)
    assert intake._read.cache_info().misses == before + 1


@pytest.mark.parametrize("by", ["lan", "chutich", "thanhtra"])
def test_only_coordinators_and_administrators_import(browser: Browser, engine: Engine, by: str) -> None:
    with transaction(engine) as connection:
        office(connection, plan_of(task("I.1"), issuer="Ủy ban nhân dân phường Thành Đông", number="1/KH"))
    preview = upload(browser, by="quantri").headers["location"]

    path = preview.split("?")[0]
    assert browser.send(path, shown="/me", name="qđ 16.txt", by=by).status_code == 403
    assert browser.send("/plan/import", shown="/me", by=by).status_code == 403
    assert browser.send(path, shown=preview, name="qđ 16.txt", by="quantri").status_code == 303
    assert count(engine, "plan") == 2


def test_a_decision_of_another_committee_is_not_stored_among_ours(browser: Browser, engine: Engine) -> None:
    with transaction(engine) as connection:
        browser.ward = office(connection, plan_of(task("I.1"), issuer="UBND phường Khác")).ward.code
    preview = upload(browser, by="dieuphoi").headers["location"]

    said = "do “Chủ tịch Ủy ban nhân dân phường Thành Đông” ban hành, không phải “UBND phường Khác”"
    shown = browser.get(preview).text
    assert said in words_of(shown)
    assert "Lưu thành bản nháp" not in shown
    answer = browser.send(preview.split("?")[0], shown="/plan/import", name="qđ 16.txt", by="dieuphoi")

    assert answer.status_code == 409
    assert said in words_of(answer.text)
    assert (count(engine, "ward"), count(engine, "plan")) == (2, 1)


def test_the_wards_own_spellings_are_known_to_the_page(browser: Browser, engine: Engine) -> None:
    odd = DECISION.replace("Trung tâm PV HCC".encode(), "Tổ Một Cửa".encode())
    assert "chưa biết đơn vị “Tổ Một Cửa”" in browser.text(upload(browser, odd).headers["location"])
    with transaction(engine) as connection:
        ours = plan_of(task("I.1"), issuer="Ủy ban nhân dân phường Thành Đông", number="1/KH")
        ward = office(connection, ours).ward
        add_alias(connection, ward, "Tổ Một Cửa", of=CENTRE, by="dieuphoi", now=NOW)

    shown = browser.text(upload(browser, odd).headers["location"])

    assert "chưa biết đơn vị “Tổ Một Cửa”" not in shown
    assert "Số nhiệm vụ 33" in shown


def test_storing_the_same_file_twice_is_refused_on_the_page(browser: Browser, engine: Engine) -> None:
    preview = upload(browser).headers["location"]
    path = preview.split("?")[0]

    answers = [browser.send(path, shown=preview, name="qđ 16.txt") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 409]
    assert "Quyết định 16/QĐ-UBND đã được nhập trước đây" in words_of(answers[1].text)
    assert count(engine, "plan") == 1


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "trong.txt", "không có nội dung"),
        ("Kính gửi anh Nam.".encode(), "thư.txt", "không"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "<b>x.txt", "“<b>x.txt”"),
        (b"x", "", "Chưa chọn tệp nào."),
    ],
)
def test_a_file_that_cannot_be_read_is_answered_on_the_same_page(
    browser: Browser, engine: Engine, content: bytes, name: str, said: str
) -> None:
    answer = upload(browser, content, name)

    assert 400 < answer.status_code < 500
    text = words_of(answer.text)
    assert said in text
    assert "Nhập quyết định" in text
    assert 'type="file"' in answer.text
    assert "<b>x" not in answer.text
    assert count(engine, "plan") == 0


@pytest.mark.parametrize("megabytes", [20.5, 30])
def test_a_file_over_the_limit_is_refused_while_it_comes_in(
    browser: Browser, data: Path, megabytes: float
) -> None:
    answer = upload(browser, b"x" * int(megabytes * MEGABYTE))

    assert answer.status_code == 413
    assert "lớn hơn 20 MB" in words_of(answer.text)
    assert 'type="file"' in answer.text
    assert [path for path in (data / "incoming").rglob("*") if path.is_file()] == []


def test_what_never_ends_is_cut_off(browser: Browser) -> None:
    browser.enter()
    asked, answered = 0, []
    session = f"cchc_session={browser.client.cookies['cchc_session']}"
    headers = {
        **OWN,
        "cookie": session,
        "host": "127.0.0.1:8000",
        "content-type": "multipart/form-data; boundary=x",
    }
    scope = {
        "type": "http", "method": "POST", "path": "/plan/import", "query_string": b"", "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip # short values read best packed

    async def endless() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        return {"type": "http.request", "body": head if asked == 1 else b"x" * MEGABYTE, "more_body": True}

    async def noted(message: Any) -> None:
        answered.append(message)

    asyncio.run(browser.client.app(scope, endless, noted))  # type: ignore[arg-type] # an ASGI application

    assert answered[0]["status"] == 413
    assert asked < 150


def test_a_file_from_elsewhere_is_not_taken(browser: Browser, data: Path) -> None:
    browser.enter()
    answer = browser.client.post(
        "/plan/import",
        files={"file": ("a.txt", DECISION)},
        headers={"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    )

    assert answer.status_code == 403
    assert not (data / "incoming").exists()


@pytest.mark.parametrize("name", ["../../etc/passwd.txt", "C:\\a\\b.txt", "a\u202etxt.exe.txt", "x" * 300])
def test_a_hostile_name_is_only_a_name(browser: Browser, data: Path, name: str) -> None:
    taken = upload(browser, name=name)

    assert taken.status_code == 303
    kept = [path for path in (data / "incoming").rglob("*") if path.is_file()]
    assert [len(path.name) for path in kept] == [64]
    shown = browser.text(taken.headers["location"])
    assert "Số nhiệm vụ 33" in shown
    assert "/etc/" not in shown
    assert "\u202e" not in shown


def test_an_address_with_another_name_shows_it_as_text(browser: Browser) -> None:
    path = upload(browser).headers["location"].split("?")[0]

    page = browser.page(f"{path}?name={quote('<script>1</script>.txt')}")

    assert "<script>" not in page


def test_a_file_that_was_not_uploaded_or_is_gone_asks_for_it_again(browser: Browser, data: Path) -> None:
    for path in (f"/plan/import/{'0' * 64}", f"/plan/import/{'0' * 64}?name=x.txt"):
        answer = browser.get(path)
        assert answer.status_code == 409
        assert "Đề nghị chọn lại tệp" in words_of(answer.text)
    assert browser.get("/plan/import/..%2f..%2fetc").status_code in {404, 422}
    assert browser.get("/plan/import/xyz").status_code == 422


def test_what_was_only_looked_at_is_thrown_away_after_a_day(browser: Browser, data: Path) -> None:
    upload(browser, DECISION + b"\n")
    (old,) = [path for path in (data / "incoming").rglob("*") if path.is_file()]
    yesterday = time.time() - 25 * 3600
    os.utime(old, (yesterday, yesterday))

    upload(browser)

    kept = [path.name for path in (data / "incoming").rglob("*") if path.is_file()]
    assert old.name not in kept
    assert len(kept) == 1


def test_the_page_is_calm_without_a_database(browse: Browse, data: Path) -> None:
    away = browse(database_url=f"postgresql://postgres@/x?host={data}")

    for path in ("/plan/import", "/plan/1/findings", "/plan/findings"):
        answer = away.get(path)
        assert answer.status_code == 503
        assert "Cơ sở dữ liệu đang khởi động" in words_of(answer.text)
