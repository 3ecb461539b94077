-- People who move between backends: how far each is, and who works at it until when.

-- Everything up to `switching` can be taken back; from `settling` on the directory names the new backend. `next_attempt_at` of a row
-- in somebody's hands is the end of the lease. `seen` is what the new backend said last.
CREATE TABLE moves (
    id              uuid PRIMARY KEY,
    name            text COLLATE "C" NOT NULL REFERENCES names,
    source_id       bigint NOT NULL REFERENCES backends,
    target_id       bigint NOT NULL REFERENCES backends,
    state           text NOT NULL DEFAULT 'announced' CHECK (state IN ('announced', 'copying', 'holding', 'taking',
        'switching', 'settling', 'departing', 'done', 'cancelling', 'cancelled', 'failed')),
    seen            jsonb NOT NULL DEFAULT '{}',
    error           text CHECK (length(error) <= 500),
    -- Why it is taken back; null where somebody wanted that.
    reason          text CHECK (length(reason) <= 500),
    attempts        integer NOT NULL DEFAULT 0,
    lease           uuid,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    started_at      timestamptz NOT NULL DEFAULT now(),
    held_at         timestamptz,
    changed_at      timestamptz NOT NULL DEFAULT now(),
    CHECK (source_id <> target_id)
);
CREATE UNIQUE INDEX moves_once ON moves (name) WHERE state NOT IN ('done', 'cancelled', 'failed');
CREATE INDEX moves_due ON moves (next_attempt_at) WHERE state NOT IN ('done', 'cancelled', 'failed');
