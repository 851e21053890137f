"""What the suite itself promises: it fails by what was changed, and neither by luck nor by a busy machine."""

from __future__ import annotations

import socket

import pytest
from hypothesis import settings

from tests.ports import free_port
from tests.proofs import LONG
from tests.waiting import until


def test_the_suite_tries_the_same_examples_each_time_and_the_proofs_new_ones() -> None:
    assert settings.default is not None
    assert settings.default.derandomize is not LONG
    assert settings.default.deadline is None


def test_a_port_is_given_once_on_a_machine_and_can_be_opened() -> None:
    ports = [free_port() for _ in range(20)]

    assert len(set(ports)) == len(ports)
    for port in ports:
        socket.create_server(("127.0.0.1", port)).close()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sign, pytest.raises(OSError, match="in use"):
            sign.bind(("127.0.0.1", port))


def test_what_does_not_come_is_named() -> None:
    with pytest.raises(AssertionError, match="the ship"):
        until(lambda: False, "the ship", seconds=0.01)
