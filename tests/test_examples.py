"""The examples hold to the format, and to what the README says of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from framelens.data import Document, gold_passages, load_annotations, load_taxonomy, read_documents

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.parametrize("name", ["state_column.txt", "wire_report.md", "domestic_politics.html"])
def test_an_article_is_read_as_600_words_or_more(name: str) -> None:
    (document,) = read_documents(str(EXAMPLES / "articles" / name))
    assert isinstance(document, Document)
    assert len(document.text.split()) >= 600
    assert not document.flags


def test_the_annotated_passages_cover_every_frame_in_every_voice() -> None:
    annotations = load_annotations(EXAMPLES / "annotated.jsonl", load_taxonomy())
    assert len({annotation.id for annotation in annotations}) >= 120
    voices = Counter(
        (frame, gold.voice)
        for passage in gold_passages(annotations)
        for frame, gold in passage.frames.items()
        if gold.present
    )
    assert all(voices[frame, voice] >= 10 for frame in load_taxonomy().frame_ids for voice in load_taxonomy().voice_ids)


def test_what_is_present_has_a_voice_and_evidence() -> None:
    for annotation in load_annotations(EXAMPLES / "annotated.jsonl", load_taxonomy()):
        for judgement in annotation.labels.values():
            if judgement.score >= 2:
                assert judgement.voice, annotation.id
                assert judgement.evidence, annotation.id
