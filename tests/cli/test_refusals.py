"""Bad input gets a clear Vietnamese answer and loses nothing."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from services.setup import PACKAGED
from tests.cli.typed import cchc, history_size, installation, office, rows, vietnamese
from tests.cli.whole import CCHC, until
from tests.waiting import LONGEST_S

DECISION = PACKAGED.read_text(encoding="utf-8")
ROW = next(
    line for line in DECISION.splitlines(keepends=True) if line.startswith("4\tXây dựng kế hoạch rà soát")
)
RAISE = ("event", "raise", "guidance")
PAPER = ("--doc-number", "9/SNV", "--issuer", "Sở Nội vụ", "--summary", "Chỉ đạo")
SUBMIT = ("stage", "submit", "II.3")


@pytest.fixture(scope="module", autouse=True)
def url() -> Iterator[str]:
    """Give one office with the real decision, and a document and a submission in it."""
    with installation() as database:
        office()
        cchc(*RAISE, *PAPER, "--doc-date", "2026-02-02", "--task", "I.4", "--by", "dieuphoi")
        cchc("stage", "submit", "II.5", "plan", "--by", "lan", "--on", "2026-02-02")
        yield database


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("task", "show", "IX.9"), 1, "IX.9"),
        (("task", "list", "--unit", "Phòng Không Có"), 1, "Phòng Không Có"),
        (("task", "list", "--status", "xong"), 2, "hoàn thành đúng hạn"),
        (("unit", "contact", "Phòng Văn hoá", "--email", "a@b.vn"), 1, "Phòng Văn hóa - Xã hội"),
        (("unit", "contact", "VP UBND", "--email", "a b"), 1, "a b"),
        (("unit", "contact", "VP UBND"), 1, "--email"),
        (("user", "add", "Lan", "--role", "leader"), 1, "không dấu"),
        (("user", "add", "tam", "--role", "officer"), 1, "--unit"),
        (("user", "add", "tam", "--role", "boss"), 2, "coordinator"),
        (("user", "add", "lan", "--role", "admin"), 1, "lan"),
        (("user", "disable", "ai-do"), 1, "cchc user list"),
        ((*SUBMIT, "plan", "--by", "ai-do"), 1, "ai-do"),
        ((*SUBMIT, "plan", "--by", "hoa"), 1, "Văn phòng HĐND và UBND phường"),
        ((*SUBMIT, "plan", "--by", "chutich"), 1, "cán bộ đơn vị"),
        ((*SUBMIT, "report", "--by", "lan"), 1, "Ban hành kế hoạch"),
        ((*SUBMIT, "finish", "--by", "lan"), 2, "implement"),
        ((*SUBMIT, "plan", "--by", "lan", "--on", "2026-02-30"), 2, "31/3/2026"),
        ((*SUBMIT, "plan", "--by", "lan", "--on", "9999-12-31"), 1, "31/12/9999"),
        ((*SUBMIT, "plan", "--by", "lan", "--doc-date", "9999-12-31"), 1, "31/12/9999"),
        ((*SUBMIT, "plan", "--by", "lan", "--occurrence", "Quý 9"), 1, "Quý 9"),
        ((*SUBMIT, "plan", "--by", "lan", "--file", "/không/có"), 1, "/không/có"),
        ((*SUBMIT, "plan", "--by", "lan", "--file", "/tmp"), 1, "/tmp"),
        ((*SUBMIT, "plan", "--by", "lan", "--file", "/dev/null"), 1, "không có nội dung"),
        (("stage", "submit", "I.2", "plan", "--by", "hoa"), 1, "--occurrence"),
        (("stage", "submit", "II.5", "plan", "--by", "lan", "--note", "khác"), 1, "đang chờ nghiệm thu"),
        (("stage", "accept", "II.3", "plan", "--by", "dieuphoi"), 1, "chưa có kết quả"),
        (("stage", "accept", "II.5", "plan", "--by", "lan"), 1, "lãnh đạo"),
        (("stage", "return", "II.5", "plan", "--by", "dieuphoi"), 1, "--reason"),
        ((*RAISE, *PAPER, "--doc-date", "2026-02-03", "--by", "dieuphoi"), 1, "02/02/2026"),
        ((*RAISE, *PAPER, "--doc-date", "9999-12-31", "--by", "dieuphoi"), 1, "31/12/9999"),
        ((*RAISE, *PAPER, "--doc-date", "mai", "--by", "dieuphoi"), 2, "mai"),
        ((*RAISE, *PAPER, "--doc-date", "2026-02-02", "--by", "lan"), 1, "điều phối"),
        ((*RAISE, *PAPER, "--doc-date", "2026-02-02", "--task", "IX.9", "--by", "dieuphoi"), 1, "IX.9"),
        (
            (*RAISE, *PAPER, "--doc-date", "2026-02-02", "--due", "2026-02-01", "--by", "dieuphoi"),
            1,
            "01/02/2026",
        ),
        ((*RAISE, *PAPER, "--doc-date", "1026-02-02", "--by", "dieuphoi"), 1, "02/02/1026"),
        (
            (*RAISE, *PAPER, "--doc-number", "x" * 101, "--doc-date", "2026-02-02", "--by", "dieuphoi"),
            1,
            "dài quá 100 chữ",
        ),
        (("event", "raise", "party", *PAPER, "--doc-date", "2026-02-02", "--by", "dieuphoi"), 1, "guidance"),
        (
            ("task", "set-date", "VI.3", "report", "1990-01-01", "--reason", "x", "--by", "dieuphoi"),
            1,
            "14/01/2026",
        ),
        (
            ("task", "set-date", "VI.3", "report", "2026-12-01", "--reason", " ", "--by", "dieuphoi"),
            1,
            "lý do",
        ),
        (
            ("task", "set-date", "II.5", "plan", "2026-12-01", "--reason", "x", "--by", "dieuphoi"),
            1,
            "đã nộp",
        ),
        (
            ("task", "set-date", "VI.3", "report", "2026-12-01", "--reason", "x", "--by", "lan"),
            1,
            "điều phối",
        ),
        (("remind", "preview", "--from", "2026-03-01", "--to", "2026-02-01"), 1, "01/02/2026"),
        (("remind", "run", "--on", "thứ hai"), 2, "thứ hai"),
        (("notify", "list", "--limit", "-5"), 2, "-5"),
        (("audit", "show", "--limit", "nhiều"), 2, "nhiều"),
        (("plan", "calendar", "--year", "26"), 2, "bốn chữ số"),
        (("up", "--port", "cổng"), 2, "cổng"),
        (("plan", "import", str(PACKAGED)), 1, "đã được nhập"),
        (("reconcile",), 3, "cchc up"),
        (("notify", "test", "email", "a@b.vn"), 3, "CCHC_MAIL_URL"),
        (("plan", "reed"), 2, "read-time"),
        (("thieu",), 2, "thieu"),
        ((), 2, "cchc LỆNH"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_what_cannot_be_is_refused_by_its_name_and_changes_nothing(
    url: str, words: tuple[str, ...], code: int, said: str
) -> None:
    before = history_size(url)

    refused = cchc(*words, code=code)

    assert said in refused.out + refused.err
    assert history_size(url) == before
    assert rows(url, "SELECT count(*) FROM cchc.submission") == [(1,)]


def looks_like(kind: str, path: Path) -> None:
    """Put on the disk what people take for a decision."""
    if kind == "nothing":
        path.write_bytes(b"")
    elif kind == "picture":
        path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(200))
    elif kind == "junk":
        path.write_bytes(bytes(range(256)) * 40)
    elif kind == "huge":
        with path.open("wb") as file:
            file.truncate(300 * 1024 * 1024)
    elif kind == "page":
        path.write_text("<html><table><tr><td>TT</td></tr></table></html>", encoding="utf-8")
    elif kind == "letter":
        path.write_text("Kính gửi UBND phường,\nTrân trọng.\n", encoding="utf-8")
    elif kind == "half":
        path.write_text(DECISION[: len(DECISION) // 2], encoding="utf-8")
    elif kind == "old font":
        path.write_bytes("Quyết định".encode("cp1258", "ignore") + b"\xb8\xb5")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()


@pytest.mark.parametrize(
    "kind",
    ["nothing", "picture", "junk", "huge", "page", "letter", "half", "old font", "pipe", "folder"],
)
@pytest.mark.parametrize("work", ["read", "import"])
def test_a_file_that_is_no_decision_is_refused(url: str, tmp_path: Path, work: str, kind: str) -> None:
    path = tmp_path / "quyet-dinh.txt"
    looks_like(kind, path)

    refused = cchc("plan", work, str(path), code=1)

    # Which of them it is for a page of HTML depends on whether the machine has LibreOffice.
    assert any(words in refused.err for words in (path.name, "bảng nhiệm vụ", "LibreOffice"))
    assert refused.out == ""
    assert rows(url, "SELECT count(*) FROM cchc.plan WHERE number LIKE '16/%%'") == [(1,)]


def test_a_decision_with_a_row_missing_is_not_activated_until_the_whole_one_comes(
    url: str, tmp_path: Path
) -> None:
    missing, whole = tmp_path / "32.txt", tmp_path / "33.txt"
    text = DECISION.replace("16/QĐ-UBND", "17/QĐ-UBND")
    whole.write_text(text, encoding="utf-8")
    missing.write_text(text.replace(ROW, ""), encoding="utf-8")

    draft = cchc("plan", "import", str(missing), "--json").json
    refused = cchc("plan", "activate", code=1)

    assert (draft["tasks"], draft["blocking"]) == (32, 2)
    assert "7 nhiệm vụ nhưng chỉ đọc được 6" in refused.err
    assert len(cchc("task", "list", "--json").json["tasks"]) == 33
    right = cchc("plan", "import", str(whole), "--json").json
    assert (right["tasks"], right["blocking"]) == (33, 0)
    plans = {each["id"]: each["state"] for each in cchc("plan", "show", "--json").json["plans"]}
    assert (plans[draft["plan"]], plans[right["plan"]]) == ("closed", "draft")
    assert "đã được nhập" in cchc("plan", "import", str(whole), code=1).err
    assert (
        cchc("audit", "show", "--limit", "1", "--json").json["events"][0]["facts"]["replaced"]
        == draft["plan"]
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_the_decision_is_read_in_any_unicode_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "quyet-dinh.txt"
    path.write_text(DECISION, encoding=encoding)

    assert len(cchc("plan", "read", str(path), "--json").json["tasks"]) == 33


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CCHC_PORT", "tám nghìn", "CCHC_PORT"),
        ("CCHC_TIMEZONE", "Hải Phòng", "CCHC_TIMEZONE"),
        ("CCHC_DATABASE_URL", "mysql://may/cchc", "postgresql://"),
        ("CCHC_DATABASE_URL", "postgresql://may:cổng/cchc", "postgresql://"),
        ("CCHC_DATA", "/dev/null", "/dev/null"),
    ],
)
def test_a_setting_that_cannot_be_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)

    assert said in cchc("task", "list", code=3).err


def test_an_empty_setting_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_DATABASE_URL", "")
    monkeypatch.setenv("CCHC_PORT", "")

    assert len(cchc("task", "list", "--json").json["tasks"]) == 33


def test_a_database_that_does_not_answer_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("CCHC_DATABASE_URL", f"postgresql://127.0.0.1:{port}/cchc")

    assert "Không kết nối được cơ sở dữ liệu" in cchc("task", "list", code=3).err


def small_files_only() -> None:
    """Leave no room for a file of more than 10 kB."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))


def test_without_room_on_the_disk_nothing_is_recorded_and_nothing_left_behind(url: str) -> None:
    words = [*SUBMIT, "plan", "--by", "lan", "--on", "2026-03-02", "--file", str(PACKAGED)]
    folder = Path(os.environ["CCHC_DATA"]) / "documents"
    before = history_size(url), sorted(folder.rglob("*"))

    done = subprocess.run(
        [CCHC, *words], capture_output=True, text=True, check=False, preexec_fn=small_files_only
    )

    assert (done.returncode, vietnamese(done.stderr), "chưa có gì được ghi nhận" in done.stderr) == (
        3,
        True,
        True,
    )
    assert (history_size(url), sorted(folder.rglob("*"))) == before


def test_a_database_stopped_under_a_submission_loses_nothing_and_the_same_words_work_again(url: str) -> None:
    words = [*SUBMIT, "plan", "--by", "lan", "--on", "2026-03-02", "--note", "khi máy chủ dừng"]
    waits = "SELECT pid FROM pg_stat_activity WHERE application_name = 'cchc' AND wait_event_type = 'Lock'"
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE cchc.stage")
        running = subprocess.Popen([CCHC, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        until(lambda: rows(url, waits), "the submission waits")
        rows(url, f"SELECT pg_terminate_backend(pid) FROM ({waits}) w")
        _, told = running.communicate(timeout=LONGEST_S)

    assert running.returncode == 3
    assert "chưa có gì được ghi" in told
    assert rows(url, "SELECT count(*) FROM cchc.submission") == [(1,)]
    assert (
        cchc("stage", "submit", "II.4", "plan", "--by", "lan", "--on", "2026-03-02", "--json").json["attempt"]
        == 1
    )
    assert cchc("audit", "verify").code == 0


@pytest.mark.parametrize(
    "words", [("plan", "read", str(PACKAGED), "--json"), ("--help",)], ids=["read", "help"]
)
def test_a_reader_that_stops_listening_ends_the_command_quietly(words: tuple[str, ...]) -> None:
    with subprocess.Popen([CCHC, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout
        assert running.stderr
        running.stdout.close()
        assert running.stderr.read() == b""


def test_text_is_written_as_utf_8_whatever_the_terminal_says() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command: list[Path | str | bytes] = [CCHC, "plan", "read-time", "--json", "Quý I/2026", b"\xff"]

    done = subprocess.run(command, capture_output=True, env=environment, check=True)

    first, second = done.stdout.decode("utf-8").splitlines()
    assert ("Quý I/2026" in first, "\\udcff" in second) == (True, True)


def test_a_full_disk_behind_the_output_is_told() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [CCHC, "plan", "read", str(PACKAGED)], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert (done.returncode, "ổ đĩa đầy" in done.stderr, "Traceback" in done.stderr) == (3, True, False)
