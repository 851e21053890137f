from __future__ import annotations

import psycopg


def test_a_test_gets_a_database_of_its_own(fresh_database: str) -> None:
    with psycopg.connect(fresh_database) as connection:
        connection.execute("CREATE TABLE t (x int)")
        assert connection.execute("SELECT current_setting('server_encoding')").fetchone() == ("UTF8",)
