"""Verifying an evidence pack offline: what holds, what doesn't, and where.

Like all modules that `services.evidence_program` lists, it needs the standard library alone.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from base64 import b64decode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from domain.checkpoints import (
    MANIFEST,
    Checkpoint,
    NotACheckpoint,
    VerifierKey,
    clean_note,
    opened,
    read_keys,
    signers,
)
from domain.merkle import inclusion_ranges, is_consistent, leaf_hash, root_from_inclusion
from services.evidence_report import Report, root_of, signature_check
from services.evidence_zip import BadPack, Pack

FORMAT = "cchc/evidence/1"
CHUNK = 1 << 20
# What reading a broken or hostile pack may raise anywhere.
HARM = (
    OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, EOFError,
    NotImplementedError, RuntimeError, zlib.error, zipfile.BadZipFile,
)  # fmt: skip
LONGEST_EVENT = 64 << 20


def verify_pack(path: Path, *, older: str | None = None, keys: str | None = None) -> Report:
    """Verify a pack, with an older checkpoint's text also that the log only grew since.

    `keys` are the lines of keys that are trusted; without them those in the pack are taken, and the
    report says so. Never raises for what is in the pack.
    """
    report = Report()
    try:
        pack = Pack(path)
    except BadPack as problem:
        report.found(f"Không mở hồ sơ: {problem}", file=path.name)
        return report
    try:
        _Verification(pack, report, older, keys).run()
    except _Ended:
        report.notes.append("Các phần sau chưa được kiểm tra.")
    finally:
        pack.close()
    return report


class _Ended(Exception):
    """Nothing after this can be judged; why was said."""


class _Verification:
    def __init__(self, pack: Pack, report: Report, older: str | None, keys: str | None) -> None:
        self.pack, self.report, self.older, self.trusted = pack, report, older, keys
        self.check = signature_check()
        self.digests: dict[str, str | None] = {}
        self.documents: dict[str, int] = {}  # digests that events name, with the first position
        self.events: dict[int, dict[str, Any]] = {}  # submissions, for what is stated about them

    def run(self) -> None:
        """Do each step; one that fails doesn't keep the next from being done."""
        signed = self._step("Chữ ký của điểm chốt", self._signed)
        if signed is None:
            raise _Ended
        keys, checkpoint = signed
        manifest = self._step("Danh mục tệp có chữ ký", lambda: self._manifest(keys, checkpoint))
        if manifest is None:
            raise _Ended
        self._step("Từng tệp đúng mã SHA-256 trong danh mục", lambda: self._files(manifest))
        self._step(
            f"Từng sự kiện thuộc nhật ký đã ký ({checkpoint.size} sự kiện)",
            lambda: self._log(checkpoint, manifest),
        )
        self._step("Tài liệu kèm theo đúng là tài liệu mà nhật ký ghi", lambda: self._named(manifest))
        self._step("Số liệu nêu trong hồ sơ khớp với nhật ký", self._stated)
        if self.older is not None:
            self._step("Nhật ký chỉ được ghi thêm kể từ điểm chốt cũ", lambda: self._grown(keys, checkpoint))

    def _step(self, text: str, work: Any) -> Any:
        before, done = self.report.count, None
        try:
            done = work()
        except BadPack as problem:  # a file that is missing, or too large
            self.report.found(str(problem))
        except HARM as problem:
            self.report.found(f"không đọc tiếp được phần này ({type(problem).__name__})")
        finally:
            self.report.steps.append((self.report.count == before, text))
        return done

    def _signed(self) -> tuple[list[VerifierKey], Checkpoint]:
        note = self.pack.read("checkpoint.txt").decode()
        try:
            keys = read_keys(self.trusted or self.pack.read("keys.txt").decode())
            checkpoint = opened(note, keys, self.check)
        except NotACheckpoint:
            self.report.found("điểm chốt không có chữ ký đúng của khoá tin cậy", file="checkpoint.txt")
            raise _Ended from None
        signer = next(key for key in keys if key in signers(note, keys, self.check)[1])
        self.report.facts |= {
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": checkpoint.root.hex(),
            "at": checkpoint.at,
            "key": signer.id,
            "fingerprint": signer.fingerprint,
        }
        if self.trusted is None:
            self.report.notes.append(
                f"Khoá lấy từ chính hồ sơ; hãy so dấu vân tay {signer.fingerprint} với khoá mà phường đã"
                " công bố, hoặc đối chiếu với một điểm chốt đã giữ từ trước."
            )
        return keys, checkpoint

    def _manifest(self, keys: Sequence[VerifierKey], checkpoint: Checkpoint) -> dict[str, Any]:
        content = self.pack.read("manifest.json")
        expected = f"{MANIFEST}\n{checkpoint.origin}\n{sha256(content).hexdigest()}\n"
        try:
            text, _ = signers(self.pack.read("manifest.sig").decode(), keys, self.check)
        except NotACheckpoint:
            text = ""
        if text != expected:
            self.report.found("danh mục đã bị sửa hoặc không do phường ký", file="manifest.json")
        manifest: dict[str, Any] = json.loads(content)
        stated = manifest["checkpoint"]
        if (stated["size"], stated["root"]) != (checkpoint.size, checkpoint.root.hex()):
            self.report.found("danh mục ghi một điểm chốt khác", file="manifest.json")
        if manifest["format"] != FORMAT:
            self.report.found("hồ sơ do phiên bản khác lập; hãy dùng verify.py đi kèm hồ sơ đó")
            raise _Ended
        self.report.facts["scope"] = manifest["scope"]
        return manifest

    def _files(self, manifest: dict[str, Any]) -> None:
        listed: dict[str, dict[str, Any]] = manifest["files"]
        unlisted = set(self.pack.sizes) - set(listed) - {"manifest.json", "manifest.sig"}
        for name in sorted(unlisted):
            self.report.found("tệp không có trong danh mục", file=name)
        for name, stated in listed.items():
            if name not in self.pack.sizes:
                self.report.found("thiếu tệp có trong danh mục", file=name)
            elif self._digest(name) != stated["sha256"]:
                self.report.found("nội dung đã bị sửa", file=name)

    def _digest(self, name: str) -> str | None:
        if name not in self.digests:
            self.digests[name] = self._read_digest(name)
        return self.digests[name]

    def _read_digest(self, name: str) -> str | None:
        found = sha256()
        try:
            with self.pack.open(name) as file:
                while chunk := file.read(CHUNK):
                    found.update(chunk)
        except (zipfile.BadZipFile, OSError, ValueError, EOFError):  # the ZIP's own checksum was wrong
            return None
        return found.hexdigest()

    def _lines(self) -> Iterator[bytes]:
        with self.pack.open("events.jsonl") as file:
            while line := file.readline(LONGEST_EVENT):
                yield line.rstrip(b"\n")

    def _log(self, checkpoint: Checkpoint, manifest: dict[str, Any]) -> None:
        """Prove each event's place; a pack of everything has to hold every event."""
        ranges: dict[str, str] = json.loads(self.pack.read("proofs.json"))["ranges"]
        leaves = self._leaves(checkpoint)
        before, number = -1, 0
        for number, line in enumerate(self._lines(), 1):
            position = self._event(number, line, checkpoint, ranges, before)
            leaf = leaf_hash(line)
            if position is None:
                continue
            if leaves is not None and leaves[32 * position : 32 * position + 32] != leaf:
                self.report.found("sự kiện không phải là sự kiện đã ghi ở vị trí này", position=position)
            if not manifest["scope"] and position != before + 1:
                self.report.found(f"thiếu {position - before - 1} sự kiện", position=before + 1)
            before = position
        if not manifest["scope"] and before != checkpoint.size - 1:
            self.report.found(f"thiếu {checkpoint.size - 1 - before} sự kiện cuối", position=before + 1)
        self.report.facts["events"] = number

    def _event(
        self, number: int, line: bytes, checkpoint: Checkpoint, ranges: dict[str, str], before: int
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
        wanted = [f"{start}-{end}" for start, end in inclusion_ranges(position, checkpoint.size)]
        proof = [bytes.fromhex(ranges.get(each, "")) for each in wanted]
        if root_from_inclusion(leaf_hash(line), position, checkpoint.size, proof) != checkpoint.root:
            self.report.found(
                "sự kiện đã bị sửa hoặc không thuộc nhật ký đã ký", position=position, file=place
            )
        self._remember(position, event)
        return position

    def _remember(self, position: int, event: dict[str, Any]) -> None:
        facts = event["facts"]
        for digest in [facts.get("document"), *(facts.get("documents") or [])]:
            if isinstance(digest, str) and len(digest) == 64:
                self.documents.setdefault(digest, position)
        if event["kind"] == "stage.submitted":
            self.events[position] = facts

    def _leaves(self, checkpoint: Checkpoint) -> bytes | None:
        if "leaves.bin" not in self.pack.sizes:
            return None
        leaves = self.pack.read("leaves.bin")
        if len(leaves) != 32 * checkpoint.size or root_of(leaves, checkpoint.size) != checkpoint.root:
            self.report.found("mã băm của toàn bộ nhật ký không cho ra gốc đã ký", file="leaves.bin")
            return None
        return leaves

    def _named(self, manifest: dict[str, Any]) -> None:
        held, absent = manifest["documents"], set(manifest["absent"])
        for digest, name in held.items():
            if name in self.pack.sizes and self._digest(name) != digest:
                position = self.documents.get(digest)
                self.report.found("tệp này không phải là tài liệu đã nộp", file=name, position=position)
        for digest, position in self.documents.items():
            if digest not in held and digest not in absent:
                self.report.found(f"hồ sơ không kèm tài liệu {digest[:16]}…", position=position)
        for digest in sorted(absent):
            self.report.notes.append(f"Tài liệu {digest[:16]}… không còn tệp khi lập hồ sơ.")

    def _stated(self) -> None:
        for stated in json.loads(self.pack.read("statements.json"))["submissions"]:
            position = stated.pop("position")
            facts = self.events.pop(position, None)
            if facts is None or any(facts.get(name) != value for name, value in stated.items()):
                self.report.found("kết quả nêu trong hồ sơ khác với nhật ký", position=position)
        for position in sorted(self.events):
            self.report.found("lần nộp có trong nhật ký nhưng hồ sơ không nêu", position=position)

    def _grown(self, keys: Sequence[VerifierKey], checkpoint: Checkpoint) -> None:
        """Prove that the log was only added to since the older checkpoint."""
        try:
            old = opened(clean_note(self.older or ""), keys, self.check)
        except NotACheckpoint:
            self.report.found("điểm chốt cũ không do khoá tin cậy ký: nhật ký này không phải nhật ký đó")
            return
        self.report.facts["older"] = {"size": old.size, "root": old.root.hex(), "at": old.at}
        if old.origin != checkpoint.origin:
            self.report.found(f"điểm chốt cũ là của nhật ký khác ({old.origin})")
        elif old.size > checkpoint.size:
            self.report.found(
                f"nhật ký trong hồ sơ có {checkpoint.size} sự kiện, ít hơn {old.size} sự kiện mà điểm chốt đã"
                " ký: phần cuối đã mất (bị cắt, hoặc khôi phục từ bản cũ), hay hồ sơ lập trước điểm chốt",
                position=checkpoint.size,
            )
        elif not self._follows(old, checkpoint):
            self.report.found(
                f"{old.size} sự kiện đầu không còn như điểm chốt cũ đã ký: nhật ký đã bị viết lại", position=0
            )

    def _follows(self, old: Checkpoint, new: Checkpoint) -> bool:
        if "leaves.bin" in self.pack.sizes:
            return root_of(self.pack.read("leaves.bin"), old.size) == old.root
        for each in json.loads(self.pack.read("checkpoints.json"))["checkpoints"]:
            if each["size"] == old.size:
                proof = [b64decode(node) for node in each["proof"]]
                return is_consistent(old.size, old.root, new.size, new.root, proof)
        self.report.notes.append("Hồ sơ không có chứng minh nối tiếp cho điểm chốt cũ này.")
        return is_consistent(old.size, old.root, new.size, new.root, [])
