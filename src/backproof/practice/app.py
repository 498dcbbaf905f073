"""The server's pages and what they lead to."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from backproof.practice import work
from backproof.practice.api import description
from backproof.practice.bodies import body_of, fields_of, kind_of
from backproof.practice.guard import Guard
from backproof.practice.questions import shelf_of
from backproof.practice.rendering import assets
from backproof.practice.state import BadRequest, State, plainly, sentence, state_of
from backproof.practice.work import TITLES, Reply, fault_json, fault_page
from backproof.practice.workers import LIMIT_OF_OWN, Abandoned, Busy, Stopped, Workers

HTML, JSON = "text/html; charset=utf-8", "application/json"
FOREVER = "public, max-age=31536000, immutable"
RETRY = {"Retry-After": "2"}


def application(workers: Workers, host: str = "127.0.0.1", own: Path | None = None) -> Starlette:
    """The server, whose work these workers do; it answers to `host` and to the names of this machine.

    own: a problem file that is offered beside the examples, as the workers know it too.
    """

    shelf = frozenset(shelf_of(own))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        await workers.ready()
        try:
            yield
        finally:
            workers.stop()

    async def done(request: Request, what: Callable[..., Reply], state: State, *given: object) -> Response:
        limit = workers.limit if state.problem.strip() else max(workers.limit, LIMIT_OF_OWN)
        return answer(
            request,
            await workers.run(what, state, *given, who=sender(request), gone=request.is_disconnected, limit=limit),
        )

    async def index(request: Request) -> Response:
        return answer(request, await workers.run(work.index, whole(request), who=sender(request)))

    async def question(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in shelf:
            raise HTTPException(404)
        told = [(key, value) for key, value in request.query_params.items() if key in ("part", "mode", "at")]
        state, _ = state_of([("example", name), *told])
        return await done(request, work.page, state, "", whole(request))

    async def practice(request: Request) -> Response:
        state, do = state_of(await fields_of(request))
        return await done(request, work.page, state, do, whole(request))

    async def check(request: Request) -> Response:
        return await done(request, work.check_json, await json_of(request))

    async def solve(request: Request) -> Response:
        return await done(request, work.solve_json, await json_of(request))

    routes = [
        Route("/", index), Route("/q/{name}", question), Route("/practice", practice, methods=["POST"]),
        Route("/api/check", check, methods=["POST"]), Route("/api/solve", solve, methods=["POST"]),
        Route("/openapi.json", openapi), Route("/static/{name}", static),
    ]  # fmt: skip
    handlers = {
        HTTPException: http,
        BadRequest: refused,
        Stopped: refused,
        Busy: busy,
        ClientDisconnect: gone,
        Abandoned: gone,
        500: failed,
    }
    app = Starlette(
        routes=routes, exception_handlers=handlers, lifespan=lifespan,  # pyright: ignore[reportArgumentType]
        middleware=[Middleware(Guard, host=host, refusal=refusal)],
    )  # fmt: skip
    app.router.redirect_slashes = False
    return app


async def openapi(request: Request) -> Response:
    return Response(description(), media_type=JSON)


async def static(request: Request) -> Response:
    """One of the files that ship with the page; the name is looked up, and never becomes a path."""
    found = assets().get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    content, kind = found
    return Response(content, media_type=kind, headers={"Cache-Control": FOREVER})


async def json_of(request: Request) -> State:
    """The state that a program sent. Raises the statuses 400, 415 and 422."""
    if kind_of(request) != JSON:
        raise HTTPException(415, f"The content type {JSON} is expected.")
    body = await body_of(request)
    try:
        return msgspec.json.decode(body, type=State)
    except msgspec.ValidationError as error:
        raise HTTPException(422, f"This is no state of a question: {plainly(error)}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise HTTPException(400, f"This is no JSON: {error}") from None
    except RecursionError:
        raise HTTPException(400, "This is nested too deeply to be read.") from None


def sender(request: Request) -> str:
    """The address that a request comes from."""
    return request.client.host if request.client else ""


def whole(request: Request) -> bool:
    return request.headers.get("x-part") != "main"


def answer(request: Request, reply: Reply) -> Response:
    return Response(reply.text, reply.status, media_type=JSON if programs(request.scope) else HTML)


def programs(scope: Scope) -> bool:
    """Whether it is a program that asks, and no person."""
    return scope["path"].startswith("/api/")


def fault(request: Request, status: int, says: str, headers: dict[str, str] | None = None) -> Response:
    says = says or TITLES.get(status, "") + "."
    text = fault_json(says) if programs(request.scope) else fault_page(status, says, whole(request))
    return Response(text, status, headers, media_type=JSON if programs(request.scope) else HTML)


def refusal(status: int, says: str, scope: Scope) -> ASGIApp:
    """The answer to a request that does not get as far as a page."""
    return fault(Request(scope), status, says, {"Connection": "close"})


async def http(request: Request, error: HTTPException) -> Response:
    says = {404: "Nothing is found under this address.", 405: "Another method is expected."}.get(error.status_code)
    return fault(request, error.status_code, says or error.detail, dict(error.headers or {}))


async def refused(request: Request, error: Exception) -> Response:
    return fault(request, 422, str(error))


async def busy(request: Request, error: Exception) -> Response:
    return fault(request, 503, f"{sentence(str(error))} Try again in a moment.", RETRY)


async def gone(request: Request, error: Exception) -> Response:
    return Response(status_code=400)


async def failed(request: Request, error: Exception) -> Response:
    return fault(request, 500, "That is a fault of backproof's, and not of what you sent.")
