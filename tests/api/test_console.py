"""The built console over HTTP, the headers of every answer, and HEAD."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lineside.api.people_models import OidcView
from lineside.api.ports import Console
from tests.api.conftest import Client, as_person, client_of

if TYPE_CHECKING:
    from tests.api.conftest import Plant

PAGE = "<!doctype html><title>Lineside</title><div id=root></div>"
SCRIPT = "console.log('line')" * 50
OIDC = OidcView(
    authority="https://id.example/pool", client_id="c", scope="openid", logout_url="https://login.example/out"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text(PAGE)
    (dist / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (dist / "assets" / "index-3f2a.js").write_text(SCRIPT)
    (dist / "assets" / "index-3f2a.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (dist / "assets" / "index-3f2a.js.br").write_bytes(b"brotli")
    (tmp_path / "secret.txt").write_text("not yours")
    (dist / "link.txt").symlink_to(tmp_path / "secret.txt")
    return dist


@pytest.fixture
def console(plant: Plant, folder: Path) -> Iterator[Client]:
    plant.has(console=Console(folder, OIDC))
    with client_of(plant.application()) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/index.html", "/alarms/1741000000-ab", "/line", "/ask/c-1/"])
def test_every_address_of_the_console_is_the_page_which_routes_by_itself(console: Client, path: str) -> None:
    page = console.get(path)

    assert (page.status_code, page.text) == (200, PAGE)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/api", "/api/nothing", "/api/lines/", "/ngsi-ld/v2", "/health/more", "/openapi.json/x"]
)
def test_an_unknown_address_of_the_api_is_a_problem_and_never_the_page(console: Client, path: str) -> None:
    answer = console.get(path, headers={**as_person("Ada"), "Accept": "text/html"})

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/assets/index-0000.js", "/nothing.png", "/assets/", "/assets/%00", "/assets/%ff"])
def test_a_file_that_is_not_there_is_not_the_page(console: Client, path: str) -> None:
    """Least of all one that a browser would keep for a year."""
    assert console.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/link.txt",
        "//etc/passwd", "/%2Fetc/passwd", "/assets/%00.js", "/" + "a" * 300 + ".js", "/..\\secret.txt",
    ],
)  # fmt: skip
def test_nothing_outside_the_folder_is_ever_sent(console: Client, path: str) -> None:
    answer = console.get(f"http://127.0.0.1:8765{path}")

    assert answer.status_code in (200, 404)
    assert answer.status_code == 404 or answer.text == PAGE


def test_hashed_files_are_kept_for_good_and_sent_as_small_as_the_browser_takes(console: Client) -> None:
    path = "/assets/index-3f2a.js"

    packed = console.get(path, headers={"Accept-Encoding": "gzip"})
    smallest = console.get(
        path,
        headers={"Accept-Encoding": "identity, br, gzip"},
    )
    plain = console.get(path, headers={"Accept-Encoding": "identity"})

    assert packed.text == plain.text == SCRIPT
    assert [one.headers.get("content-encoding") for one in (packed, smallest, plain)] == ["gzip", "br", None]
    assert {one.headers["content-type"] for one in (packed, plain)} == {"text/javascript; charset=utf-8"}
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["vary"] == "Accept-Encoding"
    assert len({packed.headers["etag"], smallest.headers["etag"], plain.headers["etag"]}) == 3


def test_what_a_browser_has_already_is_not_sent_again(console: Client) -> None:
    first = console.get("/")

    again = console.get("/", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    # A browser writes what comes with a 304 over what it has kept, so a page must not lose its policy to it.
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]
    assert again.headers["etag"] == first.headers["etag"]


def test_a_page_can_only_be_read(console: Client) -> None:
    answer = console.post("/line")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_the_pages_policy_lets_it_run_its_own_scripts_and_call_its_provider_and_nothing_else(console: Client) -> None:
    policy = dict(one.strip().split(" ", 1) for one in console.get("/").headers["content-security-policy"].split(";"))

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["connect-src"] == "'self' https://id.example https://login.example"
    assert policy["frame-ancestors"] == "'none'"


@pytest.mark.parametrize(
    "path", ["/", "/assets/index-3f2a.js", "/api/lines", "/api/nothing", "/health", "/api/alarms/x"]
)
def test_every_answer_tells_the_browser_to_trust_nothing_else(console: Client, path: str) -> None:
    headers = console.get(path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "microphone=(self)" in headers["permissions-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cache-control"]


def test_a_mistake_of_ours_tells_nobody_its_inside(plant: Plant) -> None:
    def broken() -> None:
        raise ZeroDivisionError("the secret inside")

    plant.has(health=broken)

    answer = plant.client.get("/health")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "secret" not in answer.text


def test_without_a_built_console_the_page_says_how_to_build_it(plant: Plant) -> None:
    page = plant.client.get("/")

    assert page.status_code == 200
    assert "make console" in page.text


@pytest.mark.parametrize(
    "path", ["/", "/assets/index-3f2a.js", "/api/lines", "/api/lines/line-1", "/health", "/api/alarms"]
)
def test_head_answers_as_get_does_without_a_body(console: Client, path: str) -> None:
    plain = {**as_person("Ada"), "Accept-Encoding": "identity"}

    got = console.get(path, headers=plain)
    head = console.request("HEAD", path, headers=plain)

    assert (head.status_code, head.content) == (got.status_code, b"")
    assert {**head.headers} == {**got.headers}


def test_head_of_a_route_that_only_changes_things_is_refused(console: Client) -> None:
    assert console.request("HEAD", "/api/quarantine/replay", headers=as_person("Ada")).status_code == 405


def test_an_unknown_method_is_told_which_there_are(console: Client) -> None:
    answer = console.request("DELETE", "/api/lines", headers=as_person("Ada"))

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert answer.headers["content-type"] == "application/problem+json"
