"""The guide for outsiders: what it lets them type finds that a pack holds, without any code of ours."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html import unescape
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Engine

from services.evidence import Scope
from services.evidence_guide import TEXT
from services.evidence_verifier import verify_pack
from tests.packs import archive

GUIDE = Path(__file__).resolve().parents[1] / "docs/huong-dan/kiem-tra-ho-so.md"
HOLDS = "Gốc cây băm: True\nSự kiện sai: 0\n"


def program(text: str) -> str:
    """Return the program that the guide lets people type."""
    found = re.search(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def by_hand(folder: Path) -> str:
    """Return what the guide's program says of an unpacked pack."""
    done = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", "-c", program(GUIDE.read_text("utf-8"))],
        cwd=folder, capture_output=True, text=True, timeout=240, check=True,
    )  # fmt: skip
    return done.stdout


def test_a_pack_brings_the_guide_as_a_page_that_needs_nothing_else(
    engine: Engine, data: Path, tmp_path: Path
) -> None:
    pack = tmp_path / "ho-so"
    ZipFile(BytesIO(archive(engine, data).pack())).extractall(pack)
    page = (pack / "MUOI-PHUT.html").read_text("utf-8")
    shown = unescape(re.sub(r"<[^>]+>", "", page[page.index("<main>") :]))

    assert TEXT.read_text("utf-8") == GUIDE.read_text("utf-8"), "one text, in two places"
    assert program(GUIDE.read_text("utf-8")) in shown
    assert "openssl pkeyutl -verify" in shown
    assert re.findall(r'(?:src|href)="([^"]*)"', page) == ["index.html"]
    assert "<script" not in page
    assert 'href="MUOI-PHUT.html"' in (pack / "index.html").read_text("utf-8")
    assert "MUOI-PHUT.html" in json.loads((pack / "manifest.json").read_text("utf-8"))["files"]
    assert "MUOI-PHUT.html" in (pack / "DOC-TOI-TRUOC.txt").read_text("utf-8")

    (pack / "MUOI-PHUT.html").write_text(page.replace("True", "False"), encoding="utf-8")
    assert [each["file"] for each in verify_pack(pack).problems] == ["MUOI-PHUT.html"]


def test_a_pack_can_be_checked_with_what_the_guide_prints(engine: Engine, data: Path, tmp_path: Path) -> None:
    kept = archive(engine, data)
    for number, scope in enumerate((Scope(), Scope(tasks=("II.2",)))):
        folder = tmp_path / str(number)
        pack = folder / "ho-so"
        ZipFile(BytesIO(kept.pack(scope))).extractall(pack)

        assert by_hand(folder) == HOLDS
        assert verify_pack(pack).ok, "what the guide lets people write must not stand in the pack"
        key = Ed25519PublicKey.from_public_bytes((folder / "khoa.der").read_bytes()[-32:])
        signature = (folder / "chu-ky").read_bytes()
        key.verify(signature, (folder / "noi-dung").read_bytes())
        with pytest.raises(InvalidSignature):
            key.verify(signature, (folder / "noi-dung").read_bytes().replace(b"\n", b" ", 1))

    events = pack / "events.jsonl"
    events.write_text(events.read_text("utf-8").replace("submitted", "submittee", 1), encoding="utf-8")
    document = next((pack / "tai-lieu").iterdir())
    document.write_bytes(b"another")
    (pack / "them.txt").write_bytes(b"more")
    (pack / "index.html").unlink()

    told = by_hand(folder)
    assert told.startswith("Gốc cây băm: True\nSự kiện sai: 1\n")
    wrong = {"events.jsonl", f"tai-lieu/{document.name}", "them.txt", "index.html"}
    assert set(re.findall(r"^Tệp sai: (.+)$", told, re.MULTILINE)) == wrong
