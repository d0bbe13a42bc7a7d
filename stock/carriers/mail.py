"""Mails as files (EML): a thread quoted below, attachments."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from stock.pages.draft import Draft

_TYPES = {
    "pdf": ("application", "pdf"),
    "jpg": ("image", "jpeg"),
    "docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
}


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    data: bytes


def address(name: str, host: str) -> str:
    """A mail address nobody has."""
    fold = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", " ": "."})
    plain = name.lower().translate(fold).encode("ascii", "ignore").decode()
    return f"{plain.strip('.')}@{host}.example"


def message(draft: Draft, attachments: list[Attachment], *, html: bool) -> bytes:
    """The mail's bytes."""
    mail = EmailMessage(policy=SMTP)
    moment = datetime(draft.day.year, draft.day.month, draft.day.day, 10, 17, tzinfo=timezone(timedelta(hours=1)))
    mark = hashlib.blake2b(draft.text.encode(), digest_size=10).hexdigest()
    mail["From"] = f'"{draft.sender}" <{address(draft.sender, "post")}>'
    mail["To"] = f'"{draft.recipient}" <{address(draft.recipient, "amt")}>'
    mail["Subject"] = draft.subject
    mail["Date"] = format_datetime(moment)
    mail["Message-ID"] = f"<{mark}@post.example>"
    mail.set_content(draft.text, cte="quoted-printable")
    if html:
        body = "".join(f"<p>{escape(line)}</p>" for line in draft.text.split("\n"))
        mail.add_alternative(f"<html><body>{body}</body></html>", subtype="html", cte="quoted-printable")
    for attachment in attachments:
        kind = _TYPES.get(attachment.name.rsplit(".", 1)[-1], ("application", "octet-stream"))
        mail.add_attachment(attachment.data, maintype=kind[0], subtype=kind[1], filename=attachment.name)
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{mark}_{number}")
    return mail.as_bytes()
