-- Pictures of other people in an account's own library: what was offered, what came, and what a person is told.

-- A received picture is known by `origin_uri`, has no file here, and so takes none of its holder's space. `leaves_at`: it is in its
-- owner's trash, gone at that time. The checks of owned pictures stand as they did.
ALTER TABLE pictures
    ALTER COLUMN blob_id DROP NOT NULL,
    ALTER COLUMN sha256 DROP NOT NULL,
    ADD COLUMN origin_uri      text CHECK (octet_length(origin_uri) <= 1000),
    ADD COLUMN origin_owner_id bigint REFERENCES remote_actors,
    ADD COLUMN origin_revision bigint,
    ADD COLUMN leaves_at       timestamptz,
    ADD CHECK ((blob_id IS NULL) = (origin_uri IS NOT NULL)),
    ADD CHECK ((blob_id IS NULL) = (sha256 IS NULL));
CREATE UNIQUE INDEX pictures_origin ON pictures (origin_uri, owner_id) WHERE origin_uri IS NOT NULL;
CREATE INDEX pictures_origin_owner ON pictures (origin_owner_id, owner_id) WHERE origin_owner_id IS NOT NULL;

-- Shares that were offered. `number` tells them apart as sources of assignments. `sequence` is the newest that was heard of what is
-- in it, `settled` that of the last whole list: nothing older than that is news. `told` is the sequence of the newest description.
-- `held` and `digest` are number and digest of what is present. `clearing`: it is over, and pictures are still to be taken away.
CREATE TABLE incoming_shares (
    id            uuid PRIMARY KEY,
    number        bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    account_id    integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    uri           text NOT NULL CHECK (octet_length(uri) <= 1000),
    sender_id     bigint NOT NULL REFERENCES remote_actors,
    name          text NOT NULL CHECK (length(name) <= 300),
    message       text NOT NULL CHECK (length(message) <= 5000),
    path          text NOT NULL CHECK (length(path) <= 2000),
    tag_id        integer REFERENCES tags ON DELETE SET NULL,
    originals     boolean NOT NULL,
    future        boolean NOT NULL,
    reshare_depth integer NOT NULL CHECK (reshare_depth >= 0),
    share_back    boolean NOT NULL,
    copy          boolean NOT NULL,
    metadata_edit boolean NOT NULL,
    announced     bigint NOT NULL DEFAULT 0,
    ends_at       timestamptz,
    state         text NOT NULL CHECK (state IN ('pending', 'active', 'declined', 'left', 'revoked', 'expired')),
    sequence      bigint NOT NULL DEFAULT 0,
    settled       bigint NOT NULL DEFAULT 0,
    told          bigint NOT NULL DEFAULT 0,
    held          integer NOT NULL DEFAULT 0 CHECK (held >= 0),
    digest        bit(256) NOT NULL DEFAULT 0::bit(256),
    clearing      boolean NOT NULL DEFAULT false,
    activity      text CHECK (octet_length(activity) <= 2048),
    share_back_of text CHECK (octet_length(share_back_of) <= 2048),
    created_at    timestamptz NOT NULL DEFAULT now(),
    answered_at   timestamptz,
    ended_at      timestamptz,
    UNIQUE (account_id, uri)
);
CREATE INDEX incoming_shares_account ON incoming_shares (account_id, number);
CREATE INDEX incoming_shares_uri ON incoming_shares (uri);
CREATE INDEX incoming_shares_sender ON incoming_shares (sender_id);
CREATE INDEX incoming_shares_tag ON incoming_shares (tag_id) WHERE tag_id IS NOT NULL;
CREATE INDEX incoming_shares_ends ON incoming_shares (ends_at) WHERE state IN ('pending', 'active');
CREATE INDEX incoming_shares_clearing ON incoming_shares (id) WHERE clearing;

-- Ways by which pictures come. `present`: its share has it; else the row remembers that it was taken out, so that nothing older
-- brings it back. `refused_at`: its owner gives no access by this way. Only a way that is present and not refused has a
-- `picture_id`, as soon as the owner has described the picture; a picture without a way is none. `direct`: by its owner.
CREATE TABLE received (
    share_id      uuid NOT NULL REFERENCES incoming_shares ON DELETE CASCADE,
    uri           text NOT NULL CHECK (octet_length(uri) <= 1000),
    owner_uri     text NOT NULL CHECK (octet_length(owner_uri) <= 1000),
    owner_id      bigint REFERENCES remote_actors ON DELETE SET NULL,
    account_id    integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    picture_id    uuid REFERENCES pictures ON DELETE SET NULL,
    sequence      bigint NOT NULL,
    present       boolean NOT NULL,
    direct        boolean NOT NULL,
    refused_at    timestamptz,
    revision      bigint NOT NULL DEFAULT 0,
    grants        uuid[] NOT NULL DEFAULT '{}',
    upstream      text CHECK (octet_length(upstream) <= 1000),
    depth         smallint NOT NULL DEFAULT 0,
    copy          boolean NOT NULL DEFAULT false,
    metadata_edit boolean NOT NULL DEFAULT false,
    originals     boolean NOT NULL DEFAULT true,
    changed_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (share_id, uri),
    CHECK (picture_id IS NULL OR (present AND refused_at IS NULL))
);
CREATE INDEX received_uri ON received (uri, account_id);
CREATE INDEX received_picture ON received (picture_id) WHERE picture_id IS NOT NULL;
CREATE INDEX received_owner ON received (owner_uri, account_id);
CREATE INDEX received_owner_row ON received (owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX received_grants ON received USING gin (grants) WHERE grants <> '{}';
CREATE INDEX received_left ON received (share_id, changed_at) WHERE NOT present;

-- What the sender should find us to hold: the exclusive or of SHA-256 of id, `|`, and revision; 0 for pictures of others.
CREATE FUNCTION received_mark(uri text, direct boolean, revision bigint) RETURNS bit(256) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ('x' || encode(sha256(convert_to(uri || '|' || CASE WHEN direct THEN revision ELSE 0 END, 'UTF8')), 'hex'))::bit(256)
$$;

CREATE FUNCTION received_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE incoming_shares s SET held = s.held + d.held, digest = s.digest # d.digest FROM (
            SELECT share_id, count(*) AS held, bit_xor(received_mark(uri, direct, revision)) AS digest
            FROM after WHERE present GROUP BY share_id
        ) d WHERE s.id = d.share_id;
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE incoming_shares s SET held = s.held - d.held, digest = s.digest # d.digest FROM (
            SELECT share_id, count(*) AS held, bit_xor(received_mark(uri, direct, revision)) AS digest
            FROM before WHERE present GROUP BY share_id
        ) d WHERE s.id = d.share_id;
    ELSE
        UPDATE incoming_shares s SET held = s.held + d.held, digest = s.digest # d.digest FROM (
            SELECT share_id, sum(n) AS held, bit_xor(received_mark(uri, direct, revision)) AS digest FROM (
                SELECT share_id, uri, direct, revision, 1 AS n FROM after WHERE present
                UNION ALL
                SELECT share_id, uri, direct, revision, -1 FROM before WHERE present
            ) both_sides GROUP BY share_id
        ) d WHERE s.id = d.share_id AND (d.held <> 0 OR d.digest <> 0::bit(256));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER received_inserted AFTER INSERT ON received
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION received_changed();
CREATE TRIGGER received_deleted AFTER DELETE ON received
    REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION received_changed();
CREATE TRIGGER received_updated AFTER UPDATE ON received
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION received_changed();

-- Tie ways that count to the pictures that are there, which get the tags of their shares. The plan is made once a session, perhaps
-- while the tables are empty: the planner is left no other way to a table than its key.
CREATE FUNCTION tie_received(account integer, uris text[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_nestloop = on SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off SET enable_material = off AS $$
BEGIN
    WITH ways AS MATERIALIZED (
        SELECT r.share_id, r.uri, p.id, p.origin_revision, s.tag_id, s.number FROM unnest(uris) AS n (uri)
            CROSS JOIN LATERAL (
                SELECT w.share_id, w.uri FROM received w WHERE w.uri = n.uri AND w.account_id = account AND w.present
                    AND w.refused_at IS NULL AND w.picture_id IS NULL OFFSET 0
            ) r
            CROSS JOIN LATERAL (
                SELECT i.tag_id, i.number FROM incoming_shares i WHERE i.id = r.share_id AND i.state = 'active' OFFSET 0
            ) s
            CROSS JOIN LATERAL (
                SELECT q.id, q.origin_revision FROM pictures q WHERE q.origin_uri = n.uri AND q.owner_id = account OFFSET 0
            ) p
    ), tied AS (
        UPDATE received r SET picture_id = w.id, revision = greatest(r.revision, w.origin_revision) FROM ways w
        WHERE r.share_id = w.share_id AND r.uri = w.uri
        RETURNING w.id, w.tag_id, w.number
    ), marked AS (
        INSERT INTO dirty_pictures (owner_id, picture_id)
        SELECT DISTINCT l.owner_id, t.id FROM pipelines l CROSS JOIN tied t WHERE l.owner_id = account AND l.active
    )
    INSERT INTO assignments (picture_id, tag_id, source, source_id)
    SELECT id, tag_id, 'incoming_share', number FROM tied WHERE tag_id IS NOT NULL ORDER BY id ON CONFLICT DO NOTHING;
END $$;

-- What owners have yet to be asked about, as it stands at an account.
CREATE TABLE received_wanted (
    account_id      integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    uri             text NOT NULL CHECK (octet_length(uri) <= 1000),
    owner_uri       text NOT NULL CHECK (octet_length(owner_uri) <= 1000),
    attempts        smallint NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, uri)
);
CREATE INDEX received_wanted_due ON received_wanted (next_attempt_at);

-- Pictures and shares that are gone for good, so that nothing late brings them back.
CREATE TABLE gone_pictures (
    uri text PRIMARY KEY CHECK (octet_length(uri) <= 1000),
    at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX gone_pictures_at ON gone_pictures (at);
CREATE TABLE gone_shares (
    uri text PRIMARY KEY CHECK (octet_length(uri) <= 1000),
    at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX gone_shares_at ON gone_shares (at);

-- What a person is told, the newest few hundred.
CREATE TABLE notices (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    kind       text NOT NULL CHECK (length(kind) BETWEEN 1 AND 60),
    data       jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    read_at    timestamptz
);
CREATE INDEX notices_account ON notices (account_id, id);
CREATE INDEX notices_unread ON notices (account_id, id) WHERE read_at IS NULL;

-- As it was, but that only what has a file here counts as stored.
CREATE OR REPLACE FUNCTION pictures_changed() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_nestloop = off SET enable_hashjoin = on SET enable_mergejoin = on AS $$
DECLARE
    changes stored[];
    removed picture_tags[];
    added picture_tags[];
    counted boolean;
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('archypix.retagging', true) = 'on' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(ROW(d.*)::stored) INTO changes FROM (
            SELECT owner_id, count(*) FILTER (WHERE deleted_at IS NULL),
                coalesce(sum(size) FILTER (WHERE deleted_at IS NULL AND blob_id IS NOT NULL), 0), count(deleted_at),
                coalesce(sum(size) FILTER (WHERE deleted_at IS NOT NULL AND blob_id IS NOT NULL), 0)
            FROM after GROUP BY owner_id
        ) d;
        SELECT array_agg(ROW(sorted_at, id, tag_id, tag_id < 0 OR tag_id = ANY (tag_ids))::picture_tags) INTO added
        FROM after CROSS JOIN LATERAL unnest(carried(owner_id, tag_closure)) AS tag_id WHERE deleted_at IS NULL;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(ROW(d.*)::stored) INTO changes FROM (
            SELECT owner_id, -count(*) FILTER (WHERE deleted_at IS NULL),
                -coalesce(sum(size) FILTER (WHERE deleted_at IS NULL AND blob_id IS NOT NULL), 0), -count(deleted_at),
                -coalesce(sum(size) FILTER (WHERE deleted_at IS NOT NULL AND blob_id IS NOT NULL), 0)
            FROM before GROUP BY owner_id
        ) d;
        SELECT array_agg(ROW(sorted_at, id, tag_id, tag_id < 0 OR tag_id = ANY (tag_ids))::picture_tags) INTO removed
        FROM before CROSS JOIN LATERAL unnest(carried(owner_id, tag_closure)) AS tag_id WHERE deleted_at IS NULL;
    ELSE
        SELECT array_agg(ROW(d.*)::stored) INTO changes FROM (
            SELECT owner_id, coalesce(sum(n) FILTER (WHERE live), 0) AS live,
                coalesce(sum(n * stored) FILTER (WHERE live), 0) AS live_bytes,
                coalesce(sum(n) FILTER (WHERE NOT live), 0) AS trashed,
                coalesce(sum(n * stored) FILTER (WHERE NOT live), 0) AS trashed_bytes
            FROM (
                SELECT 1 AS n, owner_id, CASE WHEN blob_id IS NULL THEN 0 ELSE size END AS stored, deleted_at IS NULL AS live
                FROM after
                UNION ALL
                SELECT -1, owner_id, CASE WHEN blob_id IS NULL THEN 0 ELSE size END, deleted_at IS NULL FROM before
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
