"""In which encoding is a text, when nobody says so?

Unicode tells by itself. What is older does not: there the language says what people who wrote it mostly used.
"""

UTF32_MARKS = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
SAMPLE_BYTES = 4096
MOSTLY = 0.4
"""UTF-16 of European languages has a zero in every second byte; other texts have none at all."""

_CODE_PAGES = {
    "cp1250": "bs cs hr hu pl ro sk sl sq",
    "cp1251": "be bg kk mk mn ru sr tt uk",
    "cp1253": "el",
    "cp1254": "az tr",
    "cp1255": "he yi",
    "cp1256": "ar fa ur",
    "cp1257": "et lt lv",
    "cp1258": "vi",
    "cp874": "th",
    "cp932": "ja",
    "cp949": "ko",
    "big5": "zh-Hant zh-HK zh-TW",
    "gb18030": "zh",
}
_PAGE_OF = {language: page for page, languages in _CODE_PAGES.items() for language in languages.split()}
WESTERN = "cp1252"


def decode_text(content: bytes, language: str = "") -> str:
    """The text, without a byte order mark; what no encoding explains is replaced by U+FFFD."""
    if content.startswith(UTF32_MARKS):
        return content.decode("utf-32", errors="replace")
    if content.startswith(UTF16_MARKS):
        return content.decode("utf-16", errors="replace")
    pages = [*_wide(content), "utf-8-sig", *_older(language), WESTERN]
    for page in pages:
        try:
            return content.decode(page)
        except UnicodeDecodeError:
            continue
    return content.decode(WESTERN, errors="replace")


def _wide(content: bytes) -> list[str]:
    """UTF-16 without its mark."""
    sample = content[: SAMPLE_BYTES // 2 * 2]
    first, second = sample[::2], sample[1::2]
    if second and second.count(0) > MOSTLY * len(second) and first.count(0) < second.count(0):
        return ["utf-16-le"]
    return ["utf-16-be"] if first and first.count(0) > MOSTLY * len(first) else []


def _older(language: str) -> list[str]:
    pages = (_PAGE_OF.get(language), _PAGE_OF.get(language.split("-")[0]))
    return [page for page in dict.fromkeys(pages) if page]
