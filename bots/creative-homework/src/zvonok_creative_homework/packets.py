"""How long a recording is, by walking through all of its packets: a program that lives for one
file, `python -I -m zvonok_creative_homework.packets FILE`.

Files are whatever a child, or somebody at a child's phone, has sent; a media library is large
and may stumble over what was made for that. So it has a process of its own, with little memory
and time, which can write nothing. Nothing is decoded. What a file is its first bytes say, never
its name, and no other reader of FFmpeg's gets to see it: some would open further files and
addresses that it names.
"""

from __future__ import annotations

import json
import math
import resource
import sys
from pathlib import Path
from typing import Literal, TypedDict

MEMORY = 512 << 20
"""Bytes of address space; an honest file takes a quarter of it."""
PROCESSOR_SECONDS = 5
"""Millions of packets; an hour of sound takes less than one second."""

Fault = Literal["", "strange", "damaged"]


class Found(TypedDict):
    """What is printed, as JSON."""

    seconds: float
    fault: Fault


def reader_for(begins: bytes) -> str | None:
    """FFmpeg's reader for a file that begins so; None for what is no recording."""
    if begins.startswith(b"OggS"):
        return "ogg"
    if begins[4:8] == b"ftyp":  # m4a, mp4, mov, 3gp
        return "mov"
    if begins.startswith(b"\x1a\x45\xdf\xa3"):  # webm
        return "matroska"
    if begins.startswith(b"RIFF") and begins[8:12] == b"WAVE":
        return "wav"
    if begins.startswith(b"ID3") or (begins[:1] == b"\xff" and begins[1:2] and begins[1] & 0xE6 == 0xE2):
        return "mp3"
    return None


def walk(path: Path) -> Found:
    """The seconds from the first to the last moment of sound or picture. Where the timestamps
    of the sound say less than its packets hold, the packets count."""
    import av  # within the limits

    with path.open("rb") as file:
        reader = reader_for(file.read(12))
    if reader is None:
        return {"seconds": 0, "fault": "strange"}
    begin, end, sounding = math.inf, 0.0, dict[int, float]()
    try:
        with av.open(f"file:{path}", format=reader, options={"protocol_whitelist": "file"}) as recording:
            cover = av.stream.Disposition.attached_pic
            streams = [
                stream
                for stream in recording.streams
                if stream.type in ("audio", "video") and not stream.disposition & cover
            ]
            for packet in recording.demux(streams) if streams else ():
                # Whoever writes sound as it comes can't know its size, so the last piece is short.
                if packet.is_corrupt and reader != "wav":
                    return {"seconds": 0, "fault": "damaged"}
                if packet.pts is None or packet.time_base is None or packet.is_discard:
                    continue
                at, lasts = float(packet.pts * packet.time_base), float(packet.duration or 0)
                lasts *= float(packet.time_base)
                begin, end = min(begin, at), max(end, at + lasts)
                if packet.stream.type == "audio":
                    sounding[packet.stream.index] = sounding.get(packet.stream.index, 0.0) + lasts
    except (av.FFmpegError, MemoryError):
        return {"seconds": 0, "fault": "damaged"}
    # What comes before zero is there for the decoder, and not heard.
    seconds = max([0.0, end - max(begin, 0.0), *sounding.values()])
    return {"seconds": seconds, "fault": "" if seconds > 0 else "damaged"}


def limit() -> None:
    """Take from this process all that it does not need."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    for what in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(what, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))


if __name__ == "__main__":
    limit()
    sys.stdout.write(json.dumps(walk(Path(sys.argv[1]))))
