"""`/metrics`: the numbers of one ward and of this program, as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.responses import PlainTextResponse, Response

from domain.machine_tokens import Scope
from domain.people import Role
from services.metrics import Numbers, numbers
from services.people import Ward
from web.api.gate import BY_STRANGER, known_machine
from web.limits import network
from web.measured import Measures
from web.page import Web
from web.visits import session_of

router = APIRouter()


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Answer whoever has a token with the scope `metrics`, and administrators; of their own ward alone."""
    web: Web = request.app.state.web
    ward = _ward(request, web)
    if ward is None:
        return _stranger(request, web)
    now = web.clock()
    with web.look() as connection:
        today = now.astimezone(web.settings.timezone).date()
        found = numbers(connection, ward, web.settings.data, today=today, now=now)
    own = CollectorRegistry(auto_describe=False)
    own.register(_OfWard(ward.code, found))
    measures: Measures = request.app.state.measures
    text = generate_latest(own) + measures.told()
    return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _ward(request: Request, web: Web) -> Ward | None:
    """Return whose numbers may be told; None for nobody's."""
    if "authorization" in request.headers:
        machine = known_machine(web, request.headers)
        return machine.ward if machine is not None and Scope.METRICS in machine.scopes else None
    visitor = session_of(request)
    if visitor is None or not visitor.whole or visitor.must_change or visitor.person.role is not Role.ADMIN:
        return None
    return visitor.ward


def _stranger(request: Request, web: Web) -> Response:
    who = network(request.client.host if request.client else "")
    wait = web.limiter.wait("api stranger", who, BY_STRANGER)
    if wait:
        text = f"Có quá nhiều yêu cầu. Đề nghị thử lại sau {wait} giây."
        return PlainTextResponse(text, 429, {"retry-after": str(wait)})
    text = "Cần mã truy cập có quyền “metrics”, hoặc đăng nhập với vai trò quản trị."
    return PlainTextResponse(text, 401, {"www-authenticate": 'Bearer realm="cchc"'})


class _OfWard(Collector):
    """The numbers of one ward, as they were counted for this answer."""

    def __init__(self, ward: str, found: Numbers) -> None:
        self.ward, self.found = ward, found

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each number."""
        found = self.found
        yield self._by("cchc_stages", "Stages at hand.", ("state", "late"), _stages(found))
        yield self._by("cchc_outbox_messages", "Messages by channel.", ("channel", "state"), found.outbox)
        parts = {(name,): int(runs) for name, runs in found.parts.items()}
        yield self._by("cchc_part_up", "1 while a part of the program runs.", ("part",), parts)
        held = {(name,): int(is_held) for name, is_held in found.held.items()}
        yield self._by("cchc_channel_held", "1 while a channel waits for a person.", ("channel",), held)
        for name, what, value in (
            ("cchc_oldest_message_seconds", "Age of the oldest message.", found.oldest_message_s or 0),
            ("cchc_morning_run_seconds", "How long ago the morning run ended.", found.morning_s),
            ("cchc_log_events", "Events in the ward's log.", found.log_size),
            ("cchc_checkpoint_seconds", "How long ago the log was signed.", found.checkpoint_s),
            ("cchc_verified_seconds", "How long ago the log was verified from its page.", found.verified_s),
            ("cchc_verified_clean", "1 where that found nothing.", found.verified_clean),
            ("cchc_backup_seconds", "How long ago everything was backed up.", found.backup_s),
            ("cchc_open_findings", "Doubts of the active plans that wait for a person.", found.open_findings),
        ):
            if value is not None:
                yield self._by(name, what, (), {(): value})

    def _by(
        self, name: str, what: str, labels: tuple[str, ...], values: Mapping[Any, float]
    ) -> GaugeMetricFamily:
        """Return a family of numbers under the ward and these labels; a key of `values` is their values."""
        family = GaugeMetricFamily(name, what, labels=("ward", *labels))
        for key, value in values.items():
            family.add_metric((self.ward, *key), value)
        return family


def _stages(found: Numbers) -> dict[tuple[str, ...], int]:
    return {(state, "yes" if late else "no"): count for (state, late), count in found.stages.items()}
