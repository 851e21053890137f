"""An installation with work in it, a backup of it, and a machine with nothing."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from domain.plans import Stage
from models.database import open_engine, transaction
from notifications.rendering import PACKAGED
from services.documents import DocumentStore
from tests.backups import PAPER, Place, place_at
from tests.builders import TODAY, occurrence, office, plan_of, task
from tests.conftest import NewDatabase
from tests.desk import Desk


@pytest.fixture(scope="module")
def here(new_database: NewDatabase, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """An installation with a history, a document and a template of its own."""
    place = place_at(tmp_path_factory.mktemp("here"), new_database(migrated))
    (place.data / "reports").mkdir()
    (place.data / "reports" / "bao-cao.toml").write_text("x = 1", encoding="utf-8")
    (place.data / "templates").mkdir()
    for packaged in PACKAGED.iterdir():
        shutil.copy(packaged, place.data / "templates")
    engine = open_engine(place.url)
    with transaction(engine) as connection:
        one = office(connection, plan_of(task("II.2", occurrences=[occurrence(plan=TODAY)])))
        paper = DocumentStore(place.data / "documents").keep(io.BytesIO(PAPER), "kh.pdf")
        source = DocumentStore(place.data / "documents").keep(io.BytesIO(b"quyet dinh"), "qd.txt")
        desk = Desk(connection, one)
        desk.submit(Stage.PLAN, files=[paper, source])
        desk.accept(Stage.PLAN)
    engine.dispose()
    return place


@pytest.fixture(scope="module")
def archive(here: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("backup") / "b.zip"
    here.back_up(target)
    return target


@pytest.fixture
def there(new_database: NewDatabase, tmp_path: Path) -> Place:
    """Another machine: nothing in it."""
    return place_at(tmp_path / "there", new_database())
