"""The command `cchc`: dispatches before it imports, so that each command pays only for itself."""

from __future__ import annotations

import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Any

from domain.typed import unturned

# First word -> (module with `run(words) -> int`, what it is for). Kept in the order of --help.
COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("cli.running", "chạy toàn bộ hệ thống trên máy này (dừng bằng Ctrl-C)"),
    "status": ("cli.running", "phần nào đang chạy, lần nhắc việc gần nhất, hộp gửi"),
    "plan": ("cli.plan", "đọc, nhập, đưa kế hoạch vào thực hiện; lịch cả năm"),
    "task": ("cli.task", "nhiệm vụ: danh sách, chi tiết, ấn định thời hạn"),
    "event": ("cli.event", "ghi nhận văn bản, sự kiện và mở nhiệm vụ chờ sự kiện"),
    "stage": ("cli.stage", "nộp, rút lại, nghiệm thu, trả lại từng bước"),
    "extend": ("cli.extend", "gia hạn: đơn vị đề nghị, lãnh đạo quyết định"),
    "remind": ("cli.remind", "nhắc việc: quy tắc, giờ gửi, xem trước, chạy"),
    "calendar": ("cli.calendar", "ngày nghỉ, ngày làm bù theo thông báo chính thức"),
    "notify": ("cli.notify", "thư đã gửi, thử kênh gửi"),
    "feed": ("cli.feed", "địa chỉ lịch thời hạn cho Outlook, Google, điện thoại"),
    "zalo": ("cli.zalo", "quyền gửi tin qua Zalo OA: tình trạng, cấp quyền, làm mới"),
    "audit": ("cli.audit", "kiểm tra nhật ký, ký điểm chốt, xem nhật ký"),
    "evidence": ("cli.evidence", "lập và kiểm tra hồ sơ kiểm chứng"),
    "report": ("cli.report", "dự thảo báo cáo, bảng tự chấm điểm"),
    "reconcile": ("cli.running", "đối chiếu Prefect với cơ sở dữ liệu và sửa chỗ lệch"),
    "unit": ("cli.people", "đơn vị và địa chỉ liên hệ"),
    "user": ("cli.people", "người dùng"),
    "backup": ("cli.backup", "sao lưu toàn bộ vào một tệp"),
    "restore": ("cli.backup", "khôi phục từ bản sao lưu vào thư mục trống, tự kiểm tra"),
    "config": ("cli.running", "xem thiết lập"),
}

HELP = {"-h", "--help", "help"}
_ESCAPED = "backslashreplace"


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 refused, 2 wrong usage, 3 broken."""
    words = sys.argv[1:] if argv is None else argv
    debug = "--debug" in words
    words = [unturned(word) for word in words if word != "--debug"]
    _speak_unicode()
    if not words or words[0] in HELP:
        return _told(overview(), 0 if words else 2)
    if words[0] == "--version":
        from importlib.metadata import version

        print(f"cchc {version('cchc')}")
        return 0
    if words[0] not in COMMANDS:
        print(f"Không có lệnh “{words[0]}”.\n\n{overview()}", file=sys.stderr)
        return 2
    if debug:
        return int(import_module(COMMANDS[words[0]][0]).run(words))
    return _guarded(words)


def overview() -> str:
    """Return the list of commands."""
    lines = [f"  {name:<10} {what}" for name, (_, what) in COMMANDS.items()]
    return "\n".join(
        (
            "cchc: theo dõi kế hoạch cải cách hành chính, từ quyết định đến bằng chứng.",
            "",
            "Cách dùng: cchc LỆNH … (thêm --help sau lệnh để xem chi tiết; --debug để xem lỗi kỹ thuật)",
            "",
            *lines,
        )
    )


def _told(text: str, status: int) -> int:
    """Print a text, whether or not anybody still reads it (`cchc | head -3`), and return `status`."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        sys.stderr.close()  # at its end Python tries to write what is left, and would say that it can't
    return status


def _guarded(words: list[str]) -> int:
    """Run a command so that no traceback reaches a person."""
    from domain.errors import SystemFault, WardError

    try:
        return int(import_module(COMMANDS[words[0]][0]).run(words))
    except SystemFault as fault:
        print(fault.notice, file=sys.stderr)
        return 3
    except WardError as refusal:
        print(refusal.notice, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nĐã dừng theo yêu cầu.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as problem:
        print(f"{_broken(problem)} Chi tiết kỹ thuật: chạy lại với --debug.", file=sys.stderr)
        return 3


def _speak_unicode() -> None:
    """Read and write UTF-8 whatever the terminal's locale; what no text can hold is written escaped."""
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, _ESCAPED), (sys.stderr, _ESCAPED)):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)


def _broken(problem: Exception) -> str:
    kind = f"{type(problem).__module__}.{type(problem).__name__}"
    if kind.startswith("pydantic"):
        return f"Thiết lập không đúng: {_wrong_settings(problem)}."
    if isinstance(problem, OSError):
        from config.faults import WORDS

        return f"Máy báo lỗi: {WORDS.get(problem.errno or 0, problem.strerror or str(problem))}."
    if isinstance(problem, UnicodeError):
        return "Có chữ không theo bảng mã Unicode (UTF-8)."
    return f"Chương trình gặp lỗi ngoài dự kiến ({type(problem).__name__})."


def _wrong_settings(problem: Any) -> str:
    """Name each variable that can't be what it is; its value stays unsaid, it may be a secret."""
    return ", ".join("CCHC_" + "_".join(map(str, error["loc"])).upper() for error in problem.errors())


if __name__ == "__main__":
    sys.exit(main())
