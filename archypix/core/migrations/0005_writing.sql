-- Metadata that people set, written into their files; and keywords of files as tags.

-- `metadata_state` is where what people set stands with the file: `pending`, `synced`, `failed` (`metadata_failure` says why),
-- `unsupported`; null where there is nothing to write. `written_fields` are those that we have written into the present file,
-- so it is not as it was uploaded while there are any; `uploaded_sha256` then still knows the upload by its bytes.
ALTER TABLE pictures
    ADD COLUMN metadata_state   text CHECK (metadata_state IN ('pending', 'synced', 'failed', 'unsupported')),
    ADD COLUMN metadata_failure text,
    ADD COLUMN written_fields   text[] NOT NULL DEFAULT '{}',
    ADD COLUMN uploaded_sha256  bytea CHECK (octet_length(uploaded_sha256) = 32);
CREATE INDEX pictures_uploaded_sha256 ON pictures (owner_id, uploaded_sha256) WHERE uploaded_sha256 IS NOT NULL;

-- Whether what people set is written into files; and the tag below which keywords of files become tags. Null: they become none.
-- Deferred, because the row of a library is updated between the removal of a tag and that of the reference to it.
ALTER TABLE libraries
    ADD COLUMN write_metadata boolean NOT NULL DEFAULT true,
    ADD COLUMN keywords_root  integer REFERENCES tags ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX libraries_keywords_root ON libraries (keywords_root) WHERE keywords_root IS NOT NULL;
