"""The flat layout keeps working only while nobody else uses our names."""

from __future__ import annotations

import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PACKAGES = ("cli", "config", "domain", "flows", "models", "notifications", "services", "web")


def test_no_other_distribution_claims_a_package_of_ours() -> None:
    claimed = packages_distributions()

    assert {name: claimed[name] for name in PACKAGES if set(claimed.get(name, ())) - {"cchc"}} == {}


def test_no_flow_hides_a_module_that_others_import() -> None:
    # Prefect puts the folder of a flow first on the path.
    taken = set(sys.stdlib_module_names) | set(packages_distributions()) | set(PACKAGES)

    hiding = {file.stem for file in (PROJECT / "flows").glob("*.py")} & taken

    assert hiding == set()


def test_the_locks_name_hashes_and_no_host() -> None:
    for lock in ("requirements.txt", "requirements-dev.txt"):
        text = (PROJECT / lock).read_text(encoding="utf-8")
        named = re.findall(r"^[a-z0-9._-]+(?:\[[^]]*\])?==", text, flags=re.MULTILINE)

        assert len(named) > 50
        assert "://" not in text
        assert "index" not in text
        assert len(re.findall(r"\\\n    --hash=sha256:", text)) >= len(named)
