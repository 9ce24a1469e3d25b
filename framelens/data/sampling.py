"""What to annotate next, chosen from scored passages in four ways, each passage once.

- ``random``: a simple random sample, drawn first and from all, so that how common a frame is can be estimated from it
- ``uncertain``: nearest to a frame's threshold, where a label teaches most (Lewis and Gale 1994); frames in turn
- ``rare``: the likeliest carriers of each frame, the more of them the rarer the frame
- ``diverse``: the middle of each of as many clusters of the texts, so that none of what they speak of is left out
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from framelens.data.candidates import Candidate
from framelens.data.splits import fold
from framelens.errors import FramelensError

# Dimensions of the texts' space, and its largest vocabulary.
DIMENSIONS, VOCABULARY = 100, 20_000


@dataclass(frozen=True)
class Shares:
    """What part of a sample is chosen in which way, each 0 to 1, together 1."""

    uncertain: float
    rare: float
    diverse: float
    random: float

    def numbers(self, size: int) -> dict[str, int]:
        """How many passages each way chooses; what rounding leaves goes to the largest remainders.

        :raises FramelensError: if a share is negative, or they do not add up to 1.
        """
        shares = {name: float(getattr(self, name)) for name in self.__dataclass_fields__}
        total = sum(shares.values())
        if min(shares.values()) < 0 or abs(total - 1) > 1e-6:
            said = ", ".join(f"{name} {share:g}" for name, share in shares.items())
            raise FramelensError(f"the shares must be 0 or more and add up to 1, but {said} make {total:g}.")
        numbers = {name: int(share * size + 1e-9) for name, share in shares.items()}
        by_rest = sorted(shares, key=lambda name: numbers[name] - shares[name] * size)
        for name in islice(by_rest, size - sum(numbers.values())):
            numbers[name] += 1
        return numbers


@dataclass(frozen=True)
class Choice:
    """A passage to annotate, and which way it was chosen."""

    passage: Candidate
    why: str


def sample(passages: Sequence[Candidate], size: int, shares: Shares, seed: int) -> list[Choice]:
    """Choose passages to annotate, in random order; all but random ones differ from each other in text.

    :param passages: the pool, of which all can be judged and none has been.
    :raises FramelensError: if there are fewer than ``size``, or the shares do not add up.
    """
    numbers = shares.numbers(size)
    if len(passages) < size:
        raise FramelensError(f"there are {len(passages):,} passages to choose from; ask for that many or fewer.")
    rng = random.Random(seed)
    chosen = dict.fromkeys(rng.sample(range(len(passages)), numbers["random"]), "random")
    texts = {fold(passages[place].text) for place in chosen}
    for why, order in (("uncertain", _uncertain(passages)), ("rare", _rare(passages, numbers["rare"]))):
        _take(passages, order, numbers[why], why, chosen, texts)
    rest = [place for place in range(len(passages)) if place not in chosen]
    middles = _middles([passages[place].text for place in rest], numbers["diverse"], seed)
    _take(passages, (rest[place] for place in middles), numbers["diverse"], "diverse", chosen, texts)
    choices = [Choice(passages[place], why) for place, why in sorted(chosen.items())]
    rng.shuffle(choices)
    return choices


def _take(
    passages: Sequence[Candidate], order: Iterable[int], number: int, why: str, chosen: dict[int, str], texts: set[str]
) -> None:
    """Choose the first ``number`` places of an order that are not chosen, nor say what a chosen one says."""
    left = number
    for place in order:
        if not left:
            return
        text = fold(passages[place].text)
        if place not in chosen and text not in texts:
            chosen[place] = why
            texts.add(text)
            left -= 1


def thresholds(passages: Sequence[Candidate]) -> NDArray[np.float64]:
    """(frames,), where presence begins: between the largest p of an absent frame and the smallest of a present one."""
    p, present = _arrays(passages)
    absent_below = np.where(present, -np.inf, p).max(0)
    present_above = np.where(present, p, np.inf).min(0)
    # Where all are present or none is, the threshold lies beyond the nearest p.
    absent_below = np.where(np.isfinite(absent_below), absent_below, present_above)
    present_above = np.where(np.isfinite(present_above), present_above, absent_below)
    middle: NDArray[np.float64] = (absent_below + present_above) / 2
    return middle


def _arrays(passages: Sequence[Candidate]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Probabilities and presence, (passages, frames)."""
    p = np.array([list(passage.p.values()) for passage in passages])
    return p, np.array([[passage.present[frame] for frame in passage.p] for passage in passages])


def _uncertain(passages: Sequence[Candidate]) -> Iterator[int]:
    distances = np.abs(_arrays(passages)[0] - thresholds(passages))
    for places in np.argsort(distances, axis=0, kind="stable"):
        yield from places.tolist()


def _rare(passages: Sequence[Candidate], number: int) -> Iterator[int]:
    """The likeliest carriers: of each frame a quota in inverse proportion to its mean probability, then the others."""
    p = _arrays(passages)[0]
    rarity = 1 / np.maximum(p.mean(0), 1e-6)
    quotas = np.ceil(number * rarity / rarity.sum()).astype(int)
    order = np.argsort(-p, axis=0, kind="stable")
    for frame in np.argsort(-rarity):
        yield from order[: quotas[frame], frame].tolist()
    for places in order:
        yield from places[np.argsort(-rarity)].tolist()


def _middles(texts: Sequence[str], number: int, seed: int) -> Iterator[int]:
    """The text nearest to the middle of each of ``number`` clusters, then the others.

    TF-IDF, latent semantic analysis (Deerwester et al. 1990) and k-means.
    """
    if not number or not texts:
        return
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.metrics import pairwise_distances_argmin
    from sklearn.preprocessing import normalize

    # Words by their letters alone, so that a text of one-letter words is no text without words.
    words = TfidfVectorizer(sublinear_tf=True, max_features=VOCABULARY, token_pattern=r"(?u)\w+|\S").fit_transform(
        texts
    )
    if min(words.shape) > DIMENSIONS:
        words = normalize(TruncatedSVD(DIMENSIONS, random_state=seed).fit_transform(words))
    clusters = MiniBatchKMeans(min(number, len(texts)), random_state=seed, n_init=1).fit(words)
    nearest = dict.fromkeys(pairwise_distances_argmin(clusters.cluster_centers_, words).tolist())
    yield from nearest
    rng = random.Random(seed)
    others = [place for place in range(len(texts)) if place not in nearest]
    yield from rng.sample(others, len(others))
