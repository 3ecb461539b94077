-- How many live pictures there are on each day, of a whole library and of each tag, so that a timeline is drawn without
-- reading pictures.

-- A shelf is a tag, or like in `picture_tags` the owner's number below zero for pictures without a tag, or a library. There may
-- be several rows for a day of a shelf, and only their sum means something: a transaction changes any one that nobody else
-- holds, or adds one. So nobody ever waits here, and changes of dates need no lock of the library to be counted right.
CREATE TABLE timeline_counts (
    shelf bigint NOT NULL,
    day   integer NOT NULL,
    total integer NOT NULL,
    own   integer NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX timeline_counts_shelf ON timeline_counts (shelf, day);

CREATE TYPE timeline_change AS (shelf bigint, day integer, total integer, own integer);

-- The shelf of all of an owner's live pictures.
CREATE FUNCTION library_shelf(owner_id integer) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT -4294967296 - owner_id $$;

-- The number of a day, from 2000-01-01. What lies beyond the calendar that programs know counts for its first and last day.
CREATE FUNCTION timeline_day(moment timestamp) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT greatest(least(moment, '9999-12-31'::timestamp), '0001-01-01'::timestamp)::date - '2000-01-01'::date $$;

-- Each day of each shelf once. A row that changed since this statement began is not found where it was held: its change is
-- added as a row more, and nothing is lost. The plan, which a session makes once, reaches rows by the index and by their place,
-- however small the table was then.
CREATE FUNCTION timeline_add(changes timeline_change[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_nestloop = on SET enable_hashjoin = off SET enable_mergejoin = off
SET enable_seqscan = off AS $$
BEGIN
    WITH held AS MATERIALIZED (
        SELECT d.*, (
            SELECT c.ctid FROM timeline_counts c WHERE c.shelf = d.shelf AND c.day = d.day LIMIT 1 FOR UPDATE SKIP LOCKED
        ) AS place
        FROM unnest(changes) d
    ), added AS (
        UPDATE timeline_counts c SET total = c.total + h.total, own = c.own + h.own FROM held h WHERE c.ctid = h.place
        RETURNING h.shelf, h.day
    )
    INSERT INTO timeline_counts SELECT d.* FROM unnest(changes) d
    WHERE (d.shelf, d.day) NOT IN (SELECT shelf, day FROM added);
END $$;

CREATE FUNCTION timeline_tags_changed() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    sign integer := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
    changes timeline_change[];
BEGIN
    SELECT array_agg(ROW(d.*)::timeline_change) INTO changes FROM (
        SELECT tag_id, timeline_day(sorted_at), sign * count(*), sign * count(*) FILTER (WHERE own)
        FROM changed GROUP BY 1, 2
    ) d;
    IF changes IS NOT NULL THEN
        PERFORM timeline_add(changes);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER timeline_tags_inserted AFTER INSERT ON picture_tags
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION timeline_tags_changed();
CREATE TRIGGER timeline_tags_deleted AFTER DELETE ON picture_tags
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION timeline_tags_changed();

-- Nothing updates rows of the read model; if something ever does, it is counted too.
CREATE FUNCTION timeline_tags_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM timeline_add(array_agg(ROW(d.*)::timeline_change)) FROM (
        SELECT tag_id, timeline_day(sorted_at), sum(n), sum(n) FILTER (WHERE own) FROM (
            SELECT tag_id, sorted_at, own, 1 AS n FROM after UNION ALL SELECT tag_id, sorted_at, own, -1 FROM before
        ) both_sides GROUP BY 1, 2
    ) d HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER timeline_tags_updated AFTER UPDATE ON picture_tags
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION timeline_tags_updated();

CREATE FUNCTION timeline_pictures_changed() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    changes timeline_change[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(ROW(d.*)::timeline_change) INTO changes FROM (
            SELECT library_shelf(owner_id), timeline_day(sorted_at), count(*), 0
            FROM after WHERE deleted_at IS NULL GROUP BY 1, 2
        ) d;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(ROW(d.*)::timeline_change) INTO changes FROM (
            SELECT library_shelf(owner_id), timeline_day(sorted_at), -count(*), 0
            FROM before WHERE deleted_at IS NULL GROUP BY 1, 2
        ) d;
    ELSE
        SELECT array_agg(ROW(d.*)::timeline_change) INTO changes FROM (
            SELECT library_shelf(owner_id), timeline_day(sorted_at), sum(n), 0 FROM (
                SELECT owner_id, sorted_at, 1 AS n FROM after WHERE deleted_at IS NULL
                UNION ALL
                SELECT owner_id, sorted_at, -1 FROM before WHERE deleted_at IS NULL
            ) both_sides GROUP BY 1, 2 HAVING sum(n) <> 0
        ) d;
    END IF;
    IF changes IS NOT NULL THEN
        PERFORM timeline_add(changes);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER timeline_pictures_inserted AFTER INSERT ON pictures
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION timeline_pictures_changed();
CREATE TRIGGER timeline_pictures_deleted AFTER DELETE ON pictures
    REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION timeline_pictures_changed();
CREATE TRIGGER timeline_pictures_updated AFTER UPDATE ON pictures
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION timeline_pictures_changed();

-- A tag that goes carries nothing any more. Rows that somebody holds are left: they add up to nothing, and no tag comes back.
CREATE FUNCTION timeline_tag_gone() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_nestloop = on SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    DELETE FROM timeline_counts WHERE ctid = ANY (ARRAY(
        SELECT c.ctid FROM timeline_counts c JOIN gone ON c.shelf = gone.id FOR UPDATE OF c SKIP LOCKED
    ));
    RETURN NULL;
END $$;
CREATE TRIGGER timeline_tag_gone AFTER DELETE ON tags
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION timeline_tag_gone();

-- Count everything again, for rows that were made without triggers.
CREATE FUNCTION timeline_recount() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM timeline_counts;
    INSERT INTO timeline_counts
    SELECT tag_id, timeline_day(sorted_at), count(*), count(*) FILTER (WHERE own) FROM picture_tags GROUP BY 1, 2 ORDER BY 1, 2;
    INSERT INTO timeline_counts
    SELECT library_shelf(owner_id), timeline_day(sorted_at), count(*), 0 FROM pictures WHERE deleted_at IS NULL
    GROUP BY 1, 2 ORDER BY 1, 2;
END $$;
SELECT timeline_recount();
