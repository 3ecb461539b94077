-- Full text: a document for each picture, derived from the texts of its row, and what asks it.

-- A text without accents and case, for comparing words.
CREATE FUNCTION search_fold(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT replace(replace(replace(
        translate(lower(regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]', '', 'g')), 'øđłħıς', 'odlhiσ'),
        'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')
$$;

-- Its words: what letters and digits there are between other characters.
CREATE FUNCTION search_tokens(value text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT string_to_array(trim(regexp_replace(search_fold(value), '[^[:alnum:]]+', ' ', 'g')), ' ')
$$;

-- The words of texts, each behind its owner's number, so that one index serves every library by itself. Texts lie apart:
-- no phrase reaches from one into the next.
CREATE FUNCTION search_document(owner integer, texts text[]) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(owner || '/' || left(w.word, 64) || ':' || (t.number - 1) * 2000 + w.number, ' '), '')::tsvector
    FROM unnest(texts) WITH ORDINALITY AS t (value, number)
    CROSS JOIN LATERAL unnest(search_tokens(left(t.value, 10000))) WITH ORDINALITY AS w (word, number)
    WHERE w.number < 1999 AND t.number <= 8
$$;

-- The words of a text next to each other, the last of them whole or, with `prefix`, as a beginning. NULL without words.
CREATE FUNCTION search_query(owner integer, value text, prefix boolean) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg('''' || owner || '/' || left(word, 64) || '''' || CASE WHEN prefix AND number = most THEN ':*' ELSE '' END,
        ' <-> ' ORDER BY number)::tsquery
    FROM (SELECT word, number, count(*) OVER () AS most FROM unnest(search_tokens(value)) WITH ORDINALITY AS w (word, number)) w
$$;

-- A number in the metadata of a file: `2.8` or `14/5`. NULL where it is none.
CREATE FUNCTION metadata_number(value text) RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN value ~ '^ *[+-]?[0-9]{1,15}([.][0-9]{1,15})? *$' THEN value::double precision
        WHEN value ~ '^ *[+-]?[0-9]{1,15}/[0-9]{1,15} *$'
            THEN split_part(value, '/', 1)::double precision / nullif(split_part(value, '/', 2)::double precision, 0)
    END
$$;

-- Apart from pictures, whose rows are written anew whenever a tag changes; with what orders the timeline, so that a search goes
-- along it, or sorts what it finds, without reading pictures.
CREATE TABLE picture_documents (
    picture_id uuid PRIMARY KEY,
    sorted_at  timestamp NOT NULL,
    owner_id   integer NOT NULL,
    document   tsvector NOT NULL
);

CREATE FUNCTION picture_document(p pictures) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT search_document(p.owner_id, ARRAY[
        p.filename, p.title, p.description, p.creator, concat_ws(' ', p.camera_make, p.camera_model), p.lens
    ])
$$;

INSERT INTO picture_documents SELECT p.id, p.sorted_at, p.owner_id, picture_document(p) FROM pictures p;
CREATE INDEX picture_documents_by_captured ON picture_documents (owner_id, sorted_at, picture_id);
-- Searches read through what is not yet merged into the index: little of it, then.
CREATE INDEX picture_documents_words ON picture_documents USING gin (document) WITH (gin_pending_list_limit = 256);

CREATE FUNCTION documents_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO picture_documents SELECT p.id, p.sorted_at, p.owner_id, picture_document(p::pictures) FROM after p;
    RETURN NULL;
END $$;
CREATE TRIGGER documents_inserted AFTER INSERT ON pictures
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION documents_inserted();

CREATE FUNCTION documents_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM picture_documents d USING before WHERE d.picture_id = before.id;
    RETURN NULL;
END $$;
CREATE TRIGGER documents_deleted AFTER DELETE ON pictures
    REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION documents_deleted();

-- By row, because only such a trigger can be limited to columns: statements that change tags never come here.
CREATE FUNCTION documents_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE picture_documents SET document = picture_document(NEW) WHERE picture_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER documents_updated
    AFTER UPDATE OF filename, title, description, creator, camera_make, camera_model, lens ON pictures
    FOR EACH ROW WHEN (
        (OLD.filename, OLD.title, OLD.description, OLD.creator, OLD.camera_make, OLD.camera_model, OLD.lens)
        IS DISTINCT FROM
        (NEW.filename, NEW.title, NEW.description, NEW.creator, NEW.camera_make, NEW.camera_model, NEW.lens)
    ) EXECUTE FUNCTION documents_updated();

CREATE FUNCTION documents_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE picture_documents SET sorted_at = NEW.sorted_at WHERE picture_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER documents_moved AFTER UPDATE OF sorted_at ON pictures
    FOR EACH ROW WHEN (OLD.sorted_at <> NEW.sorted_at) EXECUTE FUNCTION documents_moved();
