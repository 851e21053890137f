"""`cchc zalo`, against a fake Zalo."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.cli.typed import cchc, installation
from tests.zalo_server import Reply, ZaloServer

SECRET = "tuyetmat"


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with installation() as url:
        cchc("task", "list", code=None)  # the first command makes the schema
        yield url


@pytest.fixture
def zalo(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[ZaloServer]:
    """Give a Zalo that the settings point to, and no grant."""
    with ZaloServer() as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        with psycopg.connect(database) as superuser:
            superuser.execute("TRUNCATE cchc.zalo_grant CASCADE")
        yield server


def seeded(zalo: ZaloServer) -> None:
    cchc("zalo", "seed", stdin="{}\n{}\n".format(*zalo.new_pair()))


def challenge(said: str) -> str:
    return said.partition("Code challenge:")[2].split()[0]


def grant() -> dict[str, object]:
    (found,) = cchc("zalo", "status", "--json").json["grants"]
    return dict(found)


def test_without_settings_it_names_what_is_missing(database: str) -> None:
    said = cchc("zalo", "consent", code=1).err

    assert "CCHC_ZALO_APP_ID, CCHC_ZALO_APP_SECRET, CCHC_ZALO_OA_ID" in said
    assert "Chưa cấp quyền" in cchc("zalo", "status").out


def test_consent_prints_all_that_the_console_asks_for_and_the_code_is_taken(zalo: ZaloServer) -> None:
    said = cchc("zalo", "consent").out
    zalo.challenge = challenge(said)

    assert "http://127.0.0.1:8000/open/zalo/consent" in said
    assert f"{zalo.url}/v4/oa/permission?app_id={zalo.app_id}" in said
    assert "mọi quyền" in said
    assert challenge(cchc("zalo", "consent").out) == zalo.challenge

    assert "đang hiệu lực" in cchc("zalo", "code", zalo.consent(), "--oa-id", zalo.oa_id).out
    assert grant()["state"] == "active"


def test_a_code_for_another_account_is_refused(zalo: ZaloServer) -> None:
    assert zalo.oa_id in cchc("zalo", "code", zalo.consent(), "--oa-id", "666", code=1).err


def test_a_code_that_zalo_refuses_says_so(zalo: ZaloServer) -> None:
    said = cchc("zalo", "code", "code-cu", "--oa-id", zalo.oa_id, code=1).err

    assert "Zalo từ chối" in said
    assert "-14019" in said


def test_the_pair_of_the_console_comes_by_standard_input_alone(zalo: ZaloServer) -> None:
    seeded(zalo)

    assert zalo.refreshes == 1
    assert grant()["last_answer"] == "granted"
    assert "đang hiệu lực" in cchc("zalo", "status").out
    cchc("zalo", "seed", *zalo.new_pair(), code=2)
    assert "hai dòng" in cchc("zalo", "seed", stdin="một\n", code=1).err


def test_refresh_waits_for_its_time_unless_told_otherwise(zalo: ZaloServer) -> None:
    seeded(zalo)

    cchc("zalo", "refresh")
    assert zalo.refreshes == 1
    cchc("zalo", "refresh", "--now")
    assert zalo.refreshes == 2


def test_a_lost_grant_is_said_with_what_to_do(zalo: ZaloServer) -> None:
    seeded(zalo)
    zalo.refresh_tokens.clear()

    said = cchc("zalo", "refresh", "--now", code=1).err

    assert "cchc zalo consent" in said
    assert "cần quản trị xử lý" in cchc("zalo", "status").out
    assert grant()["troubled"] is True


def test_a_zalo_that_is_down_is_said_plainly(zalo: ZaloServer) -> None:
    seeded(zalo)

    with zalo.refusing():
        assert "Không kết nối được" in cchc("zalo", "refresh", "--now", code=1).err
    zalo.script("/v4/oa/access_token", Reply(b"", 503))
    assert "không trả lời" in cchc("zalo", "refresh", "--now", code=1).err


def test_no_command_shows_a_token_or_a_secret(zalo: ZaloServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_ZALO_APP_SECRET", SECRET)
    zalo.app_secret = SECRET
    pair = zalo.new_pair()
    shown = [cchc("zalo", "seed", stdin="{}\n{}\n".format(*pair))]
    shown += [cchc("zalo", *words) for words in (("status",), ("status", "--json"), ("consent",))]
    shown.append(cchc("config", "show"))

    told = "".join(said.out + said.err for said in shown)
    for secret in (*pair, zalo.access_token, zalo.refresh_token, SECRET):
        assert secret not in told


def test_the_settings_alone_do_not_open_what_is_kept(
    zalo: ZaloServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeded(zalo)
    monkeypatch.setenv("CCHC_KEY", "A" * 43 + "=")

    said = cchc("zalo", "refresh", "--now", code=3).err
    assert "CCHC_KEY" in said
    assert "--anew" in said

    zalo.challenge = challenge(cchc("zalo", "consent", "--anew").out)
    cchc("zalo", "code", zalo.consent(), "--oa-id", zalo.oa_id)
    assert grant()["state"] == "active"
