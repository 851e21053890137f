"""An office whose work is done, a pack about it, and how a pack is looked at."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from models.database import transaction
from services.checkpoints import make
from services.evidence_report import Report
from services.evidence_verifier import verify_pack
from tests.builders import NOW
from tests.packs import Archive, Files, Look, archive, unpacked


@pytest.fixture(scope="module")
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    from models.database import open_engine

    url: str = request.getfixturevalue("new_database")(request.getfixturevalue("migrated"))
    return archive(open_engine(url), tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def older(kept: Archive) -> str:
    """Give the checkpoint that somebody kept before the packs were made."""
    with transaction(kept.engine) as connection:
        return make(connection, kept.ward, keys=kept.keys, now=NOW).note


@pytest.fixture(scope="module")
def whole(kept: Archive, older: str) -> Files:
    return unpacked(kept.pack())


@pytest.fixture
def look(tmp_path: Path) -> Look:
    def verified(files: Files, **more: str) -> Report:
        path = tmp_path / "x.zip"
        with zipfile.ZipFile(path, "w") as packed:
            for name, content in files.items():
                packed.writestr(name, content)
        return verify_pack(path, **more)

    return verified
