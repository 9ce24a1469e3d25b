"""The classifier: texts in, frames out."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from os import PathLike
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from framelens.data.documents import Document, Refusal, clean
from framelens.data.passages import Passage, Unit, Window, passages
from framelens.data.readers import Fields, read_documents
from framelens.data.records import FrameResult, Prediction, Record, record_of
from framelens.data.taxonomy import ROLES, Taxonomy
from framelens.errors import FramelensError
from framelens.model.batching import batches, pad
from framelens.model.calibration import calibrate, sigmoid
from framelens.model.engines import Device, Floats, Model, load_model
from framelens.model.spans import NEEDED, decode_spans
from framelens.model.tiers import model_folder

# How many passages are sorted by length together; more saves little padding and delays the first record.
CHUNK = 512


class _Scored(NamedTuple):
    """What the network says of one text: calibrated probabilities, voice and token logits."""

    encoding: Encoding
    p: Floats
    voices: Floats
    tokens: Floats


class FrameClassifier:
    """Labels how passages frame.

    >>> clf = FrameClassifier.load()
    >>> clf.predict(["Washington is to blame for the famine, he said."])[0]["blame_attribution"].voice
    'reported'
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.manifest = model.manifest
        self._tokenizer = _tokenizer(model.tokenizer)
        self._encoder = _tokenizer(model.tokenizer)
        self._encoder.enable_truncation(model.manifest.window)

    @classmethod
    def load(
        cls, model: str | PathLike[str] | None = None, device: Device = "auto", threads: int | None = None
    ) -> FrameClassifier:
        """Load a model.

        :param model: ``accurate`` for the larger model of the distribution framelens-accurate, a model
            folder, or a Hugging Face checkpoint by folder or name; without it, the shipped model.
        :param device: ``auto``, ``cpu`` or ``cuda``.
        :param threads: how many cores to compute on; without it, all.
        :raises FramelensError: if the model is missing or damaged, or the device cannot be had.
        """
        return cls(load_model(model_folder(str(model) if model is not None else None), device, threads))

    @property
    def name(self) -> str:
        """The model's name, as it stands in records."""
        return self.manifest.name

    @property
    def engine(self) -> str:
        """What runs the model, in words."""
        return self.model.engine.description

    @property
    def taxonomy(self) -> Taxonomy:
        return self.manifest.taxonomy

    @property
    def frames(self) -> tuple[str, ...]:
        """Frame ids, in the order of the columns of :meth:`predict_proba`."""
        return self.taxonomy.frame_ids

    @property
    def window(self) -> Window:
        """How much text the model reads at once."""
        special = self._tokenizer.num_special_tokens_to_add(False)
        return Window(self.manifest.window - special, self._token_offsets)

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Frames, voices and spans of each text; one longer than the window is read up to it.

        :returns: for each text a mapping from frame id to :class:`FrameResult`; offsets of spans count
            code points of the text.
        :raises FramelensError: if it is not given a list of strings.
        """
        predictions: list[Prediction | None] = [None] * len(texts)
        for index, scored in self._score(texts):
            predictions[index] = self._prediction(texts[index], scored)
        return [prediction for prediction in predictions if prediction is not None]

    def predict_proba(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Calibrated probabilities, float32, of shape (texts, frames), columns as in :attr:`frames`."""
        probabilities = np.zeros((len(texts), len(self.frames)), dtype=np.float32)
        for index, scored in self._score(texts):
            probabilities[index] = scored.p
        return probabilities

    def score(
        self,
        inputs: str | PathLike[str] | Sequence[str | PathLike[str]],
        unit: Unit = "paragraph",
        text_field: str = "text",
        id_field: str | None = None,
    ) -> Iterator[Record]:
        """Score the passages of files, folders and globs, one record each, as they come.

        What cannot be read is warned of and skipped; :func:`framelens.data.read_documents` with
        :meth:`score_documents` gives the refusals themselves.
        """
        names = [inputs] if isinstance(inputs, str | PathLike) else list(inputs)
        documents = read_documents([str(name) for name in names], Fields(text_field, id_field))
        yield from self.score_documents(_readable(documents), unit)

    def score_documents(self, documents: Iterable[Document], unit: Unit = "paragraph") -> Iterator[Record]:
        """Score the passages of documents, in order."""
        window = self.window
        return self.score_passages(passage for document in documents for passage in passages(document, unit, window))

    def score_passages(self, source: Iterable[Passage]) -> Iterator[Record]:
        """Score passages, in order."""
        stream = iter(source)
        while chunk := list(islice(stream, CHUNK)):
            predictions = self.predict([passage.text for passage in chunk])
            for passage, prediction in zip(chunk, predictions, strict=True):
                yield record_of(passage, prediction, self.name)

    def _score(self, texts: Sequence[str]) -> Iterator[tuple[int, _Scored]]:
        """Run the network over the texts, in any order, each with its index."""
        if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
            raise FramelensError("predict takes a list of texts, each a string.")
        for start in range(0, len(texts), CHUNK):
            encodings = self._encoder.encode_batch([clean(text)[0] for text in texts[start : start + CHUNK]])
            rows = [encoding.ids for encoding in encodings]
            for batch in batches([len(row) for row in rows]):
                scores = self.model.engine.run(*pad([rows[i] for i in batch], self.manifest.pad_token_id))
                p = calibrate(scores.frames, self.manifest.calibration)
                for row, index in enumerate(batch):
                    length = len(rows[index])
                    scored = _Scored(encodings[index], p[row], scores.voices[row], scores.tokens[row, :length])
                    yield start + int(index), scored

    def _prediction(self, text: str, scored: _Scored) -> Prediction:
        results = {}
        for index, frame in enumerate(self.frames):
            # What is decided on is what is shown.
            p = round(float(scored.p[index]), 6)
            present = p >= self.manifest.thresholds[index]
            if present and self.manifest.heads:
                results[frame] = self._present(text, scored, index, p)
            else:
                results[frame] = FrameResult(p, present)
        return Prediction(results, truncated=bool(scored.encoding.overflowing))

    def _present(self, text: str, scored: _Scored, index: int, p: float) -> FrameResult:
        exps = np.exp(scored.voices[index] - scored.voices[index].max())
        voice = int(exps.argmax())
        offsets = scored.encoding.offsets
        tokens = sigmoid(scored.tokens[:, index])
        actors, evidence = (
            decode_spans(text, offsets, tokens[:, role], self.manifest.span_thresholds[role], ROLES[role] in NEEDED)
            for role in range(len(ROLES))
        )
        voice_p = round(float(exps[voice] / exps.sum()), 6)
        return FrameResult(p, True, self.taxonomy.voice_ids[voice], voice_p, actors, evidence)

    def _token_offsets(self, text: str) -> Sequence[tuple[int, int]]:
        return self._tokenizer.encode(clean(text)[0], add_special_tokens=False).offsets


def _readable(items: Iterable[Document | Refusal]) -> Iterator[Document]:
    for item in items:
        if isinstance(item, Document):
            yield item
        else:
            warnings.warn(str(item), stacklevel=2)


def _tokenizer(content: bytes) -> Tokenizer:
    tokenizer = Tokenizer.from_str(content.decode())
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
