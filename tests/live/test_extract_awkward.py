"""Files that broke other programs: each ends as a result or as a document fault, never as anything else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from casefile.errors import DocumentFault, Reason
from casefile.settings import PROJECT, Settings
from indexer.extract import Extracted, RecognitionPool, TikaClient, extract

AWKWARD = PROJECT.parent / "shared" / "corpus" / "awkward"
GARBLED = PROJECT.parent / "shared" / "corpus" / "bgbl-pdf-text"
FOLDERS = ("tika_Apache2", "pdfbox_Apache2", "poi_Apache2", "format-corpus_CC0", "mimekit_MIT")

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not AWKWARD.is_dir(), reason="the shared corpus is not there"),
]


@pytest.fixture(scope="module")
def pool(engine: Settings) -> Iterator[RecognitionPool]:
    with RecognitionPool(engine) as pool:
        yield pool


def read(path: Path, engine: Settings, pool: RecognitionPool) -> Extracted | Reason:
    try:
        return extract(path, engine, TikaClient(engine), pool)
    except DocumentFault as fault:
        return fault.reason


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_sample_of_each_folder(folder: str, engine: Settings, pool: RecognitionPool) -> None:
    """Every n-th file, so that the sample is the same each time and spread over the formats."""
    files = sorted(path for path in (AWKWARD / folder).rglob("*") if path.is_file())
    for path in files[:: max(1, len(files) // 12)]:
        found = read(path, engine, pool)
        if isinstance(found, Extracted):
            assert found.pages
            assert [page.number for page in found.pages] == list(range(1, found.page_count + 1))
            assert [entry.ordinal for entry in found.embedded] == list(range(len(found.embedded)))
            for page in found.pages:
                if page.text is not None:
                    assert all(page.text.text[w.start : w.end].strip() for w in page.text.words)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("tika_Apache2/testZipEncrypted.zip", Reason.ENCRYPTED),
        ("tika_Apache2/testWORD_truncated.docx", Reason.TRUNCATED),
        ("pdfbox_Apache2/PasswordSample-256bit.pdf", Reason.ENCRYPTED),
        ("poi_Apache2/protected_agile.docx", None),
        ("tika_Apache2/testPPT_protected_passtika.pptx", Reason.ENCRYPTED),
        ("tika_Apache2/testHEIF.heic", None),
        ("pdfbox_Apache2/testPDF_multiFormatEmbFiles.pdf", None),
    ],
)
def test_known_cases(name: str, reason: Reason | None, engine: Settings, pool: RecognitionPool) -> None:
    found = read(AWKWARD / name, engine, pool)
    if isinstance(found, Extracted):
        faults = {page.fault for page in found.pages} | {entry.fault for entry in found.embedded}
        assert reason in faults
    else:
        assert found is reason


def test_a_mail_attached_in_outlook_is_not_lost(engine: Settings, pool: RecognitionPool) -> None:
    found = read(AWKWARD / "tika_Apache2/testMSG_att_msg.msg", engine, pool)
    assert isinstance(found, Extracted)
    assert [entry.name for entry in found.embedded] == ["Test Attachment.eml", "smbprn.00009008.KdcPjl.pdf"]
    assert b"Subject: Test Attachment" in found.embedded[0].content


@pytest.mark.parametrize(
    "name",
    [
        "k_kinduvv_bgbl1_2015_j2018-1_0020.pdf",
        "p_pfav_bgbl1_2016_j0842-1_0060.pdf",
        "z_zvfv_bgbl1_2014_j0754-1_0100.pdf",
    ],
)
def test_official_forms_with_garbled_fonts_are_recognised(name: str, engine: Settings, pool: RecognitionPool) -> None:
    found = read(GARBLED / name, engine, pool)
    assert isinstance(found, Extracted)
    assert [page.needs_ocr for page in found.pages] == [True]
