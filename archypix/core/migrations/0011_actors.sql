-- Local actors: who speaks to other servers, with which keys, and how they look there.

-- Portraits are small and public, so they lie in the database: they come and go with the change of profile itself.
CREATE TABLE avatars (
    id         uuid PRIMARY KEY,
    account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    media_type text NOT NULL CHECK (media_type IN ('image/jpeg', 'image/webp', 'image/png')),
    content    bytea NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 524288),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX avatars_account ON avatars (account_id);

-- The row of a deleted actor stays: its address answers 410 for ever. `uri` derives from the identity domain, kind, name and slug.
CREATE TABLE actors (
    id                 integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind               text NOT NULL CHECK (kind IN ('person', 'instance', 'collection')),
    account_id         integer REFERENCES accounts ON DELETE CASCADE,
    slug               text CHECK (slug ~ '^[a-z0-9]([a-z0-9_-]{0,58}[a-z0-9_])?$'),
    name               text NOT NULL,
    uri                text NOT NULL UNIQUE,
    display_name       text NOT NULL DEFAULT '' CHECK (length(display_name) <= 200),
    summary            text NOT NULL DEFAULT '' CHECK (length(summary) <= 5000),
    properties         jsonb NOT NULL DEFAULT '[]',
    avatar_id          uuid REFERENCES avatars ON DELETE SET NULL,
    approves_followers boolean NOT NULL DEFAULT false,
    discoverable       boolean NOT NULL DEFAULT true,
    shows_network      boolean NOT NULL DEFAULT false,
    moved_to           text CHECK (length(moved_to) <= 2048),
    also_known_as      text[] NOT NULL DEFAULT '{}' CHECK (cardinality(also_known_as) <= 10),
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now(),
    deleted_at         timestamptz,
    CHECK ((kind = 'instance') = (account_id IS NULL)),
    CHECK ((kind = 'collection') = (slug IS NOT NULL))
);
CREATE UNIQUE INDEX actors_person ON actors (account_id) WHERE kind = 'person';
CREATE UNIQUE INDEX actors_instance ON actors (kind) WHERE kind = 'instance';
CREATE UNIQUE INDEX actors_collection ON actors (account_id, slug) WHERE kind = 'collection';
CREATE INDEX actors_name ON actors (name);
CREATE INDEX actors_avatar ON actors (avatar_id) WHERE avatar_id IS NOT NULL;

-- The private half is sealed by a key that derives from the master secret, and erased when the key has had its day.
CREATE TABLE actor_keys (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    actor_id   integer NOT NULL REFERENCES actors ON DELETE CASCADE,
    kind       text NOT NULL CHECK (kind IN ('rsa', 'ed25519')),
    public     text NOT NULL,
    sealed     bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    retired_at timestamptz,
    CHECK (sealed IS NOT NULL OR retired_at IS NOT NULL)
);
CREATE UNIQUE INDEX actor_keys_current ON actor_keys (actor_id, kind) WHERE retired_at IS NULL;
