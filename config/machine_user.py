"""Which account of the machine types a command: commands believe the name that is given with `--by`."""

from __future__ import annotations

import os
from pathlib import Path

_LOGIN = Path("/proc/self/loginuid")
_NOBODY = 2**32 - 1  # what Linux says of a process that nobody's log-in began


def typed_by(login: Path = _LOGIN) -> str:
    """Return `command:` and the number of the account that logged in, or else that runs the program.

    Who became somebody else by `su` or `sudo` is still who logged in. A number, not a name: the history holds
    no personal data.
    """
    try:
        number = int(login.read_text(encoding="ascii"))
    except (OSError, ValueError):
        number = _NOBODY
    if number == _NOBODY:
        number = os.getuid() if hasattr(os, "getuid") else _NOBODY
    return f"command:{number}"
