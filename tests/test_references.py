"""`externalId` and `metadata`: a partner finds its own references in answers, lists and events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from deployments.models import Deployment
from deployments.pipeline import run_due
from deployments.services.rebuilds import rebuild_site
from tests.deployments.deployment_fakes import deploy, install_fakes, payloads
from tests.envelope import assert_error
from tests.factories import Keys
from tests.imaging.calls import CREATE, OPERATIONS, PROMPT
from tests.merchants import PartnerServer, merchant

Send = Callable[..., Any]
NOTES = {"externalId": "order/4711 ü", "metadata": {"shop": "Kolkata", "note": "नोवा 🛍️"}}


def test_an_account_keeps_its_notes_until_they_are_cleared(server: PartnerServer) -> None:
    created = server.post("createAccount", merchant(1, **NOTES)).json()
    account_id = created["accountId"]
    assert NOTES.items() <= created["data"].items()
    assert NOTES.items() <= server.get(f"getAccount/{account_id}").json()["data"].items()

    def update(**values: Any) -> dict[str, Any]:
        body = {"accountId": account_id, **values}
        changed: dict[str, Any] = server.put("updateAccount", body).json()["data"]
        return changed

    assert NOTES.items() <= update(firstName="Asha").items()
    assert update(metadata={"a": "b"})["metadata"] == {"a": "b"}
    assert update(externalId="b-2")["externalId"] == "b-2"
    assert not {"externalId", "metadata"} & set(update(externalId=None, metadata=None))


def test_lists_find_rows_by_the_partners_own_id(
    server: PartnerServer, stranger: PartnerServer
) -> None:
    for caller in (server, stranger):
        caller.post("createAccount", merchant(caller is server, externalId="a-1"))
    server.post("createAccount", merchant(2))

    found = server.get("accounts", externalId="a-1").json()["data"]

    assert [each["externalId"] for each in found] == ["a-1"]
    assert len(server.get("accounts").json()["data"]) == 2
    for unknown in ("a", "A-1", "a-1\x00", "x" * 5000):
        assert server.get("accounts", externalId=unknown).json()["data"] == []


def test_a_deployment_has_them_in_answers_and_in_all_of_its_events(
    server: PartnerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_fakes(monkeypatch)
    plain, noted = deploy(server, 1), deploy(server, 2, **NOTES)
    while run_due():
        pass
    rebuild_site(website=noted.website, actor="test")
    run_due()

    counts = {"with": 0, "without": 0}
    for payload in payloads():
        of_noted = payload["identifier"] == noted.website.identifier
        assert (NOTES.items() <= payload.items()) == of_noted
        counts["with" if of_noted else "without"] += 1
    assert counts == {"with": 6, "without": 3}
    listed = server.get("deployments", externalId=NOTES["externalId"]).json()["data"]
    assert {each["identifier"] for each in listed} == {noted.website.identifier}
    assert all(NOTES.items() <= each.items() for each in listed)
    assert Deployment.objects.get(pk=plain.pk).metadata == {}


def test_a_rebuild_changes_them(server: PartnerServer, monkeypatch: pytest.MonkeyPatch) -> None:
    install_fakes(monkeypatch)
    shop = f"deployments/{deploy(server, 0, **NOTES).website.identifier}"
    run_due()

    def rebuild(**body: Any) -> dict[str, Any]:
        assert server.post(f"{shop}/rebuild", body).status_code == 202
        run_due()
        data: dict[str, Any] = server.get(shop).json()["data"]
        return data

    changed = rebuild(externalId="b-2")
    assert (changed["externalId"], changed["metadata"]) == ("b-2", NOTES["metadata"])
    assert payloads()[-1]["externalId"] == "b-2"
    assert not {"externalId", "metadata"} & set(rebuild(externalId=None, metadata=None))
    assert_error(server.post(f"{shop}/rebuild", {"metadata": 5}), 400, TYPE)


@pytest.mark.parametrize("environment", ["live", "test"])
def test_an_image_call_has_them_in_its_response_its_receipt_and_the_list(
    keys: Keys, post: Send, get: Send, environment: str
) -> None:
    key = getattr(keys, environment)
    plain = post(CREATE, PROMPT, key)
    response = post(CREATE, {**PROMPT, **NOTES}, key)
    path = OPERATIONS + response["X-Operation-Id"]

    assert NOTES.items() <= response.json()["data"].items()
    assert NOTES.items() <= get(path, key).json()["data"].items()
    assert not {"externalId", "metadata"} & set(plain.json()["data"])
    listed = get(f"{OPERATIONS.rstrip('/')}?externalId=order/4711%20%C3%BC", key).json()["data"]
    assert [each["operationId"] for each in listed] == [response["X-Operation-Id"]]


TYPE = "metadata must be an object"
SIZE = "metadata must have at most 20 members"
NAME = "metadata names must have 1 to 40 letters, digits or . _ - and begin with a letter"
VALUE = "metadata values must be strings of at most 500 characters"
BAD_NAMES = ("", "1", "_a", "a b", "k" * 41, "é")
BAD_VALUES: tuple[object, ...] = (1, None, {}, "x" * 501)


@pytest.mark.parametrize(
    ("notes", "message"),
    [
        ({"metadata": []}, TYPE),
        ({"metadata": "a"}, TYPE),
        ({"metadata": {f"k{n}": "" for n in range(21)}}, SIZE),
        *(({"metadata": {name: "a"}}, NAME) for name in BAD_NAMES),
        *(({"metadata": {"a": text}}, VALUE) for text in BAD_VALUES),
        ({"externalId": 7}, "externalId must be a string"),
        ({"externalId": "x" * 101}, "externalId must have at most 100 characters"),
    ],
)
def test_invalid_notes_are_refused(
    keys: Keys, server: PartnerServer, post: Send, notes: dict[str, Any], message: str
) -> None:
    for response in (
        server.post("createAccount", merchant(1, **notes)),
        post(CREATE, {**PROMPT, **notes}, keys.live),
        post("/partner/v1/image/quote", {**PROMPT, **notes}, keys.live),
    ):
        assert assert_error(response, 400, message)["field"] == next(iter(notes))
