"""The hourly run that looks after the channels."""

from __future__ import annotations

import asyncio
import json
import subprocess
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from config.settings import Settings
from domain.errors import SystemFault
from flows import channels as flow
from flows.prefect_api import PrefectApi
from tests.flows.prefect_office import Desk, Rest
from tests.granting import HOUR, Granting

KEY = b64encode(bytes(range(32))).decode()


def test_each_hour_a_run_refreshes_the_token_and_prefect_learns_no_secret(
    desk: Desk,
    rest: Rest,
    api: PrefectApi,
    start_worker: Callable[..., subprocess.Popen[bytes]],
    database_url: str,
) -> None:
    granting = Granting(database_url, desk.engine, datetime.now(UTC))
    with granting.zalo as zalo:
        granting.given()
        with psycopg.connect(database_url) as superuser:
            superuser.execute("UPDATE cchc.zalo_grant SET access_expires_at = %s", (granting.now + HOUR,))
        start_worker(CCHC_KEY=KEY, **zalo.environment())
        found = {each.name: (id_, each) for id_, each in api.deployments(["channels"]).items()}
        id_, deployment = found["channels"]
        assert (deployment.cron, deployment.timezone) == ("17 * * * *", "Asia/Ho_Chi_Minh")

        rest.post(f"/deployments/{id_}/create_flow_run", name="now")
        run = rest.wait_for("now", "Completed")

        assert zalo.refreshes == 1
        kept = json.dumps([run, rest.post("/logs/filter"), rest.post("/task_runs/filter")])
        assert "now" in kept
        for secret in (*zalo.spent_refresh_tokens, zalo.refresh_token, zalo.access_token, zalo.app_secret):
            assert secret not in kept


def test_an_installation_without_zalo_has_nothing_to_look_after(engine: Engine) -> None:
    assert flow.refresh_zalo(Settings(_env_file=None), engine) == "unset"


def test_one_broken_step_does_not_keep_the_others_from_their_work(
    monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    done: list[str] = []

    async def look_after(name: str) -> str:
        if name == "broken":
            raise SystemFault("broken", "Hỏng.")
        done.append(name)
        return name

    monkeypatch.setattr(flow, "STEPS", {"broken": None, "whole": None})
    monkeypatch.setattr(flow, "look_after", look_after)

    with pytest.raises(SystemFault, match="broken"):
        asyncio.run(flow.channels.fn())
    assert done == ["whole"]


def test_what_a_turn_came_to_is_said_in_a_word(engine: Engine, database_url: str) -> None:
    granting = Granting(database_url, engine, datetime.now(UTC))
    with granting.zalo as zalo:
        settings = Settings(
            _env_file=None,
            key=SecretStr(KEY),
            zalo_app_id=zalo.app_id,
            zalo_app_secret=SecretStr(zalo.app_secret),
            zalo_oa_id=zalo.oa_id,
            zalo_oauth_url=f"{zalo.url}/",
        )
        assert flow.refresh_zalo(settings, engine) == "unset"
        granting.given()
        assert flow.refresh_zalo(settings, engine) == "kept"
