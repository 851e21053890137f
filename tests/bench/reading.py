"""Reading: the real decision in each format as a whole process, and expressions per second."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from domain.reading.times import read_time
from services.setup import PACKAGED
from tests.bench.startup import CCHC

ROOT = Path(__file__).resolve().parents[2]
PDFS = ROOT / "tests" / "services" / "formats" / "data"
EXPRESSIONS = ROOT / "tests" / "domain" / "reading" / "time_expressions.jsonl"
RUNS = 5
GOALS = {".txt": 0.5, ".pdf": 5.0}
SECONDS = 2.0
# A peak is never below what the parent held at the start, so a small process starts what is measured.
_SMALL = """
import os, sys, time
start = time.perf_counter()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(pid, 0)
print(time.perf_counter() - start, usage.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def run() -> None:
    """Print time and memory (goal: below 300 MB) for each format, then how fast expressions are read."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "tests.services.formats.valid", folder], cwd=ROOT, check=True)
        made = (Path(folder) / "decision.docx", Path(folder) / "decision.xlsx")
        for path in (PACKAGED, *made, PDFS / "ruled-landscape.pdf", PDFS / "twenty-pages.pdf"):
            _read(path)
    _expressions()


def _read(path: Path) -> None:
    seconds, memory = zip(
        *(_cost([str(CCHC), "plan", "read", "--json", str(path)]) for _ in range(RUNS)), strict=True
    )
    goal = f" (goal < {GOALS[path.suffix]} s)" if path.suffix in GOALS else ""
    print(f"{path.name}: {statistics.median(seconds):.2f} s{goal}, largest process {max(memory):.0f} MB")


def _cost(command: list[str]) -> tuple[float, float]:
    """Run a command; return its wall time and the peak of its largest process in MB."""
    said = subprocess.run(
        [sys.executable, "-Sc", _SMALL, *command], check=True, capture_output=True, text=True
    )
    seconds, kilobytes = map(float, said.stderr.split())
    return seconds, kilobytes / 1024


def _expressions() -> None:
    lines = EXPRESSIONS.read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line) for line in lines]
    ours = _rate(lambda: [read_time(each["text"], year=each.get("year")) for each in asked], len(asked))
    fixed = _rate(lambda: [json.loads(line) for line in lines], len(asked))
    print(
        f"expressions: {ours:.0f}/s on one core (goal 10000), json.loads of the same lines {fixed:.0f}/s, "
        f"{fixed / ours:.0f} times as fast"
    )


def _rate(work: Callable[[], object], count: int) -> float:
    """Return how many a second `work` does, as CPU time."""
    rounds, start = 0, time.process_time()
    while (used := time.process_time() - start) < SECONDS:
        work()
        rounds += 1
    return rounds * count / used
