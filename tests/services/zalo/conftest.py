"""A grant of Zalo's, in a ward with people."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.builders import office, plan_of, task
from tests.granting import (
    Granting,
)


@pytest.fixture
def granting(database_url: str, engine: Engine) -> Iterator[Granting]:
    """Give a grant that was refreshed just now, in a ward with people."""
    granting = Granting(database_url, engine)
    with engine.begin() as connection:
        office(connection, plan_of(task("I.1")))
    with granting.zalo:
        granting.given()
        yield granting
