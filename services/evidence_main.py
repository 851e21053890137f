"""The console of `verify.py`, the program in each evidence pack: bare Python 3.11, any console."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from domain.command_words import in_vietnamese
from services.evidence_report import Report
from services.evidence_timeline import timeline
from services.evidence_verifier import verify_pack


def told(report: Report) -> Iterator[str]:
    """Yield the lines that tell people what holds and what doesn't."""
    facts = report.facts
    if "size" in facts:
        yield f"Nhật ký: {facts['origin']}"
        by = (
            f" bằng khoá {facts['key']}" if "key" in facts else ""
        )  # none where the list of files is not signed
        yield f"Điểm chốt: {facts['size']} sự kiện, ký lúc {facts['at']} (UTC){by}"
        yield f"Gốc cây băm: {facts['root']}"
    if "fingerprint" in facts:
        yield f"Dấu vân tay của khoá: {facts['fingerprint']}"
    for ok, text in report.steps:
        yield f"[{'ĐÚNG' if ok else 'SAI '}] {text}"
    for each in report.problems:
        place = [f"vị trí {each['position']}"] if "position" in each else []
        place += [str(each["file"])] if "file" in each else []
        yield f"  - {', '.join(place)}: {each['problem']}" if place else f"  - {each['problem']}"
    if report.count > len(report.problems):
        yield f"  - và {report.count - len(report.problems)} điểm khác"
    for note in report.notes:
        yield f"Lưu ý: {note}"
    if report.ok:
        yield "KẾT LUẬN: không phát hiện sửa đổi."
    else:
        yield f"KẾT LUẬN: PHÁT HIỆN ĐƯỢC SỬA ĐỔI HOẶC THIẾU SÓT ({report.count} điểm)."


def read(report: Report) -> Iterator[str]:
    """Yield what the events say, where each of them was proved: nothing of it was taken from the page."""
    if report.proved is None:
        yield "Chưa đọc được diễn biến: có sự kiện không chứng minh được."
        return
    yield from timeline(report.proved)
    yield ""


def written(text: str, encoding: str | None) -> str:
    """Return a line as a console can show it: without marks where it knows no Vietnamese letters."""
    with contextlib.suppress(UnicodeEncodeError, LookupError):
        text.encode(encoding or "ascii")
        return text
    plain = text.replace("đ", "d").replace("Đ", "D").replace("–", "-").replace("…", "...")
    marks = unicodedata.normalize("NFD", plain)
    return (
        "".join(each for each in marks if not unicodedata.combining(each)).encode("ascii", "replace").decode()
    )


def main(words: list[str] | None = None) -> int:
    """Verify the pack that the words name, or the folder that this program was unpacked to."""
    here = Path(sys.argv[0]).resolve().parent
    setattr(argparse, "_", lambda message: say(in_vietnamese(message)))  # noqa: B010 - as in `cli.words`
    parser = argparse.ArgumentParser(
        prog="verify.py", description=say("Kiểm tra hồ sơ kiểm chứng, không cần mạng.")
    )
    parser.add_argument(
        "pack",
        nargs="?",
        type=Path,
        default=here,
        metavar=say("HỒ-SƠ"),
        help=say("tệp ZIP, hoặc thư mục đã giải nén; không ghi: thư mục có chương trình này"),
    )
    parser.add_argument(
        "--checkpoint", type=Path, metavar=say("TỆP"), help=say("điểm chốt cũ đã giữ ở nơi khác")
    )
    parser.add_argument(
        "--keys", type=Path, metavar=say("TỆP"), help=say("khoá công khai mà phường đã công bố")
    )
    parser.add_argument("--read", action="store_true", help=say("in thêm diễn biến, chỉ theo các sự kiện"))
    parser.add_argument("--json", action="store_true", help=say("in ra JSON"))
    arguments = parser.parse_args(words)
    try:
        older, keys = (
            path.read_text(encoding="utf-8-sig", errors="replace") if path else None
            for path in (arguments.checkpoint, arguments.keys)
        )
        arguments.pack.stat()
    except OSError as problem:
        print(say(f"Không đọc được {problem.filename}"))
        return 2
    report = verify_pack(arguments.pack, older=older, keys=keys)
    if arguments.json:
        print(json.dumps(report.as_dict()))
    else:
        for line in (*(read(report) if arguments.read else ()), *told(report)):
            print(say(line))
    return 0 if report.ok else 1


def say(text: str) -> str:
    """Return a line as this console can show it."""
    return written(text, getattr(sys.stdout, "encoding", None))
