"""The same browser as in tests/web, in worse hands."""

from __future__ import annotations

from tests.web.conftest import browse, started

__all__ = ["browse", "started"]
