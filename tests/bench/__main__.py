"""`make bench`, or `python -m tests.bench NAME…` for some of them."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = (
    "startup",
    "reading",
    "transitions",
    "bulk",
    "mail",
    "letters",
    "latency",
    "digests",
    "program",
    "pages",
    "evidence",
)


def main(names: list[str]) -> int:
    """Run the named benchmarks, all of them without a name."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; known: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    for name in names or NAMES:
        print(f"\n== {name}", flush=True)
        import_module(f"tests.bench.{name}").run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
