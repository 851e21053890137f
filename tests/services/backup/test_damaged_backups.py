"""A backup that was changed, cut, forged or is too old restores nothing."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.checkpoint_keys import load_checkpoint_keys
from domain.backups import (
    DUMP,
    MANIFEST,
    BrokenBackup,
    NewerBackup,
)
from domain.errors import SystemFault
from models.database import open_engine
from services.checkpoints import make
from services.people import the_ward
from tests.backups import Place, place_at
from tests.builders import NOW
from tests.conftest import NewDatabase


def changed(archive: Path, target: Path, change: Callable[[dict[str, bytes], dict[str, Any]], None]) -> Path:
    """Write an archive again with other content; its manifest follows unless the change forges it."""
    with zipfile.ZipFile(archive) as old:
        files = {name: old.read(name) for name in old.namelist()}
    manifest = json.loads(files.pop(MANIFEST))
    change(files, manifest)
    with zipfile.ZipFile(target, "w") as new:
        for name, content in files.items():
            new.writestr(name, content)
        new.writestr(MANIFEST, json.dumps(manifest))
    return target


def state(files: dict[str, bytes], manifest: dict[str, Any], name: str, content: bytes) -> None:
    files[name] = content
    manifest["files"][name] = {"size": len(content), "sha256": sha256(content).hexdigest()}


def other_dump(files: dict[str, bytes], _: dict[str, Any]) -> None:
    files[DUMP] = files[DUMP][:-1] + bytes([files[DUMP][-1] ^ 1])


def no_dump(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    del files[DUMP], manifest["files"][DUMP]


def false_dump(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    state(files, manifest, DUMP, b"PGDMP nothing")


def leads_out(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    state(files, manifest, "../evil", b"x")


def leads_out_of_documents(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    state(files, manifest, "documents/ab/../../../evil", b"x")


def absolute(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    state(files, manifest, "/tmp/evil", b"x")


def secret_key(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    state(files, manifest, "keys/installation.key", b"x")


def wrong_name(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    state(files, manifest, "documents/ab/ab" + "0" * 62, b"x")


def unlisted(files: dict[str, bytes], _: dict[str, Any]) -> None:
    files["documents/ab/ab" + "0" * 62] = b"x"


def other_root(_: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["wards"][0]["root"] = "0" * 64


def nonsense(_: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["files"] = [1]


@pytest.mark.parametrize(
    "change",
    [
        other_dump,
        no_dump,
        leads_out,
        leads_out_of_documents,
        absolute,
        secret_key,
        wrong_name,
        unlisted,
        other_root,
        nonsense,
    ],
)
def test_an_archive_that_was_changed_restores_nothing(
    there: Place, archive: Path, tmp_path: Path, change: Callable[[dict[str, bytes], dict[str, Any]], None]
) -> None:
    with pytest.raises(BrokenBackup):
        there.restore(changed(archive, tmp_path / "x.zip", change))

    assert there.is_untouched()
    assert not (tmp_path / "evil").exists()


def test_a_dump_that_is_none_restores_nothing(there: Place, archive: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemFault, match="pg_restore"):
        there.restore(changed(archive, tmp_path / "x.zip", false_dump))

    assert there.is_untouched()


@pytest.mark.parametrize("keep", [0, 10, 100, -1, -30])
def test_a_backup_that_is_cut_off_restores_nothing(
    there: Place, archive: Path, tmp_path: Path, keep: int
) -> None:
    (tmp_path / "x.zip").write_bytes(archive.read_bytes()[:keep])

    with pytest.raises(BrokenBackup):
        there.restore(tmp_path / "x.zip")

    assert there.is_untouched()


def test_a_bomb_and_a_newer_backup_are_refused(there: Place, archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr(MANIFEST, b" " * 10_000_000)
    with pytest.raises(BrokenBackup):
        there.restore(tmp_path / "bomb.zip")
    newer = changed(archive, tmp_path / "newer.zip", lambda _, manifest: manifest.update(schema="9999"))
    with pytest.raises(NewerBackup):
        there.restore(newer)
    with pytest.raises(BrokenBackup):
        there.restore(tmp_path / "nowhere.zip")


def test_a_history_that_a_superuser_changed_is_not_restored(
    here: Place, there: Place, tmp_path: Path, new_database: NewDatabase
) -> None:
    name = here.url.split("?")[0].rsplit("/", 1)[1]
    tampered = new_database(name)
    with psycopg.connect(tampered, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE cchc.audit_event SET body = body || ' ' WHERE position = 3")
    place_at(here.data, tampered).back_up(tmp_path / "x.zip")

    with pytest.raises(BrokenBackup) as refused:
        there.restore(tmp_path / "x.zip")

    assert "PHÁT HIỆN ĐƯỢC SỬA ĐỔI" in refused.value.notice
    assert "Vị trí 3" in refused.value.notice
    assert there.is_untouched()


def test_an_old_backup_contradicts_a_checkpoint_kept_elsewhere(
    here: Place, there: Place, archive: Path, tmp_path: Path
) -> None:
    engine = open_engine(here.url)
    with engine.connect() as connection:  # rolled back in the end: only this checkpoint goes on
        from services.people import disable_user

        ward = the_ward(connection, None)
        disable_user(connection, ward, "hoa", actor='{"id":0,"role":"system"}', now=NOW)
        note = make(connection, ward, keys=load_checkpoint_keys(here.data), now=NOW).note
        connection.rollback()
    engine.dispose()
    (tmp_path / "note.txt").write_text(note, encoding="utf-8")

    with pytest.raises(BrokenBackup) as refused:
        there.restore(archive, outside=[tmp_path / "note.txt"])

    assert "note.txt" in refused.value.notice
    assert there.is_untouched()
