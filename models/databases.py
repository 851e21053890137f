"""The two databases on one server: ours, and Prefect's beside it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from domain.errors import SystemFault

OLDEST = 15
PREFECT_NEEDS = "pg_trgm"


@dataclass(frozen=True, slots=True)
class PrefectDatabase:
    """How Prefect reaches its database: the URL, and variables for what a URL of asyncpg cannot say."""

    url: str
    environment: dict[str, str]


class CannotMakeDatabase(SystemFault):
    """This login may not make what is missing; the notice holds the SQL for someone who may."""

    def __init__(self, name: str, statements: list[str]) -> None:
        super().__init__(
            f"not allowed to prepare database {name}",
            f"Tài khoản cơ sở dữ liệu không được tạo cơ sở dữ liệu “{name}”. "
            "Hãy nhờ người quản trị PostgreSQL chạy (bằng psql), rồi khởi động lại:\n"
            + "\n".join(statements),
        )


def ensure_databases(url: str, owner_url: str | None = None, prefect: str | None = None) -> PrefectDatabase:
    """Make the database of `url` and Prefect's unless they are there; return how Prefect reaches its own.

    `owner_url` makes them where it is given; the login of `url` uses them. Prefect's is named
    `prefect`, or `<ours>_prefect`. A second call changes nothing.

    Raises:
        SystemFault: the server cannot be reached or is too old, or the login may not make what is missing.
    """
    ours = conninfo_to_dict(url)
    maker = conninfo_to_dict(owner_url or url)
    name = str(ours.get("dbname") or ours.get("user") or "postgres")
    beside = prefect or f"{name}_prefect"
    user = str(ours.get("user") or "")
    _ensure(maker, name, user, extension=None)
    _ensure(maker, beside, user, extension=PREFECT_NEEDS)
    return _for_prefect({**ours, "dbname": beside})


def check_version(server_version: int) -> None:
    """Refuse a server older than PostgreSQL 15.

    Raises:
        SystemFault: it is older.
    """
    if server_version < OLDEST * 10_000:
        found = f"{server_version // 10_000}.{server_version % 10_000}"
        raise SystemFault(
            f"PostgreSQL {found} is too old",
            f"Máy chủ cơ sở dữ liệu là PostgreSQL {found}; chương trình cần từ {OLDEST} trở lên.",
        )


def _ensure(maker: dict[str, Any], name: str, user: str, extension: str | None) -> None:
    statements = [f'\\c "{name}"', f"CREATE EXTENSION IF NOT EXISTS {extension};"] if extension else []
    try:
        if not _exists(maker, name):
            statements.insert(
                0, f'CREATE DATABASE "{name}" OWNER "{user}" ENCODING \'UTF8\' TEMPLATE template0;'
            )
            _create(maker, name)
        with _connected({**maker, "dbname": name}) as connection:
            _prepare(connection, user, extension)
    except psycopg.errors.InsufficientPrivilege as problem:
        raise CannotMakeDatabase(name, statements) from problem


def _exists(maker: dict[str, Any], name: str) -> bool:
    """Say whether the database is there; its name in an error message would be in the server's language."""
    try:
        with _connected({**maker, "dbname": name}):
            return True
    except SystemFault:
        with _connected({**maker, "dbname": "postgres"}) as connection:
            check_version(connection.info.server_version)
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone():
                raise
        return False


def _create(maker: dict[str, Any], name: str) -> None:
    statement = sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
    # Another command may make it in the same instant.
    with (
        _connected({**maker, "dbname": "postgres"}) as connection,
        contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation),
    ):
        connection.execute(statement)


def _prepare(connection: psycopg.Connection[Any], user: str, extension: str | None) -> None:
    check_version(connection.info.server_version)
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise SystemFault(
            f"database {connection.info.dbname} is encoded in {encoding}",
            f"Cơ sở dữ liệu “{connection.info.dbname}” dùng bảng mã {encoding}; cần UTF8.",
        )
    if extension is None:
        return
    with contextlib.suppress(psycopg.errors.UniqueViolation):  # made by another command in the same instant
        if not connection.execute("SELECT FROM pg_extension WHERE extname = %s", [extension]).fetchone():
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    if user and user != connection.info.user:
        connection.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(sql.Identifier(user)))


@contextlib.contextmanager
def _connected(parameters: dict[str, Any]) -> Iterator[psycopg.Connection[Any]]:
    """Connect for single statements.

    Raises:
        SystemFault: the server cannot be reached, or lacks an extension's files.
    """
    try:
        with psycopg.connect(make_conninfo(**parameters), autocommit=True, connect_timeout=10) as connection:
            yield connection
    except (psycopg.errors.UndefinedFile, psycopg.errors.FeatureNotSupported) as problem:
        raise SystemFault(
            f"extension missing: {problem}",
            f"Máy chủ PostgreSQL thiếu phần mở rộng {PREFECT_NEEDS} (gói postgresql-contrib).",
        ) from problem
    except psycopg.OperationalError as problem:
        why = str(problem).strip()
        notice = f"Không kết nối được cơ sở dữ liệu: {why}"
        raise SystemFault(f"cannot reach the database: {why}", notice) from problem


def _for_prefect(parameters: dict[str, Any]) -> PrefectDatabase:
    user, password = (quote(str(parameters.get(key) or ""), safe="") for key in ("user", "password"))
    login = f"{user}:{password}" if password else user
    query = {key: str(parameters[key]) for key in ("host", "port") if parameters.get(key)}
    # asyncpg knows libpq's words by another name, and the certificate only from the environment.
    if mode := parameters.get("sslmode"):
        query["ssl"] = str(mode)
    root = parameters.get("sslrootcert")
    name = quote(str(parameters["dbname"]), safe="")
    url = f"postgresql+asyncpg://{login}@/{name}?{urlencode(query)}"
    return PrefectDatabase(url, {"PGSSLROOTCERT": str(root)} if root else {})
