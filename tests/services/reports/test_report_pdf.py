from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from services import report_pdf
from services.report_pdf import AT_ONCE, NoPdf, as_pdf


def test_so_many_are_made_at_once_and_who_comes_too_often_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_end = [Event() for _ in range(AT_ONCE)], Event()
    waiting = iter(begun)

    def slow(document: bytes, _: str) -> bytes:
        next(waiting).set()
        assert may_end.wait(60)
        return document

    monkeypatch.setattr(report_pdf, "convert", slow)
    monkeypatch.setattr(report_pdf, "WAIT_S", 0.01)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        going = [pool.submit(as_pdf, b"a") for _ in begun]
        assert all(each.wait(60) for each in begun)

        with pytest.raises(NoPdf) as refusal:
            as_pdf(b"one more")
        may_end.set()

        assert [each.result() for each in going] == [b"a"] * AT_ONCE
    assert "thử lại sau ít phút" in refusal.value.notice
    monkeypatch.setattr(report_pdf, "convert", lambda document, _: document)
    assert as_pdf(b"later") == b"later"
