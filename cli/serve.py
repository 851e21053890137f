"""Serve an ASGI application as one process: `python -m cli.serve FACTORY-OR-APP HOST PORT [FD]`.

With FD it takes a socket that listens already, so that a restart refuses no visitor.
"""

from __future__ import annotations

import gc
import socket
import sys

import uvicorn


def main(target: str, host: str, port: str, descriptor: str | None = None) -> None:
    """Serve until a signal says stop."""
    config = uvicorn.Config(
        target,
        factory=target.endswith(":create_app"),
        host=host,
        port=int(port),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    config.load()
    gc.freeze()  # looked through in full now and then, what stays for good held all visitors up for 0.2 s
    sockets = [socket.socket(fileno=int(descriptor))] if descriptor else None
    uvicorn.Server(config).run(sockets=sockets)


if __name__ == "__main__":
    main(*sys.argv[1:])
