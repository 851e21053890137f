"""How a message is named to a provider, so that its receipt leads back to the row of the outbox."""

from __future__ import annotations

import re

_FORM = re.compile(r"o([1-9][0-9]{0,18})\.w([1-9][0-9]{0,9})")


def tracking_id(ward_id: int, outbox_id: int) -> str:
    """Return the name of an outbox row, in ASCII and within the 48 characters that Zalo takes."""
    return f"o{outbox_id}.w{ward_id}"


def read_tracking_id(text: str) -> tuple[int, int] | None:
    """Return ward and outbox row of a name that we gave; None for any other text."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    outbox_id, ward_id = (int(number) for number in found.groups())
    return (ward_id, outbox_id) if outbox_id < 2**63 and ward_id < 2**31 else None
