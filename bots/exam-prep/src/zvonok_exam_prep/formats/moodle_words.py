"""Words as Moodle keeps them, HTML with formulas in \\( … \\), and as tasks keep them. Pure."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from zvonok_exam_prep.formulas import pieces_as_written

LONGEST = 40_000
"""Letters of one text that is looked at for markup; no task is as long."""
_TEX = re.compile(r"\\\((.{1,1000}?)\\\)|\\\[(.{1,1000}?)\\\]|\$\$(.{1,1000}?)\$\$", re.DOTALL)
_KNOWN = re.compile(r"</?(?:p|br|div|span|b|i|u|em|strong|sup|sub|ul|ol|li|img|table|tr|td|th|tbody|a|h\d)\b[^<>]{0,2000}>", re.IGNORECASE)  # fmt: skip
_BLOCKS = {
    "p",
    "div",
    "li",
    "tr",
    "ul",
    "ol",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "pre",
    "blockquote",
}
_HIDDEN = {"script", "style", "head"}


@dataclass(slots=True)
class Words:
    """What a text says, and the sources of its pictures with what stands for them."""

    words: str
    pictures: list[tuple[str, str]] = field(default_factory=list)


def from_html(text: str) -> Words:
    """HTML as words; what is no markup that people write stays as it is."""
    if len(text) > LONGEST:
        return Words(text)
    parser = _Parser()
    parser.feed(text)
    parser.close()
    lines = (" ".join(line.split(" ")) for line in "".join(parser.out).split("\n"))
    words = "\n".join(re.sub(" {2,}", " ", line).strip() for line in lines)
    return Words(_with_dollars(re.sub("\n{3,}", "\n\n", words).strip()), parser.pictures)


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
    if len(text) > LONGEST:
        return text
    out, begin = [], 0
    for found in _TEX.finditer(text):
        out += [
            text[begin : found.start()].replace("$", "\\$"),
            f"${(found[1] or found[2] or found[3]).strip()}$",
        ]
        begin = found.end()
    return "".join([*out, text[begin:].replace("$", "\\$")])


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.pictures: list[tuple[str, str]] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _HIDDEN:
            self.hidden += 1
        elif tag == "br":
            self.out.append("\n")
        elif tag in _BLOCKS:
            self._line()
        elif tag in ("td", "th"):
            self.out.append(" ")
        elif tag == "img":
            self.pictures.append((given.get("src", ""), given.get("alt", "")))
        elif tag in ("sup", "sub"):
            self.out.append("\\(^{" if tag == "sup" else "\\(_{")
        elif not _KNOWN.fullmatch(f"<{tag}>"):
            self.out.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        elif tag in _BLOCKS:
            self._line()
        elif tag in ("sup", "sub"):
            self.out.append("}\\)")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.out.append(re.sub(r"[ \t\n\xa0]+", " ", data))

    def _line(self) -> None:
        if self.out and not self.out[-1].endswith("\n"):
            self.out.append("\n")
