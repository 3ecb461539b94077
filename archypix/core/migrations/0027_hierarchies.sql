-- Hierarchies: tags as trees of folders, the names of the files in them, and a number that changes with everything they show.

-- `config` names tags by their ids; `tags` are all of those, for whoever changes tags.
CREATE TABLE hierarchies (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    slug       text NOT NULL CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    config     jsonb NOT NULL,
    tags       integer[] NOT NULL DEFAULT '{}',
    revision   bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (account_id, slug)
);

-- Under which names pictures are listed in folders, from the first time on. `made_from` is what a name was made of (another name of
-- the picture makes another one); without it, somebody chose the name. A `pinned` picture is listed here although a folder in here
-- has it too. Pictures that are not in the folder keep their rows, and give up their names to those that are. No row is referenced:
-- ten thousand names are written at once, and triggers remove what pictures and hierarchies leave behind.
CREATE TABLE hierarchy_names (
    hierarchy_id uuid NOT NULL,
    folder_key   text NOT NULL CHECK (length(folder_key) <= 100),
    name_key     text NOT NULL,
    name         text NOT NULL,
    picture_id   uuid NOT NULL,
    made_from    text,
    pinned       boolean NOT NULL DEFAULT false,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (hierarchy_id, folder_key, name_key)
);
CREATE INDEX hierarchy_names_picture ON hierarchy_names (picture_id, hierarchy_id, folder_key);
CREATE INDEX hierarchy_names_pinned ON hierarchy_names (hierarchy_id, folder_key, picture_id) WHERE pinned;

CREATE FUNCTION hierarchy_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM hierarchy_names WHERE hierarchy_id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER hierarchy_removed AFTER DELETE ON hierarchies FOR EACH ROW EXECUTE FUNCTION hierarchy_removed();

CREATE FUNCTION hierarchy_pictures_removed() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    DELETE FROM hierarchy_names n USING before b WHERE n.picture_id = b.id;
    RETURN NULL;
END $$;
CREATE TRIGGER hierarchy_pictures_removed AFTER DELETE ON pictures
    REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION hierarchy_pictures_removed();

-- Names that differ by case, by how they are composed, or by characters that some systems forbid are of one class: what is left of a
-- name without any letter that could come of folding another one. Few pictures of a library share a class.
CREATE FUNCTION name_class(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(lower(normalize(name, NFC) COLLATE "C"), '[^0-9bcdegmopqruvxz]+', '', 'g')
$$;
CREATE INDEX pictures_name_class ON pictures (owner_id, name_class(filename));

-- How often a library changed. Nobody waits for anybody: who finds all rows of a library taken adds one, and their sum counts.
CREATE SEQUENCE library_tick_slots;
CREATE TABLE library_ticks (
    account_id integer NOT NULL,
    slot       bigint NOT NULL DEFAULT nextval('library_tick_slots'),
    ticks      bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (account_id, slot)
) WITH (fillfactor = 50);

-- Once a transaction and library. A savepoint that is undone takes what it remembers with it.
CREATE FUNCTION library_tick(owners integer[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    owner integer;
    known text := coalesce(current_setting('archypix.ticked', true), '');
BEGIN
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

CREATE FUNCTION pictures_ticked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM library_tick(ARRAY(SELECT DISTINCT owner_id FROM before));
    ELSE
        PERFORM library_tick(ARRAY(SELECT DISTINCT owner_id FROM after));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER pictures_ticked_insert AFTER INSERT ON pictures
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION pictures_ticked();
CREATE TRIGGER pictures_ticked_update AFTER UPDATE ON pictures
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION pictures_ticked();
CREATE TRIGGER pictures_ticked_delete AFTER DELETE ON pictures
    REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION pictures_ticked();

-- Sums that programs ask for; null until somebody has computed them.
ALTER TABLE blobs
    ADD COLUMN sha1 bytea CHECK (octet_length(sha1) = 20),
    ADD COLUMN md5  bytea CHECK (octet_length(md5) = 16);

-- Every account has a hierarchy that shows all its tags.
CREATE FUNCTION default_hierarchy(account integer) RETURNS void LANGUAGE sql AS $$
    INSERT INTO hierarchies (account_id, slug, name, config) VALUES (account, 'library', 'Library',
        '{"naming": "original", "deletion": "single_branch", "nodes": [{"id": "all", "type": "mirror", "root": "/"}]}')
    ON CONFLICT (account_id, slug) DO NOTHING
$$;
CREATE FUNCTION accounts_given_hierarchy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM default_hierarchy(NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_given_hierarchy AFTER INSERT ON accounts
    FOR EACH ROW EXECUTE FUNCTION accounts_given_hierarchy();
SELECT default_hierarchy(id) FROM accounts WHERE deleted_at IS NULL ORDER BY id;
