"""One occurrence in a real Prefect, from its opening to its acceptance."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime

import psycopg

from config.embedded_server import EmbeddedServer
from domain.plans import Stage
from flows.deployments import LIFECYCLE, WORK_POOL
from flows.prefect_api import PrefectApi
from flows.reconcile import reconcile
from tests.builders import TODAY
from tests.flows.prefect_office import Desk, Rest, eventually, process

StartWorker = Callable[[], subprocess.Popen[bytes]]
PLAN, IMPLEMENT, REPORT = Stage
ACCEPTED = "Completed"


def name(code: str) -> str:
    return f"{code} · Năm 2026"


def test_an_occurrence_shows_each_stage_it_waits_for_and_ends_completed(
    desk: Desk, rest: Rest, start_worker: StartWorker
) -> None:
    start_worker()
    desk.set_up("II.3")
    rest.wait_for(name("II.3"), "Chờ ban hành kế hoạch")
    desk.submit("II.3", PLAN)
    rest.wait_for(name("II.3"), "Chờ triển khai")
    desk.submit("II.3", IMPLEMENT)
    rest.wait_for(name("II.3"), "Chờ báo cáo kết quả")
    desk.submit("II.3", REPORT)
    rest.wait_for(name("II.3"), "Chờ nghiệm thu")
    desk.accept("II.3", *Stage)
    run = rest.wait_for(name("II.3"), "Completed")

    states = rest.history(name("II.3"))
    waits = [state for state in states if state.startswith("Chờ")]
    assert waits == ["Chờ ban hành kế hoạch", "Chờ triển khai", "Chờ báo cáo kết quả", "Chờ nghiệm thu"]
    assert set(states) - set(waits) <= {
        "Scheduled",
        "Late",  # a busy machine: nobody took it within 15 s
        "Pending",
        "Submitting",
        "Running",
        "Resuming",
        "Completed",
    }
    assert run["parameters"] == {"ward": desk.ward, "occurrence": desk.occurrence("II.3")}
    recorded = desk.ask("SELECT flow_run_id::text FROM cchc.flow_run")
    assert recorded == run["id"]


def test_a_returned_stage_is_waited_for_again_under_its_name(
    desk: Desk, rest: Rest, start_worker: StartWorker
) -> None:
    start_worker()
    desk.set_up("I.1")
    desk.submit("I.1", PLAN)
    rest.wait_for(name("I.1"), "Chờ triển khai")
    desk.send_back("I.1", PLAN)
    rest.wait_for(name("I.1"), "Chờ ban hành kế hoạch")
    desk.submit("I.1", PLAN)
    rest.wait_for(name("I.1"), "Chờ triển khai")


def test_a_cancelled_occurrence_ends_its_run_cancelled_however_it_learns_of_it(
    desk: Desk, rest: Rest, api: PrefectApi, start_worker: StartWorker
) -> None:
    desk.set_up("I.1", "I.2")
    rest.wait_for(name("I.1"), "Scheduled")
    cancel(desk, "I.1")
    start_worker()  # I.1 was never started; the worker's own reconciliation cancels it
    rest.wait_for(name("I.1"), "Cancelled")

    rest.wait_for(name("I.2"), "Chờ ban hành kế hoạch")
    cancel(desk, "I.2")
    runs = [run.id for run in api.live_runs(LIFECYCLE)]
    api.reschedule(runs, datetime.now(UTC))  # the flow itself finds out
    assert rest.wait_for(name("I.2"), "Cancelled")["state"]["message"] == "Kỳ thực hiện đã huỷ."


def cancel(desk: Desk, code: str) -> None:
    statement = "UPDATE cchc.occurrence SET state = 'cancelled', cancel_reason = 'Rút nhiệm vụ' WHERE id = %s"
    with desk.engine.begin() as connection:
        connection.exec_driver_sql(statement, (desk.occurrence(code),))


def test_no_wake_up_is_lost_when_stages_follow_each_other_at_once(
    desk: Desk, rest: Rest, start_worker: StartWorker
) -> None:
    codes = [f"III.{number}" for number in range(1, 5)]
    start_worker()
    desk.set_up(*codes)
    for stage in Stage:  # each as soon as the run waits, some while it is just about to wait
        for code in codes:
            desk.submit(code, stage)
        rest.wait_for(
            name(codes[0]),
            {PLAN: "Chờ triển khai", IMPLEMENT: "Chờ báo cáo kết quả"}.get(stage, "Chờ nghiệm thu"),
        )
    for code in codes:
        desk.accept(code, *Stage)
    for code in codes:
        rest.wait_for(name(code), "Completed")
    # A run may have ended before the last message to it was looked at: it was on the move already.
    unsent = "SELECT count(*) FROM cchc.outbox WHERE channel = 'engine' AND state <> 'sent'"
    eventually(lambda: desk.ask(unsent) == 0, "end of the messages to the engine")


def test_a_stage_handed_in_between_the_runs_last_look_and_its_suspension_wakes_it(
    desk: Desk, rest: Rest, server: EmbeddedServer, database_url: str, start_worker: StartWorker
) -> None:
    start_worker()
    desk.set_up("I.1")
    rest.wait_for(name("I.1"), "Chờ ban hành kế hoạch")
    with psycopg.connect(server.url("flows_prefect")) as prefect:
        with psycopg.connect(database_url) as ours:
            desk.submit("I.1", PLAN)
            ours.execute("LOCK TABLE cchc.occurrence IN EXCLUSIVE MODE")
            run = rest.wait_for(name("I.1"), "Running")
            prefect.execute("SELECT FROM flow_run WHERE id = %s FOR UPDATE", (run["id"],))
        # It goes on, sees that the implementation is awaited, and is held up while it suspends itself.
        eventually(lambda: held_up(server), "attempt to suspend")
        desk.submit("I.1", IMPLEMENT)
        tries = "SELECT max(attempts) FROM cchc.outbox WHERE channel = 'engine' AND stage = 'implement'"
        eventually(lambda: desk.ask(tries), "look of the relay at a run that is on the move")
    rest.wait_for(name("I.1"), "Chờ báo cáo kết quả")


def held_up(server: EmbeddedServer) -> int:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"
    with psycopg.connect(server.url("postgres")) as connection:
        row = connection.execute(waiting, ("flows_prefect",)).fetchone()
    assert row is not None
    return int(row[0])


def test_a_run_started_again_from_the_top_changes_nothing_in_our_database(
    desk: Desk, rest: Rest, api: PrefectApi, start_worker: StartWorker
) -> None:
    start_worker()
    desk.set_up("I.1")
    desk.submit("I.1", PLAN)
    before = rest.wait_for(name("I.1"), "Chờ triển khai")
    events = desk.ask("SELECT count(*) FROM cchc.audit_event")
    messages = desk.ask("SELECT count(*) FROM cchc.outbox")

    runs = [run.id for run in api.live_runs(LIFECYCLE)]
    api.reschedule(runs, datetime.now(UTC))
    eventually(lambda: rest.run(name("I.1"))["run_count"] > before["run_count"], "second start")
    rest.wait_for(name("I.1"), "Chờ triển khai")

    assert desk.ask("SELECT count(*) FROM cchc.audit_event") == events
    assert desk.ask("SELECT count(*) FROM cchc.outbox") == messages


def test_a_run_that_starts_before_its_day_waits_for_it_and_opens_nothing(
    desk: Desk, rest: Rest, api: PrefectApi, start_worker: StartWorker
) -> None:
    desk.set_up("I.1", opens_on=date(2126, 1, 5))
    reconcile(desk.engine, api, date(2126, 1, 1), datetime.now(UTC))
    runs = [run.id for run in api.live_runs(LIFECYCLE)]
    start_worker()
    api.reschedule(runs, datetime.now(UTC))

    rest.wait_for(name("I.1"), "Chờ đến kỳ")
    assert desk.ask("SELECT state FROM cchc.occurrence") == "planned"


def test_a_worker_killed_in_the_middle_loses_nothing(
    desk: Desk, rest: Rest, database_url: str, start_worker: StartWorker
) -> None:
    worker = start_worker()
    desk.set_up("I.1")
    rest.wait_for(name("I.1"), "Chờ ban hành kế hoạch")
    with psycopg.connect(database_url) as holds_everything_up:
        desk.submit("I.1", PLAN)
        holds_everything_up.execute("LOCK TABLE cchc.occurrence IN EXCLUSIVE MODE")
        rest.wait_for(name("I.1"), "Running")
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert rest.run(name("I.1"))["state_name"] == "Running"  # Prefect never hears of it

    start_worker()  # its reconciliation finds the run that died with its predecessor
    rest.wait_for(name("I.1"), "Chờ triển khai")


def test_a_worker_that_is_asked_to_stop_ends_well_within_its_grace(
    desk: Desk, rest: Rest, start_worker: StartWorker
) -> None:
    worker = start_worker()
    desk.set_up("I.1")
    rest.wait_for(name("I.1"), "Chờ ban hành kế hoạch")
    worker.send_signal(signal.SIGTERM)
    # It has four seconds of its own; what it might hang on (a heartbeat, an answer) takes 30 or more.
    assert worker.wait(timeout=25) == 0


def test_a_prefect_that_lost_everything_is_rebuilt_from_our_database(
    desk: Desk, rest: Rest, api: PrefectApi, start_worker: StartWorker
) -> None:
    start_worker()
    desk.set_up("I.1", "I.2")
    desk.submit("I.1", PLAN)
    rest.wait_for(name("I.1"), "Chờ triển khai")
    rest.wait_for(name("I.2"), "Chờ ban hành kế hoạch")
    rest.empty()
    assert rest.runs() == []

    report = reconcile(desk.engine, api, TODAY, datetime.now(UTC))

    assert report.mended["create"] == 2
    rest.wait_for(name("I.1"), "Chờ triển khai")  # the worker finds its pool again at its next heartbeat
    rest.wait_for(name("I.2"), "Chờ ban hành kế hoạch")
    assert reconcile(desk.engine, api, TODAY, datetime.now(UTC)).lines == []


def test_an_ordinary_process_worker_can_do_the_same_work(
    desk: Desk, rest: Rest, prefect_environment: dict[str, str], database_url: str
) -> None:
    settings = {**prefect_environment, "CCHC_DATABASE_URL": database_url}
    with process("prefect", "worker", "start", "--pool", WORK_POOL, environment=settings):
        desk.set_up("I.1")
        rest.wait_for(name("I.1"), "Chờ ban hành kế hoạch")
        desk.submit("I.1", PLAN)
        rest.wait_for(name("I.1"), "Chờ triển khai")
