-- What people changed, kept so that it can be undone; and downloads of selections.

-- One change. `number` counts an account's operations, `written` the bytes that all its operations so far have kept: both
-- say in one step how much there is, and where the oldest have to go. `undoes` is the operation that this one took back.
CREATE TABLE operations (
    id        uuid PRIMARY KEY,
    owner_id  integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    number    bigint NOT NULL,
    kind      text NOT NULL CHECK (kind IN ('tags', 'metadata', 'trash', 'restore')),
    summary   text NOT NULL CHECK (length(summary) <= 300),
    units     text[] NOT NULL DEFAULT '{}',
    moved     jsonb,
    at        timestamptz NOT NULL DEFAULT now(),
    count     integer NOT NULL DEFAULT 0 CHECK (count >= 0),
    undoable  boolean NOT NULL DEFAULT true,
    undone_at timestamptz,
    undoes    uuid,
    written   bigint NOT NULL,
    UNIQUE (owner_id, number)
);
CREATE INDEX operations_at ON operations (at);

-- What an operation changed on pictures. `added` and `removed`: assignments of one tag from one source, with their times;
-- `set`: fields, as they were and as they became, the n-th value that of the n-th picture; `moved`: into the trash or out.
CREATE TABLE operation_items (
    operation_id uuid NOT NULL REFERENCES operations ON DELETE CASCADE,
    kind         text NOT NULL CHECK (kind IN ('added', 'removed', 'set', 'moved')),
    picture_ids  uuid[] NOT NULL,
    tag_id       integer,
    source       text,
    source_id    bigint,
    times        timestamptz[],
    before       jsonb,
    after        jsonb
);
CREATE INDEX operation_items_operation ON operation_items (operation_id);

-- Tags that an operation made or removed. Tags that come back get the ids they had, so that older operations still know them.
CREATE TABLE operation_tags (
    operation_id uuid NOT NULL REFERENCES operations ON DELETE CASCADE,
    made         boolean NOT NULL,
    tag_id       integer NOT NULL,
    parent_id    integer,
    depth        smallint NOT NULL,
    name         text NOT NULL,
    name_key     text NOT NULL,
    description  text NOT NULL,
    colour       text,
    position     integer NOT NULL,
    cover_id     uuid,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (operation_id, tag_id)
);

-- Selections waiting to be fetched as an archive, each once. Only the hash of the secret in the address is kept.
CREATE TABLE downloads (
    id          uuid PRIMARY KEY,
    owner_id    integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
    picture_ids uuid[] NOT NULL,
    filename    text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL
);
CREATE INDEX downloads_account ON downloads (owner_id, created_at);
CREATE INDEX downloads_expiry ON downloads (expires_at);
