"""Documents come out of every kind of file, however odd, and what cannot be read is refused in one sentence."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from framelens.data import Document, Fields, Refusal, read_documents, readers

Read = Callable[..., tuple[list[Document], list[str]]]
ROW = b'{"id": "7", "text": "The dam cracked.", "year": 1998}\n'
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".zst": lambda raw: pa.compress(raw, codec="zstd", asbytes=True),
}


def table(path: Path, **columns: Any) -> None:
    parquet.write_table(pa.table(columns), path)


def texts(documents: list[Document]) -> list[str]:
    return [document.text for document in documents]


# Text, Markdown, HTML


def test_a_text_file_is_one_document_named_by_the_file(read: Read) -> None:
    assert read("a.txt", "The dam\r\ncracked. 👍\n".encode()) == ([Document("a.txt", "The dam\r\ncracked. 👍\n")], [])


def test_markdown_and_html_are_one_document_of_their_words(read: Read) -> None:
    assert texts(read("a.md", b"# Dam\n\nIt *cracked*.")[0]) == ["Dam\n\nIt cracked."]
    page = b"<html><body><nav>Home</nav><p>The <b>dam</b> in <a href='/m'>Marlo</a> cracked.</p></body></html>"
    assert texts(read("a.html", page)[0]) == ["The dam in Marlo cracked."]


def test_a_text_in_a_legacy_encoding_is_read_and_flagged(read: Read) -> None:
    (document,), _ = read("a.txt", "Le ministère a laissé le barrage se fissurer.".encode("latin-1"))
    assert (document.text, document.flags) == ("Le ministère a laissé le barrage se fissurer.", ("bad_encoding",))


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.csv", "a.jsonl", "a.txt.gz", "a.jsonl.gz", "a.csv.zst"])
@pytest.mark.parametrize("raw", [b"", b" \r\n\t\n"])
def test_a_file_without_a_word_is_refused_as_empty(read: Read, name: str, raw: bytes) -> None:
    documents, refusals = read(name, COMPRESS.get(Path(name).suffix, bytes)(raw))
    assert documents == []
    assert len(refusals) == 1
    assert refusals[0].startswith(f"{name}: the file is empty")


@pytest.mark.parametrize(
    ("name", "raw"), [("a.txt", b"\xef\xbb\xbf"), ("a.md", b"```\ncode\n```"), ("a.html", b"<html></html>")]
)
def test_a_file_whose_markup_holds_no_words_is_refused(read: Read, name: str, raw: bytes) -> None:
    assert read(name, raw) == ([], [f"{name}: no text was found in the file."])


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.csv", "a.jsonl"])
def test_a_binary_file_is_refused_once_with_what_to_do(read: Read, name: str) -> None:
    raw = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 20
    documents, (refusal,) = read(name, raw)
    assert documents == []
    assert refusal.startswith(f"{name}: the file is not text; convert it to UTF-8")


def test_a_line_of_50_mb_is_refused_by_its_number_and_the_rest_of_a_jsonl_is_read(read: Read) -> None:
    long = b"The dam cracked. " * 3_000_000
    assert read("a.txt", b"One.\n" + long) == (
        [],
        ["a.txt, line 2: the line is 51,000,000 bytes long and a line may have 10,000,000; break it into paragraphs."],
    )
    documents, refusals = read("a.jsonl", ROW + b'{"text": "' + long + b'"}\n' + ROW)
    assert len(documents) == 2
    assert refusals == ["a.jsonl, line 2: the line is longer than 10,000,000 bytes; split the record."]


def test_a_line_may_be_as_long_as_the_limit_and_the_last_may_lack_its_newline(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "MAX_LINE", len(ROW))
    documents, refusals = read("a.jsonl", ROW + b" " + ROW + b" " * 3 * len(ROW) + b"\n" + ROW + b"x" * 2 * len(ROW))
    assert [document.text for document in documents] == ["The dam cracked."] * 2
    assert [refusal.split(":")[0] for refusal in refusals] == ["a.jsonl, line 2", "a.jsonl, line 3", "a.jsonl, line 5"]


# JSONL


def test_a_line_of_jsonl_is_a_document_with_its_other_fields_as_metadata(read: Read) -> None:
    row = {"id": 3, "text": "The dam cracked.", "doc_id": "d", "tags": ["a", {"b": None}], "url": "http://x"}
    (document,), _ = read("a.jsonl", json.dumps(row).encode())
    meta = {"doc_id": "d", "tags": ["a", {"b": None}], "url": "http://x"}
    assert document == Document("3", "The dam cracked.", meta)


@pytest.mark.parametrize(
    ("row", "fields", "id"),
    [
        ({"id": "x", "doc_id": "y"}, {}, "x"),
        ({"doc_id": "y"}, {}, "y"),
        ({"id": "", "doc_id": "y"}, {}, "y"),
        ({"id": None}, {}, "a.jsonl:1"),
        ({"id": 0}, {}, "0"),
        ({"id": "x", "url": "u"}, {"id": "url"}, "u"),
        ({"id": "\ud800"}, {}, "\ufffd"),
    ],
)
def test_the_id_is_the_field_asked_for_else_id_else_doc_id_else_file_and_line(
    read: Read, row: dict[str, Any], fields: dict[str, str], id: str
) -> None:
    (document,), _ = read("a.jsonl", json.dumps({**row, "text": "The dam cracked."}).encode(), **fields)
    assert document.id == id


def test_a_record_without_the_id_field_that_was_named_is_refused(read: Read) -> None:
    _, (refusal,) = read("a.jsonl", b'{"id": "x", "text": "The dam cracked."}', id="url")
    assert "there is no field 'url', only id, text" in str(refusal)
    assert "--id-field" in str(refusal)


def test_another_text_field_is_read_where_it_is_named(read: Read) -> None:
    (document,), _ = read("a.jsonl", b'{"body": "The dam cracked.", "text": "x"}', text="body")
    assert (document.text, document.meta) == ("The dam cracked.", {"text": "x"})


def test_broken_json_on_line_7_is_refused_by_that_number_and_the_rest_is_read(read: Read) -> None:
    documents, refusals = read("a.jsonl", ROW * 6 + b'{"id": "8", "text" "oops"}\n' + ROW * 2)
    assert len(documents) == 8
    said = "a.jsonl, line 7: not valid JSON (Expecting ':' delimiter at column 20); mend or remove the line."
    assert refusals == [said]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"[1, 2]", "the line is JSON but not an object with fields."),
        (b'"The dam cracked."', "the line is JSON but not an object with fields."),
        (b'{"body": "x", "n": 1}', "there is no field 'text', only body, n; name the right one with --text-field."),
        (b"{}", "there is no field 'text', nor any other; name the right one with --text-field."),
        (b'{"text": " \\n"}', "the field 'text' holds no text."),
        (b'{"text": null}', "the field 'text' holds no text."),
        (b'{"text": NaN}', "the field 'text' holds no text."),
        (b'{"text": ["The dam"]}', "the field 'text' holds no text."),
        (
            b'{"text": "x", "m": ' + b"[" * 5000 + b"]" * 5000 + b"}",
            "not valid JSON (nested too deeply); mend or remove the line.",
        ),
        (b'{"n": ' + b"1" * 5000 + b"}", "not valid JSON (a number has too many digits); mend or remove the line."),
        (bytes(range(1, 9)), "the line is not text."),
    ],
)
def test_a_line_that_holds_no_document_is_refused_with_the_reason(read: Read, line: bytes, reason: str) -> None:
    documents, refusals = read("a.jsonl", ROW * 20 + line + b"\n" + ROW)
    assert len(documents) == 21
    assert refusals == [f"a.jsonl, line 21: {reason}"]


@pytest.mark.parametrize("depth", range(900, 1000, 10))
def test_json_at_the_edge_of_what_can_be_parsed_is_read_or_refused(read: Read, depth: int) -> None:
    documents, refusals = read("a.jsonl", b'{"text": "x", "m": ' + b"[" * depth + b"]" * depth + b"}")
    assert len(documents) + len(refusals) == 1


def test_a_mark_at_the_start_blank_lines_and_crlf_are_no_matter(read: Read) -> None:
    raw = b"\xef\xbb\xbf" + ROW.replace(b"\n", b"\r\n") + b"\r\n \n" + ROW + b"oops"
    documents, refusals = read("a.jsonl", raw)
    assert texts(documents) == ["The dam cracked."] * 2
    assert [refusal[: len("a.jsonl, line 5")] for refusal in refusals] == ["a.jsonl, line 5"]


def test_jsonl_in_utf16_is_read(read: Read) -> None:
    documents, refusals = read("a.jsonl", (ROW * 3).decode().encode("utf-16"))
    assert (texts(documents), refusals) == (["The dam cracked."] * 3, [])


def test_a_latin1_line_and_unusable_characters_are_mended_one_for_one_and_flagged(read: Read) -> None:
    raw = '{"text": "José Núñez é"}\n{"text": "a \\ud83d b"}\n{"text": "a\\u0000b"}\n{"text": "👍"}'.encode(
        "latin-1", "ignore"
    )
    documents, _ = read("a.jsonl", raw)
    assert texts(documents[:3]) == ["José Núñez é", "a \ufffd b", "a\ufffdb"]
    assert [document.flags for document in documents[:3]] == [("bad_encoding",)] * 3


# CSV


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_delimiter_is_found_and_every_value_stays_as_written(read: Read, delimiter: str) -> None:
    rows = [["id", "text", "zip", "n"], ["007", "It cracked at once.", "NA", "1.50"], ["8", "Again.", "", "true"]]
    documents, _ = read("a.csv", "\n".join(delimiter.join(row) for row in rows).encode())
    first, second = documents
    assert first == Document("007", "It cracked at once.", {"zip": "NA", "n": "1.50"})
    assert second == Document("8", "Again.", {"zip": "", "n": "true"})


def test_quoted_newlines_quotes_and_delimiters_stand_inside_a_value(read: Read) -> None:
    (document,), _ = read("a.csv", b'text,n\r\n"He said ""no"",\r\nand left.",1\r\n')
    assert document == Document("a.csv:1", 'He said "no",\r\nand left.', {"n": "1"})


def test_blank_lines_before_the_header_do_not_make_values_numbers(read: Read) -> None:
    assert read("a.csv", b"\n\ntext,n\nIt cracked.,007\n")[0] == [Document("a.csv:1", "It cracked.", {"n": "007"})]


def test_a_missing_text_column_is_refused_with_those_there_are(read: Read) -> None:
    said = "a.csv: there is no column 'text', only id, body; name the right one with --text-field."
    assert read("a.csv", b"id;body\n1;It cracked.\n") == ([], [said])


def test_a_missing_id_column_is_refused_with_those_there_are(read: Read) -> None:
    said = "a.csv: there is no column 'url', only id, text; name the right one with --id-field."
    assert read("a.csv", b"id,text\n1,It cracked.\n", id="url") == ([], [said])


def test_rows_are_counted_from_the_first_of_the_data_in_ids_and_refusals_alike(read: Read) -> None:
    documents, refusals = read("a.csv", b'text,n\n"One\ntwo.",1\nonly\nx,y,z\n,4\nLast.,5\n')
    assert [document.id for document in documents] == ["a.csv:1", "a.csv:5"]
    assert sorted(refusals) == [
        "a.csv, row 2: 1 values where the header has 2; mend the row.",
        "a.csv, row 3: 3 values where the header has 2; mend the row.",
        "a.csv, row 4: the field 'text' holds no text.",
    ]


def test_rows_are_counted_on_across_blocks(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MAX_LINE", 64)
    rows = [f"Row {number}.,1" if number % 7 else "bad" for number in range(1, 100)]
    documents, refusals = read("a.csv", "\n".join(["text,n", *rows]).encode())
    assert all(document.id == f"a.csv:{document.text[4:-1]}" for document in documents)
    assert [int(refusal.split()[2][:-1]) for refusal in refusals] == list(range(7, 100, 7))


@pytest.mark.parametrize("raw", [b'text,n\nOne.,1\n"' + b"x" * 500, b'text,n\nOne.,1\nTwo.,"' + b"x" * 500 + b'"\n'])
def test_a_row_over_the_limit_ends_the_reading_with_a_clear_sentence(
    read: Read, raw: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "MAX_LINE", 100)
    documents, refusals = read("a.csv", raw)
    assert texts(documents) == ["One."]
    assert refusals == [
        "a.csv: a row is longer than 100 bytes and reading stopped there; split it, or close its quotes."
    ]


def test_a_csv_of_a_header_only_is_refused_as_empty(read: Read) -> None:
    assert read("a.csv", b"text,n\n") == ([], ["a.csv: the file is empty, or has no records."])


def test_a_csv_in_another_encoding_is_read_and_a_guessed_one_flagged(read: Read) -> None:
    raw = "text,n\nJosé Núñez blamed the ministry.,é\n"
    for encoding, flags in [("utf-8-sig", ()), ("utf-16", ()), ("latin-1", ("bad_encoding",))]:
        assert read("a.csv", raw.encode(encoding))[0] == [
            Document("a.csv:1", "José Núñez blamed the ministry.", {"n": "é"}, flags)
        ]


def test_nul_bytes_in_a_csv_are_replaced_and_flag_their_row_only(read: Read) -> None:
    documents, _ = read("a.csv", b"text,n\nIt\0cracked.,1\nAgain.,2\n")
    assert [(document.text, document.flags) for document in documents] == [
        ("It\ufffdcracked.", ("bad_encoding",)),
        ("Again.", ()),
    ]


def test_columns_of_one_name_are_all_kept_but_two_of_text_are_refused(read: Read) -> None:
    assert read("a.csv", b"text,a,a\nIt cracked.,1,2\n")[0][0].meta == {"a": "1", "a_3": "2"}
    assert read("b.csv", b"text,text\nOne.,Two.\n") == (
        [],
        ["b.csv: there are several columns 'text'; rename all but one."],
    )


# Parquet


def test_a_row_of_parquet_is_a_document_with_typed_metadata(read: Read, tmp_path: Path) -> None:
    table(tmp_path / "a.parquet", text=["One.", "Two."], id=[5, None], n=[1.5, None], tags=[["x"], []])
    documents, _ = read("a.parquet")
    assert documents[0] == Document("5", "One.", {"n": 1.5, "tags": ["x"]})
    assert documents[1] == Document("a.parquet:2", "Two.", {"id": None, "n": None, "tags": []})


def test_nulls_and_empty_texts_in_parquet_are_refused_by_row(read: Read, tmp_path: Path) -> None:
    table(tmp_path / "a.parquet", text=[None, "One.", ""])
    documents, refusals = read("a.parquet")
    assert [document.id for document in documents] == ["a.parquet:2"]
    assert refusals == [f"a.parquet, row {row}: the field 'text' holds no text." for row in (1, 3)]


@pytest.mark.parametrize("values", [[1, 2], [b"One.", b"Two."]])
def test_a_text_column_that_is_no_text_is_refused(read: Read, tmp_path: Path, values: list[Any]) -> None:
    table(tmp_path / "a.parquet", text=values)
    documents, refusals = read("a.parquet")
    assert (documents, len(refusals)) == ([], 2)


def test_a_missing_column_and_an_empty_table_in_parquet_are_refused(read: Read, tmp_path: Path) -> None:
    table(tmp_path / "a.parquet", body=["One."])
    assert "there is no column 'text', only body" in read("a.parquet")[1][0]
    table(tmp_path / "b.parquet", text=pa.array([], pa.string()))
    assert read("b.parquet") == ([], ["b.parquet: the file is empty, or has no records."])


def test_a_damaged_parquet_file_is_refused_with_what_to_do(read: Read, tmp_path: Path) -> None:
    table(tmp_path / "a.parquet", text=["One."])
    whole = (tmp_path / "a.parquet").read_bytes()
    for raw in (whole[:-20], whole[:4] + bytes(40) + whole[44:], b"", b"no parquet"):
        documents, (refusal,) = read("a.parquet", raw)
        assert documents == []
        assert refusal.startswith("a.parquet: cannot be read to its end (")
        assert refusal.endswith("); mend or replace the file.")


def test_values_that_python_cannot_hold_are_a_refusal_and_no_crash(read: Read, tmp_path: Path) -> None:
    table(tmp_path / "a.parquet", text=["One."], when=pa.array([10**15], pa.timestamp("s")))
    wrong = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(bytes([0, 0, 0, 0, 2, 0, 0, 0])), pa.py_buffer(b"\xff\xfe")]
    )
    table(tmp_path / "b.parquet", text=wrong)
    for name in ("a.parquet", "b.parquet"):
        documents, (refusal,) = read(name)
        assert documents == []
        assert refusal.startswith(f"{name}: cannot be read to its end (")


# Compression, folders, standard input


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.txt", b"It cracked.\n"),
        ("a.md", b"It *cracked*."),
        ("a.html", b"<p>It cracked.</p>"),
        ("a.jsonl", ROW * 2),
        ("a.csv", b"text\nIt cracked.\nAgain.\n"),
    ],
)
def test_a_compressed_text_file_reads_like_the_plain_one(read: Read, name: str, raw: bytes, suffix: str) -> None:
    plain, compressed = read(name, raw), read(name + suffix, COMPRESS[suffix](raw))
    assert texts(plain[0]) == texts(compressed[0]) != []
    assert compressed[1] == []


def test_parts_of_a_gzip_file_are_read_one_after_the_other(read: Read) -> None:
    assert texts(read("a.txt.gz", gzip.compress(b"One. ") + gzip.compress(b"Two."))[0]) == ["One. Two."]


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_truncated_file_gives_the_lines_before_the_fault_and_a_refusal(read: Read, suffix: str) -> None:
    lines = b"".join(b'{"text": "%s"}\n' % os.urandom(40).hex().encode() for _ in range(5000))
    documents, refusals = read(f"a.jsonl{suffix}", COMPRESS[suffix](lines)[:-1000])
    assert 0 < len(documents) < 5000
    assert "cannot be read to its end" in refusals[-1]


@pytest.mark.parametrize("name", ["a.txt.gz", "a.jsonl.gz", "a.csv.zst"])
def test_a_file_that_is_not_compressed_as_its_name_says_is_refused(read: Read, name: str) -> None:
    documents, refusals = read(name, b"text\nIt cracked.\n" * 10)
    assert documents == []
    assert len(refusals) == 1
    assert refusals[0].startswith(f"{name}: cannot be read to its end (")


def test_a_folder_is_read_through_past_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"One.")
    (tmp_path / "b.txt").write_bytes(bytes(100))
    (tmp_path / "c.txt").symlink_to(tmp_path / "gone.txt")
    (tmp_path / "d.txt").write_bytes(b"Two.")
    items = list(read_documents(str(tmp_path)))
    assert [item.text if isinstance(item, Document) else None for item in items] == ["One.", None, None, "Two."]
    assert "cannot be read to its end (No such file or directory)" in str(items[2])


def test_a_link_to_itself_is_refused(read: Read, tmp_path: Path) -> None:
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    documents, refusals = read("self.txt")
    assert (documents, len(refusals)) == ([], 1)


def test_a_refusal_keeps_how_the_bad_line_begins(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"oops' + b"x" * 500)
    (refusal,) = read_documents(str(tmp_path / "a.jsonl"))
    assert isinstance(refusal, Refusal)
    assert (refusal.position, refusal.prefix) == ("line 1", '{"oops' + "x" * 74)


def stdin(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> list[Document | Refusal]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    return list(read_documents("-", Fields()))


def test_standard_input_is_one_text(monkeypatch: pytest.MonkeyPatch) -> None:
    assert stdin(monkeypatch, b"It cracked.\nAgain.") == [Document("stdin", "It cracked.\nAgain.")]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_standard_input_that_begins_with_a_json_object_is_jsonl(monkeypatch: pytest.MonkeyPatch, mark: bytes) -> None:
    found = stdin(monkeypatch, mark + b'{"text": "One."}\n{oops\n{"text": "Two."}\n')
    assert [item.id if isinstance(item, Document) else item.position for item in found] == [
        "stdin:1",
        "line 2",
        "stdin:3",
    ]


def test_standard_input_of_jsonl_in_latin1_is_jsonl(monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = stdin(monkeypatch, '{"text": "José Núñez blamed him."}\n'.encode("latin-1"))
    assert isinstance(found, Document)
    assert found.text == "José Núñez blamed him."


@pytest.mark.parametrize("raw", [b"", b"\n", bytes(50)])
def test_standard_input_without_a_word_is_refused(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    (found,) = stdin(monkeypatch, raw)
    assert isinstance(found, Refusal)


def test_standard_input_of_many_brackets_is_a_text_and_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = b"[" * 100_000
    assert stdin(monkeypatch, raw) == [Document("stdin", raw.decode())]


def test_a_long_row_amid_short_ones_loses_none_and_repeats_none(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "BUFFER", 64)
    monkeypatch.setattr(readers, "MAX_LINE", 4096)
    long = "x" * 1000
    rows = [f"Text {number}.,{number}" if number % 7 else f"odd {number}" for number in range(1, 101)]
    rows[49] = f"{long},50"
    documents, refusals = read("a.csv", "\n".join(["text,n", *rows]).encode())
    assert [document.meta["n"] for document in documents] == [str(n) for n in range(1, 101) if n % 7]
    assert [refusal.split(":")[0] for refusal in refusals] == [f"a.csv, row {n}" for n in range(7, 101, 7)]


def test_rows_keep_their_numbers_over_batches(tmp_path: Path) -> None:
    count = readers.BATCH * 2 + 10
    table(tmp_path / "a.parquet", text=[f"Text {number}." for number in range(count)])
    ids = [item.id for item in read_documents(str(tmp_path / "a.parquet")) if isinstance(item, Document)]
    assert ids == [f"a.parquet:{number}" for number in range(1, count + 1)]
