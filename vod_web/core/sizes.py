"""How is a number of bytes told to a person?"""

_UNITS = (("TB", 1000**4, 2), ("GB", 1000**3, 2), ("MB", 1000**2, 1), ("kB", 1000, 0))


def format_bytes(size_bytes: int) -> str:
    """In powers of 1000, as file managers and our pages show it: "1.25 GB", "64 GB"."""
    for unit, factor, decimals in _UNITS:
        if size_bytes >= factor:
            number = f"{size_bytes / factor:.{decimals}f}"
            return f"{number.rstrip('0').rstrip('.') if decimals else number} {unit}"
    return f"{size_bytes} B"
