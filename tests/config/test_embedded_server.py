from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from config.embedded_server import EmbeddedServer
from config.server_account import account_for
from config.shared_server import using
from domain.errors import SystemFault
from tests.conftest import NOT_DURABLE
from tests.waiting import until

PROJECT = Path(__file__).parents[2]
HOLD = """
import sys
from pathlib import Path
from config.shared_server import using
with using(Path(sys.argv[1]), {"fsync": "off"}) as server:
    print(server.pid(), flush=True)
    sys.stdin.read()
"""
MAKE = """
import sys
from pathlib import Path
from config.embedded_server import EmbeddedServer
EmbeddedServer(Path(sys.argv[1]), {"fsync": "off"}).ensure_initialised()
"""


def run(program: str, data: Path, **more: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, str(data)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": PROJECT}
    return subprocess.Popen(command, **pipes, **more)  # type: ignore[call-overload, no-any-return] # values of mixed types, on purpose


def ask(server: EmbeddedServer, question: str) -> object:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        cursor = connection.execute(question)
        return cursor.fetchone() if cursor.description else None


def test_what_was_committed_is_there_at_the_next_start(data_with_server: Path) -> None:
    with using(data_with_server, NOT_DURABLE) as server:
        ask(server, "CREATE TABLE kept AS SELECT 1 AS x")
    with using(data_with_server, NOT_DURABLE) as server:
        assert ask(server, "SELECT x FROM kept") == (1,)

    assert server.pid() is None


def test_the_server_listens_to_its_own_account_only_and_waits_for_the_disk(data: Path) -> None:
    with using(data) as server:
        assert ask(server, "SHOW listen_addresses") == ("",)
        assert ask(server, "SHOW unix_socket_permissions") == ("0700",)
        assert ask(server, "SHOW fsync") == ("on",)
        assert ask(server, "SHOW synchronous_commit") == ("on",)
        assert ask(server, "SHOW TimeZone") == ("UTC",)
        assert stat.S_IMODE(server.pgdata.stat().st_mode) == 0o700


def test_being_killed_while_the_database_is_made_does_no_harm(data: Path) -> None:
    making = run(MAKE, data)
    until(lambda: list(data.glob("pgdata.new.*/PG_VERSION")))
    making.kill()
    making.communicate()

    with using(data, NOT_DURABLE) as server:
        assert ask(server, "SELECT 1") == (1,)
    until(lambda: not list(data.glob("pgdata.new.*")))


def test_a_killed_server_starts_again_with_everything_committed(data_with_server: Path) -> None:
    with using(data_with_server) as server:
        ask(server, "CREATE TABLE kept AS SELECT 1 AS x")
        first = server.pid()
        assert first is not None
        os.kill(first, signal.SIGKILL)
        until(lambda: server.pid() is None)
        server.start()

        assert server.pid() != first
        assert ask(server, "SELECT x FROM kept") == (1,)


def test_a_stale_file_that_names_someone_elses_process_does_not_block(data_with_server: Path) -> None:
    server = EmbeddedServer(data_with_server, NOT_DURABLE)
    server.ensure_initialised()
    with subprocess.Popen(["sleep", "60"], **account_for(server.pgdata).popen()) as stranger:
        lines = [
            str(stranger.pid),
            str(server.pgdata),
            "1700000000",
            "5432",
            str(server.pgdata),
            "",
            "1 1",
            "ready",
        ]
        (server.pgdata / "postmaster.pid").write_text("\n".join(lines) + "\n")
        (server.pgdata / ".s.PGSQL.5432.lock").write_text("\n".join(lines) + "\n")
        assert server.pid() is None

        server.start()

        assert ask(server, "SELECT 1") == (1,)
        assert stranger.poll() is None
        server.stop()
        stranger.kill()


def test_two_commands_at_once_share_one_server_and_the_last_one_stops_it(data: Path) -> None:
    first, second = run(HOLD, data), run(HOLD, data)
    assert first.stdout
    assert second.stdout
    pids = {first.stdout.readline().strip(), second.stdout.readline().strip()}
    server = EmbeddedServer(data)

    assert pids == {str(server.pid())}
    first.communicate()
    assert ask(server, "SELECT 1") == (1,)
    second.communicate()
    assert server.pid() is None


def test_a_server_whose_users_were_all_killed_is_used_again_and_then_stopped(data_with_server: Path) -> None:
    holder = run(HOLD, data_with_server)
    assert holder.stdout
    pid = int(holder.stdout.readline())
    holder.kill()
    holder.communicate()

    with using(data_with_server) as server:
        assert server.pid() == pid
    assert server.pid() is None


@pytest.mark.parametrize("name", ["x" * 120, "thư mục 'của' $HOME"], ids=["long", "odd"])
def test_the_data_folder_may_have_any_name(data: Path, name: str) -> None:
    with using(data / name, NOT_DURABLE) as server:
        assert ask(server, "SELECT 1") == (1,)
        folder = server.socket_folder()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    assert folder == server.pgdata or not folder.exists()


def test_a_socket_folder_that_someone_else_made_is_refused(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(data))
    server = EmbeddedServer(data / ("x" * 120), NOT_DURABLE)
    (data / server.name).mkdir(mode=0o755)

    with pytest.raises(SystemFault, match="not ours alone"):
        server.start()


def test_folders_above_are_opened_for_passing_through_and_no_further(data: Path) -> None:
    closed, passable = data / "closed", data / "closed" / "passable"
    passable.mkdir(parents=True)
    closed.chmod(0o700)
    passable.chmod(0o711)

    with using(passable, NOT_DURABLE):
        modes = [stat.S_IMODE(folder.stat().st_mode) for folder in (closed, passable)]

    assert modes == [0o701 if os.geteuid() == 0 else 0o700, 0o711]


def test_what_the_server_says_when_it_cannot_start_reaches_people(data_with_server: Path) -> None:
    server = EmbeddedServer(data_with_server, NOT_DURABLE)
    server.ensure_initialised()
    with (server.pgdata / "postgresql.conf").open("a") as settings:
        settings.write("shared_buffers = nonsense\n")

    with pytest.raises(SystemFault) as refusal:
        server.start()

    assert refusal.value.notice.startswith("Không khởi động được cơ sở dữ liệu.")
    assert "nonsense" in refusal.value.notice


def test_a_disk_that_takes_no_more_is_reported_and_leaves_nothing_half_made(data: Path) -> None:
    # A limit on the size of files stands in for the full disk.
    program = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n{MAKE}"
    making = run(program, data, stderr=subprocess.STDOUT)
    said, _ = making.communicate()

    assert "ServerFault: initdb failed" in said
    assert not (data / "pgdata").exists()
    assert not list(data.glob("pgdata.new.*"))


def test_a_file_in_the_folders_place_is_reported(data: Path) -> None:
    (data / "file").touch()

    with pytest.raises(SystemFault) as refusal, using(data / "file"):
        pass

    assert refusal.value.notice.startswith("Không mở được thư mục dữ liệu")
