-- Public tags: actors whom anybody may follow, what they posted, and what others made of it.

-- `tag_id` is null once the tag is gone: nothing is public then, until another tag is chosen. `filled`: the pictures that carried
-- the tag when it was made public have all been posted. Withdrawn, it is compared until its posts are taken back and its actor
-- has ended; then the row stays for the Tombstones of its posts.
CREATE TABLE collections (
    id           uuid PRIMARY KEY,
    account_id   integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    actor_id     integer NOT NULL UNIQUE REFERENCES actors ON DELETE CASCADE,
    tag_id       integer REFERENCES tags ON DELETE SET NULL,
    filled       boolean NOT NULL DEFAULT false,
    created_at   timestamptz NOT NULL DEFAULT now(),
    withdrawn_at timestamptz,
    ended_at     timestamptz,
    CHECK (withdrawn_at IS NULL OR tag_id IS NULL),
    CHECK (ended_at IS NULL OR withdrawn_at IS NOT NULL)
);
CREATE INDEX collections_account ON collections (account_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX collections_tag ON collections (tag_id) WHERE tag_id IS NOT NULL;

-- A post is a Note by the owner with up to four pictures. A deleted one stays, as its Tombstone. `loud`: followers were told.
-- `known`: somebody has asked for it, so that others may keep it though nobody was told.
CREATE TABLE posts (
    id            uuid PRIMARY KEY,
    collection_id uuid NOT NULL REFERENCES collections ON DELETE CASCADE,
    created_id    uuid NOT NULL,
    announced_id  uuid NOT NULL,
    loud          boolean NOT NULL,
    known         boolean NOT NULL DEFAULT false,
    published_at  timestamptz NOT NULL DEFAULT now(),
    edited_at     timestamptz,
    deleted_at    timestamptz,
    likes         integer NOT NULL DEFAULT 0,
    boosts        integer NOT NULL DEFAULT 0,
    replies       integer NOT NULL DEFAULT 0
);
CREATE INDEX posts_page ON posts (collection_id, id) WHERE deleted_at IS NULL;
CREATE INDEX posts_loud ON posts (collection_id, published_at) WHERE loud;

-- `shown` is a digest of what the post says of the picture; another one means that the post is to be told anew. The picture
-- may be gone: that is how it is found that a post has to go.
CREATE TABLE post_pictures (
    collection_id uuid NOT NULL REFERENCES collections ON DELETE CASCADE,
    picture_id    uuid NOT NULL,
    post_id       uuid NOT NULL REFERENCES posts ON DELETE CASCADE,
    position      smallint NOT NULL,
    shown         text NOT NULL,
    PRIMARY KEY (collection_id, picture_id)
);
CREATE INDEX post_pictures_post ON post_pictures (post_id, position);
CREATE INDEX post_pictures_picture ON post_pictures (picture_id);

-- `activity_id` is what an Undo names; `object_id` is the reply itself, `content` its text made safe.
CREATE TABLE reactions (
    id              uuid PRIMARY KEY,
    post_id         uuid NOT NULL REFERENCES posts ON DELETE CASCADE,
    remote_actor_id bigint NOT NULL REFERENCES remote_actors ON DELETE CASCADE,
    kind            text NOT NULL CHECK (kind IN ('like', 'boost', 'reply')),
    activity_id     text NOT NULL CHECK (length(activity_id) <= 2048),
    object_id       text CHECK (length(object_id) <= 2048),
    content         text NOT NULL DEFAULT '' CHECK (length(content) <= 40000),
    published_at    timestamptz NOT NULL DEFAULT now(),
    CHECK ((kind = 'reply') = (object_id IS NOT NULL))
);
CREATE UNIQUE INDEX reactions_once ON reactions (post_id, remote_actor_id, kind) WHERE kind <> 'reply';
CREATE UNIQUE INDEX reactions_reply ON reactions (object_id) WHERE kind = 'reply';
CREATE INDEX reactions_actor ON reactions (remote_actor_id, activity_id);
CREATE INDEX reactions_page ON reactions (post_id, kind, id);

-- Posts are locked in the order of their ids, as by the server, so that what ends many reactions at once waits for nobody in a ring.
CREATE FUNCTION reactions_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM posts WHERE id IN (SELECT post_id FROM changed) ORDER BY id FOR NO KEY UPDATE;
    UPDATE posts o SET likes = o.likes + d.likes, boosts = o.boosts + d.boosts, replies = o.replies + d.replies
    FROM (
        SELECT post_id, sum(step * (kind = 'like')::integer) AS likes, sum(step * (kind = 'boost')::integer) AS boosts,
            sum(step * (kind = 'reply')::integer) AS replies
        FROM changed CROSS JOIN (SELECT CASE WHEN TG_OP = 'INSERT' THEN 1 ELSE -1 END AS step) AS s GROUP BY post_id
    ) d
    WHERE o.id = d.post_id;
    RETURN NULL;
END $$;
CREATE TRIGGER reactions_inserted AFTER INSERT ON reactions
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION reactions_counted();
CREATE TRIGGER reactions_deleted AFTER DELETE ON reactions
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION reactions_counted();
