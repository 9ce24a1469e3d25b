"""What is wrong with annotated data is said by name, and sound data are let be."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("datasketch", reason="looking for near duplicates belongs to the train extra")

from framelens.data import Judgement, load_annotations, load_taxonomy
from framelens.data.annotations import Annotation
from framelens.data.checks import Balance, Finding, balance, findings, sound_passages

TAXONOMY = load_taxonomy()
BLAME, PROTECTOR, THREAT = TAXONOMY.frame_ids
EXAMPLES = Path(__file__).parents[2] / "examples" / "annotated.jsonl"
DAM = "The ministry let the dam above the town crack for years, and the whole valley drowned within one night."
# Every frame with a positive and a negative, so that nothing is said of frames.
JUDGED = (
    {frame: Judgement(3, "author") for frame in TAXONOMY.frame_ids},
    dict.fromkeys(TAXONOMY.frame_ids, Judgement(0)),
)


def annotation(
    id: str, text: str, doc_id: str | None = None, annotator: str = "a", labels: dict[str, Judgement] | None = None
) -> Annotation:
    return Annotation(id, text, "s", doc_id or f"d-{id}", annotator, JUDGED[0] if labels is None else labels)


BOTH = [
    annotation("yes", "A lighthouse keeper counts the ships of the evening."),
    annotation("no", "Bread is cheaper on Thursdays, says the baker.", labels=JUDGED[1]),
]


def found(*annotations: Annotation, held_out: dict[str, str] | None = None) -> list[Finding]:
    return list(findings([*BOTH, *annotations], TAXONOMY, held_out))


def test_the_examples_are_sound() -> None:
    assert list(findings(load_annotations(EXAMPLES, TAXONOMY), TAXONOMY)) == []


def test_two_texts_of_one_id_are_an_error() -> None:
    assert found(annotation("p", "One."), annotation("p", "Another thing.", annotator="b")) == [
        Finding("passage 'p' has 2 different texts; give each text an id of its own.", True)
    ]


def test_a_passage_judged_twice_by_one_annotator_and_records_without_labels_are_warnings() -> None:
    twice = [annotation("p", DAM), annotation("p", DAM), annotation("p", DAM, annotator="b")]
    empty = [annotation(f"e{n}", f"Text {n} " * 9, labels={}) for n in range(2)]
    assert found(*twice, *empty)[:2] == [
        Finding("1 passage (p by a) judged more than once by one annotator; keep one judgement of each."),
        Finding("2 records (e0, e1) without any label: not judged yet, or the labels were lost."),
    ]


def test_duplicates_are_named_and_across_splits_an_exact_one_is_an_error() -> None:
    several = [annotation("1", DAM), annotation("2", DAM.upper()), annotation("3", f"{DAM} Indeed.")]
    assert found(*several) == [
        Finding("1 exact duplicate (2 = 1) in the data."),
        Finding("1 near duplicate (3 = 1) in the data."),
    ]
    assert found(*several, held_out={"2": "test", "3": "dev"}) == [
        Finding(
            "1 exact duplicate (2 = 1) across train and test; take one of each out, or put both into one split.", True
        ),
        Finding("1 near duplicate (3 = 1) across train and dev; take one of each out, or put both into one split."),
    ]


def test_several_judgements_of_one_passage_are_no_duplicates() -> None:
    assert found(annotation("1", DAM), annotation("1", DAM, annotator="b")) == []


def test_a_document_in_two_splits_is_an_error_and_an_unknown_id_a_warning() -> None:
    parts = [annotation("1", DAM, "d"), annotation("2", "Something else altogether happened.", "d")]
    assert found(*parts, held_out={"1": "test", "gone": "dev"}) == [
        Finding("1 id (gone) in the splits file, but not in the data."),
        Finding("document 'd' of 's' lies in train and test; a document must lie in one split.", True),
    ]


def test_frames_without_judgements_positives_or_negatives_are_warnings() -> None:
    lopsided = [annotation("1", DAM, labels={BLAME: Judgement(3), PROTECTOR: Judgement(1)})]
    assert list(findings(lopsided, TAXONOMY)) == [
        Finding("blame_attribution has no negative among 1 judged passages."),
        Finding("benevolent_protector has no positive among 1 judged passages."),
        Finding("threat_inflation was judged in no passage."),
    ]


def test_the_balance_counts_passages_after_their_judgements_are_merged() -> None:
    several = [
        annotation("1", DAM, labels={BLAME: Judgement(3, "reported")}),
        annotation("1", DAM, annotator="b", labels={BLAME: Judgement(2, "reported"), THREAT: Judgement(0)}),
        annotation("2", "Something else.", labels={BLAME: Judgement(1)}),
    ]
    assert balance(sound_passages(several), TAXONOMY) == [
        Balance(BLAME, 2, 1, {"author": 0, "reported": 1, "rebutted": 0}),
        Balance(PROTECTOR, 0, 0, {"author": 0, "reported": 0, "rebutted": 0}),
        Balance(THREAT, 1, 0, {"author": 0, "reported": 0, "rebutted": 0}),
    ]
