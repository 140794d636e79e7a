"""The line as NGSI-LD entities, read-only (ETSI GS CIM 009), so that dashboards and twins can consume it."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Iterable
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from lineside.api import ngsi_ld, ngsi_ld_query
from lineside.api.access import Viewer
from lineside.api.line_routes import Ports
from lineside.errors import Malformed
from lineside.telemetry.ngsild import CONTEXT

JSON: Final = "application/json"
JSON_LD: Final = "application/ld+json"
ERRORS: Final = "https://uri.etsi.org/ngsi-ld/errors/"
CONTEXT_LINK: Final = f'<{CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"; type="{JSON_LD}"'
SHAPES: Final[dict[str, ngsi_ld.Format]] = {
    "normalized": "normalized", "concise": "concise", "keyValues": "keyValues", "simplified": "keyValues",
}  # fmt: skip
_NOT_SHAPES: Final = frozenset(("sysAttrs", "count", ""))
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_TYPE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class NotFound(Malformed):
    """There is no such entity."""


class NgsiLdRoute(APIRoute):
    """What is asked wrongly is answered in NGSI-LD's own words."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await answer(request)
            except NotFound as error:
                return _problem("ResourceNotFound", HTTPStatus.NOT_FOUND, str(error))
            except Malformed as error:
                return _problem("BadRequestData", HTTPStatus.BAD_REQUEST, str(error))
            except RequestValidationError as error:
                mistakes = "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in error.errors())
                return _problem("BadRequestData", HTTPStatus.BAD_REQUEST, mistakes)

        return answered


router = APIRouter(prefix="/ngsi-ld/v1", route_class=NgsiLdRoute, tags=["NGSI-LD"])

Listed = Annotated[str, Query(max_length=4_000)]
_ENTITIES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {JSON: {"schema": {"type": "array", "items": {"type": "object"}}}, JSON_LD: {}}},
    400: {"description": "BadRequestData"},
}
_TYPES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {JSON: {"schema": {"type": ["object", "array"]}}, JSON_LD: {}}},
    400: {"description": "BadRequestData"},
}
_ONE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {JSON: {"schema": {"type": "object"}}, JSON_LD: {}}},
    400: {"description": "BadRequestData"},
    404: {"description": "ResourceNotFound"},
}


@router.get("/entities", responses=_ENTITIES, response_class=JSONResponse)
def query_entities(
    request: Request,
    _: Viewer,
    services: Ports,
    type: Annotated[str, Query(max_length=1_000, description="one or several, with commas")] = "",  # noqa: A002
    id: Annotated[str, Query(max_length=8_000, description="one or several, with commas")] = "",  # noqa: A002
    idPattern: Annotated[str, Query(max_length=200)] = "",  # noqa: N803
    attrs: Annotated[str, Query(max_length=4_000, description="only those that have one of these")] = "",
    pick: Annotated[str, Query(max_length=4_000, description="only these members")] = "",
    omit: Annotated[str, Query(max_length=4_000, description="all members but these")] = "",
    q: Annotated[str, Query(max_length=4_000, description='such as Temperature>-18;machineState=="down"')] = "",
    limit: Annotated[int, Query(ge=0, le=1_000)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    count: bool = False,
    local: Annotated[bool, Query(description="all there is; everything here is local")] = False,
    options: Annotated[str, Query(max_length=200, description="normalized, concise or keyValues")] = "",
    format: Annotated[str, Query(max_length=40)] = "",  # noqa: A002
    accept: Annotated[str, Header()] = "",
) -> Response:
    """The entities that satisfy everything that is asked, in a stable order."""
    if not (type or id or attrs or q or local):
        raise Malformed("name a type, an id, attrs or a query q, or ask for everything with local=true")
    if limit == 0 and not count:
        raise Malformed("limit=0 goes with count=true only")
    selection = _selection(type)
    named = _uris(id)
    has = _names(attrs)
    term = ngsi_ld_query.parse(q) if q else None
    pattern = ngsi_ld_query.safe_pattern(idPattern, "idPattern") if idPattern else None
    found = [
        entity
        for entity in ngsi_ld.entities(services, {one for kinds in selection for one in kinds} or None)
        if (not selection or ngsi_ld.is_of_type(entity, selection))
        and (not named or entity["id"] in named)
        and (pattern is None or pattern.search(entity["id"][: ngsi_ld_query.LONGEST_MATCHED]))
        and (not has or has & set(ngsi_ld.attributes_of(entity)))
        and (term is None or ngsi_ld_query.matches(term, entity))
    ]
    shown = _Shown(has | _names(pick), _names(omit), _shape(options, format), _is_ld(accept))
    headers = {"NGSILD-Results-Count": str(len(found))} if count else {}
    return shown.answer(
        [shown.entity(entity) for entity in found[offset : offset + limit]],
        headers,
        list(_pages(request, len(found), limit, offset)),
    )


@router.get("/entities/{entity_id}", responses=_ONE, response_class=JSONResponse)
def retrieve_entity(
    entity_id: str,
    _: Viewer,
    services: Ports,
    attrs: Listed = "",
    pick: Listed = "",
    omit: Listed = "",
    options: Annotated[str, Query(max_length=200)] = "",
    format: Annotated[str, Query(max_length=40)] = "",  # noqa: A002
    accept: Annotated[str, Header()] = "",
) -> Response:
    """One entity."""
    if not _URI.fullmatch(entity_id):
        raise Malformed(f"{entity_id[:200]!r} is no URI, as the id of an entity is")
    shown = _Shown(_names(attrs) | _names(pick), _names(omit), _shape(options, format), _is_ld(accept))
    entity = next((one for one in ngsi_ld.entities(services, _types_in(entity_id)) if one["id"] == entity_id), None)
    if entity is None:
        raise NotFound(f"there is no entity {entity_id!r}")
    if attrs and not _names(attrs) & set(ngsi_ld.attributes_of(entity)):
        raise NotFound(f"{entity_id!r} has none of the attributes {attrs}")
    return shown.answer(shown.entity(entity))


@router.get("/types", responses=_TYPES, response_class=JSONResponse)
def types(_: Viewer, services: Ports, details: bool = False, accept: Annotated[str, Header()] = "") -> Response:
    """The types of which there are entities now; with `details` each with the names of its attributes."""
    names: dict[str, set[str]] = {}
    for entity in ngsi_ld.entities(services):
        for kind in ngsi_ld.types_of(entity):
            names.setdefault(kind, set()).update(ngsi_ld.attributes_of(entity))
    shown = _Shown(frozenset(), frozenset(), "normalized", _is_ld(accept))
    if not details:
        kinds = {"id": "urn:ngsi-ld:EntityTypeList:lineside", "type": "EntityTypeList", "typeList": sorted(names)}
        return shown.answer(shown.entity(kinds))
    listed = [
        {"id": f"{ngsi_ld.VOCABULARY}{kind}", "type": "EntityType", "typeName": kind, "attributeNames": sorted(known)}
        for kind, known in sorted(names.items())
    ]
    return shown.answer([shown.entity(one) for one in listed])


# --- how it is shown --------------------------------------------------------------------------------------------------


class _Shown:
    """One way to show entities: which members, in which shape, with the context in the body or in a header."""

    def __init__(self, pick: Iterable[str], omit: Iterable[str], shape: ngsi_ld.Format, is_ld: bool) -> None:
        self._pick, self._omit, self._shape, self._is_ld = frozenset(pick), frozenset(omit), shape, is_ld

    def entity(self, entity: ngsi_ld.Entity) -> ngsi_ld.Entity:
        members = ngsi_ld.shaped(ngsi_ld.projected(entity, self._pick, self._omit), self._shape)
        members.pop("@context", None)
        return members | {"@context": CONTEXT} if self._is_ld else members

    def answer(self, body: Any, headers: dict[str, str] | None = None, links: Iterable[str] = ()) -> Response:
        told = [*([] if self._is_ld else [CONTEXT_LINK]), *links]
        headers = {"Vary": "Accept", **(headers or {}), **({"Link": ", ".join(told)} if told else {})}
        return JSONResponse(body, headers=headers, media_type=JSON_LD if self._is_ld else JSON)


def _pages(request: Request, total: int, limit: int, offset: int) -> Iterable[str]:
    """Links to the next and the previous page."""
    if not limit:
        return
    asked = [(name, value) for name, value in request.query_params.multi_items() if name not in ("limit", "offset")]
    places = (("next", offset + limit, offset + limit < total), ("prev", max(0, offset - limit), offset > 0))
    for rel, at, is_there in places:
        if is_there:
            query = urlencode([*asked, ("limit", str(limit)), ("offset", str(at))])
            yield f'<{request.url.path}?{query}>; rel="{rel}"; type="{JSON}"'


def _is_ld(accept: str) -> bool:
    """Whether JSON-LD is asked for, and plain JSON not before it."""
    kinds = [kind.partition(";")[0].strip() for kind in accept.split(",")]
    return JSON_LD in kinds and JSON not in kinds[: kinds.index(JSON_LD)]


def _shape(options: str, shape: str) -> ngsi_ld.Format:
    asked = [one.strip() for one in options.split(",")] + [shape.strip()]
    unknown = [one for one in asked if one not in SHAPES and one not in _NOT_SHAPES]
    if unknown:
        raise Malformed(f"{unknown[0]!r} is no representation; there are {', '.join(SHAPES)}")
    return next((SHAPES[one] for one in reversed(asked) if one in SHAPES), "normalized")


# --- what is asked ----------------------------------------------------------------------------------------------------


def _selection(text: str) -> list[frozenset[str]]:
    """`A,B` or `A|B`: one of them; `A;B`: both."""
    chosen = []
    for alternative in re.split(r"[,|]", text) if text else ():
        names = [one.strip().removeprefix(ngsi_ld.VOCABULARY) for one in alternative.split(";")]
        wrong = [one for one in names if not _TYPE.fullmatch(one) and not _URI.fullmatch(one)]
        if wrong:
            raise Malformed(f"{wrong[0][:100]!r} is no name of a type; several are separated by commas")
        chosen.append(frozenset(names))
    return chosen


def _uris(text: str) -> set[str]:
    ids = {one.strip() for one in text.split(",")} if text else set()
    wrong = sorted(one for one in ids if not _URI.fullmatch(one))
    if wrong:
        raise Malformed(f"{wrong[0][:200]!r} is no URI, as the id of an entity is")
    return ids


def _names(text: str) -> frozenset[str]:
    names = {one.strip().removeprefix(ngsi_ld.VOCABULARY) for one in text.split(",")} if text else set()
    wrong = sorted(one for one in names if not _TYPE.fullmatch(one))
    if wrong:
        raise Malformed(f"{wrong[0][:100]!r} is no name of an attribute; several are separated by commas")
    return frozenset(names)


def _types_in(entity_id: str) -> tuple[str, ...] | None:
    """The types among which an id can be, as our ids tell it."""
    kind = entity_id.removeprefix("urn:ngsi-ld:").partition(":")[0]
    return (kind,) if kind in ngsi_ld.TYPES else ()


def _problem(kind: str, status: HTTPStatus, detail: str) -> JSONResponse:
    readable = detail.encode("utf-8", "replace").decode()
    body = {"type": ERRORS + kind, "title": _TITLES[kind], "status": int(status), "detail": readable}
    return JSONResponse(body, status, media_type="application/problem+json")


_TITLES: Final = {"BadRequestData": "The request cannot be understood", "ResourceNotFound": "There is no such entity"}
