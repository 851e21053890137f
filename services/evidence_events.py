"""Proving that each event of a pack is the one that the log holds; the standard library alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from domain.canonical import canonical
from domain.checkpoints import Checkpoint
from domain.merkle import inclusion_ranges, leaf_hash, root_from_inclusion
from services.evidence_claims import Claims
from services.evidence_report import Report, root_of
from services.evidence_zip import BadPack, Pack

LONGEST_EVENT = 64 << 20
_SHA256 = re.compile("[0-9a-f]{64}")


class Events:
    """The events of a pack; once proved, what they say and which documents they name."""

    def __init__(self, pack: Pack, report: Report) -> None:
        self.pack, self.report = pack, report
        self.documents: dict[str, int] = {}  # digests, with the first position that names each
        self.claims = Claims()

    def prove(self, checkpoint: Checkpoint, *, whole: bool) -> bool:
        """Prove each event's place; a pack of everything has to hold every event. True once all were read."""
        ranges = self._ranges()
        leaves = self._leaves(checkpoint)
        before, number = -1, 0
        for number, line in enumerate(self._lines(), 1):
            position = self._event(number, line, checkpoint, ranges, before)
            leaf = leaf_hash(line)
            if position is None:
                continue
            if leaves is not None and leaves[32 * position : 32 * position + 32] != leaf:
                self.report.found("sự kiện không phải là sự kiện đã ghi ở vị trí này", position=position)
            if whole and position != before + 1:
                self.report.found(f"thiếu {position - before - 1} sự kiện", position=before + 1)
            before = position
        if whole and before != checkpoint.size - 1:
            self.report.found(f"thiếu {checkpoint.size - 1 - before} sự kiện cuối", position=before + 1)
        self.report.facts["events"] = number
        return True

    def _ranges(self) -> dict[str, str]:
        try:
            ranges = json.loads(self.pack.read("proofs.json"))["ranges"]
        except (ValueError, KeyError, TypeError, RecursionError):
            ranges = None
        if not isinstance(ranges, dict):
            raise BadPack("không đọc được các chứng minh trong proofs.json")
        return ranges

    def _lines(self) -> Iterator[bytes]:
        with self.pack.open("events.jsonl") as file:
            while line := file.readline(LONGEST_EVENT):
                yield line.rstrip(b"\n")

    def _event(
        self, number: int, line: bytes, checkpoint: Checkpoint, ranges: Mapping[str, str], before: int
    ) -> int | None:
        """Prove one event; return its position, None where it has none that could be right."""
        place = f"events.jsonl, dòng {number}"
        try:
            event = json.loads(line)
            position, ward = event["position"], event["ward"]
        except (ValueError, KeyError, TypeError, RecursionError):
            self.report.found("không phải là một sự kiện", file=place)
            return None
        if type(position) is not int or not before < position < checkpoint.size:
            self.report.found("vị trí sai thứ tự, bị lặp hoặc ngoài nhật ký", file=place, position=position)
            return None
        if ward != checkpoint.origin.rpartition("/")[2]:
            self.report.found("sự kiện của một phường khác", position=position)
        # Otherwise two readers could understand two things: a name that stands twice, say.
        if not _is_canonical(event, line):
            self.report.found("sự kiện không viết theo dạng chuẩn (RFC 8785)", position=position)
        wanted = [f"{start}-{end}" for start, end in inclusion_ranges(position, checkpoint.size)]
        proof = [bytes.fromhex(ranges.get(each, "")) for each in wanted]
        if root_from_inclusion(leaf_hash(line), position, checkpoint.size, proof) != checkpoint.root:
            self.report.found(
                "sự kiện đã bị sửa hoặc không thuộc nhật ký đã ký", position=position, file=place
            )
        self._learn(position, event)
        return position

    def _learn(self, position: int, event: Mapping[str, Any]) -> None:
        facts = event["facts"]
        for digest in [facts.get("document"), *(facts.get("documents") or [])]:
            if isinstance(digest, str) and _SHA256.fullmatch(digest):
                self.documents.setdefault(digest, position)
        self.claims.learn(position, event)

    def _leaves(self, checkpoint: Checkpoint) -> bytes | None:
        if "leaves.bin" not in self.pack.sizes:
            return None
        leaves = self.pack.read("leaves.bin")
        if len(leaves) != 32 * checkpoint.size or root_of(leaves, checkpoint.size) != checkpoint.root:
            self.report.found("mã băm của toàn bộ nhật ký không cho ra gốc đã ký", file="leaves.bin")
            return None
        return leaves


def _is_canonical(event: object, line: bytes) -> bool:
    try:
        return canonical(event).encode() == line
    except TypeError:  # what no event may hold
        return False
