"""What `/proc` tells about a process; readable for every user, also inside a container."""

from __future__ import annotations

from pathlib import Path

PROC = Path("/proc")


def started_at(pid: int) -> str | None:
    """Return when process `pid` began, in the kernel's own count; None if there is no such process.

    Together with the pid it names one process for as long as the machine is up:
    a pid that another process got later has another beginning. A process that has
    died and still waits for its parent counts as gone.
    """
    try:
        # The command's name, in parentheses, may itself hold spaces and parentheses.
        fields = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    state, beginning = fields[0], fields[19]
    return None if state in "ZX" else beginning


def command_line(pid: int) -> list[str]:
    """Return the arguments that process `pid` shows, the program first; empty if there is none."""
    try:
        raw = (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return []
    return [part.decode(errors="replace") for part in raw.rstrip(b"\0").split(b"\0") if raw]


def pids() -> list[int]:
    """Return every process that can be seen now."""
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal()]
