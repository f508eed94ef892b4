"""What is a language called, in playlists and to people?

Containers name languages by ISO 639-2 (three letters, two spellings for some), playlists by RFC 5646.
"""

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

_ENTRIES = [tuple(entry.split(" ", 2)) for line in _LANGUAGES.split("\n") for entry in line.split("|") if entry]
_TAGS = {code: tag for code, tag, _ in _ENTRIES}
_NAMES = {tag: name for _, tag, name in _ENTRIES}


def list_languages() -> list[tuple[str, str]]:
    """All languages that have a name here, as tag and name, by name."""
    return sorted(_NAMES.items(), key=lambda entry: entry[1])


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
    return _NAMES.get(tag.split("-")[0].lower()) if tag else None
