"""The API's description of itself: valid, complete, and readable."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.factories import make_user
from vod_web.api.calls import CALLS
from vod_web.api.openapi import public_path


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    """The document as a program gets it."""
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json
    return found


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_a_mistake_in_the_document_would_be_found(document: dict[str, Any]) -> None:
    document["paths"]["/me"]["get"]["responses"]["200"].pop("description")
    assert list(OpenAPIV31SpecValidator(document).iter_errors())


def test_every_address_of_the_api_is_declared(app: Flask, document: dict[str, Any]) -> None:
    own = {"api.openapi", "api.docs"}
    served = {
        (rule.rule.removeprefix("/api/v1"), method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1") and rule.endpoint not in own
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == {(call.path, call.method) for call in CALLS}
    told = {(path, method.upper()) for path, methods in document["paths"].items() for method in methods}
    assert told == {(public_path(call), call.method) for call in CALLS}


def test_every_call_says_what_it_does_and_what_may_go_wrong(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            assert call["summary"], (method, path)
            assert "429" in call["responses"], (method, path)
            if call.get("security") is None:
                assert "401" in call["responses"], (method, path)


def test_errors_are_told_as_problems(document: dict[str, Any]) -> None:
    told = document["paths"]["/tokens"]["post"]["responses"]["422"]
    assert told["content"] == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert set(document["components"]["schemas"]["Problem"]["required"]) >= {"title", "status", "detail", "code"}


def test_people_can_read_it(client: FlaskClient) -> None:
    make_user()
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    for call in CALLS:
        assert f'id="{call.name}"' in page.text
    assert "<script src" not in page.text.replace('<script type="module" src', "")
