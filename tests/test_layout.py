"""The flat layout keeps working only while nobody else uses our names."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
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


def test_whatever_is_imported_is_declared() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    # What an office may add is asked for by name, and its absence is answered: `services.stamping`.
    named = [*project["dependencies"], *project["optional-dependencies"]["tsa"]]
    declared = {re.split(r"[\[<>=]", each)[0].lower() for each in named}
    imported = {name for package in PACKAGES for name in _imported(PROJECT / package)}

    providers = packages_distributions()
    others = imported - set(sys.stdlib_module_names) - set(PACKAGES)
    missing = {
        name
        for name in others
        if declared.isdisjoint(each.lower().replace("_", "-") for each in providers.get(name, ()))
    }
    assert len(others) > 20
    assert missing == set()


def _imported(package: Path) -> set[str]:
    """Return the first names of all that the files of a package import."""
    found = set()
    for file in package.rglob("*.py"):
        for each in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(each, ast.Import):
                found |= {name.name.split(".")[0] for name in each.names}
            elif isinstance(each, ast.ImportFrom) and each.module and not each.level:
                found.add(each.module.split(".")[0])
    return found


def test_the_locks_name_hashes_and_no_host() -> None:
    for lock in ("requirements.txt", "requirements-dev.txt"):
        text = (PROJECT / lock).read_text(encoding="utf-8")
        named = re.findall(r"^[a-z0-9._-]+(?:\[[^]]*\])?==", text, flags=re.MULTILINE)

        assert len(named) > 50
        assert "://" not in text
        assert "index" not in text
        assert len(re.findall(r"\\\n    --hash=sha256:", text)) >= len(named)
