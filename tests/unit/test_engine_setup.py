"""Set-up says exactly what is missing, finishes what was begun and trusts no damaged bundle."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from casefile.errors import EnvironmentFault
from casefile.storage.hashing import file_sha256
from setup import bundle, environment, system


def test_missing_packages_are_listed_with_their_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "is_met", lambda need: need not in ("java", "model:deu"))
    monkeypatch.setenv("AKTENSUCHE_NO_INSTALL", "1")
    monkeypatch.setattr(system, "_offered", lambda package: package.names[0])
    with pytest.raises(EnvironmentFault) as fault:
        system.ensure(tests=False)
    assert fault.value.code == "packages_missing"
    assert "Texterkennung" in fault.value.message
    assert "apt-get install openjdk-21-jre-headless tesseract-ocr-deu" in fault.value.remedy
    assert "chromium" not in str(fault.value)


def test_java_that_the_distribution_lacks_is_not_asked_of_apt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "_offered", lambda package: None if package.needs == "java" else package.names[0])
    missing = [package for package in system.read_packages() if package.needs in ("java", "model:deu")]
    advice = system._advice(missing)
    assert "„apt-get install tesseract-ocr-deu“" in advice
    assert "AKTENSUCHE_JAVA_HOME" in advice


def test_test_packages_are_wanted_for_tests_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "is_met", lambda _: False)
    run = {package.names[0] for package in system.missing_packages(tests=False)}
    tests = {package.names[0] for package in system.missing_packages(tests=True)}
    assert tests - run == {"chromium", "docker-compose", "postgresql"}


def test_needs_are_seen() -> None:
    assert system.is_met("command:sh")
    assert not system.is_met("command:no-such-command")
    assert system.is_met("module:json")
    assert not system.is_met("module:no_such_module")
    assert not system.is_met("model:xxx")
    assert not system.is_met("file:/no/such/file")


def test_half_installed_package_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "VENV", tmp_path)
    packages = tmp_path / "lib" / "python3.11" / "site-packages"
    for name in ("whole-1.0.dist-info", "half-1.0.dist-info", "torn-1.0.dist-info", "~eftover"):
        (packages / name).mkdir(parents=True)
    for name, listed in (("whole", "whole-1.0.dist-info"), ("torn", "../../../bin/torn")):
        (packages / f"{name}-1.0.dist-info" / "RECORD").write_text(f"{listed},,\n", encoding="utf-8")
    environment._repair()
    assert [path.name for path in packages.iterdir()] == ["whole-1.0.dist-info"]


def _bundle(folder: Path, **changed: str) -> Path:
    (folder / "wheels").mkdir(parents=True)
    (folder / "wheels" / "a.whl").write_bytes(b"a")
    (folder / bundle.ABOUT).write_text(json.dumps(bundle._about() | changed), encoding="utf-8")
    (folder / bundle.SUMS).write_text(f"{file_sha256(folder / 'wheels' / 'a.whl')}  wheels/a.whl\n", encoding="utf-8")
    return folder


def test_whole_bundle_passes_and_a_damaged_or_foreign_one_does_not(tmp_path: Path) -> None:
    bundle.check(_bundle(tmp_path / "whole"))
    damaged = _bundle(tmp_path / "damaged")
    (damaged / "wheels" / "a.whl").write_bytes(b"b")
    with pytest.raises(EnvironmentFault, match=r"wheels/a\.whl"):
        bundle.check(damaged)
    with pytest.raises(EnvironmentFault, match=r"3\.4"):
        bundle.check(_bundle(tmp_path / "foreign", python="3.4"))


def test_archive_with_a_path_out_of_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "aktensuche-bundle-x.tar"
    with tarfile.open(archive, "w") as content:
        member = tarfile.TarInfo("../outside")
        member.size = 1
        content.addfile(member, io.BytesIO(b"x"))
    monkeypatch.setattr(bundle, "UNPACKED", tmp_path / "unpacked")
    monkeypatch.setenv("AKTENSUCHE_BUNDLE", str(archive))
    with pytest.raises(EnvironmentFault, match="unzulässig"):
        bundle.find()
    assert not (tmp_path / "outside").exists()


def test_named_bundle_must_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKTENSUCHE_BUNDLE", str(tmp_path / "none.tar"))
    with pytest.raises(EnvironmentFault) as fault:
        bundle.find()
    assert fault.value.code == "bundle_invalid"
