"""How far a run is, in words."""

from __future__ import annotations

import re
import sys
import time

import pytest

from framelens.scripts import progress
from framelens.scripts.progress import Watch, duration, rate


def test_a_log_gets_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.05)
    with Watch(1000, quiet=False) as watch:
        watch.add(20, 100)
        watch.within(10, 20, 300)
        time.sleep(0.3)
    said = capsys.readouterr().err.splitlines()
    assert len(said) >= 2
    assert all(
        re.fullmatch(r"framelens: 30 passages, [\d.,]+ a second, 20% of the input, \S+ s left\.", line) for line in said
    )


def test_quiet_says_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.01)
    with Watch(1000, quiet=True) as watch:
        watch.add(20, 100)
        time.sleep(0.1)
    assert capsys.readouterr().err == ""
    assert watch.passages == 20


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    with Watch(1000, quiet=False, read=500) as watch:
        watch.add(20, 750)
        time.sleep(0.3)
    shown = capsys.readouterr().err
    assert "75% of the input" in shown
    assert "━" in shown


def test_without_a_size_no_share_is_made_up() -> None:
    watch = Watch(None, quiet=True)
    watch.add(20, 100)
    assert "%" not in watch.line()
    assert "left" not in watch.line()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "0 s"),
        (89, "89 s"),
        (90, "2 min"),
        (3600, "60 min"),
        (7200, "2.0 h"),
        (86_400, "24 h"),
        (864_000, "10 days"),
    ],
)
def test_durations_are_said_as_a_reader_takes_them_in(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_rates() -> None:
    assert (rate(10_000, 2), rate(3, 2), rate(0, 0)) == ("5,000", "1.5", "0.0")
