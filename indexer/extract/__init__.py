"""From a file to pages: Tika for text, metadata and embedded files, the renderer for boxes, Tesseract for scans.

with RecognitionPool(settings) as pool:
    extracted = extract(path, settings, TikaClient(settings), pool)
    for page in extracted.pages: page.text, or pool.submit(...) where page.needs_ocr, or page.fault
"""

from indexer.extract.allowance import Allowance
from indexer.extract.document import extract
from indexer.extract.ocr.recognise import Recognised, RecognitionPool, not_cached
from indexer.extract.result import Embedded, Extracted, ExtractedPage
from indexer.extract.tika.client import TikaClient

__all__ = [
    "Allowance",
    "Embedded",
    "Extracted",
    "ExtractedPage",
    "Recognised",
    "RecognitionPool",
    "TikaClient",
    "extract",
    "not_cached",
]
