"""Verifying an evidence pack offline: what holds, what doesn't, and where.

Like all modules that `services.evidence_program` lists, it needs the standard library alone.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from base64 import b64decode
from collections.abc import Sequence
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
    parse,
    read_keys,
)
from domain.merkle import is_consistent
from domain.stamps import NotAStamp, read_stamp
from services.evidence_events import Events
from services.evidence_report import Report, root_of, signature_check
from services.evidence_trust import speaking, vouched
from services.evidence_zip import BadPack, Pack

FORMAT = "cchc/evidence/2"
STAMPS = "dau-thoi-gian/"
CHUNK = 1 << 20
# What reading a broken or hostile pack may raise anywhere.
HARM = (
    OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, EOFError,
    NotImplementedError, RuntimeError, zlib.error, zipfile.BadZipFile,
)  # fmt: skip


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
        self.note, self.vouched = "", False
        self.signer: VerifierKey | None = None
        self.digests: dict[str, str | None] = {}
        self.events = Events(pack, report)

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
        read = self._step(
            f"Từng sự kiện thuộc nhật ký đã ký ({checkpoint.size} sự kiện)",
            lambda: self.events.prove(checkpoint, whole=not manifest["scope"]),
        )
        if self.report.steps[-1][0]:
            self.report.proved = self.events.claims
        if read:
            self._step("Tài liệu kèm theo đúng là tài liệu mà nhật ký ghi", lambda: self._named(manifest))
            self._step("Số liệu nêu trong hồ sơ khớp với nhật ký", lambda: self._stated(manifest))
        else:  # each of them would be blamed for what was not read
            self.report.notes.append("Chưa đối chiếu tài liệu và số liệu: không đọc hết được các sự kiện.")
        if any(name.startswith(STAMPS) for name in self.pack.sizes):
            self._step("Dấu thời gian khớp với điểm chốt", lambda: self._stamps(keys, checkpoint))
        if self.older is not None:
            self._step("Nhật ký chỉ được ghi thêm kể từ điểm chốt cũ", lambda: self._grown(keys, checkpoint))
        self._tell_of_keys()

    def _step(self, text: str, work: Any) -> Any:
        before, done = self.report.count, None
        try:
            done = work()
        except BadPack as problem:  # a file that is missing, or too large
            self.report.found(str(problem))
        except HARM as problem:
            self.report.found(f"không đọc tiếp được phần này ({type(problem).__name__}): “{text}”")
        finally:
            self.report.steps.append((self.report.count == before, text))
        return done

    def _signed(self) -> tuple[list[VerifierKey], Checkpoint]:
        self.note = self.pack.read("checkpoint.txt").decode()
        keys = self._keys()
        try:
            checkpoint = opened(self.note, keys, self.check)
        except NotACheckpoint:
            self.report.found("điểm chốt không có chữ ký đúng của khoá tin cậy", file="checkpoint.txt")
            raise _Ended from None
        self.report.facts |= {
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": checkpoint.root.hex(),
            "at": checkpoint.at,
        }
        return keys, checkpoint

    def _keys(self) -> list[VerifierKey]:
        try:
            keys = read_keys(self.pack.read("keys.txt").decode() if self.trusted is None else self.trusted)
        except NotACheckpoint:
            keys = []
        if keys:
            return keys
        given = "tệp đã đưa vào (--keys) không phải là các dòng khoá; hãy chọn đúng tệp"
        self.report.found("tệp keys.txt không có khoá nào đọc được" if self.trusted is None else given)
        raise _Ended

    def _manifest(self, keys: Sequence[VerifierKey], checkpoint: Checkpoint) -> dict[str, Any]:
        content = self.pack.read("manifest.json")
        expected = f"{MANIFEST}\n{checkpoint.origin}\n{sha256(content).hexdigest()}\n"
        signature = self.pack.read("manifest.sig").decode()
        of_both = [
            key
            for key in speaking(self.note, keys, checkpoint.origin, self.check)
            if key in speaking(signature, keys, checkpoint.origin, self.check)
        ]
        if not of_both or signature.rpartition("\n\n")[0] + "\n" != expected:
            self.report.found(
                "danh mục đã bị sửa, hoặc không do khoá đã ký điểm chốt ký", file="manifest.json"
            )
        self.signer = of_both[0] if of_both else None
        if self.signer is not None:
            self.report.facts |= {"key": self.signer.id, "fingerprint": self.signer.fingerprint}
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

    def _named(self, manifest: dict[str, Any]) -> None:
        held, absent = manifest["documents"], set(manifest["absent"])
        for digest, name in held.items():
            if name not in manifest["files"] or self._digest(name) != digest:
                position = self.events.documents.get(digest)
                self.report.found("tệp này không phải là tài liệu đã nộp", file=name, position=position)
        for digest, position in self.events.documents.items():
            if digest not in held and digest not in absent:
                self.report.found(f"hồ sơ không kèm tài liệu {digest[:16]}…", position=position)
        for digest in sorted(absent):
            self.report.notes.append(f"Tài liệu {digest[:16]}… không còn tệp khi lập hồ sơ.")

    def _stated(self, manifest: dict[str, Any]) -> None:
        stated = json.loads(self.pack.read("statements.json"))
        self.events.claims.check(
            stated,
            lambda problem, position: self.report.found(problem, position=position),
            whole=not manifest["scope"],
        )

    def _stamps(self, keys: Sequence[VerifierKey], checkpoint: Checkpoint) -> None:
        """Hold each timestamp against its note, and the note against the keys."""
        told = []
        for name in sorted(self.pack.sizes):
            if not (name.startswith(STAMPS) and name.endswith(".tsr")):
                continue
            note = self.pack.read(f"{name[:-4]}.txt")
            try:
                stamp = read_stamp(self.pack.read(name))
                old = opened(note.decode(), keys, self.check)
            except (NotAStamp, NotACheckpoint):
                self.report.found("không phải là dấu thời gian của một điểm chốt đã ký", file=name)
                continue
            if stamp.digest != sha256(note).digest() or old.origin != checkpoint.origin:
                self.report.found("dấu thời gian là của nội dung khác", file=name)
            told.append({"size": old.size, "at": stamp.at.isoformat()})
            self.report.notes.append(
                f"Dấu thời gian của điểm chốt {old.size} sự kiện: {stamp.at:%Y-%m-%d %H:%M:%S} UTC. Chương"
                " trình này không kiểm chữ ký của nơi cấp; cách kiểm: xem DOC-TOI-TRUOC.txt."
            )
        self.report.facts["stamps"] = told

    def _grown(self, keys: Sequence[VerifierKey], checkpoint: Checkpoint) -> None:
        """Prove that the log was only added to since the older checkpoint."""
        note = clean_note(self.older or "")
        try:
            parse(note.rpartition("\n\n")[0] + "\n")
        except NotACheckpoint:
            self.report.found("tệp đã đưa vào (--checkpoint) không phải là một điểm chốt; hãy chọn đúng tệp")
            return
        try:
            old = opened(note, keys, self.check)
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
        elif self.trusted is None and not self._same_speaker(note, keys, checkpoint):
            self.report.found(
                "hồ sơ ký bằng khoá khác với khoá đã ký điểm chốt cũ, và nhật ký không ghi việc thay khoá đó:"
                " các sự kiện sau điểm chốt cũ có thể là giả. Hãy so dấu vân tay với khoá phường đã công bố,"
                " rồi chạy lại với --keys"
            )

    def _same_speaker(self, older: str, keys: Sequence[VerifierKey], checkpoint: Checkpoint) -> bool:
        """Tell whether the older checkpoint's key, or one that it handed over to, signed this pack."""
        known = speaking(older, keys, checkpoint.origin, self.check)
        earlier = json.loads(self.pack.read("checkpoints.json"))["checkpoints"]
        trusted = vouched(known, self.events.claims.keys, earlier, keys, checkpoint, self.check)
        self.vouched = self.signer is not None and self.signer.public in trusted
        return self.vouched

    def _tell_of_keys(self) -> None:
        if self.trusted is not None or self.signer is None:
            return
        shown = self.signer.fingerprint
        if self.vouched and self.report.ok:
            self.report.notes.append(f"Khoá {shown} được chính điểm chốt cũ đã đưa ra xác nhận.")
        else:
            self.report.notes.append(
                "Khoá lấy từ chính hồ sơ, ai cũng có thể tự làm ra: hồ sơ chỉ đáng tin khi dấu vân tay"
                f" {shown} đúng là của khoá mà phường đã công bố ở nơi khác, hoặc khi đối chiếu với một"
                " điểm chốt đã giữ từ trước (--checkpoint)."
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
