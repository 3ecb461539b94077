-- What people share with others, and who holds access to which of their pictures, and through whom.

-- `tag_id` is null once the tag is gone; the share has ended by then. `path` is that of the tag as the recipient was told of it.
-- `sender_id` is the account's own row among the actors.
-- `sequence` counts what was announced; `digest` is over what the recipient should hold: the exclusive or of SHA-256s.
CREATE TABLE shares (
    id            uuid PRIMARY KEY,
    account_id    integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    tag_id        integer REFERENCES tags ON DELETE SET NULL,
    sender_id     bigint NOT NULL REFERENCES remote_actors,
    recipient_id  bigint NOT NULL REFERENCES remote_actors,
    path          text NOT NULL,
    name          text NOT NULL CHECK (length(name) <= 200),
    message       text NOT NULL DEFAULT '' CHECK (length(message) <= 2000),
    originals     boolean NOT NULL DEFAULT true,
    future        boolean NOT NULL DEFAULT true,
    reshare_depth smallint NOT NULL DEFAULT 0 CHECK (reshare_depth BETWEEN 0 AND 16),
    share_back    boolean NOT NULL DEFAULT false,
    copy          boolean NOT NULL DEFAULT false,
    metadata_edit boolean NOT NULL DEFAULT false,
    ends_at       timestamptz,
    state         text NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'active', 'declined', 'revoked', 'left', 'expired')),
    share_back_of text CHECK (length(share_back_of) <= 2048),
    offered       uuid NOT NULL,
    sequence      bigint NOT NULL DEFAULT 0,
    digest        bit(256) NOT NULL DEFAULT 0::bit(256),
    created_at    timestamptz NOT NULL DEFAULT now(),
    answered_at   timestamptz,
    ended_at      timestamptz,
    CHECK (state <> 'active' OR answered_at IS NOT NULL),
    CHECK ((state IN ('pending', 'active')) = (ended_at IS NULL))
);
CREATE INDEX shares_account ON shares (account_id, id);
CREATE INDEX shares_tag ON shares (tag_id) WHERE tag_id IS NOT NULL;
CREATE INDEX shares_recipient ON shares (recipient_id);
CREATE INDEX shares_sender ON shares (sender_id);
CREATE INDEX shares_ends ON shares (ends_at) WHERE state IN ('pending', 'active') AND ends_at IS NOT NULL;

-- The tree of those who hold access by a share. The root's id is the share's; of the others `via_id` asked for it, by the share
-- `via_share` of theirs. `level` counts from the root (0), `depth` how often it may be passed on from here. Rights are those of
-- the grant and of the share together. Whoever changes the tree has the share's row locked.
-- No index speaks of `cut_at`, and pages have room for all of their rows twice: a cut touches no index, however many it concerns.
CREATE TABLE grants (
    id             uuid PRIMARY KEY,
    share_id       uuid NOT NULL REFERENCES shares ON DELETE CASCADE,
    parent_id      uuid REFERENCES grants ON DELETE CASCADE,
    holder_id      bigint NOT NULL REFERENCES remote_actors,
    via_id         bigint REFERENCES remote_actors,
    via_share      text CHECK (length(via_share) <= 2048),
    level          smallint NOT NULL DEFAULT 0 CHECK (level BETWEEN 0 AND 16),
    depth          smallint NOT NULL DEFAULT 0 CHECK (depth BETWEEN 0 AND 16),
    originals      boolean NOT NULL DEFAULT true,
    copy           boolean NOT NULL DEFAULT true,
    metadata_edit  boolean NOT NULL DEFAULT true,
    digest         bit(256) NOT NULL DEFAULT 0::bit(256),
    created_at     timestamptz NOT NULL DEFAULT now(),
    last_access_at timestamptz,
    cut_at         timestamptz,
    -- Whom the owner has cut nobody lets in again.
    cut_by         text CHECK (cut_by IN ('owner', 'relayer', 'holder', 'share')),
    CHECK ((parent_id IS NULL) = (id = share_id)),
    CHECK ((parent_id IS NULL) = (via_id IS NULL)),
    CHECK ((parent_id IS NULL) = (via_share IS NULL)),
    CHECK ((parent_id IS NULL) = (level = 0)),
    CHECK ((cut_at IS NULL) = (cut_by IS NULL))
) WITH (fillfactor = 50);
CREATE INDEX grants_share ON grants (share_id, id);
CREATE INDEX grants_parent ON grants (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX grants_holder ON grants (holder_id, share_id);
CREATE INDEX grants_via ON grants (via_id, via_share) WHERE via_id IS NOT NULL;

-- What a grant below the root covers, never more than its parent does. The root covers what carries the tag at the moment of the
-- question, so the children of a root name no parent here.
CREATE TABLE grant_pictures (
    grant_id   uuid NOT NULL REFERENCES grants ON DELETE CASCADE,
    parent_id  uuid,
    picture_id uuid NOT NULL,
    PRIMARY KEY (grant_id, picture_id),
    FOREIGN KEY (parent_id, picture_id) REFERENCES grant_pictures (grant_id, picture_id) ON DELETE CASCADE
);
-- One index for both ways, so that a cascade has no other: by the picture alone it would look at all who hold it, for each of them.
CREATE INDEX grant_pictures_picture ON grant_pictures (picture_id, parent_id);

-- The names by which rules may name a host (`a.b.test:8000`): itself, and every name above it, with its port and without.
CREATE FUNCTION host_names(host text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg(array_to_string(labels[first:], '.') || port)
    FROM (SELECT string_to_array(split_part(host, ':', 1), '.') AS labels) l
        CROSS JOIN LATERAL generate_subscripts(labels, 1) AS first
        CROSS JOIN (SELECT '' AS port UNION SELECT coalesce(substring(host FROM ':[0-9]+$'), '')) p
$$;

-- Whether an account has blocked an actor or its server, or the administrator has blocked that server.
CREATE FUNCTION is_barred(account integer, actor bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM aversions a
        WHERE a.account_id = account AND a.kind = 'block' AND a.host IS NULL AND a.remote_actor_id = actor
    ) OR EXISTS (
        SELECT FROM remote_actors r
            CROSS JOIN LATERAL (SELECT host_names(r.host) AS names) n
        WHERE r.id = actor AND NOT r.local AND (
            EXISTS (SELECT FROM aversions a WHERE a.account_id = account AND a.kind = 'block' AND a.host = ANY (n.names))
            OR EXISTS (SELECT FROM moderated_hosts m WHERE m.policy = 'blocked' AND m.host = ANY (n.names)
                AND NOT EXISTS (SELECT FROM moderated_hosts c WHERE c.policy <> 'blocked' AND c.host = ANY (n.names)
                    AND length(c.host) > length(m.host)))
        )
    )
$$;

-- Tokens that may do everything may also do what has been added since they were made.
UPDATE tokens SET scopes = scopes || ARRAY['shares:read', 'shares:write']
WHERE scopes @> ARRAY['pictures:read', 'pictures:write', 'tags:read', 'tags:write', 'account:read', 'account:write',
    'events:read', 'people:read', 'people:write', 'collections:read', 'collections:write', 'admin'];
