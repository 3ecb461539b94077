-- Tags of pictures are derived in one pass: who changes the arrays knows what changed in them, and places the rows of the read
-- model itself. Triggers of pictures that would find the same by comparing all rows before and after stand back meanwhile.
-- Plans are made once a session, perhaps for tables with a handful of rows: nothing may be kept in memory to be gone through for
-- each picture again.

-- Rows of the read model to be removed and added, and the counters of tags with them; both in the order of the key.
CREATE OR REPLACE FUNCTION place_pictures(removed picture_tags[], added picture_tags[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_nestloop = on SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off SET enable_material = off AS $$
BEGIN
    IF removed IS NOT NULL THEN
        DELETE FROM picture_tags p USING (SELECT * FROM unnest(removed) ORDER BY tag_id, sorted_at, picture_id OFFSET 0) r
        WHERE p.tag_id = r.tag_id AND p.sorted_at = r.sorted_at AND p.picture_id = r.picture_id;
    END IF;
    IF added IS NOT NULL THEN
        INSERT INTO picture_tags SELECT * FROM unnest(added) ORDER BY tag_id, sorted_at, picture_id;
    END IF;
    UPDATE tags t SET count = t.count + d.count, total = t.total + d.total
    FROM (
        SELECT tag_id, sum(sign * own::integer) AS count, sum(sign) AS total FROM (
            SELECT tag_id, own, 1 AS sign FROM unnest(added) UNION ALL SELECT tag_id, own, -1 FROM unnest(removed)
        ) changes GROUP BY tag_id
    ) d
    WHERE t.id = d.tag_id AND (d.count <> 0 OR d.total <> 0);
END $$;

-- A picture's tags before and after, and the tags of which its row in the read model differs, each once.
CREATE TYPE retagged AS (
    id uuid, had integer[], had_all integer[], has integer[], has_all integer[], asked integer[]
);

-- Give pictures other tags. Where a picture lies in the read model, and whether at all, is told by its row as it is updated: its
-- date may have changed since its tags were read, which needs no lock of the library.
CREATE FUNCTION retag_pictures(changes retagged[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_nestloop = on SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off SET enable_material = off AS $$
DECLARE
    removed picture_tags[];
    added picture_tags[];
    owners integer[];
BEGIN
    -- For this one statement; should it fail, the setting is undone with it.
    PERFORM set_config('archypix.retagging', 'on', true);
    WITH updated AS (
        UPDATE pictures p SET tag_ids = c.has, tag_closure = c.has_all FROM unnest(changes) c WHERE p.id = c.id
        RETURNING p.id, p.owner_id, p.sorted_at, p.deleted_at IS NULL AS live, c.had, c.had_all, c.has, c.has_all, c.asked
    ), places AS (
        SELECT u.owner_id, u.sorted_at, u.id, tag_id, tag_id = ANY (u.had_all) AS was, tag_id = ANY (u.has_all) AS is_there,
            tag_id = ANY (u.had) AS was_own, tag_id = ANY (u.has) AS is_own
        FROM updated u CROSS JOIN LATERAL unnest(u.asked) AS tag_id WHERE u.live
        UNION ALL
        SELECT owner_id, sorted_at, id, -owner_id, had_all = '{}', has_all = '{}', true, true FROM updated
        WHERE live AND (had_all = '{}') <> (has_all = '{}')
    )
    SELECT array_agg(ROW(sorted_at, id, tag_id, was_own)::picture_tags) FILTER (WHERE was),
        array_agg(ROW(sorted_at, id, tag_id, is_own)::picture_tags) FILTER (WHERE is_there),
        array_agg(DISTINCT owner_id)
    INTO removed, added, owners FROM places;
    PERFORM set_config('archypix.retagging', '', true);
    IF owners IS NOT NULL THEN
        PERFORM lock_libraries(owners);
        PERFORM place_pictures(removed, added);
    END IF;
END $$;

-- How many pictures are retagged by one statement: as many as keep what is remembered of them in memory.
CREATE FUNCTION retag_slice() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT 5000 $$;

-- The tags of pictures from assignments and the tree, whatever the arrays say now. `ids` are pictures of any owner, each once.
-- Arrays that were put together are unpacked once, and not again for each tag that is looked for in them.
CREATE OR REPLACE FUNCTION derive_picture_tags(ids uuid[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_nestloop = on SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off SET enable_material = off AS $$
DECLARE
    changes retagged[];
BEGIN
    FOR low IN 1 .. coalesce(cardinality(ids), 0) BY retag_slice() LOOP
        SELECT array_agg(ROW(p.id, p.had, p.had_all, d.has, d.has_all,
            ARRAY(SELECT tag_id FROM unnest(p.had_all) AS tag_id WHERE tag_id <> ALL (d.has_all))
            || ARRAY(SELECT tag_id FROM unnest(d.has_all) AS tag_id WHERE tag_id <> ALL (p.had_all))
            || CASE WHEN p.had = d.has THEN '{}' ELSE ARRAY(
                SELECT tag_id FROM unnest(p.had || d.has) AS tag_id WHERE tag_id = ANY (p.had_all)
                    AND tag_id = ANY (d.has_all) AND (tag_id = ANY (p.had)) <> (tag_id = ANY (d.has))
            ) END)::retagged) INTO changes
        FROM unnest(ids[low : low + retag_slice() - 1]) AS touched (id)
            CROSS JOIN LATERAL (
                SELECT id, tag_ids || '{}'::integer[] AS had, tag_closure || '{}'::integer[] AS had_all
                FROM pictures WHERE id = touched.id OFFSET 0
            ) p
            CROSS JOIN LATERAL (
                SELECT ARRAY(
                    SELECT DISTINCT tag_id FROM (SELECT tag_id FROM assignments WHERE picture_id = p.id OFFSET 0) a ORDER BY 1
                ) AS has OFFSET 0
            ) o
            CROSS JOIN LATERAL (
                SELECT o.has, ARRAY(SELECT DISTINCT unnest(lineage) FROM tags WHERE id = ANY (o.has) ORDER BY 1) AS has_all
                OFFSET 0
            ) d
        WHERE p.had <> d.has OR p.had_all <> d.has_all;
        IF changes IS NOT NULL THEN
            PERFORM retag_pictures(changes);
        END IF;
    END LOOP;
END $$;

-- Pictures get tags that were just assigned to them: what they carried before stays, and need not be derived again. The n-th id
-- and the n-th tag belong together.
CREATE FUNCTION add_picture_tags(ids uuid[], given integer[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_nestloop = on SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off SET enable_material = off AS $$
DECLARE
    changes retagged[];
BEGIN
    FOR low IN 1 .. cardinality(ids) BY retag_slice() LOOP
        SELECT array_agg(ROW(g.id, p.had, p.had_all,
            CASE WHEN n.own = '{}' THEN p.had ELSE ARRAY(SELECT unnest(p.had || n.own) ORDER BY 1) END,
            CASE WHEN n.other = '{}' THEN p.had_all ELSE ARRAY(SELECT unnest(p.had_all || n.other) ORDER BY 1) END,
            n.other || ARRAY(SELECT tag_id FROM unnest(n.own) AS tag_id WHERE tag_id = ANY (p.had_all)))::retagged)
        INTO changes
        FROM (
            SELECT touched.id, array_agg(t.id) AS own, array_agg(above) AS above
            FROM unnest(ids[low : low + retag_slice() - 1], given[low : low + retag_slice() - 1]) AS touched (id, tag_id)
                CROSS JOIN LATERAL (SELECT id, lineage FROM tags WHERE id = touched.tag_id OFFSET 0) t
                CROSS JOIN LATERAL unnest(t.lineage) AS above
            GROUP BY touched.id
        ) g
            CROSS JOIN LATERAL (
                SELECT tag_ids || '{}'::integer[] AS had, tag_closure || '{}'::integer[] AS had_all
                FROM pictures WHERE id = g.id OFFSET 0
            ) p
            CROSS JOIN LATERAL (
                SELECT ARRAY(SELECT DISTINCT tag_id FROM unnest(g.own) AS tag_id WHERE tag_id <> ALL (p.had)) AS own,
                    ARRAY(SELECT DISTINCT tag_id FROM unnest(g.above) AS tag_id WHERE tag_id <> ALL (p.had_all)) AS other
                OFFSET 0
            ) n
        WHERE n.own <> '{}' OR n.other <> '{}';
        IF changes IS NOT NULL THEN
            PERFORM retag_pictures(changes);
        END IF;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION assignments_changed() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    ids uuid[];
    tagged integer[];
BEGIN
    -- In order of the pictures, which is that of their pages.
    SELECT array_agg(picture_id), array_agg(tag_id) INTO ids, tagged
    FROM (SELECT picture_id, tag_id FROM changed ORDER BY picture_id OFFSET 0) sorted;
    IF ids IS NOT NULL THEN
        PERFORM lock_libraries(ARRAY(
            SELECT DISTINCT owner_id FROM tags WHERE id = ANY (ARRAY(SELECT DISTINCT unnest(tagged)))
        ));
        IF TG_OP = 'INSERT' THEN
            PERFORM add_picture_tags(ids, tagged);
        ELSE
            PERFORM derive_picture_tags(ARRAY(SELECT DISTINCT unnest(ids) ORDER BY 1));
        END IF;
    END IF;
    RETURN NULL;
END $$;

-- As it was, but for who changes tags and places the rows.
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

-- Tags alone change no day.
CREATE OR REPLACE FUNCTION timeline_pictures_changed() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    changes timeline_change[];
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('archypix.retagging', true) = 'on' THEN
        RETURN NULL;
    END IF;
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
