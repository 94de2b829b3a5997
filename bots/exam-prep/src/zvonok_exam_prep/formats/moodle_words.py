"""Words as Moodle keeps them, HTML with formulas in \\( … \\), and as tasks keep them. Pure."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from zvonok_exam_prep.formulas import pieces_as_written

_TEX = re.compile(r"(\\\(|\\\)|\\\[|\\\]|\$\$)")
_CLOSED_BY = {"\\(": "\\)", "\\[": "\\]", "$$": "$$"}
_NAMES = "p|br|div|span|b|i|u|em|strong|sup|sub|ul|ol|li|img|table|tr|td|th|tbody|a|h[1-6]|pre|blockquote|code|script|style"
_KNOWN = re.compile(rf"</?(?:{_NAMES})\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(rf"(</?(?:{_NAMES})\b[^<>]*>)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(src|alt)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_BLOCKS = re.compile("p|div|li|tr|ul|ol|table|h[1-6]|pre|blockquote")
_HIDDEN = {"script", "style"}


@dataclass(slots=True)
class Words:
    """What a text says, and the sources of its pictures with what stands for them."""

    words: str
    pictures: list[tuple[str, str]] = field(default_factory=list)


def from_html(text: str) -> Words:
    """HTML as words; what is no markup that people write stays as it is. Goes over the text
    once, which no parser of the standard library promises."""
    before, *commented = text.split("<!--")
    text = before + "".join(part.partition("-->")[2] for part in commented)
    page = _Page()
    for place, part in enumerate(_TAG.split(text)):
        if place % 2:
            page.tag(part)
        else:
            page.text(html.unescape(part))
    lines = ("".join(page.out)).split("\n")
    words = "\n".join(re.sub(" {2,}", " ", line).strip() for line in lines)
    return Words(_with_dollars(re.sub("\n{3,}", "\n\n", words).strip()), page.pictures)


def from_plain(text: str) -> Words:
    """Text that says of itself that it has no markup."""
    return Words(_with_dollars(text))


def from_either(text: str) -> Words:
    """Text that may have markup, as people type it into Moodle."""
    return from_html(text.replace("\n", "<br>")) if _KNOWN.search(text) else from_plain(text)


def to_html(words: str) -> str:
    """Words as HTML, formulas as Moodle shows them."""
    return html.escape(to_line(words), quote=False).replace("\n", "<br>")


def image(source: str, alt: str) -> str:
    """A picture in HTML."""
    return f'<br><img src="{html.escape(source)}" alt="{html.escape(alt)}">'


def to_line(words: str) -> str:
    """Words where Moodle takes no markup."""
    parts = pieces_as_written(words)
    shown = (f"\\({part}\\)" if place % 2 else part.replace("\\$", "$") for place, part in enumerate(parts))
    return "".join(shown)


def _with_dollars(text: str) -> str:
    parts = _TEX.split(text)
    out, place = [], 0
    while place < len(parts):
        close = _CLOSED_BY.get(parts[place])
        if close and parts[place + 2 : place + 3] == [close] and parts[place + 1].strip():
            out.append(f"${parts[place + 1].strip()}$")
            place += 3
        else:
            out.append(parts[place].replace("$", "\\$"))
            place += 1
    return "".join(out)


class _Page:
    """The words of a page so far."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.pictures: list[tuple[str, str]] = []
        self.hidden = False

    def text(self, text: str) -> None:
        shown = re.sub(r"[ \t\n\xa0]+", " ", text)
        at_begin = not self.out or self.out[-1].endswith("\n")
        if not self.hidden and (shown.strip() or (shown and not at_begin)):
            self.out.append(shown)

    def tag(self, tag: str) -> None:
        name = tag.strip("</>").split(None, 1)[0].rstrip("/").lower()
        if name in _HIDDEN:
            self.hidden = not tag.startswith("</")
        elif _BLOCKS.fullmatch(name):
            if self.out and not self.out[-1].endswith("\n"):
                self.out.append("\n")
        elif name == "br":
            self.out.append("\n")
        elif name in ("td", "th"):
            self.out.append(" ")
        elif name in ("sup", "sub"):
            self.out.append("}\\)" if tag.startswith("</") else "\\(^{" if name == "sup" else "\\(_{")
        elif name == "img":
            given = {key.lower(): html.unescape(one or other) for key, one, other in _ATTRIBUTE.findall(tag)}
            self.pictures.append((given.get("src", ""), given.get("alt", "")))
