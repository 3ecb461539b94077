-- Public links: a tag by an address that is its own key, and what guests brought through it.

-- `secret_hash` is the SHA-256 of what the address ends with; the address itself is kept nowhere. `tag_id` is null once the tag is
-- gone: then the link leads nowhere. `uploaded_…` is what guests have brought so far, of at most `most_…`; deleting pictures does not
-- give it back.
CREATE TABLE links (
    id             uuid PRIMARY KEY,
    account_id     integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    tag_id         integer REFERENCES tags ON DELETE SET NULL,
    secret_hash    bytea NOT NULL UNIQUE CHECK (octet_length(secret_hash) = 32),
    name           text NOT NULL CHECK (length(name) <= 100),
    password_hash  text CHECK (length(password_hash) <= 300),
    originals      boolean NOT NULL,
    upload         boolean NOT NULL,
    most_bytes     bigint NOT NULL CHECK (most_bytes > 0),
    most_files     integer NOT NULL CHECK (most_files > 0),
    uploaded_bytes bigint NOT NULL DEFAULT 0 CHECK (uploaded_bytes >= 0),
    uploaded_files integer NOT NULL DEFAULT 0 CHECK (uploaded_files >= 0),
    ends_at        timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX links_account ON links (account_id, id);
CREATE INDEX links_tag ON links (tag_id) WHERE tag_id IS NOT NULL;

-- Who brought a picture. It outlives its link, so that a picture can always say where it came from.
CREATE TABLE link_uploads (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    link_id    uuid REFERENCES links ON DELETE SET NULL,
    picture_id uuid NOT NULL REFERENCES pictures ON DELETE CASCADE,
    link_name  text NOT NULL CHECK (length(link_name) <= 100),
    guest      text NOT NULL CHECK (length(guest) BETWEEN 1 AND 60),
    bytes      bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (link_id, picture_id)
);
CREATE INDEX link_uploads_account ON link_uploads (account_id);
CREATE INDEX link_uploads_picture ON link_uploads (picture_id);
