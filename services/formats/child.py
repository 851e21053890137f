"""The child process that lays one document out: limits first, then the library, then one answer.

Started by `services.formats.apart` as `python -m services.formats.child LAYOUT LIMITS`, in a folder with the
document as `in`; the answers are lines of JSON in `out`.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

from domain.errors import SystemFault, WardError
from domain.reading.layout import Sheet
from services.formats.wire import dumped, dumps

# What a document has no business with; the kernel's limits don't know these, and root passes RLIMIT_NPROC.
_FORBIDDEN = (
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "socket.",
    "pty.",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def main() -> int:
    """Lay the document out and answer; what can't be foreseen goes to stderr, and the answer stays away."""
    layout, limits = sys.argv[1], json.loads(sys.argv[2])
    confine(limits)
    data = Path("in").read_bytes()
    with Path("out").open("w", encoding="utf-8") as out:
        if not limits["programs"]:
            sys.addaudithook(_refuse)
        _tell(out, _answer(layout, data))
    return 0


def confine(limits: dict[str, Any]) -> None:
    """Let the kernel hold this process to its limits; where it can't, the parent's clock is what is left."""
    try:
        import resource
    except ImportError:  # not on Windows
        return

    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: limits["cpu_seconds"],
        resource.RLIMIT_AS: limits["memory"],
        resource.RLIMIT_FSIZE: limits["output"],
    }
    if not limits["programs"]:
        wanted[resource.RLIMIT_NPROC] = 0
    for kind, most in wanted.items():
        _, hard = resource.getrlimit(kind)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN) or (event == "open" and _writes(arguments)):
        raise PermissionError(f"a document asked for {event}")


def _writes(arguments: tuple[Any, ...]) -> bool:
    flags = arguments[2]
    return isinstance(flags, int) and bool(flags & _WRITING)


def _answer(layout: str, data: bytes) -> dict[str, Any]:
    try:
        module = import_module(layout)
        lay_out: Callable[[bytes], Sheet] = module.lay_out
        return {"sheet": dumped(lay_out(data))}
    except WardError as refusal:
        fault = isinstance(refusal, SystemFault)
        return {"refusal": [type(refusal).__name__, str(refusal), refusal.notice, fault]}
    except (MemoryError, RecursionError) as problem:
        return {"exhausted": type(problem).__name__}
    except ModuleNotFoundError as problem:
        return {"missing": str(problem.name)}


def _tell(out: TextIO, message: dict[str, Any]) -> None:
    out.write(dumps(message) + "\n")
    out.flush()


if __name__ == "__main__":
    sys.exit(main())
