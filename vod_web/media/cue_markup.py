"""What remains of the markup in a caption? What WebVTT and every player understand: bold, italic, underlined.

Pure. Everything else that looks like markup is dropped, and all other text is escaped, so that nothing that a file says
can become an element, end its cue or begin another.
"""

import html
import re

from .webvtt import LONGEST_TEXT

KEPT_TAGS = frozenset({"b", "i", "u"})
KNOWN_TAGS = KEPT_TAGS | {"s", "c", "v", "lang", "ruby", "rt", "font", "span", "p", "div", "em", "strong", "br"}
"""What files mean as markup; anything else in angle brackets is text."""

MOST_WITH_MARKUP = 16 * LONGEST_TEXT
"""So much of a cue is looked at: what comes later is not shown."""

_TAG = re.compile(r"<(/?)([A-Za-z]+)(?:[.\s/][^<>]*)?>|<[\d:.]+>|\{\\[^{}]*\}")
"""A tag, a time inside of a cue, or a style of SubStation that SubRip files borrow."""
_ENTITY = re.compile(r"&(amp|lt|gt|nbsp|lrm|rlm|quot|apos|#39|#34);")
_ENTITIES = {
    "amp": "&",
    "lt": "<",
    "gt": ">",
    "nbsp": "\u00a0",
    "lrm": "\u200e",
    "rlm": "\u200f",
    "quot": '"',
    "apos": "'",
    "#39": "'",
    "#34": '"',
}
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_OVERRIDES = re.compile(r"\{([^{}]*)\}")
_TOGGLE = re.compile(r"\\([biu])(\d*)(?![a-z(])")
_DRAWING = re.compile(r"\\p(\d+)")
_ALIGNMENT = re.compile(r"\\(an?)(\d+)")
_RESET = re.compile(r"\\r(?![a-z])")


class Payload:
    """Collects the text of one cue, with its tags balanced."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open: list[str] = []
        self._length = 0

    def write(self, text: str) -> None:
        """Add plain text."""
        text = _CONTROLS.sub("", text.replace("\t", " "))[: LONGEST_TEXT - self._length]
        self._length += len(text)
        self._parts.append(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))

    def begin(self, tag: str) -> None:
        """From here on bold, italic or underlined."""
        if tag not in self._open:
            self._open.append(tag)
            self._parts.append(f"<{tag}>")

    def end(self, tag: str) -> None:
        """No longer; tags that began inside begin again."""
        if tag not in self._open:
            return
        place = self._open.index(tag)
        inside = self._open[place + 1 :]
        self._parts += [f"</{name}>" for name in reversed(self._open[place:])]
        self._open[place:] = inside
        self._parts += [f"<{name}>" for name in inside]

    def finish(self) -> str:
        """The text, without empty lines: they would end the cue."""
        for tag in reversed(self._open):
            self._parts.append(f"</{tag}>")
        self._open = []
        lines = (line.strip() for line in "".join(self._parts).split("\n"))
        text = "\n".join(line for line in lines if re.sub(r"</?[biu]>", "", line).strip())
        return re.sub(r"<([biu])></\1>", "", text)


def clean_html(text: str) -> tuple[str, bool]:
    """The text of a cue of SubRip or WebVTT as WebVTT, and whether it wants to be at the top."""
    payload, position, text = Payload(), 0, text[:MOST_WITH_MARKUP]
    for match in _TAG.finditer(text):
        name = (match[2] or "").lower()
        if match[2] and name not in KNOWN_TAGS:
            continue
        payload.write(_unescape(text[position : match.start()]))
        position = match.end()
        if name == "br":
            payload.write("\n")
        elif name in KEPT_TAGS:
            (payload.end if match[1] else payload.begin)(name)
    payload.write(_unescape(text[position:]))
    return payload.finish(), _is_top(text)


def _unescape(text: str) -> str:
    return _ENTITY.sub(lambda match: _ENTITIES[match[1]], text)


def _is_top(text: str) -> bool:
    return re.search(r"\{\\an[789]", text) is not None


def plain_text(text: str) -> str:
    """The text of a clean cue without any markup."""
    return html.unescape(re.sub(r"</?[biu]>", "", text))


def clean_substation(text: str, *, is_bold: bool, is_italic: bool, is_top: bool) -> tuple[str, bool]:
    """The text of an event of SubStation as WebVTT, and whether it is at the top; the style says where it begins.

    Drawings are no text.
    """
    payload, position, is_drawing = Payload(), 0, False
    text = text[:MOST_WITH_MARKUP]
    styled = {"b": is_bold, "i": is_italic}
    _apply(payload, styled)
    for match in _OVERRIDES.finditer(text):
        if not is_drawing:
            payload.write(_unfold(text[position : match.start()]))
        position, override = match.end(), match[1]
        drawing = _DRAWING.findall(override)
        is_drawing = int(drawing[-1]) > 0 if drawing else is_drawing
        is_top = _read_top(override, is_top)
        if _RESET.search(override):
            _apply(payload, {"u": False} | styled)
        # weights of 100 to 900 are bold from 600 on
        _apply(
            payload, {tag: int(value or 0) == 1 or int(value or 0) >= 600 for tag, value in _TOGGLE.findall(override)}
        )
    if not is_drawing:
        payload.write(_unfold(text[position:]))
    return payload.finish(), is_top


def _apply(payload: Payload, styles: dict[str, bool]) -> None:
    for tag, is_on in styles.items():
        (payload.begin if is_on else payload.end)(tag)


def _read_top(override: str, is_top: bool) -> bool:
    """`\\an7` to `\\an9` are at the top; in the old way of counting, `\\a5` to `\\a7`."""
    for name, number in _ALIGNMENT.findall(override):
        is_top = number in (("7", "8", "9") if name == "an" else ("5", "6", "7"))
    return is_top


def _unfold(text: str) -> str:
    return text.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", "\u00a0")
