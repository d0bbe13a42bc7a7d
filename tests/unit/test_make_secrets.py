"""deploy/make_secrets.py: everything is made once, for its reader only, and never overwritten."""

from __future__ import annotations

import base64
import ctypes
import ctypes.util
import hashlib
import hmac
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from casefile.settings import PROJECT

SCRIPT = PROJECT / "deploy" / "make_secrets.py"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), "--folder", str(folder), "--keep-owner", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def openssl(*arguments: str) -> str:
    return subprocess.run(["openssl", *arguments], capture_output=True, text=True, timeout=30, check=True).stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deploy") / "secrets"
    done = run(folder, "--name", "akten.example.org", "--name", "10.1.2.3")
    assert done.returncode == 0, done.stderr
    return folder


def test_every_secret_of_the_compose_file_is_made(made: Path) -> None:
    compose = yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))
    wanted = {Path(secret["file"]).name for secret in compose["secrets"].values()}
    assert wanted | {"ca.key", "engine_admin_password"} == {path.name for path in made.iterdir()}


def test_only_certificates_are_readable_for_others(made: Path) -> None:
    for path in made.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == (0o644 if path.suffix == ".crt" else 0o600), path
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_passwords_are_long_and_all_different(made: Path) -> None:
    passwords = [path.read_text(encoding="utf-8").strip() for path in made.glob("*_password")]
    assert len(set(passwords)) == len(passwords) == 6
    assert min(map(len, passwords)) >= 43


def test_certificates_are_signed_by_the_own_authority_and_name_the_machine(made: Path) -> None:
    for name in ("opensearch", "admin", "proxy"):
        assert "OK" in openssl("verify", "-CAfile", str(made / "ca.crt"), str(made / f"{name}.crt"))
        assert (made / f"{name}.key").read_text(encoding="utf-8").startswith("-----BEGIN PRIVATE KEY-----")
    proxy = openssl("x509", "-in", str(made / "proxy.crt"), "-noout", "-ext", "subjectAltName")
    assert "DNS:akten.example.org, IP Address:10.1.2.3" in proxy
    node = openssl("x509", "-in", str(made / "opensearch.crt"), "-noout", "-subject", "-nameopt", "RFC2253")
    settings = yaml.safe_load((PROJECT / "deploy" / "opensearch" / "opensearch.yml").read_text(encoding="utf-8"))
    assert node.strip() == f"subject={settings['plugins.security.nodes_dn'][0]}"
    admin = openssl("x509", "-in", str(made / "admin.crt"), "-noout", "-subject", "-nameopt", "RFC2253")
    assert admin.strip() == f"subject={settings['plugins.security.authcz.admin_dn'][0]}"


def test_engine_gets_hashes_of_the_passwords(made: Path) -> None:
    users = yaml.safe_load((made / "internal_users.yml").read_text(encoding="utf-8"))
    mapping = yaml.safe_load((PROJECT / "deploy" / "opensearch" / "roles_mapping.yml").read_text(encoding="utf-8"))
    assert set(users) - {"_meta"} == {u for key, role in mapping.items() if key != "_meta" for u in role["users"]}
    library = ctypes.CDLL(ctypes.util.find_library("crypt"))
    library.crypt.restype = ctypes.c_char_p
    for user, file in (("admin", "engine_admin_password"), ("indexer", "indexer_password")):
        hashed = users[user]["hash"].encode()
        assert library.crypt((made / file).read_bytes().strip(), hashed) == hashed
        assert library.crypt(b"something else", hashed) != hashed


def test_database_gets_verifiers_of_the_passwords(made: Path) -> None:
    sql = (made / "databases.sql").read_text(encoding="utf-8")
    for name in ("ledger", "accounts"):
        verifier = sql.partition(f"CREATE ROLE {name} LOGIN PASSWORD '")[2].partition("'")[0]
        scheme, rounds_and_salt, keys = verifier.split("$")
        rounds, salt = rounds_and_salt.split(":")
        plain = (made / f"{name}_password").read_bytes().strip()
        salted = hashlib.pbkdf2_hmac("sha256", plain, base64.b64decode(salt), int(rounds))
        stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
        assert scheme == "SCRAM-SHA-256"
        assert base64.b64decode(keys.split(":")[0]) == stored
        assert plain.decode() not in sql


def test_a_second_call_changes_nothing(made: Path) -> None:
    before = {path.name: path.read_bytes() for path in made.iterdir()}
    done = run(made)
    assert done.returncode == 0
    assert "0 neue Dateien" in done.stdout
    assert {path.name: path.read_bytes() for path in made.iterdir()} == before


def test_the_authoritys_own_certificate_is_kept_and_a_renewal_makes_only_what_is_gone(
    made: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    for path in made.iterdir():
        if path.name not in {"proxy.key", "proxy.crt", "admin.key", "admin.crt"}:
            (folder / path.name).write_bytes(path.read_bytes())
    for name in ("proxy.key", "proxy.crt"):
        (folder / name).write_text("from the authority", encoding="utf-8")
    done = run(folder)
    assert done.returncode == 0, done.stderr
    assert "2 neue Dateien: admin.key, admin.crt" in done.stdout
    assert (folder / "proxy.crt").read_text(encoding="utf-8") == "from the authority"


@pytest.mark.parametrize(
    ("gone", "kept"),
    [("reader_password", "internal_users.yml"), ("ledger_password", "databases.sql"), ("proxy.key", "proxy.crt")],
)
def test_what_others_were_made_from_is_not_made_anew(made: Path, tmp_path: Path, gone: str, kept: str) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    for path in made.iterdir():
        if path.name != gone:
            (folder / path.name).write_bytes(path.read_bytes())
    done = run(folder)
    assert done.returncode == 3
    assert gone in done.stderr
    assert kept in done.stderr
    assert not (folder / gone).exists()


def test_renewing_a_certificate_needs_the_authoritys_key(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    for path in made.iterdir():
        if path.name not in {"ca.key", "opensearch.key", "opensearch.crt"}:
            (folder / path.name).write_bytes(path.read_bytes())
    done = run(folder)
    assert done.returncode == 3
    assert "ca.key zurücklegen" in done.stderr
