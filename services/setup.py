"""The first start: schema, ward, first accounts, the packaged decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from config.settings import Settings
from domain.people import Role
from models import directory, migrate
from models.database import open_engine, transaction
from models.history import SYSTEM
from services.documents import DocumentStore
from services.people import Ward, add_user
from services.plans import activate_plan, import_plan

PACKAGED = Path(__file__).resolve().parents[1] / "config" / "decisions" / "16-QD-UBND-2026.txt"


@dataclass(frozen=True, slots=True)
class FirstRun:
    """What the first start made; `lines` is what the terminal says of it."""

    lines: tuple[str, ...]


def prepare(settings: Settings, database_url: str, now: datetime) -> FirstRun | None:
    """Bring the schema up to date and, on an empty database, import and activate the packaged decision.

    All of the first start is one transaction: killed half-way, the next start begins anew.

    Raises:
        SystemFault: the database can't be reached or may not be changed.
    """
    owner = settings.owner_database_url
    migrate.upgrade(owner.get_secret_value() if owner else database_url)
    engine = open_engine(database_url, pool_size=1)
    try:
        with transaction(engine) as connection:
            directory.lock_first_start(connection)
            if directory.wards(connection):
                return None
            return _first_run(connection, settings, now)
    finally:
        engine.dispose()


def _first_run(connection: Connection, settings: Settings, now: datetime) -> FirstRun:
    from services.reading import read_file

    today = now.astimezone(settings.timezone).date()
    reading = read_file(PACKAGED)
    source = DocumentStore(settings.data / "documents").keep_file(PACKAGED)
    imported = import_plan(connection, reading, source, by=None, now=now, code=settings.ward)
    _first_accounts(connection, imported.ward, settings, now)
    activate_plan(connection, imported.ward, by=None, today=today, now=now, plan_id=imported.plan_id)
    return FirstRun(
        (
            f"Đã nhập và đưa vào thực hiện Quyết định {reading.decision.number} của {imported.ward.name}: "
            f"{imported.tasks} nhiệm vụ, {imported.findings} điểm cần xem lại.",
            "Tài khoản đầu tiên: quantri (quản trị), dieuphoi (điều phối).",
            "Thêm người: cchc user add TÊN --role officer --unit ĐƠN-VỊ --email THƯ",
        )
    )


def _first_accounts(connection: Connection, ward: Ward, settings: Settings, now: datetime) -> None:
    """Add an administrator and a coordinator; with the local inbox, the coordinator is reached there."""
    email = f"dieu-phoi@{ward.code}.localhost" if settings.mail_url is None else None
    for name, role, address in (("quantri", Role.ADMIN, None), ("dieuphoi", Role.COORDINATOR, email)):
        add_user(connection, ward, name, role=role, unit=None, email=address, actor=SYSTEM, now=now)
