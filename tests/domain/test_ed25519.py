"""Our own Ed25519 against RFC 8032, section 7.1, and against a library's."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from domain.ed25519 import is_signed

VECTORS = {
    "empty": (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    "one byte": (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    "two bytes": (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
}
ORDER = 2**252 + 27742317777372353535851937790883648493


@pytest.mark.parametrize("name", VECTORS)
def test_the_signatures_of_the_rfc_are_right(name: str) -> None:
    public, message, signature = (bytes.fromhex(part) for part in VECTORS[name])

    assert is_signed(public, message, signature)
    assert not is_signed(public, message + b"x", signature)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
def test_what_a_library_signs_is_right_and_not_one_bit_less(seed: bytes, message: bytes, bit: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    changed = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(64, "big")

    assert is_signed(public, message, signature)
    assert not is_signed(public, message, changed)


@given(st.binary(max_size=70), st.binary(max_size=70))
def test_no_bytes_are_too_bad_to_be_refused(public: bytes, signature: bytes) -> None:
    assert not is_signed(public, b"message", signature)


def test_a_signature_written_another_way_is_refused() -> None:
    public, message, signature = (bytes.fromhex(part) for part in VECTORS["one byte"])
    scalar = int.from_bytes(signature[32:], "little") + ORDER

    assert not is_signed(public, message, signature[:32] + scalar.to_bytes(32, "little"))
