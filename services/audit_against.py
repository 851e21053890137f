"""What a verification holds the logs against: keys, files, and checkpoints that were kept elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from config.checkpoint_keys import CheckpointKeys, load_checkpoint_keys
from config.faults import reported
from config.settings import Settings
from domain.checkpoints import LARGEST_NOTE, Checkpoint, NotACheckpoint, clean_note, opened, parse
from services.audit import Against, Outside
from services.checkpoints import UnreadableCheckpoint
from services.documents import DocumentStore
from services.stamping import checker


def everything(settings: Settings, files: Sequence[Path] = ()) -> Against:
    """Return all that this installation can be held against, and the checkpoints in `files`.

    Raises:
        UnreadableCheckpoint: one of `files` holds no checkpoint at all.
        SystemFault: the keys can't be used, or one of `files` can't be read.
    """
    keys = load_checkpoint_keys(settings.data)
    with reported("Không đọc được điểm chốt"):
        outside = [_outside(path, keys) for path in files]
    if settings.checkpoint_dir is not None:
        for path in sorted(settings.checkpoint_dir.glob("*.txt")):
            try:
                outside.append(replace(_outside(path, keys), published=True))
            except (UnreadableCheckpoint, OSError):
                outside.append(Outside(path.name, path.name.partition("-0")[0], None))
    return Against(
        verifiers=keys.verifiers,
        outside=outside,
        documents=DocumentStore(settings.data / "documents"),
        live=True,
        stamps=checker(settings.tsa_roots),
    )


def _outside(path: Path, keys: CheckpointKeys) -> Outside:
    """Read a checkpoint that somebody kept; None inside where no key of ours signed it.

    Raises:
        UnreadableCheckpoint: it is none.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            note = clean_note(file.read(4 * LARGEST_NOTE))
        said = parse(note.rpartition("\n\n")[0] + "\n")
    except NotACheckpoint as problem:
        raise UnreadableCheckpoint(path.name, problem) from problem
    code = said.origin.rpartition("/")[2]
    checkpoint: Checkpoint | None
    try:
        checkpoint = opened(note, keys.verifiers(code))
    except NotACheckpoint:
        checkpoint = None
    return Outside(path.name, code, checkpoint)
