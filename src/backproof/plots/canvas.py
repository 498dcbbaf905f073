"""What draws: matplotlib, asked for when it is needed, its own state left alone, and the same bytes for the same picture."""

from __future__ import annotations

import io
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any

from backproof.errors import BackproofError, BadFile
from backproof.network.saving import target

BLUE, ORANGE, GREY, INK = "#0072b2", "#d55e00", "#8a8a8a", "#202020"
"""Told apart by all eyes (Okabe and Ito's palette), and in print."""
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "backproof",
    "font.size": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.titlesize": 9.0,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
"""Text stays text in SVG, so that it can be read aloud, searched and copied."""


@contextmanager
def drawing() -> Generator[None]:
    """Our style, whatever the user's own is; all that is drawn, and all that is written, goes in here.

    Raises `BackproofError` where there is no matplotlib.
    """
    try:
        style: Any = import_module("matplotlib.style")
    except ImportError:
        raise BackproofError('pictures are drawn by matplotlib: pip install "backproof[plot]"') from None
    with style.context(["default", STYLE]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def figure(width: float, height: float) -> Any:
    """An empty figure, in inches; no window and no server has a part in it."""
    figures: Any = import_module("matplotlib.figure")
    drawn = figures.Figure(figsize=(width, height), layout="constrained")
    drawn.get_layout_engine().set(w_pad=0.08, h_pad=0.06)
    return drawn


def written(drawn: Any, form: str, title: str, description: str = "") -> bytes:
    """The picture's file: svg, png or pdf. Its title and description go with it, for those who cannot see it."""
    metadata: dict[str, Any] = {"Title": title}
    if form == "svg":
        metadata |= {"Date": None, "Creator": None, "Description": description}
    elif form == "png":
        metadata |= {"Software": None, "Description": description}
    else:
        metadata |= {"CreationDate": None, "Creator": None, "Producer": None}
    content = io.BytesIO()
    with drawing():
        drawn.savefig(content, format=form, dpi=150, metadata=metadata)
    if form != "svg":
        return content.getvalue()
    label = escape(f"{title}. {description}".replace("\n", " "))
    return content.getvalue().replace(b"<svg ", f'<svg role="img" aria-label="{label}" '.encode(), 1)


def checked(path: Path, forms: tuple[str, ...] = ("svg", "png")) -> Path:
    """The path of a picture; `BadFile` for a folder, and for a name that does not say its form."""
    target(path)
    if path.suffix.lower()[1:] not in forms:
        endings = [f".{form}" for form in forms]
        raise BadFile(path, f"expected a name that ends in {', '.join(endings[:-1])} or {endings[-1]}")
    return path


def printable(text: str) -> str:
    """Text that a picture may hold: what cannot be printed is left out."""
    return "".join(c if c.isprintable() else " " for c in text)


def cut(text: str, most: int) -> str:
    """At most so many characters.

    >>> cut("activation", 6)
    'activ…'
    """
    return text if len(text) <= most else text[: most - 1] + "…"
