"""The guide for outsiders: what it lets them type finds that a pack holds, without any code of ours."""

from __future__ import annotations

import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Engine

from services.evidence import Scope
from services.evidence_verifier import verify_pack
from tests.packs import archive

GUIDE = Path(__file__).resolve().parents[1] / "docs/huong-dan/kiem-tra-ho-so.md"
HOLDS = "Gốc cây băm: True\nSự kiện sai: 0\n"


def by_hand(folder: Path) -> str:
    """Return what the guide's program says of an unpacked pack."""
    found = re.search(r"^```python\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert found
    done = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", "-c", found[1]],
        cwd=folder, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout


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
