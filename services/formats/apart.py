"""Lay a document out in a process of its own, which may fail, hang or swell without harm to this one."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from domain.errors import PlainFault, SystemFault, WardError
from domain.reading.layout import Sheet
from services.formats.wire import loaded

_ROOT = Path(__file__).resolve().parents[2]
# What an interpreter may need to start; passwords and addresses in the rest stay here.
_KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMPDIR", "LD_LIBRARY_PATH", "HOME", "TESSDATA_PREFIX")
_STORY = 20_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document may cost; an honest one of 20 pages takes a twentieth of it."""

    memory: int = 1 << 30  # bytes of address space
    cpu_seconds: int = 60
    seconds: float = 90
    output: int = 16 << 20  # bytes
    programs: bool = False  # whether it may start others, as OCR does


LAYING_OUT = Limits()
RECOGNISING = Limits(memory=4 << 30, cpu_seconds=1800, seconds=1800, output=1 << 30, programs=True)


class TooDemanding(WardError):
    """The document took more memory or time than any honest one."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"{name} exceeds the limits: {why}",
            f"Tệp “{name}” cần quá nhiều bộ nhớ hoặc thời gian để đọc; có thể tệp bị hỏng hoặc cố ý gây hại. "
            "Đề nghị xin lại bản gốc của đơn vị soạn thảo; nếu tệp đúng là của họ, đề nghị mở, chép riêng "
            "phần quyết định và phụ lục sang tệp mới rồi đọc lại.",
        )


class BrokenDocument(WardError):
    """The document's inside isn't what its format demands."""

    def __init__(self, name: str, label: str) -> None:
        super().__init__(
            f"cannot lay out {name} as {label}",
            f"Không đọc được “{name}” như tệp {label}: tệp có thể bị hỏng hoặc tải về chưa đủ. Đề nghị "
            "mở thử bằng phần mềm đã tạo ra nó và lưu thành tệp mới, hoặc xin lại bản gốc, rồi đọc lại.",
        )


class Refused(WardError):
    """What the child refused; `name` is the refusal's own class there."""

    def __init__(self, name: str, english: str, notice: str) -> None:
        super().__init__(english, notice)
        self.name = name


def lay_out_apart(layout: str, data: bytes, *, name: str, label: str, limits: Limits = LAYING_OUT) -> Sheet:
    """Return the document laid out in a child process by the module `layout`, by its `lay_out(data)`.

    Raises:
        Refused: the layout refused it, with its own notice.
        TooDemanding: it was stopped by a limit.
        BrokenDocument: the layout failed; the error's note holds the child's own words.
        SystemFault: the machine could not do it.
    """
    with tempfile.TemporaryDirectory(prefix="cchc-") as folder:
        place = Path(folder)
        try:
            (place / "in").write_bytes(data)
            status = _run(layout, place, limits)
        except subprocess.TimeoutExpired:
            raise TooDemanding(name, f"longer than {limits.seconds} s") from None
        except OSError as problem:
            notice = f"Máy không mở được tiến trình riêng để đọc “{name}”: {problem.strerror}."
            raise PlainFault(f"cannot read apart: {problem}", notice) from problem
        answer = _answer(place, limits)
        if "sheet" in answer:
            return loaded(answer["sheet"])
        raise _refusal(answer, status, name, label, place)


def _run(layout: str, place: Path, limits: Limits) -> int:
    environment = {key: os.environ[key] for key in _KEPT if key in os.environ} | {"PYTHONPATH": str(_ROOT)}
    # -P and -s: neither the folder that it works in nor a user's own packages are on the path.
    command = [sys.executable, "-sP", "-m", "services.formats.child", layout, json.dumps(asdict(limits))]
    with (place / "err").open("wb") as story:
        process = subprocess.Popen(  # noqa: S603 - our own module, by the interpreter that runs this
            command,
            cwd=place,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=story,
            stderr=story,
            start_new_session=True,  # so that all it starts ends with it
        )
        try:
            return process.wait(limits.seconds)
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the child and everything that it started; a second time harms nobody."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _answer(place: Path, limits: Limits) -> dict[str, Any]:
    """Return what the child said, nothing where it said nothing whole."""
    out = place / "out"
    if not out.exists() or out.stat().st_size > limits.output:
        return {}
    try:
        answer: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return answer


def _refusal(answer: dict[str, Any], status: int, name: str, label: str, place: Path) -> WardError:
    if "refusal" in answer:
        kind, english, notice, fault = answer["refusal"]
        return PlainFault(english, notice) if fault else Refused(kind, english, notice)
    if "exhausted" in answer:
        return TooDemanding(name, answer["exhausted"])
    if "missing" in answer:
        notice = f"Máy thiếu thư viện đọc tệp {label}. Đề nghị cài lại chương trình (make setup)."
        return SystemFault(f"no module {answer['missing']}", notice)
    story = (place / "err").read_bytes()[-_STORY:].decode(errors="replace")
    stopped = status < 0 or "MemoryError" in story or "File too large" in story
    refusal: WardError = TooDemanding(name, f"signal {-status}") if stopped else BrokenDocument(name, label)
    refusal.add_note(f"The child ended with {status} and said:\n{story}")
    return refusal
