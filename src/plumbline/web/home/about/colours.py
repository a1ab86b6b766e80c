"""The council's colour: text on it is black or white, whichever is read better (WCAG 2.2, 1.4.3)."""


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours given as #rrggbb, from 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_on(colour: str) -> str:
    """#ffffff or #000000; one of them always has a ratio of at least 4.5."""
    return max(("#ffffff", "#000000"), key=lambda text: contrast(colour, text))


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
