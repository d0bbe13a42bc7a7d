"""The witness at a second party: cosigns a log's checkpoint only after proof that it continues the last one it signed.

It needs nothing but its own folder: its key, the logs' public keys, and of each log the last checkpoint. Protocol and
checks as in C2SP tlog-witness; requests and answers are texts, however they travel.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from casefile.errors import UsageFault
from casefile.storage.atomic import PRIVATE, create_atomic, write_atomic
from casefile.storage.filelock import locked
from oversight.log.formats.checkpoint import Checkpoint, parse_signed
from oversight.log.formats.exchange import CosignRequest, parse_request
from oversight.log.formats.note import (
    Kind,
    Note,
    NoteError,
    SigningKey,
    VerifierKey,
    parse_secret,
    parse_verifier,
    verified,
)
from oversight.log.formats.tree import EMPTY_ROOT, verify_consistency

KEY_NAME = "witness.key"
LOGS_NAME = "logs"


class Refusal(Exception):
    """`status` as the protocol names it. `remembered`: the size that this witness signed last, on a conflict."""

    def __init__(self, status: HTTPStatus, message: str, remembered: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.remembered = remembered


@dataclass(frozen=True)
class Witness:
    folder: Path
    key: SigningKey
    logs: tuple[VerifierKey, ...]

    def remembered(self, origin: str) -> Note | None:
        """The last checkpoint that was signed, with both signatures."""
        path = self._place(origin)
        return parse_signed(path.read_text(encoding="utf-8"))[1] if path.exists() else None

    def cosign(self, content: str, timestamp: int | None = None) -> str:
        """The answer to a request: one signature line; the checkpoint is on the disk before. Raises Refusal."""
        request, checkpoint, note = self._checked(content)
        with locked(self.folder / "lock", wait=True):
            before = self.remembered(checkpoint.origin)
            self._check_continues(request, checkpoint, before)
            signature = self.key.sign(note.text, int(time.time()) if timestamp is None else timestamp)
            signed = Note(note.text, (*note.signatures, signature))
            write_atomic(self._place(checkpoint.origin), signed.to_text(), mode=PRIVATE)
        return signature.line()

    def _checked(self, content: str) -> tuple[CosignRequest, Checkpoint, Note]:
        """Request and checkpoint, with the log's signature alone."""
        try:
            request = parse_request(content)
            checkpoint, note = parse_signed(request.checkpoint)
        except NoteError as error:
            raise Refusal(HTTPStatus.BAD_REQUEST, "Das ist keine Anfrage an einen Zeugen.") from error
        keys = [key for key in self.logs if key.name == checkpoint.origin]
        if not keys:
            raise Refusal(HTTPStatus.NOT_FOUND, "Dieses Protokoll kennt der Zeuge nicht.")
        try:
            signatures = tuple(signature for _, signature in verified(note, keys))
        except NoteError as error:
            raise Refusal(HTTPStatus.FORBIDDEN, "Der Prüfpunkt ist nicht vom Schlüssel dieses Protokolls.") from error
        return request, checkpoint, Note(note.text, signatures)

    def _check_continues(self, request: CosignRequest, checkpoint: Checkpoint, before: Note | None) -> None:
        last = parse_signed(before.to_text())[0] if before else Checkpoint(checkpoint.origin, 0, EMPTY_ROOT)
        if request.old_size > checkpoint.size:
            raise Refusal(HTTPStatus.BAD_REQUEST, "Der Prüfpunkt ist kleiner als der, an den er anschließen soll.")
        if request.old_size != last.size:
            message = f"Zuletzt bezeugt wurden {last.size} Einträge; der Nachweis muss dort beginnen."
            raise Refusal(HTTPStatus.CONFLICT, message, last.size)
        if not verify_consistency(last.size, checkpoint.size, request.proof, last.root, checkpoint.root):
            message = (
                "ACHTUNG: Der neue Prüfpunkt setzt das zuletzt bezeugte Protokoll nicht fort. "
                "Einträge wurden nachträglich geändert, entfernt oder ausgetauscht."
            )
            raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, message)

    def _place(self, origin: str) -> Path:
        return self.folder / f"checkpoint-{sha256(origin.encode()).hexdigest()[:32]}"


def create_witness(folder: Path, name: str, logs: list[str]) -> Witness:
    """`logs`: their vkeys. Raises UsageFault for a folder that is one already, a bad name, a bad key."""
    try:
        keys = [parse_verifier(log) for log in logs]
        made = SigningKey.new(name, Kind.COSIGNATURE)
    except NoteError as error:
        raise UsageFault("witness_key", f"Schlüssel oder Name ist nicht möglich: {error}.") from error
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / KEY_NAME).exists():
        raise UsageFault("witness_exists", f"In {folder} ist schon ein Zeuge eingerichtet.", "Anderen Ordner wählen.")
    write_atomic(folder / LOGS_NAME, "".join(f"{key}\n" for key in keys), mode=PRIVATE)
    create_atomic(folder / KEY_NAME, f"{made.secret()}\n".encode())
    return open_witness(folder)


def open_witness(folder: Path) -> Witness:
    """Raises UsageFault."""
    try:
        key = parse_secret((folder / KEY_NAME).read_text(encoding="utf-8"))
        logs = tuple(map(parse_verifier, (folder / LOGS_NAME).read_text(encoding="utf-8").split()))
    except FileNotFoundError as error:
        raise UsageFault(
            "witness_absent", f"In {folder} ist kein Zeuge eingerichtet.", "„aktensuche witness init“ aufrufen."
        ) from error
    except NoteError as error:
        raise UsageFault("witness_key", f"Ein Schlüssel in {folder} ist beschädigt.") from error
    return Witness(folder, key, logs)
