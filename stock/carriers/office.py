"""Office files: DOCX, XLSX, ODT, RTF. Containers are packed anew with fixed times, so that bytes repeat."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime
from xml.sax.saxutils import escape

import docx
import openpyxl

from stock.pages.draft import Draft, Para, Table

_TIME = (2020, 1, 1, 0, 0, 0)


def pack(files: dict[str, bytes], *, first_plain: str = "") -> bytes:
    """A ZIP whose bytes depend on its contents only."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_STORED if name == first_plain else zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return out.getvalue()


def _repack(data: bytes, day: date) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    core = "docProps/core.xml"
    stamp = f"{day.isoformat()}T09:30:00Z".encode()
    files[core] = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", stamp, files[core])
    return pack(files)


def word(draft: Draft) -> bytes:
    """DOCX."""
    document = docx.Document()
    moment = datetime(draft.day.year, draft.day.month, draft.day.day, 9, 30)  # noqa: DTZ001 - the format has no zone
    properties = document.core_properties
    properties.created, properties.modified = moment, moment
    properties.title, properties.author, properties.last_modified_by = draft.subject, draft.sender, draft.sender
    document.add_heading(draft.subject, 1)
    for block in draft.blocks:
        if isinstance(block, Para):
            if block.style == "head":
                document.add_heading(block.text, 2)
            else:
                document.add_paragraph(block.text, style="List Bullet" if block.style == "item" else None)
        elif isinstance(block, Table):
            made = document.add_table(0, len(block.head))
            for row in block.grid:
                cells = made.add_row().cells
                for cell, text in zip(cells, row, strict=False):
                    cell.text = text
        else:
            for line in block.lines:
                document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return _repack(out.getvalue(), draft.day)


def sheet(draft: Draft) -> bytes:
    """XLSX: everything in rows."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "Tabelle1"
    page.append([draft.subject])
    for block in draft.blocks:
        if isinstance(block, Table):
            for row in block.grid:
                page.append(row)
        else:
            for line in (block.text,) if isinstance(block, Para) else block.lines:
                page.append([line])
    out = io.BytesIO()
    book.save(out)
    return _repack(out.getvalue(), draft.day)


def _open_table(table: Table) -> str:
    def cell(text: str) -> str:
        return f"<table:table-cell><text:p>{escape(text)}</text:p></table:table-cell>"

    rows = "".join(f"<table:table-row>{''.join(cell(text) for text in row)}</table:table-row>" for row in table.grid)
    columns = f'<table:table-column table:number-columns-repeated="{len(table.head)}"/>'
    return f'<table:table table:name="T">{columns}{rows}</table:table>'


def open_text(draft: Draft) -> bytes:
    """ODT, the smallest that every office program opens."""
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" office:version="1.2"'
    )
    body = [f'<text:h text:outline-level="1">{escape(draft.subject)}</text:h>']
    for block in draft.blocks:
        if isinstance(block, Table):
            body.append(_open_table(block))
        else:
            lines = (block.text,) if isinstance(block, Para) else block.lines
            body += [f"<text:p>{escape(line)}</text:p>" for line in lines]
    content = (
        f"<office:document-content {names}><office:body><office:text>{''.join(body)}"
        "</office:text></office:body></office:document-content>"
    )
    meta = (
        f"<office:document-meta {names}><office:meta><dc:title>{escape(draft.subject)}</dc:title>"
        f"<dc:date>{draft.day}T09:30:00</dc:date>"
        f"<meta:initial-creator>{escape(draft.sender)}</meta:initial-creator></office:meta></office:document-meta>"
    )
    kind = "application/vnd.oasis.opendocument.text"
    space = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2"'
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{media}"/>'
        for path, media in (("/", kind), ("content.xml", "text/xml"), ("meta.xml", "text/xml"))
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return pack(
        {
            "mimetype": kind.encode(),
            "content.xml": (head + content).encode(),
            "meta.xml": (head + meta).encode(),
            "META-INF/manifest.xml": f"{head}<manifest:manifest {space}>{entries}</manifest:manifest>".encode(),
        },
        first_plain="mimetype",
    )


def rich_text(draft: Draft) -> bytes:
    """RTF."""

    def coded(text: str) -> str:
        plain = text.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}")
        return "".join(
            char if ord(char) < 128 else f"\\u{ord(char) if ord(char) < 32768 else ord(char) - 65536}?"
            for char in plain
        )

    lines = [draft.subject, *draft.text.split("\n")]
    body = "\\par\n".join(coded(line) for line in lines)
    return ("{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0 Arial;}}\\f0\\fs22\n" + body + "\\par}\n").encode("ascii")
