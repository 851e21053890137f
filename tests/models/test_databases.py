from __future__ import annotations

import asyncio

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from config.embedded_server import EmbeddedServer
from domain.errors import SystemFault
from models.databases import CannotMakeDatabase, check_version, ensure_databases


def ask(url: str, question: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(question)
        return cursor.fetchone() if cursor.description else None


def test_both_databases_are_made_and_a_second_call_changes_nothing(server: EmbeddedServer) -> None:
    made = ensure_databases(server.url("ward_a"))
    again = ensure_databases(server.url("ward_a"))

    assert again == made
    assert ask(server.url("ward_a"), "SELECT 1") == (1,)
    assert ask(
        server.url("ward_a_prefect"), "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'"
    ) == ("pg_trgm",)


def test_prefect_reaches_its_database_by_the_url_it_is_given(server: EmbeddedServer) -> None:
    made = ensure_databases(server.url("ward_b"), prefect="prefect_b")

    async def current_database() -> object:
        engine = create_async_engine(made.url)
        async with engine.connect() as connection:
            name = await connection.scalar(text("SELECT current_database()"))
        await engine.dispose()
        return name

    assert asyncio.run(current_database()) == "prefect_b"


def test_a_login_without_the_right_is_told_the_statements_that_help(server: EmbeddedServer) -> None:
    ask(server.url("postgres"), "CREATE ROLE clerk LOGIN")
    ask(server.url("postgres"), "CREATE DATABASE ward_c OWNER clerk")

    with pytest.raises(CannotMakeDatabase) as refusal:
        ensure_databases(server.url("ward_c", user="clerk"))

    create = next(line for line in refusal.value.notice.splitlines() if line.startswith("CREATE DATABASE"))
    ask(server.url("postgres"), create)
    ensure_databases(server.url("ward_c", user="clerk"))  # the owner may make the extension itself
    assert ask(server.url("ward_c_prefect", user="clerk"), "SELECT 'a' % 'a'") == (True,)


def test_an_owner_makes_what_the_programs_own_login_then_uses(server: EmbeddedServer) -> None:
    ask(server.url("postgres"), "CREATE ROLE app_login LOGIN")

    ensure_databases(server.url("ward_d", user="app_login"), owner_url=server.url("postgres"))

    ask(server.url("ward_d_prefect", user="app_login"), "CREATE TABLE of_prefect (x int)")


def test_a_database_in_another_encoding_is_refused(server: EmbeddedServer) -> None:
    ask(
        server.url("postgres"),
        "CREATE DATABASE in_ascii ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0",
    )

    with pytest.raises(SystemFault) as refusal:
        ensure_databases(server.url("in_ascii"))

    assert "SQL_ASCII" in refusal.value.notice


def test_an_old_server_is_refused_by_its_version() -> None:
    check_version(150_000)

    with pytest.raises(SystemFault) as refusal:
        check_version(140_012)

    assert "PostgreSQL 14.12" in refusal.value.notice


def test_a_server_that_is_not_there_is_reported_in_vietnamese() -> None:
    with pytest.raises(SystemFault) as refusal:
        ensure_databases("postgresql://ward:secret@127.0.0.1:1/ward")

    assert refusal.value.notice.startswith("Không kết nối được cơ sở dữ liệu")
    assert "secret" not in refusal.value.notice + str(refusal.value)


def test_what_asyncpg_calls_by_another_name_is_translated(server: EmbeddedServer) -> None:
    made = ensure_databases(server.url("ward_e") + "&sslmode=prefer&sslrootcert=/etc/ca.pem")

    assert "ssl=prefer" in made.url
    assert "sslmode" not in made.url
    assert made.environment == {"PGSSLROOTCERT": "/etc/ca.pem"}
