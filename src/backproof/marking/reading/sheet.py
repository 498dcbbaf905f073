"""An answer sheet of any kind, read: data (TOML, JSON, a mapping) or free text (Markdown, LaTeX, plain)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from backproof.errors import BadFile, shortened
from backproof.marking.claims import Sheet
from backproof.marking.question import Question
from backproof.marking.reading.collecting import refused

LARGEST_SHEET = 4 * 2**20
"""Bytes."""


def read_sheet(source: Path | str | Mapping[str, Any], question: Question) -> Sheet:
    """The sheet in a file, or the one that a mapping is.

    A file that ends in .toml or .json is data, any other free text. Whatever is wrong in a sheet becomes a remark of it, and
    a file that is too large or no text a remark of kind "refused". Raises `BadFile` for a file that is not there or that
    cannot be opened.
    """
    if isinstance(source, Mapping):
        from backproof.marking.reading.structured import read_structured

        return read_structured(source, question)
    path = Path(source)
    text, fault = text_of(path)
    if fault:
        return refused(fault, path, path.stem)
    if path.suffix.lower() in (".toml", ".json"):
        from backproof.marking.reading.structured import read_json, read_toml

        sheet = (read_toml if path.suffix.lower() == ".toml" else read_json)(text, question, path)
    else:
        from backproof.marking.reading.text import read_text

        sheet = read_text(text, question, path)
    return sheet if sheet.person else replace(sheet, person=path.stem)


def text_of(path: Path) -> tuple[str, str]:
    """A file's text, or why it is not read. Raises `BadFile` where there is nothing to read."""
    content = b""
    try:
        if path.is_dir():
            raise BadFile(path, "this is a folder; expected an answer sheet")
        if path.exists() and not path.is_file():
            raise BadFile(path, "this is no ordinary file")
        with path.open("rb") as file:
            content = file.read(LARGEST_SHEET + 1)
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        raise BadFile(path, "there is no such file") from None
    except UnicodeDecodeError as error:
        return "", f"this is not UTF-8 text (byte {error.start})" if len(content) <= LARGEST_SHEET else TOO_LARGE
    except (OSError, ValueError) as error:
        raise BadFile(shortened(path), f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if len(content) > LARGEST_SHEET:
        return "", TOO_LARGE
    if "\0" in text:
        return "", "this is no text: it holds zero bytes"
    return text.replace("\r\n", "\n").replace("\r", "\n"), ""


TOO_LARGE = f"the file is too large; an answer sheet has at most {LARGEST_SHEET // 2**20} MiB"
