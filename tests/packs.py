"""A ward whose work is done, and evidence packs about it, for tests."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

from sqlalchemy import Engine

from config.checkpoint_keys import CheckpointKeys, load_checkpoint_keys
from domain.plans import Stage
from models.database import transaction
from services.documents import DocumentStore
from services.evidence import Scope, prepare
from services.evidence_pack import chunks
from services.evidence_report import Report
from services.people import Ward
from tests.builders import NOW, TODAY, office
from tests.desk import Desk
from tests.story import AWKWARD, PLAN

Files = dict[str, bytes]  # of a pack, by name
Look = Callable[..., Report]

FILES = {"kế hoạch.pdf": b"ke hoach, ban 1", "../../phụ lục <1>.xlsx": b"phu luc", "CON": b"con"}


@dataclass
class Archive:
    """An installation's data folder with a database: documents, keys, and a ward's finished task."""

    engine: Engine
    data: Path
    ward: Ward
    now: datetime = field(default=NOW + timedelta(hours=1))

    @property
    def store(self) -> DocumentStore:
        return DocumentStore(self.data / "documents")

    @property
    def keys(self) -> CheckpointKeys:
        return load_checkpoint_keys(self.data)

    def pack(self, scope: Scope | None = None, by: str | None = "thanhtra") -> bytes:
        """Return a pack as an auditor takes it."""
        with transaction(self.engine) as connection:
            prepared = prepare(connection, self.ward, scope or Scope(), by=by, keys=self.keys, now=self.now)
        with transaction(self.engine) as connection:
            return b"".join(chunks(connection, self.ward, prepared, store=self.store, keys=self.keys))


def archive(engine: Engine, data: Path) -> Archive:
    """Hand in II.2 with real files, have it returned, hand it in late and have it accepted."""
    store = DocumentStore(data / "documents")
    kept = [store.keep(BytesIO(content), name) for name, content in FILES.items()]
    with transaction(engine) as connection:
        one = office(connection, PLAN)
        desk = Desk(connection, one)
        desk.submit(Stage.PLAN, doc_number=AWKWARD, doc_date=TODAY, note="<b>ghi chú</b>", files=kept[:2])
        desk.send_back(Stage.PLAN, reason=AWKWARD)
        late = TODAY + timedelta(days=3)
        desk.submit(Stage.PLAN, on=late, today=late, files=kept)
        desk.accept(Stage.PLAN)
    return Archive(engine, data, one.ward)


def unpacked(pack: bytes) -> Files:
    """Return the files of a pack."""
    with zipfile.ZipFile(BytesIO(pack)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}
