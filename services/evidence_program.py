"""Putting `verify.py` together: the modules that verify, in one file that needs no other."""

from __future__ import annotations

import ast
from functools import cache
from importlib.resources import files

# In the order in which they need each other; none imports anything but these and the standard library.
MODULES = (
    ("domain", "canonical"),
    ("domain", "command_words"),
    ("domain", "ed25519"),
    ("domain", "merkle"),
    ("domain", "checkpoints"),
    ("domain", "stamps"),
    ("services", "evidence_report"),
    ("services", "evidence_zip"),
    ("services", "evidence_trust"),
    ("services", "evidence_claims"),
    ("services", "evidence_events"),
    ("services", "evidence_verifier"),
    ("services", "evidence_timeline"),
    ("services", "evidence_main"),
)
HEAD = '''#!/usr/bin/env python3
"""Kiểm tra hồ sơ kiểm chứng: chỉ cần Python 3.11 trở lên, không cần mạng, không cần cài thêm gì.

    python verify.py HO-SO.zip [--checkpoint DIEM-CHOT-CU.txt] [--keys KHOA.txt]

Chương trình này gồm nguyên văn các mô-đun của cchc ghi ở từng phần dưới đây.
"""

from __future__ import annotations
'''
FOOT = """

if __name__ == "__main__":
    sys.exit(main())
"""


@cache
def program() -> str:
    """Return the text of `verify.py`."""
    parts = [_part(package, name) for package, name in MODULES]
    return HEAD + "".join(parts) + FOOT


def _part(package: str, name: str) -> str:
    """Return a module without its docstring and its imports of our own modules."""
    source = (files(package) / f"{name}.py").read_text(encoding="utf-8")
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if _left_out(node):
            for number in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[number] = ""
    body = "\n".join(lines).strip("\n")
    return f"\n\n# ---- {package}/{name}.py ----\n\n{body}\n"


def _left_out(node: ast.stmt) -> bool:
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").partition(".")[0] in {"__future__", "domain", "services"}
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
