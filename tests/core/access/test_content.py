"""What a file is by its bytes: real files, made here by the tools that make them."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import pytest

from zvonok_core.access import ENDS, ContentKind, content_kind


def archive(*names: str, filling: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, b"x" * filling)
    return out.getvalue()


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 1016
INSTALLER_ID = bytes.fromhex("84100c0000000000c000000000000046")
KINDS = {
    "exe": (b"MZ\x90\x00\x03", ContentKind.WINDOWS_PROGRAM),
    "lnk": (
        bytes.fromhex("4c0000000114020000000000c000000000000046") + b"\x9b",
        ContentKind.WINDOWS_SHORTCUT,
    ),
    "msi": (OLE + INSTALLER_ID, ContentKind.WINDOWS_INSTALLER),
    "doc": (OLE + b"Word.Document.8", ContentKind.OTHER),
    "mac": (bytes.fromhex("cffaedfe07000001"), ContentKind.MAC_PROGRAM),
    "old mac": (bytes.fromhex("feedface00000007"), ContentKind.MAC_PROGRAM),
    "universal mac": (bytes.fromhex("cafebabe00000002"), ContentKind.MAC_PROGRAM),
    "class": (bytes.fromhex("cafebabe00000034"), ContentKind.JAVA_PROGRAM),
    "dex": (b"dex\n035\0", ContentKind.ANDROID_PROGRAM),
    "apk": (archive("AndroidManifest.xml", "classes.dex"), ContentKind.ANDROID_PROGRAM),
    "jar": (archive("META-INF/MANIFEST.MF", "A.class"), ContentKind.JAVA_PROGRAM),
    "docx": (archive("[Content_Types].xml", "word/document.xml"), ContentKind.OTHER),
    "odt": (archive("mimetype", "META-INF/manifest.xml"), ContentKind.OTHER),
    "shell": (b"#!/bin/sh\nrm -rf /\n", ContentKind.SCRIPT),
    "batch": (b"\xef\xbb\xbf\r\n@ECHO OFF\r\ndel *\r\n", ContentKind.SCRIPT),
    "pdf": (b"%PDF-1.7\n", ContentKind.OTHER),
    "png": (b"\x89PNG\r\n\x1a\n", ContentKind.OTHER),
    "words": ("Домашнее задание: MZ, #! и @echo off".encode(), ContentKind.OTHER),
    "nothing": (b"", ContentKind.OTHER),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_file_is_told_by_what_is_inside(name: str) -> None:
    content, kind = KINDS[name]
    assert content_kind(content[:ENDS], content[-ENDS:]) is kind


def test_a_real_program_is_one() -> None:
    assert content_kind(Path(sys.executable).resolve().read_bytes()[:ENDS]) is ContentKind.LINUX_PROGRAM


def test_an_app_is_told_by_the_list_at_its_end_when_its_beginning_says_nothing() -> None:
    content = archive("res/a.png", "AndroidManifest.xml", filling=2 * ENDS)
    assert content_kind(content[:ENDS]) is ContentKind.OTHER
    assert content_kind(content[:ENDS], content[-ENDS:]) is ContentKind.ANDROID_PROGRAM


def test_every_kind_is_told_from_some_file() -> None:
    assert {kind for _, kind in KINDS.values()} | {ContentKind.LINUX_PROGRAM} == set(ContentKind)
