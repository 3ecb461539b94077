"""The room of people and administration, put together."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import timedelta

from archypix.accounts.limiter import Limiter
from archypix.core.loops import every
from resolver.administration import api, backends_api, moves_api
from resolver.administration.backends import BackendAdministration
from resolver.administration.moves import MoveAdministration
from resolver.administration.people import PeopleService
from resolver.administration.tokens import AdministratorTokens
from resolver.backends.service import MISSED
from resolver.ground import Ground, Room
from resolver.invites.service import InviteService
from resolver.moving.service import Moves
from resolver.preferences.service import PreferencesService
from resolver.registration import api as registration_api
from resolver.registration import pages
from resolver.registration.making import AccountMaker
from resolver.registration.models import Domain
from resolver.registration.service import RegistrationService

API = "/api/v1"
SWEEP_SECONDS = 60.0
LIMITS = "archypix:resolver:limit:"


async def build(stack: AsyncExitStack, ground: Ground) -> Room:
    """The room on `ground`; what it holds is closed by `stack`."""
    database, settings = ground.database, ground.settings
    silent_after = timedelta(seconds=MISSED * settings.heartbeat_seconds)
    limiter = Limiter.open(ground.endpoints.redis_url, prefix=LIMITS)
    stack.push_async_callback(limiter.close)
    preferences = PreferencesService(database, registration=settings.registration)
    registration = RegistrationService(
        database, preferences, AccountMaker(ground.asker), ground.names, limiter, silent_after=silent_after
    )
    stack.push_async_callback(registration.close)
    backends = BackendAdministration(database, ground.backends, preferences, silent_after=silent_after)
    people = PeopleService(database)

    async def sweep() -> None:
        await registration.sweep()
        await people.sweep()

    return Room(
        blueprints=(
            (pages.blueprint, None),
            (registration_api.blueprint, API),
            (backends_api.blueprint, API),
            (moves_api.blueprint, API),
            (api.blueprint, API),
        ),
        services=(
            preferences,
            registration,
            backends,
            people,
            MoveAdministration(database, Moves(database, ground.backends, ground.names)),
            InviteService(database),
            AdministratorTokens(database),
            Domain(ground.domain),
        ),
        loops={"people": every(SWEEP_SECONDS, sweep)},
    )
