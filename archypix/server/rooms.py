"""The rooms' faces: which blueprint answers below which address."""

from __future__ import annotations

from typing import Final

from quart import Blueprint, Quart

from archypix.accounts import admin_api as accounts_admin_api
from archypix.accounts import api as accounts_api
from archypix.copies import api as copies_api
from archypix.drives import api as drives_api
from archypix.duplicates import api as duplicates_api
from archypix.events import api as events_api
from archypix.gate.application import make_application
from archypix.gate.context import provide
from archypix.gate.policy import RawRoute, refuse_undeclared
from archypix.health import admin_api as health_admin_api
from archypix.health import api as health_api
from archypix.hierarchies import api as hierarchies_api
from archypix.instance import api as instance_api
from archypix.jobs import admin_api as jobs_admin_api
from archypix.jobs import api as jobs_api
from archypix.links import api as links_api
from archypix.links import views as links_views
from archypix.notices import api as notices_api
from archypix.operations import api as operations_api
from archypix.operations import selection_api
from archypix.pictures import api as pictures_api
from archypix.pictures import edit_api, files_api, trash_api
from archypix.pipeline import api as pipeline_api
from archypix.places import api as places_api
from archypix.received import api as received_api
from archypix.search import api as search_api
from archypix.server.house import House
from archypix.server.views import services
from archypix.shares import api as shares_api
from archypix.tags import api as tags_api
from archypix.timeline import api as timeline_api
from archypix.uploads import api as uploads_api
from archypix.uploads import versions_api
from archypix.writing import again_api
from archypix.writing import api as sidecars_api
from archypix.writing import worker_api as writing_jobs_api

API: Final = "/api/v1"
INTERNAL: Final = "/internal/v1"
BLUEPRINTS: tuple[tuple[Blueprint, str | None], ...] = (
    (health_api.blueprint, None),
    (accounts_api.blueprint, API),
    (accounts_admin_api.blueprint, API),
    (instance_api.blueprint, API),
    (jobs_admin_api.blueprint, API),
    (health_admin_api.blueprint, API),
    (pictures_api.blueprint, API),
    (files_api.blueprint, API),
    (edit_api.blueprint, API),
    (trash_api.blueprint, API),
    (tags_api.blueprint, API),
    (timeline_api.blueprint, API),
    (places_api.blueprint, API),
    (pipeline_api.blueprint, API),
    (search_api.blueprint, API),
    (operations_api.blueprint, API),
    (selection_api.blueprint, API),
    (duplicates_api.blueprint, API),
    (uploads_api.blueprint, API),
    (versions_api.blueprint, API),
    (events_api.blueprint, API),
    (sidecars_api.blueprint, API),
    (copies_api.blueprint, API),
    (links_api.blueprint, API),
    (links_views.blueprint, None),
    (shares_api.blueprint, API),
    (received_api.blueprint, API),
    (notices_api.blueprint, API),
    (again_api.blueprint, API),
    (hierarchies_api.blueprint, API),
    (drives_api.blueprint, API),
    (jobs_api.blueprint, INTERNAL),
    (writing_jobs_api.blueprint, INTERNAL),
)


def answering(house: House, raw_routes: tuple[RawRoute, ...]) -> Quart:
    """The application that answers for all rooms. Raises where a view says nothing of who may call it."""
    app = make_application(house.pillars.doorkeeper, raw_routes)
    provide(app, *services(house))
    for blueprint, prefix in (*BLUEPRINTS, *house.federation.blueprints):
        app.register_blueprint(blueprint, url_prefix=prefix)
    refuse_undeclared(app)
    return app
