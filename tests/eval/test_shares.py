from __future__ import annotations

import numpy as np
import pytest

from framelens.errors import FramelensError
from framelens.eval.corpus import Corpus
from framelens.eval.prevalence import prediction_powered
from framelens.eval.shares import _sample, departures, prevalences


def corpus(count: int = 1200, labels: int = 300, size: int = 4, seed: int = 0) -> Corpus:
    """Two frames in two groups: one frame twice as common in the first, the other judged in few passages."""
    rng = np.random.default_rng(seed)
    groups = np.arange(count) % 2
    truth = np.stack([rng.random(count) < np.where(groups == 0, 0.4, 0.2), rng.random(count) < 0.3], 1)
    p = 1 / (1 + np.exp(-(4.0 * truth - 2 + rng.normal(0, 1, (count, 2)))))
    rows = rng.permutation(count)[:labels]
    judged = truth[rows].astype(np.int64)
    judged[40:, 1] = -1
    return Corpus(
        frames=("blame", "threat"),
        p=p.astype(np.float32),
        said=p >= 0.5,
        documents=np.arange(count) // 2 // size,
        groups=groups,
        group_names=("wire", "blog"),
        rows=rows,
        truth=judged,
        weights=None,
        unmatched=(),
        other_text=(),
    )


def test_the_whole_comes_first_then_groups_by_name() -> None:
    rows = prevalences(corpus())
    order = [(None, "blame"), (None, "threat"), ("blog", "blame"), ("blog", "threat"), ("wire", "blame")]
    assert [(row.group, row.frame) for row in rows][:5] == order
    shares = {row.group: row.powered.share for row in rows if row.frame == "blame" and row.powered}
    assert shares["blog"].high < shares["wire"].low
    assert shares["blog"].value < shares[None].value < shares["wire"].value
    assert sum(row.labels for row in rows if row.group and row.frame == "blame") == 300


def test_a_group_is_estimated_from_its_own_passages() -> None:
    made = corpus()
    wire = np.flatnonzero(made.groups == 0)
    (row,) = [row for row in prevalences(made) if (row.group, row.frame) == ("wire", "blame")]
    assert row.powered == prediction_powered(_sample(made, wire, 0))
    assert row.labels == np.isin(made.rows, wire).sum()
    assert row.positives == made.truth[np.isin(made.rows, wire), 0].sum()


def test_a_group_with_few_labels_has_the_adjusted_count_only_and_says_why() -> None:
    rows = {(row.group, row.frame): row for row in prevalences(corpus())}
    assert rows[None, "threat"].powered is not None
    row = rows["wire", "threat"]
    assert row.labels < 30
    assert row.powered is None and row.labels_only is None
    assert row.adjusted is not None
    assert row.remark == f"{row.labels} labels, 30 needed"
    flat = row.to_dict()
    assert (flat["powered"], flat["powered_low"], flat["lambda"]) == (None, None, None)


def test_labels_of_few_documents_tell_nothing_of_many() -> None:
    made = corpus(count=1200, labels=300, size=4)
    first = np.flatnonzero(made.documents < 8)
    clumped = Corpus(**{**made.__dict__, "rows": first, "truth": np.ones((len(first), 2), dtype=np.int64)})
    with pytest.raises(FramelensError, match="blame: labels of 8 documents, 10 needed"):
        prevalences(clumped)


def test_a_single_document_is_a_corpus_of_its_own() -> None:
    made = corpus()
    book = Corpus(**{**made.__dict__, "documents": np.zeros(1200, dtype=np.int64)})
    row = prevalences(book)[0]
    assert row.powered is not None
    assert row.remark == "few documents (1): holds of these only"


def test_one_class_in_one_frame_is_remarked_and_in_all_refused() -> None:
    made = corpus()
    absent = made.truth.copy()
    absent[absent[:, 1] == 1, 1] = 0
    row = prevalences(Corpus(**{**made.__dict__, "truth": absent}))[1]
    assert row.remark == "all labels say absent"
    assert row.adjusted is None
    assert row.powered is not None
    assert row.powered.share.low == 0.0 < row.powered.share.high
    with pytest.raises(FramelensError, match="all labels of a frame say the same"):
        prevalences(Corpus(**{**made.__dict__, "truth": np.minimum(absent, 0)}))


def test_the_seed_decides_the_bootstrap() -> None:
    first, again, other = (prevalences(corpus(), seed) for seed in (0, 0, 1))
    assert first == again
    assert first[0].adjusted != other[0].adjusted
    assert first[0].powered == other[0].powered


def test_labels_of_likely_passages_depart() -> None:
    made = corpus()
    assert departures(made) == {}
    likely = np.argsort(-made.p[:, 0])[:300]
    assert departures(Corpus(**{**made.__dict__, "rows": likely}))["blame"] > 4
