-- The Resolver of a domain: who its backends are, and where each of its people lives.

-- What Resolvers that share this database must agree on when no setting says it.
CREATE TABLE shared_secrets (
    name  text PRIMARY KEY,
    value bytea NOT NULL
);

-- The keys of the domain's own actor; the private halves are sealed with a key that derives from the master secret.
CREATE TABLE identity_keys (
    kind    text PRIMARY KEY CHECK (kind IN ('rsa', 'ed25519')),
    public  text NOT NULL,
    sealed  bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);

-- Servers that say they are of this domain. Only what an administrator has admitted is believed, and only under the key that
-- was shown then: `pinned`. `presented` is the key of the last introduction, which is the same unless the backend has changed it.
CREATE TABLE backends (
    id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    origin              text NOT NULL UNIQUE CHECK (length(origin) BETWEEN 8 AND 300),
    state               text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'admitted', 'refused')),
    pinned              text,
    presented           text NOT NULL,
    -- Of the key that was presented last: what people compare before they admit it.
    fingerprint         text NOT NULL,
    version             text NOT NULL DEFAULT '',
    software            text NOT NULL DEFAULT '',
    created_at          timestamptz NOT NULL DEFAULT now(),
    introduced_at       timestamptz NOT NULL DEFAULT now(),
    admitted_at         timestamptz,
    -- The last place in the backend's sequence, of introductions and of heartbeats: what is not newer is a repetition.
    introduced_sequence bigint NOT NULL DEFAULT 0,
    heard_sequence      bigint NOT NULL DEFAULT 0,
    heard_at            timestamptz,
    users               bigint NOT NULL DEFAULT 0,
    pictures            bigint NOT NULL DEFAULT 0,
    bytes               bigint NOT NULL DEFAULT 0,
    active_month        bigint NOT NULL DEFAULT 0,
    active_half_year    bigint NOT NULL DEFAULT 0,
    posts               bigint NOT NULL DEFAULT 0,
    healthy             boolean NOT NULL DEFAULT false,
    accepting           boolean NOT NULL DEFAULT false,
    problems            jsonb NOT NULL DEFAULT '[]',
    -- People of the backend whose names are somebody else's in the domain, as of the last heartbeat.
    conflicts           jsonb NOT NULL DEFAULT '[]',
    capacity_users      bigint,
    capacity_bytes      bigint,
    CHECK (state <> 'admitted' OR pinned IS NOT NULL)
);

-- Messages that were believed; each is taken once. Older ones than the window are refused for their age.
CREATE TABLE nonces (
    backend_id bigint NOT NULL REFERENCES backends ON DELETE CASCADE,
    nonce      text NOT NULL,
    until      timestamptz NOT NULL,
    PRIMARY KEY (backend_id, nonce)
);
CREATE INDEX nonces_age ON nonces (until);

-- Names of people. A row is never deleted: whoever is gone keeps the name, so that it is given once in the life of the domain.
CREATE TABLE names (
    name       text COLLATE "C" PRIMARY KEY CHECK (name ~ '^[a-z0-9_]{1,30}$'),
    backend_id bigint NOT NULL REFERENCES backends,
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
CREATE INDEX names_by_backend ON names (backend_id, name);
