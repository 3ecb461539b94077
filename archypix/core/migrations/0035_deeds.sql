-- What a deed on a drive asks of the database, in few ways there and back. Plans are made once a session: what these statements
-- look for is always found by a key.

-- A new operation of the log; whoever calls has the library's writer lock.
CREATE FUNCTION operation_begin(
    operation uuid, owner integer, kind text, summary text, undoes uuid, units text[], drive_token integer, by_name text
) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    INSERT INTO operations (id, owner_id, number, kind, summary, undoes, units, written, drive_token, by_name)
    SELECT operation, owner, coalesce(last.number, 0) + 1, operation_begin.kind, operation_begin.summary,
        operation_begin.undoes, operation_begin.units, coalesce(last.written, 0), operation_begin.drive_token,
        operation_begin.by_name
    FROM (SELECT) one LEFT JOIN LATERAL (
        SELECT o.number, o.written FROM operations o WHERE o.owner_id = owner ORDER BY o.number DESC LIMIT 1
    ) last ON true;
END $$;

-- An operation is whole: how many pictures it changed and how many bytes it takes; the oldest ones above these bounds go.
CREATE FUNCTION operation_finish(operation uuid, pictures integer, most bigint, most_bytes bigint) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    done operations;
BEGIN
    UPDATE operations o SET count = pictures, written = o.written + (
        SELECT coalesce(sum(64 + pg_column_size(picture_ids) + coalesce(pg_column_size(times), 0)
            + coalesce(pg_column_size(before), 0) + coalesce(pg_column_size(after), 0)), 0)
        FROM operation_items WHERE operation_id = operation
    ) + (
        SELECT coalesce(sum(pg_column_size(t)), 0) FROM operation_tags t WHERE operation_id = operation
    ) + coalesce(pg_column_size(o.moved), 0) + coalesce(pg_column_size(o.notes), 0) + 200
    WHERE o.id = operation RETURNING o.* INTO done;
    DELETE FROM operations WHERE owner_id = done.owner_id AND number < greatest(done.number - most + 1, (
        SELECT number FROM operations WHERE owner_id = done.owner_id AND written > done.written - most_bytes
        ORDER BY number LIMIT 1
    ));
END $$;

-- A text that is another one after every change of what a hierarchy at this revision shows.
CREATE FUNCTION library_state(account integer, revision bigint) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT concat_ws('-', revision, (SELECT sum(ticks) FROM library_ticks l WHERE l.account_id = account),
        (SELECT tags_revision FROM libraries l WHERE l.account_id = account))
$$;

-- The names of pictures in a hierarchy, and who else has names in folders: as many of `folders` and `keys` beside each other.
CREATE FUNCTION deed_names(hierarchy uuid, ids uuid[], folders text[], keys text[]) RETURNS SETOF hierarchy_names LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY
        SELECT n.* FROM unnest(ids) AS p (id) CROSS JOIN LATERAL (
            SELECT * FROM hierarchy_names WHERE picture_id = p.id AND hierarchy_id = hierarchy OFFSET 0
        ) n
        UNION SELECT n.* FROM unnest(folders, keys) AS k (folder, name) CROSS JOIN LATERAL (
            SELECT * FROM hierarchy_names WHERE hierarchy_id = hierarchy AND folder_key = k.folder AND name_key = k.name OFFSET 0
        ) n;
END $$;

-- Lock a library for a deed and begin its operation. No row: there is no such library. No revision: there is no such hierarchy, and
-- nothing is begun.
-- What is told is read when the locks are there; `named` are the rows of `deed_names`.
CREATE FUNCTION deed_begin(
    account integer, hierarchy uuid, slug text, names integer, operation uuid, summary text, units text[], drive_token integer,
    by_name text, ids uuid[], folders text[], keys text[]
) RETURNS TABLE (version_mode text, tags_revision bigint, revision bigint, state text, named jsonb) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    SELECT l.version_mode, l.tags_revision INTO deed_begin.version_mode, deed_begin.tags_revision
    FROM libraries l WHERE l.account_id = account FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(names, account);
    SELECT h.revision INTO deed_begin.revision FROM hierarchies h
    WHERE h.id = hierarchy AND h.account_id = account AND h.slug = deed_begin.slug;
    IF FOUND THEN
        deed_begin.state := library_state(account, deed_begin.revision);
        SELECT jsonb_agg(to_jsonb(n)) INTO deed_begin.named FROM deed_names(hierarchy, ids, folders, keys) n;
        PERFORM operation_begin(operation, account, 'drive', summary, NULL, units, drive_token, by_name);
    END IF;
    RETURN NEXT;
END $$;

-- Take from pictures what people assigned of some tags and assign others where nobody did by hand, in one statement: so their tags
-- are derived once. Both are kept for the operation.
CREATE FUNCTION deed_retag(
    owner integer, ids uuid[], taken integer[], given integer[], giver text, by_hand text[], operation uuid
) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    WITH gone AS (
        DELETE FROM assignments a USING pictures p WHERE p.id = a.picture_id AND p.owner_id = owner AND p.id = ANY (ids)
            AND a.tag_id = ANY (taken) AND a.source = ANY (by_hand) RETURNING a.*
    ), come AS (
        INSERT INTO assignments (picture_id, tag_id, source)
        SELECT p.id, t.id, giver FROM pictures p CROSS JOIN tags t
        WHERE p.owner_id = owner AND p.id = ANY (ids) AND t.owner_id = owner AND t.id = ANY (given) AND NOT EXISTS (
            SELECT FROM assignments a WHERE a.picture_id = p.id AND a.tag_id = t.id AND a.source = ANY (by_hand))
        ON CONFLICT DO NOTHING RETURNING *
    )
    INSERT INTO operation_items (operation_id, kind, tag_id, source, source_id, picture_ids, times)
    SELECT operation, 'removed', tag_id, source, source_id, array_agg(picture_id), array_agg(created_at)
    FROM gone GROUP BY tag_id, source, source_id
    UNION ALL
    SELECT operation, 'added', tag_id, source, source_id, array_agg(picture_id), array_agg(created_at)
    FROM come GROUP BY tag_id, source, source_id;
END $$;

-- The end of a deed: how the names that it watched have changed since they were as in `before` is noted, the operation finished,
-- the event told.
-- Whether it is kept: one that changed nothing is forgotten, unless it was `told` of.
CREATE FUNCTION deed_finish(
    operation uuid, hierarchy uuid, ids uuid[], folders text[], keys text[], before jsonb, steps jsonb, notes jsonb,
    pictures integer, told boolean, most bigint, most_bytes bigint, channel text, event text
) RETURNS boolean LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    gone jsonb;
    come jsonb;
BEGIN
    WITH was AS MATERIALIZED (SELECT value AS line FROM jsonb_array_elements(before)),
        now AS MATERIALIZED (SELECT to_jsonb(n) AS line FROM deed_names(hierarchy, ids, folders, keys) n)
    SELECT (SELECT jsonb_agg(line) FROM (SELECT line FROM was EXCEPT SELECT line FROM now) g),
        (SELECT jsonb_agg(line) FROM (SELECT line FROM now EXCEPT SELECT line FROM was) c)
    INTO gone, come;
    IF gone IS NOT NULL OR come IS NOT NULL THEN
        notes := coalesce(notes, '{}') || jsonb_build_object('folder_names',
            jsonb_build_object('before', coalesce(gone, '[]'), 'after', coalesce(come, '[]')));
    END IF;
    IF steps IS NULL AND notes IS NULL AND NOT told AND (pictures = 0 OR NOT (
        EXISTS (SELECT FROM operation_items WHERE operation_id = operation)
        OR EXISTS (SELECT FROM operation_tags WHERE operation_id = operation))) THEN
        DELETE FROM operations WHERE id = operation;
        RETURN false;
    END IF;
    IF steps IS NOT NULL OR notes IS NOT NULL THEN
        UPDATE operations o SET moved = steps, notes = deed_finish.notes WHERE o.id = operation;
    END IF;
    PERFORM operation_finish(operation, pictures, most, most_bytes);
    PERFORM pg_notify(channel, event);
    RETURN true;
END $$;

-- Give one name in a folder to one picture, whoever had it. `made_from` is null for a name that was chosen.
CREATE FUNCTION name_give(
    account integer, names integer, hierarchy uuid, folder text, key text, called text, picture uuid, base text, held boolean
) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(names, account);
    INSERT INTO hierarchy_names AS n (hierarchy_id, folder_key, name_key, name, picture_id, made_from, pinned)
    VALUES (hierarchy, folder, key, called, picture, base, held)
    ON CONFLICT (hierarchy_id, folder_key, name_key) DO UPDATE SET name = excluded.name, picture_id = excluded.picture_id,
        made_from = excluded.made_from, pinned = excluded.pinned, created_at = now();
    PERFORM library_tick(ARRAY[account]);
END $$;

-- Forget a name in a folder; whether its picture has another one there.
CREATE FUNCTION name_drop(account integer, names integer, hierarchy uuid, folder text, key text) RETURNS boolean LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    picture uuid;
BEGIN
    PERFORM pg_advisory_xact_lock(names, account);
    DELETE FROM hierarchy_names WHERE hierarchy_id = hierarchy AND folder_key = folder AND name_key = key
    RETURNING picture_id INTO picture;
    PERFORM library_tick(ARRAY[account]);
    RETURN picture IS NOT NULL AND EXISTS (
        SELECT FROM hierarchy_names WHERE hierarchy_id = hierarchy AND folder_key = folder AND picture_id = picture
    );
END $$;

-- The bytes of a blob are whole at their key. False where its row went meanwhile, or others made the same bytes live.
CREATE FUNCTION blob_made_live(blob uuid) RETURNS boolean LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    UPDATE blobs SET state = 'live', changed_at = now() WHERE id = blob AND state = 'writing';
    RETURN FOUND;
EXCEPTION WHEN unique_violation THEN
    RETURN false;
END $$;

-- A due job for a picture, instead of those of certain kinds; servers hear of it on the channel.
CREATE FUNCTION job_enqueue(job uuid, wanted text, instead text[], picture uuid, blob uuid, urgency integer, channel text)
RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    DELETE FROM jobs WHERE picture_id = picture AND kind = ANY (instead);
    INSERT INTO jobs (id, kind, picture_id, blob_id, state, priority) VALUES (job, wanted, picture, blob, 'due', urgency);
    PERFORM pg_notify(channel, '');
END $$;

-- A picture leaves one folder for another under the name that it has: `deed_retag`, `name_drop` and `name_give` in one.
CREATE FUNCTION deed_move(
    owner integer, picture uuid, taken integer[], given integer[], giver text, by_hand text[], operation uuid, names integer,
    hierarchy uuid, was_in text, is_in text, key text, called text, base text, held boolean
) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM deed_retag(owner, ARRAY[picture], taken, given, giver, by_hand, operation);
    PERFORM name_drop(owner, names, hierarchy, was_in, key);
    PERFORM name_give(owner, names, hierarchy, is_in, key, called, picture, base, held);
END $$;
