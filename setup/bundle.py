"""The offline bundle: all that set-up would download, in one archive with checksums.

`make bundle` makes it on a connected machine; `make setup` uses it where it lies in `bundle/` or where
AKTENSUCHE_BUNDLE names it.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from casefile.errors import EnvironmentFault
from casefile.storage.atomic import replacing
from casefile.storage.hashing import file_sha256
from casefile.tessdata import BUNDLED, DEFAULT_LANGUAGES, find_models
from casefile.wording import caused
from setup import environment, system
from setup.console import step

PROJECT = environment.PROJECT
PLACE = PROJECT / "bundle"
UNPACKED = PROJECT / ".cache" / "bundle"
SUMS = "SHA256SUMS"
ABOUT = "bundle.json"


def _about() -> dict[str, str]:
    """What a bundle is made for: the same Python, platform and versions, or it does not fit."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in environment.LOCKS)).hexdigest()
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {"python": python, "platform": f"{platform.system()}-{platform.machine()}", "locks": digest}


def find() -> Path | None:
    """The folder of the bundle (unpacked first if it is an archive); None where none is offered."""
    named = os.environ.get("AKTENSUCHE_BUNDLE")
    place = Path(named).expanduser().absolute() if named else PLACE
    if named and not place.exists():
        raise _fault(f"AKTENSUCHE_BUNDLE nennt {place}; dort ist nichts")
    if place.is_file():
        return _unpack(place)
    if (place / SUMS).is_file():
        return place
    archives = sorted(place.glob("aktensuche-bundle-*.tar")) if place.is_dir() else []
    return _unpack(archives[-1]) if archives else None


def check(bundle: Path) -> None:
    """Raises EnvironmentFault `bundle_invalid` where it is damaged or made for something else."""
    step(f"Offline-Bündel prüfen ({bundle})")
    made_for = json.loads((bundle / ABOUT).read_text(encoding="utf-8"))
    here = _about()
    differing = [
        f"{key}: {made_for.get(key)} statt {value}" for key, value in here.items() if made_for.get(key) != value
    ]
    if differing:
        raise _fault(f"Das Bündel {bundle} passt nicht ({'; '.join(differing)})")
    for line in (bundle / SUMS).read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        file = bundle / name
        if not file.is_file() or file_sha256(file) != digest:
            raise _fault(f"Im Bündel {bundle} fehlt {name} oder ist beschädigt")


def offer_models(bundle: Path) -> None:
    """Put the recognition models where `find_models` looks last: the system's own go before."""
    for model in (bundle / "tessdata").glob("*.traineddata"):
        target = BUNDLED / model.name
        if not target.is_file() or target.stat().st_size != model.stat().st_size:
            BUNDLED.mkdir(parents=True, exist_ok=True)
            with replacing(target) as copy, model.open("rb") as original:
                shutil.copyfileobj(original, copy)


def forget_unpacked() -> None:
    """Half a gigabyte that nobody needs once all is installed."""
    shutil.rmtree(UNPACKED, ignore_errors=True)


def make() -> None:
    """Of a machine that is set up (`setup.machine.prepare`)."""
    target = PROJECT / "dist" / f"aktensuche-bundle-{_about()['python']}-{_about()['platform']}.tar"
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as temporary:
        content = Path(temporary)
        step("Python-Pakete sammeln")
        _collect_wheels(content / "wheels")
        step("Archive von OpenSearch und Tika und Sprachdaten sammeln")
        _collect_engine(content / "engine")
        _collect_models(content / "tessdata")
        _write_notes(content)
        step(f"Archiv schreiben: {target}")
        with replacing(target) as stream, tarfile.open(fileobj=stream, mode="w") as archive:
            for file in _files(content):
                archive.add(file, file.relative_to(content).as_posix())
    step(f"Fertig: {target} ({target.stat().st_size / 1e6:.0f} MB)")


def _collect_wheels(folder: Path) -> None:
    folder.mkdir()
    for name in ("bootstrap.txt", "dev.txt"):
        options = ["--require-hashes", "--no-deps", "--no-build-isolation", "--progress-bar", "off", "-q"]
        requirements = str(environment.REQUIREMENTS / name)
        command = [str(environment.PYTHON), "-m", "pip", "download", *options, "-d", str(folder), "-r", requirements]
        if subprocess.run(command, check=False).returncode != 0:
            raise EnvironmentFault(
                "network_missing", "Die Python-Pakete können nicht geladen werden.", environment.NETWORK_REMEDY
            )


def _collect_engine(folder: Path) -> None:
    """Exactly the locked files, checked again on their way."""
    code = (
        "import sys, pathlib; from engine.artifacts import fetch, read_lock, STORE; "
        "fetch(read_lock(), lambda *_: None); folder = pathlib.Path(sys.argv[1]); folder.mkdir(); "
        "[(folder / a.file_name).hardlink_to(STORE / a.file_name) for a in read_lock()]"
    )
    subprocess.run([environment.PYTHON, "-c", code, str(folder)], cwd=PROJECT, check=True)


def _collect_models(folder: Path) -> None:
    folder.mkdir()
    for language in DEFAULT_LANGUAGES.split("+"):
        name = f"{language}.traineddata"
        shutil.copyfile(find_models(language) / name, folder / name)


def _write_notes(content: Path) -> None:
    (content / ABOUT).write_text(json.dumps(_about(), indent=1), encoding="utf-8")
    lines = [f"{' oder '.join(p.names)} ({p.purpose}): {p.why}" for p in system.read_packages()]
    notes = "Diese Systempakete sind nicht im Bündel; sie kommen aus der Distribution:\n\n" + "\n".join(lines) + "\n"
    (content / "SYSTEMPAKETE.txt").write_text(notes, encoding="utf-8")
    sums = "".join(f"{file_sha256(file)}  {file.relative_to(content).as_posix()}\n" for file in _files(content))
    (content / SUMS).write_text(sums, encoding="utf-8")


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _unpack(archive: Path) -> Path:
    """Once per archive; half-unpacked ones do not count."""
    state = archive.stat()
    target = UNPACKED / f"{archive.stem}-{state.st_size}-{state.st_mtime_ns}"
    if target.is_dir():
        return target
    step(f"Offline-Bündel auspacken ({archive})")
    shutil.rmtree(UNPACKED, ignore_errors=True)
    UNPACKED.mkdir(parents=True)
    partial = target.with_suffix(".partial")
    try:
        with tarfile.open(archive) as content:
            for member in content:
                _extract(content, member, partial)
    except tarfile.TarError as error:
        raise _fault(caused(f"Das Archiv {archive} ist beschädigt", error)) from error
    partial.rename(target)
    return target


def _extract(content: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    name = PurePosixPath(member.name)
    stream = content.extractfile(member) if member.isfile() else None
    if stream is None or name.is_absolute() or ".." in name.parts:
        raise _fault(f"Das Archiv enthält einen unzulässigen Eintrag: {member.name}")
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with stream, target.open("wb") as output:
        shutil.copyfileobj(stream, output)


def _fault(message: str) -> EnvironmentFault:
    return EnvironmentFault(
        "bundle_invalid",
        f"{message}.",
        "Auf einer verbundenen Maschine gleicher Art mit demselben Stand „make bundle“ wiederholen und das Archiv neu "
        "herüberholen.",
    )
