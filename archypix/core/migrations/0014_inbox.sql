-- What other servers sent, and whom the administrator and people do not want to hear.

-- Activities that were accepted. `key` is the SHA-256 of actor and activity id: it makes a repetition harmless for as long as
-- the row stays. The text is dropped once the activity is through.
CREATE TABLE inbox_activities (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key             bytea NOT NULL UNIQUE CHECK (octet_length(key) = 32),
    actor_uri       text NOT NULL,
    activity_id     text NOT NULL,
    type            text NOT NULL,
    target_id       integer REFERENCES actors ON DELETE SET NULL,
    body            bytea,
    received_at     timestamptz NOT NULL DEFAULT now(),
    state           text NOT NULL CHECK (state IN ('due', 'leased', 'done', 'failed')),
    attempts        smallint NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    lease           uuid,
    error           text,
    ended_at        timestamptz,
    CHECK (state IN ('done', 'failed') OR body IS NOT NULL),
    CHECK ((state = 'leased') = (lease IS NOT NULL))
);
-- For leased rows, `next_attempt_at` is the end of the lease.
CREATE INDEX inbox_due ON inbox_activities (next_attempt_at, id) WHERE state IN ('due', 'leased');
CREATE INDEX inbox_lanes ON inbox_activities (actor_uri, id) WHERE state = 'leased';
CREATE INDEX inbox_ended ON inbox_activities (ended_at) WHERE ended_at IS NOT NULL;

-- The administrator's word on servers, subdomains included. `allowed` counts in allow-list mode only.
CREATE TABLE moderated_hosts (
    host       text PRIMARY KEY CHECK (length(host) BETWEEN 1 AND 260),
    policy     text NOT NULL CHECK (policy IN ('blocked', 'limited', 'allowed')),
    note       text NOT NULL DEFAULT '' CHECK (length(note) <= 1000),
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now()
);
-- One row whose number grows with each change of `moderated_hosts`, so that servers know when to read it again.
CREATE TABLE moderation_revision (
    single   boolean PRIMARY KEY DEFAULT true CHECK (single),
    revision bigint NOT NULL DEFAULT 0
);
INSERT INTO moderation_revision DEFAULT VALUES;

-- Whom a person does not want to see (mute), or not to have to do with at all (block): somebody, or a whole server.
CREATE TABLE aversions (
    id              uuid PRIMARY KEY,
    account_id      integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    kind            text NOT NULL CHECK (kind IN ('mute', 'block')),
    remote_actor_id bigint REFERENCES remote_actors ON DELETE CASCADE,
    host            text CHECK (length(host) BETWEEN 1 AND 260),
    created_at      timestamptz NOT NULL DEFAULT now(),
    ends_at         timestamptz,
    CHECK ((remote_actor_id IS NULL) <> (host IS NULL)),
    CHECK (kind = 'mute' OR ends_at IS NULL)
);
CREATE UNIQUE INDEX aversions_actor ON aversions (account_id, kind, remote_actor_id) WHERE host IS NULL;
CREATE UNIQUE INDEX aversions_host ON aversions (account_id, kind, host) WHERE host IS NOT NULL;
CREATE INDEX aversions_remote_actor ON aversions (remote_actor_id) WHERE remote_actor_id IS NOT NULL;
CREATE INDEX aversions_page ON aversions (account_id, kind, id);

-- What people, and other servers (`Flag`), bring to the administrator. `reporter_id` is an account here, `from_actor_id`
-- the actor elsewhere who sent a `Flag`.
CREATE TABLE reports (
    id            uuid PRIMARY KEY,
    reporter_id   integer REFERENCES accounts ON DELETE SET NULL,
    from_actor_id bigint REFERENCES remote_actors ON DELETE SET NULL,
    subject_uri   text NOT NULL,
    subject_host  text NOT NULL,
    object_uris   text[] NOT NULL DEFAULT '{}' CHECK (cardinality(object_uris) <= 50),
    comment       text NOT NULL DEFAULT '' CHECK (length(comment) <= 3000),
    created_at    timestamptz NOT NULL DEFAULT now(),
    forwarded_at  timestamptz,
    state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'resolved', 'dismissed')),
    resolved_at   timestamptz,
    resolved_by   integer REFERENCES accounts ON DELETE SET NULL,
    resolution    text NOT NULL DEFAULT '' CHECK (length(resolution) <= 1000)
);
CREATE INDEX reports_state ON reports (state, id);
CREATE INDEX reports_reporter ON reports (reporter_id, id);
CREATE INDEX reports_from ON reports (from_actor_id) WHERE from_actor_id IS NOT NULL;
CREATE INDEX reports_subject ON reports (subject_uri);
