"""What a request brings along, read no further than it may be large, and no longer than it may take."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from backproof.practice.state import LARGEST_PROBLEM, MOST_FIELDS

LARGEST = 256 * 1024
PATIENCE = 10.0
"""Seconds in which all of a request must have arrived."""


async def body_of(request: Request) -> bytes:
    """The whole body. Raises the statuses 408 and 413."""
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced[:12]) > LARGEST:
        raise too_large()
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for piece in request.stream():
                body += piece
                if len(body) > LARGEST:
                    raise too_large()
    except TimeoutError:
        raise HTTPException(408, f"It did not arrive within {PATIENCE:g} s.", {"Connection": "close"}) from None
    return bytes(body)


def too_large() -> HTTPException:
    return HTTPException(413, f"At most {LARGEST // 1024} kB are taken at a time.")


def kind_of(request: Request) -> str:
    """The type of the body, without what follows it."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def fields_of(request: Request) -> list[tuple[str, str]]:
    """The fields of a form; a file that was sent with it becomes its field `problem`. Raises the statuses 400 and 415 too."""
    kind = kind_of(request)
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        raise HTTPException(415, "A form is expected.")
    body = await body_of(request)
    try:
        if kind == "multipart/form-data":
            return await parts_of(request, body)
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=2 * MOST_FIELDS)
    except UnicodeDecodeError:
        raise HTTPException(400, "The form is no UTF-8 text.") from None
    except MultiPartException as error:
        raise HTTPException(400, f"The form cannot be read: {error.message}") from None
    except ValueError:
        raise HTTPException(413, "The form has too many fields.") from None


async def parts_of(request: Request, body: bytes) -> list[tuple[str, str]]:
    async def stream() -> AsyncGenerator[bytes]:
        yield body

    form = await MultiPartParser(
        request.headers, stream(), max_files=1, max_fields=MOST_FIELDS, max_part_size=LARGEST
    ).parse()
    found: list[tuple[str, str]] = []
    try:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                found.append(("problem", text_of(await value.read())))
            else:
                found.append((name, value))
    finally:
        await form.close()
    return found


def text_of(content: bytes) -> str:
    """A file's text. Raises the statuses 413 and 422."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise HTTPException(422, f"The file is no UTF-8 text (byte {error.start}).") from None
    if not text.strip():
        raise HTTPException(422, "The file is empty; a problem file is expected.")
    if len(text) > LARGEST_PROBLEM:
        raise HTTPException(413, f"A problem has at most {LARGEST_PROBLEM:,} characters here.")
    return text
