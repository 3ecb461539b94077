-- Files of shared pictures: archives that holders fetch here, and copies that people here make of what others gave them.

-- An archive that waits to be fetched, once, by a holder. Which of its pictures they may have is asked again when it is sent.
CREATE TABLE archive_tickets (
    id          uuid PRIMARY KEY,
    holder_id   bigint NOT NULL REFERENCES remote_actors ON DELETE CASCADE,
    secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
    uris        text[] NOT NULL,
    filename    text NOT NULL CHECK (length(filename) <= 255),
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL
);
CREATE INDEX archive_tickets_holder ON archive_tickets (holder_id, created_at);
CREATE INDEX archive_tickets_expiry ON archive_tickets (expires_at);

-- Copies of received pictures, being made (`waiting`, leased while one works at it), `failed`, or `done`: then the row tells of the
-- picture `copy_id` where it is from, for as long as there is such a picture. `source_id` is the received picture, which may go.
-- `owner` is the owner's handle at that time.
CREATE TABLE copies (
    id              uuid PRIMARY KEY,
    account_id      integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    source_id       uuid REFERENCES pictures ON DELETE SET NULL,
    uri             text NOT NULL CHECK (octet_length(uri) <= 1000),
    owner_id        bigint REFERENCES remote_actors ON DELETE SET NULL,
    owner           text NOT NULL CHECK (length(owner) <= 500),
    tags            text[] NOT NULL DEFAULT '{}',
    state           text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed')),
    failure         text CHECK (length(failure) <= 500),
    copy_id         uuid REFERENCES pictures ON DELETE CASCADE,
    -- Where the very bytes were in the library already: that picture, which is no copy.
    same_id         uuid REFERENCES pictures ON DELETE SET NULL,
    attempts        smallint NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    lease           uuid,
    leased_until    timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    finished_at     timestamptz
);
CREATE UNIQUE INDEX copies_waiting_once ON copies (account_id, uri) WHERE state = 'waiting';
CREATE INDEX copies_due ON copies (next_attempt_at) WHERE state = 'waiting';
CREATE UNIQUE INDEX copies_copy ON copies (copy_id) WHERE copy_id IS NOT NULL;
CREATE INDEX copies_account ON copies (account_id, created_at);
CREATE INDEX copies_source ON copies (source_id) WHERE source_id IS NOT NULL;
CREATE INDEX copies_same ON copies (same_id) WHERE same_id IS NOT NULL;
CREATE INDEX copies_owner ON copies (owner_id) WHERE owner_id IS NOT NULL;
