"""API keys: shown once, kept as a hash, allowed what their scopes say, ended at once."""

from __future__ import annotations

import hashlib
import html
import re
from uuid import UUID, uuid4

import pytest

from huntaze.identity import KEY_SCOPES, VERBS, Actor, Forbidden, allow
from huntaze.kit.crypto import KeyRing
from tests.identity.house import Browser, House, house

_KEY = re.compile(r"hz_[a-z0-9]{12}_[A-Za-z0-9_-]{43}")


async def ask(here: House, key: str, path: str) -> int:
    headers = {"authorization": f"Bearer {key}"}
    return (await here.browser().client.get(path, headers=headers)).status_code


async def make(browser: Browser, name: str = "site", *scopes: str) -> str:
    await browser.get("/settings/keys")
    answer = await browser.post("/settings/keys", {"name": name, "scopes": list(scopes or sorted(KEY_SCOPES))})
    assert answer.status_code == 200
    found = _KEY.search(answer.text)
    assert found
    return found[0]


async def test_a_key_is_shown_once_and_works_at_once(here: House) -> None:
    browser = await here.signed_in()
    key = await make(browser)
    assert await ask(here, key, "/api/v1/probe/posts.read") == 200
    again = await browser.get("/settings/keys")
    assert key not in again.text
    assert key.rsplit("_", 1)[0][:15] in again.text, "the prefix tells which key it is"


async def test_only_the_hash_of_a_key_is_stored(here: House) -> None:
    key = await make(await here.signed_in())
    secret = key[len("hz_") + 13 :]
    row = await here.database.pool.fetchrow("SELECT * FROM api_key")
    assert row["key_hash"] == hashlib.sha256(secret.encode()).digest()
    assert secret not in str(dict(row))


async def test_every_scope_opens_exactly_its_own_door(here: House) -> None:
    workspace_id, _person_id = await here.owner()
    for scope in sorted(KEY_SCOPES):
        _key_id, key = await here.identity.create_key(workspace_id, scope, [scope])
        answers = {verb: await ask(here, key, f"/api/v1/probe/{verb}") for verb in sorted(VERBS)}
        assert answers == {verb: 200 if verb == scope else 403 for verb in VERBS}


async def test_a_key_never_holds_what_belongs_to_a_session(here: House) -> None:
    workspace_id, _person_id = await here.owner()
    browser = await here.signed_in("Bob", "bob@example.com")
    await browser.get("/settings/keys")
    for scopes in (["keys.write"], ["posts.read", "accounts.connect"], ["settings.write"], ["no.such"], []):
        answer = await browser.post("/settings/keys", {"name": "x", "scopes": scopes})
        assert answer.status_code == 422
        assert "Choose what the key may do" in answer.text
    forged = Actor(workspace_id, None, uuid4(), "x", "key", VERBS, "en", "UTC", None)
    for verb in VERBS - KEY_SCOPES:
        with pytest.raises(Forbidden):
            allow(forged, verb)


async def test_an_owner_may_everything_and_nobody_may_what_is_no_verb(here: House) -> None:
    workspace_id, person_id = await here.owner()
    owner = Actor(workspace_id, person_id, None, "Ana", "owner", VERBS, "en", "UTC", b"")
    for verb in VERBS:
        allow(owner, verb)
    with pytest.raises(ValueError, match="is no verb"):
        allow(owner, "posts.burn")
    stranger = Actor(workspace_id, person_id, None, "Ana", "guest", VERBS, "en", "UTC", b"")
    with pytest.raises(Forbidden):
        allow(stranger, "posts.read")


async def test_a_revoked_key_is_refused_at_the_next_call(here: House) -> None:
    browser = await here.signed_in()
    key = await make(browser)
    key_id = await here.database.pool.fetchval("SELECT id FROM api_key")
    answer = await browser.post(f"/settings/keys/{key_id}/revoke")
    assert answer.status_code == 303
    assert await ask(here, key, "/api/v1/probe/posts.read") == 401
    assert "Revoked keys" in (await browser.get("/settings/keys")).text


async def test_what_is_not_exactly_a_key_is_refused(here: House) -> None:
    key = await make(await here.signed_in())
    prefix, secret = key[:16], key[16:]
    other = await make(await here.signed_in("Bob", "bob@example.com"))
    for wrong in (
        prefix + secret[:-1] + "A",
        prefix + other[16:],
        prefix,
        secret,
        key + "A",
        key.upper(),
        "",
        "é",
        " ",
    ):
        if wrong != key:
            headers = {b"authorization": f"Bearer {wrong}".encode()}
            answer = await here.browser().client.get("/api/v1/probe/posts.read", headers=headers)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    basic = {"authorization": f"Basic {key}"}
    assert (await here.browser().client.get("/api/v1/probe/posts.read", headers=basic)).status_code == 401
    assert await ask(here, f"  {key}", "/api/v1/probe/posts.read") == 200


async def test_a_wrong_key_is_not_saved_by_a_session(here: House) -> None:
    browser = await here.signed_in()
    answer = await browser.client.get("/api/v1/probe/posts.read", headers={"authorization": "Bearer nonsense"})
    assert answer.status_code == 401
    assert (await browser.client.get("/api/v1/probe/posts.read")).status_code == 200


async def test_another_workspaces_key_id_is_answered_like_one_that_nobody_has(here: House) -> None:
    ana = await here.signed_in()
    bob = await here.signed_in("Bob", "bob@example.com")
    await make(ana)
    foreign = await here.database.pool.fetchval("SELECT id FROM api_key")
    await bob.get("/settings/keys")
    pages = [await bob.post(f"/settings/keys/{key_id}/revoke") for key_id in (foreign, uuid4(), "no-uuid")]
    assert [page.status_code for page in pages] == [404, 404, 404]
    token = {"x-csrf-token": bob.form_token}
    known, unknown = [await bob.client.delete(f"/api/v1/keys/{key_id}", headers=token) for key_id in (foreign, uuid4())]
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert known.status_code == 404
    assert await here.database.pool.fetchval("SELECT count(*) FROM api_key WHERE revoked_at IS NULL") == 1


async def test_keys_are_made_listed_and_revoked_over_the_api_by_a_session_and_not_by_a_key(here: House) -> None:
    browser = await here.signed_in()
    await browser.get("/")
    token = {"x-csrf-token": browser.form_token}
    body = {"name": "script", "scopes": ["posts.read"]}
    made = await browser.client.post("/api/v1/keys", json=body, headers=token)
    assert made.status_code == 201
    key, key_id = made.json()["key"], UUID(made.json()["id"])
    listed = await browser.client.get("/api/v1/keys")
    assert key not in listed.text
    assert [(row["id"], row["name"], row["scopes"]) for row in listed.json()] == [
        (str(key_id), "script", ["posts.read"])
    ]
    assert await ask(here, key, "/api/v1/keys") == 403
    for bad in ({**body, "workspaceId": "x"}, {"name": "x"}, {**body, "scopes": ["keys.write"]}, {**body, "name": ""}):
        answer = await browser.client.post("/api/v1/keys", json=bad, headers=token)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), bad
    assert (await browser.client.delete(f"/api/v1/keys/{key_id}", headers=token)).status_code == 204
    assert await ask(here, key, "/api/v1/probe/posts.read") == 401


async def test_a_key_that_calls_too_often_is_told_when_to_come_back_and_others_are_not_held_up(
    here: House, key_ring: KeyRing
) -> None:
    busy = house(here.database, here.clock, key_ring, key_calls_a_minute=3)
    workspace_id, _person_id = await busy.owner()
    keys = [(await busy.identity.create_key(workspace_id, name, ["posts.read"]))[1] for name in "ab"]
    assert [await ask(busy, keys[0], "/api/v1/probe/posts.read") for _ in range(4)] == [200, 200, 200, 429]
    headers = {"authorization": f"Bearer {keys[0]}"}
    answer = await busy.browser().client.get("/api/v1/probe/posts.read", headers=headers)
    assert (answer.headers["retry-after"], answer.json()["code"]) == ("60", "too_many_requests")
    assert await ask(busy, keys[1], "/api/v1/probe/posts.read") == 200


async def test_a_hostile_name_of_a_key_is_shown_as_text(here: House) -> None:
    browser = await here.signed_in()
    name = '"><script>alert(1)</script>'
    await make(browser, name)
    page = (await browser.get("/settings/keys")).text
    assert name not in page
    assert html.escape(name, quote=False).split('"')[1] in page
