"""`cchc up`, `status`, `reconcile` and `config`: the installation as a whole."""

from __future__ import annotations

from argparse import Namespace

from cli.words import Commands, Parser, json_option


def run(words: list[str]) -> int:
    """Run one of the four commands."""
    work = {"up": _up, "status": _status, "reconcile": _reconcile, "config": _config}
    return work[words[0]](words[1:])


def _up(words: list[str]) -> int:
    parser = Parser(prog="cchc up", description="Chạy toàn bộ hệ thống trên máy này; Ctrl-C để dừng.")
    parser.add_argument("--host", metavar="ĐỊA-CHỈ", help="mặc định 127.0.0.1")
    parser.add_argument("--port", type=int, metavar="CỔNG", help="mặc định 8000")
    arguments = parser.parse_args(words)
    from cli.up import up

    return up(arguments.host, arguments.port)


def _status(words: list[str]) -> int:
    parser = Parser(prog="cchc status", description="Phần nào đang chạy, và có gì cần để ý.")
    json_option(parser)
    arguments = parser.parse_args(words)
    from cli.status import status

    return status(as_json=arguments.json)


def _reconcile(words: list[str]) -> int:
    parser = Parser(prog="cchc reconcile", description="Đối chiếu Prefect với cơ sở dữ liệu, sửa chỗ lệch.")
    json_option(parser)
    arguments = parser.parse_args(words)
    from cli.engine import reconcile

    return reconcile(as_json=arguments.json)


def _config(words: list[str]) -> int:
    commands = Commands("config", "Thiết lập.")
    json_option(commands.add("show", "xem thiết lập và nguồn của từng giá trị; mật khẩu được che", _show))
    return commands.run(words)


def _show(arguments: Namespace) -> int:
    import os
    from pathlib import Path

    from cli.office import print_json, print_table
    from config.settings import Settings, load_settings, masked

    settings = load_settings()
    dotenv = Path(".env").read_text(encoding="utf-8") if Path(".env").is_file() else ""
    rows: list[dict[str, str]] = []
    for name, about in Settings.model_fields.items():
        variable = f"CCHC_{name.upper()}"
        known = {line.split("=")[0].strip().upper() for line in dotenv.splitlines()}
        source = "biến môi trường" if variable in os.environ else ".env" if variable in known else "mặc định"
        value = getattr(settings, name)
        rows.append(
            {
                "name": variable,
                "value": "" if value is None else masked(value),
                "source": source,
                "about": about.description or "",
            }
        )
    if arguments.json:
        print_json({"settings": rows})
    else:
        print_table(
            "Thiết lập",
            ["Tên", "Giá trị", "Từ đâu", "Nghĩa"],
            [[row["name"], row["value"] or "—", row["source"], row["about"]] for row in rows],
        )
    return 0
