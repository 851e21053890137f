from __future__ import annotations

import socket
from pathlib import Path

import pytest

from cli.programs import Place, listen, prefect_port, programs, web_address
from config.settings import Settings
from domain.errors import SystemFault

PLACE = Place(
    data=Path("/srv/cchc"),
    host="127.0.0.1",
    port=8000,
    web_socket=3,
    prefect_port=4300,
    database_url="postgresql://postgres@/cchc?host=/srv",
    prefect_database={"url": "postgresql+asyncpg://p@/prefect", "environment": {"PGSSLROOTCERT": "/ca.pem"}},
)


def test_what_the_callers_shell_says_of_another_prefect_reaches_no_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("PREFECT_API_KEY", "PREFECT_PROFILE", "PREFECT_SERVER_DATABASE_CONNECTION_URL"):
        monkeypatch.setenv(name, "of another")
    monkeypatch.setenv("PREFECT_API_URL", "https://api.prefect.cloud")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")

    for program in programs(PLACE).values():
        assert "of another" not in program.environment.values()
        assert program.environment["PREFECT_API_URL"] == "http://127.0.0.1:4300/api"
        assert "PYTHONDONTWRITEBYTECODE" not in program.environment


def test_no_part_may_start_a_prefect_of_its_own_or_report_to_anyone() -> None:
    for program in programs(PLACE).values():
        assert program.environment["PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"] == "false"
        assert program.environment["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
        assert program.environment["DO_NOT_TRACK"] == "1"


def test_only_prefects_server_is_told_of_prefects_database() -> None:
    told = {name for name, program in programs(PLACE).items() if "asyncpg" in str(program.environment)}

    assert told == {"prefect"}
    assert programs(PLACE)["prefect"].environment["PGSSLROOTCERT"] == "/ca.pem"


def test_prefect_gets_another_port_when_its_own_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        monkeypatch.setattr("cli.programs.PREFECT_PORT", number)

        assert prefect_port(Settings(prefect_port=None)) not in (number, 0)
        with pytest.raises(SystemFault) as refusal:
            prefect_port(Settings(prefect_port=number))

    assert str(number) in refusal.value.notice


@pytest.mark.parametrize(
    ("host", "port", "words"),
    [
        ("127.0.0.1", 70000, "cổng 70000"),
        ("khong-co.invalid", 8000, "khong-co.invalid"),
        ("192.0.2.1", 8000, "địa chỉ không có trên máy này"),
    ],
)
def test_an_address_that_cannot_be_is_refused_in_vietnamese(host: str, port: int, words: str) -> None:
    with pytest.raises(SystemFault) as refusal:
        listen(host, port)

    assert refusal.value.notice.startswith("Không mở được trang web")
    assert words in refusal.value.notice


def test_the_address_that_people_read_can_be_opened_on_this_machine() -> None:
    assert web_address("0.0.0.0", 8000) == "http://127.0.0.1:8000"
    assert web_address("::", 8000) == "http://[::1]:8000"
    assert web_address("phuong.example", 80) == "http://phuong.example:80"
