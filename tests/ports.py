"""Ports for programs that open them themselves, later than they are chosen."""

from __future__ import annotations

import random
import socket

# The system gives ports from 32768 up to whoever asks for any, or connects to somewhere.
FIRST, LAST = 20_000, 32_000
_held: list[socket.socket] = []


def free_port() -> int:
    """Return a port of this machine that is nobody's and stays so until this process ends.

    Nothing gets it by chance, and whoever calls this elsewhere gets another: the port of the same number
    for UDP, which no program of ours opens, is held as a sign.
    """
    while True:
        number = random.randrange(FIRST, LAST)
        sign = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sign.bind(("127.0.0.1", number))
            socket.create_server(("127.0.0.1", number)).close()
        except OSError:
            sign.close()
            continue
        _held.append(sign)
        return number
