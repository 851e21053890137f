"""Bring a database's schema to what this program needs."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError

from domain.errors import SystemFault
from models.base import SCHEMA

MIGRATIONS = Path(__file__).parent / "migrations"
APP_ROLE = "cchc_app"
HEAD = "0016"  # tests/models/test_migrations.py compares it with the newest migration


def upgrade(url: str) -> bool:
    """Apply missing migrations as the schema's owner; return whether any was missing.

    Safe to call from several processes at once: an advisory lock lets one do it.

    Raises:
        SystemFault: the database was upgraded by a newer program, or the login may not create what is needed.
    """
    engine = create_engine(driver_url(url), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            if current(connection) == HEAD:
                return False
            connection.execute(text("SELECT pg_advisory_lock(hashtext('cchc-migrate'))"))
            try:
                return _upgrade_locked(connection)
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(hashtext('cchc-migrate'))"))
    finally:
        engine.dispose()


def ensure_role(url: str) -> None:
    """Make the role that the program works as, before a backup is restored that grants it rights.

    Raises:
        SystemFault: this login may not make it.
    """
    engine = create_engine(driver_url(url), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            _ensure_role(connection)
    finally:
        engine.dispose()


def is_current(url: str) -> bool:
    """Tell whether the database is there and needs no migration."""
    engine = create_engine(driver_url(url), connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            return current(connection) == HEAD
    except OperationalError:
        return False
    finally:
        engine.dispose()


def current(connection: Connection) -> str | None:
    """Return the applied revision; None on an empty database."""
    if connection.scalar(text("SELECT to_regclass(:name)"), {"name": f"{SCHEMA}.alembic_version"}) is None:
        return None
    revision: str | None = connection.scalar(text(f"SELECT version_num FROM {SCHEMA}.alembic_version"))  # noqa: S608 - a constant
    return revision


def _upgrade_locked(connection: Connection) -> bool:
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    if current(connection) == HEAD:
        return False
    _ensure_role(connection)
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with connection.engine.execution_options(isolation_level="READ COMMITTED").connect() as own:
        config.attributes["connection"] = own
        try:
            command.upgrade(config, "head")
        except CommandError as problem:
            raise SystemFault(
                f"unknown schema revision: {problem}",
                "Cơ sở dữ liệu do phiên bản mới hơn tạo ra; hãy dùng đúng phiên bản chương trình đó.",
            ) from problem
        own.commit()
    return True


def _ensure_role(connection: Connection) -> None:
    """Make the role that the program works as, and let this login take it."""
    from sqlalchemy.exc import ProgrammingError

    member = "SELECT pg_has_role(CURRENT_USER, oid, 'MEMBER') FROM pg_roles WHERE rolname = :role"
    if connection.scalar(text(member), {"role": APP_ROLE}):
        return
    try:
        connection.execute(
            text(
                f"DO $$ BEGIN CREATE ROLE {APP_ROLE} NOLOGIN; "
                "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
        )
        connection.execute(text(f"GRANT {APP_ROLE} TO CURRENT_USER"))
    except ProgrammingError as problem:
        raise SystemFault(
            f"cannot create role {APP_ROLE}: {problem}",
            f"Tài khoản cơ sở dữ liệu không được tạo vai trò. Nhờ quản trị chạy: "
            f"CREATE ROLE {APP_ROLE} NOLOGIN; GRANT {APP_ROLE} TO <tài khoản>;",
        ) from problem


def driver_url(url: str) -> str:
    """Name psycopg 3 as the driver of a PostgreSQL URL.

    Raises:
        SystemFault: it is none.
    """
    try:
        postgres = make_url(url).get_backend_name() in {"postgresql", "postgres"}
    except (ArgumentError, ValueError):
        postgres = False
    if not postgres:
        raise SystemFault(
            "the database URL is not a PostgreSQL URL",
            "Địa chỉ cơ sở dữ liệu không đúng: CCHC_DATABASE_URL có dạng "
            "postgresql://tài-khoản:mật-khẩu@máy-chủ:5432/tên.",
        )
    return url.replace("postgresql://", "postgresql+psycopg://", 1).replace(
        "postgres://", "postgresql+psycopg://", 1
    )
