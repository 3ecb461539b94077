"""The services that most rooms share: accounts, tags, incoming files, jobs, and who is told of what."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass

from archypix.accounts.followers import AccountFollower
from archypix.accounts.service import AccountService
from archypix.gate.requests import Doorkeeper, parse_networks
from archypix.hierarchies.following import HierarchyFollower
from archypix.hierarchies.writing.keeping import NameKeeper
from archypix.instance.models import Tiles
from archypix.instance.service import InstanceService
from archypix.jobs.models import WRITE
from archypix.jobs.service import JobService
from archypix.links.following import LinkExplainer, LinkFollower
from archypix.media.limits import Limits
from archypix.pipeline.hooks import ServiceFollower
from archypix.pipeline.why import ServiceExplainer
from archypix.received.room import Receiving
from archypix.received.why import ShareExplainer
from archypix.server.ground import Ground
from archypix.shares.room import Shares
from archypix.tags.followers import Follower
from archypix.tags.service import TagService
from archypix.tags.trees import TagTrees
from archypix.uploads.ingest import IngestService
from archypix.writing.hooks import RootFollower
from archypix.writing.keywords import KeywordTagger
from archypix.writing.service import WritingService
from federation.collections.following import CollectionFollower

# Whoever names tags, but for shares.
FOLLOWERS = (ServiceFollower(), RootFollower(), CollectionFollower(), LinkFollower(), HierarchyFollower(), NameKeeper())
# Whoever assigns tags and knows why.
EXPLAINERS = (ServiceExplainer(), LinkExplainer(), ShareExplainer())


@dataclass(frozen=True, slots=True)
class Pillars:
    """Services that others are made of. `account_followers` hear of accounts that change or go; rooms add theirs."""

    accounts: AccountService
    account_followers: list[AccountFollower]
    instance: InstanceService
    doorkeeper: Doorkeeper
    trees: TagTrees
    followers: tuple[Follower, ...]
    shares: Shares
    receiving: Receiving
    tags: TagService
    ingest: IngestService
    written: WritingService
    keywords: KeywordTagger
    jobs: JobService


def raise_pillars(stack: AsyncExitStack, ground: Ground) -> Pillars:
    """Make them; what must be closed is closed by `stack`."""
    settings, database, storage = ground.settings, ground.database, ground.storage
    account_followers: list[AccountFollower] = []
    accounts = AccountService(
        database, ground.passwords, ground.limiter, registration=settings.registration,
        default_quota=settings.default_quota, followers=account_followers,
    )  # fmt: skip
    stack.push_async_callback(accounts.close)
    tiles = Tiles(settings.map_tiles, settings.map_credit) if settings.map_tiles else None
    trees = TagTrees()
    shares = Shares.on(database)
    followers = (*FOLLOWERS, shares.follower)
    tags = TagService(database, trees, followers=followers, explainers=EXPLAINERS)
    ingest = IngestService(database, storage, tags, max_file_size=settings.max_file_size)
    limits = Limits(settings.max_pixels, settings.decode_timeout, settings.decode_memory)
    written = WritingService(database, storage, ingest.require_room)
    keywords = KeywordTagger(tags)
    return Pillars(
        accounts=accounts,
        account_followers=account_followers,
        instance=InstanceService(database, domain=ground.domain, registration=settings.registration, tiles=tiles),
        doorkeeper=Doorkeeper(accounts, origin=ground.origin, trusted_proxies=parse_networks(settings.trusted_proxies)),
        trees=trees,
        followers=followers,
        shares=shares,
        receiving=Receiving.on(database, followers, scale=settings.federation_time_scale),
        tags=tags,
        ingest=ingest,
        written=written,
        keywords=keywords,
        jobs=JobService(database, storage, limits, trades={WRITE: written}, examined=keywords),
    )
