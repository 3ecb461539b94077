-- What taking back a merge, or the end of a service, needs beside tags and assignments.

-- `notes` is what those that name tags (services, the root of keywords) said before and after an operation, by who it is.
-- `moved` is one step or an array of steps: `{"tag", "from": [parent, name], "to": …}`, or `{"tag", "details": {"from": {…},
-- "to": {…}}}` for columns of a tag.
ALTER TABLE operations ADD COLUMN notes jsonb;

-- Pictures from before there was a perceptual hash, whose files are still to be looked at for it. Nothing ever joins them:
-- what is examined has its hash from then on, or shows too little to have one.
CREATE TABLE unhashed_pictures (
    picture_id uuid PRIMARY KEY
);
INSERT INTO unhashed_pictures
SELECT id FROM pictures WHERE has_thumbnails AND state = 'ready' AND perceptual_hash IS NULL;
