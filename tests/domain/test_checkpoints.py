"""Notes and checkpoints as C2SP writes them."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from domain.checkpoints import (
    Checkpoint,
    NotACheckpoint,
    VerifierKey,
    clean_note,
    opened,
    parse,
    read_keys,
    signed_note,
    signers,
)

# The example of Go's package for notes, which its checksum database is signed with.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6Ryy"
    "BwJnAM=\n"
)
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ORIGIN = "cchc/1a2b3c4d/thanh-dong"
KEY = VerifierKey(ORIGIN, PRIVATE.public_key().public_bytes_raw())
OTHER = VerifierKey(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw())
LOG = Checkpoint(ORIGIN, 20852163, bytes(range(32)), ("at 2026-03-02T03:00:00Z",))


def note(text: str, key: VerifierKey = KEY) -> str:
    return signed_note(text, [(key, PRIVATE.sign(text.encode()))])


def test_notes_of_other_programs_are_read() -> None:
    [key] = read_keys(GO_KEY)

    assert key.line() == GO_KEY
    assert signers(GO_NOTE, [key])[0].startswith("If you think")


def test_a_checkpoint_is_the_text_of_the_specification() -> None:
    assert LOG.text() == (
        "cchc/1a2b3c4d/thanh-dong\n20852163\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
        "at 2026-03-02T03:00:00Z\n"
    )
    assert parse(LOG.text()) == LOG
    assert opened(note(LOG.text()), [KEY]) == LOG
    assert LOG.at == "2026-03-02T03:00:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "a\n1\n\n", "a\n1\n", "a\n01\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "a\n-1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", "a\n1\nAAEC\n", "a\n1\n!!!!\n",
        "\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "a\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "a\n1٣\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", "",
    ],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NotACheckpoint):
        parse(text)


def test_signatures_of_strangers_neither_help_nor_harm() -> None:
    text = LOG.text()
    both = signed_note(text, [(OTHER, bytes(64)), (KEY, PRIVATE.sign(text.encode()))])

    assert opened(both, [KEY]) == LOG
    with pytest.raises(NotACheckpoint, match="wrong"):
        opened(both, [KEY, OTHER])  # one that we know and that is wrong spoils the note
    with pytest.raises(NotACheckpoint, match="known key"):
        opened(note(text), [OTHER])
    with pytest.raises(NotACheckpoint):
        opened(note(text.replace("thanh-dong", "khac")), [KEY])


@given(st.integers(0, 400), st.integers(0, 7))
def test_no_bit_of_a_note_can_be_changed(at: int, bit: int) -> None:
    content = bytearray(note(LOG.text()).encode())
    content[at % len(content)] ^= 1 << bit

    with pytest.raises(NotACheckpoint):
        opened(bytes(content).decode(errors="replace"), [KEY])


@given(st.text(max_size=200))
def test_any_text_is_refused_by_name(text: str) -> None:
    with pytest.raises(NotACheckpoint):
        opened(text, [KEY])
    with pytest.raises(NotACheckpoint):
        opened(clean_note(f"{text}\n\n— x AAAA\n"), [KEY])


def test_a_note_copied_from_a_letter_is_the_note() -> None:
    plain = note(LOG.text())
    quoted = "Kính gửi\n> " + plain.replace("\n", "  \r\n> ") + "\r\n-- \r\nThư tự động"

    assert clean_note("\ufeff" + quoted) == plain
    assert clean_note(plain) == plain


@pytest.mark.parametrize("width", [30, 60, 91, 92])
def test_a_note_copied_from_a_printed_page_is_put_together_again(width: int) -> None:
    from base64 import b64encode

    signature = b64encode(bytes(range(68))).decode()
    plain = f"cchc/x/y\n1\n{'A' * 43}=\n\n— cchc/x/y {signature}\n"
    pieces = [signature[at : at + width] for at in range(0, len(signature), width)]
    words = "\n".join(
        ["Điểm chốt:", *plain.split("\n")[:4], "— cchc/x/y", *pieces, "Chữ ký này chứng tỏ", "A"]
    )

    assert clean_note(words) == plain
    assert clean_note(plain + "A\n") == plain


@pytest.mark.parametrize(
    "line", ["x", "a+b+c", GO_KEY.replace("c74f", "c74e"), "a b+c74f20a3+ARpc", GO_KEY[:-8]]
)
def test_what_is_no_key_is_refused(line: str) -> None:
    with pytest.raises(NotACheckpoint):
        read_keys(line)


def test_a_list_of_keys_may_hold_remarks() -> None:
    assert read_keys(f"# khoá\n\n{KEY.line()}\n") == [KEY]
