"""Writing an evidence pack as a stream: whatever its size, little of it is in memory."""

from __future__ import annotations

import json
import re
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from config.checkpoint_keys import CheckpointKeys
from domain.checkpoints import MANIFEST, signed_note
from domain.merkle import inclusion_ranges, range_root
from models import checkpoints, evidence, papers, stamps
from services.checkpoints import as_seen
from services.documents import CHUNK, DocumentStore
from services.evidence import Prepared, tasks_in
from services.evidence_guide import GUIDE, guide_page
from services.evidence_names import pack_name
from services.evidence_pages import index_page, read_me
from services.evidence_program import program
from services.evidence_stated import stated
from services.evidence_statement import Acted, Statement
from services.evidence_verifier import FORMAT, STAMPS
from services.people import Ward
from services.proofs import StoredTree

LEAVES_UP_TO = 2_000_000  # events; 64 MB
_DIGEST = re.compile("[0-9a-f]{64}")
Progress = Callable[[int, int], object]


def chunks(
    connection: Connection,
    ward: Ward,
    prepared: Prepared,
    *,
    store: DocumentStore,
    keys: CheckpointKeys,
    progress: Progress = lambda done, of: None,
) -> Iterator[bytes]:
    """Yield a pack's bytes as they come to be; `progress` hears of documents done and of how many.

    `connection` should look at one moment (REPEATABLE READ). A file that the store lost is named as absent.
    """
    # Somebody may have worked between the checkpoint and this look; tables and events must tell the same.
    seen = as_seen(connection, ward, prepared.checkpoint, keys=keys, now=prepared.at)
    prepared = replace(prepared, checkpoint=seen)
    sink = _Sink()
    writer = _Writer(connection, ward, prepared, store, keys, sink)
    for _ in writer.write(progress):
        if sink.pending >= CHUNK:
            yield sink.taken()
    yield sink.taken()


class _Sink:
    """What the ZIP is written to; whoever reads it takes what has come."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.pending = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self.pending += len(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: nobody waits."""

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        whole = b"".join(self._parts)
        self._parts, self.pending = [], 0
        return whole


@dataclass
class _Writer:
    connection: Connection
    ward: Ward
    prepared: Prepared
    store: DocumentStore
    keys: CheckpointKeys
    sink: _Sink
    files: dict[str, dict[str, object]] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    stamped: list[Any] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    named: dict[str, int] = field(default_factory=dict)
    acted: dict[tuple[int, str, int, str], Acted] = field(default_factory=dict)

    def write(self, progress: Progress) -> Iterator[None]:
        """Write the pack; each step is a place where what is written can be taken."""
        size = self.prepared.checkpoint.size
        self.zip = zipfile.ZipFile(self.sink, "w", allowZip64=True)  # type: ignore[call-overload] # it only writes
        tasks = tasks_in(self.connection, self.ward, self.prepared.scope)
        scope = self.prepared.scope
        rows = evidence.occurrences(
            self.connection, self.ward.id, [row.id for row in tasks], scope.since, scope.until
        )
        yield from self._put("DOC-TOI-TRUOC.txt", [read_me(self.ward, self.prepared).encode()])
        yield from self._put(GUIDE, [guide_page()])
        yield from self._put("checkpoint.txt", [self.prepared.checkpoint.note.encode()])
        verifiers = self.keys.verifiers(self.ward.code)
        yield from self._put("keys.txt", ["".join(f"{key.line()}\n" for key in verifiers).encode()])
        yield from self._put("verify.py", [program().encode()])
        yield from self._put("events.jsonl", self._events(tasks, rows))
        yield from self._put("proofs.json", self._proofs(size))
        yield from self._put("checkpoints.json", [self._consistency(size)])
        yield from self._stamps(size)
        if size <= LEAVES_UP_TO:
            yield from self._put(
                "leaves.bin", evidence.leaves(self.connection, self.ward.id, size), packed=False
            )
        yield from self._documents(progress)
        told = Statement(self.connection, self.ward, self.prepared, tasks, rows, self.acted)
        yield from self._put("index.html", index_page(told, self.documents, verifiers[0], self.stamped))
        yield from self._put("statements.json", [_json(stated(told))])
        yield from self._manifest()
        self.zip.close()

    def _put(
        self, name: str, content: Iterator[bytes] | Sequence[bytes], *, packed: bool = True
    ) -> Iterator[None]:
        """Write one file and note its digest."""
        info = zipfile.ZipInfo(name, _zip_time(self.prepared.at))
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o100644 << 16
        digest, size = sha256(), 0
        with self.zip.open(info, "w", force_zip64=True) as file:
            for part in content:
                digest.update(part)
                size += len(part)
                file.write(part)
                yield
        self.files[name] = {"sha256": digest.hexdigest(), "size": size}
        yield

    def _events(self, tasks: Sequence[Any], rows: Sequence[Any]) -> Iterator[bytes]:
        """Yield the events' lines, and remember where they stand."""
        found = evidence.events(
            self.connection,
            self.ward.id,
            size=self.prepared.checkpoint.size,
            everything=self.prepared.scope.whole,
            occurrences=[row.id for row in rows],
            tasks=[row.id for row in tasks],
            codes=[row.code for row in tasks],
            events=[row.event_id for row in rows if row.event_id is not None],
        )
        for position, body in found:
            self.positions.append(position)
            self._remember(position, body)
            yield body.encode() + b"\n"

    def _remember(self, position: int, body: str) -> None:
        """Note which documents an event names, and where a submission or verdict stands."""
        if '"document' not in body and '"kind":"stage.' not in body:
            return
        event = json.loads(body)
        facts = event["facts"]
        for digest in [facts.get("document"), *(facts.get("documents") or [])]:
            if isinstance(digest, str) and _DIGEST.fullmatch(digest):
                self.named.setdefault(digest, position)
        if event["kind"].startswith("stage.") and "attempt" in facts:
            place = (facts["occurrence"], facts["stage"], facts["attempt"])
            self.acted[*place, event["kind"]] = Acted(
                position, event["actor"]["role"], facts.get("standing_in_for")
            )

    def _proofs(self, size: int) -> Iterator[bytes]:
        """Yield the proofs of all events; what several need stands there once."""
        tree = StoredTree(self.connection, self.ward.id)
        yield b'{"size":%d,"ranges":{' % size
        seen: set[tuple[int, int]] = set()
        for position in self.positions:
            fresh = [each for each in inclusion_ranges(position, size) if each not in seen]
            seen.update(fresh)
            lines = [
                b'%s"%d-%d":"%s"' % (b"," if len(seen) > len(fresh) or at else b"", *each, _hex(tree, each))
                for at, each in enumerate(fresh)
            ]
            yield b"".join(lines)
        yield b"}}\n"

    def _consistency(self, size: int) -> bytes:
        """Return the checkpoints that were signed before, each proved to be the beginning of this one."""
        tree = StoredTree(self.connection, self.ward.id)
        known = [
            {
                "size": row.size,
                "note": row.note,
                "proof": [b64encode(node).decode() for node in tree.consistency(row.size, size)],
            }
            for row in checkpoints.stored(self.connection, self.ward.id)
            if row.size <= size
        ]
        return _json({"checkpoints": known})

    def _stamps(self, size: int) -> Iterator[None]:
        """Write each timestamp beside the note that it is of, as `openssl ts -verify` wants them."""
        for row in stamps.of_ward(self.connection, self.ward.id):
            if row.size <= size:
                name = f"{STAMPS}{row.size:012}-{row.key}"
                yield from self._put(f"{name}.txt", [row.note.encode()])
                yield from self._put(f"{name}.tsr", [bytes(row.token)])
                self.stamped.append(row)

    def _documents(self, progress: Progress) -> Iterator[None]:
        """Write each document that an event names, under a name that says which it is."""
        names = {row.sha256: row.name for row in papers.registered(self.connection, self.ward.id)}
        for done, digest in enumerate(self.named):
            progress(done, len(self.named))
            place = f"tai-lieu/{digest[:16]}-{pack_name(names.get(digest) or 'tai-lieu')}"
            try:
                file = self.store.path(digest).open("rb")
            except OSError:
                self.absent.append(digest)
                continue
            with file:
                yield from self._put(place, iter(lambda file=file: file.read(CHUNK), b""), packed=False)  # type: ignore[misc]
            self.documents[digest] = place
        progress(len(self.named), len(self.named))

    def _manifest(self) -> Iterator[None]:
        made = self.prepared.checkpoint
        content = _json(
            {
                "absent": self.absent,
                "checkpoint": {"root": made.root.hex(), "size": made.size},
                "documents": self.documents,
                "files": dict(self.files),
                "format": FORMAT,
                "made_at": self.prepared.at.isoformat(),
                "scope": self.prepared.scope.facts(),
                "ward": self.ward.code,
            }
        )
        origin = self.keys.origin(self.ward.code)
        text = f"{MANIFEST}\n{origin}\n{sha256(content).hexdigest()}\n"
        note = signed_note(text, self.keys.sign(self.ward.code, text))
        yield from self._put("manifest.json", [content])
        yield from self._put("manifest.sig", [note.encode()])


def _hex(tree: StoredTree, each: tuple[int, int]) -> bytes:
    return range_root(*each, tree.node).hex().encode()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _zip_time(at: datetime) -> tuple[int, int, int, int, int, int]:
    return at.year, at.month, at.day, at.hour, at.minute, at.second
