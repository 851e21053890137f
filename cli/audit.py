"""`cchc audit`: the history, verified and shown."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from cli.office import database, print_json, print_table
from cli.words import Commands, count, json_option

if TYPE_CHECKING:
    from cli.office import Office


def run(words: list[str]) -> int:
    """Run `cchc audit …`."""
    commands = Commands("audit", "Nhật ký: kiểm tra, ký điểm chốt và xem.")
    verified = commands.add("verify", "tính lại toàn bộ nhật ký và phát hiện sửa đổi", _verify)
    verified.add_argument(
        "--checkpoint",
        metavar="TỆP",
        action="append",
        type=Path,
        default=[],
        help="điểm chốt đã lưu ở nơi khác",
    )
    json_option(verified)
    made = commands.add("checkpoint", "ký điểm chốt của nhật ký hiện nay", _checkpoint)
    made.add_argument("--out", metavar="TỆP", type=Path, help="ghi vào tệp; không ghi: in ra")
    keys = commands.add("keys", "xem khoá ký điểm chốt, hoặc thay khoá (rotate)", _keys)
    keys.add_argument("work_on_keys", nargs="?", choices=("rotate",), metavar="rotate")
    shown = commands.add("show", "xem nhật ký, mới nhất trước", _show)
    shown.add_argument("--task", metavar="MÃ")
    shown.add_argument("--limit", type=count, default=100, metavar="SỐ")
    json_option(shown)
    return commands.run(words[1:])


def _verify(arguments: Namespace) -> int:
    from models.database import transaction
    from services.audit import verify
    from services.audit_against import everything

    with database() as office, transaction(office.engine) as connection:
        verdict = verify(connection, everything(office.settings, arguments.checkpoint))
    if arguments.json:
        print_json(verdict.as_dict())
        return 0 if verdict.ok else 1
    for ward in verdict.wards:
        if not ward.problems:
            print(
                f"{ward.ward}: {ward.size} sự kiện, không phát hiện sửa đổi; khớp {ward.checkpoints}"
                f" điểm chốt, tài liệu và số liệu hiện nay khớp với nhật ký. Gốc cây băm: {ward.root}"
            )
            continue
        since = f", từ vị trí {ward.first_bad}" if ward.first_bad is not None else ""
        print(f"{ward.ward}: PHÁT HIỆN ĐƯỢC SỬA ĐỔI{since}:")
        for problem in ward.problems:
            print(f"  - {problem}")
    return 0 if verdict.ok else 1


def _checkpoint(arguments: Namespace) -> int:
    from config.checkpoint_keys import load_checkpoint_keys
    from config.faults import reported
    from services.checkpoints import make, publish

    with database() as office:
        keys = load_checkpoint_keys(office.settings.data)
        with office.begin() as (connection, ward):
            made = make(connection, ward, keys=keys, now=office.now)
        if office.settings.checkpoint_dir is not None:
            publish(office.settings.checkpoint_dir, ward.code, [(made.size, made.key, made.note)])
        _stamp(office)
    if arguments.out is None:
        print(made.note, end="")
        return 0
    with reported("Không ghi được tệp"):
        arguments.out.write_text(made.note, encoding="utf-8", newline="\n")
    print(f"Đã ghi điểm chốt của {made.size} sự kiện vào {arguments.out}. Hãy giữ tệp này ở nơi khác.")
    return 0


def _stamp(office: Office) -> None:
    """Have the checkpoint stamped, where there is an authority; without it the note stands as it is."""
    url = office.settings.tsa_url
    if url is None:
        return
    from services.stamping import Authority, NoStamp, stamp_all

    try:
        stamp_all(office.engine, Authority(url.get_secret_value(), office.settings.tsa_roots))
    except NoStamp as fault:
        print(fault.notice, file=sys.stderr)


def _keys(arguments: Namespace) -> int:
    from config.checkpoint_keys import load_checkpoint_keys
    from models.history import SYSTEM
    from services.checkpoints import publish_all, rotate

    with database() as office:
        keys = load_checkpoint_keys(office.settings.data)
        if arguments.work_on_keys == "rotate":
            with office.begin() as (connection, _):
                keys, _made = rotate(connection, office.settings.data, by=SYSTEM, now=office.now)
            with office.begin() as (connection, _):
                if office.settings.checkpoint_dir is not None:
                    publish_all(connection, office.settings.checkpoint_dir)
            print("Đã thay khoá ký; khoá cũ đã huỷ, phần công khai của nó được giữ để kiểm tra về sau.")
        with office.begin() as (_, ward):
            verifiers = keys.verifiers(ward.code)
    print(
        f"Khoá ký điểm chốt của {ward.name}; khoá đang dùng ở dòng đầu. Gửi các dòng này cho đơn vị kiểm tra."
    )
    for key in verifiers:
        print(f"# dấu vân tay: {key.fingerprint}\n{key.line()}")
    return 0


def _show(arguments: Namespace) -> int:
    from services.audit import show

    with database() as office, office.begin() as (connection, ward):
        rows = show(connection, ward, code=arguments.task, limit=arguments.limit)
    if arguments.json:
        print_json({"events": [json.loads(row.body) for row in rows]})
        return 0
    print_table(
        f"Nhật ký của {ward.name}",
        ["Vị trí", "Thời điểm (UTC)", "Sự kiện", "Nội dung"],
        [
            [str(row.position), f"{row.recorded_at:%d/%m/%Y %H:%M:%S}", row.kind, _facts(row.body)]
            for row in rows
        ],
    )
    return 0


def _facts(body: str) -> str:
    event = json.loads(body)
    facts = ", ".join(f"{name}={value}" for name, value in event["facts"].items())
    actor = event["actor"]
    way = f" ({actor['via']})" if "via" in actor else ""
    return f"{actor['role']}#{actor['id']}{way}: {facts}"
