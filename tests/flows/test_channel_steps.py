"""What the hourly run does for receipts, events and the bot, without Prefect."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from config.settings import Settings
from domain.tracking import tracking_id
from domain.zalo_events import Told
from flows import channels as flow
from models.database import transaction
from services.binding import make_code
from services.people import Ward
from services.webhooks import OA, keep
from tests.builders import NOW, OFFICE, occurrence, office, plan_of, task
from tests.flows.test_channels import KEY
from tests.granting import Granting
from tests.hooks import sent
from tests.zalo_server import bot_refusal


@pytest.fixture
def ward(engine: Engine) -> Ward:
    with transaction(engine) as connection:
        return office(connection, plan_of(task("II.2", occurrences=[occurrence()]))).ward


@pytest.fixture
def granting(engine: Engine, database_url: str) -> Iterator[Granting]:
    found = Granting(database_url, engine, datetime.now(UTC))
    with found.zalo:
        yield found


def settings(granting: Granting, **more: Any) -> Settings:
    zalo = granting.zalo
    return Settings(
        _env_file=None,
        key=SecretStr(KEY),
        zalo_app_id=zalo.app_id,
        zalo_app_secret=SecretStr(zalo.app_secret),
        zalo_oa_id=zalo.oa_id,
        zalo_template="300001",
        zalo_bot_token=SecretStr(zalo.bot_token),
        **{f"zalo_{place}_url": zalo.url for place in ("oauth", "oa", "zbs", "bot")},
        **more,
    )


def update(chat: str, text: str, message_id: str) -> dict[str, Any]:
    message = {"chat": {"id": chat, "chat_type": "PRIVATE"}, "text": text, "message_id": message_id}
    return {"event_name": "message.text.received", "message": message}


def contacts(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql("SELECT channel, address FROM cchc.contact")]


def test_codes_that_wait_at_the_bot_make_contacts(granting: Granting, engine: Engine, ward: Ward) -> None:
    with transaction(engine) as connection:
        made = make_code(
            connection, ward, OFFICE, channel="zalo-bot", by=None, now=datetime.now(UTC) - timedelta(hours=1)
        )
    granting.zalo.updates += [update("c1", "xin chào", "1"), {"odd": 1}, update("c2", made.code, "2")]

    assert flow.read_bot(settings(granting), engine) == "3 read"
    assert flow.read_bot(settings(granting), engine) == "0 read"

    assert contacts(engine) == [("zalo-bot", "c2")]


def test_a_bot_with_a_webhook_and_one_without_a_token_are_not_asked(
    granting: Granting, engine: Engine
) -> None:
    assert flow.read_bot(settings(granting, zalo_bot_secret=SecretStr("x" * 16)), engine) == "unset"
    assert flow.read_bot(Settings(_env_file=None), engine) == "unset"
    assert granting.zalo.requests == []


def test_a_bot_that_refuses_us_ends_the_step_with_a_word(granting: Granting, engine: Engine) -> None:
    granting.zalo.script("/bot/getUpdates", bot_refusal(401))

    assert flow.read_bot(settings(granting), engine) == "no answer 401"


def test_statuses_are_asked_where_templates_are_set_up(
    granting: Granting, engine: Engine, ward: Ward
) -> None:
    sent(engine, ward, at=datetime.now(UTC))
    granting.zalo.statuses["m1"] = 1
    found = settings(granting)
    flow.refresh_zalo(found, engine)
    granting.given()

    assert flow.ask_statuses(found, engine) == "1 asked, 1 delivered, 0 not"
    assert flow.ask_statuses(Settings(_env_file=None), engine) == "unset"


def test_events_that_wait_and_outcomes_that_are_unknown_are_settled(
    granting: Granting, engine: Engine, ward: Ward
) -> None:
    [outbox] = sent(engine, ward, state="unknown", provider_id=None)
    told = Told("user_received_message", "k", {"tracking": tracking_id(ward.id, outbox)})
    with transaction(engine) as connection:
        keep(connection, OA, told, now=NOW)

    assert flow.handle_events(settings(granting), engine) == "1 done, 0 left"
    with transaction(engine) as connection:
        connection.exec_driver_sql("UPDATE cchc.outbox SET state = 'unknown' WHERE channel = 'phone'")
    assert flow.settle_unknown(settings(granting), engine) == "1 arrived"
