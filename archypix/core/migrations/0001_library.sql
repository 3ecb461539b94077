-- Accounts, storage, pictures, tags and jobs.

-- What servers that share this database must agree on when no setting says it.
CREATE TABLE shared_secrets (
    name  text PRIMARY KEY,
    value bytea NOT NULL
);

-- People. The row of a deleted account stays, so that a name is never given twice.
CREATE TABLE accounts (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9_]{1,30}$'),
    display_name  text NOT NULL DEFAULT '' CHECK (length(display_name) <= 100),
    password_hash text,
    is_admin      boolean NOT NULL DEFAULT false,
    created_at    timestamptz NOT NULL DEFAULT now(),
    disabled_at   timestamptz,
    deleted_at    timestamptz
);

-- Browsers signed in. The cookie holds a secret; only its SHA-256 is kept. The same goes for tokens and invites.
CREATE TABLE sessions (
    id           uuid PRIMARY KEY,
    account_id   integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    secret_hash  bytea NOT NULL UNIQUE,
    user_agent   text NOT NULL DEFAULT '' CHECK (length(user_agent) <= 300),
    address      text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE tokens (
    id           uuid PRIMARY KEY,
    account_id   integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    name         text NOT NULL CHECK (length(name) <= 100),
    secret_hash  bytea NOT NULL UNIQUE,
    scopes       text[] NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    expires_at   timestamptz
);
CREATE INDEX tokens_account ON tokens (account_id);

-- Where an account has signed in from before: a browser by its device cookie, or an address. Tries from such a place have a
-- budget of their own, so that strangers who hammer a name cannot lock its owner out. Only hashes are kept.
CREATE TABLE sign_in_places (
    account_id   integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    place_hash   bytea NOT NULL CHECK (octet_length(place_hash) = 32),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, place_hash)
);

CREATE TABLE invites (
    id          uuid PRIMARY KEY,
    code_hash   bytea NOT NULL UNIQUE,
    created_by  integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    note        text NOT NULL DEFAULT '' CHECK (length(note) <= 200),
    uses_left   integer NOT NULL CHECK (uses_left >= 0),
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL
);

-- Links that work once, such as the one that makes the first administrator.
CREATE TABLE one_time_links (
    secret_hash bytea PRIMARY KEY,
    purpose     text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL
);

CREATE TABLE audit_log (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL DEFAULT now(),
    actor_id integer REFERENCES accounts ON DELETE SET NULL,
    action   text NOT NULL,
    subject  text NOT NULL DEFAULT '',
    address  text NOT NULL DEFAULT '',
    details  jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_actor ON audit_log (actor_id, id);

-- What one account stores, in exact numbers, and its settings. Every transaction that changes a count locks this row
-- first: it is the library's one writer lock, which makes quota and counters exact and deadlocks impossible.
CREATE TABLE libraries (
    account_id     integer PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    quota_bytes    bigint CHECK (quota_bytes >= 0),
    original_bytes bigint NOT NULL DEFAULT 0 CHECK (original_bytes >= 0),
    version_bytes  bigint NOT NULL DEFAULT 0 CHECK (version_bytes >= 0),
    trash_bytes    bigint NOT NULL DEFAULT 0 CHECK (trash_bytes >= 0),
    picture_count  integer NOT NULL DEFAULT 0 CHECK (picture_count >= 0),
    trash_count    integer NOT NULL DEFAULT 0 CHECK (trash_count >= 0),
    version_mode   text NOT NULL DEFAULT 'all' CHECK (version_mode IN ('none', 'original', 'all')),
    trash_days     integer CHECK (trash_days BETWEEN 0 AND 3650),
    tags_revision  bigint NOT NULL DEFAULT 0
);

-- Stored originals. The row comes before the bytes (`writing`) and goes after them (`deleting`): whatever is in storage
-- has a row that says so. The storage key holds SHA-256 and id, so no key is ever used for a second object.
CREATE TABLE blobs (
    id         uuid PRIMARY KEY,
    sha256     bytea NOT NULL CHECK (octet_length(sha256) = 32),
    size       bigint NOT NULL CHECK (size >= 0),
    state      text NOT NULL CHECK (state IN ('writing', 'live', 'deleting')),
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX blobs_live_sha256 ON blobs (sha256) WHERE state = 'live';
CREATE INDEX blobs_unsettled ON blobs (changed_at) WHERE state <> 'live';

-- Pictures. `tag_ids` are the assigned tags, `tag_closure` those and all their ancestors; both derive from `assignments`
-- in the same transaction. `sorted_at` is the wall-clock time that orders the timeline, `date_source` where it is from.
-- No index speaks of the arrays, and pages have room left: a change of tags is a heap-only update, which touches no index.
CREATE TABLE pictures (
    id             uuid PRIMARY KEY,
    owner_id       integer NOT NULL REFERENCES accounts ON DELETE RESTRICT,
    blob_id        uuid NOT NULL REFERENCES blobs ON DELETE RESTRICT,
    sha256         bytea NOT NULL,
    size           bigint NOT NULL,
    filename       text NOT NULL CHECK (length(filename) BETWEEN 1 AND 255),
    media_type     text NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('image', 'raw', 'video', 'other')),
    state          text NOT NULL CHECK (state IN ('processing', 'ready', 'failed')),
    failure        text,
    has_thumbnails boolean NOT NULL DEFAULT false,
    width          integer,
    height         integer,
    orientation    smallint CHECK (orientation BETWEEN 1 AND 8),
    duration       double precision,
    captured_at    timestamp,
    utc_offset     smallint,
    date_source    text NOT NULL,
    file_date      timestamp,
    sorted_at      timestamp NOT NULL,
    latitude       double precision CHECK (latitude BETWEEN -90 AND 90),
    longitude      double precision CHECK (longitude BETWEEN -180 AND 180),
    altitude       double precision,
    camera_make    text,
    camera_model   text,
    lens           text,
    iso            integer,
    aperture       double precision,
    focal_length   double precision,
    exposure       double precision,
    rating         smallint CHECK (rating BETWEEN 0 AND 5),
    title          text,
    description    text,
    creator        text,
    content_hash   bytea,
    blurhash       text,
    edited_fields  text[] NOT NULL DEFAULT '{}',
    tag_ids        integer[] NOT NULL DEFAULT '{}',
    tag_closure    integer[] NOT NULL DEFAULT '{}',
    batch_id       uuid,
    source         text NOT NULL,
    version        integer NOT NULL DEFAULT 1,
    revision       integer NOT NULL DEFAULT 1,
    ingested_at    timestamptz NOT NULL DEFAULT now(),
    edited_at      timestamptz NOT NULL DEFAULT now(),
    deleted_at     timestamptz,
    UNIQUE (owner_id, sha256)
) WITH (fillfactor = 85);
CREATE INDEX pictures_by_captured ON pictures (owner_id, sorted_at, id) WHERE deleted_at IS NULL;
CREATE INDEX pictures_by_ingested ON pictures (owner_id, ingested_at, id) WHERE deleted_at IS NULL;
CREATE INDEX pictures_by_edited ON pictures (owner_id, edited_at, id) WHERE deleted_at IS NULL;
CREATE INDEX pictures_by_size ON pictures (owner_id, size, id) WHERE deleted_at IS NULL;
CREATE INDEX pictures_by_name ON pictures (owner_id, filename, id) WHERE deleted_at IS NULL;
CREATE INDEX pictures_trash ON pictures (owner_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX pictures_purge ON pictures (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX pictures_blob ON pictures (blob_id);
CREATE INDEX pictures_content_hash ON pictures (owner_id, content_hash);
CREATE INDEX pictures_unsettled ON pictures (owner_id, sorted_at, id) WHERE deleted_at IS NULL AND state <> 'ready';

-- The full metadata of a picture's file, apart from the row that lists read.
CREATE TABLE picture_metadata (
    picture_id uuid PRIMARY KEY REFERENCES pictures ON DELETE CASCADE,
    data       jsonb NOT NULL
);

-- Earlier files of a picture.
CREATE TABLE versions (
    id         uuid PRIMARY KEY,
    owner_id   integer NOT NULL REFERENCES accounts ON DELETE RESTRICT,
    picture_id uuid NOT NULL REFERENCES pictures ON DELETE CASCADE,
    blob_id    uuid NOT NULL REFERENCES blobs ON DELETE RESTRICT,
    number     integer NOT NULL,
    filename   text NOT NULL,
    media_type text NOT NULL,
    size       bigint NOT NULL,
    sha256     bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (picture_id, number)
);
CREATE INDEX versions_blob ON versions (blob_id);

-- Files announced or being received. Each holds `size` bytes of quota until it is done or expires.
CREATE TABLE uploads (
    id         uuid PRIMARY KEY,
    account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    batch_id   uuid,
    sha256     bytea,
    size       bigint NOT NULL CHECK (size >= 0),
    filename   text NOT NULL,
    file_date  timestamp,
    tags       text[] NOT NULL DEFAULT '{}',
    state      text NOT NULL CHECK (state IN ('open', 'done')),
    picture_id uuid,
    duplicate  boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX uploads_account ON uploads (account_id, state);
CREATE INDEX uploads_batch ON uploads (batch_id);
CREATE INDEX uploads_expiry ON uploads (expires_at);

-- Tags. The path is derived from the parents, so a rename touches one row. `lineage` holds the ids of the ancestors from the
-- root and of the tag itself; it and `depth` follow `parent_id`. `count` is the number of live pictures that carry the tag
-- itself, `total` counts those of its descendants too, each picture once.
CREATE TABLE tags (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_id    integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    parent_id   integer REFERENCES tags ON DELETE RESTRICT,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    name_key    text NOT NULL,
    lineage     integer[] NOT NULL,
    depth       smallint NOT NULL CHECK (depth BETWEEN 1 AND 16),
    description text NOT NULL DEFAULT '',
    colour      text CHECK (colour ~ '^#[0-9a-f]{6}$'),
    position    integer NOT NULL DEFAULT 0,
    cover_id    uuid REFERENCES pictures ON DELETE SET NULL,
    count       integer NOT NULL DEFAULT 0 CHECK (count >= 0),
    total       integer NOT NULL DEFAULT 0 CHECK (total >= count),
    created_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (owner_id, parent_id, name_key)
);
CREATE INDEX tags_parent ON tags (parent_id);
CREATE INDEX tags_cover ON tags (cover_id) WHERE cover_id IS NOT NULL;

-- Why a picture carries a tag. `source_id` tells sources of one kind apart; 0 where there is only one.
CREATE TABLE assignments (
    picture_id uuid NOT NULL REFERENCES pictures ON DELETE CASCADE,
    tag_id     integer NOT NULL REFERENCES tags ON DELETE RESTRICT,
    source     text NOT NULL CHECK (source IN (
        'manual', 'rule', 'segment', 'share_mapping', 'incoming_share', 'upload', 'webdav', 'ml')),
    source_id  bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (picture_id, tag_id, source, source_id)
);
CREATE INDEX assignments_tag ON assignments (tag_id);

-- The read model of tags: a row for each live picture and each tag that it carries, assigned (`own`) or as an ancestor of one
-- that is. A page of a tag is a range of its key, whatever number of pictures carry the tag and wherever in time they are.
-- A live picture without any tag has one row, under the owner's id with a minus.
CREATE TABLE picture_tags (
    sorted_at  timestamp NOT NULL,
    picture_id uuid NOT NULL,
    tag_id     integer NOT NULL,
    own        boolean NOT NULL,
    PRIMARY KEY (tag_id, sorted_at, picture_id)
);
CREATE INDEX picture_tags_own ON picture_tags (tag_id, sorted_at, picture_id) WHERE own;

-- Slow work, one row a piece. What is due, or leased to somebody who let the lease run out, can be claimed; done rows go.
CREATE TABLE jobs (
    id              uuid PRIMARY KEY,
    kind            text NOT NULL,
    picture_id      uuid NOT NULL REFERENCES pictures ON DELETE CASCADE,
    blob_id         uuid NOT NULL REFERENCES blobs ON DELETE RESTRICT,
    state           text NOT NULL CHECK (state IN ('due', 'leased', 'failed')),
    priority        smallint NOT NULL DEFAULT 0,
    attempts        smallint NOT NULL DEFAULT 0,
    crashes         smallint NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    lease_until     timestamptz,
    claim_token     uuid,
    worker          text,
    error           text,
    created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX jobs_claim ON jobs (priority DESC, next_attempt_at, id) WHERE state <> 'failed';
CREATE INDEX jobs_picture ON jobs (picture_id);
CREATE INDEX jobs_blob ON jobs (blob_id);

-- What a picture's rows in the read model are under.
CREATE FUNCTION carried(owner_id integer, tag_closure integer[]) RETURNS integer[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN tag_closure = '{}' THEN ARRAY[-owner_id] ELSE tag_closure END $$;

-- What is derived is derived here, in the transaction that changes its source, whichever statement that is. Each function
-- first takes the writer lock of the libraries concerned, so that its own statements see all that was committed before.
-- Statements are written so that one plan is right for a picture and for a hundred thousand, and are planned once a session,
-- perhaps while the tables are empty: rows travel as arrays, and the planner is left no other way to a table than its key.

CREATE FUNCTION lock_libraries(owners integer[]) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM 1 FROM libraries WHERE account_id = ANY (owners) ORDER BY account_id FOR UPDATE;
END $$;

CREATE FUNCTION tags_placed() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    NEW.lineage := coalesce((SELECT lineage FROM tags WHERE id = NEW.parent_id), '{}') || NEW.id;
    NEW.depth := cardinality(NEW.lineage);
    IF NEW.id = ANY (NEW.lineage[:NEW.depth - 1]) THEN
        RAISE EXCEPTION 'tag % would be its own ancestor', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tags_placed BEFORE INSERT OR UPDATE OF parent_id ON tags FOR EACH ROW EXECUTE FUNCTION tags_placed();

CREATE FUNCTION tags_moved() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    UPDATE tags SET parent_id = parent_id WHERE parent_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER tags_moved AFTER UPDATE OF parent_id ON tags
    FOR EACH ROW WHEN (OLD.lineage <> NEW.lineage) EXECUTE FUNCTION tags_moved();

-- The arrays on pictures, from assignments and the tree. `ids` are pictures of any owner.
CREATE FUNCTION derive_picture_tags(ids uuid[]) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    WITH derived AS MATERIALIZED (
        SELECT touched.id, coalesce(direct.tag_ids, '{}') AS tag_ids, coalesce(direct.tag_closure, '{}') AS tag_closure
        FROM unnest(ids) AS touched (id) CROSS JOIN LATERAL (
            SELECT array_agg(DISTINCT t.id ORDER BY t.id) AS tag_ids,
                array_agg(DISTINCT ancestor ORDER BY ancestor) AS tag_closure
            FROM (SELECT tag_id FROM assignments WHERE picture_id = touched.id OFFSET 0) a
                JOIN tags t ON t.id = a.tag_id CROSS JOIN LATERAL unnest(t.lineage) AS ancestor
        ) direct
    )
    UPDATE pictures p SET tag_ids = d.tag_ids, tag_closure = d.tag_closure
    FROM derived d
    WHERE p.id = d.id AND (p.tag_ids <> d.tag_ids OR p.tag_closure <> d.tag_closure);
END $$;

CREATE FUNCTION assignments_changed() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    ids uuid[];
    tagged integer[];
BEGIN
    SELECT array_agg(DISTINCT picture_id), array_agg(DISTINCT tag_id) INTO ids, tagged FROM changed;
    IF ids IS NOT NULL THEN
        PERFORM lock_libraries(ARRAY(SELECT DISTINCT owner_id FROM tags WHERE id = ANY (tagged)));
        PERFORM derive_picture_tags(ids);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER assignments_inserted AFTER INSERT ON assignments
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION assignments_changed();
CREATE TRIGGER assignments_deleted AFTER DELETE ON assignments
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION assignments_changed();

-- Rows of the read model to be removed and added, and the counters of tags with them.
CREATE FUNCTION place_pictures(removed picture_tags[], added picture_tags[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_nestloop = on SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off AS $$
BEGIN
    DELETE FROM picture_tags p USING unnest(removed) r
    WHERE p.tag_id = r.tag_id AND p.sorted_at = r.sorted_at AND p.picture_id = r.picture_id;
    INSERT INTO picture_tags SELECT * FROM unnest(added) ORDER BY tag_id, sorted_at, picture_id;
    UPDATE tags t SET count = t.count + d.count, total = t.total + d.total
    FROM (
        SELECT tag_id, sum(sign * own::integer) AS count, sum(sign) AS total FROM (
            SELECT tag_id, own, 1 AS sign FROM unnest(added) UNION ALL SELECT tag_id, own, -1 FROM unnest(removed)
        ) changes GROUP BY tag_id
    ) d
    WHERE t.id = d.tag_id AND (d.count <> 0 OR d.total <> 0);
END $$;

-- What an account stores, in one step with the statement that changes it.
CREATE TYPE stored AS (owner_id integer, live integer, live_bytes bigint, trashed integer, trashed_bytes bigint);

CREATE FUNCTION count_pictures(changes stored[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_nestloop = on AS $$
BEGIN
    UPDATE libraries l SET
        picture_count = l.picture_count + d.live, original_bytes = l.original_bytes + d.live_bytes,
        trash_count = l.trash_count + d.trashed, trash_bytes = l.trash_bytes + d.trashed_bytes
    FROM unnest(changes) d WHERE l.account_id = d.owner_id;
END $$;

-- The rows before and after an update are paired by a hash: with nested loops a plan made for one picture would take hours for
-- a hundred thousand. A change of date alone changes no counter and takes no lock: a picture's rows in the read model are
-- touched only by who holds the picture's own row.
CREATE FUNCTION pictures_changed() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_nestloop = off SET enable_hashjoin = on SET enable_mergejoin = on AS $$
DECLARE
    changes stored[];
    removed picture_tags[];
    added picture_tags[];
    counted boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(ROW(d.*)::stored) INTO changes FROM (
            SELECT owner_id, count(*) FILTER (WHERE deleted_at IS NULL),
                coalesce(sum(size) FILTER (WHERE deleted_at IS NULL), 0), count(deleted_at),
                coalesce(sum(size) FILTER (WHERE deleted_at IS NOT NULL), 0)
            FROM after GROUP BY owner_id
        ) d;
        SELECT array_agg(ROW(sorted_at, id, tag_id, tag_id < 0 OR tag_id = ANY (tag_ids))::picture_tags) INTO added
        FROM after CROSS JOIN LATERAL unnest(carried(owner_id, tag_closure)) AS tag_id WHERE deleted_at IS NULL;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(ROW(d.*)::stored) INTO changes FROM (
            SELECT owner_id, -count(*) FILTER (WHERE deleted_at IS NULL),
                -coalesce(sum(size) FILTER (WHERE deleted_at IS NULL), 0), -count(deleted_at),
                -coalesce(sum(size) FILTER (WHERE deleted_at IS NOT NULL), 0)
            FROM before GROUP BY owner_id
        ) d;
        SELECT array_agg(ROW(sorted_at, id, tag_id, tag_id < 0 OR tag_id = ANY (tag_ids))::picture_tags) INTO removed
        FROM before CROSS JOIN LATERAL unnest(carried(owner_id, tag_closure)) AS tag_id WHERE deleted_at IS NULL;
    ELSE
        SELECT array_agg(ROW(d.*)::stored) INTO changes FROM (
            SELECT owner_id, coalesce(sum(n) FILTER (WHERE live), 0) AS live,
                coalesce(sum(n * size) FILTER (WHERE live), 0) AS live_bytes,
                coalesce(sum(n) FILTER (WHERE NOT live), 0) AS trashed,
                coalesce(sum(n * size) FILTER (WHERE NOT live), 0) AS trashed_bytes
            FROM (
                SELECT 1 AS n, owner_id, size, deleted_at IS NULL AS live FROM after
                UNION ALL
                SELECT -1, owner_id, size, deleted_at IS NULL FROM before
            ) both_sides GROUP BY owner_id
        ) d
        WHERE d.live <> 0 OR d.live_bytes <> 0 OR d.trashed <> 0 OR d.trashed_bytes <> 0;
        WITH pairs AS MATERIALIZED (
            SELECT id, b.deleted_at IS NULL AS was_live, a.deleted_at IS NULL AS is_live, b.sorted_at AS was_at,
                a.sorted_at AS is_at, b.tag_ids AS had, a.tag_ids AS has, carried(b.owner_id, b.tag_closure) AS had_all,
                carried(a.owner_id, a.tag_closure) AS has_all,
                a.sorted_at <> b.sorted_at OR (a.deleted_at IS NULL) <> (b.deleted_at IS NULL) AS moved,
                a.tag_ids <> b.tag_ids OR a.tag_closure <> b.tag_closure OR (a.deleted_at IS NULL) <> (b.deleted_at IS NULL)
                    AS counted
            FROM before b JOIN after a USING (id)
            WHERE a.tag_closure <> b.tag_closure OR a.tag_ids <> b.tag_ids OR a.sorted_at <> b.sorted_at
                OR (a.deleted_at IS NULL) <> (b.deleted_at IS NULL)
        )
        SELECT array_agg(c.place) FILTER (WHERE c.gone), array_agg(c.place) FILTER (WHERE NOT c.gone), bool_or(c.counted)
        INTO removed, added, counted
        FROM (
            SELECT true AS gone, pairs.counted, ROW(was_at, id, tag_id, tag_id < 0 OR tag_id = ANY (had))::picture_tags AS place
            FROM pairs CROSS JOIN LATERAL unnest(had_all) AS tag_id
            WHERE was_live AND (moved OR tag_id <> ALL (has_all) OR (tag_id = ANY (had)) <> (tag_id = ANY (has)))
            UNION ALL
            SELECT false, pairs.counted, ROW(is_at, id, tag_id, tag_id < 0 OR tag_id = ANY (has))::picture_tags
            FROM pairs CROSS JOIN LATERAL unnest(has_all) AS tag_id
            WHERE is_live AND (moved OR tag_id <> ALL (had_all) OR (tag_id = ANY (had)) <> (tag_id = ANY (has)))
        ) c;
    END IF;
    IF changes IS NOT NULL OR counted THEN
        IF TG_OP = 'DELETE' THEN
            PERFORM lock_libraries(ARRAY(SELECT DISTINCT owner_id FROM before));
        ELSE
            PERFORM lock_libraries(ARRAY(SELECT DISTINCT owner_id FROM after));
        END IF;
    END IF;
    IF changes IS NOT NULL THEN
        PERFORM count_pictures(changes);
    END IF;
    IF removed IS NOT NULL OR added IS NOT NULL THEN
        PERFORM place_pictures(removed, added);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER pictures_inserted AFTER INSERT ON pictures
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION pictures_changed();
CREATE TRIGGER pictures_deleted AFTER DELETE ON pictures
    REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION pictures_changed();
CREATE TRIGGER pictures_updated AFTER UPDATE ON pictures
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION pictures_changed();

CREATE FUNCTION versions_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sign integer := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
    PERFORM lock_libraries(ARRAY(SELECT DISTINCT owner_id FROM changed));
    UPDATE libraries l SET version_bytes = l.version_bytes + sign * d.bytes
    FROM (SELECT owner_id, sum(size) AS bytes FROM changed GROUP BY owner_id) d
    WHERE l.account_id = d.owner_id;
    RETURN NULL;
END $$;
CREATE TRIGGER versions_inserted AFTER INSERT ON versions
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION versions_changed();
CREATE TRIGGER versions_deleted AFTER DELETE ON versions
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION versions_changed();

-- Servers keep paths of tags in memory for as long as this number stands.
CREATE FUNCTION tags_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE libraries SET tags_revision = tags_revision + 1
    WHERE account_id = CASE TG_OP WHEN 'DELETE' THEN OLD.owner_id ELSE NEW.owner_id END;
    RETURN NULL;
END $$;
CREATE TRIGGER tags_changed AFTER INSERT OR DELETE OR UPDATE OF name, parent_id ON tags
    FOR EACH ROW EXECUTE FUNCTION tags_changed();

CREATE FUNCTION accounts_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO libraries (account_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_inserted AFTER INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION accounts_inserted();
