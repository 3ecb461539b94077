-- Who follows whom across servers, and the pictures of those who are followed.

-- Those who follow an actor of this server. `follow_id` is the id of the Follow as they last sent it.
CREATE TABLE followers (
    id              uuid NOT NULL UNIQUE,
    actor_id        integer NOT NULL REFERENCES actors ON DELETE CASCADE,
    remote_actor_id bigint NOT NULL REFERENCES remote_actors,
    state           text NOT NULL CHECK (state IN ('pending', 'accepted')),
    follow_id       text NOT NULL CHECK (length(follow_id) <= 2048),
    created_at      timestamptz NOT NULL DEFAULT now(),
    accepted_at     timestamptz,
    PRIMARY KEY (actor_id, remote_actor_id)
);
CREATE INDEX followers_page ON followers (actor_id, id);
CREATE INDEX followers_remote ON followers (remote_actor_id);
CREATE INDEX followers_follow ON followers (follow_id);

-- Whom people of this server follow. `follow_id` is our last Follow; `earlier_ids` are those before it, for answers that
-- come late.
CREATE TABLE following (
    id              uuid NOT NULL UNIQUE,
    account_id      integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    remote_actor_id bigint NOT NULL REFERENCES remote_actors,
    state           text NOT NULL CHECK (state IN ('pending', 'accepted', 'rejected')),
    follow_id       text NOT NULL DEFAULT '',
    earlier_ids     text[] NOT NULL DEFAULT '{}' CHECK (cardinality(earlier_ids) <= 10),
    created_at      timestamptz NOT NULL DEFAULT now(),
    asked_at        timestamptz NOT NULL DEFAULT now(),
    answered_at     timestamptz,
    PRIMARY KEY (account_id, remote_actor_id)
);
CREATE INDEX following_remote ON following (remote_actor_id, state);
CREATE INDEX following_follow ON following (follow_id) WHERE follow_id <> '';

-- Those we were told have moved, and when we followed them there: not again for a while, so that nobody can make a server
-- send follows in circles.
CREATE TABLE followed_moves (
    remote_actor_id bigint PRIMARY KEY REFERENCES remote_actors ON DELETE CASCADE,
    target_uri      text NOT NULL,
    moved_at        timestamptz NOT NULL DEFAULT now()
);

-- Posts with pictures, each once however many follow its author. `content` is HTML that has been made safe. `edited_at` is
-- what the author last said, so that a late Update changes nothing.
CREATE TABLE feed_posts (
    id           uuid PRIMARY KEY,
    uri          text NOT NULL UNIQUE CHECK (length(uri) <= 2048),
    author_id    bigint NOT NULL REFERENCES remote_actors,
    public       boolean NOT NULL,
    url          text CHECK (length(url) <= 2048),
    title        text NOT NULL DEFAULT '' CHECK (length(title) <= 500),
    content      text NOT NULL DEFAULT '' CHECK (length(content) <= 40000),
    warning      text NOT NULL DEFAULT '' CHECK (length(warning) <= 1000),
    sensitive    boolean NOT NULL DEFAULT false,
    images       jsonb NOT NULL,
    published_at timestamptz NOT NULL,
    edited_at    timestamptz NOT NULL,
    received_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX feed_posts_author ON feed_posts (author_id);

-- By whom a post comes to those who follow: its author, or a group that passed it on (`announce_id` is then that Announce).
CREATE TABLE feed_entries (
    source_id   bigint NOT NULL REFERENCES remote_actors,
    post_id     uuid NOT NULL REFERENCES feed_posts ON DELETE CASCADE,
    announce_id text CHECK (length(announce_id) <= 2048),
    at          timestamptz NOT NULL,
    PRIMARY KEY (post_id, source_id)
);
CREATE INDEX feed_entries_source ON feed_entries (source_id, at, post_id) INCLUDE (announce_id);
CREATE INDEX feed_entries_at ON feed_entries (at);
CREATE INDEX feed_entries_announce ON feed_entries (announce_id) WHERE announce_id IS NOT NULL;

-- Posts and Announces that were taken back, so that one which arrives after that does not appear.
CREATE TABLE feed_tombstones (
    uri       text NOT NULL CHECK (length(uri) <= 2048),
    author_id bigint NOT NULL REFERENCES remote_actors ON DELETE CASCADE,
    at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (uri, author_id)
);
CREATE INDEX feed_tombstones_at ON feed_tombstones (at);
CREATE INDEX feed_tombstones_author ON feed_tombstones (author_id);

-- Posts that people here like. `like_id` is the Like that was sent.
CREATE TABLE feed_likes (
    account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    post_id    uuid NOT NULL REFERENCES feed_posts ON DELETE CASCADE,
    like_id    text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, post_id)
);
CREATE INDEX feed_likes_post ON feed_likes (post_id);
