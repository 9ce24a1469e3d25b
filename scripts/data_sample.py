"""``framelens data sample``: what to annotate next."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framelens.data.annotations import Annotation
from framelens.data.taxonomy import load_taxonomy
from framelens.errors import FramelensError
from framelens.scripts.exits import apart, guarded, overwriting, say

if TYPE_CHECKING:
    from framelens.data.sampling import Choice


@guarded
def sample(
    scored: Annotated[
        Path, typer.Argument(metavar="SCORED", help="What framelens score wrote: a file, or a folder of shards.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="OUT", help="Write here, as annotated JSONL.")],
    size: Annotated[int, typer.Option(min=1, help="How many passages to choose.")],
    uncertain: Annotated[float, typer.Option(help="Share of passages nearest to a threshold.")] = 0.4,
    rare: Annotated[float, typer.Option(help="Share of likeliest carriers, most of the rarest frames.")] = 0.2,
    diverse: Annotated[float, typer.Option(help="Share spread over all that the texts speak of.")] = 0.2,
    at_random: Annotated[
        float, typer.Option("--random", help="Share at random, from which prevalence can be estimated.")
    ] = 0.2,
    paragraphs: Annotated[
        bool, typer.Option("--paragraphs", help="Join neighbouring passages to paragraphs and choose from these.")
    ] = False,
    seed: Annotated[int, typer.Option(help="The same seed gives the same sample.")] = 13,
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="ANNOTATED", help="Annotated .jsonl files, folders, globs that need no judgement."),
    ] = None,
    more: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace OUT if it exists.")] = False,
) -> None:
    """Choose passages to annotate next, with empty labels; meta.why says which share each was chosen for.

    To estimate from it how common frames are, draw it at random throughout:
    --random 1 --uncertain 0 --rare 0 --diverse 0.

    Examples:
      framelens data sample scored.jsonl -o to_annotate.jsonl --size 500
      framelens data sample scored.jsonl -o paragraphs.jsonl --size 9 --paragraphs
    """
    from framelens.data.candidates import read_candidates
    from framelens.data.formats import FORMATS, save
    from framelens.data.pool import of_usual_length, without_annotated
    from framelens.data.pool import paragraphs as joined
    from framelens.data.sampling import Shares
    from framelens.data.sampling import sample as choose
    from framelens.data.shards import unfinished

    shares = Shares(uncertain, rare, diverse, at_random)
    # Said before anything is read.
    shares.numbers(size)
    if more and not exclude:
        raise FramelensError(f"{more[0]}: one file of scored records is sampled from; put those of several into one.")
    # --exclude a.jsonl b.jsonl reads as one option and one argument.
    annotated = [*(exclude or []), *(more or [])]
    apart(output, [scored, *annotated])
    overwriting(output, overwrite)
    if partly := unfinished(scored):
        say(partly)
    passages = read_candidates(scored)
    if paragraphs:
        passages = list(joined(passages, seed))
    fitting = of_usual_length(passages)
    pool = without_annotated(fitting, annotated)
    if len(pool) < size:
        raise FramelensError(
            f"{scored}: of {len(passages):,} passages {len(fitting):,} have 5 to 150 words, {len(pool):,} of them not "
            f"annotated; ask for that many or fewer with --size."
        )
    choices = choose(pool, size, shares, seed)
    save([_annotation(choice) for choice in choices], output, FORMATS["framelens"], load_taxonomy())
    why = Counter(choice.why for choice in choices)
    said = ", ".join(f"{why[name]:,} {name}" for name in shares.__dataclass_fields__ if why[name])
    todo = f"label them, then: framelens data check {output}"
    say(f"{len(choices):,} of {len(pool):,} passages chosen: {said} → {output}; {todo}")
    if len(choices) < size:
        say(f"{size - len(choices):,} fewer than asked for, as other passages repeat the text of a chosen one.")


def _annotation(choice: Choice) -> Annotation:
    """The passage, ready to be judged."""
    passage = choice.passage
    meta = {"why": choice.why, "passage": passage.passage}
    return Annotation(passage.id, passage.text, passage.source, passage.doc_id, "", {}, meta)
