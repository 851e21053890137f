"""How people get their first password: from the terminal."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli import up as command
from config.parts import PartStatus, State, write_parts
from config.processes import started_at
from config.settings import Settings, load_settings
from models.database import open_engine
from services.links import FIRST, PASSWORD, find_link
from services.setup import prepare
from services.sign_in import knock
from tests.cli.typed import OFFICE, cchc, installation, office
from tests.signing_in import CHEAP, give_password

NOW = datetime.now(UTC)


@pytest.fixture(scope="module", autouse=True)
def url() -> Iterator[str]:
    with installation() as database:
        office()
        cchc("user", "add", "quantri", "--role", "admin")
        yield database


def token_in(text: str, page: str) -> str:
    found = re.search(rf"http://127\.0\.0\.1:8000/{page}/([\w-]{{43}})$", text, re.MULTILINE)
    assert found, text
    return found[1]


def test_whoever_is_added_gets_a_link_and_so_does_whoever_forgot(url: str) -> None:
    added = cchc("user", "add", "moi", "--role", "officer", "--unit", OFFICE).out
    again = cchc("user", "reset-password", "moi").out

    engine = open_engine(url)
    with engine.connect() as connection:
        assert find_link(connection, PASSWORD, token_in(again, "reset"), now=NOW).name == "moi"
        assert token_in(added, "reset") != token_in(again, "reset")
    engine.dispose()
    assert "Không có người dùng" in cchc("user", "reset-password", "ai-do", code=1).err


def test_a_link_leads_to_where_the_pages_run_now() -> None:
    data = load_settings().data
    began = started_at(os.getpid())
    write_parts(data, [PartStatus("web", State.RUNNING, os.getpid(), "http://127.0.0.1:8123", began=began)])

    said = cchc("user", "reset-password", "quantri").out

    (data / "run" / "parts.json").unlink()
    assert "http://127.0.0.1:8123/reset/" in said
    assert "http://127.0.0.1:8000/reset/" in cchc("user", "reset-password", "quantri").out


def test_a_temporary_password_lets_one_in_once_it_is_typed(url: str) -> None:
    cchc("user", "add", "tam.thoi", "--role", "auditor")
    said = cchc("user", "reset-password", "tam.thoi", "--temporary").out
    password = said.split()[-1]

    engine = open_engine(url)
    with engine.connect() as connection:
        tried = knock(connection, None, "tam.thoi", now=NOW)
        assert CHEAP.fit(tried.kept, password)
        assert tried.account is not None
        assert tried.account.must_change
    engine.dispose()


def test_only_an_administrator_does_it_for_others() -> None:
    refused = cchc("user", "reset-password", "dieuphoi", "--by", "dieuphoi", code=1).err

    assert "không được làm việc này" in refused


def test_each_start_says_where_the_first_administrator_is_made_until_there_is_one(
    url: str, data: Path
) -> None:
    settings = Settings(_env_file=None, data=data)
    first, second = (prepare(settings, url, NOW) for _ in range(2))
    assert first is not None
    assert second is not None
    tokens = [token_in("\n".join(each.lines), "first") for each in (first, second)]

    engine = open_engine(url)
    with engine.begin() as connection:
        link = find_link(connection, FIRST, tokens[1], now=NOW)
        with pytest.raises(Exception, match="no such one-time link"):
            find_link(connection, FIRST, tokens[0], now=NOW)
        give_password(connection, link.ward, "quantri")
    engine.dispose()
    assert prepare(settings, url, NOW + timedelta(minutes=1)) is None


@pytest.mark.parametrize(
    ("host", "base", "warned"),
    [
        ("127.0.0.1", None, False),
        ("0.0.0.0", None, True),
        ("192.168.1.5", "http://192.168.1.5:8000", True),
        ("0.0.0.0", "https://cchc.phuong.example", False),
    ],
)
def test_pages_in_the_open_without_tls_are_warned_of(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    host: str,
    base: str | None,
    warned: bool,
) -> None:
    monkeypatch.setattr(command, "load_settings", lambda: Settings(_env_file=None, base_url=base))
    monkeypatch.setattr(command, "run", lambda *_: 0)

    assert command.up(host=host) == 0

    assert ("CẢNH BÁO" in capsys.readouterr().out) is warned


def test_links_never_lead_to_an_address_that_nobody_has() -> None:
    assert Settings(_env_file=None, host="0.0.0.0").link_base == "http://127.0.0.1:8000"
