"""How long `cchc plan read-time` takes as a whole process, against `python -c pass` in pairs."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

PAIRS = 15
CCHC = Path(sys.executable).with_name("cchc")


def run() -> None:
    """Print the medians and the median ratio of the pairs."""
    ours = [str(CCHC), "plan", "read-time", "--json", "--year", "2026", "Trước ngày 15/01/2026"]
    bare = [sys.executable, "-c", "pass"]
    for command in (ours, bare):
        seconds(command)
    pairs = [(seconds(ours), seconds(bare)) for _ in range(PAIRS)]
    print(
        f"cchc plan read-time {statistics.median(a for a, _ in pairs) * 1000:.0f} ms, "
        f"python -c pass {statistics.median(b for _, b in pairs) * 1000:.0f} ms, "
        f"ratio {statistics.median(a / b for a, b in pairs):.1f} (goal ≤ 8)"
    )


def seconds(command: list[str]) -> float:
    """Run a command and return its wall time."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start
