"""Installations that are backed up and restored, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from pydantic import SecretStr

from config.settings import Settings
from services.backup import Backup, back_up
from services.restoring import Restored, restore
from tests.builders import NOW

PAPER = b"ke hoach " * 1000


def silent(_: str) -> None:
    return


@dataclass
class Place:
    """An installation: a data folder and a database."""

    settings: Settings
    url: str

    def back_up(self, target: Path) -> Backup:
        return back_up(self.settings, self.url, target, now=NOW, say=silent)

    def restore(self, source: Path, **more: Any) -> Restored:
        given = {"keys": {}, "outside": (), **more}
        return restore(self.settings, source, say=silent, **given)

    @property
    def data(self) -> Path:
        return self.settings.data

    def is_untouched(self) -> bool:
        with psycopg.connect(self.url) as connection:
            found = connection.execute("SELECT to_regnamespace('cchc')").fetchone()
        return found == (None,) and {each.name for each in self.data.iterdir()} <= {"up.lock", "restoring"}


def place_at(folder: Path, url: str, **more: object) -> Place:
    folder.mkdir(parents=True, exist_ok=True)
    known: dict[str, object] = {"data": folder, "database_url": SecretStr(url)}
    return Place(Settings(_env_file=None, **{**known, **more}), url)  # type: ignore[arg-type] # plain values


def rows(url: str, query: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


LOG = "SELECT ward_id, position, body, leaf_hash FROM cchc.audit_event ORDER BY 1, 2"
