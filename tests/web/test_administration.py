"""Administration: people and invites, the door, jobs, deliveries, rules on servers, reports, the log, backups."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import requests
from playwright.async_api import Page, expect

from tests.rig.server import Server, User, archypix
from tests.web.conftest import Browse
from tests.web.visitor import Visit
from tests.webdav.people import PASSWORD, People, people_of

pytestmark = pytest.mark.browser

SECRET = "a secret of workers, long enough to be one"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, site_env: dict[str, str]) -> Iterator[Server]:
    """A server without workers, for what would be in the way of others: tests work for it themselves."""
    env = site_env | {"ARCHYPIX_WORKER_SECRET": SECRET}
    server = Server(tmp_path_factory.mktemp("place") / "data", env=env, arguments=("--workers", "0")).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def place_people(place: Server) -> People:
    return people_of(place)


@pytest.fixture
def root(place_people: People) -> User:
    """An administrator of that server."""
    return place_people.make(is_admin=True)


async def sure(page: Page, action: str) -> None:
    await page.get_by_role("dialog").get_by_role("button", name=action, exact=True).click()


async def go_to(visit: Visit, part: str) -> None:
    """A part of the screen, by the row of its parts."""
    await visit.page.get_by_role("navigation", name="Administration").get_by_role("link", name=part).click()


async def test_people_hosts_and_jobs_from_the_door_to_the_end(
    place: Server, root: User, place_people: People, browse: Browse, tmp_path: Path
) -> None:
    visit = await browse(root, at="/administration/people")
    await somebody_comes_and_goes(visit, root)
    await a_failed_job(visit, place, place_people.make(), tmp_path)
    await a_server_in_trouble(visit, root)
    await a_rule_on_a_server(visit, root)


async def somebody_comes_and_goes(visit: Visit, root: User) -> None:
    """An account, its quota and its password; and its end, which is logged."""
    page = visit.page
    await page.get_by_role("button", name="New account").click()
    dialog = page.get_by_role("dialog", name="New account")
    await dialog.get_by_label("Name", exact=True).fill("root of evil")
    await dialog.get_by_role("button", name="Create").click()
    await expect(dialog.get_by_text("A name has 1 to 30 characters").first).to_be_visible()
    await dialog.get_by_label("Name", exact=True).fill("ilse")
    await dialog.get_by_label("Name that is shown").fill(HOSTILE)
    await dialog.get_by_label("Password").fill(PASSWORD)
    await dialog.get_by_label("Quota in GB").fill("much")
    await expect(dialog.get_by_text("This is no number.")).to_be_visible()
    await dialog.get_by_label("Quota in GB").fill("1,5")
    await dialog.get_by_role("button", name="Create").click()
    row = page.get_by_role("list", name="People").get_by_role("listitem").filter(has_text="ilse")
    await expect(row).to_contain_text(HOSTILE)
    await expect(row).to_contain_text("of 1.5 GB")

    async def choose(choice: str) -> None:
        await row.get_by_role("button", name="What to do about ilse").click()
        await page.get_by_role("menuitem", name=choice).click()

    await choose("Set the quota")
    await page.get_by_role("dialog").get_by_label("Quota in GB").fill("")
    await sure(page, "Save")
    await expect(row).not_to_contain_text("of 1.5 GB")
    await choose("Set a new password")
    await page.get_by_role("dialog").get_by_label("New password").fill("a longer password")
    await sure(page, "Save")
    await expect(page.get_by_text("The password is set.")).to_be_visible()
    api = f"{root.server.url}/api/v1"
    signing_in = {"name": "ilse", "password": "a longer password"}
    assert requests.post(f"{api}/session", json=signing_in, timeout=60).status_code == 200
    await choose("Disable")
    await sure(page, "Disable")
    await expect(row).to_contain_text("disabled")
    assert requests.post(f"{api}/session", json=signing_in, timeout=60).status_code in (401, 403)
    await choose("Delete")
    await sure(page, "Delete")
    await expect(row).to_have_count(0)
    await expect(page.get_by_role("list", name="People")).to_be_focused()
    await go_to(visit, "Log")
    await page.get_by_label("What", exact=True).select_option("account.deleted")
    entry = page.get_by_role("list", name="Entries").get_by_role("listitem").filter(has_text="ilse")
    await expect(entry).to_have_count(1)
    await expect(entry).to_contain_text(root.name)


async def test_the_door_reports_and_backups(
    place: Server, root: User, place_people: People, browse: Browse, tmp_path: Path
) -> None:
    visit = await browse(root)
    await visit.go("/administration")
    await an_invite(visit, root)
    await a_report(visit, place_people)
    await a_backup(visit, place, tmp_path)


async def an_invite(visit: Visit, root: User) -> None:
    """An address by which somebody joins, once the door asks for it."""
    page = visit.page
    await page.get_by_label("Name of the server").fill("Our pictures")
    await page.get_by_label("People with an invite").check()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    told = requests.get(f"{root.server.url}/api/v1/instance", timeout=60).json()
    assert (told["name"], told["registration"]) == ("Our pictures", "invite")
    await go_to(visit, "People")
    await page.get_by_role("button", name="New invite").click()
    await page.get_by_label("For whom").fill("Aunt Ilse")
    await sure(page, "Create")
    address = await page.get_by_label("Address to hand on").input_value()
    await page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    code = address.partition("/register?invite=")[2]
    joined = {"name": "aunt", "password": PASSWORD, "invite": code}
    api = f"{root.server.url}/api/v1/registration"
    assert requests.post(api, json=joined, timeout=60).status_code == 201
    assert requests.post(api, json=joined | {"name": "uncle"}, timeout=60).status_code == 403


async def a_failed_job(visit: Visit, place: Server, owner: User, tmp_path: Path) -> None:
    """It says why it failed, and is tried again."""
    file = tmp_path / "broken.jpg"
    file.write_bytes(b"\xff\xd8\xff" + b"no picture at all" * 100)
    picture = owner.upload(file).json()["id"]
    fail_next(place, f"the decoder saw {HOSTILE}")
    await go_to(visit, "Jobs")
    page = visit.page
    row = page.get_by_role("list", name="Failed").get_by_role("listitem").filter(has_text=picture)
    await expect(row).to_contain_text(f"the decoder saw {HOSTILE}")
    await expect(row).to_contain_text(f"of {owner.name}")
    await visit.accessible()
    await visit.shot("administration-jobs")
    await row.get_by_role("button", name="Try again").click()
    await expect(page.get_by_text("1 job is tried again.")).to_be_visible()
    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_role("list", name="Next").get_by_role("listitem").filter(has_text=picture)).to_be_visible()
    assert owner.get(f"/pictures/{picture}").json()["state"] == "processing"


async def a_server_in_trouble(visit: Visit, root: User) -> None:
    """What waits for it is dropped, and it is tried now."""
    assert root.get("/account/profile").status_code == 200, "nobody of this server is known to others"
    await queue_for(root.server, "away.example", 3)
    await go_to(visit, "Deliveries")
    page = visit.page
    row = page.get_by_role("list", name="Deliveries").get_by_role("listitem").filter(has_text="away.example")
    await expect(row).to_contain_text("cannot be reached")
    await expect(row).to_contain_text("3 messages wait")
    await expect(row).to_contain_text("nobody answers")
    await visit.accessible()
    await visit.shot("administration-deliveries")
    await row.get_by_role("button", name="Drop").click()
    await sure(page, "Drop")
    await expect(page.get_by_text("3 messages dropped.")).to_be_visible()
    await expect(row).to_contain_text("0 messages wait")
    await row.get_by_role("button", name="Try again: away.example").click()
    await expect(page.get_by_text("away.example is tried now.")).to_be_visible()


async def a_rule_on_a_server(visit: Visit, root: User) -> None:
    """Blocked, limited, dealt with again."""
    await go_to(visit, "Other servers")
    page = visit.page
    await expect(page.get_by_text("Everybody", exact=True)).to_be_visible()
    await page.get_by_label("Name of the server").fill("Spam.Example")
    await page.get_by_label("Note").fill(HOSTILE)
    await page.get_by_role("button", name="Save").click()
    row = page.get_by_role("list", name="Rules").get_by_role("listitem").filter(has_text="spam.example")
    await expect(row).to_contain_text("Blocked")
    await expect(row).to_contain_text(HOSTILE)
    await row.get_by_role("button", name="Edit the rule on spam.example").click()
    await page.get_by_label("Limited").check()
    await page.get_by_role("button", name="Save").click()
    await expect(row).to_contain_text("Limited")
    assert root.get("/admin/federation/hosts/spam.example").json()["policy"] == "limited"
    await row.get_by_role("button", name="Remove").click()
    await sure(page, "Remove")
    await expect(row).to_have_count(0)


async def a_report(visit: Visit, place_people: People) -> None:
    """Read and settled."""
    subject, reporter = place_people.make(), place_people.make()
    handle = subject.get("/account/profile").json()["handle"]
    made = reporter.post("/reports", json={"handle": handle, "comment": f"Look at this: {HOSTILE}"})
    assert made.status_code == 201, made.text
    await go_to(visit, "Reports")
    page = visit.page
    report = page.get_by_role("list", name="Reports").get_by_role("listitem").filter(has_text=HOSTILE)
    await expect(report).to_contain_text(f"by {reporter.name}")
    await report.get_by_label("What was done").fill("Talked to them")
    await report.get_by_role("button", name="Resolve").click()
    await expect(report).to_have_count(0)
    await page.get_by_role("button", name="Resolved").click()
    await expect(report).to_contain_text("Talked to them")


async def a_backup(visit: Visit, place: Server, tmp_path: Path) -> None:
    """The page shows what the command made."""
    await go_to(visit, "Backups")
    page = visit.page
    await expect(page.get_by_text("There is no backup.")).to_be_visible()
    folder = tmp_path / "safe"
    done = await asyncio.to_thread(archypix, "backup", str(folder), data=place.data, env=place.env)
    assert done.returncode == 0, done.stdout + done.stderr
    await page.reload()
    await expect(page.get_by_text("up to date")).to_be_visible()
    row = page.get_by_role("list", name="Backups").get_by_role("listitem")
    await expect(row).to_contain_text(str(folder))
    await expect(row).to_contain_text("secrets readable")
    await visit.accessible()
    await visit.shot("administration-backups")


async def test_who_is_no_administrator_is_told_so(place_people: People, browse: Browse) -> None:
    somebody = place_people.make()
    visit = await browse(somebody)
    await visit.go("/administration/people")
    await expect(visit.page.get_by_role("heading", name="For administrators")).to_be_visible()
    await expect(visit.page.get_by_role("link", name="Administration")).to_have_count(0)
    for path in ("/admin/server", "/admin/jobs", "/admin/backups"):
        assert somebody.get(path).status_code == 403


def fail_next(server: Server, error: str) -> None:
    """Be a worker that takes the next job and cannot do it."""
    headers = {"Authorization": f"Bearer {SECRET}"}

    def call(path: str, body: dict[str, Any]) -> dict[str, Any]:
        url = f"{server.url}/internal/v1/jobs/{path}"
        answer = requests.post(url, json={"worker": "test"} | body, headers=headers, timeout=60)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    (job,) = call("claim", {"limit": 1, "wait": 10})["jobs"]
    call(f"{job['id']}/fail", {"token": job["token"], "blob": job["blob"], "error": error})


async def queue_for(server: Server, host: str, count: int) -> None:
    """Messages for a server that does not answer, as they would be after some weeks."""
    connection = await asyncpg.connect(server.database_url)
    try:
        await connection.execute(
            "INSERT INTO delivery_hosts (host, state, attempts, failing_since, retry_at, error, error_at)"
            " VALUES ($1, 'unreachable', 20, now() - interval '20 days', now() + interval '1 day', 'nobody answers',"
            " now() - interval '1 hour')",
            host,
        )
        await connection.execute(
            "INSERT INTO activities (uuid, actor_id, type, json) SELECT gen_random_uuid(), min(id), 'Update', '{}'"
            " FROM actors"
        )
        await connection.execute(
            "INSERT INTO deliveries (activity_id, host, inbox, key) SELECT max(a.id), $1, 'https://' || $1 || '/' || n,"
            " 'https://' || $1 || '/' || n FROM activities a, generate_series(1, $2::int) n GROUP BY n",
            host, count,
        )  # fmt: skip
    finally:
        await connection.close()
