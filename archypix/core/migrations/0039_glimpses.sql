-- What an offer shows before it is accepted: {"first": day, "last": day, "blurs": [BlurHash, …]}. Null: it shows nothing.
ALTER TABLE incoming_shares ADD COLUMN glimpse jsonb;
