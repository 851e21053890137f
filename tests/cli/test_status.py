"""`cchc status`, as it is typed."""

from __future__ import annotations

import pytest

from tests.cli.typed import cchc, installation, office


def test_what_waits_is_said_in_the_words_of_the_office(monkeypatch: pytest.MonkeyPatch) -> None:
    with installation() as url:
        office()
        monkeypatch.setenv("CCHC_DATABASE_URL", url)
        cchc("remind", "run", "--on", "2026-03-02")
        said = cchc("status").out

    assert "Lần nhắc việc gần nhất: 02/03/2026" in said
    assert "chờ gửi" in said
    assert "pending" not in said
