"""What a model must beat: TF-IDF with logistic regression, on the same split."""

from __future__ import annotations

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from framelens.data.annotations import GoldPassage, presence
from framelens.data.taxonomy import ROLES, Taxonomy
from framelens.eval.evaluation import measured
from framelens.eval.outcome import Outcome
from framelens.model.calibration import calibrate, fit_calibration, fit_thresholds


def tfidf(splits: dict[str, list[GoldPassage]], taxonomy: Taxonomy) -> dict[str, object]:
    """Fit on train, choose thresholds on dev as for a network, measure on test.

    Words and pairs of words, sublinear counts, balanced classes.

    :returns: figures with intervals, by name.
    """
    dev, test = (presence(splits[name], taxonomy.frame_ids) for name in ("dev", "test"))
    logits = {name: np.zeros((len(splits[name]), len(taxonomy.frames))) for name in ("dev", "test")}
    train = presence(splits["train"], taxonomy.frame_ids)
    texts = np.array([passage.text for passage in splits["train"]], dtype=object)
    for column in range(len(taxonomy.frames)):
        judged = train[:, column] >= 0
        model = make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
            LogisticRegression(C=10.0, class_weight="balanced", max_iter=1000),
        ).fit(texts[judged], train[judged, column])
        for name in logits:
            logits[name][:, column] = model.decision_function([passage.text for passage in splits[name]])
    documents = {name: [passage.document for passage in splits[name]] for name in ("dev", "test")}
    calibration = fit_calibration(logits["dev"], dev)
    thresholds = fit_thresholds(logits["dev"], dev, documents["dev"], calibration)
    p = calibrate(logits["test"], calibration).astype(np.float64)
    unknown = np.full(test.shape, -1)
    words = np.zeros((*test.shape, len(ROLES), 3), dtype=np.int64)
    outcome = Outcome(np.array(documents["test"]), p, test, unknown, unknown, words, np.full(test.shape, np.nan))
    return measured(outcome, taxonomy, thresholds)
