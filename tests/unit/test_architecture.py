"""The rules of docs/architecture.md, read from the imports. A rule that has to give way is changed there first."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from casefile.settings import PROJECT

OWN = {"aktensuche", "casefile", "engine", "indexer", "mappings", "oversight", "search_ui", "setup", "stock", "tools"}

# package → the project's other packages that it may import
MAY_IMPORT: dict[str, set[str]] = {
    "casefile": set(),
    "oversight": {"casefile"},
    "indexer": {"casefile", "oversight"},
    "search_ui": {"casefile", "oversight"},
    "engine": {"casefile"},
    "stock": {"casefile"},
    "setup": {"casefile", "engine"},
    "aktensuche": {"casefile", "engine", "indexer", "stock"},
    "tools": {"casefile"},
}

# outside library → the only modules that import it
ONLY_IN: dict[str, set[str]] = {
    "opensearchpy": {"casefile.index.client"},
    "tika": {"indexer.extract.tika.client"},
    "tesserocr": {"indexer.extract.ocr.tesseract"},
    "pypdfium2": {
        "casefile.imaging.render",
        *(f"indexer.extract.pdf.{name}" for name in ("scan", "forms", "annotations", "xfa")),
    },
    "htmx_flask": {"search_ui.web.htmx", "search_ui.app"},
    "argon2": {"oversight.accounts", "oversight.signin.password"},
    "cryptography": {"oversight.log.formats.note"},
    "gunicorn": {"search_ui.serving"},
    "markupsafe": {"search_ui.web.markup"},
    "rapidfuzz": {"search_ui.retrieval.alike", "search_ui.retrieval.advice.lexicon"},
    "asn1crypto": {"indexer.extract.mail.cms"},
    "compressed_rtf": {"indexer.extract.mail.mapi"},
    "olefile": {"indexer.extract.office.ole", "indexer.extract.mail.outlook"},
    "pypff": {"indexer.extract.mail.pst"},
    "charset_normalizer": {"indexer.extract.formats.encoding"},
    "defusedxml": {"indexer.covers.formats", "indexer.extract.tika.xhtml"},
}

# Pure functions: no engine, no database, no web.
PURE = (
    *(
        f"oversight.log.formats.{name}"
        for name in ("canonical", "tree", "note", "checkpoint", "exchange", "tiles", "record")
    ),
    "casefile.text.pages",
    "casefile.canonical.kinds",
    "indexer.index_records",
    "indexer.enrich",
    "search_ui.retrieval.query",
    "search_ui.retrieval.ranking.bodies",
    "search_ui.retrieval.question.terms",
    "search_ui.retrieval.marking",
    "search_ui.retrieval.result",
)
IMPURE = {
    "casefile.index.client",
    "casefile.index.reader",
    "casefile.index.writer",
    "casefile.database.sessions",
    "casefile.storage.derived",
    "sqlalchemy",
    "flask",
    "opensearchpy",
}

# What writes to the engine: the interface is only ever given the reader.
WRITES_TO_ENGINE = ("casefile.index.writer", "casefile.index.versions")


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
    beyond = (
        "indexer.ledger",
        "indexer.load",
        "sqlalchemy",
        "casefile.database.ledger",
        "casefile.database.sessions",
        "casefile.index",
    )
    for name in inside("indexer.extract"):
        assert not [target for target in IMPORTS[name] if target.startswith(beyond)], name


def test_only_the_table_of_engines_knows_an_engine() -> None:
    """A second engine is a module of its own and a line in `engines.py`."""
    assert importers("indexer.extract.ocr.tesseract") == {"indexer.extract.ocr.engines"}
    assert importers("indexer.extract.ocr.engines") == {
        "indexer.extract.ocr.recognise",
        "indexer.cli",
        "aktensuche.demo",
    }


def test_pdfs_are_inspected_in_worker_processes_only() -> None:
    called = [node.func for node in ast.walk(MODULES["indexer.extract.pdf.pages"]) if isinstance(node, ast.Call)]
    here = [f.attr for f in called if isinstance(f, ast.Attribute) and ast.unparse(f.value) == "pdfscan"]
    assert not here


def test_own_readers_run_in_worker_processes_only() -> None:
    """Whoever wants a format read asks the pool; the table of readers itself is named in one place."""
    assert importers("indexer.extract.formats.reader") == {"indexer.extract.formats.sandboxed"}
    (call,) = [
        n
        for n in ast.walk(MODULES["indexer.extract.formats.sandboxed"])
        if isinstance(n, ast.Call) and n.args and ast.unparse(n.args[0]) == "read_format"
    ]
    assert ast.unparse(call.func) == "pool.run"


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_stay_pure(name: str) -> None:
    assert not {target for target in IMPORTS[name] if target in IMPURE or target.partition(".")[0] in IMPURE}


def test_the_interface_never_writes_to_the_engine() -> None:
    for module in WRITES_TO_ENGINE:
        assert not {name for name in importers(module) if not name.startswith(("indexer.", "casefile.index."))}, module


def test_handlers_do_not_query() -> None:
    """A view parses, calls, renders: queries and rights are made in `retrieval` and `reading`."""
    beyond = {"search_ui.retrieval.query", "oversight.rights", "casefile.index.reader", "casefile.database.ledger"}
    for name in inside("search_ui.views"):
        assert not beyond & IMPORTS[name], name


def test_rights_are_read_by_the_transactions_of_an_answer_only() -> None:
    """A look at rights elsewhere would be one more transaction, or one that the audit row does not share."""
    for name in ("current_scope", "read_scope"):
        assert importers(f"oversight.rights.{name}") <= {"search_ui.answering"}


def test_settings_are_read_at_the_edges_only() -> None:
    edges = {name for name in MODULES if name.endswith("cli")} | {"aktensuche.demo", "engine.supervisor"}
    assert importers("casefile.settings.load_settings") <= edges


def test_databases_are_opened_in_one_place() -> None:
    opening = {"sqlalchemy.create_engine", "sqlalchemy.engine.create_engine"}
    found = {name for name, targets in IMPORTS.items() if opening & targets}
    assert found == {"casefile.database.sessions", "casefile.database.migrations.env"}


def test_retrieval_knows_nothing_of_the_web() -> None:
    beyond = ("flask", "htmx_flask", "jinja2", "markupsafe", "search_ui.web", "search_ui.views", "search_ui.reading")
    for name in inside("search_ui.retrieval"):
        assert not [target for target in IMPORTS[name] if target.startswith(beyond)], name


# modules that rename by themselves → why
RENAMES: dict[str, str] = {
    "casefile.storage.atomic": "the one place",
    "engine.runner": "turns a log over",
    "engine.assembly.artifacts": "a download that lies there already and is renamed once its checksum is right",
}


def test_files_are_written_whole_in_one_place() -> None:
    """`path.replace(other)` has one argument, `text.replace(old, new)` two."""
    for name, tree in MODULES.items():
        calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
        writes = [ast.unparse(c) for c in calls if _renames(c) or ast.unparse(c.func) == "os.fsync"]
        assert not writes or name in RENAMES, f"{name}: {writes}"


def _renames(call: ast.Call) -> bool:
    named = ast.unparse(call.func)
    return named == "os.replace" or (named.endswith(".replace") and len(call.args) == 1 and not call.keywords)


def test_processes_with_limits_are_started_in_one_place() -> None:
    assert importers("pebble") == {"casefile.sandbox"}


def test_a_helper_of_the_interface_is_found_by_its_name() -> None:
    """No two modules have a private function of the same name."""
    found: dict[str, list[str]] = {}
    for module in inside("search_ui"):
        for node in MODULES[module].body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("_"):
                found.setdefault(node.name, []).append(module)
    assert not {name: modules for name, modules in found.items() if len(modules) > 1}


def imported_modules(tree: ast.Module) -> Iterator[str]:
    """Like `imports`, but of `from package import module` the module alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else str(node.module) for name in names)


def test_no_module_imports_itself_through_others() -> None:
    remaining = {name: set(imported_modules(tree)) - {name} for name, tree in MODULES.items()}
    while free := {name for name, targets in remaining.items() if not targets & set(remaining)}:
        remaining = {name: targets for name, targets in remaining.items() if name not in free}
    assert not remaining


# folder with more than 12 modules → why
CROWDED: dict[str, str] = {}


def test_folders_stay_small_enough_to_be_read() -> None:
    folders = {path.parent for package in MAY_IMPORT for path in (PROJECT / package).rglob("*.py")}
    crowded = {
        folder.relative_to(PROJECT).as_posix()
        for folder in folders
        if len([path for path in folder.glob("*.py") if path.name != "__init__.py"]) > 12
    }
    assert crowded == set(CROWDED)
