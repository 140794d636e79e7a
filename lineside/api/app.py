"""The HTTP application of both runtimes. Ports come in; the plant puts `TokenDoor` in front, the cloud its own."""

from __future__ import annotations

from fastapi import FastAPI

from lineside.api import (
    alarm_routes,
    chat_routes,
    command_routes,
    history_routes,
    inspection_routes,
    inspection_uploads,
    line_routes,
    ngsi_ld_routes,
    people_routes,
    release_routes,
)
from lineside.api.access import Identify
from lineside.api.body import BodyLimit
from lineside.api.chat_routes import TRANSCRIPT_PATH
from lineside.api.console import ConsoleFiles
from lineside.api.headers import HeadAsGet, SecurityHeaders
from lineside.api.inspection_routes import IMAGES_PATH, LONGEST_IMAGE_BYTES
from lineside.api.limits import Turns
from lineside.api.line_feed import LineFeed
from lineside.api.models import Problem
from lineside.api.openapi import describe
from lineside.api.problems import add_problems
from lineside.api.services import Services
from lineside.api.voice import LONGEST_AUDIO_BYTES


def create_app(services: Services, identify: Identify) -> FastAPI:
    """The application on these ports. `identify` is the door of the runtime."""
    app = FastAPI(
        title="Lineside",
        version=services.version or "0",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,  # served to people who have signed in, by a route of ours
        redirect_slashes=False,
        responses={"default": {"model": Problem, "description": "One clear sentence in `detail`"}},
    )
    app.state.services = services
    app.state.identify = identify
    app.state.turns = Turns()
    app.state.line_feed = LineFeed(services)
    app.include_router(line_routes.open_router)
    for routes in (
        line_routes,
        history_routes,
        alarm_routes,
        chat_routes,
        people_routes,
        release_routes,
        command_routes,
        inspection_routes,
        inspection_uploads,
        ngsi_ld_routes,
    ):
        app.include_router(routes.router)
    app.router.default = ConsoleFiles(services.console)
    app.add_middleware(BodyLimit, of_path={TRANSCRIPT_PATH: LONGEST_AUDIO_BYTES, IMAGES_PATH: LONGEST_IMAGE_BYTES})
    app.add_middleware(HeadAsGet)
    app.add_middleware(SecurityHeaders)
    add_problems(app)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    return app
