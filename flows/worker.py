"""The worker's process: `python -m flows.worker`. It waits for Prefect, mends what is amiss, then works."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from domain.errors import SystemFault
from flows.deployments import TIMEZONE
from flows.prefect_api import PrefectApi
from flows.reconcile import reconcile
from flows.ward_database import ward_database

MEND_EVERY = timedelta(minutes=10)  # a run that lost its process is started again after about as long
LEAVE_WITHIN_S = 4.0
READY_FILE = "CCHC_READY_FILE"  # touched once work is polled for

log = logging.getLogger("cchc.worker")


def main() -> int:
    """Work until SIGTERM or SIGINT; return the process's exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    name = f"cchc-{socket.gethostname()}"
    with PrefectApi.from_environment() as api:
        while not (stop.is_set() or (api.healthy() and _mended(api, own_worker=name))):
            stop.wait(0.5)
        if stop.is_set():
            return 0
        return _work(name, api, stop)


def _work(name: str, api: PrefectApi, stop: threading.Event) -> int:
    # Prefect's engine takes SIGTERM over wherever it may, and would raise in the middle of other runs;
    # in a thread it may not, and this thread hears the signals.
    failures: list[BaseException] = []

    def work() -> None:
        try:
            asyncio.run(_serve(name, api, stop))
        except BaseException as failure:  # told to the main thread, which ends the process
            failures.append(failure)
            raise
        finally:
            stop.set()

    worker = threading.Thread(target=work, name="worker", daemon=True)
    worker.start()
    stop.wait()
    worker.join(LEAVE_WITHIN_S)
    return 1 if failures else 0


async def _serve(name: str, api: PrefectApi, stop: threading.Event) -> None:
    # Imported here: it takes two seconds and 100 MB, while the server may still be starting.
    from flows.in_process_worker import InProcessWorker

    leave = asyncio.Event()
    loop = asyncio.get_running_loop()
    threading.Thread(target=_pass_on, args=(stop, loop, leave), daemon=True).start()
    mending = asyncio.create_task(_mend_for_ever(api))
    await InProcessWorker(name).serve(leave, _say_ready)
    mending.cancel()


def _pass_on(stop: threading.Event, loop: asyncio.AbstractEventLoop, leave: asyncio.Event) -> None:
    stop.wait()
    if not loop.is_closed():
        loop.call_soon_threadsafe(leave.set)


async def _mend_for_ever(api: PrefectApi) -> None:
    while True:
        await asyncio.sleep(MEND_EVERY.total_seconds())
        await asyncio.to_thread(_mended, api)


def _mended(api: PrefectApi, own_worker: str | None = None) -> bool:
    now = datetime.now(UTC)
    try:
        today = now.astimezone(TIMEZONE).date()
        report = reconcile(ward_database(), api, today, now, own_worker=own_worker)
    except SystemFault as fault:
        log.warning("not reconciled: %s", fault)
        return False
    for line in report.lines:
        log.info("%s", line)
    return True


def _say_ready() -> None:
    log.info("at work")
    if path := os.environ.get(READY_FILE):
        Path(path).touch()


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # a flow that hangs in its thread must not keep the process
