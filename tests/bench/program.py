"""The whole program: time to the page and to readiness, memory of all parts, Prefect's idle CPU."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

from tests.cli.whole import Whole, until

IDLE_SECONDS = 60
POLL = 0.05


def run() -> None:
    """Print cold and warm times, memory by part, and Prefect's CPU over an idle minute."""
    folder = Path(tempfile.mkdtemp(prefix="cchc-bench-"))
    folder.chmod(0o711)
    program = Whole(folder, PYTHONPATH="")
    try:
        for what in ("cold", "warm"):
            page, ready = _start(program)
            print(f"{what}: page after {page:.1f} s, ready after {ready:.1f} s (goal: page within 5 s, warm)")
            if what == "warm":
                _idle(program)
            program.stop()
    finally:
        if program.process is not None and program.process.poll() is None:
            program.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _start(program: Whole) -> tuple[float, float]:
    start, seen = time.perf_counter(), program.log.stat().st_size if program.log.exists() else 0
    program.start()
    until(lambda: program.page(), "a page", 60)
    page = time.perf_counter() - start
    while "Sẵn sàng" not in program.log.read_bytes()[seen:].decode():
        time.sleep(POLL)
    return page, time.perf_counter() - start


def _idle(program: Whole) -> None:
    until(lambda: len(_paused(program)) >= 50, "all runs are suspended", 300)
    time.sleep(10)
    pids = {name: part["pid"] for name, part in program.parts().items()}
    assert program.process is not None
    pids["up"] = program.process.pid
    memory = {name: _memory(pid) for name, pid in pids.items()}
    print(
        f"memory (PSS): {sum(memory.values()):.0f} MB in all (goal < 700): "
        + ", ".join(f"{name} {size:.0f}" for name, size in memory.items())
    )
    before = {name: _cpu(pid) for name, pid in pids.items()}
    time.sleep(IDLE_SECONDS)
    used = {name: (_cpu(pid) - before[name]) / IDLE_SECONDS * 100 for name, pid in pids.items()}
    runs, deployments = len(_paused(program)), len(program.prefect("/deployments/filter", {}))
    print(
        f"idle CPU over a minute with {deployments} deployments and {runs} suspended runs, % of a core: "
        + ", ".join(f"{name} {share:.1f}" for name, share in used.items())
    )


def _paused(program: Whole) -> list[object]:
    found: list[object] = program.prefect(
        "/flow_runs/filter", {"limit": 200, "flow_runs": {"state": {"type": {"any_": ["PAUSED"]}}}}
    )
    return found


def _family(pid: int) -> list[int]:
    """Return a process and its children; the database's other processes are its children."""
    children = [
        int(stat.parent.name)
        for stat in Path("/proc").glob("[0-9]*/stat")
        if (fields := _fields(stat)) and int(fields[1]) == pid
    ]
    own = {part for part in children if "postgres" in _command(part)}
    return [pid, *own]


def _fields(stat: Path) -> list[str]:
    try:
        return stat.read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def _memory(pid: int) -> float:
    """Return a part's proportional share of memory in MB: shared pages are counted once in all."""
    total = 0.0
    for each in _family(pid):
        try:
            rollup = Path(f"/proc/{each}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
    return total


def _cpu(pid: int) -> float:
    ticks = os.sysconf("SC_CLK_TCK")
    return sum(
        (int(fields[11]) + int(fields[12])) / ticks
        for each in _family(pid)
        if (fields := _fields(Path(f"/proc/{each}/stat")))
    )
