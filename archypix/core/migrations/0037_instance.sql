-- What administrators say of the server itself. There is no row until one of them has said something.
CREATE TABLE instance (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    name text NOT NULL DEFAULT '' CHECK (length(name) <= 100),
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 500),
    -- Null: what the setting says.
    registration text CHECK (registration IN ('open', 'invite', 'closed'))
);
