"""An audit row as the log's entry: canonical JSON in which what names people or content stands as a salted hash.

A hash is SHA-256 over its field's own 16 random bytes and the value's canonical JSON. Whoever knows value and salt can
check it; once the salt is deleted, nobody can guess the value, and the entry with its proof stays as it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from oversight.log.formats.canonical import canonical, string

TYPE = "aktensuche-audit/1"
PERSONAL = ("case_id", "detail", "document_id", "os_user", "purpose", "text", "user")
PUBLIC = ("action", "at", "channel", "hits", "id", "outcome", "page")
SALT_BYTES = 16
ALL_SALTS = SALT_BYTES * len(PERSONAL)
NO_SALT = bytes(SALT_BYTES)
_SALT_AT = {name: slice(at * SALT_BYTES, (at + 1) * SALT_BYTES) for at, name in enumerate(PERSONAL)}


class Values(NamedTuple):
    """An audit row."""

    id: int
    at: datetime
    user: str
    os_user: str
    channel: str
    action: str
    outcome: str
    purpose: str
    text: str
    case_id: str
    document_id: str
    page: int | None
    hits: int | None
    detail: Mapping[str, Any]


def salt_of(salts: bytes, name: str) -> bytes:
    return salts[_SALT_AT[name]]


def without_salts(salts: bytes, names: tuple[str, ...]) -> bytes:
    """Those of the named fields become zeros: their hashes prove nothing any more."""
    return b"".join(NO_SALT if name in names else salt_of(salts, name) for name in PERSONAL)


def moment_text(at: datetime) -> str:
    """In UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def hashed(salt: bytes, value: Any) -> str:
    return sha256(salt + canonical(value)).hexdigest()


def entry(values: Values, salts: bytes) -> bytes:
    """The canonical record: its members in the order of their names, written directly because there are millions."""
    hashes = ",".join(f'"{name}":"{_hash_in(values, salts, name)}"' for name in PERSONAL)
    return (
        f'{{"action":{string(values.action)},"at":"{moment_text(values.at)}","channel":{string(values.channel)},'
        f'"hashed":{{{hashes}}},"hits":{_number(values.hits)},"id":{values.id},"outcome":{string(values.outcome)},'
        f'"page":{_number(values.page)},"type":"{TYPE}"}}'
    ).encode()


def entry_of_missing(number: int) -> bytes:
    """In place of a row that was gone before the log took it in, so that the log goes on and says so."""
    return canonical({"id": number, "missing": True, "type": TYPE})


def public_part(values: Values) -> dict[str, Any]:
    return {
        "action": values.action,
        "at": moment_text(values.at),
        "channel": values.channel,
        "hits": values.hits,
        "id": values.id,
        "outcome": values.outcome,
        "page": values.page,
        "type": TYPE,
    }


def differences(kept: bytes, values: Values, salts: bytes) -> list[str]:
    """Fields in which a row is not what its kept record says. Of fields without a salt, only emptiness can be told."""
    record = json.loads(kept)
    public = public_part(values)
    other = [name for name, value in public.items() if record.get(name) != value]
    hashes = record.get("hashed", {})
    for name in PERSONAL:
        if salt_of(salts, name) == NO_SALT:
            other += [name] if getattr(values, name) else []
        elif hashes.get(name) != _hash_in(values, salts, name):
            other.append(name)
    return other


def _hash_in(values: Values, salts: bytes, name: str) -> str:
    return hashed(salt_of(salts, name), getattr(values, name))


def _number(value: int | None) -> str:
    return "null" if value is None else str(value)
