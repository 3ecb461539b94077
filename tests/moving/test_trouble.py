"""Moves that are held up, killed, repeated or taken back; and what an account is while it rests."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from archypix.core.errors import Conflict, Unavailable
from archypix.moving.models import Arrival
from tests.federation.sharing.houses import House, Somebody
from tests.moving.houses import KEY, Source, Street
from tests.moving.life import JPEG, basic, somebody
from tests.uploads.site import photo


class Killed(BaseException):
    """The server that works at the move dies."""


async def person_with_pictures(street: Street, name: str, count: int = 3) -> tuple[Somebody, list[str]]:
    """Somebody at the old backend."""
    somebody = await House(street.old.site).person(name)
    return somebody, [await somebody.add("/Alps", name=f"{number}.jpg") for number in range(count)]


async def begin(street: Street, name: str) -> UUID:
    """Both sides know of a move."""
    move = uuid4()
    await street.old.departures.announce(move, name, street.new.origin, KEY)
    await street.new.arrivals.begin(move, name, street.old.origin)
    return move


async def finish(street: Street, move: UUID) -> Arrival:
    """Bring a move to its end from wherever it is, as the Resolver would who begins anew."""
    loop = street.new.loop(Source(street.old))
    for _ in range(30):
        await street.new.site.sql("UPDATE arrivals SET next_attempt_at = now() WHERE move = $1", move)
        await loop.step()
        arrival = await street.new.arrivals.status(move)
        if arrival.state == "copied":
            await street.old.departures.hold(move)
            await street.new.arrivals.take(move)
        elif arrival.state == "taken":
            arrival = await street.new.arrivals.activate(move)
            await street.old.departures.depart(move)
            await loop.tidy()
            return arrival
    raise AssertionError(arrival)


async def whole(street: Street) -> None:
    """Both servers are as `doctor` wants them."""
    assert await street.old.site.findings() == []
    assert await street.new.site.findings() == []


@pytest.mark.parametrize(("where", "held"), [("fetch", False), ("blobs", True), ("rows", True), ("sums", True)])
async def test_killed_anywhere(street: Street, where: str, held: bool) -> None:
    """Whoever works at it dies; somebody else takes it up, and nothing is lost or there twice."""
    alice, pictures = await person_with_pictures(street, f"killed_{where}_{int(held)}")
    move = await begin(street, alice.person.name)
    if held:
        await street.new.loop(Source(street.old)).step()
        pictures.append(await alice.add("/Alps", name="late.jpg"))
        await street.old.departures.hold(move)
        await street.new.arrivals.take(move)
    dying = Source(street.old, broken=Killed(), fails_at=where, after=1 if where == "rows" else 0)
    with pytest.raises(BaseException):  # noqa: B017, PT011 - a group of it, or itself
        await street.new.loop(dying).step()
        raise Killed
    assert (await street.new.arrivals.status(move)).state in ("copying", "taking", "copied")
    assert (await finish(street, move)).state == "active"
    here = somebody(street.new, alice)
    assert {one["id"] for one in (await here.get("/pictures"))["items"]} == set(pictures)
    assert [await here.person.download(picture) for picture in pictures]
    await whole(street)


async def test_a_backend_that_is_away_is_asked_again(street: Street) -> None:
    alice, _ = await person_with_pictures(street, "patient")
    move = await begin(street, "patient")
    away = Source(street.old, broken=Unavailable("The other server is away."), fails_at="fetch", after=1)
    await street.new.loop(away).step()
    arrival = await street.new.arrivals.status(move)
    assert (arrival.state, arrival.error) == ("copying", "The other server is away.")
    assert (await finish(street, move)).blobs_done == 3
    assert await alice.person.call("GET", "/pictures")
    await whole(street)


async def test_files_that_come_otherwise_are_not_taken(street: Street) -> None:
    """What has another hash than was announced is no file of theirs, however often it comes."""
    _, pictures = await person_with_pictures(street, "forged", 1)
    digest = await street.old.site.sql("SELECT encode(sha256, 'hex') FROM pictures WHERE id = $1", UUID(pictures[0]))
    key = next(name for name in street.old.site.originals() if digest in name)
    file = street.old.site.folder / "files" / key
    content = file.read_bytes()
    file.chmod(0o600)
    file.write_bytes(bytes(len(content)))
    move = await begin(street, "forged")
    await street.new.loop(Source(street.old)).step()
    arrival = await street.new.arrivals.status(move)
    assert (arrival.state, arrival.blobs_done) == ("copying", 0)
    assert "otherwise" in (arrival.error or "")
    file.write_bytes(content)
    assert (await finish(street, move)).state == "active"
    await street.new.site.settle()
    await whole(street)


async def test_an_account_that_rests_can_be_read(street: Street) -> None:
    alice, pictures = await person_with_pictures(street, "held")
    made = (await alice.get("/hierarchies"))["items"][0]
    token = await alice.send("POST", f"/hierarchies/{made['id']}/tokens", {"name": "laptop"}, status=201)
    link = await alice.send("POST", "/links", {"tag": "/Alps", "upload": True}, status=201)
    move = await begin(street, "held")
    departure = await street.old.departures.hold(move)
    assert departure.state == "held"
    assert (await alice.person.call("GET", "/pictures")).status == 200
    for method, path, body in (
        ("PATCH", f"/pictures/{pictures[0]}", {"title": "No"}),
        ("DELETE", f"/pictures/{pictures[0]}", None),
        ("POST", "/tags", {"path": "/New"}),
        ("POST", "/searches", {"name": "x", "query": "rating:1"}),
        ("PATCH", "/account", {"display_name": "Somebody"}),
    ):
        answer = await alice.person.call(method, path, json=body)
        assert (answer.status, answer.json["code"]) == (503, "moving"), (method, path, answer.body)
        assert int(answer.headers["Retry-After"]) > 0
    answer = await alice.person.upload(photo(99), "b.jpg")
    assert answer.status == 503
    site, headers = street.old.site, basic("held", token["token"])
    url = f"{site.url}/webdav/{made['slug']}/x.jpg"
    async with site.client.put(url, data=photo(98), headers=headers | JPEG) as put:
        assert (put.status, "Retry-After" in put.headers) == (503, True)
    async with site.client.request("PROPFIND", url.removesuffix("x.jpg"), headers=headers) as found:
        assert found.status == 207
    async with site.client.get(link["url"].replace("https://d.test", site.url)) as page:
        assert page.status == 200
    # Taken back, all goes on.
    await street.new.arrivals.drop(move)
    await street.old.departures.release(move)
    await alice.send("PATCH", f"/pictures/{pictures[0]}", {"title": "Yes"})
    assert (await alice.person.upload(photo(99), "b.jpg")).status == 201
    await street.new.loop(Source(street.old)).tidy()
    await whole(street)


async def test_loops_leave_it_alone(street: Street) -> None:
    """What was due for somebody is done where they are then."""
    alice, pictures = await person_with_pictures(street, "sleepy")
    await alice.send("POST", "/services", {
        "kind": "rule", "name": "r", "config": {"rules": [{"when": "rating:5", "tag": "/Best"}]},
    }, status=201)  # fmt: skip
    move = await begin(street, "sleepy")
    await street.new.loop(Source(street.old)).step()
    await street.old.departures.hold(move)
    site = street.old.site
    async with site.database.transaction() as connection:
        await connection.execute("SET LOCAL archypix.moving = 'on'")
        await connection.execute("UPDATE pictures SET rating = 5 WHERE id = $1", UUID(pictures[0]))
    await asyncio.sleep(1.0)
    assert "/Best" not in {tag["path"] for tag in (await alice.get("/tags"))["items"] if tag["total"]}
    await street.new.arrivals.take(move)
    await finish(street, move)
    here = somebody(street.new, alice)
    async with asyncio.timeout(60):
        while not any(tag["path"] == "/Best" and tag["total"] for tag in (await here.get("/tags"))["items"]):
            await asyncio.sleep(0.1)
    await whole(street)


async def test_taken_back_after_all_is_here(street: Street) -> None:
    """Until the directory says otherwise nothing is decided: the new backend forgets, and may be tried again."""
    alice, pictures = await person_with_pictures(street, "undecided")
    move, loop = await begin(street, "undecided"), street.new.loop(Source(street.old))
    await loop.step()
    await street.old.departures.hold(move)
    await street.new.arrivals.take(move)
    for _ in range(5):
        await street.new.site.sql("UPDATE arrivals SET next_attempt_at = now() WHERE move = $1", move)
        await loop.step()
    assert (await street.new.arrivals.status(move)).state == "taken"
    # Not yet anybody here.
    assert (await somebody(street.new, alice).person.call("GET", "/pictures")).status == 401
    for _ in range(2):
        await street.new.arrivals.drop(move)
        await street.old.departures.release(move)
    with pytest.raises(Conflict):
        await street.new.arrivals.activate(move)
    await loop.tidy()
    await street.new.site.settle()
    assert await street.new.site.sql("SELECT count(*) FROM accounts WHERE name = 'undecided'") == 0
    assert await street.new.site.sql("SELECT count(*) FROM pictures WHERE id = $1", UUID(pictures[0])) == 0
    await whole(street)
    await alice.send("PATCH", f"/pictures/{pictures[0]}", {"title": "Yes"})
    await street.move("undecided")
    assert (await somebody(street.new, alice).get(f"/pictures/{pictures[0]}"))["title"] == "Yes"
    with pytest.raises(Conflict):
        await street.old.departures.release(await _last(street))
    await whole(street)


async def _last(street: Street) -> UUID:
    found: UUID = await street.old.site.sql("SELECT move FROM departures ORDER BY announced_at DESC LIMIT 1")
    return found


async def test_there_and_back_and_nothing_left(street: Street) -> None:
    """After some days nothing is left at the old backend but the name; and whoever comes back is at home again."""
    alice, pictures = await person_with_pictures(street, "wanderer")
    await street.move("wanderer")
    old = street.old.site
    assert await old.sql("SELECT count(*) FROM pictures WHERE id = $1", UUID(pictures[0])) == 1
    await old.sql("UPDATE departures SET ended_at = now() - interval '8 days' WHERE name = 'wanderer'")
    await street.old.loop(Source(street.new)).tidy()
    await old.settle()
    assert await old.sql("SELECT count(*) FROM pictures WHERE id = $1", UUID(pictures[0])) == 0
    assert await old.sql("SELECT moved_to FROM accounts WHERE name = 'wanderer'") == street.new.origin
    await whole(street)
    await Street(street.new, street.old).move("wanderer")
    back = somebody(street.old, alice)
    assert {one["id"] for one in (await back.get("/pictures"))["items"]} == set(pictures)
    await back.send("PATCH", f"/pictures/{pictures[0]}", {"title": "Home"})
    await whole(street)


async def test_steps_out_of_order_are_refused(street: Street) -> None:
    await person_with_pictures(street, "orderly", 1)
    move = await begin(street, "orderly")
    with pytest.raises(Unavailable):
        await street.old.giving.rows(move, "tags", None, "")
    with pytest.raises(Unavailable):
        await street.old.giving.sums(move)
    with pytest.raises(Conflict):
        await street.old.departures.depart(move)
    with pytest.raises(Conflict):
        await street.new.arrivals.activate(move)
    with pytest.raises(Conflict):
        await street.old.departures.announce(uuid4(), "orderly", street.new.origin, KEY)
    with pytest.raises(Conflict):
        await street.new.arrivals.begin(uuid4(), "orderly", street.old.origin)
    with pytest.raises(Conflict):
        await street.old.departures.announce(move, "orderly", "https://elsewhere.test", KEY)
    await street.new.arrivals.drop(move)
    await street.old.departures.release(move)
