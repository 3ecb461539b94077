-- What local actors have said to others, and what of it is still on its way.

-- An activity is stored once, as it is sent, however many inboxes it goes to. Public ones stay: they are the actor's outbox
-- collection. Others go some time after their last delivery.
CREATE TABLE activities (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid       uuid NOT NULL UNIQUE,
    actor_id   integer NOT NULL REFERENCES actors ON DELETE CASCADE,
    type       text NOT NULL CHECK (length(type) BETWEEN 1 AND 100),
    json       json NOT NULL,
    public     boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX activities_outbox ON activities (actor_id, id) WHERE public;
CREATE INDEX activities_passing ON activities (created_at) WHERE NOT public;
CREATE INDEX activities_actor ON activities (actor_id);

-- One row for each inbox that an activity still has to reach; it goes with the answer. `host` names the lane, `key` what must
-- arrive in order (per inbox), by `rank` (0: revocations, which go first) and `id`. `retry_at` is set after a failure that
-- concerns this delivery and not its whole host. `collection` asks for a header about that collection when it is sent.
CREATE TABLE deliveries (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    activity_id bigint NOT NULL REFERENCES activities ON DELETE CASCADE,
    host        text COLLATE "C" NOT NULL CHECK (length(host) BETWEEN 1 AND 300),
    inbox       text COLLATE "C" NOT NULL CHECK (length(inbox) BETWEEN 1 AND 2048),
    local       boolean NOT NULL DEFAULT false,
    key         text COLLATE "C" NOT NULL CHECK (length(key) BETWEEN 1 AND 2048),
    rank        smallint NOT NULL DEFAULT 1 CHECK (rank IN (0, 1)),
    collection  text CHECK (length(collection) <= 2048),
    created_at  timestamptz NOT NULL DEFAULT now(),
    attempts    smallint NOT NULL DEFAULT 0,
    retry_at    timestamptz,
    error       text
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX deliveries_lane ON deliveries (host, rank, id);
CREATE INDEX deliveries_activity ON deliveries (activity_id);
CREATE INDEX deliveries_key ON deliveries (key, host);
CREATE INDEX deliveries_stalled ON deliveries (host, key, inbox) WHERE retry_at IS NOT NULL;

-- How each host has been doing, and which server process works on its lane until when. `asked`: the host itself named the
-- time of the next attempt. `suspect`: its last turn failed or was slow, so that it gets few connections.
CREATE TABLE delivery_hosts (
    host          text COLLATE "C" PRIMARY KEY,
    state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'unreachable', 'blocked')),
    attempts      integer NOT NULL DEFAULT 0,
    failing_since timestamptz,
    retry_at      timestamptz,
    asked         boolean NOT NULL DEFAULT false,
    suspect       boolean NOT NULL DEFAULT false,
    leased_by     uuid,
    leased_until  timestamptz,
    error         text,
    error_at      timestamptz,
    reached_at    timestamptz,
    turned_at     timestamptz NOT NULL DEFAULT now(),
    CHECK ((leased_by IS NULL) = (leased_until IS NULL)),
    CHECK (state <> 'unreachable' OR failing_since IS NOT NULL)
) WITH (fillfactor = 70);
CREATE INDEX delivery_hosts_leased ON delivery_hosts (leased_by) WHERE leased_by IS NOT NULL;

-- Inboxes that answered that they are gone: nothing is queued for them until the mark is lifted.
CREATE TABLE gone_inboxes (
    inbox text COLLATE "C" PRIMARY KEY,
    host  text COLLATE "C" NOT NULL,
    at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX gone_inboxes_host ON gone_inboxes (host);
CREATE INDEX gone_inboxes_at ON gone_inboxes (at);
