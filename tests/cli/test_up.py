from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from config.embedded_server import EmbeddedServer
from config.parts import NAMES, PartStatus, State, read_parts
from config.processes import command_line, pids
from tests.ports import free_port
from tests.waiting import LONGEST_S, until

PROJECT = Path(__file__).parents[2]
Up = subprocess.Popen[str]
StartUp = Callable[..., Up]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def start_up(data: Path, port: int) -> Iterator[StartUp]:
    started: list[Up] = []

    def start(worker: str = "sleeps", **environment: str) -> Up:
        command = [sys.executable, "-m", "tests.cli.stand_ins", str(data), str(port), worker]
        process = subprocess.Popen(
            command, cwd=PROJECT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()
    with contextlib.suppress(FileNotFoundError):
        EmbeddedServer(data).stop()


def parts(data: Path) -> dict[str, PartStatus]:
    return {part.name: part for part in read_parts(data)}


def wait_until_ready(data: Path) -> dict[str, PartStatus]:
    until(lambda: all(part.state is State.RUNNING for part in read_parts(data)))
    return parts(data)


def living(found: dict[str, PartStatus]) -> list[str]:
    return [part.name for part in found.values() if part.alive]


def test_everything_comes_up_and_one_ctrl_c_leaves_nothing(data: Path, port: int, start_up: StartUp) -> None:
    up = start_up()
    running = wait_until_ready(data)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=LONGEST_S) as page:
        assert page.status == 200
    with psycopg.connect(str(running["database"].url)) as connection:
        assert connection.info.dbname == "cchc"

    up.send_signal(signal.SIGINT)
    said, _ = up.communicate(timeout=LONGEST_S)

    assert up.returncode == 0
    assert said.splitlines() == [
        "Tài khoản đầu tiên: quantri",
        f"Trang web: http://127.0.0.1:{port}",
        "Prefect đang khởi động…",
        "Sẵn sàng. Dừng bằng Ctrl-C.",
        "Đang dừng…",
        "Đã dừng, không mất gì.",
    ]
    assert living(running) == []
    assert list(parts(data)) == list(NAMES)
    assert {part.state for part in read_parts(data)} == {State.DOWN}


def test_killing_up_itself_leaves_at_most_the_database_and_the_next_up_carries_on(
    data_with_server: Path, start_up: StartUp
) -> None:
    first = start_up()
    running = wait_until_ready(data_with_server)
    first.kill()
    first.communicate()
    until(lambda: living(running) == ["database"])
    assert {part.state for part in read_parts(data_with_server) if part.name != "database"} == {State.DOWN}

    start_up()

    again = wait_until_ready(data_with_server)
    assert again["database"].pid == running["database"].pid
    assert again["web"].pid != running["web"].pid


def test_every_killed_part_is_started_again_and_counted(data_with_server: Path, start_up: StartUp) -> None:
    start_up()
    before = wait_until_ready(data_with_server)

    for part in before.values():
        assert part.pid
        os.kill(part.pid, signal.SIGKILL)

    until(lambda: all(part.restarts == 1 for part in read_parts(data_with_server)))
    after = wait_until_ready(data_with_server)
    assert not {part.pid for part in after.values()} & {part.pid for part in before.values()}


def test_only_what_crashed_is_restarted_and_visitors_wait_instead_of_being_refused(
    data_with_server: Path, port: int, start_up: StartUp
) -> None:
    start_up()
    before = wait_until_ready(data_with_server)
    assert before["web"].pid
    os.kill(before["web"].pid, signal.SIGKILL)

    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=LONGEST_S) as page:
        assert page.status == 200

    until(lambda: parts(data_with_server)["web"].pid != before["web"].pid)
    after = wait_until_ready(data_with_server)
    assert [name for name in NAMES if after[name].pid != before[name].pid] == ["web"]


def test_a_part_that_keeps_crashing_is_tried_ever_more_rarely(
    data_with_server: Path, start_up: StartUp
) -> None:
    up = start_up("crashes")
    until(lambda: parts(data_with_server)["worker"].restarts >= 1)  # after half a second
    began = time.monotonic()
    until(lambda: parts(data_with_server)["worker"].restarts >= 3)  # after one more, and two more
    pause = time.monotonic() - began
    up.terminate()
    said, _ = up.communicate(timeout=LONGEST_S)

    assert pause > 1.75  # at the first pace it would be one
    assert "Bộ chạy quy trình dừng đột ngột (mã 7); đang chạy lại." in said
    assert "Sẵn sàng" not in said


def test_a_part_that_ignores_the_request_to_stop_is_stopped_by_force(
    data_with_server: Path, start_up: StartUp
) -> None:
    up = start_up("is stubborn")
    running = wait_until_ready(data_with_server)

    up.terminate()
    up.communicate(timeout=LONGEST_S)

    assert living(running) == []


def test_what_a_part_started_is_gone_with_it(data_with_server: Path, start_up: StartUp) -> None:
    def grandchildren() -> list[int]:
        return [pid for pid in pids() if command_line(pid) == ["sleep", its_own]]

    its_own = f"654.{os.getpid()}"  # these tests may run twice on a machine
    up = start_up("has a child", CHILD_SLEEPS=its_own)
    wait_until_ready(data_with_server)
    until(grandchildren)
    up.terminate()
    up.communicate(timeout=LONGEST_S)

    assert grandchildren() == []


def test_a_second_up_is_refused_by_name(data_with_server: Path, port: int, start_up: StartUp) -> None:
    first = start_up()
    wait_until_ready(data_with_server)

    second = start_up()
    said, _ = second.communicate(timeout=LONGEST_S)

    assert second.returncode == 3
    assert f"đang chạy rồi, ở http://127.0.0.1:{port} (tiến trình {first.pid})" in said
    assert first.poll() is None


def test_a_taken_port_is_refused_before_anything_is_started(data: Path, port: int, start_up: StartUp) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        up = start_up()
        said, _ = up.communicate(timeout=LONGEST_S)

    assert up.returncode == 3
    assert f"cổng {port}" in said
    assert "đang được chương trình khác dùng" in said
    assert not (data / "pgdata").exists()


@pytest.mark.parametrize(
    ("how", "words"),
    [("REFUSE", "Không chuẩn bị được."), ("BREAK", "Việc chuẩn bị cơ sở dữ liệu không xong. Nhật ký: ")],
)
def test_a_failed_preparation_stops_what_had_started(
    data_with_server: Path, start_up: StartUp, how: str, words: str
) -> None:
    up = start_up(**{how: "1"})
    said, _ = up.communicate(timeout=LONGEST_S)

    assert up.returncode == 3
    assert said.startswith(words)
    assert "Traceback" not in said
    assert {part.state for part in read_parts(data_with_server)} == {State.DOWN}
    assert EmbeddedServer(data_with_server).pid() is None


def test_a_server_of_the_wards_own_is_used_and_its_password_stays_out_of_files(
    data: Path, start_up: StartUp, server: EmbeddedServer
) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE ROLE ward LOGIN CREATEDB")
    url = server.url("of_the_ward", user="ward:m%40tkhau")
    up = start_up(ELSEWHERE=url)
    running = wait_until_ready(data)
    up.terminate()
    up.communicate(timeout=LONGEST_S)

    assert running["database"].pid is None
    assert "tkhau" not in (data / "run" / "parts.json").read_text()
    assert not (data / "pgdata").exists()
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'of_the_ward%' ORDER BY 1"
        )
        assert names.fetchall() == [("of_the_ward",), ("of_the_ward_prefect",)]
