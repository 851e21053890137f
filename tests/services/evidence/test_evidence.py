"""Evidence packs: what is in them, for whom, and that a bare Python verifies them."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tracemalloc
import zipfile
from collections import Counter
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import Engine

from domain.people import Role
from domain.refusals import BadValue, NotPermitted, UnknownTask
from models.database import transaction
from models.history import SYSTEM
from services.documents import CHUNK
from services.evidence import NothingToShow, Scope, prepare
from services.evidence_names import pack_name
from services.evidence_pack import chunks
from services.evidence_program import program
from services.evidence_verifier import verify_pack
from services.evidence_zip import safe_name
from services.people import add_user
from tests.builders import NOW, TODAY
from tests.packs import Archive, archive


@pytest.fixture(scope="module")
def pack(kept: Archive, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pack") / "ho-so.zip"
    path.write_bytes(kept.pack())
    return path


def page(pack: Path) -> str:
    with zipfile.ZipFile(pack) as opened:
        return opened.read("index.html").decode()


def test_a_pack_holds_what_the_outsider_needs(pack: Path) -> None:
    with zipfile.ZipFile(pack) as opened:
        names = opened.namelist()
        manifest = json.loads(opened.read("manifest.json"))
        stored = {info.filename for info in opened.infolist() if info.compress_type == zipfile.ZIP_STORED}

    assert {
        "index.html", "events.jsonl", "proofs.json", "checkpoint.txt", "keys.txt", "manifest.json",
        "verify.py", "DOC-TOI-TRUOC.txt",
    } <= set(names)  # fmt: skip
    documents = [name for name in names if name.startswith("tai-lieu/")]
    assert len(documents) == 3
    assert set(documents) <= stored
    assert all(safe_name(name) for name in names)
    assert set(manifest["files"]) == set(names) - {"manifest.json", "manifest.sig"}
    assert manifest["absent"] == ["0" * 64]  # the decision's own file was never there


def test_the_page_tells_what_was_expected_and_what_came(pack: Path) -> None:
    text = page(pack)

    for told in (
        "II.2", "02/03/2026", "nộp quá hạn", "Trả lại", "Nghiệm thu", "điều phối", "cán bộ đơn vị", "Lần 2",
        "&lt;b&gt;ghi chú&lt;/b&gt;", "SHA-256", "mở kỳ thực hiện", "chưa đến hạn", "cchc/",
    ):  # fmt: skip
        assert told in text, told
    assert "lan@" not in text
    assert "<b>ghi chú</b>" not in text


def test_the_page_needs_nothing_from_anywhere(pack: Path) -> None:
    text = page(pack)

    assert "<script" not in text
    assert re.findall(r'(?:src|href)="(?!tai-lieu/|MUOI-PHUT)', text) == []
    assert "http" not in text.replace('http-equiv="', "")
    assert "@media print" in text
    assert 'lang="vi"' in text


def test_the_pack_verifies_and_says_which_key_it_took(pack: Path) -> None:
    report = verify_pack(pack)

    assert report.problems == []
    assert report.ok
    assert any(report.facts["fingerprint"] in note for note in report.notes)


def bare(program: Path, *words: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-I", "-S", str(program), *map(str, words)],
        capture_output=True,
        check=False,
        env={"PATH": os.environ["PATH"], **environment},
        cwd=program.parent,
    )


@pytest.fixture
def verifier(tmp_path: Path) -> Path:
    path = tmp_path / "verify.py"
    path.write_text(program(), encoding="utf-8")
    return path


def test_a_bare_python_verifies_a_pack(pack: Path, verifier: Path) -> None:
    said = bare(verifier, pack, "--json")
    report = json.loads(said.stdout)

    assert (said.returncode, said.stderr) == (0, b"")
    assert report["ok"] is True
    assert report["problems"] == []


def test_the_program_tells_how_it_is_used_in_vietnamese(verifier: Path) -> None:
    told = bare(verifier, "--help").stdout.decode()
    wrong = bare(verifier, "--oops", PYTHONIOENCODING="utf-8")

    assert told.startswith("Cách dùng: verify.py [-h] [--checkpoint TỆP]")
    for english in ("usage", "positional", "options", "show this", "FILE"):
        assert english not in told
    assert wrong.returncode == 2
    assert "không hiểu: --oops" in wrong.stderr.decode()
    assert "error" not in wrong.stderr.decode()


def test_a_folder_that_was_unpacked_is_verified_where_it_is(pack: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(pack) as opened:
        opened.extractall(tmp_path)
    (tmp_path / "Thumbs.db").write_bytes(b"x")

    assert bare(tmp_path / "verify.py").returncode == 0
    (tmp_path / "index.html").write_bytes(b"x")
    said = bare(tmp_path / "verify.py")
    assert said.returncode == 1
    assert b"index.html" in said.stdout


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "cp1258", "utf-8", "ascii"])
def test_any_console_can_show_what_is_said(pack: Path, verifier: Path, encoding: str) -> None:
    code = f"import sys; sys.stdout.reconfigure(encoding='{encoding}'); sys.argv = ['{verifier}', '{pack}'];"
    code += f"exec(compile(open('{verifier}', encoding='utf-8').read(), 'verify.py', 'exec'))"
    said = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, check=False)

    assert said.returncode == 0, said.stderr.decode()
    text = said.stdout.decode(encoding)
    assert ("không phát hiện sửa đổi" in text) or ("khong phat hien sua doi" in text)


def test_the_program_imports_nothing_but_the_standard_library() -> None:
    found = set(re.findall(r"^(?:from|import) (\w+)", program(), re.MULTILINE))

    assert found - {"__future__"} <= sys.stdlib_module_names
    assert "from domain" not in program()
    assert "from services" not in program()


def test_a_pack_is_read_from_its_events_alone(pack: Path, verifier: Path, tmp_path: Path) -> None:
    said = bare(verifier, pack, "--read").stdout.decode()
    broken = tmp_path / "pack"
    with zipfile.ZipFile(pack) as opened:
        opened.extractall(broken)
    events = (broken / "events.jsonl").read_bytes()
    (broken / "events.jsonl").write_bytes(events.replace(b'"late":1', b'"late":0'))

    for told in (
        "II.2 Năm 2026 (kỳ số 1): đang mở",
        "  Ban hành kế hoạch: hạn 2026-03-02 (vị trí 13)",
        "nộp lần 2, thực hiện 2026-03-05, ghi nhận 2026-03-02T02:00:00.000000Z, tài khoản số 3, QUÁ HẠN",
        "vị trí 12: trả lại, tài khoản số 1",
    ):
        assert told in said, told
    assert "Chưa đọc được diễn biến" in bare(verifier, broken, "--read").stdout.decode()


def test_what_a_part_is_not_about_is_not_read_from_it(kept: Archive, verifier: Path, tmp_path: Path) -> None:
    path = tmp_path / "phan.zip"
    path.write_bytes(kept.pack(Scope(section="VI")))
    said = bare(verifier, path, "--read").stdout.decode()

    assert "kỳ số" not in said
    assert "không phát hiện sửa đổi" in said


def test_no_name_stands_twice_in_the_program() -> None:
    """Its parts are modules with names of their own, and in one file the later one would win."""
    named: list[str] = []
    for node in ast.parse(program()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            named.append(node.name)
        elif isinstance(node, ast.Assign):
            named += [
                each.id for target in node.targets for each in ast.walk(target) if isinstance(each, ast.Name)
            ]

    assert [name for name, count in Counter(named).items() if count > 1] == []


def test_a_part_of_the_plan_has_its_own_events_with_proofs(kept: Archive, tmp_path: Path) -> None:
    path = tmp_path / "phan.zip"
    path.write_bytes(kept.pack(Scope(tasks=("II.2",))))
    report = verify_pack(path)
    with zipfile.ZipFile(path) as opened:
        bodies = [json.loads(line) for line in opened.read("events.jsonl").splitlines()]

    assert report.ok, report.problems
    assert report.facts["scope"] == {"tasks": ["II.2"]}
    assert len(bodies) < report.facts["size"]
    assert {"stage.submitted", "stage.accepted", "occurrence.opened", "plan.activated"} <= {
        body["kind"] for body in bodies
    }
    assert "VI.3." not in page(path)


@pytest.mark.parametrize(
    ("scope", "there"),
    [
        (Scope(section="II"), True),
        (Scope(since=TODAY, until=TODAY + timedelta(days=5)), True),
        (Scope(since=date(2027, 1, 1)), False),
    ],
    ids=["section", "period", "empty period"],
)
def test_a_pack_may_be_of_a_section_or_a_period(
    kept: Archive, tmp_path: Path, scope: Scope, there: bool
) -> None:
    path = tmp_path / "phan.zip"
    path.write_bytes(kept.pack(scope))

    assert verify_pack(path).ok, verify_pack(path).problems
    assert ("nộp quá hạn" in page(path)) is there


def test_the_history_says_who_took_a_pack_of_what(kept: Archive) -> None:
    kept.pack(Scope(tasks=("II.2",)), by="chutich")
    with transaction(kept.engine) as connection:
        body = json.loads(
            connection.exec_driver_sql(
                "SELECT body FROM cchc.audit_event ORDER BY position DESC LIMIT 1"
            ).scalar_one()
        )

    assert (body["kind"], body["actor"]["role"]) == ("evidence.exported", "leader")
    assert body["facts"] == {"tasks": ["II.2"]}


@pytest.mark.parametrize(
    ("scope", "by", "refusal"),
    [
        (Scope(), "lan", NotPermitted),
        (Scope(tasks=("IX.9",)), "thanhtra", UnknownTask),
        (Scope(section="IX"), "thanhtra", NothingToShow),
        (Scope(since=date(2026, 3, 1), until=date(2026, 2, 1)), "thanhtra", BadValue),
    ],
)
def test_what_cannot_be_had_is_refused_and_leaves_no_trace(
    kept: Archive, scope: Scope, by: str, refusal: type[Exception]
) -> None:
    with transaction(kept.engine) as connection:
        before = connection.exec_driver_sql("SELECT size FROM cchc.audit_log").scalar_one()
    with pytest.raises(refusal), transaction(kept.engine) as connection:
        prepare(connection, kept.ward, scope, by=by, keys=kept.keys, now=NOW)
    with transaction(kept.engine) as connection:
        assert connection.exec_driver_sql("SELECT size FROM cchc.audit_log").scalar_one() == before


def test_roles_are_told_as_they_were_then(engine: Engine, data: Path, tmp_path: Path) -> None:
    kept = archive(engine, data)
    with transaction(engine) as connection:
        connection.exec_driver_sql("UPDATE cchc.account SET role = 'auditor' WHERE name = 'lan'")
        add_user(
            connection, kept.ward, "moi", role=Role.AUDITOR, unit=None, email=None, actor=SYSTEM, now=NOW
        )
    path = tmp_path / "x.zip"
    path.write_bytes(kept.pack())

    assert "cán bộ đơn vị (tài khoản số 3)" in page(path)


def test_large_documents_pass_through_in_pieces(engine: Engine, data: Path) -> None:
    kept = archive(engine, data)
    large = kept.store.keep(BytesIO(os.urandom(CHUNK) * 24), "lớn.bin")
    with transaction(engine) as connection:
        from services.documents import register

        register(connection, kept.ward.id, [large])
        from services.history import record

        record(connection, kept.ward.id, "event.recorded", {"document": large.sha256}, actor=SYSTEM, now=NOW)
    with transaction(engine) as connection:
        prepared = prepare(connection, kept.ward, Scope(), by=None, keys=kept.keys, now=NOW)
    heard: list[tuple[int, int]] = []
    tracemalloc.start()
    with transaction(engine) as connection:
        size = sum(
            len(chunk)
            for chunk in chunks(
                connection, kept.ward, prepared, store=kept.store, keys=kept.keys,
                progress=lambda done, of: heard.append((done, of)),
            )
        )  # fmt: skip
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert size > 24 * CHUNK
    assert peak < 10 * CHUNK
    assert heard[-1] == (5, 5)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Kế hoạch số 5 (bản cuối).PDF", "Ke-hoach-so-5-ban-cuoi.PDF"),
        ("đơn.docx", "don.docx"),
        ("../../etc/passwd", "passwd"),
        ("...", "tai-lieu"),
        ("🂡🂡", "tai-lieu"),
        ("a" * 300 + ".pdf", "a" * 80 + ".pdf"),
        ("x.tar..gz", "x.tar.gz"),
    ],
)
def test_documents_have_names_that_any_machine_takes(name: str, safe: str) -> None:
    assert pack_name(name).endswith(safe)
    assert safe_name(f"tai-lieu/0000-{pack_name(name)}")
