"""From what a user names to the files to read, in a sure order and under names that tell them apart."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from framelens.data import Refusal
from framelens.data.sources import Source, find_sources


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("The dam cracked.", encoding="utf-8")


def names(*inputs: object) -> list[str]:
    return [found.name for found in find_sources([str(item) for item in inputs]) if isinstance(found, Source)]


def refusal(*inputs: object) -> str:
    (found,) = find_sources([str(item) for item in inputs])
    assert isinstance(found, Refusal)
    return str(found)


def test_a_folder_is_walked_in_order_of_names_past_hidden_and_other_files(tmp_path: Path) -> None:
    make(
        tmp_path, "b.txt", "a/z.md", "a/y.jsonl.gz", ".hidden.txt", ".git/x.txt", "note.docx", "README", "p.parquet.gz"
    )
    assert names(tmp_path) == ["a/y.jsonl.gz", "a/z.md", "b.txt"]


def test_a_hidden_file_that_is_named_is_read(tmp_path: Path) -> None:
    make(tmp_path, ".hidden.txt")
    assert names(tmp_path / ".hidden.txt") == [".hidden.txt"]


@pytest.mark.parametrize(
    ("name", "kind", "compression"),
    [
        ("a.TXT", "text", None),
        ("a.md", "markdown", None),
        ("a.htm", "html", None),
        ("a.v2.jsonl", "jsonl", None),
        ("a.csv.gz", "csv", "gzip"),
        ("a.HTML.ZST", "html", "zstd"),
        ("a.parquet", "parquet", None),
    ],
)
def test_the_suffix_tells_the_kind_whatever_its_case(
    tmp_path: Path, name: str, kind: str, compression: str | None
) -> None:
    make(tmp_path, name)
    assert find_sources([str(tmp_path / name)]) == [Source(str(tmp_path / name), name, kind, compression)]


def test_a_glob_finds_files_in_order_and_across_folders(tmp_path: Path) -> None:
    make(tmp_path, "b.txt", "a.txt", "c.md", "d/e.txt")
    assert names(tmp_path / "*.txt") == ["a.txt", "b.txt"]
    assert names(tmp_path / "**" / "*.txt") == ["a.txt", "b.txt", "e.txt"]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    make(tmp_path, "a[1].txt", "a1.txt")
    assert names(tmp_path / "a[1].txt") == ["a[1].txt"]


def test_files_of_one_name_in_two_folders_are_told_apart_by_their_paths(tmp_path: Path) -> None:
    make(tmp_path, "x/a.txt", "y/a.txt", "y/b.txt")
    assert names(tmp_path / "x", tmp_path / "y") == [str(tmp_path / "x/a.txt"), str(tmp_path / "y/a.txt"), "b.txt"]


def test_inputs_keep_their_order_and_refusals_stand_in_their_place(tmp_path: Path) -> None:
    make(tmp_path, "b.txt", "a.txt")
    found = find_sources([str(tmp_path / "b.txt"), str(tmp_path / "none.txt"), "-", str(tmp_path / "a.txt")])
    assert [item.name if isinstance(item, Source) else "refused" for item in found] == [
        "b.txt",
        "refused",
        "stdin",
        "a.txt",
    ]


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "none.txt"
    assert refusal(path) == f"{path}: there is no such file; check the path or the pattern."


def test_a_pattern_that_finds_nothing_is_refused(tmp_path: Path) -> None:
    assert "there is no such file" in refusal(tmp_path / "*.txt")


def test_a_text_given_where_a_file_was_meant_is_refused() -> None:
    assert "there is no such file" in refusal("The ministry let the dam crack. " * 500)


def test_a_folder_with_nothing_readable_is_refused_with_what_can_be_read(tmp_path: Path) -> None:
    make(tmp_path, "a.docx", ".b.txt")
    assert refusal(tmp_path).startswith(f"{tmp_path}: the folder holds no file that can be read (.txt .md .html")


@pytest.mark.parametrize(("name", "said"), [("a.docx", ".docx cannot"), ("README", "a file without suffix cannot")])
def test_an_unreadable_suffix_is_refused_with_what_can_be_read(tmp_path: Path, name: str, said: str) -> None:
    make(tmp_path, name)
    assert f"{name}: {said} be read; give .txt .md .html" in refusal(tmp_path / name)


def test_symlink_loops_do_not_hang_the_walk_and_linked_files_are_read(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    assert names(tmp_path) == ["a.txt", "b.txt"]


def test_a_pipe_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    os.mkfifo(tmp_path / "b.txt")
    assert names(tmp_path) == ["a.txt"]


def test_a_glob_that_comes_round_a_loop_of_links_finds_each_file_once(tmp_path: Path) -> None:
    make(tmp_path, "a/x.txt")
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    assert names(tmp_path / "**" / "*.txt") == ["x.txt"]


def test_a_folder_that_is_left_out_hides_all_that_is_in_it(tmp_path: Path) -> None:
    for name in ("out/part-00000.jsonl", "out/deep/a.txt", "outside/b.txt", "c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = find_sources([str(tmp_path)], [tmp_path / "out"])
    assert [source.name for source in found if isinstance(source, Source)] == ["c.txt", "outside/b.txt"]
