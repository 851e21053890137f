"""`cchc status`: which parts run, and what waits for a person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from cli.office import print_json, print_table, vietnamese
from config.parts import PartStatus, State, read_parts
from config.settings import Settings, load_settings
from domain.errors import WardError
from domain.words import MESSAGE_STATES, PART_STATES, PARTS

if TYPE_CHECKING:
    from services.overview import Overview


def status(*, as_json: bool) -> int:
    """Print the state of every part; what stands in the database only while the database runs."""
    settings = load_settings()
    parts = read_parts(settings.data)
    facts = _facts(settings, parts)
    if as_json:
        print_json({"parts": [_part(part) for part in parts], **facts})
        return 0
    print_table(
        "Các phần của hệ thống",
        ["Phần", "Trạng thái", "Tiến trình", "Từ lúc", "Địa chỉ"],
        [
            [
                PARTS[part.name],
                PART_STATES[part.state] + (f", khởi động lại {part.restarts} lần" if part.restarts else ""),
                str(part.pid or "—"),
                _moment(part.since, settings),
                part.url or "—",
            ]
            for part in parts
        ],
    )
    for line in _lines(facts):
        print(line)
    return 0


def _moment(since: str | None, settings: Settings) -> str:
    if not since:
        return "—"
    return f"{datetime.fromisoformat(since).astimezone(settings.timezone):%H:%M ngày %d/%m/%Y}"


def _part(part: PartStatus) -> dict[str, Any]:
    fields = ("name", "state", "pid", "url", "since", "restarts")
    return {field: getattr(part, field) for field in fields}


def _facts(settings: Settings, parts: list[PartStatus]) -> dict[str, Any]:
    from importlib.metadata import version

    from config.backup_record import last_backup

    names = {"cchc": "cchc", "Prefect": "prefect"}
    versions = {name: version(package) for name, package in names.items()}
    facts: dict[str, Any] = {"versions": versions, "ward": None, "morning": None}
    facts["last_backup"] = last_backup(settings.data)
    facts |= dict.fromkeys(("outbox", "engine_waiting", "open_findings", "units_without_contact", "mail"))
    running = any(part.name == "database" and part.state is State.RUNNING for part in parts)
    if not running and settings.database_url is None:
        return facts
    try:
        return facts | _stored()
    except WardError as trouble:
        return facts | {"trouble": trouble.notice}


def _stored() -> dict[str, Any]:
    from cli.office import database
    from services.overview import outbox_counts, overview

    with database() as office, office.begin() as (connection, ward):
        seen: Overview = overview(connection, ward.code, office.now)
        counts = outbox_counts(connection, ward)
    return {
        "ward": ward.code,
        "morning": {
            "day": seen.morning.day,
            "finished_at": seen.morning.finished_at,
            "late": seen.morning.late,
        },
        "outbox": {state.value: count for state, count in counts.states.items()},
        "engine_waiting": counts.engine_waiting,
        "open_findings": seen.open_findings,
        "units_without_contact": list(seen.unreached),
        "mail": "local" if office.settings.mail_url is None else "smtp",
    }


def _lines(facts: dict[str, Any]) -> list[str]:
    lines = ["Phiên bản: " + ", ".join(f"{name} {number}" for name, number in facts["versions"].items())]
    lines += _backup_lines(facts["last_backup"])
    if facts.get("trouble"):
        lines.append(facts["trouble"])
    morning = facts["morning"]
    if morning is not None:
        lines.append(
            f"Lần nhắc việc gần nhất: {vietnamese(morning['day']) if morning['day'] else 'chưa có'}"
            + (" — QUÁ LÂU" if morning["late"] else "")
        )
        counts = [f"{count} {MESSAGE_STATES[state]}" for state, count in facts["outbox"].items()]
        sent = ", ".join(counts) or "trống"
        lines.append(f"Hộp gửi: {sent}; chờ báo cho Prefect: {facts['engine_waiting']}")
        lines.append(f"Điểm cần xem lại trong kế hoạch: {facts['open_findings']}")
        if facts["units_without_contact"]:
            lines.append("Đơn vị chưa có địa chỉ thư: " + "; ".join(facts["units_without_contact"]))
        if facts["mail"] == "local":
            lines.append("Chưa đặt CCHC_MAIL_URL: thư nằm ở hộp thư nội bộ trên trang web.")
    return lines


def _backup_lines(backup: dict[str, Any] | None) -> list[str]:
    """Say when everything was backed up last, and that the last try failed."""
    settings = load_settings()
    if backup is None:
        return ["Sao lưu gần nhất: CHƯA CÓ. Sao lưu: cchc backup TỆP, hoặc đặt CCHC_BACKUP_DIR"]
    at = backup.get("at")
    lines = [
        f"Sao lưu gần nhất: {_moment(at, settings)}, {backup['path']}" if at else "Sao lưu gần nhất: CHƯA CÓ"
    ]
    if "failed_at" in backup:
        lines.append(f"SAO LƯU BỊ LỖI lúc {_moment(backup['failed_at'], settings)}: {backup['why']}")
    return lines
