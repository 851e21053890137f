"""`cchc evidence`: packs for whoever asks what was done when, and their verification."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from cli.office import database, print_json
from cli.words import Commands, day, json_option

if TYPE_CHECKING:
    from cli.office import Office
    from services.evidence import Scope


def run(words: list[str]) -> int:
    """Run `cchc evidence …`."""
    commands = Commands("evidence", "Hồ sơ kiểm chứng: lập và kiểm tra, không cần mạng.")
    made = commands.add(
        "export", "lập hồ sơ (ZIP) cho toàn bộ kế hoạch, một mục, nhiệm vụ hoặc thời gian", _export
    )
    made.add_argument("--out", metavar="TỆP.zip", type=Path, required=True)
    made.add_argument(
        "--task", metavar="MÃ", action="append", default=[], help="chỉ nhiệm vụ này; ghi được nhiều lần"
    )
    made.add_argument("--section", metavar="MỤC", help="chỉ mục này")
    made.add_argument("--from", dest="since", metavar="NGÀY", type=day)
    made.add_argument("--to", dest="until", metavar="NGÀY", type=day)
    made.add_argument("--by", metavar="NGƯỜI", help="người lấy hồ sơ; không ghi: hệ thống")
    checked = commands.add("verify", "kiểm tra một hồ sơ, không cần cơ sở dữ liệu, không cần mạng", _verify)
    checked.add_argument("pack", metavar="TỆP.zip", type=Path)
    checked.add_argument("--checkpoint", metavar="TỆP", type=Path, help="điểm chốt cũ đã giữ ở nơi khác")
    checked.add_argument("--keys", metavar="TỆP", type=Path, help="khoá công khai mà phường đã công bố")
    checked.add_argument("--read", action="store_true", help="in thêm diễn biến, chỉ theo các sự kiện")
    json_option(checked)
    return commands.run(words[1:])


def _export(arguments: Namespace) -> int:
    from services.evidence import Scope

    scope = Scope(tuple(arguments.task), arguments.section, arguments.since, arguments.until)
    with database() as office:
        size = _write(office, scope, arguments.out, arguments.by)
    megabytes = f"{size / 1e6:.1f}".replace(".", ",")
    print(f"Đã lập hồ sơ {arguments.out} ({megabytes} MB), phạm vi: {scope.in_words()}.")
    print(f"Kiểm tra: cchc evidence verify {arguments.out}")
    return 0


def _write(office: Office, scope: Scope, out: Path, by: str | None) -> int:
    """Write the pack beside its place and move it there when it is whole; return its size."""
    from config.checkpoint_keys import load_checkpoint_keys
    from config.faults import reported
    from models.database import transaction
    from services.documents import DocumentStore
    from services.evidence import prepare
    from services.evidence_pack import chunks

    keys = load_checkpoint_keys(office.settings.data)
    looking = office.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    store = DocumentStore(office.settings.data / "documents")
    unfinished = out.with_name(f".{out.name}.new")
    try:
        # Opened first: the history tells of no pack that there was no place for.
        with reported("Không ghi được hồ sơ"), unfinished.open("wb") as file:
            with office.begin() as (connection, ward):
                prepared = prepare(connection, ward, scope, by=by, keys=keys, now=office.now)
            with transaction(looking) as connection:
                for chunk in chunks(connection, ward, prepared, store=store, keys=keys, progress=_progress):
                    file.write(chunk)
            size = file.tell()
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    return size


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty() and of:
        end = "\n" if done == of else ""
        print(f"\rTài liệu {done}/{of}", end=end, file=sys.stderr, flush=True)


def _verify(arguments: Namespace) -> int:
    from config.faults import reported
    from services.evidence_main import read, told
    from services.evidence_verifier import verify_pack

    with reported("Không đọc được tệp"):
        older, keys = (
            path.read_text(encoding="utf-8-sig", errors="replace") if path else None
            for path in (arguments.checkpoint, arguments.keys)
        )
        arguments.pack.stat()
    report = verify_pack(arguments.pack, older=older, keys=keys)
    if arguments.json:
        print_json(report.as_dict())
    else:
        print("\n".join([*(read(report) if arguments.read else ()), *told(report)]))
    return 0 if report.ok else 1
