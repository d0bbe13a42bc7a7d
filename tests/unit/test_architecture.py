"""The rules of docs/architecture.md, read from the imports. A rule that has to give way is changed there first."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from casefile.settings import PROJECT

OWN = {"aktensuche", "casefile", "engine", "indexer", "mappings", "search_ui", "setup", "stock"}

# package → the project's other packages that it may import
MAY_IMPORT: dict[str, set[str]] = {
    "casefile": set(),
    "indexer": {"casefile"},
    "search_ui": {"casefile"},
    "engine": {"casefile"},
    "stock": {"casefile"},
    "setup": {"casefile", "engine"},
    "aktensuche": {"casefile", "engine", "stock"},
}

# outside library → the only modules that import it
ONLY_IN: dict[str, set[str]] = {
    "opensearchpy": {"casefile.store"},
    "tika": {"indexer.extract.tika_client"},
    "tesserocr": {"indexer.extract.ocr", "indexer.extract.words"},
    "pypdfium2": {"casefile.render", "indexer.extract.pdfscan"},
    "htmx_flask": {"search_ui.htmx", "search_ui.app"},
    "argon2": {"search_ui.accounts", "search_ui.auth"},
    "gunicorn": {"search_ui.serving"},
    "defusedxml": {"indexer.coverformats", "indexer.extract.xhtml"},
}

# Pure functions: no engine, no database, no web.
PURE = (
    "indexer.document",
    "indexer.enrich",
    "search_ui.query",
    "search_ui.terms",
    "search_ui.marking",
    "search_ui.result",
)
IMPURE = {"casefile.store", "casefile.database", "casefile.derived", "sqlalchemy", "flask", "opensearchpy"}

WRITES_TO_ENGINE = {"for_indexing", "create_indices", "index_bulk", "delete_ids"}


def module_name(path: Path) -> str:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def parsed() -> dict[str, ast.Module]:
    paths = [path for package in MAY_IMPORT for path in sorted((PROJECT / package).rglob("*.py"))]
    return {module_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def imports(tree: ast.Module) -> Iterator[str]:
    """Every module and name that is imported anywhere in the file, as a dotted path."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name their package in full"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


MODULES = parsed()
IMPORTS = {name: frozenset(imports(tree)) for name, tree in MODULES.items()}


def inside(package: str) -> list[str]:
    return [name for name in MODULES if name == package or name.startswith(f"{package}.")]


def importers(wanted: str) -> set[str]:
    """Modules that import this, or something in it."""
    return {
        name for name, targets in IMPORTS.items() if any(t == wanted or t.startswith(f"{wanted}.") for t in targets)
    }


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_packages_import_only_what_lies_before_them(package: str) -> None:
    for name in inside(package):
        used = {target.partition(".")[0] for target in IMPORTS[name]} & OWN
        assert used <= MAY_IMPORT[package] | {package}, name


def test_the_table_of_packages_is_whole() -> None:
    found = {path.parent.name for path in PROJECT.glob("*/__init__.py")} - {"tests", "bench"}
    assert found == set(MAY_IMPORT) | {"mappings"}


@pytest.mark.parametrize("library", ONLY_IN)
def test_libraries_stay_behind_their_seam(library: str) -> None:
    assert importers(library) <= ONLY_IN[library]


def test_only_the_commands_know_the_order_of_the_stages() -> None:
    assert importers("indexer.pipeline") == {"indexer.cli"}
    assert importers("indexer.process") == {"indexer.pipeline"}


def test_extraction_knows_neither_ledger_nor_index() -> None:
    beyond = ("indexer.ledger", "indexer.load", "sqlalchemy", "casefile.ledger", "casefile.database", "casefile.store")
    for name in inside("indexer.extract"):
        assert not [target for target in IMPORTS[name] if target.startswith(beyond)], name


def test_pdfs_are_inspected_in_worker_processes_only() -> None:
    called = [node.func for node in ast.walk(MODULES["indexer.extract.pdf"]) if isinstance(node, ast.Call)]
    here = [f.attr for f in called if isinstance(f, ast.Attribute) and ast.unparse(f.value) == "pdfscan"]
    assert not here


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_stay_pure(name: str) -> None:
    assert not {target for target in IMPORTS[name] if target in IMPURE or target.partition(".")[0] in IMPURE}


def test_the_interface_never_writes_to_the_engine() -> None:
    for name in inside("search_ui"):
        attributes = {node.attr for node in ast.walk(MODULES[name]) if isinstance(node, ast.Attribute)}
        assert not attributes & WRITES_TO_ENGINE, name


def test_handlers_do_not_query() -> None:
    """A view parses, calls, renders: queries and rights are made in `service` and `reading`."""
    beyond = {"search_ui.query", "search_ui.access", "casefile.store", "casefile.ledger"}
    for name in inside("search_ui.views"):
        assert not beyond & IMPORTS[name], name


def test_settings_are_read_at_the_edges_only() -> None:
    edges = {name for name in MODULES if name.endswith("cli")} | {"aktensuche.demo", "engine.supervisor"}
    assert importers("casefile.settings.load_settings") <= edges


def test_databases_are_opened_in_one_place() -> None:
    opening = {"sqlalchemy.create_engine", "sqlalchemy.engine.create_engine"}
    found = {name for name, targets in IMPORTS.items() if opening & targets}
    assert found == {"casefile.database", "casefile.migrations.env"}
