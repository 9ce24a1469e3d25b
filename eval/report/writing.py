"""From a scored file to the page of it."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from framelens.data.stored import read_records, stored_files
from framelens.errors import FramelensError
from framelens.eval.report.measured import known_model
from framelens.eval.report.page import About, render
from framelens.eval.report.survey import survey_of


def write_report(scored: Path, output: Path, version: str, name: str | None = None, model: Path | None = None) -> int:
    """Write the page of scored records; it appears when it is complete. The records are read twice, and not kept.

    :param version: of framelens, which the page names.
    :param name: what the page says was scored, where it is not the file's name.
    :param model: a model folder whose figures are given if it is the model of the records.
    :returns: how many passages the corpus has.
    :raises FramelensError: if the records are none, or the page cannot be written.
    """
    try:
        survey = survey_of(read_records(scored))
    except FramelensError as error:
        said = str(error)
        raise FramelensError(said if said.startswith(str(scored)) else f"{scored}: {said}") from None
    written = max(file.stat().st_mtime for file in stored_files(scored))
    about = About(name or scored.name or str(scored), datetime.fromtimestamp(written), datetime.now(), version)
    known = known_model(survey.models.most_common(1)[0][0], survey.frames, model)
    page = render(survey, lambda: read_records(scored), known, about)
    growing = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        try:
            growing.write_text(page, encoding="utf-8")
            growing.replace(output)
        finally:
            growing.unlink(missing_ok=True)
    except OSError as error:
        raise FramelensError(f"{output}: cannot be written ({error.strerror}); choose another folder.") from None
    return survey.count
