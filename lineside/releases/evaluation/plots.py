"""Bars with intervals as SVG, drawn for a phone's width: no script, no font of its own, readable when printed grey."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Final

from lineside.releases.evaluation.report_parts import Bar

_WIDTH: Final = 360
_ROW: Final = 44
_TOP: Final = 6
_SIDE: Final = 14
_BAR: Final = 14
_TICK: Final = 10
_LABEL_LETTERS: Final = 34


def bars(title: str, axis: str, drawn: Sequence[Bar], number: int) -> str:
    """One `<svg>`; its title and description say everything that it shows. `number` keeps ids of one page apart."""
    least = min(0.0, *(bar.value if bar.low is None else min(bar.low, bar.value) for bar in drawn))
    most = max(0.0, *(bar.value if bar.high is None else max(bar.high, bar.value) for bar in drawn))
    span = (most - least) or 1.0
    scale = (_WIDTH - 2 * _SIDE) / span

    def at(value: float) -> float:
        return _SIDE + (value - least) * scale

    height = _TOP + _ROW * len(drawn) + 22
    rows = "".join(_row(bar, _TOP + _ROW * place, at) for place, bar in enumerate(drawn))
    told = "; ".join(_told(bar) for bar in drawn)
    return (
        f'<svg class="plot" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-labelledby="plot-{number}-title plot-{number}-told">'
        f'<title id="plot-{number}-title">{escape(title)}: {escape(axis)}</title>'
        f'<desc id="plot-{number}-told">{escape(told)}</desc>'
        f"{rows}"
        f'<text class="axis" x="{_WIDTH / 2:.0f}" y="{height - 5}" text-anchor="middle">{escape(axis)}</text>'
        "</svg>"
    )


def _row(bar: Bar, top: float, at: Callable[[float], float]) -> str:
    left, right = sorted((at(0), at(bar.value)))
    middle = top + 28
    kind = "faint" if bar.faint else "worse" if bar.value < 0 else "better"
    label = bar.label if len(bar.label) <= _LABEL_LETTERS else f"{bar.label[: _LABEL_LETTERS - 1]}…"
    zero = f"{at(0):.1f}"
    drawn = (
        f'<text x="{_SIDE}" y="{top + 15}">{escape(label)}</text>'
        f'<text class="value" x="{_WIDTH - _SIDE}" y="{top + 15}" text-anchor="end">{escape(bar.told)}</text>'
        f'<rect class="{kind}" x="{left:.1f}" y="{middle - _BAR / 2:.1f}" width="{max(1.0, right - left):.1f}" '
        f'height="{_BAR}"/>'
        f'<line class="zero" x1="{zero}" x2="{zero}" y1="{middle - _TICK}" y2="{middle + _TICK}"/>'
    )
    return drawn + (_whisker(at(bar.low), at(bar.high), middle) if bar.low is not None and bar.high is not None else "")


def _whisker(low: float, high: float, middle: float) -> str:
    ends = "".join(
        f'<line class="interval" x1="{x:.1f}" x2="{x:.1f}" y1="{middle - 5:.1f}" y2="{middle + 5:.1f}"/>'
        for x in (low, high)
    )
    return f'<line class="interval" x1="{low:.1f}" x2="{high:.1f}" y1="{middle:.1f}" y2="{middle:.1f}"/>{ends}'


def _told(bar: Bar) -> str:
    if bar.low is None or bar.high is None:
        return f"{bar.label} {bar.told}"
    return f"{bar.label} {bar.told}, interval {bar.low * 100:+.1f} % to {bar.high * 100:+.1f} %"
