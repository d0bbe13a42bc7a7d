"""Small real files, made on the spot: text and scanned PDFs, TIFFs, mails."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from email.message import EmailMessage
from pathlib import Path

import matplotlib
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.ledger import (
    CaseRow,
    DocumentRow,
    FileRow,
    PageRow,
    RootRow,
)
from casefile.database.sessions import open_database
from casefile.settings import load_settings
from indexer.extract import Extracted

Read = Callable[..., Extracted]

FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
SCAN_WORD = "Quittenwald"  # stands on a scanned page only
A4_AT_150_DPI = (1240, 1754)


def text_pdf(path: Path, pages: Sequence[str], password: str = "") -> None:
    """A born-digital PDF; with `password` it cannot be opened without."""
    path.write_bytes(text_pdf_bytes(pages, password))


def text_pdf_bytes(pages: Sequence[str], password: str = "") -> bytes:
    pdf = FPDF()
    pdf.add_font("dejavu", "", FONT)
    pdf.set_font("dejavu", size=12)
    for text in pages:
        pdf.add_page()
        pdf.multi_cell(0, 8, text)
    if password:
        pdf.set_encryption(owner_password="besitz", user_password=password)
    return bytes(pdf.output())


def scan(path: Path, pages: Sequence[str]) -> None:
    """A TIFF or PDF of page images without any text layer; "" makes a blank page."""
    first, *rest = [page_image(text) for text in pages]
    first.save(path, save_all=True, append_images=rest, resolution=150, dpi=(150, 150))


def scan_with_layer(path: Path, shown: str, layer: str) -> None:
    """A scanned page with hidden text over it, as a recognition program leaves it."""
    pdf = FPDF()
    pdf.add_font("dejavu", "", FONT)
    pdf.set_font("dejavu", size=12)
    pdf.add_page()
    pdf.image(page_image(shown), 0, 0, 210)
    with pdf.local_context(text_mode="INVISIBLE"):
        pdf.multi_cell(0, 8, layer)
    path.write_bytes(bytes(pdf.output()))


def page_image(text: str) -> Image.Image:
    image = Image.new("L", A4_AT_150_DPI, 255)
    font = ImageFont.truetype(str(FONT), 40)
    ImageDraw.Draw(image).multiline_text((120, 160), text, fill=0, font=font, spacing=24)
    return image


def mail_with_attachment(path: Path, text: str, attachment: str) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "jana@example.org", "post@jobcenter.example"
    message["Subject"] = "Anfrage"
    message["Date"] = "Fri, 12 Mar 2021 10:00:00 +0100"
    message.set_content(text)
    pdf = text_pdf_bytes([attachment])
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename="anlage.pdf")
    path.write_bytes(bytes(message))


def zipped(entries: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def ledger_of_one_document(home: Path, sha256: str, *, state: str, pages: int) -> sessionmaker[Session]:
    """A new ledger: one root, one case, one file with one document, all its pages in that state."""
    sessions = open_database(load_settings(home=home), "ledger")
    stamp = {"size": 1, "mtime_ns": 1, "ctime_ns": 1, "inode": 1}
    common = {"media_type": "", "page_count": pages, "acl_id": "", "state": state, "path": "a"}
    rows = (
        RootRow(id=1, name="bestand", path="/bestand"),
        CaseRow(id="c", root_id=1, folder="", cover_state="missing", cover={}),
        FileRow(id=1, root_id=1, path="a", raw_path=b"a", role="document", state=state, **stamp),
        DocumentRow(id="d", file_id=1, case_id="c", sha256=sha256, **common),
    )
    with sessions.begin() as session:
        for row in rows:
            session.add(row)
            session.flush()
        session.add_all(PageRow(document_id="d", number=n + 1, state=state) for n in range(pages))
    return sessions
