"""The recognition model of PP-OCRv6 for single words, as the package `rapidocr` ships it, with onnxruntime.

The only module that imports onnxruntime and onnx. None of the packages need be installed (`second_reader` says so).
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

MODEL = "PP-OCRv6_rec_small.onnx"
_PACKAGES = ("rapidocr", "onnx", "onnxruntime", "wordfreq")
# The model knows 18,708 characters, most of them Chinese. Cut to those of German files it is faster and cannot
# answer with a Chinese one.
_CHARACTERS = (
    " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]_abcdefghijklmnopqrstuvwxyz{|}~"
    "§°²³ÀÁÂÄÅÆÇÈÉÊËÍÎÑÓÔÖØÚÜßàáâäåæçèéêëíîïñóôöøúûüýčćđğıłńşšžżŞİ–—„“”‚‘’€•"
)
_HEIGHT = 48  # pixels; what the model was trained with
_WIDEST = 48 * 40  # a longer "word" is a ruled line


@dataclass(frozen=True)
class PpOcrWords:
    """Reads single words. A plain value; the model is loaded on first use, in the worker."""

    model: Path

    def identity(self) -> str:
        return _identity(self.model)

    def read_word(self, image: Image.Image) -> tuple[str, float]:
        session, characters = _load(self.model)
        pixels = np.asarray(_to_height(image), dtype=np.float32) / 127.5 - 1.0
        output = session.run(None, {session.get_inputs()[0].name: np.broadcast_to(pixels, (1, 3, *pixels.shape))})
        return _decode(output[0][0], characters)


def second_reader() -> PpOcrWords | None:
    """None where a package or the model is missing."""
    if any(importlib.util.find_spec(name) is None for name in _PACKAGES):
        return None
    found = importlib.util.find_spec("rapidocr")
    place = Path(found.origin).parent / "models" / MODEL if found is not None and found.origin else None
    return PpOcrWords(place) if place is not None and place.is_file() else None


def _to_height(image: Image.Image) -> Image.Image:
    width = min(_WIDEST, max(8, round(image.width * _HEIGHT / image.height)))
    return image.resize((width, _HEIGHT), Image.Resampling.BILINEAR)


def _decode(probabilities: np.ndarray, characters: tuple[str, ...]) -> tuple[str, float]:
    """CTC, greedily: the likeliest character of each step, repetitions and blanks (0) taken out; and their mean
    probability, 0 to 100.
    """
    best = probabilities.argmax(axis=1)
    kept = (best != 0) & (best != np.concatenate(([0], best[:-1])))
    if not kept.any():
        return "", 0.0
    text = "".join(characters[n] for n in best[kept])
    return text, float(probabilities.max(axis=1)[kept].mean()) * 100


@functools.cache
def _identity(model: Path) -> str:
    return f"{model.name}|{hashlib.sha256(model.read_bytes()).hexdigest()}"


@functools.lru_cache(maxsize=1)
def _load(model: Path) -> tuple[Any, tuple[str, ...]]:
    """The session, and the character of each of its outputs (the first is the CTC blank)."""
    import onnxruntime

    content, characters = _cut_to_characters(model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    return session, characters


def _cut_to_characters(model: Path) -> tuple[bytes, tuple[str, ...]]:
    """The model with only the columns of its last layer that belong to `_CHARACTERS`."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(model)
    listed = next(entry.value for entry in graph.metadata_props if entry.key == "character").split("\n")
    names = ["", *listed, " "]  # the blank of CTC stands before the listed ones, the space behind
    columns = [0, *(n for n, name in enumerate(names) if n and name in set(_CHARACTERS))]
    for tensor in graph.graph.initializer:
        if tensor.dims and tensor.dims[-1] == len(names):
            cut = numpy_helper.to_array(tensor)[..., columns]
            tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(cut), tensor.name))
    graph.graph.output[0].type.tensor_type.shape.dim[-1].dim_value = len(columns)
    return graph.SerializeToString(), tuple(names[n] for n in columns)
