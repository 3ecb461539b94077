-- Searches that people keep, and the values that facts of their pictures have, to be suggested while they type.

CREATE TABLE saved_searches (
    id         uuid PRIMARY KEY,
    owner_id   integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    name_key   text NOT NULL,
    query      text NOT NULL CHECK (length(query) <= 2000),
    revision   integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    edited_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (owner_id, name_key)
);

-- Values that some picture has, or had: what no picture has any more is found out by a sweep, the longest unseen first.
CREATE TABLE fact_values (
    owner_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    field    text NOT NULL CHECK (field IN ('camera', 'lens', 'creator', 'type')),
    value    text NOT NULL,
    seen_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner_id, field, value)
);
CREATE INDEX fact_values_seen ON fact_values (seen_at);

-- By rows, so that only statements that set one of these columns pay.
CREATE FUNCTION facts_changed() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    INSERT INTO fact_values (owner_id, field, value)
    SELECT NEW.owner_id, f.field, f.value FROM (VALUES
        ('camera', left(coalesce(NEW.camera_model, NEW.camera_make), 200)), ('creator', left(NEW.creator, 200)),
        ('lens', left(NEW.lens, 200)), ('type', NEW.media_type)
    ) AS f (field, value) WHERE f.value <> ''
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER facts_inserted AFTER INSERT ON pictures FOR EACH ROW EXECUTE FUNCTION facts_changed();
CREATE TRIGGER facts_updated AFTER UPDATE OF camera_make, camera_model, lens, creator, media_type ON pictures
    FOR EACH ROW WHEN ((OLD.camera_make, OLD.camera_model, OLD.lens, OLD.creator, OLD.media_type)
        IS DISTINCT FROM (NEW.camera_make, NEW.camera_model, NEW.lens, NEW.creator, NEW.media_type))
    EXECUTE FUNCTION facts_changed();

INSERT INTO fact_values (owner_id, field, value)
SELECT DISTINCT p.owner_id, f.field, f.value FROM pictures p CROSS JOIN LATERAL (VALUES
    ('camera', left(coalesce(p.camera_model, p.camera_make), 200)), ('creator', left(p.creator, 200)),
    ('lens', left(p.lens, 200)), ('type', p.media_type)
) AS f (field, value) WHERE f.value <> '';
