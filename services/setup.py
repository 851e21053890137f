"""The first start: schema, ward, first accounts, the packaged decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from config.secrets import load_keys
from config.settings import Settings
from domain.people import Role
from models import directory, migrate
from models.database import open_engine, transaction
from models.history import SYSTEM
from services.documents import DocumentStore
from services.links import first_link
from services.people import Ward, add_user
from services.plans import activate_plan, import_plan

PACKAGED = Path(__file__).resolve().parents[1] / "config" / "decisions" / "16-QD-UBND-2026.txt"


@dataclass(frozen=True, slots=True)
class FirstRun:
    """What the first start made; `lines` is what the terminal says of it."""

    lines: tuple[str, ...]


def prepare(settings: Settings, database_url: str, now: datetime) -> FirstRun | None:
    """Bring the schema up to date and, on an empty database, import and activate the packaged decision.

    While no administrator has a password, each start says where the first one can be made; it is said here
    and nowhere else, and the link of the start before ends.

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
            first = () if directory.wards(connection) else _first_run(connection, settings, now)
            lines = (*first, *_first_link(connection, settings, now))
            return FirstRun(lines) if lines else None
    finally:
        engine.dispose()


def _first_run(connection: Connection, settings: Settings, now: datetime) -> tuple[str, ...]:
    from services.reading import read_file

    today = now.astimezone(settings.timezone).date()
    reading = read_file(PACKAGED)
    source = DocumentStore(settings.data / "documents").keep_file(PACKAGED)
    imported = import_plan(connection, reading, source, by=None, now=now, code=settings.ward)
    _first_accounts(connection, imported.ward, settings, now)
    activate_plan(connection, imported.ward, by=None, today=today, now=now, plan_id=imported.plan_id)
    return (
        f"Đã nhập và đưa vào thực hiện Quyết định {reading.decision.number} của {imported.ward.name}: "
        f"{imported.tasks} nhiệm vụ, {imported.findings} điểm cần xem lại.",
        "Đã có tài khoản quantri (quản trị), dieuphoi (điều phối), chưa có mật khẩu.",
        "Thêm người: trang “Tài khoản”, hoặc cchc user add TÊN --role officer --unit ĐƠN-VỊ --email THƯ",
    )


def _first_link(connection: Connection, settings: Settings, now: datetime) -> tuple[str, ...]:
    path = first_link(connection, load_keys(settings), settings.ward, now=now)
    if path is None:
        return ()
    return (
        "Chưa có quản trị nào đặt mật khẩu. Mở đường dẫn sau trên trình duyệt để tạo quản trị đầu tiên",
        f"(dùng một lần, trong 24 giờ, không gửi cho ai): {settings.link_base}{path}",
    )


def _first_accounts(connection: Connection, ward: Ward, settings: Settings, now: datetime) -> None:
    """Add an administrator and a coordinator; with the local inbox, the coordinator is reached there."""
    email = f"dieu-phoi@{ward.code}.localhost" if settings.mail_url is None else None
    for name, role, address in (("quantri", Role.ADMIN, None), ("dieuphoi", Role.COORDINATOR, email)):
        add_user(connection, ward, name, role=role, unit=None, email=address, actor=SYSTEM, now=now)
