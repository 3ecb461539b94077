-- People who move between backends of one domain: what keeps their rows still meanwhile, and how far a move has come.

-- `held_at`: the person is about to leave, and nothing of theirs changes. `moved_to` is the origin of the backend where they are now.
-- `arriving`: their rows are here, and they are not yet.
ALTER TABLE accounts
    ADD COLUMN held_at  timestamptz,
    ADD COLUMN arriving boolean NOT NULL DEFAULT false,
    ADD COLUMN moved_to text CHECK (length(moved_to) <= 300),
    ADD COLUMN moved_at timestamptz,
    ADD CHECK ((moved_to IS NULL) = (moved_at IS NULL));

-- People who are on their way here are not yet local, and those who moved away are no more.
CREATE OR REPLACE VIEW local_names AS
    SELECT a.name FROM accounts a WHERE a.refused_at IS NULL AND NOT a.arriving AND a.moved_to IS NULL
    UNION ALL
    SELECT p.name FROM pending_accounts p;

-- Accounts that no loop works for, and of which nothing may change but by a move until they have `moved`: nearly always none, so that
-- asking for one costs next to nothing.
CREATE TABLE resting_accounts (
    account_id integer PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    moved      boolean NOT NULL
);

CREATE FUNCTION accounts_rest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.held_at IS NOT NULL OR NEW.arriving OR NEW.moved_to IS NOT NULL THEN
        INSERT INTO resting_accounts VALUES (NEW.id, NEW.moved_to IS NOT NULL)
        ON CONFLICT (account_id) DO UPDATE SET moved = EXCLUDED.moved;
    ELSE
        DELETE FROM resting_accounts WHERE account_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_rest_inserted AFTER INSERT ON accounts FOR EACH ROW
    WHEN (NEW.held_at IS NOT NULL OR NEW.arriving OR NEW.moved_to IS NOT NULL) EXECUTE FUNCTION accounts_rest();
CREATE TRIGGER accounts_rest_updated AFTER UPDATE OF held_at, arriving, moved_to ON accounts
    FOR EACH ROW EXECUTE FUNCTION accounts_rest();

-- What everybody meets who changes something of an account that rests; moves themselves say so. What is left of those who moved may
-- change, as it means nothing any more, but for the account itself (`ended`).
CREATE FUNCTION refuse_resting(owners integer[], ended boolean DEFAULT false) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM resting_accounts WHERE account_id = ANY (owners) AND (ended OR NOT moved))
        AND coalesce(current_setting('archypix.moving', true), '') <> 'on' THEN
        RAISE EXCEPTION 'the account is being moved' USING ERRCODE = 'AX001';
    END IF;
END $$;

CREATE FUNCTION owner_rests() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM resting_accounts) THEN
        PERFORM refuse_resting(ARRAY[
            (CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END ->> TG_ARGV[0])::integer
        ], TG_NARGS > 1);
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER accounts_kept BEFORE UPDATE OF display_name, password_hash, is_admin, disabled_at, deleted_at ON accounts
    FOR EACH ROW EXECUTE FUNCTION owner_rests('id', 'ended');
CREATE TRIGGER libraries_rest BEFORE UPDATE ON libraries FOR EACH ROW EXECUTE FUNCTION owner_rests('account_id');
CREATE TRIGGER pipelines_rest BEFORE INSERT OR UPDATE OR DELETE ON pipelines
    FOR EACH ROW EXECUTE FUNCTION owner_rests('owner_id');
CREATE TRIGGER services_rest BEFORE INSERT OR UPDATE OR DELETE ON services
    FOR EACH ROW EXECUTE FUNCTION owner_rests('owner_id');
CREATE TRIGGER operations_rest BEFORE INSERT OR UPDATE OR DELETE ON operations
    FOR EACH ROW EXECUTE FUNCTION owner_rests('owner_id');
CREATE TRIGGER saved_searches_rest BEFORE INSERT OR UPDATE OR DELETE ON saved_searches
    FOR EACH ROW EXECUTE FUNCTION owner_rests('owner_id');
CREATE TRIGGER shares_rest BEFORE INSERT OR UPDATE OR DELETE ON shares
    FOR EACH ROW EXECUTE FUNCTION owner_rests('account_id');
CREATE TRIGGER incoming_shares_rest BEFORE INSERT OR UPDATE OR DELETE ON incoming_shares
    FOR EACH ROW EXECUTE FUNCTION owner_rests('account_id');
CREATE TRIGGER hierarchies_rest BEFORE INSERT OR UPDATE OR DELETE ON hierarchies
    FOR EACH ROW EXECUTE FUNCTION owner_rests('account_id');
CREATE TRIGGER links_rest BEFORE INSERT OR UPDATE OR DELETE ON links
    FOR EACH ROW EXECUTE FUNCTION owner_rests('account_id');
CREATE TRIGGER collections_rest BEFORE INSERT OR UPDATE OR DELETE ON collections
    FOR EACH ROW EXECUTE FUNCTION owner_rests('account_id');
CREATE TRIGGER copies_rest BEFORE INSERT OR UPDATE OR DELETE ON copies
    FOR EACH ROW EXECUTE FUNCTION owner_rests('account_id');

-- As they were, and nothing is counted of those who rest.
CREATE OR REPLACE FUNCTION lock_libraries(owners integer[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM 1 FROM libraries WHERE account_id = ANY (owners) ORDER BY account_id FOR UPDATE;
    PERFORM refuse_resting(owners);
END $$;

CREATE OR REPLACE FUNCTION library_tick(owners integer[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    owner integer;
    known text := coalesce(current_setting('archypix.ticked', true), '');
BEGIN
    PERFORM refuse_resting(owners);
    FOREACH owner IN ARRAY coalesce(owners, '{}') LOOP
        CONTINUE WHEN position(',' || owner || ',' IN known) > 0;
        UPDATE library_ticks t SET ticks = t.ticks + 1
        FROM (SELECT slot FROM library_ticks WHERE account_id = owner LIMIT 1 FOR UPDATE SKIP LOCKED) free
        WHERE t.account_id = owner AND t.slot = free.slot;
        IF NOT FOUND THEN
            INSERT INTO library_ticks (account_id) VALUES (owner);
        END IF;
        known := known || ',' || owner || ',';
        PERFORM set_config('archypix.ticked', known, true);
    END LOOP;
END $$;

-- Whoever leaves. `key` is that of the backend that may ask for what is theirs. Their relations to others go as soon as they have left
-- (`severed_at`), everything else later. `held_by` is the transaction that held the account:
-- once all that were there before it are over, nothing changes any more.
CREATE TABLE departures (
    move         uuid PRIMARY KEY,
    account_id   integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    name         text NOT NULL,
    target       text NOT NULL CHECK (length(target) <= 300),
    key          text NOT NULL CHECK (length(key) <= 300),
    state        text NOT NULL DEFAULT 'announced' CHECK (state IN ('announced', 'held', 'moved', 'released')),
    held_by      xid8,
    announced_at timestamptz NOT NULL DEFAULT now(),
    ended_at     timestamptz,
    severed_at   timestamptz,
    purged_at    timestamptz
);
CREATE UNIQUE INDEX departures_once ON departures (account_id) WHERE state IN ('announced', 'held');
CREATE INDEX departures_purge ON departures (ended_at) WHERE state = 'moved' AND purged_at IS NULL;
CREATE INDEX departures_sever ON departures (ended_at) WHERE state = 'moved' AND severed_at IS NULL;

-- Whoever arrives. While a server works at it, it has a lease.
CREATE TABLE arrivals (
    move            uuid PRIMARY KEY,
    name            text NOT NULL,
    source          text NOT NULL CHECK (length(source) <= 300),
    account_id      integer REFERENCES accounts ON DELETE SET NULL,
    state           text NOT NULL DEFAULT 'copying'
        CHECK (state IN ('copying', 'copied', 'taking', 'taken', 'active', 'dropped', 'failed')),
    blobs           integer NOT NULL DEFAULT 0,
    blobs_done      integer NOT NULL DEFAULT 0,
    bytes           bigint NOT NULL DEFAULT 0,
    bytes_done      bigint NOT NULL DEFAULT 0,
    rows            bigint NOT NULL DEFAULT 0,
    rows_done       bigint NOT NULL DEFAULT 0,
    error           text CHECK (length(error) <= 500),
    attempts        integer NOT NULL DEFAULT 0,
    lease           uuid,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    begun_at        timestamptz NOT NULL DEFAULT now(),
    changed_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX arrivals_due ON arrivals (next_attempt_at) WHERE state IN ('copying', 'taking');

-- Files that were brought, kept from going until the pictures that they belong to are there. Thumbnails of a file may be
-- made at the other side after it was brought: how many came with it is known, so that the rest can follow.
CREATE TABLE arrival_blobs (
    move       uuid NOT NULL REFERENCES arrivals ON DELETE CASCADE,
    sha256     bytea NOT NULL CHECK (octet_length(sha256) = 32),
    blob_id    uuid NOT NULL REFERENCES blobs ON DELETE RESTRICT,
    size       bigint NOT NULL,
    thumbnails smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (move, sha256)
);
CREATE INDEX arrival_blobs_blob ON arrival_blobs (blob_id);

-- As much of files beside the tags.
CREATE TABLE arrival_scraps (
    scrap_id uuid PRIMARY KEY REFERENCES drive_scraps ON DELETE CASCADE,
    move     uuid NOT NULL REFERENCES arrivals ON DELETE CASCADE
);
CREATE INDEX arrival_scraps_move ON arrival_scraps (move);

-- Rows as the other backend gave them, until all are here. `next` is where the following page begins.
CREATE TABLE arrival_pages (
    move   uuid NOT NULL REFERENCES arrivals ON DELETE CASCADE,
    part   text NOT NULL,
    number integer NOT NULL,
    lines  bytea NOT NULL,
    next   text,
    PRIMARY KEY (move, part, number)
);
