"""Office files of the stock: they say what the truth says, no word more or less."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from xml.etree import ElementTree

import docx
import openpyxl
import pytest

from stock.carriers import office
from stock.context import context
from stock.kinds import KINDS
from stock.world.cases import World

WORLD = World(1, 12)


def _docx(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def _xlsx(data: bytes) -> str:
    rows = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)
    return "\n".join(str(cell) for row in rows for cell in row if cell is not None)


def _odt(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "\n".join(ElementTree.fromstring(archive.read("content.xml")).itertext())  # noqa: S314 - our own file


def _rtf(data: bytes) -> str:
    body = data.decode("ascii").split("\\fs22\n", 1)[1].removesuffix("}\n").replace("\\par", "")
    units = re.sub(r"\\u(-?\d+)\?", lambda found: chr(int(found[1]) % 65536), body)
    return re.sub(r"\\([\\{}])", r"\1", units)


@pytest.mark.parametrize("kind", ["bank_statement", "payslip", "notice", "note", "utility_bill", "rent_contract"])
@pytest.mark.parametrize(
    ("write", "read"),
    [(office.word, _docx), (office.sheet, _xlsx), (office.open_text, _odt), (office.rich_text, _rtf)],
)
def test_an_office_file_holds_the_words_of_the_truth(
    kind: str, write: Callable[..., bytes], read: Callable[[bytes], str]
) -> None:
    draft = KINDS[kind](context(WORLD, 2, 3, date(2019, 3, 5)))
    words = Counter(read(write(draft)).split())
    assert words == Counter(f"{draft.subject}\n{draft.text}".split())
