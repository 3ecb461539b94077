-- What `archypix backup` has made of this server, for administrators to see that there is one. The newest hundred stay.
CREATE TABLE backups_made (
    id uuid PRIMARY KEY,
    -- The moment whose state the backup is, and when it was whole.
    made_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL DEFAULT now(),
    place text NOT NULL CHECK (length(place) <= 4096),
    files bigint NOT NULL CHECK (files >= 0),
    bytes bigint NOT NULL CHECK (bytes >= 0),
    copied bigint NOT NULL CHECK (copied >= 0),
    copied_bytes bigint NOT NULL CHECK (copied_bytes >= 0),
    -- Files that the server itself had lost or damaged.
    missing bigint NOT NULL CHECK (missing >= 0),
    sealed boolean NOT NULL
);

CREATE INDEX backups_made_order ON backups_made (made_at DESC);

-- Failures stand first on the page of jobs, the newest of them by its number.
CREATE INDEX jobs_failed ON jobs (created_at DESC, id DESC) WHERE state = 'failed';
