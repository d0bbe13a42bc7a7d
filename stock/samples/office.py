"""Files of office programs: DOCX, XLSX, EML. Both zip formats are packed anew, because they carry the clock."""

from __future__ import annotations

import io
import re
import zipfile
from email.message import EmailMessage
from email.policy import SMTP

import docx
import openpyxl

_STAMP = (2024, 1, 2, 8, 0, 0)
_CLOCK = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def word_file(text: str) -> bytes:
    """First line: heading; the others: paragraphs."""
    title, *rest = text.split("\n")
    document = docx.Document()
    document.add_heading(title, level=1)
    for line in rest:
        document.add_paragraph(line)
    document.core_properties.title = title
    document.core_properties.author = ""
    document.core_properties.comments = ""
    out = io.BytesIO()
    document.save(out)
    return _repacked(out.getvalue())


def table_file(text: str) -> bytes:
    """Lines of cells with semicolons; sums with a comma become numbers."""
    book = openpyxl.Workbook()
    sheet = book.active
    if sheet is None:
        raise ValueError("a new workbook has a sheet")
    sheet.title = "Übersicht"
    for row in text.split("\n"):
        cells: list[object] = []
        for cell in row.split(";"):
            sum_like = re.fullmatch(r"-?\d+,\d\d", cell)
            cells.append(float(cell.replace(",", ".")) if sum_like else cell)
        sheet.append(cells)
    sheet.column_dimensions["B"].width = 44
    out = io.BytesIO()
    book.save(out)
    return _repacked(out.getvalue())


def _repacked(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _CLOCK.sub(rb"\g<1>2024-01-02T08:00:00Z", content)
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, content)
    return out.getvalue()


def mail_file(text: str, attachments: list[tuple[str, bytes]]) -> bytes:
    """Four lines of head (Von, An, Datum, Betreff), an empty line, the body."""
    head, body = text.split("\n\n", 1)
    values = [line.split(": ", 1)[1] for line in head.split("\n")]
    message = EmailMessage(policy=SMTP)
    for name, value in zip(("From", "To", "Date", "Subject"), values, strict=True):
        message[name] = value
    message["Message-ID"] = "<20240109091200.4711@jc-brunnstetten.example>"
    message.set_content(body, cte="quoted-printable")
    for name, data in attachments:
        message.add_attachment(data, maintype="application", subtype="pdf", filename=name)
    if attachments:
        message.set_boundary("=_Teil_4711_0815")
    return message.as_bytes()
