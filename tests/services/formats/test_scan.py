"""Scans are read through Tesseract where it is, and told how to be read where it isn't."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from domain.errors import SystemFault
from services.formats import scan
from services.formats.pdf_refusals import ScannedDocument
from services.formats.scan import OcrFailed, OcrMissing, lay_out
from tests.services.formats.drawn import COLUMNS, Drawn, drawn

PIXELS = 300 / 72
PAGE = Drawn().picture().frame(COLUMNS, (60.0, 80.0, 120.0))
STAND_IN = """#!{python}
import sys, time
if "--list-langs" in sys.argv:
    print("List of available languages (2):\\neng\\n{language}")
else:
    sys.stdin.buffer.read()
    {act}
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder that is all of PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def install(path: Path, act: str = "pass", *, language: str = "vie") -> None:
    """Put a stand-in for Tesseract on PATH."""
    program = path / "tesseract"
    program.write_text(STAND_IN.format(python=sys.executable, act=act, language=language))
    program.chmod(0o755)


def recognising(path: Path, *words: tuple[str, float, float, int]) -> None:
    """Install one that finds these words at these points, with this certainty."""
    lines = ["\t".join(["level"] * 12)]
    for text, x, top, sure in words:
        box = [round(place * PIXELS) for place in (x, top, 6 * len(text), 10)]
        lines.append("\t".join(map(str, [5, 1, 1, 1, 1, 1, *box, sure, text])))
    (path / "table.tsv").write_text("\n".join(lines), "utf-8")
    install(path, f"sys.stdout.buffer.write(open({str(path / 'table.tsv')!r}, 'rb').read())")


def test_words_found_in_a_picture_stand_in_the_cells_that_its_rules_draw(path: Path) -> None:
    recognising(
        path,
        ("TT", 45, 63, 95),
        ("Nội", 90, 63, 95),
        ("dung", 112, 63, 95),
        ("|1", 45, 83, 95),
        ("Rà", 90, 83, 95),
        ("soát", 110, 83, 31),
        ("|", 229, 83, 90),
        ("Quý", 330, 83, 95),
    )

    sheet = lay_out(drawn(PAGE))

    assert sheet.scanned
    assert [row.cells for row in sheet.rows] == [
        ("TT", "Nội dung", "", "", ""),
        ("1", "Rà soát", "", "Quý", ""),
    ]
    assert [(f.code, f.severity, f.source_text) for f in sheet.findings] == [("scan-unsure", "check", "soát")]


def test_a_scan_that_lies_askew_is_turned_first(path: Path) -> None:
    recognising(path, ("TT", 45, 63, 95), ("Nội", 90, 63, 95))
    askew = Drawn(["0.9998 0.0175 -0.0175 0.9998 7 -5 cm", *PAGE.marks[1:]])

    assert [len(row.cells) for row in lay_out(drawn(askew)).rows] == [5]


def test_a_dark_photograph_has_no_rules(path: Path) -> None:
    recognising(path, ("Nội", 90, 63, 95))
    dark = Drawn([*PAGE.marks, f"0 0 {COLUMNS[-1]} 700 re f"])

    assert lay_out(drawn(dark)).rows == ()


def test_a_page_without_any_word_forbids_activation_until_someone_looked(path: Path) -> None:
    recognising(path)

    sheet = lay_out(drawn(PAGE, PAGE))

    assert [(f.code, f.severity, f.source_text) for f in sheet.findings] == [
        ("scan-empty", "blocking", "1, 2")
    ]


@pytest.mark.parametrize("language", [None, "fra"])
def test_without_vietnamese_recognition_it_says_how_to_get_there(path: Path, language: str | None) -> None:
    if language:
        install(path, language=language)

    with pytest.raises(OcrMissing) as caught:
        lay_out(drawn(PAGE, PAGE, PAGE))

    assert isinstance(caught.value, ScannedDocument)
    for words in ("3 trang", "tesseract-ocr-vie", "ocrmypdf -l vie", "Word"):
        assert words in caught.value.notice


@pytest.mark.parametrize("act", ["sys.exit('no memory')", "time.sleep(60)"])
def test_recognition_that_fails_or_hangs_is_a_fault_with_its_page(
    path: Path, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "PAGE_SECONDS", 1)
    install(path, act)

    with pytest.raises(OcrFailed) as caught:
        lay_out(drawn(PAGE))

    assert isinstance(caught.value, SystemFault)
    assert "trang 1" in caught.value.notice


def test_recognition_runs_on_one_thread_and_keeps_the_rest_of_its_environment(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", "here")
    install(path, "import os; open(sys.argv[0] + '.env', 'w').write(str(dict(os.environ)))")

    lay_out(drawn(PAGE))

    seen = (path / "tesseract.env").read_text()
    assert "'OMP_THREAD_LIMIT': '1'" in seen
    assert "'TESSDATA_PREFIX': 'here'" in seen
    assert "OMP_THREAD_LIMIT" not in os.environ
