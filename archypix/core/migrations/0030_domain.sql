-- One domain of many backends: names that are being claimed, what the Resolver of the domain said of them, and what it was told.

-- `claimed_at`: the Resolver has said that the name is ours, for ever. `refused_at`: it is somebody else's in the domain; the account
-- is disabled and stays so. `reported_at`: the Resolver knows that the account was deleted. All NULL where there is no Resolver.
ALTER TABLE accounts
    ADD claimed_at  timestamptz,
    ADD refused_at  timestamptz,
    ADD reported_at timestamptz;
CREATE INDEX accounts_unclaimed ON accounts (id) WHERE claimed_at IS NULL AND refused_at IS NULL;
CREATE INDEX accounts_unreported ON accounts (id)
    WHERE deleted_at IS NOT NULL AND claimed_at IS NOT NULL AND reported_at IS NULL;

-- Accounts that will be there once their names are. Nobody signs in to one, and others are not told of it; the name is held meanwhile.
CREATE TABLE pending_accounts (
    name          text PRIMARY KEY CHECK (name ~ '^[a-z0-9_]{1,30}$'),
    display_name  text NOT NULL DEFAULT '' CHECK (length(display_name) <= 100),
    password_hash text,
    is_admin      boolean NOT NULL DEFAULT false,
    quota         bigint,
    -- What the audit log is to say when the account is made: which act, by whom, from where.
    action        text NOT NULL,
    actor_id      integer REFERENCES accounts ON DELETE SET NULL,
    address       text NOT NULL DEFAULT '',
    details       jsonb NOT NULL DEFAULT '{}',
    -- Given back where the name turns out to be somebody else's.
    invite_id     uuid,
    setup_hash    bytea,
    -- The Resolver itself asks for the account: it is the one to claim the name, and does not after `deadline`.
    deadline      timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now()
);

-- What this server is in its domain. `sequence` is the last place that a heartbeat of ours was given, `heard` the last of the Resolver's.
-- `resolver_key` was shown at the first introduction, and no other is believed; `shown_key` is another that was shown since.
CREATE TABLE domain_membership (
    single       boolean PRIMARY KEY DEFAULT true CHECK (single),
    state        text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'pending', 'admitted', 'refused')),
    resolver_key text,
    shown_key    text,
    sequence     bigint NOT NULL DEFAULT 0,
    neighbours   text[] NOT NULL DEFAULT '{}',
    beat_at      timestamptz NOT NULL DEFAULT '-infinity',
    answered_at  timestamptz
);
INSERT INTO domain_membership DEFAULT VALUES;

-- Messages of the Resolver and of neighbours that were believed; each is taken once. Older ones than the window are refused for their age.
CREATE TABLE domain_nonces (
    key_id text NOT NULL,
    nonce  text NOT NULL,
    until  timestamptz NOT NULL,
    PRIMARY KEY (key_id, nonce)
);
CREATE INDEX domain_nonces_age ON domain_nonces (until);

-- Names of the domain that are this server's: addresses below them are local, all others of the domain are a neighbour's.
CREATE VIEW local_names AS
    SELECT a.name FROM accounts a WHERE a.refused_at IS NULL
    UNION ALL
    SELECT p.name FROM pending_accounts p;

CREATE FUNCTION tell_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('archypix_names', coalesce(NEW.name, OLD.name));
    RETURN NULL;
END
$$;
CREATE TRIGGER tell_name AFTER INSERT OR UPDATE OR DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION tell_name();
CREATE TRIGGER tell_name AFTER INSERT OR UPDATE OR DELETE ON pending_accounts FOR EACH ROW EXECUTE FUNCTION tell_name();
