"""Turn old and open office formats into today's through LibreOffice, where it is installed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from config.faults import reported
from domain.errors import WardError
from services.formats.archive import check_archive

LIMIT_S = 120.0  # a first start on a slow disk takes 20 s, a long document 10 s
_MEMORY = 4 << 30  # bytes of address space; LibreOffice reserves far more than it uses
_OUTPUT = 64 << 20  # bytes
_PROGRAMS = ("soffice", "libreoffice")
_WORD, _EXCEL = "docx:MS Word 2007 XML", "xlsx:Calc MS Excel 2007 XML"
_TARGETS = {
    ".doc": _WORD,
    ".odt": _WORD,
    ".rtf": _WORD,
    ".html": _WORD,
    ".xls": _EXCEL,
    ".ods": _EXCEL,
    ".docx": "pdf:writer_pdf_Export",  # of our own making, to be printed
}
_FILTERS = {".html": "HTML (StarWriter)"}  # the usual one for pages can't be saved as a document
_KEPT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH")
_SCRIPTING = "/org.openoffice.Office.Common/Security/Scripting"
_INTERNET = "/org.openoffice.Inet/Settings"
# No macro, no linked content, and for whatever still asks for the network a proxy that isn't there.
_SETTINGS = (
    (_SCRIPTING, "MacroSecurityLevel", "3"),
    (_SCRIPTING, "DisableMacrosExecution", "true"),
    (_SCRIPTING, "DisableActiveContent", "true"),
    (_SCRIPTING, "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("/org.openoffice.Office.Calc/Content/Update", "Link", "2"),
    (_INTERNET, "ooInetProxyType", "2"),
    (_INTERNET, "ooInetHTTPProxyName", "127.0.0.1"),
    (_INTERNET, "ooInetHTTPProxyPort", "9"),
    (_INTERNET, "ooInetHTTPSProxyName", "127.0.0.1"),
    (_INTERNET, "ooInetHTTPSProxyPort", "9"),
)


class NoOffice(WardError):
    """LibreOffice isn't on this machine."""

    def __init__(self, suffix: str) -> None:
        better = _TARGETS[suffix].partition(":")[0]
        program = "Excel" if better == "xlsx" else "Word"
        super().__init__(
            f"LibreOffice is not installed, cannot read {suffix}",
            f"Muốn đọc tệp {suffix} thì máy chủ phải cài LibreOffice, hiện chưa có. Đề nghị mở tệp bằng "
            f"{program}, chọn “Lưu thành” (Save As) dạng .{better} rồi đọc tệp mới; hoặc nhờ người quản trị "
            "cài LibreOffice.",
        )


class NotConverted(WardError):
    """LibreOffice made nothing of the file, or not in time."""

    def __init__(self, suffix: str, why: str, words: str) -> None:
        better = _TARGETS[suffix].partition(":")[0]
        super().__init__(
            f"LibreOffice did not convert the {suffix} file: {why}",
            f"LibreOffice {words}; có thể tệp bị hỏng hoặc có đặt mật khẩu. Đề nghị mở thử tệp, chọn "
            f"“Lưu thành” (Save As) dạng .{better} rồi đọc tệp mới.",
        )


def convert(data: bytes, suffix: str, *, limit_s: float = LIMIT_S) -> bytes:
    """Return the file as .docx (.doc, .odt, .rtf, .html), .xlsx (.xls, .ods) or .pdf (.docx).

    LibreOffice works in a folder and with a profile of its own, both gone afterwards; it runs no macro and
    follows no link.

    Raises:
        NoOffice: it isn't installed.
        NotConverted: it fails, or takes longer than `limit_s`.
        HarmfulFile, LockedFile, DamagedFile: see `services.formats.archive`.
        SystemFault: the machine can't start it.
    """
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise NoOffice(suffix)
    if data.startswith(b"PK"):
        check_archive(data)
    with (
        reported("Không chạy được LibreOffice"),
        tempfile.TemporaryDirectory(prefix="cchc-", ignore_cleanup_errors=True) as folder,
    ):
        place = Path(folder)
        _make_profile(place / "profile")
        (place / f"in{suffix}").write_bytes(data)
        try:
            status = _run(program, suffix, place, limit_s)
        except subprocess.TimeoutExpired:
            words = f"mở tệp quá {limit_s:.0f} giây chưa xong nên đã dừng"
            raise NotConverted(suffix, f"longer than {limit_s} s", words) from None
        return _result(place, suffix, status)


def _make_profile(profile: Path) -> None:
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        f"{items}</oor:items>",
        encoding="utf-8",
    )


def _run(program: str, suffix: str, place: Path, limit_s: float) -> int:
    command = [program, f"-env:UserInstallation={(place / 'profile').as_uri()}", "--headless", "--norestore"]
    command += ["--nologo", "--nodefault", "--nolockcheck", "--nofirststartwizard"]
    command += [f"--infilter={_FILTERS[suffix]}"] if suffix in _FILTERS else []
    command += ["--convert-to", _TARGETS[suffix], "--outdir", str(place / "made"), str(place / f"in{suffix}")]
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    with (place / "said").open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - found on the path, no shell, our own arguments
            command,
            cwd=place,
            env=kept
            | {"HOME": str(place), "TMPDIR": str(place), "LANG": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,  # so that all it starts ends with it
        )
        try:
            _confine(process.pid, limit_s)
            return process.wait(limit_s)
        finally:
            _end(process)


def _confine(pid: int, limit_s: float) -> None:
    """Let the kernel hold the process to its share; where it can't, the clock is what is left."""
    with contextlib.suppress(ImportError, AttributeError, OSError, ValueError):  # Linux has prlimit
        import resource

        seconds = int(limit_s) + 1
        for kind, most in (
            (resource.RLIMIT_AS, _MEMORY),
            (resource.RLIMIT_FSIZE, _OUTPUT),
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.prlimit(pid, kind, (most, most))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End LibreOffice and everything that it started; a second time harms nobody."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _result(place: Path, suffix: str, status: int) -> bytes:
    made = next(iter(sorted((place / "made").glob("in.*"))), None)
    if status == 0 and made is not None and 0 < made.stat().st_size <= _OUTPUT:
        return made.read_bytes()
    said = (place / "said").read_bytes()[-2000:].decode(errors="replace")
    refusal = NotConverted(suffix, f"status {status}", "không chuyển được tệp này")
    refusal.add_note(f"LibreOffice said:\n{said}")
    raise refusal
