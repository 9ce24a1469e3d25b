"""What the figures are called and what they mean, for people."""

from __future__ import annotations

# In the order in which a table shows them: the name in eval.json, its title, its meaning.
FIGURES = (
    ("support", "Passages with the frame", "How many measured passages have the frame by the gold labels."),
    (
        "average_precision",
        "Average precision",
        "The area under the precision-recall curve: how well p ranks passages that have the frame above those that "
        "have not, at any threshold. By chance it is the share of passages that have the frame.",
    ),
    (
        "roc_auc",
        "ROC-AUC",
        "The chance that a passage with the frame has a higher p than one without; 0.5 is guessing.",
    ),
    ("precision", "Precision", "Of the passages in which the frame is predicted, the share that have it."),
    ("recall", "Recall", "Of the passages that have the frame, the share in which it is predicted."),
    ("f1", "F1", "The harmonic mean of precision and recall at the threshold that is stored with the model."),
    (
        "best_f1",
        "Best F1",
        "The F1 at the threshold that is best on these very passages: what a threshold could reach, and so too good.",
    ),
    ("best_threshold", "Best threshold", "The p at which that best F1 is reached."),
    (
        "mcc",
        "MCC",
        "Matthews' correlation coefficient of decision and gold label, -1 to 1; unlike F1 it counts what is "
        "rightly left out too. 0 is guessing.",
    ),
    ("brier", "Brier score", "The mean squared distance between p and the truth; 0 is best."),
    (
        "calibration_error",
        "Calibration error",
        "How far p is from the share of passages that have the frame, over ten bins of p (ECE); 0 is best.",
    ),
    (
        "voice_accuracy",
        "Voice right",
        "Where a frame is there, how often its voice is the one that annotators give.",
    ),
    ("evidence_f1", "Evidence, words", "F1 of the words marked as evidence, where the frame is there."),
    (
        "evidence_span_f1",
        "Evidence, spans",
        "F1 of evidence by stretches; two are the same when they share at least half of their words.",
    ),
    ("actor_f1", "Actor, words", "F1 of the words marked as actor, where the frame is there."),
    ("actor_span_f1", "Actor, spans", "F1 of actors by stretches, counted in the same way."),
    (
        "comprehensiveness",
        "Comprehensiveness",
        "How far p falls when the predicted evidence is taken out, where the frame is predicted; high when the "
        "decision rests on that evidence.",
    ),
    (
        "sufficiency",
        "Sufficiency",
        "How far p falls when nothing but the predicted evidence is left; near 0 when that evidence is enough.",
    ),
    (
        "swap_flips",
        "Decisions that change with names",
        "The share of decisions that change when the actors' names are swapped for others of their kind.",
    ),
    (
        "contrast_right",
        "Contrast groups right",
        "The share of groups of passages, which differ by an edit that changes the label, that are right throughout.",
    ),
    (
        "contrast_pairs",
        "Contrast pairs right",
        "The share of pairs of passages in these groups, whose labels differ, of which both are right.",
    ),
)
# The behavioural tests of edited passages: name, what is done, when it fails.
BEHAVIOUR = (
    ("actors swapped", "Every actor that is named is another of its kind.", "A decision changes."),
    ("typos", "A typing slip inside one word in twelve, but in no name.", "A decision changes."),
    ("case", "All in small letters, or all in capitals.", "A decision changes."),
    (
        "punctuation",
        "Plain quotation marks and dashes; no comma before “and” and “but”, no last full stop.",
        "A decision changes.",
    ),
    (
        "neutral sentence added",
        "One more sentence, before or after, about nothing of it.",
        "A decision changes.",
    ),
    (
        "attribution reworded",
        "“Stated” for “said”, “according to” at the other end, and the like.",
        "A decision changes, or the voice of a frame that is present.",
    ),
    (
        "negation",
        "The verb of the annotators' evidence gets a “not”, unless the frame is rebutted.",
        "p of that frame rises.",
    ),
    (
        "claim denied",
        "“It is false that …”, “None of this is true”, and the like, where a frame is in the author's voice.",
        "The frame is still present in the author's voice.",
    ),
    (
        "quotation added",
        "The passage is put in somebody's mouth, where a frame is in the author's voice.",
        "The frame is not present in the voice “reported”.",
    ),
)
TITLES = {name: title for name, title, _ in FIGURES}


def title(name: str) -> str:
    """What a figure is called; recalls of voices are ``VOICE_recall`` in eval.json."""
    if name not in TITLES and name.endswith("_recall"):
        return f"Voice right where it is {name.removesuffix('_recall')}"
    return TITLES.get(name, name.replace("_", " "))
