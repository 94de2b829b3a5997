"""The length of a recording, read from the recording itself."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil
import pytest
from support.recordings import crowded, film, saying, sound, with_many_samples, without_progress
from support.waiting import eventually

from zvonok_core.errors import UserError
from zvonok_creative_homework.measuring import measure
from zvonok_creative_homework.packets import reader_for

STRANGE = "I find neither sound nor video"
DAMAGED = "This recording breaks off or is damaged"


async def length(folder: Path, recording: bytes) -> float:
    file = folder / "recording"
    file.write_bytes(recording)
    return await measure(file)


@pytest.mark.parametrize(
    ("codec", "container"),
    [
        ("libopus", "ogg"),  # Element
        ("aac", "ipod"),  # m4a: FluffyChat, iOS
        ("libopus", "webm"),  # browsers
        ("pcm_s16le", "wav"),
        ("libmp3lame", "mp3"),
    ],
)
async def test_sound_is_as_long_as_it_is_heard(tmp_path: Path, codec: str, container: str) -> None:
    assert await length(tmp_path, sound(3.5, codec, container)) == pytest.approx(3.5, abs=0.05)


@pytest.mark.parametrize(
    ("codec", "container", "options"),
    [
        ("libx264", "mp4", {}),
        ("libx264", "mp4", {"movflags": "faststart"}),
        ("libx264", "mov", {}),
        ("libvpx", "webm", {}),
        ("libvpx", "webm", {"live": "1"}),  # a browser that records says no length at all
    ],
)
async def test_a_film_is_as_long_as_it_is_seen(
    tmp_path: Path, codec: str, container: str, options: dict[str, str]
) -> None:
    assert await length(tmp_path, film(61.5, codec, container, **options)) == pytest.approx(61.5, abs=0.05)


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param(saying(sound(4, "aac", "ipod"), 1), id="m4a says less"),
        pytest.param(saying(sound(4, "aac", "ipod"), 4_000), id="m4a says more"),
        pytest.param(saying(film(4), 1), id="mp4 says less"),
        pytest.param(saying(film(4, "libvpx", "webm"), 0.1), id="webm says less"),
        pytest.param(without_progress(sound(4)), id="ogg says that no time passes"),
    ],
)
async def test_a_header_that_lies_is_not_believed(tmp_path: Path, lie: bytes) -> None:
    assert await length(tmp_path, lie) == pytest.approx(4, abs=0.1)


async def test_what_was_cut_off_is_as_long_as_what_is_left_or_called_damaged(tmp_path: Path) -> None:
    for whole in (sound(4), sound(4, "libopus", "webm"), sound(4, "libmp3lame", "mp3")):
        assert 1 < await length(tmp_path, whole[: len(whole) // 2]) < 3
    for whole in (sound(4, "aac", "ipod"), film(4), film(4, movflags="faststart")):
        with pytest.raises(UserError, match=DAMAGED):
            await length(tmp_path, whole[: len(whole) * 6 // 10])


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (STRANGE, b""),
        (STRANGE, b"Og"),
        (STRANGE, "Почему небо голубое".encode() * 100),
        (STRANGE, b"PK\x03\x04" + sound(1)),
        (STRANGE, b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n"),
        (STRANGE, b"ffconcat version 1.0\nfile /etc/passwd\n"),
        (STRANGE, b"\x89PNG\r\n\x1a\n" + bytes(100)),
        (DAMAGED, b"OggS" + bytes(range(256)) * 20),
        (DAMAGED, b"ID3" + bytes(range(256)) * 200),
        (DAMAGED, b"\xff\xfb" + bytes(range(256)) * 200),
        (DAMAGED, b"\0\0\0\x20ftypisom" + bytes(range(256)) * 200),
        (DAMAGED, b"\x1a\x45\xdf\xa3" + bytes(range(256)) * 200),
        (DAMAGED, b"RIFF\xff\xff\xff\xffWAVE" + bytes(range(256)) * 200),
        (DAMAGED, with_many_samples(30_000_000)),
        (DAMAGED, with_many_samples(2**31 - 1)),
    ],
    ids=range(15),
)
async def test_what_is_no_recording_gets_a_sentence(tmp_path: Path, words: str, what: bytes) -> None:
    with pytest.raises(UserError, match=words):
        await length(tmp_path, what)


async def test_what_else_hangs_on_a_recording_does_not_count(tmp_path: Path) -> None:
    both = sound(2) + b"PK\x03\x04" + b"<script>alert(1)</script>" * 100
    assert await length(tmp_path, both) == pytest.approx(2, abs=0.05)


async def test_a_file_of_endless_packets_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=DAMAGED):
        await length(tmp_path, crowded(10_000_000))  # 70 MB


async def test_whoever_waits_no_longer_leaves_no_process_behind(tmp_path: Path) -> None:
    file = tmp_path / "recording"
    file.write_bytes(crowded(10_000_000))
    waiting = asyncio.create_task(measure(file))
    child = await eventually(lambda: child_with(str(file)))
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(3):  # by itself it would go on for longer
            await waiting
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def child_with(argument: str) -> psutil.Process | None:
    """A process of this one's that was given this argument."""
    return next((child for child in psutil.Process().children() if argument in child.cmdline()), None)


@pytest.mark.parametrize(
    ("begins", "reader"),
    [
        (b"OggS", "ogg"),
        (b"\0\0\0\x1cftypM4A ", "mov"),
        (b"\0\0\0\x14ftypqt  ", "mov"),
        (b"\x1a\x45\xdf\xa3", "matroska"),
        (b"RIFF....WAVE", "wav"),
        (b"RIFF....AVI ", None),
        (b"ID3\x04", "mp3"),
        (b"\xff\xfb\x90", "mp3"),
        (b"\xff\xf3", "mp3"),
        (b"\xff\xd8\xff\xe0", None),  # a JPEG
        (b"\xff", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_first_bytes_say(begins: bytes, reader: str | None) -> None:
    assert reader_for(begins) == reader
