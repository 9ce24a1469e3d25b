from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from framelens.data import Judgement, load_taxonomy
from framelens.data.formats import Labelling
from framelens.errors import FramelensError

BLAME, PROTECTOR, THREAT = load_taxonomy().frame_ids
NAME = "EN_UA_1.txt"
ARTICLE = "A title\n\nThe 🔥 Guard keeps us safe.\n\nMarlo and the Guard let the dam crack.\n"
Read = Callable[..., Any]


def roles(rows: str) -> dict[str, str]:
    return {
        f"EN/raw-documents/{NAME}": ARTICLE,
        "EN/raw-documents/BG_1.txt": "Друго.",
        "EN/subtask-1-annotations.txt": rows,
    }


def narratives(rows: str) -> dict[str, str]:
    return {f"EN/raw-documents/{NAME}": ARTICLE, "EN/subtask-2-annotations.txt": rows}


def labelling(**mapping: str) -> Labelling:
    return Labelling(load_taxonomy(), {name.replace("_", " "): frame for name, frame in mapping.items()})


def test_an_entity_with_a_mapped_role_is_the_actor_of_its_paragraph(read_as: Read) -> None:
    start, marlo = ARTICLE.index("Guard"), ARTICLE.index("Marlo")
    second = ARTICLE.index("Guard", start + 1)
    rows = (
        f"{NAME}\tGuard\t{start}\t{start + 5}\tProtagonist\tGuardian\tVirtuous\n"
        f"{NAME}\tMarlo\t{marlo}\t{marlo + 4}\tAntagonist\tInstigator\n"
        f"{NAME}\tGuard\t{second}\t{second + 5}\tAntagonist\tSaboteur\n"
        f"{NAME}\tdam\t{ARTICLE.index('dam')}\t{ARTICLE.index('dam') + 3}\tInnocent\tVictim\n"
        "BG_1.txt\tДруго\t0\t5\tAntagonist\tInstigator\n"
    )
    reading = labelling(Guardian=PROTECTOR, Antagonist=BLAME)
    annotations, refusals = read_as("semeval2025-roles", roles(rows), reading)
    assert [(each.text, each.labels) for each in annotations] == [
        ("A title", {}),
        ("The 🔥 Guard keeps us safe.", {PROTECTOR: Judgement(3, actor=("Guard",))}),
        ("Marlo and the Guard let the dam crack.", {BLAME: Judgement(3, actor=("Marlo", "Guard"))}),
    ]
    assert {each.doc_id for each in annotations} == {NAME}
    assert (reading.left_out, refusals) == ({"Virtuous": 1, "Victim": 1}, [])


def test_an_entity_that_does_not_stand_where_it_should_is_refused(read_as: Read) -> None:
    rows = f"{NAME}\tGuard\t3\t8\tProtagonist\tGuardian\nEN_0.txt\tA\t0\t1\tProtagonist\tGuardian\n{NAME}\tA\t0\t1\n"
    annotations, refusals = read_as("semeval2025-roles", roles(rows), labelling(Guardian=PROTECTOR))
    assert len(annotations) == 3
    assert refusals == [
        f"EN/subtask-1-annotations.txt, line 1: the entity 'Guard' does not stand in {NAME} from 3 to 8.",
        "EN/subtask-1-annotations.txt, line 2: there is no EN_0.txt among the articles.",
        "EN/subtask-1-annotations.txt, line 3: 4 columns where file, entity, start, end, main role and role make 6.",
    ]


def test_narratives_are_of_the_whole_article_and_the_finer_wins(read_as: Read) -> None:
    reading = labelling(War_fears=THREAT, War_fears__Nuclear=f"{THREAT}:2", Saviours=PROTECTOR)
    rows = f"{NAME}\tWar fears;Saviours;Other\tWar fears  Nuclear;Saviours: They came;Other\nBG_1.txt\tx\ty\n"
    (annotation,), refusals = read_as("semeval2025-narratives", narratives(rows), reading)
    assert annotation.text == ARTICLE.strip()
    assert annotation.labels == {THREAT: Judgement(2), PROTECTOR: Judgement(3)}
    assert (reading.left_out, refusals) == ({"Other": 1}, [])


@pytest.mark.parametrize(("kind", "subtask"), [("roles", 1), ("narratives", 2)])
def test_another_layout_is_refused_by_what_was_expected_and_found(read_as: Read, kind: str, subtask: int) -> None:
    expected = rf"expected a folder of raw-documents/EN_….txt and subtask-{subtask}-annotations.txt with file, "
    tables = {f"EN/raw-documents/{NAME}": ARTICLE, f"EN/subtask-{subtask}-annotations.txt": "EN_UA_1.txt, Guard\n"}
    with pytest.raises(FramelensError, match=rf"line 1: {expected}.*found 'EN_UA_1.txt, Guard'\."):
        read_as(f"semeval2025-{kind}", tables, labelling(Guardian=PROTECTOR))
    with pytest.raises(FramelensError, match=rf"{expected}.*found "):
        read_as(f"semeval2025-{kind}", {"BG/raw-documents/BG_1.txt": "x"}, labelling(Guardian=PROTECTOR))
