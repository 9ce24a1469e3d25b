"""Runs into a folder of shards: nothing lost, nothing twice, whatever ends them."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow.dataset
import pytest

from framelens import FrameClassifier, FramelensError
from framelens.data.readers import Fields
from framelens.data.scored import read_scored
from framelens.data.shards import MANIFEST, QUARANTINE, read_manifest
from framelens.model.classifier import FrameClassifier as Classifier
from framelens.scripts.corpus import Corpus, score_corpus
from framelens.scripts.shard_folder import ShardFolder

Command = Callable[..., subprocess.CompletedProcess[str]]
WORDS = ("dam", "cracked", "people", "valley", "guard", "saved", "war", "will", "nation", "he", "said", "flood")
SIZE = 8
# The command line, with shards small enough to be many.
SMALL = """
import sys
from framelens.scripts import cutting
if __name__ == "__main__":
    cutting.SHARD = {size}
    from framelens.scripts.cli import main
    main()
"""


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of records and articles, some of which cannot be read."""
    rng, folder = random.Random(3), tmp_path_factory.mktemp("inputs")

    def text() -> str:
        # Of texts this short, the language is not asked for, which would take each process a second to learn.
        return "\n\n".join(" ".join(rng.choices(WORDS, k=rng.randint(2, 3))) for _ in range(rng.randint(1, 2)))

    lines = [
        json.dumps({"id": f"d{n}", "text": text(), "n": n} | ({"late": "x"} if n > 15 else {})) for n in range(100)
    ]
    lines[3] = lines[11] = lines[99] = '{"id": '
    (folder / "a.jsonl").write_text("\n".join(lines))
    for name in ("b.txt", "c.txt"):
        (folder / name).write_text(text())
    (folder / "d.txt").write_bytes(bytes(range(256)))
    (folder / "e.csv").write_text("text,n\n" + "".join(f"{' '.join(rng.choices(WORDS, k=4))},{n}\n" for n in range(5)))
    return folder


@pytest.fixture
def corpus(inputs: Path, tmp_path: Path) -> Corpus:
    return Corpus([str(inputs)], tmp_path / "out", Fields(), size=SIZE, quiet=True)


@pytest.fixture(scope="module")
def whole(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a run that nothing interrupted."""
    folder = tmp_path_factory.mktemp("whole") / "out"
    score_corpus(Corpus([str(inputs)], folder, Fields(), size=SIZE, quiet=True))
    return files(folder)


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def shards(folder: Path) -> int:
    return len(list(folder.glob("part-*")))


# What is written


def test_a_run_writes_whole_shards_and_says_all_of_them(
    corpus: Corpus, whole: dict[str, bytes], shipped: FrameClassifier
) -> None:
    outcome = score_corpus(corpus)
    assert files(corpus.folder) == whole
    found = read_manifest(corpus.folder)
    assert found is not None
    sizes = [shard.tally.passages for shard in found.shards]
    assert set(sizes[:-1]) == {SIZE}
    assert 0 < sizes[-1] <= SIZE
    assert len(sizes) > 6
    # Three lines of the JSONL, and a file that is not text.
    assert (outcome.refused.count, found.end) == (4, (4, len(whole[QUARANTINE])))
    assert len(whole[QUARANTINE].splitlines()) == 4
    assert outcome.tally.documents == 97 + 2 + 5
    table = pyarrow.dataset.dataset([corpus.folder / shard.file for shard in found.shards]).to_table()
    texts = table.column("text").to_pylist()
    with pytest.warns(UserWarning, match="not valid JSON"):
        expected = [record.text for record in shipped.score(corpus.inputs)]
    assert texts == expected
    assert [passage.text for passage in read_scored(str(corpus.folder))] == expected


def test_jsonl_shards_hold_the_records(corpus: Corpus) -> None:
    score_corpus(replace(corpus, format="jsonl"))
    lines = [line for file in sorted(corpus.folder.glob("part-*.jsonl")) for line in file.read_text().splitlines()]
    first = json.loads(lines[0])
    assert list(first) == ["doc_id", "passage", "start", "end", "text", "frames", "meta", "model", "flags"]
    assert len(lines) == sum(1 for _ in read_scored(str(corpus.folder)))


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_write_the_same_bytes(corpus: Corpus, whole: dict[str, bytes], workers: int) -> None:
    score_corpus(replace(corpus, workers=workers))
    assert files(corpus.folder) == whole


# Deaths


@pytest.fixture(scope="module")
def processes() -> Iterator[multiprocessing.context.BaseContext]:
    """Starts processes in which framelens is imported already, so that their deaths fall into the run."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["framelens.scripts.corpus", "onnxruntime"])
    yield context


def test_a_run_that_was_killed_at_any_moment_goes_on_to_the_same_bytes(
    corpus: Corpus, whole: dict[str, bytes], processes: multiprocessing.context.BaseContext
) -> None:
    def run(task: Corpus) -> multiprocessing.process.BaseProcess:
        """A run that has loaded the model, and is at work."""
        process = processes.Process(target=score_corpus, args=(task,))  # type: ignore[attr-defined]
        process.start()
        wait_for((task.folder / MANIFEST).exists)
        return process

    # The first starts the server.
    for name in ("first", "second"):
        process = run(replace(corpus, folder=corpus.folder.with_name(name)))
        started = time.monotonic()
        process.join()
        lasting = time.monotonic() - started
    rng, left = random.Random(5), []
    for number in range(20):
        task = replace(corpus, folder=corpus.folder.with_name(f"out{number}"), resume=True)
        process = run(task)
        time.sleep(lasting * (number + rng.random()) / 20)
        process.kill()
        process.join()
        left.append(shards(task.folder))
        process = run(task)
        process.join()
        assert process.exitcode == 0
        assert files(task.folder) == whole
    # Some died with part of the work done.
    assert len({count for count in left if 0 < count < len(whole) - 2}) > 2, left


def test_a_killed_run_takes_its_workers_with_it(inputs: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    command = [*small(tmp_path), inputs, "-o", tmp_path / "out", "--workers", "2", "--quiet"]
    process = subprocess.Popen(command)
    wait_for(lambda: shards(tmp_path / "out") > 1)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        pytest.skip("needs /proc to know the workers")
    workers = [int(pid) for pid in children.read_text().split()]
    process.kill()
    process.wait()
    wait_for(lambda: not any(alive(pid) for pid in workers))
    assert len(workers) >= 2
    assert subprocess.run([*command, "--resume"]).returncode == 0
    assert files(tmp_path / "out") == whole


def test_a_worker_that_dies_is_replaced_and_nothing_is_lost(
    inputs: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    command = [*small(tmp_path), inputs, "-o", tmp_path / "out", "--workers", "2", "--quiet"]
    process = subprocess.Popen(command)
    wait_for(lambda: shards(tmp_path / "out") > 1)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        process.kill()
        pytest.skip("needs /proc to know the workers")
    for pid in map(int, children.read_text().split()):
        if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGKILL)
            break
    assert process.wait(timeout=60) == 0
    assert files(tmp_path / "out") == whole


def test_what_is_torn_or_left_over_is_cut_off(corpus: Corpus, whole: dict[str, bytes]) -> None:
    score_corpus(corpus)
    manifest = corpus.folder / MANIFEST
    lines = manifest.read_bytes().splitlines(keepends=True)
    manifest.write_bytes(b"".join(lines[:4]) + lines[4][:20])
    (corpus.folder / ".part-00002.parquet.tmp").write_bytes(b"half a sh")
    score_corpus(replace(corpus, resume=True))
    assert files(corpus.folder) == whole


@pytest.mark.parametrize("done", [4, None])
def test_a_damaged_shard_is_scored_again(corpus: Corpus, whole: dict[str, bytes], done: int | None) -> None:
    score_corpus(corpus)
    manifest = corpus.folder / MANIFEST
    lines = manifest.read_bytes().splitlines(keepends=True)
    manifest.write_bytes(b"".join(lines[:done] if done else lines))
    (corpus.folder / "part-00000.parquet").write_bytes(b"PAR1")
    (corpus.folder / "part-00001.parquet").unlink()
    score_corpus(replace(corpus, resume=True))
    assert files(corpus.folder) == whole


# Stops


def small(folder: Path, size: int = SIZE) -> list[str | Path]:
    """The command ``framelens score``, with small shards."""
    script = folder / "small.py"
    script.write_text(SMALL.format(size=size))
    return [sys.executable, script, "score"]


def wait_for(happened: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.01)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stop_finishes_the_shard_in_hand(
    inputs: Path, whole: dict[str, bytes], tmp_path: Path, number: int, status: int, workers: int
) -> None:
    command = [*small(tmp_path), inputs, "-o", tmp_path / "out", "--workers", str(workers)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        wait_for(lambda: shards(tmp_path / "out") > 1)
        # As a terminal does, to workers too.
        os.killpg(process.pid, number)
        assert process.stderr is not None
        said = process.stderr.read()
    assert process.returncode == status, said
    assert "Traceback" not in said
    found = read_manifest(tmp_path / "out")
    assert found is not None
    assert found.end is None
    assert f"{found.tally.passages:,} passages are kept in {len(found.shards)} shards" in said
    assert said.rstrip().endswith("give the same command with --resume.")
    assert {file.name for file in (tmp_path / "out").glob("*part*")} == {shard.file for shard in found.shards}
    done = subprocess.run([*command, "--resume"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert files(tmp_path / "out") == whole
    again = subprocess.run([*command, "--resume"], capture_output=True, text=True)
    assert (again.returncode, "all was scored before" in again.stderr) == (0, True)
    assert files(tmp_path / "out") == whole


@pytest.mark.parametrize("workers", [1, 2])
def test_a_second_ctrl_c_stops_at_once(tmp_path: Path, workers: int) -> None:
    (tmp_path / "a.txt").write_text("\n\n".join(" ".join(WORDS) for _ in range(20_000)))
    command = [*small(tmp_path, size=5_000), tmp_path / "a.txt", "-o", tmp_path / "out", "--workers", str(workers)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        manifest = tmp_path / "out" / MANIFEST
        wait_for(lambda: manifest.exists() and b"layout" in manifest.read_bytes())
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = process.stderr.read()
    assert process.returncode == 130
    assert "Traceback" not in said
    assert "nothing is scored yet; to go on, give the same command with --resume." in said
    assert shards(tmp_path / "out") == 0


def test_a_full_disk_stops_with_one_sentence_and_the_run_goes_on_later(
    inputs: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    room = sum(map(len, whole.values())) // 2048
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={room}k", "tmpfs", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        command = [*small(tmp_path), inputs, "-o", disk / "out", "--quiet"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert f"{disk / 'out'}: no space is left on the disk; " in done.stderr
        kept = shards(disk / "out")
        assert f" passages are kept in {kept} shards; to go on, once that is mended, give the same" in done.stderr
        assert 0 < kept < len(whole) - 2
        assert not list((disk / "out").glob(".*"))
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        assert subprocess.run([*command, "--resume"]).returncode == 0
        assert files(disk / "out") == whole
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_disk_that_is_full_for_the_quarantine_stops_in_the_same_way(corpus: Corpus) -> None:
    with pytest.raises(
        FramelensError, match=r"no space is left on the disk; .* give the same command with --resume\.$"
    ):
        score_corpus(replace(corpus, quarantine=Path("/dev/full"), overwrite=True))


def test_standard_input_that_was_interrupted_is_not_said_to_go_on(tmp_path: Path) -> None:
    command = [*small(tmp_path), "-", "-o", tmp_path / "out"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        process.stdin.writelines(f"{json.dumps({'text': f'The dam {n}.'})}\n" for n in range(100))
        process.stdin.flush()
        wait_for(lambda: shards(tmp_path / "out") > 1)
        # It waits for more, and has nothing in hand.
        process.send_signal(signal.SIGTERM)
        assert process.stderr is not None
        said = process.stderr.read()
    assert process.returncode == 143
    assert said.rstrip().endswith("a run that reads standard input cannot be gone on with.")


# Refusals


def test_a_folder_that_holds_a_run_is_not_written_to_unasked(corpus: Corpus, whole: dict[str, bytes]) -> None:
    score_corpus(corpus)
    (corpus.folder / "notes.txt").write_text("mine")
    with pytest.raises(FramelensError, match="a run is there; give --resume to go on with it, or --overwrite"):
        score_corpus(corpus)
    score_corpus(replace(corpus, overwrite=True, inputs=[f"{corpus.inputs[0]}/b.txt"]))
    assert shards(corpus.folder) == 1
    assert not (corpus.folder / QUARANTINE).exists()
    assert (corpus.folder / "notes.txt").read_text() == "mine"


def test_another_command_than_the_one_begun_is_refused_with_the_reason(
    corpus: Corpus, tmp_path: Path, inputs: Path
) -> None:
    shutil.copytree(inputs, tmp_path / "in")
    corpus = replace(corpus, inputs=[str(tmp_path / "in")])
    score_corpus(corpus)
    before = files(corpus.folder)

    def reason(**changes: object) -> str:
        with pytest.raises(FramelensError) as refusal:
            score_corpus(replace(corpus, resume=True, **changes))  # type: ignore[arg-type]
        assert str(refusal.value).endswith("; mend that, or begin anew with --overwrite.")
        return str(refusal.value)

    assert "--unit was paragraph and is sentence" in reason(unit="sentence")
    assert "--id-field was not given and is n" in reason(fields=Fields("text", "n"))
    assert "--shard-format was parquet and is jsonl" in reason(format="jsonl")
    assert "--shard-size was 8 and is 9" in reason(size=9)
    manifest = corpus.folder / MANIFEST
    whole = manifest.read_bytes()
    manifest.write_bytes(whole.replace(b'"framelens-minilm-2"', b'"older"', 1))
    assert "the model was older and is framelens-minilm-2" in reason()
    manifest.write_bytes(whole.replace(b'"engine": "', b'"engine": "other ', 1))
    assert "the engine was other onnx" in reason()
    manifest.write_bytes(whole)
    (tmp_path / "in" / "f.txt").write_text("New.")
    assert f"5 files of {before_bytes(inputs):,} bytes and are 6 files" in reason()
    (tmp_path / "in" / "f.txt").unlink()
    text = (tmp_path / "in" / "b.txt").read_text()
    (tmp_path / "in" / "b.txt").write_text(text.swapcase())
    os.utime(tmp_path / "in" / "b.txt", (4e9, 4e9))
    assert "the inputs have other names or times of change; the last changed is " in reason()
    assert files(corpus.folder) == before


def before_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


def test_a_folder_at_work_is_not_written_to_by_another_run(corpus: Corpus) -> None:
    with ShardFolder(corpus.folder, resume=False, overwrite=False):
        for task in (replace(corpus, resume=True), replace(corpus, overwrite=True)):
            with pytest.raises(FramelensError, match="another run is writing there"):
                score_corpus(task)


def test_a_quarantine_that_lost_entries_is_noticed(corpus: Corpus) -> None:
    score_corpus(corpus)
    (corpus.folder / QUARANTINE).write_text("")
    with pytest.raises(FramelensError, match=r"quarantine\.jsonl has lost what was quarantined"):
        score_corpus(replace(corpus, resume=True))


def test_a_passage_that_the_model_cannot_score_is_quarantined(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("\n\n".join(f"The valley has {n} dams." for n in range(20)))
    predict = Classifier.score_passages

    def failing(self: Classifier, source: object) -> Iterator[object]:
        held = list(source)  # type: ignore[call-overload]
        if any("has 13 dams" in passage.text for passage in held):
            raise RuntimeError("the engine broke")
        return predict(self, held)

    monkeypatch.setattr(Classifier, "score_passages", failing)
    outcome = score_corpus(replace(corpus, inputs=[str(tmp_path / "a.txt")]))
    assert (outcome.tally.passages, outcome.refused.count) == (19, 1)
    (entry,) = [json.loads(line) for line in (corpus.folder / QUARANTINE).read_text().splitlines()]
    assert (entry["source"], entry["position"], entry["prefix"]) == ("a.txt", "passage 13", "The valley has 13 dams.")
    assert "cannot be scored (the engine broke)" in entry["reason"]
    assert [passage.passage for passage in read_scored(str(corpus.folder))] == [n for n in range(20) if n != 13]
