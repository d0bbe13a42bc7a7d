"""Contact sheets: pages of a stock among pages of the shared corpus, for looking at.

python -m bench.stock_sheet --stock DIR --truth DIR --corpus ../shared/corpus --out DIR
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from urllib.parse import unquote

import pypdfium2
from PIL import Image, ImageSequence

_TILE = (320, 452)
_ACROSS, _DOWN = 6, 4


def tile(path: Path, page: int) -> Image.Image | None:
    """One page, small."""
    if path.suffix == ".pdf":
        document = pypdfium2.PdfDocument(path)
        sheet = document[page - 1]
        picture = sheet.render(scale=_TILE[0] * 2 / sheet.get_width()).to_pil().convert("RGB")
    elif path.suffix in (".tif", ".jpg"):
        with Image.open(path) as opened:
            frames = (frame for number, frame in enumerate(ImageSequence.Iterator(opened), 1) if number == page)
            picture = next(frames).convert("RGB")
    else:
        return None
    picture.thumbnail(_TILE, Image.Resampling.LANCZOS)
    return picture


def pages(stock: Path, truth: Path, count: int) -> list[Image.Image]:
    """Pages of the stock that have a picture, at random but fixed."""
    with (truth / "pages.jsonl").open(encoding="utf-8") as source:
        records = [json.loads(row) for row in source]
    records = [r for r in records if r["readable"] and not r["attachment"] and "wrong_suffix" not in r["faults"]]
    random.Random(11).shuffle(records)
    found = []
    for record in records:
        made = tile(stock / unquote(record["path"]), record["page"])
        if made is not None:
            found.append(made)
        if len(found) == count:
            break
    return found


def strangers(corpus: Path, count: int) -> list[Image.Image]:
    """Typewritten pages and gazette pages of the corpus."""
    files = sorted((corpus / "ehri-typewritten-de").glob("*.jpg"))[: count // 2]
    files += sorted((corpus / "bgbl-forms-jpg").glob("*.jpg"))[: count // 4]
    files += sorted((corpus / "bgbl-pdf-notext").glob("*.pdf"))[: count - count // 2 - count // 4]
    return [made for file in files if (made := tile(file, 1)) is not None]


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("stock", "truth", "corpus", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=100)
    options = parser.parse_args()
    own, others = pages(options.stock, options.truth, options.pages), strangers(options.corpus, 20)
    tiles = own + others
    random.Random(5).shuffle(tiles)
    options.out.mkdir(parents=True, exist_ok=True)
    step = _ACROSS * _DOWN
    for part in range(0, len(tiles), step):
        sheet = Image.new("RGB", (_ACROSS * (_TILE[0] + 8), _DOWN * (_TILE[1] + 8)), (110, 110, 110))
        for place, made in enumerate(tiles[part : part + step]):
            sheet.paste(made, (place % _ACROSS * (_TILE[0] + 8) + 4, place // _ACROSS * (_TILE[1] + 8) + 4))
        sheet.save(options.out / f"sheet-{part // step}.png")
    print(f"{len(own)} pages of the stock, {len(others)} of the corpus")


if __name__ == "__main__":
    main()
