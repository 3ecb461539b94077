"""What commands do to accounts while no server runs."""

from __future__ import annotations

from archypix.accounts.administration import AdministrationService
from archypix.accounts.models import COMMAND_LINE
from archypix.accounts.passwords import Passwords
from archypix.core.settings import load_settings
from federation.account_followers import account_followers
from federation.actors.service import ActorService
from tests.federation.actors.stranger import BASE, Stranger, remote_row
from tests.uploads.site import Person, Site

ME = f"{BASE}/users/alice"


async def test_a_deletion_by_command_is_told_too(site: Site, alice: Person, stranger: Stranger) -> None:
    actors: ActorService = site.service(ActorService)
    me = await actors.of_account(alice.id)
    rows = [await remote_row(site, f"https://{host}/users/u") for host in ("b.test", "c.test")]
    await site.sql(
        "INSERT INTO followers (id, actor_id, remote_actor_id, state, follow_id)"
        " VALUES (gen_random_uuid(), $1, $2, 'accepted', '')",
        me.id,
        rows[0],
    )
    await site.sql(
        "INSERT INTO following (id, account_id, remote_actor_id, state) VALUES (gen_random_uuid(), $1, $2, 'accepted')",
        alice.id,
        rows[1],
    )
    passwords = Passwords(memory_kib=8, passes=1)
    settings = load_settings({}, data=site.folder, domain="a.test")
    administration = AdministrationService(
        site.database, passwords, followers=account_followers(settings, site.database)
    )
    await administration.delete(COMMAND_LINE, "alice")
    passwords.close()
    (said,) = await site.rows("SELECT id, type, json FROM activities")
    assert (said["type"], said["json"]["object"]) == ("Delete", ME)
    hosts = await site.rows("SELECT host FROM deliveries WHERE activity_id = $1 ORDER BY host", said["id"])
    assert [row["host"] for row in hosts] == ["b.test", "c.test"]
    assert (await stranger.ask(ME)).status == 410
