"""The webhook over a real wire: many events at once, each answered soon."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from threading import Thread

import uvicorn
from sqlalchemy import Engine

from services.people import Ward
from tests.builders import occurrence, plan_of, task
from tests.hooks import HOST, OA, Hooks, opened, signature, stamp
from tests.waiting import LONGEST_S, until
from tests.web.conftest import Browse

ANSWERED_WITHIN_S = 2.0  # later than that, Zalo sends it again
AT_ONCE = 12


@contextmanager
def served(hooks: Hooks) -> Iterator[int]:
    """Serve the application on a real port."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        server = uvicorn.Server(uvicorn.Config(hooks.browser.client.app, log_level="error"))
        thread = Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        until(lambda: server.started, "the start of the pages")
        yield int(listener.getsockname()[1])
        server.should_exit = True
        thread.join(LONGEST_S)


def test_many_events_at_once_some_of_them_twice_are_answered_soon_and_count_once(
    started: Callable[..., Ward], browse: Browse, engine: Engine
) -> None:
    hooks = opened(browse, engine, started(plan_of(task("II.2", occurrences=[occurrence()]))))
    at = stamp(hooks.browser.now)
    bodies = [hooks.event("follow", oa_id=OA, follower={"id": str(number // 2)}) for number in range(120)]

    with served(hooks) as port, ThreadPoolExecutor(AT_ONCE) as pool:

        def post(raw: bytes) -> int:
            connection = HTTPConnection("127.0.0.1", port, timeout=LONGEST_S)
            connection.request(
                "POST", "/open/zalo/webhook", raw, {**HOST, "X-ZEvent-Signature": signature(raw, at)}
            )
            status = connection.getresponse().status
            connection.close()
            return status

        begun = time.process_time()
        answers = list(pool.map(post, bodies))
        each = (time.process_time() - begun) / len(bodies)

    assert set(answers) == {200}
    assert each * AT_ONCE < ANSWERED_WITHIN_S  # work, not time: other programs may be busy meanwhile
    assert hooks.every("SELECT count(*), count(handled_at) FROM cchc.webhook_event") == [(60, 60)]
    assert hooks.every("SELECT count(*) FROM cchc.zalo_follower") == [(60,)]
