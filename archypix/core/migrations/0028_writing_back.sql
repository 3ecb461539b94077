-- What drives change, written down so that it can be undone: one deed of a client is one operation.

-- `drive_token` and `by_name` say which device did it. The kind `drive` may change tags, file names, the trash, names in folders
-- and files, all at once.
ALTER TABLE operations
    DROP CONSTRAINT operations_kind_check,
    ADD CONSTRAINT operations_kind_check CHECK (kind IN ('tags', 'metadata', 'trash', 'restore', 'drive')),
    ADD COLUMN drive_token integer,
    ADD COLUMN by_name text CHECK (length(by_name) <= 200);
CREATE INDEX operations_drive ON operations (owner_id, drive_token, number) WHERE drive_token IS NOT NULL;

-- As before, and of drives: `trashed` into the trash, `restored` out of it (or into being), `file`: another file, the n-th before
-- and after that of the n-th picture.
ALTER TABLE operation_items
    DROP CONSTRAINT operation_items_kind_check,
    ADD CONSTRAINT operation_items_kind_check
        CHECK (kind IN ('added', 'removed', 'set', 'moved', 'trashed', 'restored', 'file'));
