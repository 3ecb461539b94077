-- While one of these rows lasts, nothing is removed from storage: somebody copies what a snapshot of the database refers to. They end
-- by themselves, so that whoever died holding one holds up nothing for long.
CREATE TABLE storage_holds (
    id       uuid PRIMARY KEY,
    purpose  text NOT NULL CHECK (length(purpose) BETWEEN 1 AND 100),
    taken_at timestamptz NOT NULL DEFAULT now(),
    ends_at  timestamptz NOT NULL
);
