"""The seam between the recipe of recognition and its engine."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PIL import Image

from casefile.errors import UsageFault
from casefile.imaging.render import PageImage
from casefile.settings import PROJECT, load_settings
from casefile.tessdata import DEFAULT_LANGUAGES, debian_packages
from indexer.extract.ocr.engine import Layout, OcrEngine
from indexer.extract.ocr.engines import ENGINES, chosen_engine
from indexer.extract.ocr.recipe import Page, read_page
from indexer.extract.ocr.words import Piece, Reading, assemble
from tests.material import page_image


@dataclass(frozen=True)
class OneWord:
    """A second engine: it sees the same word on every page."""

    languages: str = "deu"

    def identity(self) -> str:
        return "oneword 1"

    def available_languages(self) -> frozenset[str]:
        return frozenset({"deu"})

    def read(self, image: Image.Image, dpi: float, layout: Layout = Layout.PAGE) -> Reading:
        return assemble([Piece("", "Quittenwald", (0.1, 0.1, 0.4, 0.2), 95)])


@pytest.fixture
def second_engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[OcrEngine]:
    engine = OneWord()
    monkeypatch.setitem(ENGINES, "oneword", lambda _settings: engine)
    yield engine


def test_another_engine_is_chosen_by_the_setting(second_engine: OcrEngine) -> None:
    assert chosen_engine(load_settings(ocr_engine="oneword")) is second_engine


def test_an_unknown_engine_is_named_with_those_there_are() -> None:
    with pytest.raises(UsageFault) as fault:
        chosen_engine(load_settings(ocr_engine="handschrift"))
    assert "AKTENSUCHE_OCR_ENGINE: „handschrift“" in fault.value.message
    assert "tesseract" in fault.value.remedy


def test_the_recipe_reads_with_any_engine(second_engine: OcrEngine) -> None:
    shown = PageImage(page_image("Mietvertrag"), 150.0, 595.0, 842.0)
    text = read_page(second_engine, None, Page(shown, lambda _dpi: shown))
    assert text.text == "Quittenwald"


def test_models_and_identity_of_tesseract() -> None:
    engine = chosen_engine(load_settings())
    assert engine.languages == DEFAULT_LANGUAGES
    assert set(DEFAULT_LANGUAGES.split("+")) <= engine.available_languages()
    assert engine.identity().startswith("tesseract 5")
    assert f"|{DEFAULT_LANGUAGES}|" in engine.identity()


@pytest.mark.parametrize("file", ["Dockerfile", "docs/betrieb.md"])
def test_image_and_documents_name_the_package_of_the_default_language(file: str) -> None:
    assert debian_packages(DEFAULT_LANGUAGES) in (PROJECT / file).read_text(encoding="utf-8")


def test_set_up_installs_the_model_of_the_default_language() -> None:
    packages = tomllib.loads((PROJECT / "setup" / "packages.toml").read_text(encoding="utf-8"))["packages"]
    models = {p["needs"]: p["names"] for p in packages if p["needs"].startswith("model:")}
    for language in DEFAULT_LANGUAGES.split("+"):
        assert models[f"model:{language}"] == [debian_packages(language)]
