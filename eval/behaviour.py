"""The behavioural suite: what a model does when a passage is edited in a way of which the codebook says what follows.

CheckList (Ribeiro et al. 2020): *invariance* (INV) tests edit what must not matter, *directional* (DIR) tests edit what
must, and *minimum functionality* (MFT) tests ask for the right answer, here on contrast sets.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from framelens.data.annotations import GoldPassage
from framelens.data.swapping import swap_actors
from framelens.eval.attribution import denied, quoted, reworded_attribution
from framelens.eval.bootstrap import mean
from framelens.eval.cases import (
    SEED,
    Answers,
    Cases,
    Tried,
    everywhere,
    failure,
    where_evidence_is_negated,
    where_the_author_speaks,
    worst,
)
from framelens.eval.failing import (
    TOLERANCE,
    Fails,
    flips,
    is_not_reported,
    rises,
    speaks_otherwise,
    stays_the_authors,
)
from framelens.eval.minimum import minimum_functionality
from framelens.eval.outcome import Outcome
from framelens.eval.perturbations import mistyped, recased, repunctuated, with_neutral_sentence
from framelens.eval.sides import side_blindness, sides_of
from framelens.model.classifier import FrameClassifier

INVARIANCE, DIRECTION = "INV", "DIR"


@dataclass(frozen=True)
class Test:
    """A behavioural test: its cases, and which decisions fail it."""

    name: str
    capability: str
    kind: str
    cases: Callable[[Tried], Cases]
    fails: Fails


def _with_other_actors(text: str, rng: random.Random) -> str | None:
    # The same swap as that of the figure swap_flips.
    swapped = swap_actors(text, SEED)
    return swapped.text if swapped.edits else None


TESTS = (
    *(
        Test(name, capability, INVARIANCE, partial(everywhere, name, perturb), fails)
        for name, capability, perturb, fails in (
            ("actors swapped", "side-blindness", _with_other_actors, flips),
            ("typos", "robustness", mistyped, flips),
            ("case", "robustness", recased, flips),
            ("punctuation", "robustness", repunctuated, flips),
            ("neutral sentence added", "relevance", with_neutral_sentence, flips),
            ("attribution reworded", "voice", reworded_attribution, speaks_otherwise),
        )
    ),
    Test("negation", "negation", DIRECTION, where_evidence_is_negated, rises),
    Test("claim denied", "voice", DIRECTION, partial(where_the_author_speaks, "denied", denied), stays_the_authors),
    Test("quotation added", "voice", DIRECTION, partial(where_the_author_speaks, "quoted", quoted), is_not_reported),
)


def behaviour(classifier: FrameClassifier, outcome: Outcome, passages: Sequence[GoldPassage]) -> dict[str, Any]:
    """Run the suite on gold passages that the classifier has been measured on; all edited texts are scored in one go.

    :returns: ``tolerance``; ``tests``, a list of ``name``, ``capability``, ``kind``, ``cases``, ``failures``, ``rate``
        and ``change`` of p (each a ``value`` and its 95% ``interval``; absolute for INV), ``after`` (of DIR, how many
        decisions are what) and ``examples`` of failures; ``sides``, as :func:`side_blindness` gives them.
    """
    thresholds = classifier.manifest.thresholds
    present = outcome.p >= np.asarray(thresholds)
    answers = Answers(outcome.p, present, np.where(present, outcome.voices, -1))
    tried = Tried(passages, outcome.documents, answers, classifier.taxonomy)
    chosen, pairs = [(test, test.cases(tried)) for test in TESTS], sides_of(passages)
    edited = [text for _, cases in chosen for text in cases.texts]
    answer = _asking(classifier, edited + [text for pair in pairs for text in pair.texts])
    tests = [_measured(test, cases, answer(cases.texts), tried) for test, cases in chosen]
    return {
        "tolerance": TOLERANCE,
        "tests": [*tests, *minimum_functionality(outcome, tried, thresholds)],
        "sides": [side_blindness(pair, answer(pair.ones), answer(pair.others), tried) for pair in pairs],
    }


def _asking(classifier: FrameClassifier, texts: Sequence[str]) -> Callable[[Sequence[str]], Answers]:
    """What the classifier says of any of the texts, all of which are scored once and together."""
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    frames, voices = classifier.frames, classifier.taxonomy.voice_ids
    results = [prediction[frame] for prediction in classifier.predict(list(places)) for frame in frames]
    said = [voices.index(result.voice) if result.voice else -1 for result in results]
    shape = (len(places), len(frames))
    answers = Answers(
        np.array([result.p for result in results], dtype=np.float64).reshape(shape),
        np.array([result.present for result in results], dtype=bool).reshape(shape),
        np.array(said, dtype=np.int64).reshape(shape),
    )
    return lambda some: answers.of(np.array([places[text] for text in some], dtype=np.intp))


def _measured(test: Test, cases: Cases, after: Answers, tried: Tried) -> dict[str, Any]:
    before, documents, voices = tried.answers.of(cases.rows), tried.documents[cases.rows], tried.taxonomy.voice_ids
    failing = test.fails(before, after, voices) & cases.asked
    failed = np.asarray(failing.any(1))
    moved = after.p - before.p
    change = np.where(cases.asked, np.abs(moved) if test.kind == INVARIANCE else moved, 0.0).sum(1) / cases.asked.sum(1)
    found: dict[str, Any] = {
        "name": test.name,
        "capability": test.capability,
        "kind": test.kind,
        "cases": len(cases.texts),
        "failures": int(failed.sum()),
        "rate": mean(failed, documents),
        "change": mean(change, documents),
    }
    if test.kind == DIRECTION:
        # A model without voices says only that a frame is present.
        said = np.where(after.present, after.voices, len(voices))[cases.asked]
        found["after"] = {name: int((said == index).sum()) for index, name in enumerate((*voices, "absent"))}
    examples = []
    for case in worst(failing, moved):
        passage = tried.passages[cases.rows[case]]
        texts = ((passage.text, before, case), (cases.texts[case], after, case))
        examples.append(failure(passage.id, texts, failing[case], tried.taxonomy))
    return found | {"examples": examples}
