"""What a shell may complete: the names that stand for a model, beside folders, which the shell finds itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from framelens.model.tiers import DEFAULT_NAME, TIERS


def beginning(names: Iterable[str]) -> Callable[[str], list[str]]:
    """A completion by these names: those that begin as what was typed."""
    known = list(names)

    def complete(incomplete: str) -> list[str]:
        return [name for name in known if name.startswith(incomplete)]

    return complete


model_names = beginning([DEFAULT_NAME, *TIERS])
# An encoder or a model of natural-language inference is named after the colon.
contestant_names = beginning([DEFAULT_NAME, *TIERS, "majority", "tfidf", "encoder:", "nli:"])
