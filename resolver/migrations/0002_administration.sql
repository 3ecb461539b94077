-- People and administration: who may do what, who may register, and where newcomers go.

CREATE TABLE audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    address text NOT NULL,
    details jsonb NOT NULL
);
CREATE INDEX audit_log_by_actor ON audit_log (actor, id);
CREATE INDEX audit_log_by_action ON audit_log (action, id);
CREATE INDEX audit_log_by_age ON audit_log (at);

CREATE TABLE administrator_tokens (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    secret_hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz
);

CREATE TABLE invites (
    id uuid PRIMARY KEY,
    code_hash bytea NOT NULL UNIQUE,
    created_by text NOT NULL,
    note text NOT NULL,
    uses_left integer NOT NULL CHECK (uses_left >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);

-- What administrators set while the Resolver runs. A key without a row has its default; null lifts a limit.
CREATE TABLE preferences (
    key text PRIMARY KEY,
    value jsonb,
    changed_at timestamptz NOT NULL DEFAULT now()
);

-- What administrators decide about a backend: nobody new is placed on one that is draining, or beyond its limits.
ALTER TABLE backends
    ADD COLUMN draining boolean NOT NULL DEFAULT false,
    ADD COLUMN limit_users bigint CHECK (limit_users >= 0),
    ADD COLUMN limit_bytes bigint CHECK (limit_bytes >= 0);

-- A name on its way to a backend, and, once it is settled, for a day: somebody of whom the backend's figures say little.
CREATE TABLE placements (
    name text COLLATE "C" PRIMARY KEY,
    backend_id bigint NOT NULL REFERENCES backends ON DELETE CASCADE,
    ticket uuid NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    settled_at timestamptz
);
CREATE INDEX placements_by_backend ON placements (backend_id);
CREATE INDEX placements_by_age ON placements (made_at);

-- The one row that whoever places somebody holds meanwhile.
CREATE TABLE placement_turn (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    last_backend bigint NOT NULL DEFAULT 0
);
INSERT INTO placement_turn DEFAULT VALUES;

-- How many names live on each backend, kept as names come, move and go: counting them for each newcomer would take as
-- long as the domain is large.
CREATE TABLE backend_people (
    backend_id bigint PRIMARY KEY REFERENCES backends ON DELETE CASCADE,
    people bigint NOT NULL DEFAULT 0
);
INSERT INTO backend_people (backend_id, people)
    SELECT backend_id, count(*) FROM names WHERE deleted_at IS NULL GROUP BY backend_id;

-- Rows are taken in the order of their ids: two that move people opposite ways wait for each other only once.
CREATE FUNCTION count_backend_people(changes bigint[], counts bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    changed record;
BEGIN
    FOR changed IN
        SELECT c.id, sum(c.people) AS people FROM unnest(changes, counts) AS c (id, people)
        GROUP BY c.id HAVING sum(c.people) <> 0 ORDER BY c.id
    LOOP
        INSERT INTO backend_people AS b (backend_id, people) VALUES (changed.id, changed.people)
        ON CONFLICT (backend_id) DO UPDATE SET people = b.people + EXCLUDED.people;
    END LOOP;
END $$;

CREATE FUNCTION names_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_backend_people(array_agg(backend_id), array_agg(1::bigint)) FROM new_names WHERE deleted_at IS NULL;
    RETURN NULL;
END $$;

CREATE FUNCTION names_went() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_backend_people(array_agg(backend_id), array_agg(-1::bigint)) FROM old_names WHERE deleted_at IS NULL;
    RETURN NULL;
END $$;

CREATE FUNCTION names_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_backend_people(array_agg(c.backend_id), array_agg(c.people)) FROM (
        SELECT backend_id, 1::bigint AS people FROM new_names WHERE deleted_at IS NULL
        UNION ALL SELECT backend_id, -1 FROM old_names WHERE deleted_at IS NULL
    ) c;
    RETURN NULL;
END $$;

CREATE TRIGGER names_came AFTER INSERT ON names REFERENCING NEW TABLE AS new_names
    FOR EACH STATEMENT EXECUTE FUNCTION names_came();
CREATE TRIGGER names_went AFTER DELETE ON names REFERENCING OLD TABLE AS old_names
    FOR EACH STATEMENT EXECUTE FUNCTION names_went();
CREATE TRIGGER names_changed AFTER UPDATE ON names REFERENCING OLD TABLE AS old_names NEW TABLE AS new_names
    FOR EACH STATEMENT EXECUTE FUNCTION names_changed();
