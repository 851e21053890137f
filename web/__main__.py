"""Serve the pages alone: `python -m web [--host H] [--port P]`."""

from __future__ import annotations

import argparse
import sys

from config.settings import load_settings
from web.guard import is_loopback


def main(words: list[str] | None = None) -> int:
    """Serve until a signal says stop; 1 where the address is not this machine's own."""
    settings = load_settings()
    parser = argparse.ArgumentParser(prog="python -m web", description="Trang web theo dõi kế hoạch.")
    parser.add_argument("--host", default=settings.host, help="địa chỉ trên máy này")
    parser.add_argument("--port", type=int, default=settings.port, help="cổng")
    arguments = parser.parse_args(words)
    if not is_loopback(arguments.host):
        print(
            f"Không mở trang web ở “{arguments.host}”: khi chưa có đăng nhập, ai tới được địa chỉ này "
            "cũng xem được mọi thứ. Hãy dùng 127.0.0.1.",
            file=sys.stderr,
        )
        return 1
    import uvicorn

    from web.app import create_app

    uvicorn.run(
        create_app(settings.model_copy(update={"host": arguments.host, "port": arguments.port})),
        host=arguments.host,
        port=arguments.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
