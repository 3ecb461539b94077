-- People who move to another domain: what becomes of the shares that they hold, and shares that go on from a new home.

-- What happens when somebody with whom a person shares has moved: they are asked, it is offered to the new account, or nothing.
ALTER TABLE actors
    ADD COLUMN moved_shares text NOT NULL DEFAULT 'ask' CHECK (moved_shares IN ('ask', 'always', 'never'));

-- The address that a share had at the account that its sender had before.
ALTER TABLE shares ADD COLUMN moved_from text CHECK (octet_length(moved_from) <= 1000);

-- The share, as it came, in whose place this one has been accepted. At most one goes on for each.
ALTER TABLE incoming_shares ADD COLUMN moved_from uuid REFERENCES incoming_shares ON DELETE SET NULL;
CREATE UNIQUE INDEX incoming_shares_moved ON incoming_shares (moved_from) WHERE moved_from IS NOT NULL;
