"""Old formats go through LibreOffice; where it is missing or fails, people hear what to do."""

from __future__ import annotations

import shlex
import shutil
import sys
import tempfile
import time
from pathlib import Path

import pytest

from config.event_types import load_event_types
from config.units import load_units
from domain.errors import SystemFault
from domain.reading.plan import read_plan, read_sheet
from services.formats import office, word
from services.formats.archive import HarmfulFile
from services.formats.office import NoOffice, NotConverted, convert
from tests.services.formats import remake
from tests.services.formats.packages import paragraph, word_file, zipped

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep temporary folders in an own place, so that leftovers show."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a program called soffice, a piece of Python, on an otherwise empty path."""
    program = tmp_path / "bin" / "soffice"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable} -sE\nimport os, sys, time, pathlib\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))


SAVE = "made = pathlib.Path(sys.argv[sys.argv.index('--outdir') + 1]); made.mkdir()\n"


@pytest.mark.parametrize(
    ("suffix", "better"),
    [(".doc", "Word"), (".odt", ".docx"), (".rtf", ".docx"), (".xls", "Excel"), (".ods", ".xlsx")],
)
def test_without_libreoffice_people_hear_what_to_do(
    suffix: str, better: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NoOffice) as refusal:
        convert(OLD, suffix)

    assert not isinstance(refusal.value, SystemFault)
    assert "LibreOffice" in refusal.value.notice
    assert f"tệp {suffix}" in refusal.value.notice
    assert better in refusal.value.notice


def test_what_libreoffice_makes_comes_back_and_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folders: Path
) -> None:
    made = word_file(paragraph("Số: 16/QĐ-UBND"))
    monkeypatch.setenv("CCHC_MAIL_URL", "secret")
    stand_in(
        tmp_path,
        monkeypatch,
        f"{SAVE}assert pathlib.Path(sys.argv[-1]).read_bytes() == {OLD!r}\n"
        "assert 'docx:MS Word 2007 XML' in sys.argv and 'CCHC_MAIL_URL' not in os.environ\n"
        "assert os.environ['HOME'] == os.getcwd()\n"
        "profile = pathlib.Path('profile/user/registrymodifications.xcu').read_text()\n"
        "assert 'DisableMacrosExecution' in profile and 'ooInetProxyType' in profile\n"
        "assert f\"-env:UserInstallation={pathlib.Path('profile').resolve().as_uri()}\" in sys.argv\n"
        f"(made / 'in.docx').write_bytes({made!r})",
    )

    assert convert(OLD, ".doc") == made
    assert list(folders.iterdir()) == []


@pytest.mark.parametrize(
    "script",
    [
        "sys.exit(1)",
        "pass",
        f"{SAVE}(made / 'in.docx').touch()",
        f"{SAVE}(made / 'in.docx').write_text('x'); sys.exit(77)",
    ],
)
def test_libreoffice_that_makes_nothing_is_a_refusal(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folders: Path
) -> None:
    stand_in(tmp_path, monkeypatch, f"print('Error: source file could not be loaded', flush=True)\n{script}")

    with pytest.raises(NotConverted) as refusal:
        convert(OLD, ".doc")

    assert "Save As" in refusal.value.notice
    assert "could not be loaded" in "".join(refusal.value.__notes__)
    assert list(folders.iterdir()) == []


def test_libreoffice_that_hangs_is_stopped_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folders: Path
) -> None:
    pid = tmp_path / "pid"
    stand_in(tmp_path, monkeypatch, "")
    # A shell is there at once; Python may need the two seconds to start.
    script = f"#!/bin/sh\n/bin/sleep 600 &\necho $! > {shlex.quote(str(pid))}\nwait\n"
    (tmp_path / "bin" / "soffice").write_text(script)
    begun = time.monotonic()

    with pytest.raises(NotConverted) as refusal:
        convert(OLD, ".doc", limit_s=2)

    assert time.monotonic() - begun < 120
    assert "quá 2 giây" in refusal.value.notice
    assert _is_gone(int(pid.read_text()))
    assert list(folders.iterdir()) == []


def _is_gone(pid: int) -> bool:
    """Say whether the process ended; its grandparent may take a moment to bury it."""
    for _ in range(1000):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_program_that_cannot_start_is_a_fault_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folders: Path
) -> None:
    program = tmp_path / "soffice"
    program.write_text("#!/nowhere/at/all\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SystemFault) as fault:
        convert(OLD, ".doc")

    assert "LibreOffice" in fault.value.notice
    assert list(folders.iterdir()) == []


def test_a_harmful_open_document_never_reaches_libreoffice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, f"pathlib.Path({str(tmp_path / 'started')!r}).touch()")

    with pytest.raises(HarmfulFile):
        convert(zipped({"content.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), ".odt")

    assert not (tmp_path / "started").exists()


def test_the_real_decision_saved_as_rich_text_gives_the_same_plan_wherever_libreoffice_is() -> None:
    """Where it isn't, the refusal is the promise."""
    data = _rich_text(remake.real_decision())
    if not any(map(shutil.which, office._PROGRAMS)):
        with pytest.raises(NoOffice):
            convert(data, ".rtf")
        return
    books = {"units": load_units(), "event_types": load_event_types()}

    plan = read_sheet(word.lay_out(convert(data, ".rtf")), **books)

    assert remake.essence(plan) == remake.essence(read_plan(remake.decision_text(), **books))


def _rich_text(decision: remake.Decision) -> bytes:
    """Return the decision as RTF."""
    width = 1500
    edges = "".join(f"\\cellx{(at + 1) * width}" for at in range(len(decision.header)))
    lines = [f"\\pard {_escaped(line)}\\par" for line in decision.before]
    rows = [
        f"\\trowd{edges}\\pard\\intbl " + "".join(f"{_escaped(cell)}\\cell " for cell in row) + "\\row"
        for row in (decision.header, *decision.rows)
    ]
    return "\n".join(["{\\rtf1\\ansi\\uc0", *lines, *rows, "\\pard\\par}"]).encode("ascii")


def _escaped(text: str) -> str:
    return "".join(
        letter
        if letter.isascii() and letter not in "\\{}\n"
        else "\\line "
        if letter == "\n"
        else f"\\u{ord(letter)} "
        for letter in text
    )
