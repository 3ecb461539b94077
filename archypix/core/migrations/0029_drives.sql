-- Hierarchies as drives: tokens of devices, the brake, locks, dead properties, and files that are no pictures.

-- When deletions by a device are too many at once. Null is no bound; a missing row is the defaults.
CREATE TABLE drive_settings (
    account_id    integer PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    brake_files   integer DEFAULT 20 CHECK (brake_files BETWEEN 1 AND 1000000),
    brake_share   integer DEFAULT 10 CHECK (brake_share BETWEEN 1 AND 100),
    brake_seconds integer NOT NULL DEFAULT 60 CHECK (brake_seconds BETWEEN 1 AND 86400)
);

-- What a device opens a drive with. `hash` is the SHA-256 of the secret, which is kept nowhere. A revoked token opens nothing; its row
-- stays for some time, so that what the device did can still be undone.
CREATE TABLE drive_tokens (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id   integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    hierarchy_id uuid NOT NULL REFERENCES hierarchies ON DELETE CASCADE,
    name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    hash         bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    read_only    boolean NOT NULL,
    redirect     boolean NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    last_address text CHECK (length(last_address) <= 100),
    revoked_at   timestamptz
);
CREATE INDEX drive_tokens_account ON drive_tokens (account_id, hierarchy_id, id);
CREATE INDEX drive_tokens_hierarchy ON drive_tokens (hierarchy_id);
CREATE INDEX drive_tokens_revoked ON drive_tokens (revoked_at) WHERE revoked_at IS NOT NULL;

-- The brake of each token; whoever counts its deeds locks the row first. While `pulled_at` is set, nothing is deleted or replaced;
-- until `allowed_until` nothing is counted.
CREATE TABLE drive_brakes (
    token_id      integer PRIMARY KEY REFERENCES drive_tokens ON DELETE CASCADE,
    pulled_at     timestamptz,
    allowed_until timestamptz
);

-- What devices delete and replace, for as long as it may have to be counted. A row comes before its deed, and goes again where that fails.
CREATE TABLE drive_deeds (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_id integer NOT NULL REFERENCES drive_tokens ON DELETE CASCADE,
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind     text NOT NULL CHECK (kind IN ('delete', 'replace')),
    pictures uuid[] NOT NULL
);
CREATE INDEX drive_deeds_token ON drive_deeds (token_id, at);
CREATE INDEX drive_deeds_at ON drive_deeds (at);

-- Pictures that a device has brought lately: these it may take away again more freely.
CREATE TABLE drive_arrivals (
    token_id   integer NOT NULL REFERENCES drive_tokens ON DELETE CASCADE,
    picture_id uuid NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (token_id, picture_id)
);
CREATE INDEX drive_arrivals_at ON drive_arrivals (at);

-- Locks of clients. Paths are looked up in NFC and folded case, segments between slashes, byte by byte, so that all below a path
-- is one range. `shown` is the path as it was written.
CREATE TABLE drive_locks (
    id           uuid PRIMARY KEY,
    hierarchy_id uuid NOT NULL REFERENCES hierarchies ON DELETE CASCADE,
    token_id     integer NOT NULL REFERENCES drive_tokens ON DELETE CASCADE,
    path         text COLLATE "C" NOT NULL,
    shown        text NOT NULL,
    deep         boolean NOT NULL,
    shared       boolean NOT NULL,
    owner        text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL
);
CREATE INDEX drive_locks_path ON drive_locks (hierarchy_id, path);
CREATE INDEX drive_locks_token ON drive_locks (token_id);
CREATE INDEX drive_locks_expiry ON drive_locks (expires_at);

-- Properties that clients set and nobody else understands; the name is `{namespace}name`, the value XML.
CREATE TABLE drive_properties (
    hierarchy_id uuid NOT NULL REFERENCES hierarchies ON DELETE CASCADE,
    path         text COLLATE "C" NOT NULL,
    name         text COLLATE "C" NOT NULL,
    value        text NOT NULL,
    PRIMARY KEY (hierarchy_id, path, name)
);

-- How many bytes the properties of a hierarchy have; whoever changes them locks the row first.
CREATE TABLE drive_property_room (
    hierarchy_id uuid PRIMARY KEY REFERENCES hierarchies ON DELETE CASCADE,
    bytes        bigint NOT NULL DEFAULT 0 CHECK (bytes >= 0)
);

-- Files beside the tags. The row comes before the bytes (`writing`) and goes after them (`gone`). `content` is that of small ones;
-- others are objects in storage, whose key has the row's id. Placeholders are seen by all devices, the rest by that which made it.
CREATE TABLE drive_scraps (
    id           uuid PRIMARY KEY,
    hierarchy_id uuid REFERENCES hierarchies ON DELETE SET NULL,
    token_id     integer REFERENCES drive_tokens ON DELETE SET NULL,
    state        text NOT NULL CHECK (state IN ('writing', 'ready', 'gone')),
    kind         text NOT NULL CHECK (kind IN ('litter', 'placeholder', 'scratch', 'folder')),
    folder       text COLLATE "C" NOT NULL,
    name_key     text COLLATE "C" NOT NULL,
    name         text NOT NULL,
    size         bigint NOT NULL CHECK (size >= 0),
    media_type   text NOT NULL,
    sha256       bytea NOT NULL CHECK (octet_length(sha256) = 32),
    content      bytea,
    key          text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    modified_at  timestamptz NOT NULL DEFAULT now(),
    changed_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL
);
CREATE UNIQUE INDEX drive_scraps_place ON drive_scraps (hierarchy_id, folder, name_key, token_id) WHERE state = 'ready';
CREATE INDEX drive_scraps_token ON drive_scraps (token_id);
CREATE INDEX drive_scraps_orphans ON drive_scraps (id) WHERE token_id IS NULL OR hierarchy_id IS NULL;
CREATE INDEX drive_scraps_expiry ON drive_scraps (expires_at) WHERE state = 'ready';
CREATE INDEX drive_scraps_unsettled ON drive_scraps (changed_at) WHERE state <> 'ready';
