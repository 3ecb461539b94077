-- What is known of other servers: their actors, the keys of these, and how their hosts like requests to be signed.

-- Actors of other servers as last fetched. Those of this server have a row too (local), so that whoever follows or is
-- followed is referred to in one way. Rows that nothing refers to are swept away after a while.
CREATE TABLE remote_actors (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uri                text NOT NULL UNIQUE CHECK (octet_length(uri) <= 2048),
    host               text NOT NULL CHECK (length(host) <= 300),
    local              boolean NOT NULL DEFAULT false,
    handle             text NOT NULL CHECK (length(handle) <= 500),
    handle_verified_at timestamptz,
    -- The handle that the actor says it has, which WebFinger has to confirm.
    claimed            text NOT NULL CHECK (length(claimed) <= 500),
    type               text NOT NULL,
    username           text NOT NULL,
    name               text NOT NULL DEFAULT '',
    summary            text NOT NULL DEFAULT '',
    url                text NOT NULL,
    icon_url           text,
    inbox              text NOT NULL,
    shared_inbox       text,
    outbox             text,
    followers_uri      text,
    moved_to           text,
    also_known_as      text[] NOT NULL DEFAULT '{}',
    approves_followers boolean NOT NULL DEFAULT false,
    gone_at            timestamptz,
    created_at         timestamptz NOT NULL DEFAULT now(),
    fetched_at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX remote_actors_host ON remote_actors (host);
CREATE INDEX remote_actors_handle ON remote_actors (lower(handle));
CREATE INDEX remote_actors_followers ON remote_actors (followers_uri) WHERE followers_uri IS NOT NULL;

-- Keys that an actor lists: the public key as SubjectPublicKeyInfo in DER.
CREATE TABLE remote_keys (
    id         text PRIMARY KEY CHECK (octet_length(id) <= 2048),
    actor_id   bigint NOT NULL REFERENCES remote_actors ON DELETE CASCADE,
    position   smallint NOT NULL,
    public_key bytea NOT NULL CHECK (length(public_key) <= 4096)
);
CREATE INDEX remote_keys_actor ON remote_keys (actor_id);

-- Hosts that have shown how they like requests to be signed; a host without a row is unknown.
CREATE TABLE federation_hosts (
    host           text PRIMARY KEY CHECK (length(host) <= 300),
    signature_kind text NOT NULL CHECK (signature_kind IN ('rfc9421', 'cavage')),
    learned_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX federation_hosts_learned ON federation_hosts (learned_at);
