"""Judgements are merged into gold labels, and a line that does not hold to the format is refused by its number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framelens.data import GoldPassage, gold_passages, load_annotations, load_taxonomy
from framelens.data.annotations import find_span, presence
from framelens.errors import FramelensError

TAXONOMY = load_taxonomy()
BLAME, PROTECTOR, THREAT = TAXONOMY.frame_ids
TEXT = "Marlo blames the ministry; the ministries blame Marlo."


def line(labels: Any, **changes: Any) -> dict[str, Any]:
    return {"id": "p1", "text": TEXT, "source": "s", "doc_id": "d", "annotator": "a1", "labels": labels, **changes}


def write(path: Path, *lines: Any) -> Path:
    written = [each if isinstance(each, str) else json.dumps(each) for each in lines]
    path.write_text("\n".join(written), encoding="utf-8")
    return path


def gold(folder: Path, *lines: Any) -> list[GoldPassage]:
    return gold_passages(load_annotations(write(folder / "a.jsonl", *lines), TAXONOMY))


def refusal(folder: Path, *lines: Any) -> str:
    with pytest.raises(FramelensError) as refused:
        gold(folder, *lines)
    return str(refused.value).removeprefix(f"{folder}/")


@pytest.mark.parametrize(
    ("scores", "target", "present"),
    [
        ([3], 0.98, True),
        ([2], 0.75, True),
        ([1], 0.25, False),
        ([0], 0.02, False),
        ([3, 0], 0.5, True),
        ([3, 2, 0], 1.75 / 3, True),
    ],
)
def test_the_target_is_the_mean_over_annotators_and_half_is_present(
    tmp_path: Path, scores: list[int], target: float, present: bool
) -> None:
    lines = [line({BLAME: {"score": score}}, annotator=f"a{number}") for number, score in enumerate(scores)]
    (passage,) = gold(tmp_path, *lines)
    assert passage.frames[BLAME].target == pytest.approx(target)
    assert passage.frames[BLAME].present is present


def test_a_frame_that_nobody_judged_stays_unknown_and_is_never_no(tmp_path: Path) -> None:
    lines = [
        line({BLAME: {"score": 3}}),
        line({BLAME: {"score": 3}, THREAT: {"score": 0}}, annotator="a2"),
        line({}, id="p2"),
    ]
    passages = gold(tmp_path, *lines)
    assert PROTECTOR not in passages[0].frames
    assert passages[0].frames[THREAT].target == pytest.approx(0.02)
    assert presence(passages, TAXONOMY.frame_ids).tolist() == [[1, -1, 0], [-1, -1, -1]]


def test_no_passages_give_an_empty_table_of_presence() -> None:
    assert presence([], TAXONOMY.frame_ids).shape == (0, 3)


def test_voices_are_shares_of_those_who_saw_the_frame_and_a_tie_goes_to_the_first_named(tmp_path: Path) -> None:
    judged = [(3, "reported"), (2, "author"), (1, "rebutted"), (3, None)]
    lines = [line({BLAME: {"score": score, "voice": voice}}) for score, voice in judged]
    (passage,) = gold(tmp_path, *lines)
    assert passage.frames[BLAME].voices == {"reported": 0.5, "author": 0.5}
    assert passage.frames[BLAME].voice == "reported"


def test_the_voice_of_most_wins_and_a_frame_without_voices_has_none(tmp_path: Path) -> None:
    voices = ["reported", "author", "author"]
    lines = [line({BLAME: {"score": 3, "voice": voice}, THREAT: {"score": 0}}) for voice in voices]
    (passage,) = gold(tmp_path, *lines)
    assert (passage.frames[BLAME].voice, passage.frames[THREAT].voice) == ("author", None)


def test_spans_are_the_union_over_annotators_and_unmarked_roles_are_absent(tmp_path: Path) -> None:
    first = line({BLAME: {"score": 3, "actor": ["ministry"]}})
    second = line({BLAME: {"score": 3, "actor": ["Marlo", "ministry"], "evidence": []}, THREAT: {"score": 3}})
    (passage,) = gold(tmp_path, first, second)
    assert passage.frames[BLAME].spans == {"actor": ((0, 5), (17, 25)), "evidence": ()}
    assert passage.frames[THREAT].spans == {}


def test_whole_words_are_preferred_to_an_earlier_part_of_a_word() -> None:
    assert find_span("Postwar war, warlords", "war") == (8, 11)
    assert find_span("Postwar warlords", "war") == (4, 7)


@given(st.text(), st.text(min_size=1), st.text())
def test_any_stretch_of_a_text_is_found_verbatim(before: str, words: str, after: str) -> None:
    text = before + words + after
    start, end = find_span(text, words)
    assert start >= 0
    assert text[start:end] == words


def test_passages_come_in_order_of_first_appearance_from_files_folders_and_globs(tmp_path: Path) -> None:
    write(tmp_path / "b.jsonl", line({}, id="1"), "", line({}, id="2"))
    write(tmp_path / "a.jsonl", line({}, id="3"), line({}, id="1"))
    for paths in (tmp_path, str(tmp_path / "*.jsonl"), [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]):
        assert [passage.id for passage in gold_passages(load_annotations(paths, TAXONOMY))] == ["3", "1", "2"]


def test_a_line_without_document_is_its_own_document_and_a_null_is_no_name(tmp_path: Path) -> None:
    bare = {"id": 7, "text": TEXT, "labels": {}}
    nulls = {**bare, "id": "8", "doc_id": None, "source": None, "annotator": None}
    assert [(p.id, p.doc_id, p.source) for p in gold(tmp_path, bare, nulls)] == [("7", "7", ""), ("8", "8", "")]


def test_other_fields_and_those_of_meta_are_carried_and_written_again(tmp_path: Path) -> None:
    judged = {BLAME: {"score": 3, "voice": "author", "actor": ["Marlo"], "evidence": []}, THREAT: {"score": 0}}
    rows = [line(judged, note="hard", meta={"why": "random"}), line({}, meta=5), line({}, meta=None)]
    annotations = load_annotations(write(tmp_path / "a.jsonl", *rows), TAXONOMY)
    assert [each.meta for each in annotations] == [{"note": "hard", "why": "random"}, {"meta": 5}, {}]
    assert annotations[0].to_dict() == line(judged, meta={"note": "hard", "why": "random"})
    assert annotations[2].to_dict() == line({})
    written = [each.to_dict() for each in annotations]
    assert load_annotations(write(tmp_path / "b.jsonl", *written), TAXONOMY) == annotations


def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    assert len(gold(tmp_path, "\ufeff" + json.dumps(line({})), line({}, id="p2"))) == 2


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ('{"id": "p1", "text" "x"}', "not valid JSON (Expecting ':' delimiter at column 21)"),
        ("[]", "an annotation, its labels and each judgement must be JSON objects"),
        ({"text": TEXT, "labels": {}}, "'id' is missing"),
        ({"id": "p1", "labels": {}}, "'text' is missing"),
        ({"id": "p1", "text": TEXT}, "'labels' is missing"),
        (line({}, text=["x"]), "'text' is ['x'], which is not of the right type"),
        (line([BLAME]), f"'labels' is ['{BLAME}'], which is not of the right type"),
        (
            line({"praise": {"score": 0}}),
            f"frame 'praise' is not in the taxonomy, which has {BLAME}, {PROTECTOR}, {THREAT}",
        ),
        (line({BLAME: 3}), "an annotation, its labels and each judgement must be JSON objects"),
        (line({BLAME: {}}), "'score' is missing"),
        (line({BLAME: {"score": 4}}), "score 4 is not one of 0, 1, 2, 3"),
        (line({BLAME: {"score": -1}}), "score -1 is not one of 0, 1, 2, 3"),
        (line({BLAME: {"score": 3.0}}), "score 3.0 is not one of 0, 1, 2, 3"),
        (line({BLAME: {"score": True}}), "score True is not one of 0, 1, 2, 3"),
        (line({BLAME: {"score": "3"}}), "score '3' is not one of 0, 1, 2, 3"),
        (line({BLAME: {"score": 3, "voice": "nobody"}}), "voice 'nobody' is not one of author, reported, rebutted"),
        (
            line({BLAME: {"score": 3, "evidence": ["the Ministry"]}}),
            "evidence 'the Ministry' does not stand in the text",
        ),
        (line({BLAME: {"score": 3, "actor": [""]}}), "actor '' does not stand in the text"),
        (line({BLAME: {"score": 3, "actor": [5]}}), "actor 5 does not stand in the text"),
        (line({BLAME: {"score": 3, "actor": "Marlo"}}), "'actor' is 'Marlo', which is not of the right type"),
    ],
)
def test_a_bad_line_is_refused_by_file_line_and_reason(tmp_path: Path, bad: Any, reason: str) -> None:
    said = refusal(tmp_path, line({BLAME: {"score": 3}}), "", bad)
    assert said.startswith(f"a.jsonl, line 3: {reason}")
    assert said.endswith(".")


def test_two_texts_under_one_id_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, line({}), line({}, text="Another.")).startswith("passage 'p1' has two different texts")


def test_missing_empty_and_undecodable_files_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(FramelensError, match=r"none\.jsonl: no such file or folder"):
        load_annotations(tmp_path / "none.jsonl", TAXONOMY)
    with pytest.raises(FramelensError, match=r"the folder holds no \.jsonl file"):
        load_annotations(tmp_path, TAXONOMY)
    (tmp_path / "a.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(FramelensError, match=r"a\.jsonl: cannot be read as UTF-8 text"):
        load_annotations(tmp_path, TAXONOMY)


def test_other_fields_of_a_line_are_carried_and_the_first_annotators_stand(tmp_path: Path) -> None:
    lines = [
        line({}, note="first", year=2021),
        line({}, annotator="a2", note="second", desk="foreign"),
        line({}, id="p2"),
    ]
    first, second = gold(tmp_path, *lines)
    assert first.meta == {"note": "first", "year": 2021, "desk": "foreign"}
    assert second.meta == {}
