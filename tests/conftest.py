"""One engine for each worker, and fast tests first."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import hypothesis
import pytest

from casefile.instance import opensearch_url, tika_url
from casefile.settings import PREFIX, Settings, load_settings
from engine import control
from engine.processes import ProcessId
from tests.postgres import Cluster, running_cluster

# Folders in the order in which they run: what fails fast comes first.
GROUPS = ("unit", "golden", "corpus", "live", "crash", "browser")
# Settings of the caller that the tests honour; any other would change what is tested.
KEPT = {f"{PREFIX}JAVA_HOME", f"{PREFIX}TESSDATA", f"{PREFIX}NO_INSTALL", f"{PREFIX}BUNDLE"}
TEST_HEAP_MB = 512
# Engines live for seconds here, and the optimising compiler costs half of each start (10.9 against 5.9 s of
# processor time).
TEST_JAVA_OPTIONS = "-XX:TieredStopAtLevel=1"


# The suite must not depend on luck or on how busy the machine is.
hypothesis.settings.register_profile("suite", derandomize=True, deadline=None)


def pytest_configure() -> None:
    hypothesis.settings.load_profile("suite")
    for name in [n for n in os.environ if n.startswith(PREFIX) and n not in KEPT]:
        del os.environ[name]
    os.environ.setdefault("JDK_JAVA_OPTIONS", TEST_JAVA_OPTIONS)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the groups in order (pytest-randomly mixes within them) and mark what needs the engine or a browser.

    A test marked `last` ends its module: it takes away what the others use.
    """
    for item in items:
        group = _group(item)
        if group in ("live", "crash"):
            item.add_marker(pytest.mark.live)
        elif group == "browser":
            item.add_marker(pytest.mark.browser)
    first = {item.path: index for index, item in reversed(list(enumerate(items)))}
    items.sort(key=lambda item: (GROUPS.index(_group(item)), first[item.path], bool(item.get_closest_marker("last"))))


def _group(item: pytest.Item) -> str:
    parts = item.path.relative_to(Path(__file__).parent).parts
    return parts[0] if parts[0] in GROUPS else GROUPS[0]


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A real OpenSearch node and a real Tika server, started once a worker; the settings of their instance.

    They end with this process, also when it is killed. A start that fails fails the tests: nothing is skipped.
    """
    settings = load_settings(home=tmp_path_factory.mktemp("engine"), opensearch_heap_mb=TEST_HEAP_MB)
    control.start(settings, parent=ProcessId.current())
    yield settings
    control.stop(settings)


@pytest.fixture
def instance(engine: Settings, tmp_path: Path) -> Iterator[Settings]:
    """An instance of its own on the shared engine: empty home, index names of its own that are removed afterwards."""
    prefix = f"test-{uuid.uuid4().hex[:12]}"
    settings = load_settings(
        home=tmp_path / "home",
        opensearch_url=opensearch_url(engine),
        tika_url=tika_url(engine),
        index_prefix=prefix,
    )
    yield settings
    with urlopen(f"{settings.opensearch_url}/_cat/indices/{prefix}*?h=index", timeout=30) as answer:
        names = answer.read().decode().split()
    for name in names:
        request = Request(f"{settings.opensearch_url}/{name}", method="DELETE")
        urlopen(request, timeout=30).close()


@pytest.fixture
def instance_environment(instance: Settings) -> dict[str, str]:
    """Environment for a child process (`aktensuche …`) that is to work on `instance`."""
    return os.environ | control.as_environment(instance)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A real PostgreSQL, started once a worker."""
    with running_cluster() as cluster:
        yield cluster
