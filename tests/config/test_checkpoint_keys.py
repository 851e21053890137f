"""The keys that sign checkpoints: made once, kept apart, changed without losing what they signed."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config.checkpoint_keys import load_checkpoint_keys, rotate_checkpoint_keys
from config.secrets import UnusableKey
from domain.checkpoints import Checkpoint, opened, signed_note

WARD = "thanh-dong"


def note(keys: object, size: int = 1) -> str:
    text = Checkpoint(keys.origin(WARD), size, bytes(32)).text()  # type: ignore[attr-defined]
    return signed_note(text, keys.sign(WARD, text))  # type: ignore[attr-defined]


def test_the_key_is_made_once_by_however_many_and_stays(data: Path) -> None:
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(load_checkpoint_keys, [data] * 6))

    assert len({keys.public for keys in made}) == 1
    assert len({keys.origin(WARD) for keys in made}) == 1
    private = data / "keys" / "checkpoint.key"
    assert private.stat().st_mode & 0o077 == 0
    assert [path.name[:11] for path in (data / "keys").glob("*.pub")] == ["checkpoint-"]


def test_what_a_former_key_signed_can_be_checked_for_ever(data: Path) -> None:
    first = load_checkpoint_keys(data)
    old = note(first)
    changed = rotate_checkpoint_keys(data)
    rotate_checkpoint_keys(data)
    now = load_checkpoint_keys(data)

    assert len({keys.public for keys in (first, changed, now)}) == 3
    assert now.origin(WARD) == first.origin(WARD)
    assert now.verifiers(WARD)[0].public == now.public
    assert opened(old, now.verifiers(WARD)).size == 1
    assert now.former == (changed.public, first.public)


def test_at_a_change_the_former_key_vouches_for_the_new_one(data: Path) -> None:
    first = load_checkpoint_keys(data)
    vouched = note(rotate_checkpoint_keys(data))

    assert opened(vouched, first.verifiers(WARD)).size == 1
    assert opened(vouched, load_checkpoint_keys(data).verifiers(WARD)[:1]).size == 1


def test_a_key_that_everyone_may_read_is_refused(data: Path) -> None:
    load_checkpoint_keys(data)
    (data / "keys" / "checkpoint.key").chmod(0o644)

    with pytest.raises(UnusableKey) as refusal:
        load_checkpoint_keys(data)
    assert "chmod 600" in refusal.value.notice


@pytest.mark.parametrize("content", [b"", b"khong phai khoa", b"AAAA"])
def test_a_broken_key_is_never_replaced_in_silence(data: Path, content: bytes) -> None:
    load_checkpoint_keys(data)
    path = data / "keys" / "checkpoint.key"
    path.write_bytes(content)

    with pytest.raises(UnusableKey):
        load_checkpoint_keys(data)
    assert path.read_bytes() == content


def test_keys_show_themselves_nowhere(data: Path) -> None:
    keys = load_checkpoint_keys(data)

    assert (data / "keys" / "checkpoint.key").read_text().strip() not in repr(keys)
    with pytest.raises(TypeError):
        pickle.dumps(keys)
