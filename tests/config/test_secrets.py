from __future__ import annotations

import multiprocessing
import os
import pickle
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from config.secrets import Keys, UnusableKey, WrongKey, load_keys
from config.settings import PROJECT, Settings, masked
from domain.errors import SystemFault

KEY = bytes(range(32))
TEXT = b64encode(KEY).decode()


def settings(data: Path, **values: object) -> Settings:
    return Settings(_env_file=None, data=data, **values)  # type: ignore[arg-type] # plain values of the fields' types


def test_the_key_is_made_once_for_us_alone_and_is_the_same_ever_after(data: Path) -> None:
    first = load_keys(settings(data))

    again = load_keys(settings(data))
    file = data / "keys" / "installation.key"
    assert first.derived("links") == again.derived("links")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert len(file.read_text()) == 45


def _load(data: Path, start: object, found: object) -> None:
    start.wait()  # type: ignore[attr-defined] # multiprocessing gives its barriers no public type
    found.put(load_keys(settings(data)).derived("links"))  # type: ignore[attr-defined] # nor its queues


def test_of_many_processes_that_need_it_first_one_makes_it_and_all_have_it(data: Path) -> None:
    fork = multiprocessing.get_context("fork")
    start, found = fork.Barrier(12, timeout=60), fork.SimpleQueue()
    processes = [fork.Process(target=_load, args=(data, start, found), daemon=True) for _ in range(12)]
    for process in processes:
        process.start()

    assert len({found.get() for _ in processes}) == 1
    for process in processes:
        process.join(60)


def test_a_process_killed_while_making_it_leaves_nothing_half_made(data: Path) -> None:
    folder = data / "keys"
    folder.mkdir(mode=0o700)
    (folder / "installation.new").write_bytes(b"AAAA")

    load_keys(settings(data))

    assert sorted(path.name for path in folder.iterdir()) == ["installation.key", "lock"]


def test_a_variable_comes_before_a_file_and_a_file_before_one_of_our_own(data: Path) -> None:
    named = data / "named.key"
    named.write_text(b64encode(bytes(32)).decode() + "\n")
    named.chmod(0o600)

    by_variable = load_keys(settings(data, key=SecretStr(TEXT), key_file=named))
    by_file = load_keys(settings(data, key_file=named))

    assert by_variable.derived("x") == Keys(KEY, "").derived("x")
    assert by_file.derived("x") == Keys(bytes(32), "").derived("x")
    assert not (data / "keys").exists()


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o644])
def test_a_key_file_that_everyone_may_touch_is_refused_with_the_command_that_closes_it(
    data: Path, mode: int
) -> None:
    named = data / "named.key"
    named.write_text(TEXT)
    named.chmod(mode)

    with pytest.raises(UnusableKey) as refused:
        load_keys(settings(data, key_file=named))

    assert f"chmod 600 {named}" in refused.value.notice
    assert TEXT not in refused.value.notice + str(refused.value)


def test_a_key_file_that_is_not_there_is_not_made_in_silence(data: Path) -> None:
    with pytest.raises(UnusableKey, match=r"missing\.key") as refused:
        load_keys(settings(data, key_file=data / "missing.key"))

    assert "sao lưu" in refused.value.notice


@pytest.mark.parametrize("text", ["ngắn", "AAAA", TEXT[:-4], TEXT + "AAAA", "*" * 44])
def test_what_is_no_key_is_refused_without_repeating_it(data: Path, text: str) -> None:
    with pytest.raises(UnusableKey) as refused:
        load_keys(settings(data, key=SecretStr(text)))

    assert "CCHC_KEY" in refused.value.notice
    assert text not in refused.value.notice + str(refused.value)


def test_a_folder_that_takes_no_key_is_named(data: Path) -> None:
    (data / "keys").write_text("tệp chắn chỗ")

    with pytest.raises(SystemFault, match="keys") as refused:
        load_keys(settings(data))

    assert "khoá của cài đặt" in refused.value.notice


def test_what_is_derived_is_hkdf_sha256_and_differs_by_purpose() -> None:
    for purpose in ("links", "zalo-token"):
        expected = HKDF(SHA256(), 32, salt=None, info=f"cchc/{purpose}".encode()).derive(KEY)
        assert Keys(KEY, "").derived(purpose) == expected


def test_what_is_sealed_opens_for_its_purpose_and_place_alone() -> None:
    keys = Keys(KEY, "tệp khoá")
    sealed = keys.seal("token", "mã bí mật".encode(), "app/oa")

    assert keys.open("token", sealed, "app/oa").decode() == "mã bí mật"
    assert sealed != keys.seal("token", "mã bí mật".encode(), "app/oa")
    for wrong in (
        lambda: keys.open("other", sealed, "app/oa"),
        lambda: keys.open("token", sealed, "app/another"),
        lambda: Keys(bytes(32), "tệp khoá").open("token", sealed, "app/oa"),
        lambda: keys.open("token", sealed[:-1] + bytes([sealed[-1] ^ 1]), "app/oa"),
        lambda: keys.open("token", b"\x02" + sealed[1:], "app/oa"),
        lambda: keys.open("token", sealed[:9], "app/oa"),
    ):
        with pytest.raises(WrongKey, match="tệp khoá") as refused:
            wrong()
        assert "tệp khoá" in refused.value.notice


def test_the_key_shows_nowhere() -> None:
    keys = Keys(KEY, "tệp khoá")

    assert repr(keys) == str(keys) == "Keys(from tệp khoá)"
    with pytest.raises(TypeError):
        pickle.dumps(keys)


def test_secrets_are_masked_whole_and_urls_without_their_password() -> None:
    assert masked(SecretStr(TEXT)) == "***"
    assert masked(SecretStr("postgresql://a:b@c/d")) == "postgresql://a:***@c/d"
    assert masked("2.1 không bí mật") == "2.1 không bí mật"


def test_deriving_needs_no_library() -> None:
    told = "import sys; from config.secrets import Keys; Keys(bytes(32), '').derived('links');"
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            told + "sys.exit(any(name.startswith('cryptography') for name in sys.modules))",
        ],
        cwd=PROJECT,
        env={**os.environ},
        check=False,
    )
    assert ended.returncode == 0


def test_what_is_made_belongs_to_whom_the_data_folder_belongs_with_sudo_too(data: Path) -> None:
    owner = 65534 if os.geteuid() == 0 else os.geteuid()
    os.chown(data, owner, -1)

    load_keys(settings(data))

    for name in ("keys", "keys/lock", "keys/installation.key"):
        assert (data / name).stat().st_uid == owner
