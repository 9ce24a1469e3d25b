"""Bytes to text: a byte-order mark, else UTF-8, else the likeliest legacy encoding."""

from __future__ import annotations

import codecs
import io
from typing import Any, BinaryIO

from framelens.data.documents import clean

SAMPLE = 65_536
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = bytes([*range(9), *range(14, 27), *range(28, 32), 127])


def encoding_of(sample: bytes) -> str | None:
    """Name the encoding of text that begins with ``sample`` (64 KiB are enough), or None if it is not text."""
    if sample.startswith(b"%PDF-"):
        return None
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding
    if sample.count(0) > 0.2 * len(sample):
        encoding = "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
        return encoding if _readable(sample.decode(encoding, errors="replace")) else None
    # One or two are damage even where the text is short.
    if len(sample) - len(sample.translate(None, _CONTROL)) > max(2, 0.02 * len(sample)):
        return None
    # A sample may end within a character; that alone does not make it broken.
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(sample, final=len(sample) < SAMPLE)
    if text.count("\ufffd") > sum(character > "\x7f" for character in text) / 2:
        from charset_normalizer import from_bytes

        matches = from_bytes(sample)
        best = matches.best()
        # Many encodings read a short Western text without a fault; the web's default is the likeliest of them.
        if best and any(match.encoding == "cp1252" and match.chaos <= best.chaos for match in matches):
            return "cp1252"
        return best.encoding if best else "utf-8"
    return "utf-8"


def decode(raw: bytes) -> tuple[str, tuple[str, ...]] | None:
    """Decode text of unknown encoding.

    :returns: the text and its flags (``bad_encoding`` where the encoding had to be guessed or a byte
        could not be decoded), or None where the bytes are not text.
    """
    encoding = encoding_of(raw[:SAMPLE])
    if encoding is None:
        return None
    try:
        text, broken = raw.decode(encoding), not encoding.startswith("utf")
    except UnicodeDecodeError:
        text, broken = raw.decode(encoding, errors="replace"), True
    return clean(text, ("bad_encoding",) if broken else ())


class Utf8Stream(io.RawIOBase):
    """A stream of text in any encoding, read as UTF-8; what cannot be decoded becomes U+FFFD."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            raw = self._stream.read(SAMPLE)
            self._ready = self._decoder.decode(raw, final=not raw).replace("\x00", "\ufffd").encode("utf-8", "replace")
            if not raw and not self._ready:
                return 0
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count


def _readable(text: str) -> bool:
    letters = sum(character.isalnum() or character.isspace() for character in text)
    return letters > 0.6 * len(text) and "\x00" not in text
