"""The HTTP application of both runtimes. Ports come in; the plant puts `TokenDoor` in front, the cloud its own."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from lineside.api import alarm_routes, chat_routes, history_routes, line_routes, ngsi_ld_routes, people_routes
from lineside.api.access import Identify
from lineside.api.body import BodyLimit
from lineside.api.models import Problem
from lineside.api.services import Services
from lineside.errors import Conflict, LinesideError, Malformed, Misconfigured, Refused, Unavailable

STATUS_OF: dict[type[LinesideError], HTTPStatus] = {
    Malformed: HTTPStatus.BAD_REQUEST,
    Refused: HTTPStatus.CONFLICT,
    Conflict: HTTPStatus.CONFLICT,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    Misconfigured: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""What an error of ours is to a caller. Every class in `errors.py` is here; a test says so."""


def create_app(services: Services, identify: Identify) -> FastAPI:
    """The application on these ports. `identify` is the door of the runtime."""
    app = FastAPI(
        title="Lineside", version=services.version or "0", docs_url=None, redoc_url=None, responses=_problems()
    )
    app.state.services = services
    app.state.identify = identify
    app.include_router(line_routes.open_router)
    for routes in (line_routes, history_routes, alarm_routes, chat_routes, people_routes, ngsi_ld_routes):
        app.include_router(routes.router)
    app.add_middleware(BodyLimit)
    app.add_exception_handler(LinesideError, _ours)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    return app


def _problems() -> dict[int | str, dict[str, object]]:
    return {"default": {"model": Problem, "description": "One clear sentence in `detail`"}}


async def _ours(_: Request, error: Exception) -> JSONResponse:
    status = next(
        (STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF), HTTPStatus.INTERNAL_SERVER_ERROR
    )
    return problem(status, str(error))


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - how it was registered
    return problem(HTTPStatus(error.status_code), str(error.detail))


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - how it was registered
    mistakes = [f"{'.'.join(map(str, one['loc'][1:])) or one['loc'][0]}: {one['msg']}" for one in error.errors()]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(mistakes))


def problem(status: HTTPStatus, detail: str) -> JSONResponse:
    """An answer as RFC 9457 has it."""
    body = Problem(title=status.phrase, status=status, detail=detail).model_dump()
    return JSONResponse(body, status, media_type="application/problem+json")
