"""Real recordings: what clients and phones make of a voice or a face, and files that only say
that they are recordings."""

from __future__ import annotations

import array
import io
import math
import struct
import wave
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import av

_RATE = 48_000
_PIECE = 960
WAVEFORM = [round(512 + 400 * math.sin(place / 3)) for place in range(60)]
"""As Element sends it beside a voice message."""


def sound(seconds: float, codec: str = "libopus", container: str = "ogg", **options: str) -> bytes:
    """A tone of this length."""
    file = io.BytesIO()
    with av.open(file, "w", format=container, options=options) as recording:
        stream = recording.add_stream(codec, rate=_RATE, layout="mono")  # type: ignore[call-overload]
        total = round(seconds * _RATE)
        for start in range(0, total, _PIECE):
            count = min(_PIECE, total - start)
            frame = av.AudioFrame("s16", "mono", count)
            wave = array.array("h", (int(8_000 * math.sin((start + n) / 20)) for n in range(count))).tobytes()
            plane = frame.planes[0]
            plane.update(wave + bytes(plane.buffer_size - len(wave)))
            frame.sample_rate, frame.pts, frame.time_base = _RATE, start, Fraction(1, _RATE)
            recording.mux(stream.encode(frame))
        recording.mux(stream.encode(None))
    return file.getvalue()


def film(seconds: float, codec: str = "libx264", container: str = "mp4", **options: str) -> bytes:
    """A silent picture that changes ten times a second."""
    with TemporaryDirectory() as folder:  # some ways of writing read the file again
        file = Path(folder) / "film"
        _write_film(file, seconds, codec, container, options)
        return file.read_bytes()


def _write_film(file: Path, seconds: float, codec: str, container: str, options: dict[str, str]) -> None:
    with av.open(str(file), "w", format=container, options=options) as recording:
        stream = recording.add_stream(codec, rate=10)  # type: ignore[call-overload]
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for place in range(round(seconds * 10)):
            frame = av.VideoFrame(64, 48, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([place % 256]) * plane.buffer_size)
            frame.pts, frame.time_base = place, Fraction(1, 10)
            recording.mux(stream.encode(frame))
        recording.mux(stream.encode(None))


def silence(seconds: float) -> bytes:
    """A wav in which nothing is heard; made in no time, however long it is."""
    file = io.BytesIO()
    with wave.open(file, "wb") as recording:
        recording.setparams((1, 1, 8_000, 0, "NONE", ""))
        recording.writeframes(bytes([128]) * round(8_000 * seconds))
    return file.getvalue()


def saying(recording: bytes, seconds: float) -> bytes:
    """An m4a, mp4, mov or webm whose header says another length."""
    lying = bytearray(recording)
    if lying[4:8] == b"ftyp":
        for box, place in ((b"mvhd", 20), (b"tkhd", 24)):
            start = lying.index(box) + place
            lying[start : start + 4] = struct.pack(">I", round(seconds * 1000))
    else:
        start = lying.index(b"\x44\x89\x88") + 3
        lying[start : start + 8] = struct.pack(">d", seconds * 1000)
    return bytes(lying)


def without_progress(opus: bytes) -> bytes:
    """An Ogg file whose pages say that no time passes."""
    lying, start = bytearray(opus), 0
    while start < len(lying):
        segments = lying[start + 26]
        size = 27 + segments + sum(lying[start + 27 : start + 27 + segments])
        lying[start + 6 : start + 14] = bytes(8)
        lying[start + 22 : start + 26] = bytes(4)
        lying[start + 22 : start + 26] = struct.pack("<I", _checksum(lying[start : start + size]))
        start += size
    return bytes(lying)


def crowded(blocks: int) -> bytes:
    """A webm of so many blocks, each of one byte, seven bytes of file a block."""
    head = film(0.1, "libvpx", "webm", live="1")
    cluster = b"\x1f\x43\xb6\x75"
    return (
        head[: head.index(cluster)]
        + cluster
        + b"\x01"
        + b"\xff" * 7
        + b"\xe7\x81\x00"
        + b"\xa3\x85\x81\x00\x01\x80\x00" * blocks
    )


def with_many_samples(count: int) -> bytes:
    """An mp4 of a few kilobytes whose tables say that it has so many frames."""
    lying = bytearray(film(1))
    for box, place, values in ((b"stsz", 8, (1, count)), (b"stts", 12, (count,)), (b"stsc", 16, (count,))):
        start = lying.index(box) + place
        lying[start : start + 4 * len(values)] = struct.pack(f">{len(values)}I", *values)
    return bytes(lying)


def _checksum(page: bytes | bytearray) -> int:
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = ((value << 1) ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
    return value
