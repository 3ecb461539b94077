-- Tagging services, in order, and what they have yet to look at.

-- One row for each account that ever had a service. `revision` changes with whatever decides how services are evaluated;
-- `sees_tags` and `sees_metadata` say whether any enabled service looks at tags, or at the full metadata of files, and spare
-- all others the marks. `reached_at` and `reached_id` are how far the evaluation of stale services over all pictures has come.
CREATE TABLE pipelines (
    owner_id      integer PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    revision      bigint NOT NULL DEFAULT 1,
    active        boolean NOT NULL DEFAULT false,
    sees_tags     boolean NOT NULL DEFAULT false,
    sees_metadata boolean NOT NULL DEFAULT false,
    reached_at    timestamptz,
    reached_id    uuid
);

-- `config` is what the person wrote; `names` holds the tag of each path that is written in it, so that tags may be renamed and
-- moved, and `tags` all tags that the service names in any way. `lost` has the last paths of those that were deleted. `stale`:
-- to be evaluated over all pictures; `removing`: deleted, its assignments are still being taken away.
CREATE TABLE services (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_id      integer NOT NULL REFERENCES pipelines ON DELETE CASCADE,
    kind          text NOT NULL CHECK (kind IN ('rule', 'segmentation', 'share_mapping')),
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    position      integer NOT NULL,
    enabled       boolean NOT NULL DEFAULT true,
    requires      integer[] NOT NULL DEFAULT '{}',
    excludes      integer[] NOT NULL DEFAULT '{}',
    config        jsonb NOT NULL,
    names         jsonb NOT NULL DEFAULT '{}',
    tags          integer[] NOT NULL DEFAULT '{}',
    lost          jsonb NOT NULL DEFAULT '{}',
    sees_tags     boolean NOT NULL DEFAULT false,
    sees_metadata boolean NOT NULL DEFAULT false,
    revision      integer NOT NULL DEFAULT 1,
    stale         boolean NOT NULL DEFAULT true,
    removing      boolean NOT NULL DEFAULT false,
    failure       text,
    failed_at     timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX services_owner ON services (owner_id, position, id);

-- Pictures that all services of their owner have yet to look at again. A log: a picture may be in it more than once, and one
-- that is gone does no harm.
CREATE TABLE dirty_pictures (
    owner_id   integer NOT NULL,
    number     bigint GENERATED ALWAYS AS IDENTITY,
    picture_id uuid NOT NULL,
    PRIMARY KEY (owner_id, number)
);

-- What a service has assigned.
CREATE INDEX assignments_service ON assignments (source_id, tag_id) WHERE source IN ('rule', 'segment', 'share_mapping');

CREATE FUNCTION pipelines_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM dirty_pictures WHERE owner_id = OLD.owner_id;
    RETURN NULL;
END $$;
CREATE TRIGGER pipelines_deleted AFTER DELETE ON pipelines FOR EACH ROW EXECUTE FUNCTION pipelines_deleted();

-- Only pictures that are live and not being processed are evaluated, so only those are marked: others are when they become so.
-- The marks of pictures are made row by row, because then the conditions below keep the function from being called at all
-- where nothing relevant changed, above all when tags are derived.
CREATE FUNCTION picture_dirty() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    INSERT INTO dirty_pictures (owner_id, picture_id)
    SELECT owner_id, NEW.id FROM pipelines WHERE owner_id = NEW.owner_id AND active;
    IF FOUND THEN
        PERFORM pg_notify('archypix_pipeline', NEW.owner_id::text);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER pictures_dirty_inserted AFTER INSERT ON pictures FOR EACH ROW
    WHEN (NEW.deleted_at IS NULL AND NEW.state <> 'processing') EXECUTE FUNCTION picture_dirty();
CREATE TRIGGER pictures_dirty_updated AFTER UPDATE OF state, deleted_at, filename, media_type, kind, size, width, height,
    orientation, duration, captured_at, utc_offset, sorted_at, latitude, longitude, altitude, camera_make, camera_model, lens,
    iso, aperture, focal_length, exposure, rating, title, description, creator, batch_id, source, ingested_at, edited_at,
    edited_fields ON pictures FOR EACH ROW
    WHEN (
        NEW.deleted_at IS NULL AND NEW.state <> 'processing' AND (
            OLD.deleted_at IS NOT NULL OR
            (OLD.state, OLD.filename, OLD.media_type, OLD.kind, OLD.size, OLD.width, OLD.height, OLD.orientation, OLD.duration,
                OLD.captured_at, OLD.utc_offset, OLD.sorted_at, OLD.latitude, OLD.longitude, OLD.altitude, OLD.camera_make,
                OLD.camera_model, OLD.lens, OLD.iso, OLD.aperture, OLD.focal_length, OLD.exposure, OLD.rating, OLD.title,
                OLD.description, OLD.creator, OLD.batch_id, OLD.source, OLD.ingested_at, OLD.edited_at, OLD.edited_fields)
            IS DISTINCT FROM
            (NEW.state, NEW.filename, NEW.media_type, NEW.kind, NEW.size, NEW.width, NEW.height, NEW.orientation, NEW.duration,
                NEW.captured_at, NEW.utc_offset, NEW.sorted_at, NEW.latitude, NEW.longitude, NEW.altitude, NEW.camera_make,
                NEW.camera_model, NEW.lens, NEW.iso, NEW.aperture, NEW.focal_length, NEW.exposure, NEW.rating, NEW.title,
                NEW.description, NEW.creator, NEW.batch_id, NEW.source, NEW.ingested_at, NEW.edited_at, NEW.edited_fields)
        )
    ) EXECUTE FUNCTION picture_dirty();

CREATE FUNCTION metadata_dirty() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO dirty_pictures (owner_id, picture_id)
    SELECT p.owner_id, p.id FROM pictures p JOIN pipelines l ON l.owner_id = p.owner_id AND l.active AND l.sees_metadata
    WHERE p.id = NEW.picture_id AND p.deleted_at IS NULL AND p.state <> 'processing';
    IF FOUND THEN
        PERFORM pg_notify('archypix_pipeline', (SELECT owner_id::text FROM pictures WHERE id = NEW.picture_id));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER picture_metadata_dirty AFTER INSERT OR UPDATE ON picture_metadata FOR EACH ROW EXECUTE FUNCTION metadata_dirty();

CREATE FUNCTION assignments_dirty() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    ids uuid[];
    owners integer[];
BEGIN
    SELECT array_agg(DISTINCT picture_id) INTO ids FROM changed WHERE source NOT IN ('rule', 'segment', 'share_mapping');
    IF ids IS NOT NULL AND EXISTS (SELECT FROM pipelines WHERE active AND sees_tags) THEN
        WITH marked AS (
            INSERT INTO dirty_pictures (owner_id, picture_id)
            SELECT p.owner_id, p.id
            FROM unnest(ids) AS touched (id)
                CROSS JOIN LATERAL (SELECT * FROM pictures WHERE id = touched.id OFFSET 0) p
                JOIN pipelines l ON l.owner_id = p.owner_id AND l.active AND l.sees_tags
            WHERE p.deleted_at IS NULL AND p.state <> 'processing'
            RETURNING owner_id
        )
        SELECT array_agg(DISTINCT owner_id) INTO owners FROM marked;
        PERFORM pg_notify('archypix_pipeline', owner_id::text) FROM unnest(owners) AS owner_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER assignments_dirty_inserted AFTER INSERT ON assignments
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION assignments_dirty();
CREATE TRIGGER assignments_dirty_deleted AFTER DELETE ON assignments
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION assignments_dirty();

-- Services are evaluated anew over all pictures when tags mean something else: `named` are tags that came or went, `around` are
-- the tags above those that were renamed, moved or removed, `seen` whether pictures carry other tags than before.
CREATE FUNCTION services_outdated(owner integer, named integer[], around integer[], seen boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE services SET stale = true, failure = NULL, failed_at = NULL
    WHERE owner_id = owner AND NOT removing
        AND (tags && named OR (kind = 'segmentation' AND tags && around) OR (seen AND sees_tags));
    IF FOUND THEN
        UPDATE pipelines SET revision = revision + 1, reached_at = NULL, reached_id = NULL WHERE owner_id = owner;
        PERFORM pg_notify('archypix_pipeline', owner::text);
    END IF;
END $$;

CREATE FUNCTION tags_outdate_services() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        PERFORM services_outdated(NEW.owner_id, '{}', OLD.lineage[:OLD.depth - 1] || NEW.lineage[:NEW.depth - 1],
            OLD.parent_id IS DISTINCT FROM NEW.parent_id);
    ELSE
        PERFORM services_outdated(c.owner_id, array_agg(DISTINCT c.id), array_agg(DISTINCT above), TG_OP = 'DELETE')
        FROM changed c JOIN pipelines l ON l.owner_id = c.owner_id CROSS JOIN LATERAL unnest(c.lineage) above
        WHERE TG_OP = 'DELETE' OR EXISTS (SELECT FROM services s WHERE s.owner_id = c.owner_id AND c.id = ANY (s.tags))
        GROUP BY c.owner_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tags_outdate_renamed AFTER UPDATE OF name, parent_id ON tags FOR EACH ROW
    WHEN (OLD.name <> NEW.name OR OLD.parent_id IS DISTINCT FROM NEW.parent_id) EXECUTE FUNCTION tags_outdate_services();
CREATE TRIGGER tags_outdate_inserted AFTER INSERT ON tags
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tags_outdate_services();
CREATE TRIGGER tags_outdate_deleted AFTER DELETE ON tags
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tags_outdate_services();
