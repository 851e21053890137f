"""How long requests take, by the route that answered; never by what was asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from time import monotonic, perf_counter

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
FRESH = 1.0  # seconds: there is a line for each route, status and bucket
OTHER = "other"  # static files, and addresses that nothing is at


@dataclass
class Measures:
    """What one running application counts about itself."""

    registry: CollectorRegistry = field(default_factory=lambda: CollectorRegistry(auto_describe=False))
    requests: Histogram = field(init=False)
    _told: tuple[float, bytes] = (-inf, b"")

    def __post_init__(self) -> None:
        ProcessCollector(registry=self.registry)
        self.requests = Histogram(
            "cchc_request_seconds",
            "How long requests took, until their answer was sent.",
            ("method", "route", "status"),
            buckets=BUCKETS,
            registry=self.registry,
        )

    def told(self) -> bytes:
        """Return the counts as Prometheus reads them, a second old at most."""
        at, text = self._told
        if monotonic() - at > FRESH:
            text = generate_latest(self.registry)
            self._told = monotonic(), text
        return text


@dataclass
class Measured:
    """Counts each request under its route's template, so that no name or number gets into a label."""

    app: ASGIApp
    measures: Measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and keep how long it took."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            labels = (_method(scope), route_of(scope), f"{status // 100}xx")
            self.measures.requests.labels(*labels).observe(perf_counter() - begun)


def route_of(scope: Scope) -> str:
    """Return the route that answers, as it is written in the program: addresses hold tokens and names."""
    path = getattr(scope.get("route"), "path", None)
    return OTHER if path is None else scope.get("root_path", "") + path


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in {"GET", "HEAD", "POST"} else OTHER
