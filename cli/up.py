"""`cchc up`: everything on one machine, until Ctrl-C."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from cli.apart import Tell, apart
from cli.child import Program
from cli.programs import Place, listen, prefect_port, programs, web_address
from cli.supervisor import StopSignal, Supervisor, say
from config.embedded_server import EmbeddedServer
from config.faults import reported
from config.hosts import is_loopback
from config.settings import Settings, load_settings, masked
from config.shared_server import using
from domain.errors import SystemFault


class FirstRun(Protocol):
    """What the very first start has to say to people."""

    @property
    def lines(self) -> Sequence[str]:
        """The first log-in, and what was imported."""


Prepare = Callable[[Settings, str], FirstRun | None]
MakePrograms = Callable[[Place], dict[str, Program]]


class AlreadyRunning(SystemFault):
    """One data folder belongs to one `cchc up` at a time."""

    def __init__(self, holder: dict[str, Any]) -> None:
        pid, address = holder.get("pid", "?"), holder.get("address", "?")
        super().__init__(
            f"already running as {pid}",
            f"Chương trình đang chạy rồi, ở {address} (tiến trình {pid}). "
            "Hãy dùng trang đó, hoặc dừng nó trước khi chạy lại.",
        )


UNPROTECTED = (
    "CẢNH BÁO: trang web mở ra ngoài máy này mà không mã hoá: mật khẩu đi qua mạng đọc được. Hãy đặt một máy "
    "chủ trung gian có TLS (Caddy, nginx: xem tài liệu vận hành) và CCHC_BASE_URL=https://…"
)


def up(host: str | None = None, port: int | None = None) -> int:
    """Run everything until Ctrl-C; return the exit code.

    Raises:
        SystemFault: another `up` runs, a port is taken, or the database does not start.
    """
    settings = load_settings()
    settings = settings.model_copy(update={"host": host or settings.host, "port": port or settings.port})
    if not is_loopback(settings.host) and not (settings.base_url or "").startswith("https://"):
        say(UNPROTECTED)
    return run(settings, _prepare, programs)


def run(settings: Settings, prepare: Prepare, make: MakePrograms) -> int:
    """Run the programs that `make` gives, once `prepare` has made the database ready."""
    data = settings.data.resolve()
    host, port = settings.host, settings.port
    with StopSignal() as stop, _only_one(data, web_address(host, port)), listen(host, port) as web_socket:
        free = prefect_port(settings)
        with _database(settings) as (server, url):
            supervisor = Supervisor(data, server, masked(url), stop)
            try:
                place = Place(data, host, port, web_socket.fileno(), free, url)
                if _bring_up(supervisor, settings, place, prepare, make):
                    supervisor.run()
            finally:
                if stop.asked:
                    say("Đang dừng…")
                supervisor.stop()
        supervisor.stopped()
    say("Đã dừng, không mất gì.")
    return 0


@contextlib.contextmanager
def _database(settings: Settings) -> Iterator[tuple[EmbeddedServer | None, str]]:
    """Give the server to look after, if it is ours, and the URL of our database."""
    if settings.database_url:
        yield None, settings.database_url.get_secret_value()
        return
    with using(settings.data) as server:
        yield server, server.url()


def _bring_up(
    supervisor: Supervisor, settings: Settings, place: Place, prepare: Prepare, make: MakePrograms
) -> bool:
    """Start each part as soon as it can start; False if someone says stop meanwhile."""
    log = place.data / "logs" / "prepare.log"
    work = functools.partial(_make_ready, settings, place.database_url, prepare)
    for told in apart(work, supervisor.stop_signal, log):
        if "prefect" in told:
            # Prefect takes longest and needs nothing of ours.
            place = replace(place, prefect_database=told["prefect"])
            supervisor.launch(make(place)["prefect"])
        for line in told.get("lines", ()):
            say(line)
    if supervisor.stop_signal.asked:
        return False
    parts = make(place)
    supervisor.launch(parts["web"])
    if not supervisor.run(until=lambda: supervisor.is_running("web")):
        return False
    say(f"Trang web: {place.web_url}")
    say("Prefect đang khởi động…")
    for name in ("worker", "dispatcher"):
        supervisor.launch(parts[name])
    if not supervisor.run(until=lambda: supervisor.is_running(*parts)):
        return False
    say("Sẵn sàng. Dừng bằng Ctrl-C.")
    return True


def _make_ready(settings: Settings, url: str, prepare: Prepare, tell: Tell) -> None:
    """Make the databases, then what stands in ours; runs in a process of its own."""
    from models.databases import ensure_databases

    owner = settings.owner_database_url.get_secret_value() if settings.owner_database_url else None
    beside = None if settings.database_url else "prefect"
    made = ensure_databases(url, owner, beside)
    tell({"prefect": {"url": made.url, "environment": made.environment}})
    first = prepare(settings, url)
    tell({"lines": list(first.lines) if first else []})


def _prepare(settings: Settings, database_url: str) -> FirstRun | None:
    from services.setup import prepare

    return prepare(settings, database_url, datetime.now(UTC))


@contextlib.contextmanager
def _only_one(data: Path, address: str) -> Iterator[None]:
    """Hold the data folder; the system lets go of it when this process dies, however it dies.

    Raises:
        AlreadyRunning: another one holds it.
    """
    with reported("Không mở được thư mục dữ liệu"):
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "up.lock").open("a+", encoding="utf-8")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            with contextlib.suppress(ValueError):
                raise AlreadyRunning(json.load(lock)) from None
            raise AlreadyRunning({}) from None
        lock.truncate(0)
        lock.write(json.dumps({"pid": os.getpid(), "address": address}))
        lock.flush()
        yield
        lock.truncate(0)
