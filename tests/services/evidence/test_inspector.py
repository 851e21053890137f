"""An inspector who trusts nobody: whatever is wrong with what they hold, they are told in words, once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from services.evidence_main import main, told
from services.evidence_verifier import verify_pack
from tests.packs import Archive, Files, Look


def without(name: str) -> Callable[[Files], Files]:
    return lambda files: {each: content for each, content in files.items() if each != name}


def changed(name: str, content: bytes) -> Callable[[Files], Files]:
    return lambda files: {**files, name: content}


# What is wrong, with the only sentences that say so.
WRONG: dict[str, tuple[Callable[[Files], Files], list[str]]] = {
    "no signature of the list": (without("manifest.sig"), ["thiếu tệp manifest.sig"]),
    "a list that is none": (
        changed("manifest.json", b"[]"),
        ["manifest.json: danh mục đã bị sửa", "không đọc tiếp được phần này (TypeError): “Danh mục tệp"],
    ),
    "no keys": (changed("keys.txt", b"\n"), ["keys.txt không có khoá nào"]),
    "no proofs": (without("proofs.json"), ["thiếu tệp có trong danh mục", "thiếu tệp proofs.json"]),
    "proofs that are none": (
        changed("proofs.json", b"{}"),
        ["nội dung đã bị sửa", "không đọc được các chứng minh trong proofs.json"],
    ),
    "no events": (without("events.jsonl"), ["thiếu tệp có trong danh mục", "thiếu tệp events.jsonl"]),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_once_and_nothing_else_is_blamed(whole: Files, look: Look, what: str) -> None:
    change, sentences = WRONG[what]
    report = look(change(whole))
    said = list(told(report))
    problems = [line for line in said if line.startswith("  - ")]

    assert said[-1].startswith("KẾT LUẬN: PHÁT HIỆN")
    assert len(problems) == len(sentences), problems
    for sentence, problem in zip(sentences, problems, strict=True):
        assert sentence in problem


def test_bytes_after_the_end_of_a_pack_are_told_of(kept: Archive, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(kept.pack() + b"more")

    assert "phần ẩn" in verify_pack(path).problems[0]["problem"]


def test_a_wrong_file_that_the_inspector_gives_is_not_called_a_change(
    kept: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(kept.pack())

    assert "không phải là một điểm chốt" in verify_pack(path, older="ghi chú").problems[0]["problem"]
    assert "không phải là các dòng khoá" in verify_pack(path, keys="ghi chú").problems[0]["problem"]
    assert main([str(tmp_path / "khac.zip")]) == 2
    assert "Không đọc được" in capsys.readouterr().out
