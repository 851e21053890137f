"""What `cli.md` promises of each command, tried on the real decision as it is typed."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.machine_user import typed_by
from services.setup import PACKAGED
from tests.cli.typed import CULTURE, ECONOMY, OFFICE, cchc, installation, office, rows
from tests.cli.whole import CCHC

GROUP = {CULTURE, OFFICE, ECONOMY, "Trung tâm Phục vụ hành chính công", "Trung tâm Dịch vụ sự nghiệp công"}
DOCUMENT = (
    "--doc-date",
    "2026-02-02",
    "--issuer",
    "UBND thành phố",
    "--summary",
    "Chỉ đạo",
    "--by",
    "dieuphoi",
)


@pytest.fixture(scope="module", autouse=True)
def url() -> Iterator[str]:
    """Give one office with the real decision for all tests here; each handles tasks of its own."""
    with installation() as database:
        office()
        yield database


def task(code: str) -> dict[str, Any]:
    shown: dict[str, Any] = cchc("task", "show", code, "--json").json
    return shown


def stage(occurrence: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in occurrence["stages"] if each["stage"] == name)


def test_the_list_has_every_task_with_its_official_status() -> None:
    lines = cchc("task", "list", "--json").json["tasks"]

    assert len(lines) == 33
    status = {each["code"]: each["status"] for each in lines}
    assert status["VI.2"] == "chờ sự kiện"
    assert status["II.1"].startswith("đang thực hiện")
    waiting = cchc("task", "list", "--status", "chờ sự kiện", "--json").json["tasks"]
    assert {each["status"] for each in waiting} == {"chờ sự kiện"}
    of_unit = cchc("task", "list", "--unit", "TT PV HCC", "--json").json["tasks"]
    assert {"III.1", "III.7"} <= {each["code"] for each in of_unit}
    assert not {each["code"] for each in of_unit} & {"I.1", "II.2", "VI.1"}


def test_guidance_opens_one_occurrence_for_each_unit_of_a_group_and_the_second_time_none() -> None:
    words = ("event", "raise", "guidance", "--doc-number", "12/SNV", *DOCUMENT, "--json")

    first, again = cchc(*words).json, cchc(*words).json

    assert first.keys() == {"event", "already", "new", "occurrences"}
    opened = Counter(each["task"] for each in first["occurrences"])
    assert opened == {"I.4": 1, "I.6": 1, "IV.1": 1, "V.2": 5, "V.3": 5, "VI.4": 1}
    assert {each["unit"] for each in first["occurrences"] if each["task"] == "V.2"} == GROUP
    assert (first["already"], first["new"], again["already"], again["new"]) == (False, 14, True, 0)
    assert again["occurrences"] == first["occurrences"]
    assert "trước đó" in cchc(*words[:-1]).out
    assert len(task("V.3")["occurrences"]) == 5


def test_the_deadline_inside_a_document_is_kept_with_the_file() -> None:
    words = ("--doc-number", "7/KL-KTNN", "--due", "29/5/2026", "--file", str(PACKAGED), *DOCUMENT)
    cchc("event", "raise", "audit-conclusion", *words)

    (occurrence,) = task("VI.5")["occurrences"]
    assert occurrence["label"] == "7/KL-KTNN"
    assert occurrence["event"]["doc_date"] == "2026-02-02"
    assert stage(occurrence, "report")["due"] == "2026-05-29"
    assert [each["reason"] for each in occurrence["deliveries"]] == ["event"]


def test_a_task_goes_through_its_stages_and_shows_all_that_happened() -> None:
    handed = ("--doc-number", "5/KH-UBND", "--doc-date", "2026-03-30", "--file", str(PACKAGED))
    late = cchc(
        "stage", "submit", "II.2", "plan", "--by", "lan", "--on", "2026-04-02", *handed, "--json"
    ).json
    again = cchc(
        "stage", "submit", "II.2", "plan", "--by", "lan", "--on", "2026-04-02", *handed, "--json"
    ).json
    cchc("stage", "return", "II.2", "plan", "--by", "dieuphoi", "--reason", "Thiếu chữ ký")
    cchc("stage", "submit", "II.2", "plan", "--by", "lan", "--on", "2026-04-06", "--note", "đã ký")
    cchc("stage", "submit", "II.2", "implement", "--by", "lan", "--on", "2026-05-04")
    cchc("stage", "submit", "II.2", "report", "--by", "lan", "--on", "2026-06-01")
    for name in ("plan", "implement", "report"):
        cchc(
            "stage", "accept", "II.2", name, "--by", "dieuphoi", *(("--reason", "Đã xem") * (name == "plan"))
        )

    assert late == {"task": "II.2", "stage": "plan", "attempt": 1, "late": True, "already": False}
    assert again["already"] is True
    shown = task("II.2")
    assert shown["task"]["status"] == "hoàn thành quá hạn"
    (occurrence,) = shown["occurrences"]
    assert (occurrence["state"], [each["state"] for each in occurrence["stages"]]) == (
        "done",
        ["accepted"] * 3,
    )
    first, second = stage(occurrence, "plan")["submissions"]
    assert (first["verdict"], first["reason"], first["decided_by"]) == (
        "returned",
        "Thiếu chữ ký",
        "dieuphoi",
    )
    assert [each["name"] for each in first["documents"]] == [PACKAGED.name]
    assert (second["effective_on"], second["late"], second["note"]) == ("2026-04-06", True, "đã ký")
    assert (second["verdict"], second["reason"]) == ("accepted", "Đã xem")
    assert {each["reason"] for each in occurrence["deliveries"]} == {"opened", "returned", "accepted"}
    assert shown["flow_runs"] == []
    kinds = [each["kind"] for each in cchc("audit", "show", "--task", "II.2", "--json").json["events"]]
    assert Counter(kinds) >= Counter({"stage.submitted": 4, "stage.accepted": 3, "occurrence.done": 1})
    assert cchc("audit", "verify", "--json").json["ok"] is True


def test_a_person_settles_a_date_and_every_former_one_is_kept() -> None:
    for day in ("2026-12-20", "25/12/2026"):
        cchc("task", "set-date", "VI.3", "report", day, "--reason", "Luật NSNN", "--by", "dieuphoi")

    (occurrence,) = task("VI.3")["occurrences"]
    report = stage(occurrence, "report")
    assert (report["due"], report["nominal_due"]) == ("2026-12-25", None)
    assert [(each["due"], each["new_due"]) for each in report["former_dues"]] == [
        (None, "2026-12-20"),
        ("2026-12-20", "2026-12-25"),
    ]
    assert {(each["by"], each["reason"]) for each in report["former_dues"]} == {("dieuphoi", "Luật NSNN")}


def test_a_preview_says_what_the_sweep_then_queues_once() -> None:
    preview = cchc("remind", "preview", "--from", "2026-03-02", "--to", "2026-03-02", "--json").json[
        "reminders"
    ]

    first = cchc("remind", "run", "--on", "2026-03-02", "--json").json
    again = cchc("remind", "run", "--on", "2/3/2026", "--json").json

    assert {"day", "task", "label", "unit", "stage", "due_on", "step", "recipient", "role"} <= preview[
        0
    ].keys()
    assert ("I.2", "2026-03-09", "-7", "hoa@phuong.vn") in {
        (each["task"], each["due_on"], each["step"], each["recipient"]) for each in preview
    }
    assert first.keys() == {"day", "since", "opened", "reminders", "waiting", "bulletins"}
    assert (first["reminders"], again["reminders"]) == (len(preview), 0)


def test_the_outbox_is_listed_with_what_became_of_each_message() -> None:
    messages = cchc("notify", "list", "--state", "pending", "--json").json["messages"]

    assert {"state", "reason", "task", "stage", "channel", "recipient", "answer"} <= messages[0].keys()
    assert {each["state"] for each in messages} == {"pending"}
    assert len(cchc("notify", "list", "--limit", "1", "--json").json["messages"]) == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE cchc.audit_event SET body = replace(body, 'system', 'leader') WHERE position = %(at)s",
        "UPDATE cchc.audit_event SET recorded_at = recorded_at - interval '1 day' WHERE position = %(at)s",
        "DELETE FROM cchc.audit_event WHERE position = %(at)s",
    ],
)
def test_what_a_superuser_changes_in_the_log_is_found_where_it_was_done(url: str, change: str) -> None:
    sound = cchc("audit", "verify", "--json").json
    assert sound["ok"] is True
    assert sound["wards"][0].keys() == {"ward", "size", "root", "checkpoints", "first_bad", "problems"}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("CREATE TEMP TABLE kept AS SELECT * FROM cchc.audit_event")
        connection.execute(change, {"at": 3})

        verdict = cchc("audit", "verify", "--json", code=None)
        told = cchc("audit", "verify", code=None)

        connection.execute("DELETE FROM cchc.audit_event")
        connection.execute("INSERT INTO cchc.audit_event SELECT * FROM kept")
    assert (verdict.code, verdict.json["ok"], verdict.json["wards"][0]["first_bad"]) == (1, False, 3)
    assert (told.code, "PHÁT HIỆN ĐƯỢC SỬA ĐỔI" in told.out) == (1, True)
    assert cchc("audit", "verify", "--json").json == sound


def test_units_are_known_by_any_spelling_and_reached_where_it_was_said() -> None:
    for spelling in ("Văn phòng HĐND&UBND", "VP UBND", "văn phòng hđnd và  ubnd phường"):
        cchc("unit", "contact", spelling, "--email", "vanthu@phuong.vn", "--head")

    units = {each["name"]: each for each in cchc("unit", "list", "--json").json["units"]}
    addresses = [each["address"] for each in units[OFFICE]["contacts"]]
    assert addresses.count("vanthu@phuong.vn") == 1
    assert set(units["Các phòng chuyên môn, đơn vị"]["members"]) == GROUP


def test_a_disabled_person_stays_in_the_list_and_may_act_no_more() -> None:
    cchc("user", "add", "tam", "--role", "officer", "--unit", CULTURE, "--email", "tam@phuong.vn")
    cchc("user", "disable", "tam")

    people = {each["name"]: each for each in cchc("user", "list", "--json").json["users"]}
    gone = {
        "name": "tam",
        "role": "officer",
        "unit": CULTURE,
        "email": "tam@phuong.vn",
        "active": False,
        "machine": False,
    }
    assert people["tam"] == gone
    assert "tam" in cchc("stage", "submit", "I.3", "plan", "--by", "tam", code=1).err


def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_MAIL_URL", "mailtos://vanthu:tuyet@mat@mail.vn:587?from=a@b.vn&pass=tuyetmat")
    monkeypatch.setenv("CCHC_DATABASE_URL", "postgresql://may/cchc?user=u&password=tuyetmat")
    for name in ("KEY", "ZALO_APP_SECRET", "ZALO_OA_SECRET", "ZALO_BOT_TOKEN", "ZALO_BOT_SECRET"):
        monkeypatch.setenv(f"CCHC_{name}", "tuyetmat")

    shown = cchc("config", "show", "--json")

    values = {each["name"]: (each["value"], each["source"]) for each in shown.json["settings"]}
    masked = "mailtos://vanthu:***@mail.vn:587?from=a@b.vn&pass=***"
    assert values["CCHC_MAIL_URL"] == (masked, "biến môi trường")
    assert values["CCHC_DATABASE_URL"][0] == "postgresql://may/cchc?user=u&password=***"
    assert values["CCHC_KEY"] == values["CCHC_ZALO_BOT_TOKEN"] == ("***", "biến môi trường")
    assert values["CCHC_PORT"] == ("8000", "mặc định")
    assert "mat@" not in cchc("config", "show").out + shown.out
    assert "tuyetmat" not in cchc("config", "show").out + shown.out


def test_status_has_all_its_fields_while_nothing_runs() -> None:
    shown = cchc("status", "--json").json

    names = ["database", "web", "prefect", "worker", "dispatcher"]
    assert [(each["name"], each["state"]) for each in shown["parts"]] == [(name, "down") for name in names]
    assert {"name", "state", "pid", "url", "since"} <= shown["parts"][0].keys()
    assert {"versions", "morning", "last_backup", "outbox", "open_findings"} <= shown.keys()
    assert "đang ngừng" in cchc("status").out


def test_help_names_every_command_and_each_explains_itself_in_vietnamese() -> None:
    assert cchc("--help").out == cchc("-h").out
    for command in ("plan", "task", "event", "stage", "remind", "notify", "audit", "unit", "user", "status"):
        assert f"\n  {command} " in cchc("--help").out
        assert "Cách dùng" in cchc(command, "--help").out
    assert [each["code"] for each in cchc("event", "types", "--json").json["types"]] == [
        "guidance", "request", "feedback", "audit-conclusion", "training",
    ]  # fmt: skip # short values read best packed


def test_a_command_of_another_process_shares_the_running_database_and_leaves_it_running(url: str) -> None:
    done = subprocess.run([CCHC, "task", "list", "--json"], capture_output=True, text=True, check=True)

    assert len(json.loads(done.stdout)["tasks"]) == 33
    assert rows(url, "SELECT 1") == [(1,)]


def test_a_command_starts_the_database_for_itself_and_stops_it_again(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCHC_DATA", str(data))

    assert "plan import" in cchc("user", "list", code=1).err
    assert (data / "pgdata").is_dir()
    assert not (data / "pgdata" / "postmaster.pid").exists()


def test_the_history_tells_who_typed_a_command_beside_the_name_that_was_given(url: str) -> None:
    cchc("task", "set-date", "VI.3", "report", "2026-12-18", "--reason", "Công văn", "--by", "dieuphoi")
    cchc("user", "add", "go-lenh", "--role", "auditor")

    by_name, by_nobody = (
        json.loads(
            rows(url, "SELECT body FROM cchc.audit_event WHERE kind = %s ORDER BY position DESC", kind)[0][0]
        )
        for kind in ("due.changed", "account.added")
    )
    assert (by_name["actor"]["role"], by_name["actor"]["via"]) == ("coordinator", typed_by())
    assert by_nobody["actor"] == {"id": 0, "role": "system", "via": typed_by()}
    assert f"({typed_by()})" in cchc("audit", "show", "--task", "VI.3").out
    assert cchc("audit", "verify", "--json").json["ok"] is True
