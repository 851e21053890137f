"""What takes long is said where someone watches, and nowhere else."""

from __future__ import annotations

import io

import pytest

from cli.progress import progress


class Terminal(io.StringIO):
    """A stderr that someone watches."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_is_told_what_goes_on_in_one_line_that_is_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    say = progress()

    assert say is not None
    for text in ("Đang đọc tệp PDF…", ""):
        say(text)
    assert terminal.getvalue() == "\r\x1b[KĐang đọc tệp PDF…\r\x1b[K"


def test_a_file_or_a_pipe_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", io.StringIO())

    assert progress() is None
