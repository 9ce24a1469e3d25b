"""What a run came to, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass

from framelens.data.tally import Tally
from framelens.data.taxonomy import Taxonomy
from framelens.scripts.progress import Watch, duration, rate
from framelens.scripts.quarantine import Quarantine


@dataclass(frozen=True)
class Outcome:
    """``tally``: of all that is scored, of which ``watch`` counts what this run has done.

    ``stopped``: the exit status that a signal asks for, else None; ``standing``: what is kept then, in words.
    """

    tally: Tally
    taxonomy: Taxonomy
    watch: Watch
    refused: Quarantine
    stopped: int | None
    standing: str


def summary(outcome: Outcome, output: str | None) -> list[str]:
    """How much was scored, how fast, what a million passages cost, and the share of each frame and of its voices."""
    tally, watch = outcome.tally, outcome.watch
    much = f"{_several(tally.documents, 'document')}, {_several(tally.passages, 'passage')}"
    where = f" → {output}" if output is not None else ""
    if not watch.passages:
        return [f"all was scored before: {much}{where}", f"{shares(tally, outcome.taxonomy)}."]
    if watch.passages < tally.passages:
        much += f", {watch.passages:,} of them now,"
    speed = f"{rate(watch.passages, watch.seconds)} passages a second"
    million = duration(watch.seconds / watch.passages * 1_000_000)
    return [
        f"{much} in {_seconds(watch.seconds)}: {speed}, so that a million take {million} on this machine{where}",
        f"{shares(tally, outcome.taxonomy)}.",
    ]


def shares(tally: Tally, taxonomy: Taxonomy) -> str:
    """Of each frame, how many passages have it, the share of all, and how that is shared out among voices."""
    said = []
    for frame in taxonomy.frames:
        count, voices = tally.present.get(frame.id, 0), tally.voices.get(frame.id, {})
        parts = [f"{voice} {_share(voices[voice], count)}" for voice in taxonomy.voice_ids if voices.get(voice)]
        heard = f" ({', '.join(parts)})" if parts else ""
        said.append(f"{frame.title} {count:,}, {_share(count, tally.passages)}{heard}")
    return "; ".join(said)


def _share(count: int, of: int) -> str:
    share = count / of if of else 0.0
    return f"{share:.0%}" if share in (0, 1) else f"{share:.1%}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 90 else duration(seconds)


def _several(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
