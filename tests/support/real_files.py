"""Real documents and photos, made by the libraries that everybody uses; `recordings` makes sound
and film."""

from __future__ import annotations

import io

import docx
import openpyxl
import typst
from PIL import Image


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
