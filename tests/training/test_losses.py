from __future__ import annotations

import math

import pytest
import torch

from framelens.model.network import Logits
from framelens.training.losses import Targets, consistency, loss

NAN = math.nan
POSITIVE = torch.tensor([1.0, 3.0])


def logits() -> Logits:
    torch.manual_seed(0)
    shapes = ((2, 2), (2, 2, 3), (2, 4, 2, 2))
    return Logits(*(torch.randn(shape, requires_grad=True) for shape in shapes))


def unjudged() -> Targets:
    return Targets(torch.full((2, 2), NAN), torch.full((2, 2, 3), NAN), torch.full((2, 4, 2, 2), NAN))


def test_nothing_judged_is_no_loss_and_no_gradient() -> None:
    scores = logits()
    total = loss(scores, unjudged(), POSITIVE, 1.0, 1.0)
    total.backward()
    assert total.item() == 0
    assert all(part.grad is not None and not part.grad.any() for part in scores)


def test_only_what_was_judged_has_a_gradient() -> None:
    scores, targets = logits(), unjudged()
    targets.frames[0, 1] = 1.0
    targets.voices[1, 0] = torch.tensor([0.0, 1.0, 0.0])
    targets.tokens[1, 2, 0, 1] = 0.0
    loss(scores, targets, POSITIVE, 1.0, 1.0).backward()
    moved = [part.grad.nonzero().tolist() for part in scores if part.grad is not None]
    assert moved[0] == [[0, 1]]
    assert {tuple(place[:2]) for place in moved[1]} == {(1, 0)}
    assert moved[2] == [[1, 2, 0, 1]]


def test_a_loss_is_a_mean_over_what_was_judged() -> None:
    scores, targets = logits(), unjudged()
    targets.frames[0, 0] = 1.0
    expected = torch.nn.functional.softplus(-scores.frames[0, 0])
    assert loss(scores, targets, POSITIVE, 1.0, 1.0).item() == pytest.approx(expected.item(), rel=1e-5)


def test_a_present_rare_frame_weighs_more() -> None:
    scores, targets = logits(), unjudged()
    targets.frames[0, 1] = 1.0
    plain = loss(scores, targets, torch.ones(2), 1.0, 1.0).item()
    assert loss(scores, targets, POSITIVE, 1.0, 1.0).item() == pytest.approx(3 * plain, rel=1e-5)


def test_the_weights_switch_voices_and_spans_off() -> None:
    targets = Targets(torch.ones(2, 2), torch.full((2, 2, 3), 1 / 3), torch.ones(2, 4, 2, 2))
    scores = logits()
    loss(scores, targets, POSITIVE, 0.0, 0.0).backward()
    assert scores.voices.grad is not None and not scores.voices.grad.any()
    assert scores.tokens.grad is not None and not scores.tokens.grad.any()


def test_two_views_are_consistent_where_they_agree() -> None:
    view = logits()
    same = Logits(*(torch.cat([part, part]) for part in view))
    assert consistency(same).item() == 0


def test_two_views_are_the_less_consistent_the_further_apart_whichever_comes_first() -> None:
    view = logits()

    def apart(gap: float) -> float:
        return consistency(Logits(*(torch.cat([part, part + gap]) for part in view))).item()

    assert 0 < apart(0.5) < apart(1.0)
    halves = Logits(*(torch.cat([part + 1.0, part]) for part in view))
    assert consistency(halves).item() == pytest.approx(apart(1.0), rel=1e-5)
