"""What we rely on in this version of Prefect, and what `reconcile` mends in it."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.plans import Stage
from flows.deployments import LIFECYCLE, MORNING_DEPLOYMENT, TIMEZONE, WORK_POOL, WORK_POOL_TYPE, run_of
from flows.prefect_api import PrefectApi, PrefectDown
from flows.prefect_shapes import Deployment, NewRun
from flows.reconcile import reconcile
from flows.relay import Engine as Relay
from models.database import transaction
from notifications.channels import Outcome
from services.engine import wanted_runs
from services.reminders import finish
from tests.builders import TODAY
from tests.flows.prefect_office import Desk, Rest, eventually, watched

FAR = date(2126, 1, 5)  # never comes while a test runs
BEFORE = date(2126, 1, 2)


def now() -> datetime:
    return datetime.now(UTC)


def test_a_deployment_with_a_schedule_gets_its_run_at_six_in_vietnam(rest: Rest, api: PrefectApi) -> None:
    """SQLAlchemy 2.1 lets the server start and its scheduler silently make nothing."""
    api.ensure_work_pool(WORK_POOL, WORK_POOL_TYPE, 4)
    api.save_deployment(MORNING_DEPLOYMENT)

    eventually(rest.runs, "scheduled morning run")
    assert {datetime.fromisoformat(run["expected_start_time"]).time().hour for run in rest.runs()} == {23}
    assert {run["state_type"] for run in rest.runs()} == {"SCHEDULED"}


def test_a_run_made_twice_is_one_run(rest: Rest, api: PrefectApi) -> None:
    api.ensure_work_pool(WORK_POOL, WORK_POOL_TYPE, 4)
    deployment = api.save_deployment(
        Deployment(LIFECYCLE, "one", "flows.task_lifecycle.task_lifecycle", WORK_POOL)
    )
    new = NewRun("1-1", "II.3", {"ward": 1, "occurrence": 1}, now() + timedelta(days=1))

    first = api.create_runs(deployment, [new])
    assert api.create_runs(deployment, [new]) == first
    assert len(rest.runs()) == 1


def test_the_work_of_the_next_weeks_stands_among_prefects_upcoming_runs(
    desk: Desk, rest: Rest, api: PrefectApi
) -> None:
    desk.set_up("II.3", opens_on=FAR)

    assert reconcile(desk.engine, api, FAR - timedelta(days=36), now()).mended["create"] == 0
    assert reconcile(desk.engine, api, FAR - timedelta(days=35), now()).mended["create"] == 1
    assert upcoming(rest) == [("II.3 · Năm 2026", "2126-01-05T01:00:00Z")]  # 08:00 in Vietnam
    assert set(rest.run("II.3 · Năm 2026")["tags"]) >= {"1/QĐ-UBND", "II", "scheduled"}


def upcoming(rest: Rest) -> list[tuple[str, str]]:
    found = rest.post(
        "/flow_runs/filter",
        flows={"name": {"any_": [LIFECYCLE]}},
        flow_runs={"state": {"type": {"any_": ["SCHEDULED"]}}},
    )
    return [(run["name"], run["expected_start_time"]) for run in found]


def test_every_task_of_the_active_plan_has_its_deployment(desk: Desk, rest: Rest, api: PrefectApi) -> None:
    desk.set_up("II.3", "V.2", opens_on=FAR)
    reconcile(desk.engine, api, TODAY, now())

    found = {each["name"]: each for each in rest.post("/deployments/filter")}
    assert set(found) == {"morning", "channels", *(f"{prefix(desk)}-{code}" for code in ("II.3", "V.2"))}
    assert found[f"{prefix(desk)}-II.3"]["entrypoint"] == "flows.task_lifecycle.task_lifecycle"


def prefix(desk: Desk) -> str:
    return f"{desk.ask('SELECT code FROM cchc.ward')}-1-qd-ubnd-2026"


def test_a_second_reconciliation_mends_nothing(desk: Desk, rest: Rest, api: PrefectApi) -> None:
    desk.set_up("II.3", "V.2", opens_on=FAR)
    assert reconcile(desk.engine, api, BEFORE, now()).lines != []
    assert reconcile(desk.engine, api, BEFORE, now()).to_json()["mended"] == {}


Spoil = Callable[[Rest, dict[str, Any]], object]


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (lambda rest, run: rest.delete(f"/flow_runs/{run['id']}"), "create"),
        (lambda rest, run: rest.delete(f"/deployments/{run['deployment_id']}"), "deployment"),
        (lambda rest, run: set_state(rest, run, "CRASHED"), "schedule"),
        (lambda rest, run: set_state(rest, run, "COMPLETED"), "schedule"),
        (lambda rest, run: set_state(rest, run, "PAUSED"), "schedule"),
        (lambda rest, run: rest.patch(f"/flow_runs/{run['id']}", name="một tên khác"), "rename"),
        (lambda rest, run: rest.patch(f"/deployments/{run['deployment_id']}", tags=["lạ"]), "deployment"),
        (lambda rest, run: rest.patch(f"/deployments/{run['deployment_id']}", paused=True), "deployment"),
        (lambda rest, run: copy_by_hand(rest, run), "stranger"),
    ],
)
def test_what_people_or_crashes_spoil_in_prefect_is_mended(
    desk: Desk, rest: Rest, api: PrefectApi, spoil: Spoil, kind: str
) -> None:
    desk.set_up("II.3", opens_on=FAR)
    reconcile(desk.engine, api, BEFORE, now())
    spoil(rest, rest.run("II.3 · Năm 2026"))

    report = reconcile(desk.engine, api, BEFORE, now())

    assert report.mended[kind] == 1
    assert report.lines
    assert reconcile(desk.engine, api, BEFORE, now()).lines == []
    assert upcoming(rest) == [("II.3 · Năm 2026", "2126-01-05T01:00:00Z")]


def set_state(rest: Rest, run: dict[str, Any], state: str) -> None:
    rest.post(f"/flow_runs/{run['id']}/set_state", state={"type": state}, force=True)


def copy_by_hand(rest: Rest, run: dict[str, Any]) -> None:
    rest.post(f"/deployments/{run['deployment_id']}/create_flow_run", parameters=run["parameters"])


def test_runs_of_occurrences_that_we_do_not_know_are_cancelled(
    desk: Desk, rest: Rest, api: PrefectApi
) -> None:
    desk.set_up("II.3", opens_on=FAR)
    reconcile(desk.engine, api, BEFORE, now())
    with transaction(desk.engine) as connection:
        one = wanted_runs(connection, occurrence_id=desk.occurrence("II.3"))[0]
    deployment = next(iter(api.deployments([LIFECYCLE])))
    stranger = NewRun("1-999", "II.3 · lạ", {"ward": 1, "occurrence": 999}, run_of(one, now()).scheduled_for)
    api.create_runs(deployment, [stranger])

    assert reconcile(desk.engine, api, BEFORE, now()).mended["stranger"] == 1
    assert rest.run("II.3 · lạ")["state_type"] == "CANCELLED"


def test_a_prefect_that_is_down_is_tried_again_later(desk: Desk) -> None:
    desk.set_up("II.3")
    with transaction(desk.engine) as connection:
        one = wanted_runs(connection, occurrence_id=desk.occurrence("II.3"))[0]
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening: refused at once
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/api"
        relay = Relay(url)
        answer = relay.wake(one)
        relay.close()
        with PrefectApi(url) as api, pytest.raises(PrefectDown):
            reconcile(desk.engine, api, TODAY, now())

    assert answer.outcome is Outcome.RETRY
    assert answer.channel_down


def test_the_morning_opens_reminds_and_is_recorded_and_again_changes_nothing(
    desk: Desk, rest: Rest, api: PrefectApi, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    start_worker()
    desk.set_up("II.3", opens_on=FAR)
    deployment = next(id_ for id_, each in api.deployments(["morning"]).items() if each.name == "morning")

    counts = []
    for number in (1, 2):
        name = f"morning {number}"
        rest.post(
            f"/deployments/{deployment}/create_flow_run", name=name, parameters={"day": FAR.isoformat()}
        )
        rest.wait_for(name, "Completed")
        counts.append(
            (
                desk.ask("SELECT count(*) FROM cchc.outbox"),
                desk.ask("SELECT count(*) FROM cchc.audit_event"),
                desk.ask("SELECT count(*) FROM cchc.morning_run WHERE day = '2126-01-05'"),
            )
        )
    assert desk.ask("SELECT state FROM cchc.occurrence") == "open"
    assert counts[0] == counts[1]
    assert counts[0][2] == 1


def test_a_morning_that_was_missed_is_made_up_for_once(desk: Desk, rest: Rest, api: PrefectApi) -> None:
    desk.set_up("II.3")
    seven = datetime(2026, 3, 2, 7, tzinfo=TIMEZONE)

    def missed(at: datetime) -> int:
        return reconcile(desk.engine, api, TODAY, at, own_worker="w").mended["morning"]

    assert missed(seven) == 0  # the first day of an installation
    with transaction(desk.engine) as connection:
        finish(connection, TODAY - timedelta(days=1), seven - timedelta(days=1))
    assert missed(seven - timedelta(hours=2)) == 0
    assert missed(seven) == 1
    assert missed(seven + timedelta(hours=1)) == 0


def test_a_submission_survives_a_prefect_that_forgot_the_run(
    desk: Desk, rest: Rest, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    start_worker()
    desk.set_up("II.3")
    rest.wait_for("II.3 · Năm 2026", "Chờ ban hành kế hoạch")
    rest.delete(f"/flow_runs/{rest.run('II.3 · Năm 2026')['id']}")
    desk.submit("II.3", Stage.PLAN)

    rest.wait_for("II.3 · Năm 2026", "Chờ triển khai")  # the relay alone made it again


def test_neither_server_nor_worker_tries_to_reach_anything_outside(
    desk: Desk, rest: Rest, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    start_worker()
    desk.set_up("II.3")
    rest.wait_for("II.3 · Năm 2026", "Chờ ban hành kế hoạch")

    reached = set((watched() / "connections").read_text().splitlines())
    assert "127.0.0.1" in reached  # the watcher is awake
    assert reached <= {"127.0.0.1", "localhost", "None"}
