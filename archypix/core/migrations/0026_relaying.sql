-- Other people's pictures under a shared tag may be passed on by the ways by which they are held: where these change, a share may have
-- to follow.

CREATE FUNCTION share_note_ways(account integer, ids uuid[]) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off AS $$
BEGIN
    PERFORM share_note(account, array_agg(touched.id), false) FROM unnest(ids) AS touched (id)
    WHERE EXISTS (SELECT FROM share_members m WHERE m.picture_id = touched.id) OR EXISTS (
        SELECT FROM pictures p JOIN shares s ON s.tag_id = ANY (p.tag_closure) AND s.state = 'active' WHERE p.id = touched.id
    );
END $$;

CREATE FUNCTION share_ways_changed() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF EXISTS (SELECT FROM shares WHERE state = 'active') THEN
        PERFORM share_note_ways(n.account_id, n.ids) FROM (
            SELECT account_id, array_agg(DISTINCT picture_id) AS ids FROM changed WHERE picture_id IS NOT NULL GROUP BY account_id
        ) n;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER share_ways_inserted AFTER INSERT ON received
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION share_ways_changed();
CREATE TRIGGER share_ways_deleted AFTER DELETE ON received
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION share_ways_changed();

CREATE FUNCTION share_ways_updated() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF EXISTS (SELECT FROM shares WHERE state = 'active') THEN
        PERFORM share_note_ways(n.account_id, n.ids) FROM (
            SELECT account_id, array_agg(DISTINCT picture_id) AS ids FROM (
                (SELECT account_id, picture_id, share_id, upstream, grants, depth FROM after
                EXCEPT SELECT account_id, picture_id, share_id, upstream, grants, depth FROM before)
                UNION ALL
                (SELECT account_id, picture_id, share_id, upstream, grants, depth FROM before
                EXCEPT SELECT account_id, picture_id, share_id, upstream, grants, depth FROM after)
            ) differing WHERE picture_id IS NOT NULL GROUP BY account_id
        ) n;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER share_ways_updated AFTER UPDATE ON received
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION share_ways_updated();

CREATE FUNCTION share_depth_changed() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF EXISTS (SELECT FROM shares WHERE state = 'active') THEN
        PERFORM share_note_ways(NEW.account_id, array_agg(picture_id)) FROM received
        WHERE share_id = NEW.id AND picture_id IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER share_depth_changed AFTER UPDATE OF reshare_depth ON incoming_shares
    FOR EACH ROW WHEN (OLD.reshare_depth <> NEW.reshare_depth) EXECUTE FUNCTION share_depth_changed();
