"""A ward whose systems ask over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Engine

from domain.plans import TaskKind
from services.people import Ward
from tests.builders import CULTURE, occurrence, plan_of, task
from tests.web.conftest import Browse, Browser
from tests.web.machines import Caller, token_of


@pytest.fixture
def ward(started: Callable[..., Ward]) -> Ward:
    return started(
        plan_of(
            task("I.1", occurrences=[occurrence(plan=date(2026, 2, 27))]),
            task("II.2", lead=CULTURE, occurrences=[occurrence()]),
            task("IV.1", TaskKind.EVENT, event_types=["guidance"]),
        )
    )


@pytest.fixture
def browser(browse: Browse) -> Browser:
    return browse(as_=None)


@pytest.fixture
def reader(ward: Ward, engine: Engine, browser: Browser) -> Caller:
    return Caller(browser, token_of(engine, ward, "read").token)
