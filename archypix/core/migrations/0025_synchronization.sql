-- What others say of the shares that people here hold, and when it is compared with what is held.

-- What was said of a collection beside an activity, as the header has it, until the activity is through.
ALTER TABLE inbox_activities ADD COLUMN synchronization text CHECK (length(synchronization) <= 5000);

-- One row for each share that an account holds something of: a share that it accepted, or one from which pictures come that
-- somebody else passed on. `actor_id` is whose share it is, `host` the server that is asked. `digest` is what they said last;
-- `settled` the digest they said when the share was last read page by page, whatever came of it.
-- `heard`: to be compared with what is held once it has been quiet, which it has not been since `heard_since`; `ask`: to be asked
-- about, at once or on its day. A row in somebody's hands has a lease, and `next_at` is its end. `attempts`: without an answer,
-- `rounds`: repairs after which it still differed, `missing`: answers that there is no such share.
CREATE TABLE share_checks (
    account_id  integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    share       text COLLATE "C" NOT NULL CHECK (octet_length(share) BETWEEN 1 AND 1000),
    actor_id    bigint NOT NULL REFERENCES remote_actors,
    host        text COLLATE "C" NOT NULL CHECK (length(host) BETWEEN 1 AND 300),
    state       text NOT NULL CHECK (state IN ('heard', 'ask')),
    next_at     timestamptz NOT NULL,
    digest      bytea CHECK (octet_length(digest) = 32),
    settled     bytea CHECK (octet_length(settled) = 32),
    heard_since timestamptz,
    lease       uuid,
    attempts    smallint NOT NULL DEFAULT 0,
    rounds      smallint NOT NULL DEFAULT 0,
    missing     smallint NOT NULL DEFAULT 0,
    error       text CHECK (length(error) <= 500),
    checked_at  timestamptz,
    PRIMARY KEY (account_id, share)
) WITH (fillfactor = 80);
CREATE INDEX share_checks_due ON share_checks (next_at);
CREATE INDEX share_checks_actor ON share_checks (actor_id);
CREATE INDEX share_checks_host ON share_checks (host, next_at);

-- Whom a delivery reaches, for what is said of a share beside it.
CREATE INDEX remote_actors_inbox ON remote_actors USING hash (inbox);
