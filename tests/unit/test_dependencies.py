"""What the program imports is declared, and what is declared is imported."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from casefile.settings import PROJECT

PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
# imported, but a part of what is declared
COMES_WITH = {"werkzeug": "flask", "markupsafe": "flask", "pydantic": "pydantic-settings", "pydantic-core": "pydantic"}
# by SQLAlchemy from the database's address, and by casefile.imaging.media.ImageFormat.plugin
LOADED_BY_NAME = {"psycopg", "pillow-heif"}
# The program runs without them: jgo fetches the engine's archives, the second engine is asked where it is installed.
OPTIONAL = {"jgo": "setup", "onnx": "second-opinion", "onnxruntime": "second-opinion"}


def plain(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name.group()).lower()


def imported() -> set[str]:
    """Distributions that the packages of the wheel import."""
    modules: set[str] = set()
    for package in PACKAGES:
        for path in (PROJECT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    modules |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    modules.add((node.module or "").partition(".")[0])
    own = {path.parent.name for path in PROJECT.glob("*/__init__.py")}
    known = packages_distributions()
    return {plain(name) for module in modules - own - set(sys.stdlib_module_names) for name in known[module]}


def declared(extra: str = "") -> set[str]:
    project = PYPROJECT["project"]
    return {plain(name) for name in (project["optional-dependencies"][extra] if extra else project["dependencies"])}


IMPORTED = imported()


@pytest.mark.parametrize("name", sorted(IMPORTED - set(COMES_WITH)))
def test_what_is_imported_is_declared(name: str) -> None:
    assert name in (declared(OPTIONAL[name]) if name in OPTIONAL else declared())


@pytest.mark.parametrize("name", sorted(declared()))
def test_what_is_declared_is_imported(name: str) -> None:
    assert name in IMPORTED | LOADED_BY_NAME


@pytest.mark.parametrize("name", sorted(COMES_WITH))
def test_no_exception_outlives_its_reason(name: str) -> None:
    assert name in IMPORTED and COMES_WITH[name] in declared() | set(COMES_WITH)
