"""``framelens score`` as a user runs it: the public contract, and what happens with bad input."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pyarrow.csv
import pyarrow.parquet
import pytest

Command = Callable[..., CompletedProcess[str]]
BLAME = "The ministry ignored every warning, and it alone is to blame for the drowned valley."
PLAIN = "The committee meets on Tuesday at ten in the town hall."
FRAMES = ["blame_attribution", "benevolent_protector", "threat_inflation"]
EXECUTABLE = Path(sys.executable).with_name("framelens")


def records(done: CompletedProcess[str]) -> list[dict]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def failed(done: CompletedProcess[str], status: int = 1) -> str:
    """The one sentence with which a run failed."""
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


# The contract


def test_a_pipe_gets_one_record_a_passage(framelens: Command, tmp_path: Path) -> None:
    text = f"{PLAIN} 😡\n\n{BLAME}\n"
    (tmp_path / "a.txt").write_text(text)
    plain, blame = records(framelens("score", "a.txt"))
    assert list(blame) == ["doc_id", "passage", "start", "end", "text", "frames", "meta", "model", "flags"]
    assert [plain["passage"], blame["passage"]] == [0, 1]
    assert blame["doc_id"] == "a.txt"
    assert blame["text"] == text[blame["start"] : blame["end"]] == BLAME
    assert list(blame["frames"]) == FRAMES
    result = blame["frames"]["blame_attribution"]
    assert list(result) == ["p", "present", "voice", "voice_p", "actors", "evidence"]
    assert result["present"]
    assert result["voice"] in ("author", "reported", "rebutted")
    for span in result["actors"] + result["evidence"]:
        assert span["text"] == text[span["start"] : span["end"]]
    absent = {"present": False, "voice": None, "voice_p": None, "actors": [], "evidence": []}
    for frame in FRAMES:
        assert plain["frames"][frame].items() >= absent.items()


def test_records_keep_their_ids_and_other_fields(framelens: Command, tmp_path: Path) -> None:
    rows = [{"id": "x1", "text": PLAIN, "source": "wire", "n": {"a": [1]}}, {"body": BLAME, "text": PLAIN, "id": 7}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    first, second = records(framelens("score", "a.jsonl", "--unit", "record"))
    assert (first["doc_id"], first["meta"]) == ("x1", {"source": "wire", "n": {"a": [1]}})
    assert (second["doc_id"], second["meta"]) == ("7", {"body": BLAME})


def test_fields_can_be_named(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f'url,body\nhttp://a,"{PLAIN}"\n')
    (record,) = records(framelens("score", "a.csv", "--text-field", "body", "--id-field", "url"))
    assert (record["doc_id"], record["text"], record["meta"]) == ("http://a", PLAIN, {})


@pytest.mark.parametrize(("unit", "count"), [("paragraph", 2), ("sentence", 3), ("record", 1)])
def test_the_unit_chooses_the_passages(framelens: Command, tmp_path: Path, unit: str, count: int) -> None:
    (tmp_path / "a.txt").write_text(f"{PLAIN} {BLAME}\n\n{PLAIN}\n")
    assert len(records(framelens("score", "a.txt", "--unit", unit))) == count


def test_standard_input_is_text_or_jsonl(framelens: Command) -> None:
    (text,) = records(framelens("score", "-", stdin=BLAME))
    assert text["doc_id"] == "stdin"
    (row,) = records(framelens("score", "-", stdin=json.dumps({"id": "a", "text": BLAME})))
    assert row["doc_id"] == "a"
    assert row["frames"] == text["frames"]


def test_folders_globs_and_compressed_files_are_read(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "b.txt").write_text(PLAIN)
    (tmp_path / "in" / "deep" / "a.txt.gz").write_bytes(gzip.compress(BLAME.encode()))
    (tmp_path / "in" / "picture.png").write_bytes(b"\x89PNG")
    assert [r["doc_id"] for r in records(framelens("score", "in"))] == ["b.txt", "deep/a.txt.gz"]
    assert [r["doc_id"] for r in records(framelens("score", "in/*.txt"))] == ["b.txt"]


def test_jsonl_csv_and_parquet_hold_the_same(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "1", "text": BLAME, "source": "wire"}))
    for name in ("o.jsonl", "o.csv", "o.parquet"):
        assert framelens("score", "a.jsonl", "-o", name).stdout == ""
    (record,) = [json.loads(line) for line in (tmp_path / "o.jsonl").read_text().splitlines()]
    table = pyarrow.parquet.read_table(tmp_path / "o.parquet")
    (flat,) = table.to_pylist()
    (text,) = pyarrow.csv.read_csv(tmp_path / "o.csv").to_pylist()
    columns = [f"{frame}_{part}" for frame in FRAMES for part in ("p", "present", "voice", "actors", "evidence")]
    head = ["doc_id", "passage", "start", "end", "text", "source", "flags", "model"]
    assert list(flat) == list(text) == head + columns
    blame = record["frames"]["blame_attribution"]
    assert flat["blame_attribution_p"] == blame["p"] == pytest.approx(text["blame_attribution_p"])
    assert flat["blame_attribution_evidence"] == blame["evidence"] == json.loads(text["blame_attribution_evidence"])
    assert flat["source"] == "wire"


def test_a_terminal_gets_a_table(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    (tmp_path / "a.txt").write_text(f"{PLAIN}\n\n{BLAME} \x1b[2Jnot cleared\n")
    chunks = []

    def read(descriptor: int) -> bytes:
        chunks.append(os.read(descriptor, 65536))
        return chunks[-1]

    environment = dict(os.environ | {"COLUMNS": "100", "TERM": "xterm-256color"})
    arguments = ["framelens", "score", str(tmp_path / "a.txt")]
    code = f"import os; os.execve({str(EXECUTABLE)!r}, {arguments!r}, {environment!r})"
    status = pty.spawn([sys.executable, "-c", code], read)
    shown = b"".join(chunks).decode()
    assert os.waitstatus_to_exitcode(status) == 0
    assert "a.txt" in shown
    assert "blame" in shown
    assert any(voice in shown for voice in ("author", "reported", "rebutted"))
    assert "\x1b[2J" not in shown
    assert '"doc_id"' not in shown


def test_scoring_twice_gives_the_same_bytes(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n\n".join([PLAIN, BLAME] * 5))
    assert framelens("score", "a.txt").stdout == framelens("score", "a.txt").stdout


def test_quiet_says_nothing(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BLAME)
    assert "blame 1" in framelens("score", "a.txt").stderr
    assert framelens("score", "a.txt", "--quiet").stderr == ""


def test_wrong_usage_exits_with_2(framelens: Command) -> None:
    assert framelens("score").returncode == 2
    assert framelens("score", "a.txt", "--unit", "chapter").returncode == 2
    assert framelens("frobnicate").returncode == 2


def test_a_folder_gets_shards(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"{PLAIN}\n\n{BLAME}")
    done = framelens("score", "a.txt", "-o", "out")
    assert done.returncode == 0, done.stderr
    assert {file.name for file in (tmp_path / "out").iterdir()} == {"manifest.jsonl", "part-00000.parquet"}
    assert "1 document, 2 passages in " in done.stderr
    assert "so that a million take " in done.stderr
    assert "blame 1, 50.0% (" in done.stderr
    assert "a run is there" in failed(framelens("score", "a.txt", "-o", "out"))
    assert (
        "all was scored before: 1 document, 2 passages" in framelens("score", "a.txt", "-o", "out", "--resume").stderr
    )
    assert framelens("score", ".", "-o", "out", "--overwrite", "--shard-format", "jsonl", "--quiet").stderr == ""
    assert {file.name for file in (tmp_path / "out").iterdir()} == {"manifest.jsonl", "part-00000.jsonl"}
    assert framelens("score", "a.txt", "-o", "b.parquet/").returncode == 0
    assert (tmp_path / "b.parquet" / "part-00000.parquet").is_file()


def test_workers_score_like_one_process(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n\n".join([PLAIN, BLAME] * 20))
    assert records(framelens("score", "a.txt", "--workers", "2")) == records(framelens("score", "a.txt"))


def test_what_cannot_be_gone_on_with_is_said(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PLAIN)
    assert "name one, as in: -o scored/" in failed(framelens("score", "a.txt", "-o", "o.jsonl", "--resume"))
    assert "standard input cannot be read again" in failed(framelens("score", "-", "-o", "out", "--resume"))
    assert framelens("score", "a.txt", "-o", "out", "--resume", "--overwrite").returncode == 2
    assert framelens("score", "-", "-o", "out", stdin=PLAIN).returncode == 0


# Bad input


def test_a_missing_file(framelens: Command) -> None:
    assert failed(framelens("score", "gone.txt")).count("\n") == 1
    assert "gone.txt: there is no such file" in failed(framelens("score", "gone.txt"))


def test_an_empty_file(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    assert "a.txt: the file is empty" in failed(framelens("score", "a.txt"))


def test_empty_standard_input(framelens: Command) -> None:
    assert "empty" in failed(framelens("score", "-", stdin=""))


def test_a_folder_with_nothing_readable(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "picture.png").write_bytes(b"\x89PNG")
    assert ".txt .md .html" in failed(framelens("score", "in"))


def test_a_binary_file_named_txt(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(random.Random(0).randbytes(5000))
    assert "a.txt: the file is not text" in failed(framelens("score", "a.txt"))


def test_the_run_goes_on_beside_a_bad_file(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(random.Random(0).randbytes(5000))
    (tmp_path / "b.txt").write_text(BLAME)
    done = framelens("score", "a.txt", "b.txt", "gone.txt")
    assert [record["doc_id"] for record in records(done)] == ["b.txt"]
    assert "2 quarantined" in done.stderr


def test_a_wrong_encoding_is_decoded_and_flagged(framelens: Command, tmp_path: Path) -> None:
    text = "Le café de la gare était fermé, and the café stayed shut in Zürich, said Löwe of Orléans."
    (tmp_path / "a.txt").write_bytes(text.encode("latin-1"))
    (record,) = records(framelens("score", "a.txt"))
    assert "bad_encoding" in record["flags"]
    assert "caf" in record["text"]


def test_a_csv_without_the_text_column_says_which_there_are(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("title,body\na,b\n")
    message = failed(framelens("score", "a.csv"))
    assert "title, body" in message
    assert "--text-field" in message


def test_broken_json_on_line_7_is_named_and_the_rest_scored(framelens: Command, tmp_path: Path) -> None:
    lines = [json.dumps({"id": str(n), "text": PLAIN}) for n in range(1, 11)]
    lines[6] = '{"id": "7", "text": '
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    done = framelens("score", "a.jsonl", "-o", "o.jsonl")
    assert done.returncode == 0
    assert "a.jsonl, line 7" in done.stderr
    assert len((tmp_path / "o.jsonl").read_text().splitlines()) == 9
    (refused,) = [json.loads(line) for line in (tmp_path / "o.jsonl.quarantine.jsonl").read_text().splitlines()]
    assert refused["position"] == "line 7"
    assert refused["prefix"].startswith('{"id": "7"')


def test_strict_exits_with_3_when_something_was_quarantined(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(f'{json.dumps({"text": PLAIN})}\n{{"text"\n')
    done = framelens("score", "a.jsonl", "--strict", "--quarantine", "q.jsonl")
    assert done.returncode == 3
    assert len(done.stdout.splitlines()) == 1
    assert len((tmp_path / "q.jsonl").read_text().splitlines()) == 1
    (tmp_path / "b.jsonl").write_text(json.dumps({"text": PLAIN}))
    assert framelens("score", "b.jsonl", "--strict").returncode == 0


def test_a_single_line_of_50_megabytes(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A line of words. " * 3_000_000)
    assert "a.txt, line 1: the line is 51,000,000 bytes long" in failed(framelens("score", "a.txt"))


def test_nul_bytes(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(BLAME.replace(" ", "\x00 ", 1).encode())
    (record,) = records(framelens("score", "a.txt"))
    assert "\x00" not in record["text"]
    assert "bad_encoding" in record["flags"]


def test_a_passage_of_5000_words_is_cut(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("and the ministry said that " * 1000)
    cut = records(framelens("score", "a.txt"))
    assert sum(len(record["text"].split()) for record in cut) == 5000
    assert len(cut) > 10
    (whole,) = records(framelens("score", "a.txt", "--unit", "record"))
    assert whole["flags"] == ["truncated"]


def test_an_output_that_exists_is_kept_unless_asked(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BLAME)
    (tmp_path / "o.jsonl").write_text("precious")
    assert "o.jsonl exists" in failed(framelens("score", "a.txt", "-o", "o.jsonl"))
    assert (tmp_path / "o.jsonl").read_text() == "precious"
    assert framelens("score", "a.txt", "-o", "o.jsonl", "--overwrite").returncode == 0
    assert (tmp_path / "o.jsonl").read_text() != "precious"


def test_an_output_that_cannot_be_written(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BLAME)
    (tmp_path / "file").touch()
    assert "cannot be written" in failed(framelens("score", "a.txt", "-o", "file/o.jsonl"))
    assert "cannot be written" in failed(framelens("score", "a.txt", "-o", "missing/o.jsonl"))
    assert ".jsonl, .csv, .parquet" in failed(framelens("score", "a.txt", "-o", "o.xlsx"))


def test_a_failed_run_leaves_no_output(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    failed(framelens("score", "a.txt", "-o", "o.parquet"))
    assert {file.name for file in tmp_path.iterdir()} <= {"a.txt", "o.parquet.quarantine.jsonl"}


def test_a_run_reads_neither_its_output_nor_what_it_refused(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BLAME)
    (tmp_path / "b.jsonl").write_text("{\n")
    for _ in range(2):
        done = framelens("score", ".", "-o", "o.jsonl", "--overwrite")
        assert done.returncode == 0, done.stderr
        assert [json.loads(line)["doc_id"] for line in (tmp_path / "o.jsonl").read_text().splitlines()] == ["a.txt"]


@pytest.mark.parametrize(
    "options", [["-o", "a.jsonl"], ["--quarantine", "a.jsonl"], ["-o", "o.jsonl", "--quarantine", "o.jsonl"]]
)
def test_no_option_writes_over_an_input_or_another_output(
    framelens: Command, tmp_path: Path, options: list[str]
) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": BLAME}))
    assert ".jsonl" in failed(framelens("score", "a.jsonl", *options, "--overwrite"))
    assert (tmp_path / "a.jsonl").read_text() == json.dumps({"text": BLAME})


def test_a_run_that_reads_nothing_keeps_what_an_interrupted_one_left(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "o.jsonl.partial").write_text("kept")
    failed(framelens("score", "gone.txt", "-o", "o.jsonl"))
    assert (tmp_path / "o.jsonl.partial").read_text() == "kept"


@pytest.mark.parametrize("name", ["", ".", "/"])
def test_an_output_without_a_name_is_refused(framelens: Command, tmp_path: Path, name: str) -> None:
    (tmp_path / "a.txt").write_text(BLAME)
    assert "end the name in" in failed(framelens("score", "a.txt", "-o", name))


def test_an_empty_input_name_is_refused(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BLAME)
    assert "empty name" in failed(framelens("score", ""))


def test_quiet_still_says_why_nothing_was_scored(framelens: Command) -> None:
    assert "gone.txt: there is no such file" in failed(framelens("score", "gone.txt", "--quiet"))


def test_jsonl_on_standard_input_may_begin_with_a_broken_line(framelens: Command) -> None:
    done = framelens("score", "-", stdin='{"text": \n\n' + json.dumps({"id": "a", "text": BLAME}))
    assert [record["doc_id"] for record in records(done)] == ["a"]
    assert "line 1" in done.stderr


def test_output_is_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"{BLAME} 😡")
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run([EXECUTABLE, "score", tmp_path / "a.txt"], capture_output=True, env=environment)
    assert "😡" in json.loads(done.stdout.decode("utf-8"))["text"]


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_closed_streams_give_no_traceback(tmp_path: Path, closed: str) -> None:
    (tmp_path / "a.txt").write_text(BLAME)
    done = subprocess.run(
        f"{EXECUTABLE} score a.txt {closed}", shell=True, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_a_closed_pipe_ends_the_run_quietly(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n\n".join([PLAIN, BLAME] * 2000))
    command = [EXECUTABLE, "score", tmp_path / "a.txt"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["doc_id"] == "a.txt"
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == 0
    assert "Traceback" not in said
    assert "Error" not in said


def test_an_interrupt_exits_with_130_and_keeps_what_is_done(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n\n".join([PLAIN, BLAME] * 20_000))
    command = [EXECUTABLE, "score", tmp_path / "a.txt", "-o", tmp_path / "o.parquet"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        partial = tmp_path / "o.parquet.partial"
        while process.poll() is None and not any(file.stat().st_size for file in tmp_path.glob(".o.parquet.*")):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = process.stderr.read()
    assert process.returncode == 130
    assert "interrupted after" in said
    assert "Traceback" not in said
    assert not (tmp_path / "o.parquet").exists()
    lines = partial.read_text().splitlines()
    assert f"{len(lines):,} passages" in said
    assert all(json.loads(line)["doc_id"] == "a.txt" for line in lines)


def test_a_model_that_is_not_there(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BLAME)
    assert "gone" in failed(framelens("score", "a.txt", "--model", "./gone"))


def test_text_that_steers_a_terminal_does_not_reach_it(framelens: Command, tmp_path: Path) -> None:
    done = framelens("score", "gone\x1b[31m.txt")
    assert "\x1b" not in failed(done)
