"""Migrations and models tell one story, and upgrading is safe at any moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from domain.errors import SystemFault
from models.base import SCHEMA
from models.migrate import HEAD, MIGRATIONS, current, driver_url, upgrade
from models.schema import metadata

COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
    pg_get_expr(d.adbin, d.adrelid)
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r' AND c.relnamespace = 'cchc'::regnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relname <> 'alembic_version'
"""
CONSTRAINTS = """
SELECT k.conrelid::regclass::text, k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k
WHERE k.connamespace = 'cchc'::regnamespace AND k.conrelid <> 0
    AND k.conrelid IS DISTINCT FROM to_regclass('cchc.alembic_version')
"""
INDEXES = (
    "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'cchc' AND tablename <> 'alembic_version'"
)
RULES = """
SELECT 'function', p.oid::regprocedure::text, md5(p.prosrc), p.proacl::text FROM pg_proc p
WHERE p.pronamespace = 'cchc'::regnamespace
UNION ALL SELECT 'view', c.oid::regclass::text, md5(pg_get_viewdef(c.oid)), '' FROM pg_class c
WHERE c.relkind = 'v' AND c.relnamespace = 'cchc'::regnamespace
UNION ALL SELECT 'trigger', g.tgname, pg_get_triggerdef(g.oid), '' FROM pg_trigger g
JOIN pg_class c ON c.oid = g.tgrelid AND c.relnamespace = 'cchc'::regnamespace WHERE NOT g.tgisinternal
UNION ALL SELECT 'right', c.oid::regclass::text, x.privilege_type, coalesce(c.attname, '')
FROM (SELECT oid, relacl AS acl, NULL::name AS attname, relnamespace FROM pg_class
    UNION ALL SELECT a.attrelid, a.attacl, a.attname, k.relnamespace FROM pg_attribute a
    JOIN pg_class k ON k.oid = a.attrelid) c
CROSS JOIN aclexplode(c.acl) x WHERE c.relnamespace = 'cchc'::regnamespace
    AND x.grantee = (SELECT oid FROM pg_roles WHERE rolname = 'cchc_app')
"""


def catalog(url: str, query: str) -> set[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return set(connection.execute(query))


@pytest.fixture(scope="module")
def by_models(request: pytest.FixtureRequest) -> str:
    """Make a database from the models alone."""
    url: str = request.getfixturevalue("new_database")()
    engine = create_engine(driver_url(url))
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        metadata.create_all(connection)
    engine.dispose()
    return url


@pytest.mark.parametrize("query", [COLUMNS, CONSTRAINTS, INDEXES], ids=["columns", "constraints", "indexes"])
def test_the_migrated_database_is_the_one_that_the_models_describe(
    query: str, database_url: str, by_models: str
) -> None:
    migrated, described = catalog(database_url, query), catalog(by_models, query)

    assert len(described) > 20
    assert migrated == described


def test_alembic_finds_nothing_left_to_migrate(database_url: str) -> None:
    engine = create_engine(driver_url(database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table_schema": SCHEMA,
                "include_schemas": True,
                "include_name": lambda name, kind, _: kind != "schema" or name == SCHEMA,
                "compare_server_default": True,
            },
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_program_knows_which_migration_is_the_newest() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_a_second_upgrade_has_nothing_to_do(fresh_database: str) -> None:
    assert [upgrade(fresh_database) for _ in range(3)] == [True, False, False]


def test_programs_that_upgrade_at_once_do_it_once(fresh_database: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        did = list(pool.map(upgrade, [fresh_database] * 6))

    assert sorted(did) == [False] * 5 + [True]
    with create_engine(driver_url(fresh_database)).connect() as connection:
        assert current(connection) == HEAD


def test_an_upgrade_that_fails_half_way_leaves_nothing_half_made(fresh_database: str) -> None:
    with psycopg.connect(fresh_database, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA cchc")
        connection.execute("CREATE VIEW cchc.recipient AS SELECT 1 AS one")  # the last steps will meet it
    with pytest.raises(Exception, match="recipient"):
        upgrade(fresh_database)

    assert catalog(fresh_database, COLUMNS) == set()
    with psycopg.connect(fresh_database, autocommit=True) as connection:
        connection.execute("DROP VIEW cchc.recipient")
    assert upgrade(fresh_database) is True


def test_a_database_of_a_newer_program_is_left_alone(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE cchc.alembic_version SET version_num = '9999'")

    with pytest.raises(SystemFault) as refusal:
        upgrade(database_url)

    assert "phiên bản mới hơn" in refusal.value.notice
    assert catalog(database_url, "SELECT version_num FROM cchc.alembic_version") == {("9999",)}


def test_a_login_that_may_not_make_roles_is_told_what_to_ask_for(
    fresh_database: str, server_url: str
) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE poor_owner LOGIN")
        name = fresh_database.split("?")[0].rsplit("/", 1)[1]
        connection.execute(f'ALTER DATABASE "{name}" OWNER TO poor_owner')
    try:
        with pytest.raises(SystemFault) as refusal:
            upgrade(fresh_database.replace("postgres@", "poor_owner@"))
        assert "GRANT cchc_app TO" in refusal.value.notice
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{name}" OWNER TO postgres')
            connection.execute("DROP ROLE poor_owner")


def whole(url: str) -> list[set[tuple[object, ...]]]:
    return [catalog(url, query) for query in (COLUMNS, CONSTRAINTS, INDEXES, RULES)]


def test_each_step_back_undoes_its_own_and_all_can_be_done_again(
    fresh_database: str, database_url: str
) -> None:
    upgrade(fresh_database)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    steps = [each.revision for each in ScriptDirectory.from_config(config).walk_revisions()]
    former = {}
    engine = create_engine(driver_url(fresh_database))

    def step(move: Callable[[Config, str], None], revision: str) -> list[set[tuple[object, ...]]]:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            move(config, revision)
            connection.commit()
        return whole(fresh_database)

    for revision in steps[1:]:
        former[revision] = step(command.downgrade, revision)
    for revision in reversed(steps[1:-1]):
        assert step(command.upgrade, revision) == former[revision], f"going back to {revision} left something"
    assert step(command.upgrade, "head") == whole(database_url)
    engine.dispose()
