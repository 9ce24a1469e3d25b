"""The network's heads as regressions on frozen features, written into its weights exactly."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from torch import Tensor, nn

from framelens.errors import FramelensError
from framelens.model.network import FrameNetwork
from framelens.training.features import Features, Floats
from framelens.training.losses import span_loss

# Strength of the penalty on the weights of the spans, whose loss is a mean.
_TOKEN_PENALTY = 0.01
# The logit of what was never seen: a probability of 0.02, as SCORE_TARGETS has it for a clear no.
_NEVER = -3.9


class Linear(NamedTuple):
    """A linear layer: ``weight`` (outputs, hidden), ``bias`` (outputs,)."""

    weight: NDArray[np.float64]
    bias: NDArray[np.float64]

    def __call__(self, features: Floats) -> NDArray[np.float64]:
        """(n, hidden) to (n, outputs)."""
        values: NDArray[np.float64] = features @ self.weight.T + self.bias
        return values


def fit_frame(features: Floats, targets: Floats, strength: float, positive: float | None = None) -> Linear:
    """Logistic regression of one frame on standardised features; a probability counts as a share of a yes and a no.

    :param features: (n, hidden). :param targets: (n,), NaN where nobody judged; some must lie on each side of one half.
    :param strength: inverse strength of the penalty on the weights.
    :param positive: weight of a present frame against an absent one; so that both weigh the same where None.
    """
    known = ~np.isnan(targets)
    x, truth = features[known], targets[known].astype(np.float64)
    scaler = StandardScaler().fit(x)
    weights = np.concatenate(_weights(truth, positive))
    # Else the strength would depend on how a frame is weighed.
    weights *= len(truth) / weights.sum()
    answers = np.repeat([1, 0], len(truth))
    model = LogisticRegression(C=strength, max_iter=2000)
    model.fit(np.tile(scaler.transform(x), (2, 1)), answers, sample_weight=weights)
    return _unscaled(model.coef_, model.intercept_, scaler.mean_, scaler.scale_)


def frame_loss(logits: NDArray[np.floating], targets: Floats, positive: float | None = None) -> float:
    """The mean loss that :func:`fit_frame` makes small, without the penalty."""
    known = ~np.isnan(targets)
    logit, (yes, no) = logits[known].astype(np.float64), _weights(targets[known].astype(np.float64), positive)
    losses = yes * np.logaddexp(0, -logit) + no * np.logaddexp(0, logit)
    return float(losses.sum() / (yes.sum() + no.sum()))


def fit_voices(features: Features, strength: float) -> Linear | None:
    """Multinomial logistic regression of the voice, one for all frames together, or None where nobody named one.

    Few passages have a frame, and whose voice speaks is told by the same words whichever frame it is.

    :param strength: inverse strength of the penalty on the weights, of the scale of features of unit variance.
    :returns: one row a voice.
    """
    passages, shares = _voiced(features)
    rows, voices = np.nonzero(shares)
    if not len(rows):
        return None
    weight, bias = np.zeros((shares.shape[1], features.mean.shape[1])), np.full(shares.shape[1], _NEVER)
    seen = np.unique(voices)
    if len(seen) == 1:
        bias[seen] = -_NEVER
        return Linear(weight, bias)
    scaler = StandardScaler().fit(features.mean[passages])
    x = scaler.transform(features.mean[passages[rows]])
    model = LogisticRegression(C=strength, max_iter=2000).fit(x, voices, sample_weight=shares[rows, voices])
    if len(seen) == 2:
        # scikit-learn gives one logit for two classes: the second against the first.
        coefficients, intercepts = np.vstack([-model.coef_, model.coef_]) / 2, model.intercept_ * [-0.5, 0.5]
    else:
        coefficients, intercepts = model.coef_, model.intercept_
    weight[seen], bias[seen] = _unscaled(coefficients, intercepts, scaler.mean_, scaler.scale_)
    return Linear(weight, bias)


def voice_loss(voices: Linear, features: Features) -> float:
    """Sum of the cross-entropies of the voices that annotators named."""
    passages, shares = _voiced(features)
    return float(-(shares * log_softmax(voices(features.mean[passages]), axis=1)).sum())


def fit_tokens(features: Features) -> Linear:
    """The span head: the loss of training, made as small as it gets, by L-BFGS (Liu and Nocedal 1989).

    :returns: one row a frame and role; where nobody marked one, it says no.
    """
    marks = torch.from_numpy(np.concatenate(features.marks))
    states = torch.from_numpy(np.concatenate(features.states))
    shape = marks.shape[1:]
    outputs, marked = shape.numel(), (~marks.isnan()).any(0).flatten().numpy()
    if not marked.any():
        return Linear(np.zeros((outputs, states.shape[1])), np.full(outputs, _NEVER))
    spread, middle = torch.std_mean(states, dim=0, correction=0)
    spread = torch.where(spread > 0, spread, 1.0)
    scaled = (states - middle) / spread
    layer = nn.Linear(states.shape[1], outputs)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    optimizer = torch.optim.LBFGS(layer.parameters(), max_iter=100, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        total = span_loss(layer(scaled).unflatten(-1, shape)[None], marks[None])
        total = total + _TOKEN_PENALTY / 2 * layer.weight.square().sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimizer.step(closure)  # type: ignore[arg-type, no-untyped-call]
    found = _unscaled(layer.weight.detach().numpy(), layer.bias.detach().numpy(), middle.numpy(), spread.numpy())
    return Linear(found.weight, np.where(marked, found.bias, _NEVER))


def write_heads(network: FrameNetwork, frames: Linear, voices: Linear | None, tokens: Linear | None) -> None:
    """Put regressions in the place of the network's heads; those that are None stay as they are.

    :param voices: one row a voice, for every frame.
    """
    if network.frame_layer.bias is None:
        kind = type(network.classifier).__name__
        raise FramelensError(f"the frame head of {kind} has no bias to write to; use encoder.tuning: full.")
    _write(network.frame_layer, frames)
    if voices is not None:
        count = network.heads.shape[0]
        _write(network.heads.voice, Linear(np.tile(voices.weight, (count, 1)), np.tile(voices.bias, count)))
    if tokens is not None:
        _write(network.heads.token, tokens)


@torch.no_grad()
def _write(layer: nn.Linear, linear: Linear) -> None:
    layer.weight.copy_(torch.from_numpy(linear.weight))
    layer.bias.copy_(torch.from_numpy(linear.bias))


def _voiced(features: Features) -> tuple[NDArray[np.intp], Floats]:
    """The passages of which someone named the voice of a frame, once a frame, and the shares of the voices."""
    passages, frames = np.nonzero(~np.isnan(features.voices).any(-1))
    return passages, features.voices[passages, frames]


def _weights(targets: NDArray[np.float64], positive: float | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What each passage counts as a yes, and as a no."""
    weight = (1 - targets).sum() / targets.sum() if positive is None else positive
    return targets * weight, 1 - targets


def _unscaled(
    coefficients: NDArray[np.floating],
    intercepts: NDArray[np.floating],
    mean: NDArray[np.floating],
    scale: NDArray[np.floating],
) -> Linear:
    """A layer on features as they are that does what one does on standardised features."""
    weight = coefficients.astype(np.float64) / scale
    return Linear(weight, intercepts - weight @ mean)
