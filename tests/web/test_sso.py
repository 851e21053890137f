"""Signing in at the province's provider: there, back, and everything that could be wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from pydantic import SecretStr
from sqlalchemy import Engine

from models.database import transaction
from models.history import SYSTEM
from services.people import Ward, disable_user
from tests.builders import NOW, plan_of, task
from tests.identity import CLIENT, SECRET, Identity
from tests.web.conftest import Browse, Browser


@pytest.fixture
def identity() -> Iterator[Identity]:
    with Identity(int(NOW.timestamp())) as running:
        yield running


@pytest.fixture
def ward(started: Callable[..., Ward]) -> Ward:
    return started(plan_of(task("I.1")))


@pytest.fixture
def browser(ward: Ward, browse: Browse, identity: Identity) -> Browser:
    return browse(
        as_=None,
        oidc_issuer=identity.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret=SecretStr(SECRET),
    )


def there(browser: Browser) -> str:
    answer = browser.client.get("/login/oidc?next=/plan", follow_redirects=False)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def back(browser: Browser, path: str) -> Any:
    return browser.client.get(path, follow_redirects=False)


def refused(answer: Any) -> bool:
    return answer.headers["location"] == "/login?said=sso" and "cchc_session" not in str(answer.headers)


def test_whoever_signs_in_there_and_has_an_account_here_is_in(browser: Browser, identity: Identity) -> None:
    assert 'href="/login/oidc?next=/"' in browser.page("/login")

    answer = back(browser, identity.consent(there(browser)))

    assert answer.headers["location"] == "/plan"
    assert "lan cán bộ đơn vị" in browser.text("/")


def test_it_is_not_offered_where_it_is_not_set_up(ward: Ward, browse: Browse) -> None:
    browser = browse(as_=None)

    assert "oidc" not in browser.page("/login")
    assert refused(back(browser, "/login/oidc"))
    assert refused(back(browser, "/login/oidc/callback?code=x&state=y"))


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "ai-do@example.vn"}, {"email": "lan"}, {"email": ""}, {"email": None},
        {"email": ["x@y.vn"]},
        {"email_verified": False}, {"email": "'; DROP TABLE x@y.vn"},
    ],
)  # fmt: skip
def test_whoever_has_no_account_here_stays_out(
    browser: Browser, identity: Identity, claims: dict[str, Any]
) -> None:
    identity.claims |= claims

    assert refused(back(browser, identity.consent(there(browser))))


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://evil.example"}, {"aud": "another"}, {"nonce": "another"}, {"exp": 1},
        {"nonce": None},
        {"iat": int(NOW.timestamp()) + 3600},
    ],
)  # fmt: skip
def test_a_token_for_somebody_else_or_another_time_opens_nothing(
    browser: Browser, identity: Identity, wrong: dict[str, Any]
) -> None:
    identity.wrong = wrong

    assert refused(back(browser, identity.consent(there(browser))))


def test_a_token_that_another_key_signed_opens_nothing(browser: Browser, identity: Identity) -> None:
    identity.signed_by = RSAKey.generate_key(2048, {"kid": "1"})

    assert refused(back(browser, identity.consent(there(browser))))


def test_a_provider_that_calls_itself_otherwise_is_not_asked(browser: Browser, identity: Identity) -> None:
    identity.wrong = {"issuer": "https://evil.example"}

    assert refused(back(browser, "/login/oidc"))


def test_what_another_browser_began_ends_in_no_other(
    browser: Browser, browse: Browse, identity: Identity
) -> None:
    theirs = identity.consent(there(browser))
    other = browse(**{**browser.settings.model_dump(), "as_": None})
    there(other)

    assert refused(back(other, theirs))
    assert refused(back(browse(as_=None), theirs))


def test_each_return_counts_once_and_soon(browser: Browser, identity: Identity) -> None:
    path = identity.consent(there(browser))
    assert not refused(back(browser, path))
    assert refused(back(browser, path))

    late = identity.consent(there(browser))
    browser.now += timedelta(minutes=11)
    assert refused(back(browser, late))


def test_a_disabled_account_stays_out(
    browser: Browser, identity: Identity, engine: Engine, ward: Ward
) -> None:
    with transaction(engine) as connection:
        disable_user(connection, ward, "lan", actor=SYSTEM, now=NOW)

    assert refused(back(browser, identity.consent(there(browser))))


def test_a_provider_that_is_down_leaves_the_other_way_in(browser: Browser, identity: Identity) -> None:
    with identity:
        pass  # it was started anew, and stopped
    browser.settings.__dict__["oidc_issuer"] = identity.issuer

    assert refused(back(browser, "/login/oidc"))
    assert "<h1>Đăng nhập</h1>" in browser.page("/login?said=sso")
