"""Timestamps of an authority outside: asked for, kept, in packs, and held against their checkpoints."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from config.settings import Settings
from domain.stamps import NotAStamp, read_stamp
from flows import signing
from models import stamps
from models.database import transaction
from services.audit import Against, verify
from services.checkpoints import make
from services.evidence_verifier import verify_pack
from services.stamping import Authority, NoStamp, checker, problem_of, stamp_all
from tests import tsa
from tests.builders import NOW
from tests.packs import Archive, archive

pytestmark = pytest.mark.skipif(tsa.OPENSSL is None, reason="NO OPENSSL: timestamps were not tried")


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tsa.make(tmp_path_factory.mktemp("tsa"))


@pytest.fixture
def authority(roots: Path) -> Iterator[Authority]:
    with tsa.serving(roots.parent) as url:
        yield Authority(url, roots)


@pytest.fixture
def kept(engine: Engine, data: Path) -> Archive:
    one = archive(engine, data)
    with transaction(engine) as connection:
        make(connection, one.ward, keys=one.keys, now=NOW)
    return one


def test_a_checkpoint_is_stamped_once_and_the_pack_bears_it(
    kept: Archive, authority: Authority, roots: Path, tmp_path: Path
) -> None:
    assert [stamp_all(kept.engine, authority) for _ in range(2)] == [1, 0]
    path = tmp_path / "x.zip"
    path.write_bytes(kept.pack())
    report = verify_pack(path)
    with zipfile.ZipFile(path) as opened:
        page = opened.read("index.html").decode()
        [name] = [each for each in opened.namelist() if each.endswith(".tsr")]
        opened.extractall(tmp_path / "pack")
    note = str(tmp_path / "pack" / name.replace(".tsr", ".txt"))
    said = tsa.run(tmp_path / "pack", "ts", "-verify", "-data", note, "-in", name, "-CAfile", str(roots))

    assert report.ok, report.problems
    assert [each["size"] for each in report.facts["stamps"]] == [15]
    assert "Dấu thời gian RFC 3161" in page
    assert "Verification: OK" in said


def test_a_stamp_of_something_else_or_of_somebody_else_is_told(
    kept: Archive, authority: Authority, roots: Path, tmp_path: Path
) -> None:
    stamp_all(kept.engine, authority)
    with transaction(kept.engine) as connection:
        [row] = stamps.of_ward(connection, kept.ward.id)
    token, note = bytes(row.token), row.note.encode()
    other = tsa.make(tmp_path / "other")

    assert problem_of(token, note, roots) is None
    assert "nội dung khác" in str(problem_of(token, note + b"x", roots))
    assert "không phải của tổ chức" in str(problem_of(token, note, other))
    assert "không phải là dấu" in str(problem_of(token[:-9], note, None))
    with pytest.raises(NoStamp):
        stamp_all_again(kept, Authority(authority.url, other))


def stamp_all_again(kept: Archive, authority: Authority) -> None:
    kept.pack()  # the log goes on, and is signed
    stamp_all(kept.engine, authority)


def test_the_audit_names_a_checkpoint_whose_stamp_was_exchanged(
    kept: Archive, authority: Authority, roots: Path
) -> None:
    stamp_all(kept.engine, authority)
    kept.pack()
    stamp_all(kept.engine, authority)
    against = Against(stamps=checker(roots))
    with kept.engine.connect() as connection:
        before = verify(connection, against).wards[0].problems
        connection.exec_driver_sql("SET ROLE NONE")
        connection.exec_driver_sql("SET session_replication_role = replica")
        connection.exec_driver_sql(
            "UPDATE cchc.checkpoint_stamp SET token = (SELECT token FROM cchc.checkpoint_stamp"
            " ORDER BY size DESC LIMIT 1)"
        )
        [problem] = verify(connection, against).wards[0].problems
        connection.rollback()

    assert before == []
    assert problem.startswith("Vị trí 15: dấu thời gian của điểm chốt ở 15 sự kiện")


def test_a_pack_whose_stamp_is_of_another_note_does_not_verify(
    kept: Archive, authority: Authority, tmp_path: Path
) -> None:
    stamp_all(kept.engine, authority)
    folder = tmp_path / "pack"
    (tmp_path / "x.zip").write_bytes(kept.pack())
    with zipfile.ZipFile(tmp_path / "x.zip") as opened:
        opened.extractall(folder)
    [token] = (folder / "dau-thoi-gian").glob("*.tsr")
    token.with_suffix(".txt").write_bytes((folder / "checkpoint.txt").read_bytes())

    problems = {each["problem"] for each in verify_pack(folder).problems}
    assert "dấu thời gian là của nội dung khác" in problems


def test_an_authority_that_is_away_holds_no_morning_up(
    kept: Archive, authority: Authority, roots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "ward_database", lambda: kept.engine)
    away = Settings(data=kept.data, tsa_url=SecretStr("http://127.0.0.1:9/"), tsa_roots=roots)
    there = Settings(data=kept.data, tsa_url=SecretStr(authority.url), tsa_roots=roots)

    [said] = signing.sign_logs(away, NOW)
    assert "không kết nối được nơi cấp" in said
    assert signing.sign_logs(there, NOW) == []
    with transaction(kept.engine) as connection:
        assert len(stamps.of_ward(connection, kept.ward.id)) == 1


NONE = [b"", b"0", b"\x30\x80", b"\x30\x03\x02\x01\x00", b"x" * 9000, b"\x30\x84" + b"\xff" * 4]


@pytest.mark.parametrize("bad", NONE)
def test_what_is_no_stamp_is_said_to_be_none(bad: bytes) -> None:
    with pytest.raises(NotAStamp):
        read_stamp(bad)
