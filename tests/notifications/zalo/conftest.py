"""A fake Zalo at the far end of the wire, and channels that reach it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from notifications.channels import Channel
from notifications.zalo.channel import open_zalo
from tests.waiting import LONGEST_S
from tests.zalo_server import ZaloServer
from tests.zalo_tokens import Tokens

Open = Callable[..., Channel]


@pytest.fixture
def zalo() -> Iterator[ZaloServer]:
    with ZaloServer() as server:
        yield server


@pytest.fixture
def tokens(zalo: ZaloServer) -> Tokens:
    return Tokens(zalo)


@pytest.fixture
def channel(zalo: ZaloServer, tokens: Tokens) -> Open:
    """Open a channel to the fake Zalo, with its clock; whoever expects an answer has patience."""

    def start(name: str, *, source: Any = None, timeout: float = LONGEST_S, **places: Any) -> Channel:
        return open_zalo(
            name, zalo.places(**places), source or tokens, clock=lambda: zalo.clock(), timeout=timeout
        )

    return start
