"""Baselines that learn: logistic regression on words, or on the states of a frozen encoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from framelens.eval.bootstrap import once
from framelens.eval.ranking import rank

LEARNER = f"scikit-learn {sklearn.__version__}"
# Inverse strengths of the penalty on the weights; the best on dev is taken where there is a choice.
_TFIDF_STRENGTHS = (10.0,)
_ENCODER_STRENGTHS = (0.001, 0.01, 0.1, 1.0)

Truth = Mapping[str, NDArray[np.int64]]
Logits = dict[str, NDArray[np.float64]]


def tfidf_logits(texts: Mapping[str, Sequence[str]], truth: Truth) -> Logits:
    """Logistic regression on words and pairs of words, sublinear counts.

    :param texts: by split. :param truth: by split (n, frames), -1 where not judged.
    :returns: logits of dev and test, (n, frames).
    """
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True).fit(texts["train"])
    return fit_linear({split: vectorizer.transform(texts[split]) for split in texts}, truth, _TFIDF_STRENGTHS)


def state_logits(states: Mapping[str, NDArray[np.float32]], truth: Truth) -> Logits:
    """Logistic regression on an encoder's states, standardised.

    :param states: by split (n, hidden). :param truth: by split (n, frames), -1 where not judged.
    :returns: logits of dev and test, (n, frames).
    """
    scaler = StandardScaler().fit(states["train"])
    return fit_linear({split: scaler.transform(states[split]) for split in states}, truth, _ENCODER_STRENGTHS)


def fit_linear(
    features: Mapping[str, Any], truth: Mapping[str, NDArray[np.int64]], strengths: Sequence[float]
) -> Logits:
    """Logistic regression for each frame, with the strength that has the best average precision on dev.

    :param features: by split (n, k), dense or sparse. :param truth: by split (n, frames), -1 where not judged.
    :returns: logits of dev and test, (n, frames).
    """
    logits = {split: np.zeros(truth[split].shape) for split in ("dev", "test")}
    for column in range(truth["train"].shape[1]):
        judged, known = (np.flatnonzero(truth[split][:, column] >= 0) for split in ("train", "dev"))
        best = -1.0
        for strength in strengths:
            model = LogisticRegression(C=strength, class_weight="balanced", max_iter=2000)
            model.fit(features["train"][judged], truth["train"][judged, column])
            found = model.decision_function(features["dev"][known])
            ranking = rank(truth["dev"][known, column] == 1, found, once(np.arange(len(known)).astype(str)))
            if ranking.average_precision[0] > best:
                best = float(ranking.average_precision[0])
                for split, table in logits.items():
                    table[:, column] = model.decision_function(features[split])
    return logits
