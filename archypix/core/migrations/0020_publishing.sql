-- What recipients of shares have been told, and what there may be to tell them.

-- Pictures that changed, or changed places, in a way that a share of their owner's may have to follow. A log: a picture may be in it
-- more than once, and one that is gone does no harm. `anew`: what is told of it is to be told once more.
CREATE TABLE share_log (
    account_id integer NOT NULL,
    number     bigint GENERATED ALWAYS AS IDENTITY,
    picture_id uuid NOT NULL,
    anew       boolean NOT NULL DEFAULT false,
    PRIMARY KEY (account_id, number)
);

-- Own pictures as others know them. `revision` grows whenever `fingerprint`, a digest of what is told of the picture, is another. The
-- picture may be gone: that is how it is found that this has to be told.
CREATE TABLE shared_pictures (
    picture_id  uuid PRIMARY KEY,
    account_id  integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    uri         text NOT NULL,
    revision    bigint NOT NULL DEFAULT 1,
    fingerprint bytea NOT NULL,
    deletes_at  timestamptz
);
CREATE INDEX shared_pictures_account ON shared_pictures (account_id);

-- The pictures of shares as their recipients were told of them. `owner_id` is the picture's owner, a row of `remote_actors`. `sequence`
-- and `revision` are what was told last; the revision of others' pictures is 0. Of others' pictures alone: `upstream` is the owner's
-- share by which we hold them, `way` how we asked for the recipient's access, `invite` the activity, `asks` how often we asked again
-- for nothing, `consent` the owner's answer.
CREATE TABLE share_members (
    share_id   uuid NOT NULL REFERENCES shares ON DELETE CASCADE,
    picture_id uuid NOT NULL,
    uri        text NOT NULL,
    owner_id   bigint NOT NULL,
    state      text NOT NULL CHECK (state IN ('announced', 'inviting', 'refused')),
    sequence   bigint NOT NULL DEFAULT 0,
    revision   bigint NOT NULL DEFAULT 0,
    upstream   text,
    way        text,
    invite     text,
    asked_at   timestamptz,
    asks       smallint NOT NULL DEFAULT 0,
    consent    boolean,
    PRIMARY KEY (share_id, picture_id)
);
CREATE INDEX share_members_picture ON share_members (picture_id);
CREATE INDEX share_members_asked ON share_members (asked_at) WHERE upstream IS NOT NULL AND consent IS NOT TRUE;
CREATE INDEX share_members_relayed ON share_members (share_id, owner_id, uri) WHERE upstream IS NOT NULL;

-- The pictures that a share without later ones is limited to.
CREATE TABLE share_snapshots (
    share_id   uuid NOT NULL REFERENCES shares ON DELETE CASCADE,
    picture_id uuid NOT NULL,
    PRIMARY KEY (share_id, picture_id)
);

-- Shares that are over, whose members have yet to go. `told`: the owners of others' pictures need give no access for it any more.
CREATE TABLE ended_shares (
    share_id   uuid PRIMARY KEY REFERENCES shares ON DELETE CASCADE,
    account_id integer NOT NULL,
    told       boolean NOT NULL DEFAULT false
);
CREATE INDEX ended_shares_account ON ended_shares (account_id);

-- How many pictures the recipient was told of; the digest beside it is over the same.
ALTER TABLE shares ADD COLUMN announced integer NOT NULL DEFAULT 0;
CREATE INDEX shares_live_account ON shares (account_id) WHERE state = 'active';

-- What a picture adds to the digest of a share, and takes away again: sums are by exclusive or.
CREATE FUNCTION share_mark(uri text, revision bigint) RETURNS bit LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT ('x' || encode(sha256(convert_to(uri || '|' || revision, 'UTF8')), 'hex'))::bit(256) $$;

CREATE FUNCTION share_members_counted() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    UPDATE shares s SET digest = s.digest # d.mark, announced = s.announced + d.number
    FROM (
        SELECT share_id, bit_xor(share_mark(uri, revision)) AS mark,
            count(*) * CASE WHEN TG_OP = 'INSERT' THEN 1 ELSE -1 END AS number
        FROM changed WHERE state = 'announced' GROUP BY share_id
    ) d
    WHERE s.id = d.share_id;
    RETURN NULL;
END $$;
CREATE TRIGGER share_members_inserted AFTER INSERT ON share_members
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION share_members_counted();
CREATE TRIGGER share_members_deleted AFTER DELETE ON share_members
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION share_members_counted();

CREATE FUNCTION share_members_updated() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    UPDATE shares s SET digest = s.digest # d.mark, announced = s.announced + d.number
    FROM (
        SELECT share_id, bit_xor(share_mark(uri, revision)) AS mark, sum(step) AS number FROM (
            SELECT share_id, uri, revision, 1 AS step FROM after WHERE state = 'announced'
            UNION ALL
            SELECT share_id, uri, revision, -1 FROM before WHERE state = 'announced'
        ) both_sides GROUP BY share_id
    ) d
    WHERE s.id = d.share_id;
    RETURN NULL;
END $$;
CREATE TRIGGER share_members_updated AFTER UPDATE ON share_members
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION share_members_updated();

-- Note pictures of one account, and wake who compares.
CREATE FUNCTION share_note(account integer, ids uuid[], again boolean) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF cardinality(ids) > 0 THEN
        INSERT INTO share_log (account_id, picture_id, anew) SELECT account, id, again FROM unnest(ids) AS id;
        PERFORM pg_notify('archypix_shares', account::text);
    END IF;
END $$;

-- The triggers below look into a partial index first, and are through where nobody shares anything. Plans are made once a session,
-- perhaps while nothing is shared: there is no other way to a table than its key.

-- Live pictures came under a shared tag, went from under it, or changed their date.
CREATE FUNCTION share_places_changed() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off AS $$
DECLARE
    shared integer[];
BEGIN
    IF EXISTS (SELECT FROM shares WHERE state = 'active') THEN
        SELECT array_agg(DISTINCT s.tag_id) INTO shared
        FROM (SELECT DISTINCT tag_id FROM changed OFFSET 0) c
            CROSS JOIN LATERAL (SELECT tag_id FROM shares WHERE tag_id = c.tag_id AND state = 'active' OFFSET 0) s;
        IF shared IS NOT NULL THEN
            PERFORM share_note(n.owner_id, n.ids, false) FROM (
                SELECT t.owner_id, array_agg(DISTINCT c.picture_id) AS ids
                FROM changed c JOIN tags t ON t.id = c.tag_id WHERE c.tag_id = ANY (shared) GROUP BY t.owner_id
            ) n;
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER share_places_inserted AFTER INSERT ON picture_tags
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION share_places_changed();
CREATE TRIGGER share_places_deleted AFTER DELETE ON picture_tags
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION share_places_changed();

-- Pictures under a shared tag, or told of, are others now or gone. Where only tags are derived, the places tell of all that are live.
CREATE FUNCTION share_pictures_changed() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off AS $$
DECLARE
    retagging boolean;
    owner integer;
    shared integer[];
BEGIN
    IF EXISTS (SELECT FROM shares WHERE state = 'active') OR TG_OP = 'DELETE' AND EXISTS (SELECT FROM shared_pictures) THEN
        retagging := TG_OP = 'UPDATE' AND coalesce(current_setting('archypix.retagging', true), '') = 'on';
        FOR owner IN SELECT DISTINCT owner_id FROM changed LOOP
            SELECT array_agg(DISTINCT tag_id) INTO shared FROM shares WHERE account_id = owner AND state = 'active';
            IF shared IS NOT NULL THEN
                PERFORM share_note(owner, array_agg(c.id), false) FROM changed c
                WHERE c.owner_id = owner AND (NOT retagging OR c.deleted_at IS NOT NULL)
                    AND (c.tag_closure && shared OR EXISTS (SELECT FROM shared_pictures p WHERE p.picture_id = c.id)
                        OR EXISTS (SELECT FROM share_members m WHERE m.picture_id = c.id));
            ELSIF TG_OP = 'DELETE' THEN
                DELETE FROM shared_pictures WHERE picture_id IN (SELECT id FROM changed WHERE owner_id = owner);
            END IF;
        END LOOP;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER share_pictures_updated AFTER UPDATE ON pictures
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION share_pictures_changed();
CREATE TRIGGER share_pictures_deleted AFTER DELETE ON pictures
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION share_pictures_changed();

-- Pictures in the trash go at another time.
CREATE FUNCTION share_trash_changed() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF EXISTS (SELECT FROM shares WHERE state = 'active' AND account_id = NEW.account_id) THEN
        PERFORM share_note(NEW.account_id, array_agg(p.id), false) FROM pictures p
        WHERE p.owner_id = NEW.account_id AND p.deleted_at IS NOT NULL
            AND EXISTS (SELECT FROM share_members m WHERE m.picture_id = p.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER share_trash_changed AFTER UPDATE OF trash_days ON libraries
    FOR EACH ROW WHEN (OLD.trash_days IS DISTINCT FROM NEW.trash_days) EXECUTE FUNCTION share_trash_changed();

-- A share begins or ends, moves to another tag, or lets its recipient do something else. One without later pictures is limited to
-- those that are there when it is made, or made so.
CREATE FUNCTION shares_changed() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    was_active boolean := TG_OP = 'UPDATE' AND OLD.state = 'active';
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.future <> OLD.future THEN
        DELETE FROM share_snapshots WHERE share_id = NEW.id;
    END IF;
    IF NOT NEW.future AND NEW.tag_id IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.future) THEN
        INSERT INTO share_snapshots SELECT NEW.id, picture_id FROM picture_tags WHERE tag_id = NEW.tag_id;
    END IF;
    IF NEW.state = 'active' AND (NOT was_active OR OLD.tag_id IS DISTINCT FROM NEW.tag_id OR OLD.future <> NEW.future) THEN
        PERFORM share_note(NEW.account_id, array_agg(picture_id), false) FROM picture_tags WHERE tag_id = NEW.tag_id;
    END IF;
    IF NEW.state = 'active' AND was_active THEN
        PERFORM share_note(NEW.account_id, array_agg(picture_id), OLD.originals <> NEW.originals)
        FROM share_members WHERE share_id = NEW.id;
    ELSIF was_active THEN
        INSERT INTO ended_shares (share_id, account_id) VALUES (NEW.id, NEW.account_id) ON CONFLICT DO NOTHING;
        PERFORM pg_notify('archypix_shares', NEW.account_id::text);
    ELSIF NEW.state NOT IN ('pending', 'active') THEN
        DELETE FROM share_snapshots WHERE share_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER shares_inserted AFTER INSERT ON shares FOR EACH ROW EXECUTE FUNCTION shares_changed();
CREATE TRIGGER shares_updated AFTER UPDATE OF state, tag_id, future, originals, reshare_depth, copy, metadata_edit ON shares
    FOR EACH ROW WHEN (
        (OLD.state, OLD.tag_id, OLD.future, OLD.originals, OLD.reshare_depth, OLD.copy, OLD.metadata_edit)
        IS DISTINCT FROM
        (NEW.state, NEW.tag_id, NEW.future, NEW.originals, NEW.reshare_depth, NEW.copy, NEW.metadata_edit)
    )
    EXECUTE FUNCTION shares_changed();
