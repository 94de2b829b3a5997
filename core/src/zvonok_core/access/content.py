"""What a file is by its bytes, whatever its name or its sender say.

Only what a school has reason to refuse is told apart: programs, and what starts them. It
keeps them out of chats, and is no virus scanner: what is inside an archive is not seen.
"""

from __future__ import annotations

from enum import StrEnum

ENDS = 65536
"""So many bytes of a file's beginning, and of its end, are enough."""


class ContentKind(StrEnum):
    """Kinds that can be refused; everything else is OTHER."""

    WINDOWS_PROGRAM = "windows_program"
    WINDOWS_INSTALLER = "windows_installer"
    WINDOWS_SHORTCUT = "windows_shortcut"
    LINUX_PROGRAM = "linux_program"
    MAC_PROGRAM = "mac_program"
    ANDROID_PROGRAM = "android_program"
    JAVA_PROGRAM = "java_program"
    SCRIPT = "script"
    OTHER = "other"


_BEGINNINGS = (
    (b"MZ", ContentKind.WINDOWS_PROGRAM),
    (bytes.fromhex("4c000000 01140200 00000000 c0000000 00000046"), ContentKind.WINDOWS_SHORTCUT),
    (b"\x7fELF", ContentKind.LINUX_PROGRAM),
    (bytes.fromhex("feedface"), ContentKind.MAC_PROGRAM),
    (bytes.fromhex("feedfacf"), ContentKind.MAC_PROGRAM),
    (bytes.fromhex("cefaedfe"), ContentKind.MAC_PROGRAM),
    (bytes.fromhex("cffaedfe"), ContentKind.MAC_PROGRAM),
    (b"dex\n", ContentKind.ANDROID_PROGRAM),
    (b"#!", ContentKind.SCRIPT),
)
_JAVA_OR_MAC = bytes.fromhex("cafebabe")
_FEWEST_JAVA_VERSION = 40
"""A class file has its version where a universal Mac program counts its parts."""
_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0 a1b11ae1")
_INSTALLER_ID = bytes.fromhex("84100c00 00000000 c0000000 00000046")
_BATCH = b"@echo off"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def content_kind(head: bytes, tail: bytes = b"") -> ContentKind:
    """The kind of a file by its first and last `ENDS` bytes."""
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head.startswith(_JAVA_OR_MAC):
        few = int.from_bytes(head[4:8]) < _FEWEST_JAVA_VERSION
        return ContentKind.MAC_PROGRAM if few else ContentKind.JAVA_PROGRAM
    if head.startswith(_ZIP):
        return _kind_of_zip(head + tail)
    if head.startswith(_OLE) and _INSTALLER_ID in head + tail:
        return ContentKind.WINDOWS_INSTALLER
    if head.removeprefix(_BYTE_ORDER_MARK).lstrip()[: len(_BATCH)].lower() == _BATCH:
        return ContentKind.SCRIPT
    return ContentKind.OTHER


def _kind_of_zip(ends: bytes) -> ContentKind:
    if b"AndroidManifest.xml" in ends:
        return ContentKind.ANDROID_PROGRAM
    if b"META-INF/MANIFEST.MF" in ends:
        return ContentKind.JAVA_PROGRAM
    return ContentKind.OTHER
