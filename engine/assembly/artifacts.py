"""The engine's Java archives: exactly those of the lock, checked against its SHA-256, kept in the project's cache."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from casefile.errors import EnvironmentFault
from casefile.settings import PROJECT
from casefile.storage.hashing import file_sha256

SPEC = Path(__file__).parent.parent / "maven" / "jgo.toml"
LOCK = Path(__file__).parent.parent / "maven" / "jgo.lock.toml"
CACHE = PROJECT / ".cache" / "engine"
STORE = CACHE / "jars"
DOWNLOADS = CACHE / "downloads"
PARALLEL_DOWNLOADS = 6
TIMEOUT = 60

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Artifact:
    """One locked file. `classifier` is empty for the main jar."""

    group: str
    name: str
    version: str
    classifier: str
    packaging: str
    sha256: str

    @property
    def file_name(self) -> str:
        classifier = f"-{self.classifier}" if self.classifier else ""
        return f"{self.name}-{self.version}{classifier}.{self.packaging}"


def read_lock(lock: Path = LOCK) -> tuple[Artifact, ...]:
    """Raises EnvironmentFault `engine_lock` where an entry has no checksum: unchecked code is never run."""
    entries = tomllib.loads(lock.read_text(encoding="utf-8"))["dependencies"]
    artifacts = tuple(
        Artifact(e["groupId"], e["artifactId"], e["version"], e.get("classifier", ""), e["packaging"], e["sha256"])
        for e in entries
        if len(e.get("sha256", "")) == 64
    )
    if len(artifacts) != len(entries) or len({a.file_name for a in artifacts}) != len(artifacts):
        raise EnvironmentFault(
            "engine_lock",
            f"Die Sperrdatei {lock} ist fehlerhaft (Prüfsumme fehlt oder Name doppelt).",
            "Die Datei aus dem Repository wiederherstellen.",
        )
    return artifacts


def fetch(artifacts: Iterable[Artifact], progress: Progress, bundle: Path | None = None, store: Path = STORE) -> None:
    """Bring every artifact into the store. What is there and whole stays: an interrupted run goes on where it ended.

    Raises EnvironmentFault `network_missing` or `artifact_damaged`.
    """
    store.mkdir(parents=True, exist_ok=True)
    wanted = tuple(artifacts)
    missing = [a for a in wanted if not _is_whole(a, store / a.file_name)]
    progress(len(wanted) - len(missing), len(wanted))
    with ThreadPoolExecutor(PARALLEL_DOWNLOADS) as pool:
        tasks = [pool.submit(_fetch_one, artifact, store, bundle) for artifact in missing]
        try:
            for done, task in enumerate(as_completed(tasks), start=len(wanted) - len(missing) + 1):
                task.result()
                progress(done, len(wanted))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _is_whole(artifact: Artifact, path: Path) -> bool:
    return path.is_file() and file_sha256(path) == artifact.sha256


def _fetch_one(artifact: Artifact, store: Path, bundle: Path | None) -> None:
    offered = bundle / "engine" / artifact.file_name if bundle else None
    if offered and offered.is_file():
        partial = store / f"{artifact.file_name}.partial"
        shutil.copyfile(offered, partial)
    else:
        partial = _download(artifact)
    if file_sha256(partial) != artifact.sha256:
        partial.unlink()
        raise EnvironmentFault(
            "artifact_damaged",
            f"Die Datei {artifact.file_name} stimmt nicht mit ihrer Prüfsumme überein; sie wurde verworfen.",
            "„make setup“ wiederholen. Bleibt der Fehler, liefert die Quelle etwas anderes: nicht verwenden.",
        )
    partial.chmod(0o644)
    partial.replace(store / artifact.file_name)


def _download(artifact: Artifact) -> Path:
    # Imported on use: jgo belongs to the set-up, a running instance does without it.
    import requests
    from jgo.maven import MavenContext

    context = MavenContext(repo_cache=DOWNLOADS, remote_repos=repositories(), timeout=TIMEOUT)
    component = context.project(artifact.group, artifact.name).at_version(artifact.version)
    wanted = component.artifact(artifact.classifier, artifact.packaging)
    target = Path(DOWNLOADS / component.path_prefix / wanted.filename)
    target.unlink(missing_ok=True)
    try:
        context.resolver.download(wanted)
    except (requests.RequestException, OSError, RuntimeError) as error:
        raise EnvironmentFault(
            "network_missing",
            f"{artifact.file_name} konnte nicht geladen werden ({type(error).__name__}).",
            "Netzverbindung und Proxy prüfen und „make setup“ wiederholen; es geht dort weiter, wo es aufgehört hat. "
            "Ohne Netz: auf einer verbundenen Maschine „make bundle“ ausführen und das Archiv hier in bundle/ ablegen "
            "(docs/betrieb.md).",
        ) from error
    return target


def repositories() -> dict[str, str]:
    """Maven repositories by name: an authority's own mirror from jgo's configuration goes before the public one."""
    from jgo.config import GlobalSettings
    from jgo.maven import MavenContext

    return dict(GlobalSettings.load().repositories) | dict(MavenContext().remote_repos)
