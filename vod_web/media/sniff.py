"""What is a file that is not video, judging by its first bytes?

Only for the sentence that a person reads; what may be opened is decided by the allow-list in `formats.py`.
"""

SIGNATURES = (
    (b"PK\x03\x04", "a ZIP archive (or an office document)"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"BM", "a picture (BMP)"),
    (b"II*\x00", "a picture (TIFF)"),
    (b"MM\x00*", "a picture (TIFF)"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"{\\rtf", "a text document"),
    (b"ID3", "a sound file (MP3)"),
    (b"fLaC", "a sound file (FLAC)"),
)

PLAYLIST_MARKS = (b"#EXTM3U", b"ffconcat", b"[playlist]")
TEXT_BYTES = frozenset(range(32, 256)) | {9, 10, 12, 13}


def describe_bytes(head: bytes) -> str | None:
    """What a file is by its first bytes, as "a ..." for a sentence; None when it may well be video."""
    for signature, name in SIGNATURES:
        if head.startswith(signature):
            return name
    return _describe_image_box(head) or _describe_text(head)


def _describe_image_box(head: bytes) -> str | None:
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"WAVE"):
        return "a picture (WebP)" if head[8:12] == b"WEBP" else "a sound file (WAV)"
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"avif"):
        return "a picture (HEIC or AVIF)"
    return None


def _describe_text(head: bytes) -> str | None:
    if not head or not set(head) <= TEXT_BYTES:
        return None
    try:
        head[:-4].decode()
    except UnicodeDecodeError:
        return None
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(PLAYLIST_MARKS) or b"<MPD" in head[:1024]:
        return "a playlist (text that names other files)"
    return "a text file"


def is_mp4_without_index(head: bytes) -> bool:
    """Whether the file begins like MP4 or MOV: when it cannot be opened, its index ("moov") is what is missing."""
    return head[4:8] in (b"ftyp", b"mdat", b"wide", b"free", b"moov")
