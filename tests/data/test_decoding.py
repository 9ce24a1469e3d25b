"""Bytes of unknown encoding become the text they were, or are told to be no text."""

from __future__ import annotations

import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framelens.data.decoding import SAMPLE, Utf8Stream, decode, encoding_of

ENGLISH = "The ministry let the dam crack, and the valley drowned."
PRINTABLE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"], exclude_characters="\ufeff\ufffd"))


@settings(max_examples=100, deadline=None)
@given(PRINTABLE)
def test_any_utf8_text_is_decoded_as_it_is_and_not_flagged(text: str) -> None:
    assert decode(text.encode()) == (text, ())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@settings(max_examples=30, deadline=None)
@given(text=PRINTABLE)
def test_a_byte_order_mark_tells_the_encoding_and_is_no_part_of_the_text(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == (text, ())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_recognised(encoding: str) -> None:
    assert decode(ENGLISH.encode(encoding)) == (ENGLISH, ())


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Le ministère a laissé le barrage se fissurer, et la vallée a été inondée.", "latin-1"),
        ("The mayor, José Núñez, blamed the ministry for the flood.", "latin-1"),
        ("Министерство позволило плотине треснуть, и долина утонула в воде.", "cp1251"),
        ("Zażółć gęślą jaźń. Rząd pozwolił, by tama pękła, i dolina utonęła.", "cp1250"),
    ],
)
def test_a_legacy_encoding_is_guessed_and_flagged(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == (text, ("bad_encoding",))


def test_a_broken_byte_in_utf8_is_replaced_and_flagged_and_the_rest_stays() -> None:
    raw = "The café “is” open — ".encode() + b"\xe9" + " naïve résumé.".encode()
    assert decode(raw) == ("The café “is” open — \ufffd naïve résumé.", ("bad_encoding",))


@pytest.mark.parametrize("text", ["The dam\x00cracked.", ENGLISH + "\x00" + ENGLISH])
def test_nul_bytes_in_a_text_are_replaced_one_for_one_and_flagged(text: str) -> None:
    assert decode(text.encode()) == (text.replace("\x00", "\ufffd"), ("bad_encoding",))


@pytest.mark.parametrize(
    "raw",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + random.Random(1).randbytes(2000),
        b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\x3e\x00" + bytes(400),
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n",
        random.Random(2).randbytes(5000),
        bytes(100),
    ],
    ids=["png", "elf", "pdf", "random", "zeros"],
)
def test_binary_bytes_are_no_text(raw: bytes) -> None:
    assert decode(raw) is None


def test_a_character_cut_by_the_end_of_the_sample_does_not_change_the_encoding() -> None:
    text = "a" * (SAMPLE - 1) + "é" + "b" * 10
    assert encoding_of(text.encode()[:SAMPLE]) == "utf-8"
    assert decode(text.encode()) == (text, ())


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufeff")), st.integers(1, 7))
def test_a_stream_is_read_as_utf8_in_steps_of_any_size(text: str, step: int) -> None:
    stream = io.BufferedReader(Utf8Stream(io.BytesIO(text.encode("utf-16")), "utf-16"), buffer_size=step)
    assert stream.read().decode() == text
