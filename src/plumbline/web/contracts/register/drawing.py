"""A contract's colours over time as a drawing: a lane for each colour, so that it can be read in grey too."""

from collections.abc import Sequence
from datetime import date
from html import escape

_WIDTH, _LEFT, _LANE, _TOP = 640, 62, 26, 6
_LANES = (("red", "Red", "#b10e1e"), ("amber", "Amber", "#b58105"), ("green", "Green", "#00703c"))


def colours(spells: Sequence[tuple[str, date, date]], *, first: date, last: date, today: date) -> str:
    """SVG. `spells`: colour, first and last day; `first` and `last`: the days at both ends."""
    length = max(1, (last - first).days + 1)
    inner = _WIDTH - _LEFT - 8

    def at(day: date) -> float:
        return _LEFT + inner * min(max((day - first).days, 0), length) / length

    bottom = _TOP + _LANE * len(_LANES)
    drawn = []
    for lane, (_, word, _hue) in enumerate(_LANES):
        middle = _TOP + lane * _LANE + _LANE / 2
        drawn.append(f'<text x="0" y="{middle + 5:.0f}">{escape(word)}</text>')
        drawn.append(f'<line x1="{_LEFT}" y1="{middle:.0f}" x2="{_WIDTH - 8}" y2="{middle:.0f}" stroke="#dde1e3"/>')
    lanes = {key: (lane, hue) for lane, (key, _, hue) in enumerate(_LANES)}
    for colour, from_on, to_on in spells:
        lane, hue = lanes[colour]
        left, right = at(from_on), at(min(to_on, last)) + inner / length
        drawn.append(
            f'<rect x="{left:.1f}" y="{_TOP + lane * _LANE + 5}" width="{max(1.5, right - left):.1f}"'
            f' height="{_LANE - 10}" fill="{hue}"/>'
        )
    for year in range(first.year, last.year + 1):
        start = max(date(year, 1, 1), first)
        drawn.append(f'<line x1="{at(start):.1f}" y1="{_TOP}" x2="{at(start):.1f}" y2="{bottom}" stroke="#6b7276"/>')
        if at(date(year, 12, 31)) - at(start) > 34:
            drawn.append(f'<text x="{at(start) + 3:.1f}" y="{bottom + 16}">{year}</text>')
    if first <= today <= last:
        drawn.append(
            f'<line x1="{at(today):.1f}" y1="0" x2="{at(today):.1f}" y2="{bottom + 4}" stroke="#0b0c0c"'
            ' stroke-width="2" stroke-dasharray="4 3"/>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {bottom + 24}" width="{_WIDTH}"'
        f' height="{bottom + 24}" font-family="Arial, Helvetica, sans-serif" font-size="14" fill="#0b0c0c">'
        + "".join(drawn)
        + "</svg>"
    )
