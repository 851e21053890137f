"""Refusals, each named after the fact that causes it.

`str()` is English for the log; `notice` is Vietnamese for people.
"""

from __future__ import annotations


class WardError(Exception):
    """Something that a rule refuses; the message says which rule and what to do."""

    def __init__(self, english: str, notice: str) -> None:
        super().__init__(english)
        self.notice = notice


class NotADecision(WardError):
    """The file holds no decision that can be read."""

    def __init__(self, why: str, notice: str) -> None:
        super().__init__(f"not a decision: {why}", notice)


class SystemFault(WardError):
    """Something outside the rules is broken: database, file, disk, port. The CLI exits with 3.

    Its notice is for whoever looks after the machine: it may name files, settings and commands.
    """


class PlainFault(SystemFault):
    """A fault whose notice names nothing of the machine, so that it may be shown to anybody."""
