-- Where pictures were taken: a map of a whole library is counted from this index alone.
CREATE INDEX pictures_by_place ON pictures (owner_id, latitude, longitude, id) WHERE deleted_at IS NULL AND latitude IS NOT NULL;
