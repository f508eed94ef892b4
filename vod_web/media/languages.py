"""What is a language called, in playlists and to people?

Containers name languages by ISO 639-2 (three letters, two spellings for some), playlists by RFC 5646.
"""

import re

_LANGUAGES = """
ara ar Arabic|ben bn Bengali|bul bg Bulgarian|cat ca Catalan|ces cs Czech|cze cs Czech|chi zh Chinese|zho zh Chinese
dan da Danish|deu de German|ger de German|dut nl Dutch|nld nl Dutch|ell el Greek|gre el Greek|eng en English
est et Estonian|fas fa Persian|per fa Persian|fin fi Finnish|fra fr French|fre fr French|gle ga Irish|heb he Hebrew
hin hi Hindi|hrv hr Croatian|hun hu Hungarian|ice is Icelandic|isl is Icelandic|ind id Indonesian|ita it Italian
jpn ja Japanese|kor ko Korean|lav lv Latvian|lit lt Lithuanian|mac mk Macedonian|mkd mk Macedonian|may ms Malay
msa ms Malay|mlt mt Maltese|nob nb Norwegian Bokmål|nor no Norwegian|nno nn Norwegian Nynorsk|pol pl Polish
por pt Portuguese|ron ro Romanian|rum ro Romanian|rus ru Russian|slk sk Slovak|slo sk Slovak|slv sl Slovenian
spa es Spanish|sqi sq Albanian|alb sq Albanian|srp sr Serbian|swa sw Swahili|swe sv Swedish|tam ta Tamil|tel te Telugu
tha th Thai|tur tr Turkish|ukr uk Ukrainian|urd ur Urdu|vie vi Vietnamese|baq eu Basque|eus eu Basque|cym cy Welsh
wel cy Welsh|glg gl Galician|arm hy Armenian|hye hy Armenian|geo ka Georgian|kat ka Georgian|afr af Afrikaans
amh am Amharic|aze az Azerbaijani|bel be Belarusian|bos bs Bosnian|bur my Burmese|mya my Burmese|epo eo Esperanto
guj gu Gujarati|hau ha Hausa|ibo ig Igbo|jav jv Javanese|kan kn Kannada|kaz kk Kazakh|khm km Khmer|kur ku Kurdish
lao lo Lao|lat la Latin|ltz lb Luxembourgish|mal ml Malayalam|mar mr Marathi|mon mn Mongolian|nep ne Nepali
pan pa Punjabi|pus ps Pashto|sin si Sinhala|som so Somali|tat tt Tatar|tgl tl Tagalog|uzb uz Uzbek|yid yi Yiddish
yor yo Yoruba|zul zu Zulu|gsw gsw Swiss German|zxx zxx No speech
"""

_REGIONAL = """
de-AT German (Austria)|de-CH German (Switzerland)|en-AU English (Australia)|en-CA English (Canada)
en-GB English (United Kingdom)|en-US English (United States)|es-419 Spanish (Latin America)|es-ES Spanish (Spain)
es-MX Spanish (Mexico)|fr-CA French (Canada)|fr-CH French (Switzerland)|pt-BR Portuguese (Brazil)
pt-PT Portuguese (Portugal)|sr-Cyrl Serbian (Cyrillic)|sr-Latn Serbian (Latin)|zh-Hans Chinese (simplified)
zh-Hant Chinese (traditional)|zh-HK Chinese (Hong Kong)
"""
"""What is written or spoken differently enough that people keep it apart."""

_ENTRIES = [tuple(entry.split(" ", 2)) for line in _LANGUAGES.split("\n") for entry in line.split("|") if entry]
_TAGS = {code: tag for code, tag, _ in _ENTRIES}
_NAMES = {tag: name for _, tag, name in _ENTRIES}
_REGIONS: dict[str, str] = dict(
    entry.split(" ", 1) for line in _REGIONAL.split("\n") for entry in line.split("|") if entry
)
_REGION = re.compile(r"[a-z]{2,3}-(?:[A-Z]{2}|419)")
_CODES_BY_NAME = {name.lower(): tag for tag, name in _NAMES.items()}


def list_languages() -> list[tuple[str, str]]:
    """All languages that have a name here, as tag and name, by name."""
    return sorted(_NAMES.items(), key=lambda entry: entry[1])


def list_written_languages() -> list[tuple[str, str]]:
    """The same with those that are written differently in some places; without "no speech"."""
    tags = {tag: name for tag, name in (_NAMES | _REGIONS).items() if tag != "zxx"}
    return sorted(tags.items(), key=lambda entry: entry[1])


def find_language(word: str) -> str | None:
    """The tag of a language that a word names: by a code or a tag in any case, or in English; None for other words."""
    tag = tidy_tag(word.replace("_", "-")) if re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,4})?", word) else ""
    is_known = tag.split("-")[0] in _NAMES and ("-" not in tag or tag in _REGIONS or _REGION.fullmatch(tag))
    return tag if tag and is_known else _CODES_BY_NAME.get(word.lower())


def tidy_tag(tag: str) -> str:
    """A tag as it is mostly written: pt-BR, zh-Hans; of three letters the usual two where there are any."""
    first, *others = tag.split("-")
    return "-".join([_TAGS.get(first.lower(), first.lower()), *(_tidy_subtag(part) for part in others)])


def _tidy_subtag(part: str) -> str:
    if not part.isalpha():
        return part.lower()
    return {2: part.upper(), 4: part.capitalize()}.get(len(part), part.lower())


def language_tag(code: str | None) -> str | None:
    """The RFC 5646 tag of a language as a container names it; None when there is none that can be written."""
    if not code:
        return None
    code = code.replace("_", "-")
    is_tag = all(part.isalnum() and part.isascii() and len(part) <= 8 for part in code.split("-"))
    return _TAGS.get(code.lower(), code) if is_tag else None


def language_name(code: str | None) -> str | None:
    """The English name of a language; None when it is not known."""
    tag = language_tag(code)
    if tag is None:
        return None
    return _REGIONS.get(tidy_tag(tag)) or _NAMES.get(tag.split("-")[0].lower())
