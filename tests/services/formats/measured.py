"""Read one file in a fresh process and print what came of it and what it cost: `python -m … FILE SECONDS`."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

from domain.errors import WardError
from services.formats import front
from services.reading import read_file

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Outcome:
    """What came of reading a file; memory in MB, that of the process and of its largest child."""

    tasks: int | None
    refusal: str
    notice: str
    seconds: float
    cpu: float
    memory: float
    child_memory: float


def outcome_of(path: Path, cpu_seconds: int) -> Outcome:
    """Read the file in a process of its own, since a process knows only the peak of all its children."""
    command = [sys.executable, "-m", __name__, str(path), str(cpu_seconds)]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=400)
    return Outcome(**json.loads(said.stdout))


def main() -> None:
    """Read the file that the command names."""
    front.LAYING_OUT = replace(front.LAYING_OUT, cpu_seconds=int(sys.argv[2]))
    start = time.perf_counter()
    found: dict[str, object] = {"tasks": None, "refusal": "", "notice": ""}
    try:
        found["tasks"] = len(read_file(Path(sys.argv[1])).tasks)
    except WardError as refusal:
        found |= {"refusal": type(refusal).__name__, "notice": refusal.notice}
    found["seconds"] = time.perf_counter() - start
    own, child = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    found["cpu"] = own.ru_utime + own.ru_stime + child.ru_utime + child.ru_stime
    found |= {"memory": _peak(), "child_memory": child.ru_maxrss / 1024}
    print(json.dumps(found))


def _peak() -> float:
    """Return the peak of this program alone; `ru_maxrss` also knows the process that started it."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    main()
