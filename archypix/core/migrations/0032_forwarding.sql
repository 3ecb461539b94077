-- People who have moved to another server of the domain: who tells them what still comes here, and what waits for that.

-- One row for each account that has moved away: `origin` is the server where the person lives now. Until `until` messages that
-- concern them are passed on.
CREATE TABLE forwardings (
    account_id integer PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    uri        text COLLATE "C" NOT NULL UNIQUE CHECK (octet_length(uri) BETWEEN 1 AND 2048),
    origin     text NOT NULL CHECK (length(origin) BETWEEN 1 AND 300),
    since      timestamptz NOT NULL DEFAULT now(),
    until      timestamptz NOT NULL
);
CREATE INDEX forwardings_until ON forwardings (until);

-- Of whom they hear without being named: those they follow, and those they share with.
CREATE TABLE forwarding_ties (
    account_id      integer NOT NULL REFERENCES forwardings ON DELETE CASCADE,
    remote_actor_id bigint NOT NULL REFERENCES remote_actors ON DELETE CASCADE,
    PRIMARY KEY (account_id, remote_actor_id)
);
CREATE INDEX forwarding_ties_actor ON forwarding_ties (remote_actor_id);

-- What is still to be passed on, in the order of `id`. `key` is that of `inbox_activities`; `personal`: it lay in an inbox of
-- theirs, whose path that is. A row in somebody's hands has a lease, and `next_attempt_at` is its end.
CREATE TABLE forwarded (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id      integer NOT NULL REFERENCES forwardings ON DELETE CASCADE,
    key             bytea NOT NULL CHECK (octet_length(key) = 32),
    actor_uri       text NOT NULL,
    personal        text CHECK (length(personal) <= 2048),
    body            bytea NOT NULL,
    synchronization text CHECK (length(synchronization) <= 5000),
    received_at     timestamptz NOT NULL,
    attempts        integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    lease           uuid,
    error           text CHECK (length(error) <= 500),
    UNIQUE (account_id, key)
);
CREATE INDEX forwarded_due ON forwarded (next_attempt_at, id);

-- What still waits goes before anybody forgets for whom: whoever comes back waits that long.
CREATE FUNCTION refuse_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM forwarded WHERE account_id = OLD.account_id) THEN
        RAISE EXCEPTION 'messages are still to be passed on' USING ERRCODE = 'AX001';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER forwardings_forgotten BEFORE DELETE ON forwardings FOR EACH ROW EXECUTE FUNCTION refuse_forgetting();

-- From which servers of the domain people came here: those may vouch for what they still hear in their name.
CREATE TABLE arrivals_from (
    account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
    origin     text NOT NULL CHECK (length(origin) BETWEEN 1 AND 300),
    since      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, origin)
);

-- Whose shared inbox it is.
CREATE INDEX remote_actors_shared_inbox ON remote_actors USING hash (shared_inbox);

-- An actor's inbox is another one now: what waits for the old one goes to the new one. A shared inbox is followed when nobody
-- known is left behind it. Rows that somebody has in hand stay: their answer leads here as well.
CREATE FUNCTION redirect_inbox(old text, new text, here boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    old_lane text := regexp_replace(lower(substring(old from '(?i)^https?://([^/?#]+)')), ':(443|80)$', '');
    new_lane text := regexp_replace(lower(substring(new from '(?i)^https?://([^/?#]+)')), ':(443|80)$', '');
BEGIN
    IF length(new_lane) BETWEEN 1 AND 300 AND length(new) <= 2048 THEN
        UPDATE deliveries SET inbox = new, local = here, host = new_lane,
            retry_at = CASE WHEN retry_at = 'infinity' THEN retry_at END
        WHERE id IN (SELECT id FROM deliveries WHERE host = old_lane AND inbox = old FOR UPDATE SKIP LOCKED);
        IF FOUND THEN
            PERFORM pg_notify('archypix_deliveries', new_lane);
        END IF;
    END IF;
END $$;

CREATE FUNCTION redirect_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.inbox <> OLD.inbox OR NEW.local <> OLD.local THEN
        PERFORM redirect_inbox(OLD.inbox, NEW.inbox, NEW.local);
    END IF;
    IF OLD.shared_inbox <> NEW.shared_inbox
        AND NOT EXISTS (SELECT FROM remote_actors r WHERE r.shared_inbox = OLD.shared_inbox) THEN
        PERFORM redirect_inbox(OLD.shared_inbox, NEW.shared_inbox, NEW.local);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER remote_actors_redirected AFTER UPDATE OF inbox, shared_inbox, local ON remote_actors
    FOR EACH ROW WHEN (NEW.inbox IS DISTINCT FROM OLD.inbox OR NEW.shared_inbox IS DISTINCT FROM OLD.shared_inbox
        OR NEW.local IS DISTINCT FROM OLD.local)
    EXECUTE FUNCTION redirect_deliveries();

-- Whoever rests before leaving; nearly always nobody.
CREATE INDEX accounts_held ON accounts (id) WHERE held_at IS NOT NULL AND moved_to IS NULL;
