"""How often a test repeats what chance decides: a few times in the suite, very often in `make proofs`.

Hypothesis tries the same examples in each run of the suite and new ones in the proofs (ADR 0033).
"""

from __future__ import annotations

import os

LONG = os.environ.get("CCHC_PROOFS") == "long"


def times(usual: int, long: int) -> int:
    """Return how often, depending on which of both is run."""
    return long if LONG else usual
