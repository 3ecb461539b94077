-- Pictures with the same content, and pictures that look alike.

ALTER TABLE pictures ADD COLUMN perceptual_hash bigint;

-- In how many of 64 bits the hashes of two pictures may differ that are offered as similar.
ALTER TABLE libraries ADD COLUMN similar_distance smallint NOT NULL DEFAULT 6 CHECK (similar_distance BETWEEN 0 AND 10);

-- Pictures whose hashes came, changed or went, to be looked at by the loop: what they show, and the content hashes they have
-- and had. A picture may be here more than once, and be gone already.
CREATE TABLE duplicates_due (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_id       integer NOT NULL,
    picture_id     uuid NOT NULL,
    content_hashes bytea[] NOT NULL
);
CREATE INDEX duplicates_due_owner ON duplicates_due (owner_id, id);
CREATE INDEX duplicates_due_picture ON duplicates_due (picture_id);

-- The tables below are written by the loop alone and refer to pictures without foreign keys: it locks no picture, so that
-- nobody who moves or removes one ever waits for it, or it for them.

-- Hashes as the loop last saw them. Two hashes that differ in few bits have a band of 16 bits that differs in fewer still; by
-- its bands a hash finds its neighbours without being compared to all.
CREATE TABLE picture_hashes (
    picture_id uuid PRIMARY KEY,
    owner_id   integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    hash       bigint NOT NULL
);
CREATE INDEX picture_hashes_band_0 ON picture_hashes (owner_id, (hash & 65535), picture_id);
CREATE INDEX picture_hashes_band_1 ON picture_hashes (owner_id, ((hash >> 16) & 65535), picture_id);
CREATE INDEX picture_hashes_band_2 ON picture_hashes (owner_id, ((hash >> 32) & 65535), picture_id);
CREATE INDEX picture_hashes_band_3 ON picture_hashes (owner_id, ((hash >> 48) & 65535), picture_id);

-- Pictures that look alike, in the trash or not; `one` is the lesser id.
CREATE TABLE similar_pairs (
    one      uuid NOT NULL,
    other    uuid NOT NULL CHECK (one < other),
    owner_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    distance smallint NOT NULL,
    PRIMARY KEY (one, other)
);
CREATE INDEX similar_pairs_other ON similar_pairs (other, one);

-- Groups: all pictures of one content, or pictures joined by pairs that look alike. `undecided` when some pair of the group was
-- not judged yet; `shown_id` is the picture that stands for the others, `chosen` by a person or else the best.
CREATE TABLE duplicate_groups (
    id           uuid PRIMARY KEY,
    owner_id     integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    kind         text NOT NULL CHECK (kind IN ('content', 'similar')),
    content_hash bytea CHECK ((content_hash IS NOT NULL) = (kind = 'content')),
    shown_id     uuid NOT NULL,
    chosen       boolean NOT NULL DEFAULT false,
    undecided    boolean NOT NULL DEFAULT true,
    UNIQUE (owner_id, content_hash)
);
CREATE INDEX duplicate_groups_undecided ON duplicate_groups (owner_id, kind, id) WHERE undecided;
CREATE INDEX duplicate_groups_owner ON duplicate_groups (owner_id, kind, id);

CREATE TABLE duplicate_members (
    picture_id uuid NOT NULL,
    kind       text NOT NULL,
    group_id   uuid NOT NULL REFERENCES duplicate_groups ON DELETE CASCADE,
    PRIMARY KEY (picture_id, kind)
);
CREATE INDEX duplicate_members_group ON duplicate_members (group_id, picture_id);

-- What a person said of a group, and what was done for it, so that it can be undone.
CREATE TABLE duplicate_verdicts (
    id              uuid PRIMARY KEY,
    owner_id        integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    group_id        uuid NOT NULL,
    verdict         text NOT NULL CHECK (verdict IN ('kept', 'different', 'same')),
    picture_ids     uuid[] NOT NULL,
    trashed_ids     uuid[] NOT NULL DEFAULT '{}',
    tagged_pictures uuid[] NOT NULL DEFAULT '{}',
    tagged_tags     integer[] NOT NULL DEFAULT '{}',
    shown_before    uuid,
    chosen_before   boolean NOT NULL DEFAULT false,
    created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX duplicate_verdicts_group ON duplicate_verdicts (group_id, id);
CREATE INDEX duplicate_verdicts_owner ON duplicate_verdicts (owner_id, id);

-- The pairs that a verdict settles; they are not offered again.
CREATE TABLE decided_pairs (
    one        uuid NOT NULL,
    other      uuid NOT NULL CHECK (one < other),
    verdict_id uuid NOT NULL REFERENCES duplicate_verdicts ON DELETE CASCADE,
    same       boolean NOT NULL,
    PRIMARY KEY (one, other, verdict_id)
);
CREATE INDEX decided_pairs_other ON decided_pairs (other);
CREATE INDEX decided_pairs_verdict ON decided_pairs (verdict_id);

-- Marks for the loop. Changes of tags, dates and the trash never come here: what is in the trash is left out on reading.
CREATE FUNCTION duplicates_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO duplicates_due (owner_id, picture_id, content_hashes)
        VALUES (NEW.owner_id, NEW.id, array_remove(ARRAY[NEW.content_hash], NULL));
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO duplicates_due (owner_id, picture_id, content_hashes)
        VALUES (NEW.owner_id, NEW.id, array_remove(ARRAY[OLD.content_hash, NEW.content_hash], NULL));
    ELSE
        INSERT INTO duplicates_due (owner_id, picture_id, content_hashes)
        VALUES (OLD.owner_id, OLD.id, array_remove(ARRAY[OLD.content_hash], NULL));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER duplicates_inserted AFTER INSERT ON pictures
    FOR EACH ROW WHEN (NEW.content_hash IS NOT NULL OR NEW.perceptual_hash IS NOT NULL)
    EXECUTE FUNCTION duplicates_mark();
CREATE TRIGGER duplicates_updated AFTER UPDATE OF content_hash, perceptual_hash ON pictures
    FOR EACH ROW WHEN (OLD.content_hash IS DISTINCT FROM NEW.content_hash
        OR OLD.perceptual_hash IS DISTINCT FROM NEW.perceptual_hash)
    EXECUTE FUNCTION duplicates_mark();
CREATE TRIGGER duplicates_deleted AFTER DELETE ON pictures
    FOR EACH ROW WHEN (OLD.content_hash IS NOT NULL OR OLD.perceptual_hash IS NOT NULL)
    EXECUTE FUNCTION duplicates_mark();

-- Pictures that were there before.
INSERT INTO duplicates_due (owner_id, picture_id, content_hashes)
SELECT owner_id, id, ARRAY[content_hash] FROM pictures WHERE content_hash IS NOT NULL;
