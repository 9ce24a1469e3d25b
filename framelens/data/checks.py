"""Whether annotated data are sound: what is wrong with them, and how labels are spread over frames and voices.

An error is what makes figures wrong or stops training: a passage with two texts, a text or a document on two sides of a
split. A warning is what a person should look at. Near duplicates are estimated, and training leaves those of held-out
text out by itself, so they are no error.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from framelens.data.annotations import Annotation, GoldPassage, gold_passages
from framelens.data.splits import SPLITS, earlier_duplicates, fold
from framelens.data.taxonomy import Taxonomy

# So many passages are named where a finding is of several.
NAMED = 3


@dataclass(frozen=True)
class Finding:
    """One sentence about the data; whether it is an error."""

    sentence: str
    error: bool = False


@dataclass(frozen=True)
class Balance:
    """Of one frame: how many passages were judged, how many of them carry it, and in which voices."""

    frame: str
    judged: int
    present: int
    voices: dict[str, int]


def findings(
    annotations: Sequence[Annotation], taxonomy: Taxonomy, held_out: Mapping[str, str] | None = None
) -> Iterator[Finding]:
    """What is wrong with annotations that each hold to the format.

    :param held_out: ``dev`` or ``test`` for each passage id that is held out, or None where there are no splits.
    """
    yield from _texts(annotations)
    yield from _judgements(annotations)
    passages = sound_passages(annotations)
    if held_out is not None:
        yield from _split_ids(passages, held_out)
        yield from _documents(passages, held_out)
    yield from _duplicates(passages, held_out)
    yield from _frames(balance(passages, taxonomy))


def sound_passages(annotations: Iterable[Annotation]) -> list[GoldPassage]:
    """The passages with their gold labels; of an id with several texts, the first."""
    texts: dict[str, str] = {}
    return gold_passages([each for each in annotations if texts.setdefault(each.id, each.text) == each.text])


def balance(passages: Sequence[GoldPassage], taxonomy: Taxonomy) -> list[Balance]:
    """How labels are spread, by frame, after the judgements of each passage are merged."""
    rows = []
    for frame in taxonomy.frame_ids:
        judged = [passage.frames[frame] for passage in passages if frame in passage.frames]
        present = [gold for gold in judged if gold.present]
        voices = Counter(gold.voice for gold in present)
        rows.append(Balance(frame, len(judged), len(present), {voice: voices[voice] for voice in taxonomy.voice_ids}))
    return rows


def _texts(annotations: Sequence[Annotation]) -> Iterator[Finding]:
    texts: defaultdict[str, set[str]] = defaultdict(set)
    for annotation in annotations:
        texts[annotation.id].add(annotation.text)
    for id, several in texts.items():
        if len(several) > 1:
            yield Finding(f"passage {id!r} has {len(several)} different texts; give each text an id of its own.", True)


def _judgements(annotations: Sequence[Annotation]) -> Iterator[Finding]:
    counts = Counter((each.id, each.annotator) for each in annotations)
    twice = [f"{id} by {annotator or 'nobody named'}" for (id, annotator), count in counts.items() if count > 1]
    if twice:
        yield Finding(f"{_count(twice, 'passage')} judged more than once by one annotator; keep one judgement of each.")
    empty = [each.id for each in annotations if not each.labels]
    if empty:
        yield Finding(f"{_count(empty, 'record')} without any label: not judged yet, or the labels were lost.")


def _split_ids(passages: Sequence[GoldPassage], held_out: Mapping[str, str]) -> Iterator[Finding]:
    known = {passage.id for passage in passages}
    unknown = [id for id in held_out if id not in known]
    if unknown:
        yield Finding(f"{_count(unknown, 'id')} in the splits file, but not in the data.")


def _documents(passages: Sequence[GoldPassage], held_out: Mapping[str, str]) -> Iterator[Finding]:
    splits: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for passage in passages:
        splits[passage.source, passage.doc_id].add(held_out.get(passage.id, "train"))
    for (source, doc_id), several in splits.items():
        if len(several) > 1:
            where = " and ".join(split for split in SPLITS if split in several)
            of = f" of {source!r}" if source else ""
            yield Finding(f"document {doc_id!r}{of} lies in {where}; a document must lie in one split.", True)


def _duplicates(passages: Sequence[GoldPassage], held_out: Mapping[str, str] | None) -> Iterator[Finding]:
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    splits = ["the data" if held_out is None else held_out.get(passage.id, "train") for passage in passages]
    folded = [fold(passage.text) for passage in passages]
    for place, earlier in enumerate(earlier_duplicates(passage.text for passage in passages)):
        # What stands on two sides matters more than what is repeated on one.
        others = [other for other in earlier if splits[other] != splits[place]] or earlier
        if others:
            other = min(others, key=lambda other: folded[other] != folded[place])
            kind = "exact" if folded[other] == folded[place] else "near"
            where = " and ".join(sorted({splits[place], splits[other]}, key=("the data", *SPLITS).index))
            found[kind, where].append(f"{passages[place].id} = {passages[other].id}")
    for (kind, where), pairs in found.items():
        across = " and " in where
        remedy = "; take one of each out, or put both into one split" if across else ""
        sentence = f"{_count(pairs, f'{kind} duplicate')} {'across' if across else 'in'} {where}{remedy}."
        yield Finding(sentence, error=across and kind == "exact")


def _frames(rows: Iterable[Balance]) -> Iterator[Finding]:
    for row in rows:
        if not row.judged:
            yield Finding(f"{row.frame} was judged in no passage.")
        elif not row.present:
            yield Finding(f"{row.frame} has no positive among {row.judged:,} judged passages.")
        elif row.present == row.judged:
            yield Finding(f"{row.frame} has no negative among {row.judged:,} judged passages.")


def _count(names: Sequence[str], noun: str) -> str:
    """How many, and the first few by name: 5 passages (p1, p2, p3, …)."""
    shown = ", ".join([*names[:NAMED], *(["…"] if len(names) > NAMED else [])])
    return f"{len(names):,} {noun}{'' if len(names) == 1 else 's'} ({shown})"
