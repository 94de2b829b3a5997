"""Real files in real formats, made by the libraries that everybody uses."""

from __future__ import annotations

import array
import io
import math
from fractions import Fraction

import av
import docx
import openpyxl
import typst
from PIL import Image

SAMPLES = 48_000


def word_document(words: str = "Мой родной город") -> bytes:
    """A .docx."""
    document = docx.Document()
    document.add_paragraph(words)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def spreadsheet() -> bytes:
    """An .xlsx."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Опыт", 1])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pdf(words: str = "Мой родной город") -> bytes:
    """A .pdf."""
    made = typst.compile(words.encode(), format="pdf")
    assert isinstance(made, bytes)
    return made


def photo(kind: str = "JPEG", *, turned: bool = True) -> bytes:
    """A photo; `turned` as phones hold them: it says by its EXIF how it is to be turned."""
    image = Image.effect_noise((120, 80), 60).convert("RGB")
    exif = Image.Exif()
    if turned:
        exif[0x0112] = 6
    out = io.BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()


def voice_message(seconds: float = 1.0) -> bytes:
    """Opus in Ogg, as Element records it."""
    out = io.BytesIO()
    with av.open(out, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=SAMPLES)
        _tone(container, stream, seconds)
    return out.getvalue()


def recording(seconds: float = 1.0) -> bytes:
    """AAC in an .m4a, as phones record it."""
    out = io.BytesIO()
    with av.open(out, "w", format="ipod") as container:
        stream = container.add_stream("aac", rate=SAMPLES)
        _tone(container, stream, seconds)
    return out.getvalue()


def video(seconds: float = 1.0) -> bytes:
    """An .mp4."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(math.ceil(seconds * 10)):
            frame = av.VideoFrame(64, 48, "yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def _tone(container: av.container.OutputContainer, stream: av.AudioStream, seconds: float) -> None:
    for start in range(0, round(seconds * SAMPLES), 960):
        wave = array.array("h", (round(6000 * math.sin(at / 20)) for at in range(start, start + 960)))
        frame = av.AudioFrame(format="s16", layout="mono", samples=960)
        frame.planes[0].update(wave.tobytes())
        frame.sample_rate, frame.pts = SAMPLES, start
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
