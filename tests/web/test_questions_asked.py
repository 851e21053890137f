"""How many questions a page puts to the database: a long plan needs no more of them than a short one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Engine, event

from models.database import transaction
from services.people import Ward
from services.reading import read_file
from services.setup import PACKAGED
from tests.half_year import TODAY, at, half_year
from tests.web.conftest import Browse, Browser
from tests.web.test_access import TABLE, address

TABLES = {
    "plan_id": "plan",
    "unit_id": "unit",
    "message_id": "outbox",
    "occurrence_id": "occurrence",
    "extension_id": "extension",
}


def ward_of(engine: Engine, name: str, tasks: int) -> Ward:
    plan = read_file(PACKAGED)
    with transaction(engine) as connection:
        decision = replace(plan.decision, issuer=f"UBND phường {name}")
        made = half_year(connection, replace(plan, decision=decision, tasks=plan.tasks[:tasks]))
        made.ask()
    return made.ward


@contextmanager
def counted(browser: Browser) -> Iterator[list[str]]:
    """Give the statements that the pages send meanwhile."""
    web = browser.client.app.state.web  # type: ignore[attr-defined] # it is our application
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    for engine in (web.engine, web.single, web.patient):
        event.listen(engine, "before_cursor_execute", note)
    yield asked
    for engine in (web.engine, web.single, web.patient):
        event.remove(engine, "before_cursor_execute", note)


def ids(engine: Engine, ward: Ward) -> dict[str, object]:
    with engine.connect() as connection:
        return {
            name: connection.exec_driver_sql(
                f"SELECT min(id) FROM cchc.{table} WHERE ward_id = {ward.id}"
            ).scalar_one()
            for name, table in TABLES.items()
        }


def test_no_page_asks_more_of_a_long_plan_than_of_a_short_one(engine: Engine, browse: Browse) -> None:
    wards = [ward_of(engine, "Nhỏ", 5), ward_of(engine, "Lớn", 33)]
    numbers = [ids(engine, ward) for ward in wards]
    more: dict[str, list[int]] = {}
    for name in ("dieuphoi", "lan", "quantri"):
        browsers = [browse(at(TODAY), name, ward.code) for ward in wards]
        for (method, path), may in sorted(TABLE.items()):
            if method != "GET" or name not in may:
                continue
            found = []
            for browser, known in zip(browsers, numbers, strict=True):
                browser.enter()
                with transaction(engine) as connection:  # so that neither page finds what was made before
                    connection.exec_driver_sql("SELECT pg_current_xact_id()")
                with counted(browser) as asked:
                    status = browser.get(address(path, **known)).status_code
                found.append((status, len(asked)))
            assert found[0][0] == found[1][0], path
            if found[1][1] > found[0][1]:
                more[f"{path} ({name})"] = [count for _, count in found]

    assert more == {}
