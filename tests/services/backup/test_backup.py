"""Backups: whole or not at all, and restored only where they prove themselves."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest

from config.backup_record import last_backup
from config.checkpoint_keys import load_checkpoint_keys
from config.data_folder import MAJOR, HalfRestored, OtherPostgres
from config.embedded_server import EmbeddedServer, programs
from config.key_chest import lock_keys, unlock_keys
from config.settings import Settings
from domain.backups import (
    FileThere,
    NotEmpty,
    WrongPassphrase,
    outdated,
)
from domain.errors import SystemFault
from domain.refusals import BadValue
from models.database import open_engine, transaction
from notifications.rendering import PACKAGED
from services.audit import verify
from services.audit_against import everything
from services.backup import daily
from services.checkpoints import make
from services.people import the_ward
from services.restoring import restore
from tests.backups import LOG, PAPER, Place, place_at, rows, silent
from tests.builders import NOW, TODAY
from tests.conftest import NOT_DURABLE, NewDatabase


def test_another_machine_has_everything_after_a_restore(here: Place, there: Place, archive: Path) -> None:
    done = there.restore(archive)

    assert done.verdict.ok
    assert (done.documents, done.missing) == (2, ("0" * 64,)), "the decision of these tests has no file"
    assert rows(there.url, LOG) == rows(here.url, LOG)
    assert there.data.joinpath("documents", *parts(PAPER)).read_bytes() == PAPER
    assert (there.data / "reports" / "bao-cao.toml").read_text(encoding="utf-8") == "x = 1"
    own = {path.name: path.read_bytes() for path in (there.data / "templates").iterdir()}
    assert own == {path.name: path.read_bytes() for path in PACKAGED.iterdir()}
    public = {each.name for each in (here.data / "keys").glob("*.pub")}
    assert public <= {each.name for each in (there.data / "keys").glob("*.pub")}
    assert not (there.data / "restoring").exists()
    engine = open_engine(there.url)
    with transaction(engine) as connection:  # the restored one works on: rights, sequences, extensions
        problems = verify(connection, everything(there.settings)).wards[0].problems
        assert [each for each in problems if "00000000" not in each] == []
        make(connection, the_ward(connection, None), keys=load_checkpoint_keys(there.data), now=NOW)
        assert connection.exec_driver_sql("SELECT cchc.plain('Kế hoạch')").scalar_one() == "ke hoach"
    engine.dispose()


def parts(content: bytes) -> tuple[str, str]:
    digest = sha256(content).hexdigest()
    return digest[:2], digest


def test_no_secret_key_is_in_a_backup(here: Place, archive: Path) -> None:
    everything_in_it = archive.read_bytes()

    assert (here.data / "keys" / "checkpoint.key").read_bytes().strip() not in everything_in_it
    assert archive.stat().st_mode & 0o077 == 0


def test_a_document_that_is_gone_or_changed_is_named_and_not_backed_up(here: Place, tmp_path: Path) -> None:
    path = here.data.joinpath("documents", *parts(PAPER))
    path.write_bytes(b"doi")
    try:
        made = here.back_up(tmp_path / "b.zip")
    finally:
        path.write_bytes(PAPER)

    assert parts(PAPER)[1] in made.missing
    assert f"documents/{'/'.join(parts(PAPER))}" not in zipfile.ZipFile(tmp_path / "b.zip").namelist()


def test_nothing_that_is_there_is_overwritten(here: Place, there: Place, archive: Path) -> None:
    before = archive.read_bytes()

    with pytest.raises(FileThere):
        here.back_up(archive)
    with pytest.raises(NotEmpty):
        here.restore(archive)
    with pytest.raises(NotEmpty):
        place_at(there.data, here.url).restore(archive)
    (there.data / "documents").mkdir()
    (there.data / "documents" / "x").write_text("x")
    with pytest.raises(NotEmpty):
        there.restore(archive)

    assert archive.read_bytes() == before
    assert (there.data / "documents" / "x").exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from datetime import UTC, datetime
from config.settings import Settings
from services.backup import back_up
from services.restoring import restore
def say(text):
    if sys.argv[4] in text:
        os.kill(os.getpid(), signal.SIGKILL)
url = sys.argv[2]
settings = Settings(_env_file=None, data=Path(sys.argv[1]), database_url=url or None)
if sys.argv[5] == "backup":
    back_up(settings, url, Path(sys.argv[3]), now=datetime.now(UTC), say=say)
else:
    fast = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    restore(settings, Path(sys.argv[3]), keys={}, outside=(), say=say, server=fast)
"""


def killed_at(word: str, data: Path, url: str, file: Path, what: str) -> None:
    command = [sys.executable, "-c", KILLED, str(data), url, str(file), word, what]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == -9, done.stderr


def test_a_backup_that_is_killed_leaves_no_backup_and_the_next_one_is_whole(
    here: Place, there: Place, tmp_path: Path
) -> None:
    killed_at("tài liệu", here.data, here.url, tmp_path / "x.zip", "backup")
    assert not (tmp_path / "x.zip").exists()

    here.back_up(tmp_path / "x.zip")

    assert [each.name for each in tmp_path.glob("*x.zip*")] == ["x.zip"]
    assert there.restore(tmp_path / "x.zip").verdict.ok


def test_a_restore_that_is_killed_can_be_started_again_and_nothing_else_can(
    archive: Path, data: Path
) -> None:
    killed_at("kiểm tra nhật ký", data, "", archive, "restore")
    assert not (data / "pgdata").exists()
    with pytest.raises(HalfRestored):
        EmbeddedServer(data).ensure_initialised()

    settings = Settings(_env_file=None, data=data)  # type: ignore[call-arg] # a field of its own
    done = restore(settings, archive, keys={}, outside=(), say=silent, server=NOT_DURABLE)

    assert done.verdict.ok
    assert (data / "pgdata" / "PG_VERSION").exists()
    assert not (data / "restoring").exists()
    assert done.documents == 2


def test_files_of_another_postgresql_are_left_alone(data: Path) -> None:
    (data / "pgdata").mkdir()
    (data / "pgdata" / "PG_VERSION").write_text("17\n")

    with pytest.raises(OtherPostgres) as refused:
        EmbeddedServer(data).start()

    assert "PostgreSQL 17" in refused.value.notice
    assert "cchc restore" in refused.value.notice
    assert [each.name for each in (data / "pgdata").iterdir()] == ["PG_VERSION"]


def test_the_major_version_is_that_of_the_tools_that_ship() -> None:
    said = subprocess.run([programs() / "postgres", "--version"], capture_output=True, text=True, check=True)

    assert said.stdout.split()[-1].split(".")[0] == MAJOR


def test_keys_go_into_a_file_that_only_their_passphrase_opens(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    (folder / "installation.key").write_bytes(b"geheim")
    (folder / "lock").touch()

    assert lock_keys(folder, tmp_path / "k.bin", "mật khẩu dài lắm") == ["installation.key"]

    assert b"geheim" not in (tmp_path / "k.bin").read_bytes()
    assert unlock_keys(tmp_path / "k.bin", "mật khẩu dài lắm") == {"installation.key": b"geheim"}
    with pytest.raises(WrongPassphrase):
        unlock_keys(tmp_path / "k.bin", "mật khẩu dài lắn")
    (tmp_path / "other.bin").write_bytes(b"x" * 100)
    with pytest.raises(WrongPassphrase):
        unlock_keys(tmp_path / "other.bin", "mật khẩu dài lắm")
    with pytest.raises(BadValue):
        lock_keys(folder, tmp_path / "k2.bin", "ngắn")


def test_each_day_has_its_backup_and_old_ones_go(here: Place, tmp_path: Path) -> None:
    folder = tmp_path / "hang-ngay"
    daily_here = place_at(here.data, here.url, backup_dir=folder, backup_keep=7)
    folder.mkdir()
    for name in ("cchc-2026-02-20.zip", "cchc-2026-02-25.zip", "khac.zip", "cchc-2026-99-99.zip"):
        (folder / name).touch()

    assert daily(daily_here.settings, here.url, TODAY, NOW) is not None
    assert daily(daily_here.settings, here.url, TODAY, NOW) is None

    assert {each.name for each in folder.iterdir()} == {
        "cchc-2026-02-25.zip",
        "cchc-2026-03-02.zip",
        "cchc-2026-99-99.zip",
        "khac.zip",
    }
    assert daily(here.settings, here.url, TODAY, NOW) is None, "no folder is set"


def test_a_daily_backup_that_fails_is_remembered_and_removes_nothing(here: Place, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    broken = place_at(here.data, here.url, backup_dir=tmp_path / "file")

    with pytest.raises(SystemFault):
        daily(broken.settings, here.url, TODAY, NOW)

    assert "thư mục sao lưu" in (last_backup(here.data) or {})["why"]


def test_the_newest_backup_never_goes_however_old_it_is() -> None:
    names = [f"cchc-{date(2026, 1, 1) + timedelta(n)}.zip" for n in range(3)]

    assert outdated(names, date(2026, 12, 31), 30) == names[:2]
    assert outdated([], date(2026, 12, 31), 30) == []


def test_a_history_that_was_rewritten_is_backed_up_and_no_older_backup_goes(
    here: Place, tmp_path: Path, new_database: NewDatabase
) -> None:
    url = new_database(here.url.split("?")[0].rsplit("/", 1)[1])
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE cchc.checkpoint SET root = sha256('x')")
    tampered = place_at(here.data, url, backup_dir=tmp_path / "daily", backup_keep=7)
    (tmp_path / "daily").mkdir()
    (tmp_path / "daily" / "cchc-2026-01-01.zip").touch()

    made = daily(tampered.settings, url, TODAY, NOW)

    assert made is not None
    assert "PHÁT HIỆN ĐƯỢC SỬA ĐỔI" in made.rewritten[0]
    assert len(list((tmp_path / "daily").iterdir())) == 2
    assert "PHÁT HIỆN ĐƯỢC SỬA ĐỔI" in (last_backup(here.data) or {})["why"]
