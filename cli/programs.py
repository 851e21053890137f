"""The four programs that `cchc up` runs beside the database, and what each is told."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cli.child import Program
from config.faults import reported
from config.settings import Settings
from domain.errors import SystemFault

PREFECT_PORT = 4200
# Whatever else of Prefect's the caller's shell has set belongs to another Prefect.
PREFECT_KEPT = (
    "PREFECT_API_AUTH_STRING",
    "PREFECT_SERVER_API_AUTH_STRING",
    "PREFECT_LOGGING_LEVEL",
    "PREFECT_WORKER_QUERY_SECONDS",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything is: what the programs need to find each other."""

    data: Path
    host: str
    port: int
    web_socket: int
    prefect_port: int
    database_url: str
    prefect_database: Mapping[str, object] = field(default_factory=dict)

    @property
    def prefect_url(self) -> str:
        """Return Prefect's API."""
        return f"http://127.0.0.1:{self.prefect_port}/api"

    @property
    def web_url(self) -> str:
        """Return the address of the pages."""
        return web_address(self.host, self.port)


def web_address(host: str, port: int) -> str:
    """Return the pages' address as a browser on this machine takes it."""
    shown = _reached(host)
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def programs(place: Place) -> dict[str, Program]:
    """Return every program by its part's name."""
    environment = _environment(place)
    run = place.data / "run"
    return {
        "prefect": Program(
            "prefect",
            _python("cli.serve", "cli.prefect_server:create_app", "127.0.0.1", str(place.prefect_port)),
            environment | _prefect_server(place),
            url=place.prefect_url,
            health=("127.0.0.1", place.prefect_port, "/api/health"),
        ),
        "web": Program(
            "web",
            _python("cli.serve", "web.app:app", place.host, str(place.port), str(place.web_socket)),
            environment,
            url=place.web_url,
            health=(_reached(place.host), place.port, "/healthz"),
            pass_fds=(place.web_socket,),
        ),
        "worker": Program(
            "worker",
            _python("flows.worker"),
            environment | {"CCHC_READY_FILE": str(run / "worker.ready")},
            ready_file=run / "worker.ready",
        ),
        "dispatcher": Program("dispatcher", _python("cli.dispatcher"), environment),
    }


def listen(host: str, port: int) -> socket.socket:
    """Take the web port before anything else is started.

    Raises:
        SystemFault: another program has it, or this machine has no such address.
    """
    where = f"Không mở được trang web ở {host}, cổng {port}"
    if not 0 < port < 65536:
        raise SystemFault(f"no such port: {port}", f"{where} (cổng là số từ 1 đến 65535).")
    with reported(f"{where}; hãy chọn địa chỉ khác bằng --host, --port"):
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(512)
        except OSError:
            listener.close()
            raise
        return listener


def prefect_port(settings: Settings) -> int:
    """Return the port for Prefect: the one that was asked for, else 4200, else any that is free.

    Raises:
        SystemFault: the one that was asked for is taken.
    """
    if settings.prefect_port is not None:
        if not _is_free(settings.prefect_port):
            raise SystemFault(
                f"port {settings.prefect_port} is taken",
                f"Cổng {settings.prefect_port} (CCHC_PREFECT_PORT) đang được chương trình khác dùng.",
            )
        return settings.prefect_port
    if settings.port != PREFECT_PORT and _is_free(PREFECT_PORT):
        return PREFECT_PORT
    with socket.socket() as any_free:
        any_free.bind(("127.0.0.1", 0))
        port: int = any_free.getsockname()[1]
        return port


def _environment(place: Place) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PREFECT_") or name in PREFECT_KEPT
    }
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # Prefect would start half as fast
    kept.pop("CCHC_OWNER_DATABASE_URL", None)  # only migrations own anything
    return kept | {
        "CCHC_DATA": str(place.data),
        "CCHC_DATABASE_URL": place.database_url,
        "CCHC_HOST": place.host,
        "CCHC_PORT": str(place.port),
        "PREFECT_API_URL": place.prefect_url,
        "PREFECT_HOME": str(place.data / "prefect"),
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_COLORS": "false",
        "DO_NOT_TRACK": "1",
        "NO_COLOR": "1",
        "PYTHONUNBUFFERED": "1",
        "MALLOC_ARENA_MAX": "2",  # threads would each keep memory that they gave back: 20 MB in the worker
    }


def _prefect_server(place: Place) -> dict[str, str]:
    more = place.prefect_database.get("environment")
    return {
        **(more if isinstance(more, dict) else {}),
        "PREFECT_API_DATABASE_CONNECTION_URL": str(place.prefect_database.get("url")),
        "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_RUNS": "1",
        "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        # By default every page on the internet that a browser here has open might call it.
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": f"http://127.0.0.1:{place.prefect_port}",
        "PREFECT__SERVER_FINAL": "1",
    }


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    # -P: a folder in the caller's place must not hide a package of ours.
    return (sys.executable, "-P", "-m", module, *arguments)


def _reached(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- compared, not bound


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
