"""What plain bodies of old mails carry within their lines: uuencoded files, flowed paragraphs, PGP blocks."""

from __future__ import annotations

import binascii
import re

_UUENCODED = re.compile(
    r"^begin ([0-7]{3,4}) ([^\r\n]+)\r?\n((?:[\x20-\x60]{0,100}\r?\n)*?)[`\x20]?[ \t]*\r?\n?end[ \t]*$", re.MULTILINE
)
_BASE64 = re.compile(r"^begin-base64 [0-7]{3,4} ([^\r\n]+)\r?\n([A-Za-z0-9+/=\r\n]*?)====[ \t]*$", re.MULTILINE)
_PGP = re.compile(r"^-----BEGIN PGP MESSAGE-----.*?(?:^-----END PGP MESSAGE-----|\Z)", re.MULTILINE | re.DOTALL)


def take_files(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text without the files that are written into it, and those files by name."""
    files: list[tuple[str, bytes]] = []

    def taken(match: re.Match[str]) -> str:
        content = _uu(match.group(3))
        if content is None:
            return match.group()
        files.append((match.group(2).strip(), content))
        return ""

    def taken_base64(match: re.Match[str]) -> str:
        try:
            files.append((match.group(1).strip(), binascii.a2b_base64(match.group(2))))
        except binascii.Error:
            return match.group()
        return ""

    text = _UUENCODED.sub(taken, text) if "begin " in text else text
    text = _BASE64.sub(taken_base64, text) if "begin-base64 " in text else text
    return text, files


def without_pgp(text: str) -> tuple[str, bool]:
    """The text without its encrypted blocks, and whether there were any."""
    rest, blocks = _PGP.subn("", text)
    return rest, bool(blocks)


def unflowed(text: str, delsp: bool) -> str:
    """format=flowed (RFC 3676): a line that ends with a blank goes on in the next."""
    lines: list[str] = []
    open_line = False
    for stuffed in text.replace("\r\n", "\n").split("\n"):
        line = stuffed.removeprefix(" ")
        if open_line and not line.startswith(">"):
            lines[-1] = (lines[-1][:-1] if delsp else lines[-1]) + line
        else:
            lines.append(line)
        open_line = line.endswith(" ") and line != "-- " and not line.startswith(">")
    return "\n".join(lines)


def _uu(body: str) -> bytes | None:
    out = bytearray()
    for line in filter(None, (part.rstrip("\r\n") for part in body.splitlines())):
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:
            # Writers that pad wrongly: the length in the first sign counts.
            size = (((ord(line[0]) - 32) & 63) * 4 + 5) // 3
            try:
                out += binascii.a2b_uu(line[:size])
            except binascii.Error:
                return None
    return bytes(out)
