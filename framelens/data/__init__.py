"""The one data module: what training, evaluation and scoring read and write, they read and write here."""

from framelens.data.annotations import (
    Annotation,
    Gold,
    GoldPassage,
    Judgement,
    gold_passages,
    load_annotations,
)
from framelens.data.documents import Document, Refusal
from framelens.data.passages import UNITS, Passage, Unit, Window, passages
from framelens.data.readers import Fields, read_documents
from framelens.data.records import FrameResult, Prediction, Record, Span, record_of
from framelens.data.taxonomy import ROLES, Label, Taxonomy, load_taxonomy
from framelens.data.writers import FileWriter, StreamWriter, Writer

__all__ = [
    "ROLES",
    "UNITS",
    "Annotation",
    "Document",
    "Fields",
    "FileWriter",
    "FrameResult",
    "Gold",
    "GoldPassage",
    "Judgement",
    "Label",
    "Passage",
    "Prediction",
    "Record",
    "Refusal",
    "Span",
    "StreamWriter",
    "Taxonomy",
    "Unit",
    "Window",
    "Writer",
    "gold_passages",
    "load_annotations",
    "load_taxonomy",
    "passages",
    "read_documents",
    "record_of",
]
