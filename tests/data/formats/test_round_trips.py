"""What is written in a format and read back is what it was."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framelens.data import load_annotations, load_taxonomy
from framelens.data.annotations import Annotation, Judgement
from framelens.data.documents import Refusal
from framelens.data.formats import FORMATS, WRITABLE, Labelling, save

TAXONOMY = load_taxonomy()
EXAMPLES = Path(__file__).parents[3] / "examples" / "annotated.jsonl"
NAMES = {"framelens": "a.jsonl", "csv": "a.csv", "datasets": "a", "label-studio": "a.json", "doccano": "a.jsonl"}
# Their labels cannot say that a role was asked for and nothing was found.
BY_LABEL = ("label-studio", "doccano")

characters = st.one_of(st.sampled_from("a 😀é\u2028\r\n\t\"',;𝒳"), st.characters(exclude_categories=["Cs"]))
words = st.text(characters.filter(lambda c: c != "\0"), min_size=1, max_size=30)
names = st.text("abc😀 -\"',", min_size=1, max_size=8)


@st.composite
def stretches(draw: st.DrawFn, text: str) -> str:
    start = draw(st.integers(0, len(text) - 1))
    stretch = text[start : draw(st.integers(start + 1, len(text)))]
    return stretch if stretch.strip() else text


@st.composite
def annotations(draw: st.DrawFn) -> Annotation:
    text = draw(words.filter(lambda text: bool(text.strip())))
    spans = st.none() | st.lists(stretches(text), max_size=3).map(tuple)
    voices = st.none() | st.sampled_from(TAXONOMY.voice_ids)
    judgements = st.builds(Judgement, st.integers(0, 3), voices, spans, spans)
    return Annotation(
        id=draw(names),
        text=text,
        source=draw(st.just("") | names),
        doc_id=draw(names),
        annotator=draw(st.just("") | names),
        labels=draw(st.dictionaries(st.sampled_from(TAXONOMY.frame_ids), judgements)),
        meta=draw(st.dictionaries(st.sampled_from(["why", "note", "n"]), st.none() | st.integers() | words)),
    )


def round_trip(given_: list[Annotation], name: str) -> list[Annotation | Refusal]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, NAMES[name])
        save(given_, path, FORMATS[name], TAXONOMY)
        assert [file.name for file in Path(folder).iterdir()] == [path.name]
        return list(FORMATS[name].read(path, Labelling(TAXONOMY)))


def as_read(annotation: Annotation, name: str) -> Annotation:
    if name not in BY_LABEL:
        return annotation
    labels = {
        frame: replace(judgement, actor=judgement.actor or None, evidence=judgement.evidence or None)
        for frame, judgement in annotation.labels.items()
    }
    return replace(annotation, labels=labels)


def test_each_format_that_we_write_is_tried_here() -> None:
    assert set(NAMES) == set(WRITABLE)


@pytest.mark.parametrize("name", ["framelens", "csv", "label-studio", "doccano"])
@settings(max_examples=150, deadline=None)
@given(several=st.lists(annotations(), min_size=1, max_size=4, unique_by=lambda each: each.id))
def test_any_annotation_comes_back_as_it_was(name: str, several: list[Annotation]) -> None:
    assert round_trip(several, name) == [as_read(each, name) for each in several]


@pytest.mark.parametrize("name", WRITABLE)
def test_the_examples_come_back_as_they_were(name: str) -> None:
    if name == "datasets":
        pytest.importorskip("datasets", reason="Hugging Face datasets belong to the train extra")
    examples = load_annotations(EXAMPLES, TAXONOMY)
    found = round_trip(examples, name)
    # Label Studio has one task a passage, so one set of data for all who judged it.
    first = {each.id: each for each in reversed(examples)}
    expected = [replace(each, meta=first[each.id].meta) if name == "label-studio" else each for each in examples]
    assert sorted(found, key=str) == sorted((as_read(each, name) for each in expected), key=str)


@pytest.mark.parametrize("name", WRITABLE)
def test_what_nobody_has_judged_yet_stays_so(name: str) -> None:
    if name == "datasets":
        pytest.importorskip("datasets", reason="Hugging Face datasets belong to the train extra")
    empty = [Annotation("p1", "To be judged 😀.", "s", "d", "", {}, {"why": "random"})]
    assert round_trip(empty, name) == empty
