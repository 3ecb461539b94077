"""A backend is killed, one comes, one is drained: nothing is lost, nobody else is delayed, and no id changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count

import requests

from tests.e2e.sharing.acts import can_fetch, comes_to_see, put, sees, share, tag, trash
from tests.rig.domain import Domain
from tests.rig.server import archypix
from tests.rig.trio import PASSWORD, Person, until

People = tuple[Person, Person, Person]
HERS = ("alps-1.jpg", "alps-2.jpg")
_numbers = count(1)


def register(domain: Domain, name: str) -> requests.Response:
    """Make an account for oneself, at the domain."""
    url = f"{domain.servers['r'].url}/api/v1/registration"
    return requests.post(url, json={"name": name, "password": PASSWORD}, timeout=60)


def sign_in(domain: Domain, name: str, origin: str) -> Person:
    """Sign in where the domain has sent somebody."""
    place = next(place for place, host in domain.hosts.items() if f"https://{host}" == origin)
    return domain.sign_in(place, name)


def test_a_backend_that_is_killed_is_missed_by_nobody_else(domain: Domain, people: People) -> None:
    alice, bob, carol = people
    dora = domain.person("b2", f"dora{bob.name}")
    ids = put(alice, *HERS)
    put(carol, "fjord-0.jpg")
    deal, hers = share(alice, bob), share(carol, bob)
    put(dora, "dora-1.jpg")
    share(dora, carol)
    comes_to_see(bob, *HERS, "fjord-0.jpg")
    comes_to_see(carol, "dora-1.jpg")
    before = domain.actor(bob.uri).json()
    assert domain.finger(bob.handle[1:]).status_code == 200

    b2 = domain.servers["b2"]
    domain.kill("b2")
    origin = "https://b2.d.test"
    until(lambda: not domain.resolver.backends()[origin]["up"], "that the Resolver notices")
    for _ in range(3):
        assert domain.finger(bob.handle[1:]).json()["links"][0]["href"] == bob.uri
        assert domain.actor(bob.uri).json() == before
    # What is said meanwhile waits.
    ids |= put(alice, "alps-3.jpg")
    tag(alice, [ids["alps-2.jpg"]], remove=["/Travel/Alps"])
    assert alice.patch(f"/pictures/{ids['alps-1.jpg']}", json={"title": "Later"}).status_code == 200
    put(carol, "fjord-1.jpg")
    # Nobody else waits: the first backend and the other domain go on.
    share(alice, carol)
    comes_to_see(carol, "alps-1.jpg", "alps-3.jpg", "dora-1.jpg")
    back = put(carol, "fjord-2.jpg", tags=["/Fjord"])
    share(carol, alice, "/Fjord")
    comes_to_see(alice, *back)

    # The command line of the backend can claim nothing while nobody confirms it, and keeps the name.
    made = archypix("user", "create", f"emil{bob.name}", "--no-password", data=b2.data, env=b2.env)
    assert made.returncode == 1
    assert "is held here" in made.stderr

    domain.restart("b2")
    until(lambda: domain.finger(f"emil{bob.name}@d.test").status_code == 200, "the account that waited")
    # Whoever is heard again is spoken to again, at once: messages name the domain, and the backend is meant.
    put(dora, "dora-2.jpg")
    put(bob, "bob-1.jpg", tags=["/Bob"])
    share(bob, alice, "/Bob")
    seen = comes_to_see(bob, "alps-1.jpg", "alps-3.jpg", "fjord-0.jpg", "fjord-1.jpg", within=90)
    assert can_fetch(bob, seen["alps-3.jpg"]["id"])
    until(lambda: bob.get(f"/pictures/{seen['alps-1.jpg']['id']}").json()["title"] == "Later", "the title")
    assert deal.state() == deal.state_there() == hers.state() == "active"
    after = domain.actor(bob.uri).json()
    assert {key: after[key] for key in ("id", "inbox", "publicKey")} == {
        key: before[key] for key in ("id", "inbox", "publicKey")
    }
    until(lambda: domain.resolver.backends()[origin]["up"], "that it is heard again")


def test_a_resolver_that_is_away_holds_up_nobody_who_knows_each_other(domain: Domain, people: People) -> None:
    alice, bob, carol = people
    put(alice, *HERS)
    share(alice, bob)
    share(alice, carol)
    comes_to_see(bob, *HERS)
    comes_to_see(carol, *HERS)
    domain.kill("r")
    more = put(alice, "alps-3.jpg")
    for one in (bob, carol):
        seen = comes_to_see(one, *HERS, "alps-3.jpg")
        assert can_fetch(one, seen["alps-3.jpg"]["id"])
    trash(alice, more["alps-3.jpg"])
    made = domain.administrator("b1").post("/admin/accounts", json={"name": f"late{bob.name}", "password": PASSWORD})
    assert (made.status_code, made.json()["code"]) == (503, "name_not_claimed")
    domain.restart("r")
    until(lambda: domain.finger(f"late{bob.name}@d.test").status_code == 200, "the account that waited")
    until(lambda: all(domain.resolver.backends()[f"https://{b}.d.test"]["up"] for b in domain.backends), "all of them")


def test_names_are_unique_over_all_backends(domain: Domain) -> None:
    name = f"single{next(_numbers)}"
    administrators = [domain.administrator(place) for place in ("b1", "b2", "b3")]
    with ThreadPoolExecutor(3) as pool:
        answers = list(
            pool.map(
                lambda admin: admin.post("/admin/accounts", json={"name": name, "password": PASSWORD}), administrators
            )
        )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    found = domain.actor(f"https://d.test/users/{name}").json()
    winner = administrators[[answer.status_code for answer in answers].index(201)]
    assert found["inbox"].startswith(winner.origin)
    assert winner.delete(f"/admin/accounts/{name}").status_code == 204
    until(lambda: domain.finger(f"{name}@d.test").status_code == 410, "that it is gone")
    assert domain.actor(f"https://d.test/users/{name}").status_code in (404, 410)
    for admin in administrators:
        assert admin.post("/admin/accounts", json={"name": name, "password": PASSWORD}).status_code == 409


def test_one_backend_comes_and_one_is_drained(domain: Domain, people: People) -> None:
    alice, bob, carol = people
    put(alice, *HERS)
    deal = share(alice, bob)
    comes_to_see(bob, *HERS)
    domain.drain("b1")
    added = domain.add()
    origin = f"https://{domain.hosts[added]}"
    until(lambda: domain.resolver.backends()[origin]["up"], "the new one")
    number = next(_numbers)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: register(domain, f"new{number}_{n}"), range(8)))
    assert [answer.status_code for answer in answers] == [201] * 8, [answer.text for answer in answers]
    homes = [answer.json()["backend"] for answer in answers]
    assert "https://b1.d.test" not in homes
    assert origin in homes
    # Somebody of the new one is as everybody else.
    newcomer = sign_in(domain, f"new{number}_{homes.index(origin)}", origin)
    put(newcomer, "new-1.jpg")
    for other in (alice, carol):
        share(newcomer, other)
        assert can_fetch(other, comes_to_see(other, "new-1.jpg")["new-1.jpg"]["id"])
    # On the drained one everything goes on, and its own administrator may still make people.
    put(alice, "alps-3.jpg")
    seen = comes_to_see(bob, *HERS, "alps-3.jpg")
    assert can_fetch(bob, seen["alps-3.jpg"]["id"])
    share(carol, alice, put_tag(carol))
    assert "fjord-1.jpg" in sees(alice) or comes_to_see(alice, "new-1.jpg", "fjord-1.jpg")
    assert deal.state() == "active"
    domain.drain("b1", on=False)


def put_tag(person: Person) -> str:
    """A tag with a picture."""
    put(person, "fjord-1.jpg", tags=["/Fjord"])
    return "/Fjord"
