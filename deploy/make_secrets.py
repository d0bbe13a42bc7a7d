#!/usr/bin/env python3
"""Make every password, key and certificate of the operation with containers, once, on the machine that runs them.

Needs nothing but Python, the `openssl` command and the system's libcrypt, so that it runs on a server before anything
is installed. It never overwrites a file: a second call makes what is missing and puts owners and modes right. The
servers get hashes only: bcrypt for the search engine, SCRAM verifiers for the database.
Messages are German: administrators read them.
"""

from __future__ import annotations

import argparse
import base64
import ctypes
import ctypes.util
import hashlib
import hmac
import ipaddress
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

# Whose files they are: the user ids that the images run with. Compose mounts a secret with its owner on the host.
ROOT, PROXY, DATABASE, ENGINE, PROGRAM = 0, 101, 999, 1000, 10001

ORGANISATION = "aktensuche"
CA_DAYS = 3650
# Browsers refuse certificates that are valid for more than 825 days.
CERTIFICATE_DAYS = 820
PASSWORD_BYTES = 32
BCRYPT_COST = 12
SCRAM_ITERATIONS = 4096
DATABASES = ("ledger", "accounts")
ENGINE_USERS = {"admin": "engine_admin_password", "indexer": "indexer_password", "reader": "reader_password"}
ENGINE_NAMES = ("opensearch", "localhost", "127.0.0.1")


class Refused(Exception):
    """The call cannot go on; the message says why and what to do."""


@dataclass(frozen=True)
class Recipe:
    """Files that are made together. `make` gets the folder of all files and an empty one for the new ones.

    `sources` are the files whose content went into these: where one is gone, these are worthless.
    """

    names: tuple[str, ...]
    owner: int
    make: Callable[[Path, Path], None]
    sources: tuple[str, ...] = ()


def recipes(proxy_names: Sequence[str]) -> list[Recipe]:
    """In the order in which they are made."""
    engine = certificate("opensearch", "opensearch", ENGINE_NAMES, "serverAuth,clientAuth")
    proxy = certificate("proxy", proxy_names[0], proxy_names, "serverAuth")
    return [
        password("engine_admin_password", ROOT),
        password("indexer_password", PROGRAM),
        password("reader_password", PROGRAM),
        password("ledger_password", PROGRAM),
        password("accounts_password", PROGRAM),
        password("database_password", DATABASE),
        Recipe(("internal_users.yml",), ENGINE, internal_users, tuple(ENGINE_USERS.values())),
        Recipe(("databases.sql",), DATABASE, databases, tuple(f"{name}_password" for name in DATABASES)),
        Recipe(("ca.key", "ca.crt"), ROOT, authority),
        Recipe(("opensearch.key", "opensearch.crt"), ENGINE, engine, ("ca.crt",)),
        Recipe(("admin.key", "admin.crt"), ENGINE, certificate("admin", "admin", (), "clientAuth"), ("ca.crt",)),
        Recipe(("proxy.key", "proxy.crt"), PROXY, proxy),
    ]


def password(name: str, owner: int) -> Recipe:
    def make(folder: Path, new: Path) -> None:
        del folder
        _write(new / name, secrets.token_urlsafe(PASSWORD_BYTES) + "\n")

    return Recipe((name,), owner, make)


def internal_users(folder: Path, new: Path) -> None:
    """The search engine's accounts, the only ones there are; what they may do stands in deploy/opensearch/."""
    lines = ["_meta:", "  type: internalusers", "  config_version: 2"]
    for user, file in ENGINE_USERS.items():
        lines += [f"{user}:", f'  hash: "{bcrypt_hash(_read(folder / file))}"', "  reserved: true"]
    _write(new / "internal_users.yml", "\n".join(lines) + "\n")


def databases(folder: Path, new: Path) -> None:
    """Two databases, each with an owner of its own who cannot connect to the other."""
    lines = []
    for name in DATABASES:
        verifier = scram_verifier(_read(folder / f"{name}_password"))
        lines += [
            f"CREATE ROLE {name} LOGIN PASSWORD '{verifier}';",
            f"CREATE DATABASE {name} OWNER {name};",
            f"REVOKE ALL ON DATABASE {name} FROM PUBLIC;",
        ]
    _write(new / "databases.sql", "\n".join(lines) + "\n")


def authority(folder: Path, new: Path) -> None:
    """The installation's own CA vouches for the search engine and, unless the authority has a better one, the proxy."""
    del folder
    extensions = ["basicConstraints=critical,CA:TRUE,pathlen:0", "keyUsage=critical,keyCertSign,cRLSign"]
    _request(new, "ca", f"{ORGANISATION} CA", extensions)
    _sign(new, "ca", CA_DAYS, ["-signkey", str(new / "ca.key")])


def certificate(stem: str, common_name: str, names: Sequence[str], usage: str) -> Callable[[Path, Path], None]:
    def make(folder: Path, new: Path) -> None:
        if not (folder / "ca.key").exists():
            raise Refused(f"Für {stem}.crt wird der Schlüssel der Zertifizierungsstelle gebraucht: ca.key zurücklegen.")
        extensions = ["basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature"]
        extensions.append(f"extendedKeyUsage={usage}")
        if names:
            extensions.append("subjectAltName=" + ",".join(map(_alternative_name, names)))
        _request(new, stem, common_name, extensions)
        _sign(new, stem, CERTIFICATE_DAYS, ["-CA", str(folder / "ca.crt"), "-CAkey", str(folder / "ca.key")])

    return make


def bcrypt_hash(plain: str) -> str:
    """By the system's libcrypt, because Python's standard library has no bcrypt (its `crypt` is gone since 3.13)."""
    name = ctypes.util.find_library("crypt")
    if name is None:
        raise Refused("Die Systembibliothek libcrypt fehlt (Debian: Paket libcrypt1).")
    library = ctypes.CDLL(name)
    library.crypt_gensalt.restype = library.crypt.restype = ctypes.c_char_p
    library.crypt_gensalt.argtypes = [ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p, ctypes.c_int]
    library.crypt.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
    salt = library.crypt_gensalt(b"$2b$", BCRYPT_COST, secrets.token_bytes(16), 16)
    hashed = library.crypt(plain.encode(), salt) if salt else None
    if not hashed or not hashed.startswith(b"$2b$") or len(hashed) != 60:
        raise Refused("Die Systembibliothek libcrypt beherrscht bcrypt nicht; gebraucht wird libxcrypt.")
    return str(hashed.decode())


def scram_verifier(plain: str) -> str:
    """What PostgreSQL keeps of a password for SCRAM-SHA-256 (RFC 5803, RFC 7677), made without telling it."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", plain.encode(), salt, SCRAM_ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt64, stored64, server64 = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return f"SCRAM-SHA-256${SCRAM_ITERATIONS}:{salt64}${stored64}:{server64}"


def produce(folder: Path, wanted: Sequence[Recipe]) -> list[str]:
    """Make what is missing. Returns the names of the new files; existing ones are never touched."""
    _check(folder, wanted)
    made: list[str] = []
    for recipe in wanted:
        if not all((folder / name).exists() for name in recipe.names):
            _make(folder, recipe)
            made += recipe.names
    return made


def hand_over(folder: Path, wanted: Sequence[Recipe], *, chown: bool) -> None:
    """Only the owner reads a file, certificates excepted; also where an administrator has put in his own."""
    for recipe in wanted:
        for name in recipe.names:
            path = folder / name
            path.chmod(0o644 if name.endswith(".crt") else 0o600)
            if chown:
                os.chown(path, recipe.owner, recipe.owner)


def _check(folder: Path, wanted: Sequence[Recipe]) -> None:
    """A half of a pair or something made from a file that is gone: to make that file anew would break the rest."""
    for recipe in wanted:
        there = [name for name in recipe.names if (folder / name).exists()]
        if not there:
            continue
        missing = [name for name in (*recipe.names, *recipe.sources) if not (folder / name).exists()]
        if recipe.names[0] == "ca.key" and missing == ["ca.key"]:
            continue  # kept elsewhere on purpose; `certificate` asks for it where it is needed
        if missing:
            raise Refused(
                f"{', '.join(missing)} fehlt, aber {', '.join(there)} ist da und gehört dazu. "
                f"Das Fehlende zurücklegen, oder auch {', '.join(there)} entfernen und neu erzeugen lassen."
            )


def _make(folder: Path, recipe: Recipe) -> None:
    if recipe.names[0] == "ca.key" and (folder / "ca.crt").exists():
        return
    with tempfile.TemporaryDirectory(dir=folder, prefix="new-") as new:
        recipe.make(folder, Path(new))
        for name in recipe.names:
            os.link(Path(new) / name, folder / name)  # fails where the name exists: nothing is ever overwritten


def _request(new: Path, stem: str, common_name: str, extensions: Sequence[str]) -> None:
    """A key and a signing request; the extensions wait in a file for `_sign`."""
    settings = f"[req]\nprompt=no\ndistinguished_name=dn\n[dn]\nO={ORGANISATION}\nCN={common_name}\n"
    _write(new / "request.cnf", settings)
    _write(new / "extensions.cnf", "\n".join(extensions) + "\n")
    key, request = str(new / f"{stem}.key"), str(new / "request.csr")
    _openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key)
    _openssl("req", "-new", "-config", str(new / "request.cnf"), "-key", key, "-out", request)


def _sign(new: Path, stem: str, days: int, signer: Sequence[str]) -> None:
    files = ["-in", str(new / "request.csr"), "-extfile", str(new / "extensions.cnf"), "-out", str(new / f"{stem}.crt")]
    serial = f"0x{secrets.randbits(127):032x}"
    _openssl("x509", "-req", "-sha256", "-days", str(days), "-set_serial", serial, *files, *signer)


def _openssl(*arguments: str) -> None:
    try:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise Refused("Der Befehl openssl fehlt (Debian: apt-get install openssl).") from None
    except subprocess.CalledProcessError as error:
        raise Refused(f"openssl {arguments[0]} ist gescheitert: {error.stderr.strip()}") from error


def _alternative_name(name: str) -> str:
    try:
        return f"IP:{ipaddress.ip_address(name)}"
    except ValueError:
        return f"DNS:{name}"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Erzeugt Kennwörter, Schlüssel und Zertifikate; überschreibt nie.")
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent / "secrets", help="Zielordner")
    parser.add_argument(
        "--name",
        action="append",
        metavar="RECHNERNAME",
        help="Name oder Adresse im Browser, für das Zertifikat des Proxys; mehrfach möglich (sonst localhost)",
    )
    parser.add_argument("--keep-owner", action="store_true", help="Eigentümer nicht ändern (Container ohne root)")
    return parser.parse_args()


def main() -> int:
    arguments = _arguments()
    chown = not arguments.keep_owner
    if chown and os.geteuid() != ROOT:
        return _stop("Bitte als root ausführen: Jede Datei wird dem Benutzer ihres Dienstes übergeben.")
    os.umask(0o077)
    wanted = recipes(arguments.name or ["localhost", "127.0.0.1"])
    try:
        arguments.folder.mkdir(parents=True, exist_ok=True)
        made = produce(arguments.folder, wanted)
        hand_over(arguments.folder, [r for r in wanted if _complete(arguments.folder, r)], chown=chown)
    except Refused as refusal:
        return _stop(f"Abgebrochen: {refusal}")
    sys.stdout.write(f"{arguments.folder}: {len(made)} neue Dateien{': ' + ', '.join(made) if made else ''}.\n")
    return 0


def _stop(message: str) -> int:
    sys.stderr.write(message + "\n")
    return 3


def _complete(folder: Path, recipe: Recipe) -> bool:
    return all((folder / name).exists() for name in recipe.names)


if __name__ == "__main__":
    sys.exit(main())
