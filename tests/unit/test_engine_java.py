"""Java is judged by what it says of itself, in the documented order."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile.errors import EnvironmentFault
from engine.assembly.java import find_java, parse_version


@pytest.mark.parametrize(
    ("output", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment', 17),
        ('openjdk version "25" 2025-09-16', 25),
        ('openjdk version "21-ea" 2023-09-19', 21),
        ('java version "1.8.0_392"', 8),
        ("bash: java: command not found", None),
        ("", None),
    ],
)
def test_version_is_read(output: str, version: int | None) -> None:
    assert parse_version(output) == version


def _fake(home: Path, version: str, modules: str = "java.base jdk.localedata") -> Path:
    program = home / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(
        f'#!/bin/sh\nif [ "$1" = -version ]; then echo \'openjdk version "{version}"\' >&2; else echo {modules}; fi\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    return program


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without Java but for what a test puts into `jvm/`."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "/nonexistent")
    return tmp_path / "jvm"


def test_newest_of_the_installed_is_taken(bare: Path) -> None:
    _fake(bare / "java-17-openjdk-amd64", "17.0.1")
    _fake(bare / "java-21-openjdk-amd64", "21.0.4")
    newest = _fake(bare / "temurin-25-jdk-amd64", "25.0.1")
    assert find_java(jvm_root=bare).program == newest


def test_java_home_goes_before(bare: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _fake(bare / "temurin-25-jdk-amd64", "25.0.1")
    program = _fake(tmp_path / "own", "21.0.1")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "own"))
    assert find_java(jvm_root=bare).program == program


def test_old_java_in_the_path_does_not_hide_a_new_one(
    bare: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", f"{_fake(tmp_path / 'old', '17.0.1').parent}:/bin")
    program = _fake(bare / "temurin-25-jdk-amd64", "25.0.1")
    assert find_java(jvm_root=bare).program == program


@pytest.mark.parametrize(
    ("versions", "modules", "code"),
    [
        ([], "", "java_missing"),
        (["17.0.15"], "jdk.localedata", "java_too_old"),
        (["17.0.15", "11.0.2"], "jdk.localedata", "java_too_old"),
        (["21.0.1"], "java.base", "java_incomplete"),
    ],
)
def test_what_is_missing_is_said(bare: Path, versions: list[str], modules: str, code: str) -> None:
    for version in versions:
        _fake(bare / f"jdk-{version}", version, modules)
    with pytest.raises(EnvironmentFault) as fault:
        find_java(jvm_root=bare)
    assert fault.value.code == code
    assert "openjdk-21-jre-headless" in fault.value.remedy
    assert all(f"Java {version.split('.')[0]}" in fault.value.message for version in versions)


def test_a_chosen_java_is_not_replaced_by_another(bare: Path, tmp_path: Path) -> None:
    _fake(bare / "temurin-25-jdk-amd64", "25.0.1")
    with pytest.raises(EnvironmentFault) as fault:
        find_java(tmp_path / "nowhere", jvm_root=bare)
    assert fault.value.code == "java_missing"
    assert str(tmp_path / "nowhere") in fault.value.message
