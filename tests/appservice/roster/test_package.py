"""Zips and folders that a journal comes in, and those that nobody should open."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zvonok_appservice.roster import package
from zvonok_appservice.roster.findings import Findings
from zvonok_appservice.roster.package import MEBIBYTE, fingerprint, read_package
from zvonok_appservice.roster.source import Severity
from zvonok_core.errors import TemporaryError


def is_csv(name: str) -> bool:
    return name.endswith(".csv")


def packed(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content, method)
    return stream.getvalue()


def refusal(path: Path) -> str:
    """Why a package is refused; it has to be."""
    findings = Findings()
    assert read_package(path, is_csv, findings) is None
    (finding,) = findings.all()
    assert finding.severity is Severity.FATAL
    assert finding.file == path.name
    return str(finding.text)


def zip_at(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "export.zip"
    path.write_bytes(content)
    return path


def test_a_zip_and_a_folder_hold_the_same(tmp_path: Path) -> None:
    files = {"a.csv": b"1", "b.csv": b"2"}
    folder = tmp_path / "export"
    folder.mkdir()
    for name, content in {**files, "notes.txt": b"no"}.items():
        (folder / name).write_bytes(content)
    (folder / "inner").mkdir()
    archive = zip_at(tmp_path, packed(*files.items(), ("notes.txt", b"no"), ("__MACOSX/._a.csv", b"x")))
    for path in (folder, archive):
        findings = Findings()
        assert read_package(path, is_csv, findings) == files
        assert findings.all() == ()


@pytest.mark.parametrize(
    "name",
    ["../a.csv", "/a.csv", "x/../../a.csv", "..\\a.csv", "C:a.csv", "C:\\a.csv", "a.csv\x00.txt", "a\n.csv"],
)
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    plain = "N" * len(name.encode())
    content = packed((plain, b"1")).replace(plain.encode(), name.encode())
    assert "leads out" in refusal(zip_at(tmp_path, content))


def test_files_in_a_folder_inside_are_refused(tmp_path: Path) -> None:
    assert "at the root" in refusal(zip_at(tmp_path, packed(("export/", b""), ("export/a.csv", b"1"))))


def test_links_are_refused(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("a.csv")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "link" in refusal(zip_at(tmp_path, packed((entry, b"/etc/passwd"))))
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.csv").symlink_to("/etc/hostname")
    assert "link" in refusal(folder)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_a_name_are_refused(tmp_path: Path) -> None:
    assert "two files" in refusal(zip_at(tmp_path, packed(("a.csv", b"1"), ("a.csv", b"2"))))


def test_a_bomb_is_refused_whatever_its_headers_say(tmp_path: Path) -> None:
    size = 64 * MEBIBYTE
    content = packed(("a.csv", bytes(size)))
    assert len(content) < MEBIBYTE // 4
    assert "far more" in refusal(zip_at(tmp_path, content))
    lying = content.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lying != content
    refusal(zip_at(tmp_path, lying))


def test_many_small_files_that_are_a_bomb_together_are_refused(tmp_path: Path) -> None:
    content = packed(*((f"{n}.csv", bytes(MEBIBYTE)) for n in range(40)))
    assert "far more" in refusal(zip_at(tmp_path, content))


def test_too_many_files_are_refused_before_they_are_listed(tmp_path: Path) -> None:
    assert "more files" in refusal(zip_at(tmp_path, packed(*((f"{n}.csv", b"") for n in range(201)))))
    crowd = packed(*((f"{n:05}" + "x" * 60, b"") for n in range(12_000)), method=zipfile.ZIP_STORED)
    assert "more files" in refusal(zip_at(tmp_path, crowd))


def test_a_directory_as_long_as_of_a_million_files_is_not_read(tmp_path: Path) -> None:
    entries = []
    for number in range(20):
        entry = zipfile.ZipInfo(f"{number}.csv")
        entry.comment = b"x" * 60_000
        entries.append((entry, b""))
    assert "more files" in refusal(zip_at(tmp_path, packed(*entries)))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packing_that_cannot_be_bounded_is_refused(tmp_path: Path, method: int) -> None:
    assert "unusual" in refusal(zip_at(tmp_path, packed(("a.csv", b"1"), method=method)))


def test_a_password_is_refused(tmp_path: Path) -> None:
    content = bytearray(packed(("a.csv", b"1")))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert "password" in refusal(zip_at(tmp_path, bytes(content)))


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    whole = packed(("a.csv", b"sourcedId" * 500), method=zipfile.ZIP_STORED)
    for broken in (b"", b"PK", b"sourcedId,name\n", whole[:-30], whole.replace(b"Id", b"iD")):
        assert "damaged" in refusal(zip_at(tmp_path, broken))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_garbage_raises(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    content = bytearray(packed(("a.csv", b"sourcedId" * 50), ("b.csv", b"2")))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = zip_at(tmp_path_factory.mktemp("garbage"), bytes(content))
    findings = Findings()
    assert (read_package(path, is_csv, findings) is None) == findings.fatal_found


def test_what_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    huge = tmp_path / "export.zip"
    with huge.open("wb") as stream:
        stream.truncate(package.MOST_BYTES + 1)
    assert "larger than" in refusal(huge)
    folder = tmp_path / "folder"
    folder.mkdir()
    huge.rename(folder / "a.csv")
    assert "larger than" in refusal(folder)


def test_a_journal_that_is_away_is_no_fault_of_its_content(tmp_path: Path) -> None:
    with pytest.raises(TemporaryError):
        read_package(tmp_path / "nowhere.zip", is_csv, Findings())
    with pytest.raises(TemporaryError):
        fingerprint(tmp_path / "nowhere.zip", is_csv)


def test_the_fingerprint_is_of_names_and_contents(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    seen = {fingerprint(folder, is_csv)}
    for name, content in (("a.csv", b"1"), ("a.csv", b"2"), ("b.csv", b"1")):
        (folder / name).write_bytes(content)
        seen.add(fingerprint(folder, is_csv))
    assert len(seen) == 4
    (folder / "notes.txt").write_bytes(b"not ours")
    assert fingerprint(folder, is_csv) in seen
    archive = zip_at(tmp_path, packed(("a.csv", b"1")))
    before = fingerprint(archive, is_csv)
    assert before == fingerprint(archive, is_csv)
    archive.write_bytes(packed(("a.csv", b"2")))
    assert fingerprint(archive, is_csv) != before


def test_names_from_russian_windows_are_read(tmp_path: Path) -> None:
    content = packed(("XXXXX.csv", b"1")).replace(b"XXXXX", "класс".encode("cp866"))
    assert read_package(zip_at(tmp_path, content), is_csv, Findings()) == {"класс.csv": b"1"}
