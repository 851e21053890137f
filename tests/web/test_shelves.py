"""Addresses find their routes, whatever else is served, and by trying few of them."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Match, NoMatchFound, Route
from starlette.testclient import TestClient
from starlette.types import Scope

from tests.web.conftest import Browse
from web import app
from web.api.app import PREFIX
from web.shelves import Shelves


class Counting(Route):
    tried: list[str] = []  # noqa: RUF012 - what all of them count together

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        self.tried.append(self.path)
        return super().matches(scope)


def said(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{request.scope['route'].path} {request.path_params}")


ROUTES = [
    Counting("/", said, methods=["GET"]),
    Counting("/tasks", said, methods=["GET"], name="list"),
    Counting("/tasks/{code}", said, methods=["GET"], name="one"),
    Counting("/tasks/{code}", said, methods=["POST"]),
    Counting("/tasks.csv", said, methods=["GET"]),
    *(Counting(f"/other{number}", said, methods=["GET"]) for number in range(100)),
]


@pytest.fixture
def client() -> TestClient:
    Counting.tried.clear()
    return TestClient(Starlette(routes=[Shelves(ROUTES)]))


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("GET", "/", "/ {}"),
        ("GET", "/tasks", "/tasks {}"),
        ("GET", "/tasks/II.3", "/tasks/{code} {'code': 'II.3'}"),
        ("POST", "/tasks/II.3", "/tasks/{code} {'code': 'II.3'}"),
        ("GET", "/tasks.csv", "/tasks.csv {}"),
        ("GET", "/tasks/", "/tasks {}"),  # led on to the page without the stroke
    ],
)
def test_an_address_finds_its_route(client: TestClient, method: str, path: str, answer: str) -> None:
    assert client.request(method, path).text == answer


@pytest.mark.parametrize("path", ["/nowhere", "/task", "/tasks/II.3/x"])
def test_what_is_not_served_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_another_method_is_refused_with_those_that_there_are(client: TestClient) -> None:
    answer = client.delete("/tasks/II.3")

    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


def test_below_a_proxys_own_path_the_same_is_found() -> None:
    client = TestClient(Starlette(routes=[Shelves(ROUTES)]), root_path="/cchc")

    assert client.get("/cchc/tasks/II.3").text == "/tasks/{code} {'code': 'II.3'}"


def test_only_routes_of_the_word_that_is_asked_for_are_tried(client: TestClient) -> None:
    assert client.get("/other99").status_code == 200

    assert Counting.tried == ["/other99"]


def test_addresses_are_made_from_names() -> None:
    shelves = Shelves(ROUTES)

    assert shelves.url_path_for("one", code="II.3") == "/tasks/II.3"
    with pytest.raises(NoMatchFound):
        shelves.url_path_for("two")


def _as_stated(route: BaseRoute) -> tuple[str, object, object]:
    assert isinstance(route, APIRoute)
    return route.path, route.methods, route.endpoint


def test_the_application_that_is_served_has_no_other_routes(browse: Browse) -> None:
    application = browse(as_=None).client.app
    assert isinstance(application, FastAPI)
    parts = (*app.PAGES, *app.ENTRIES, *app.OPEN_ROUTES)

    shelves = [each for each in application.routes if isinstance(each, Shelves)]
    pages = [_as_stated(route) for each in shelves for route in each.routes]
    mounted = {route.path for route in application.routes if hasattr(route, "path")}

    assert pages == [_as_stated(route) for part in parts for route in part.router.routes]
    assert len(application.routes) == len(shelves) + len(mounted)
    assert mounted == {"/static", PREFIX}  # of the API: tests/web/api/test_api.py
