-- Where servers of other people answer holders of shares, as the documents of their actors name it.
ALTER TABLE remote_actors ADD COLUMN access_url text, ADD COLUMN pictures_url text;
