"""The pages with 16 clients: the list of tasks against a bare page, then every page as every role."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from tests.bench import every_page
from tests.bench.every_page import Line, Office, town
from tests.bench.office import server
from tests.bench.serving import CLIENTS, Client, Measured, bare, client

SECONDS, ROUNDS = 1.5, 3
GOAL = 0.5
LIST = Line("/tasks", "dieuphoi")


def run() -> None:
    """Print the list's share of a bare page, then what each page takes; with one ward and with many."""
    lines = every_page.Lines()
    try:
        with server() as running, client() as asking:
            for wards in every_page.GOALS:
                with town(running, asking, wards) as office:
                    _compare(office, asking)
                    lines.walk(office)
    finally:  # what was measured until somebody stopped it is told, too
        lines.tell()


def _compare(office: Office, asking: Client) -> None:
    """Ask for the list and for a bare page of as many bytes in turns."""
    requests = [office.request(LIST, place) for place in office.places]
    body = asking.look(office.port, requests[0]).body
    with bare(body) as (port, pid):
        plain = ["GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: y\r\n\r\n"] * CLIENTS
        pairs = [
            (_asked(asking, office.port, office.pid, requests), _asked(asking, port, pid, plain))
            for _ in range(ROUNDS)
        ]
    ours, theirs = _middle([a for a, _ in pairs]), _middle([b for _, b in pairs])
    ratio = statistics.median(a.per_second / b.per_second for a, b in pairs)
    print(
        f"{office.wards} wards: the list {ours.per_second:.0f}/s, p95 {ours.p95_ms:.0f} ms; a bare page of as"
        f" many bytes {theirs.per_second:.0f}/s, p95 {theirs.p95_ms:.0f} ms; ratio {ratio:.2f} (goal {GOAL});"
        f" computing {ours.processor_ms:.2f} and {theirs.processor_ms:.2f} ms a page; asking took"
        f" {ours.client:.0%} of a core",
        flush=True,
    )


def _asked(asking: Client, port: int, pid: int, requests: Sequence[str]) -> Measured:
    return asking.measure(port, pid, requests, each=10**6, seconds=SECONDS)


def _middle(found: Sequence[Measured]) -> Measured:
    return sorted(found, key=lambda each: each.per_second)[len(found) // 2]
