"""Sixteen visitors in one small process of its own: it takes orders as lines of JSON and answers so.

Run as a script, so it loads the standard library alone and its garbage is its own.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field

CHUNK = 262144
LAST_PIECE = b"\r\n0\r\n\r\n"


@dataclass
class Visitor:
    """One connection that asks the same thing again as soon as it was answered."""

    request: bytes
    connection: socket.socket
    left: int
    asked_at: float = 0.0
    missing: int = -1  # bytes; -1 until the head is there
    in_pieces: bool = False  # a file that is made while it is sent
    data: bytearray = field(default_factory=bytearray)
    latencies: list[float] = field(default_factory=list)

    def ask(self) -> None:
        """Send the request."""
        self.data.clear()
        self.missing = -1
        self.asked_at = time.perf_counter()
        self.connection.sendall(self.request)

    def hear(self) -> bool:
        """Take what has come; tell whether the answer is whole."""
        part = self.connection.recv(CHUNK)
        if not part:
            raise RuntimeError("the server hung up")
        if self.missing < 0:
            self.data += part
            head = self.data.find(b"\r\n\r\n")
            if head < 0:
                return False
            stated = bytes(self.data[:head]).lower().partition(b"content-length: ")[2]
            self.in_pieces = not stated
            self.missing = head + 4 + int(stated.partition(b"\r\n")[0] or 0) - len(self.data)
        else:
            self.missing -= len(part)
        if self.in_pieces:
            self.data[:] = (self.data + part)[-len(LAST_PIECE) :]
            return self.data.endswith(LAST_PIECE)
        return self.missing <= 0


def fetch(port: int, request: bytes) -> tuple[int, str]:
    """Return the status of one answer, and its body byte by letter."""
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(request.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
        data = b""
        while part := connection.recv(CHUNK):
            data += part
    head, _, body = data.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), body.decode("latin-1")


def measure(port: int, requests: list[bytes], each: int, seconds: float) -> list[float]:
    """Ask with all visitors at once, each so often or until the time is over; return how long each took."""
    visitors = []
    choose = selectors.DefaultSelector()
    for request in requests:
        connection = socket.create_connection(("127.0.0.1", port), 30)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        visitors.append(Visitor(request, connection, each))
        choose.register(connection, selectors.EVENT_READ, visitors[-1])
    try:
        end = time.perf_counter() + seconds
        for visitor in visitors:
            visitor.ask()
        busy = len(visitors)
        while busy:
            ready = choose.select(30)
            if not ready:
                raise RuntimeError("the server does not answer")
            for key, _ in ready:
                busy -= _answered(key.data, end)
    finally:
        choose.close()
        for visitor in visitors:
            visitor.connection.close()
    return [each for visitor in visitors for each in visitor.latencies]


def _answered(visitor: Visitor, end: float) -> bool:
    """Take what has come and ask again; tell whether this visitor is done."""
    if not visitor.hear():
        return False
    now = time.perf_counter()
    visitor.latencies.append(now - visitor.asked_at)
    visitor.left -= 1
    if visitor.left <= 0 or now > end:
        return True
    visitor.ask()
    return False


def main() -> None:
    """Do what each line asks for."""
    for line in sys.stdin:
        order = json.loads(line)
        requests = [each.encode() for each in order["requests"]]
        status, body = fetch(order["port"], requests[0])
        told: dict[str, object] = {"status": status, "body": body}
        if order["each"]:
            begin, used = time.perf_counter(), time.process_time()
            told["latencies"] = measure(order["port"], requests, order["each"], order["seconds"])
            told["elapsed"], told["used"] = time.perf_counter() - begin, time.process_time() - used
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
