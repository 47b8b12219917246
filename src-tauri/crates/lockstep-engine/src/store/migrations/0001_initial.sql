-- 0001: the first schema.
-- older app: must refuse
--
-- Conventions: times are RFC 3339 UTC text with three decimals; JSON columns say so; `*_key` are numbers of this file, `*_id` are names that the outside knows;
-- the meaning of a column never changes. Bulk tables carry no foreign keys: removing a connection deletes their rows explicitly, and a check per membership would
-- double the time of a refresh.

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,                     -- dotted name, for instance 'secrets.salt'
    value TEXT NOT NULL                         -- JSON
) STRICT;

CREATE TABLE connections (
    connection_key    INTEGER PRIMARY KEY AUTOINCREMENT,
    connection_id     TEXT NOT NULL UNIQUE,             -- slug made from the first name; never changes
    name              TEXT NOT NULL,                    -- as the admin typed it
    state             TEXT NOT NULL DEFAULT 'inactive'  -- 'paused' keeps why in pause_reason
                      CHECK (state IN ('inactive', 'active', 'paused')),
    pause_reason      TEXT,                             -- one sentence; NULL unless paused
    is_sandbox        INTEGER NOT NULL DEFAULT 0,       -- 1: its services and keys live in this process only
    jumpcloud_url     TEXT NOT NULL,                    -- console's origin
    insights_url      TEXT,                             -- Directory Insights with path; NULL: the region's preset
    jumpcloud_org     TEXT,                             -- value of x-org-id; NULL: the key's own organisation
    application       TEXT NOT NULL,                    -- JumpCloud's id of the SSO application
    scim_url          TEXT NOT NULL,                    -- SCIM base URL of the directory
    organisation_url  TEXT,                             -- organisation API's origin; NULL: not used
    organisation_id   TEXT,                             -- Atlassian organisation; NULL: not used
    policy            TEXT NOT NULL,                    -- JSON of core's Policy
    concurrency       INTEGER NOT NULL DEFAULT 16,      -- writes in flight at most
    read_interval     INTEGER,                          -- seconds between readings of the target; NULL: every time
    created_at        TEXT NOT NULL,
    updated_at        TEXT NOT NULL
) STRICT;

-- What was learnt about a target by writing and reading back. Apart from connections because it grows with the number of people.
CREATE TABLE target_memory (
    connection_key INTEGER PRIMARY KEY REFERENCES connections ON DELETE CASCADE,
    memory         TEXT NOT NULL                        -- JSON of core's TargetMemory
) STRICT;

-- One number for each identifier of either side, so that a membership costs a few bytes.
CREATE TABLE object_keys (
    object_key     INTEGER PRIMARY KEY AUTOINCREMENT,
    connection_key INTEGER NOT NULL,
    kind           INTEGER NOT NULL,                    -- 1 source user, 2 source group, 3 target user, 4 target group
    object_id      TEXT NOT NULL,                       -- as the vendor gave it
    UNIQUE (connection_key, kind, object_id)
) STRICT;

-- One reading of one side. Rows of the cache are valid from one generation until before another; what is in force is the newest complete one.
CREATE TABLE snapshots (
    connection_key INTEGER NOT NULL,
    side           TEXT NOT NULL CHECK (side IN ('source', 'target')),
    generation     INTEGER NOT NULL,                    -- counts up from 1 per connection and side
    is_complete    INTEGER NOT NULL DEFAULT 0,          -- 1 once the last page of the last list was stored
    started_at     TEXT NOT NULL,
    completed_at   TEXT,                                -- NULL while reading
    people         INTEGER NOT NULL DEFAULT 0,          -- system users, or SCIM users
    groups         INTEGER NOT NULL DEFAULT 0,
    memberships    INTEGER NOT NULL DEFAULT 0,
    markers        TEXT NOT NULL DEFAULT '{}',          -- JSON: completeness of each list, absences (source), organisation (target)
    PRIMARY KEY (connection_key, side, generation)
) STRICT, WITHOUT ROWID;

CREATE TABLE source_people (
    connection_key      INTEGER NOT NULL,
    person_key          INTEGER NOT NULL,               -- object_keys, kind 1
    valid_from          INTEGER NOT NULL,               -- generation that first read this version
    valid_to            INTEGER,                        -- generation that did not read it any more; NULL: in force
    row_hash            INTEGER NOT NULL,               -- first 8 bytes of SHA-256 of the content: unchanged rows are not rewritten
    state               INTEGER NOT NULL,               -- 0 staged, 1 activated, 2 suspended
    password_expired    INTEGER NOT NULL,
    password_expires_at TEXT,
    created_at          TEXT,                           -- in JumpCloud
    custom              TEXT,                           -- JSON: [[name, value], …] sorted by name; NULL for none
    username            TEXT,
    email               TEXT,
    first_name          TEXT,
    middle_name         TEXT,
    last_name           TEXT,
    display_name        TEXT,
    job_title           TEXT,
    department          TEXT,
    company             TEXT,
    cost_center         TEXT,
    employee_type       TEXT,
    employee_identifier TEXT,
    location            TEXT,
    work_phone          TEXT,
    nick_name           TEXT,
    preferred_language  TEXT,
    timezone            TEXT,
    PRIMARY KEY (connection_key, person_key, valid_from)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_people_replaced ON source_people (connection_key, valid_to) WHERE valid_to IS NOT NULL;

CREATE TABLE source_groups (
    connection_key   INTEGER NOT NULL,
    group_key        INTEGER NOT NULL,                  -- object_keys, kind 2
    valid_from       INTEGER NOT NULL,
    valid_to         INTEGER,
    row_hash         INTEGER NOT NULL,
    name             TEXT NOT NULL,
    completeness     TEXT NOT NULL,                     -- JSON of core's Completeness of the member list
    other_connectors TEXT,                              -- JSON of core's OtherConnector list; NULL for none
    PRIMARY KEY (connection_key, group_key, valid_from)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_groups_replaced ON source_groups (connection_key, valid_to) WHERE valid_to IS NOT NULL;

-- No index by person: a page of members would touch as many of its leaves as it has members. Asking each group for one person is quick enough.
CREATE TABLE source_memberships (
    group_key  INTEGER NOT NULL,                        -- object_keys, kind 2
    person_key INTEGER NOT NULL,                        -- object_keys, kind 1; may name somebody who is in no list
    valid_from INTEGER NOT NULL,
    valid_to   INTEGER,
    PRIMARY KEY (group_key, person_key, valid_from)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_memberships_replaced ON source_memberships (valid_to, group_key) WHERE valid_to IS NOT NULL;

CREATE TABLE target_users (
    connection_key     INTEGER NOT NULL,
    person_key         INTEGER NOT NULL,                -- object_keys, kind 3
    valid_from         INTEGER NOT NULL,
    valid_to           INTEGER,
    row_hash           INTEGER NOT NULL,
    active             INTEGER NOT NULL,
    account_id         TEXT,                            -- atlassianAccountId
    external_id        TEXT,
    user_name          TEXT,
    email              TEXT,                            -- primary work address
    given_name         TEXT,
    middle_name        TEXT,
    family_name        TEXT,
    display_name       TEXT,
    nick_name          TEXT,
    title              TEXT,
    department         TEXT,
    organization       TEXT,
    preferred_language TEXT,
    timezone           TEXT,
    work_phone         TEXT,
    PRIMARY KEY (connection_key, person_key, valid_from)
) STRICT, WITHOUT ROWID;
CREATE INDEX target_users_replaced ON target_users (connection_key, valid_to) WHERE valid_to IS NOT NULL;

CREATE TABLE target_groups (
    connection_key INTEGER NOT NULL,
    group_key      INTEGER NOT NULL,                    -- object_keys, kind 4
    valid_from     INTEGER NOT NULL,
    valid_to       INTEGER,
    row_hash       INTEGER NOT NULL,
    display_name   TEXT NOT NULL,
    external_id    TEXT,
    PRIMARY KEY (connection_key, group_key, valid_from)
) STRICT, WITHOUT ROWID;
CREATE INDEX target_groups_replaced ON target_groups (connection_key, valid_to) WHERE valid_to IS NOT NULL;

CREATE TABLE target_memberships (
    group_key  INTEGER NOT NULL,                        -- object_keys, kind 4
    person_key INTEGER NOT NULL,                        -- object_keys, kind 3
    valid_from INTEGER NOT NULL,
    valid_to   INTEGER,
    PRIMARY KEY (group_key, person_key, valid_from)
) STRICT, WITHOUT ROWID;
CREATE INDEX target_memberships_replaced ON target_memberships (valid_to, group_key) WHERE valid_to IS NOT NULL;

CREATE TABLE person_links (
    connection_key INTEGER NOT NULL,
    source_key     INTEGER NOT NULL,                    -- object_keys, kind 1
    target_key     INTEGER NOT NULL,                    -- object_keys, kind 3
    last_sent      TEXT,                                -- JSON of core's AttributeSet as it was last sent; NULL: linked without sending
    since          TEXT NOT NULL,
    run_id         TEXT,                                -- run that made the link; NULL: made otherwise
    PRIMARY KEY (connection_key, source_key),
    UNIQUE (connection_key, target_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE group_links (
    connection_key INTEGER NOT NULL,
    source_key     INTEGER NOT NULL,                    -- object_keys, kind 2
    target_key     INTEGER NOT NULL,                    -- object_keys, kind 4
    state          TEXT NOT NULL CHECK (state IN ('managed', 'released')),
    name           TEXT NOT NULL,                       -- the group's name when it was last seen bound
    since          TEXT NOT NULL,
    run_id         TEXT,
    PRIMARY KEY (connection_key, source_key),
    UNIQUE (connection_key, target_key)
) STRICT, WITHOUT ROWID;

-- Members at the last applied membership: why somebody was in scope before.
CREATE TABLE group_link_members (
    group_key  INTEGER NOT NULL,                        -- group_links.source_key
    person_key INTEGER NOT NULL,                        -- object_keys, kind 1
    PRIMARY KEY (group_key, person_key)
) STRICT, WITHOUT ROWID;

-- What the last plan found about each person of either side: what the People table shows.
CREATE TABLE people (
    person_row        INTEGER PRIMARY KEY AUTOINCREMENT,
    connection_key    INTEGER NOT NULL,
    identity          TEXT NOT NULL,                    -- the source id, else 'scim:' and the SCIM id
    row_hash          INTEGER NOT NULL,                 -- unchanged rows are not rewritten
    name              TEXT NOT NULL,
    email             TEXT,
    user_name         TEXT,
    scope_groups      TEXT NOT NULL,                    -- JSON: names of bound groups, at most three
    scope_group_count INTEGER NOT NULL,                 -- how many there are
    source_state      TEXT NOT NULL,                    -- these four: words of the contract of the People table
    target_state      TEXT NOT NULL,
    situation         TEXT NOT NULL,
    sync_state        TEXT NOT NULL,
    name_sort         TEXT NOT NULL,                    -- folded as search_text
    email_sort        TEXT NOT NULL,
    search_text       TEXT NOT NULL,                    -- name, address and user name; NFC, lower case, one per line
    UNIQUE (connection_key, identity)
) STRICT;
CREATE INDEX people_by_name ON people (connection_key, name_sort, person_row);
CREATE INDEX people_by_email ON people (connection_key, email_sort, person_row);
CREATE INDEX people_by_facet ON people (connection_key, situation, source_state, target_state, sync_state);
-- Small rows in the list's own order: a search reads this and not the table.
CREATE INDEX people_by_text ON people (connection_key, name_sort, person_row, search_text, situation, source_state, target_state, sync_state);

-- What the last plan found about each bound group.
CREATE TABLE groups (
    connection_key INTEGER NOT NULL,
    group_id       TEXT NOT NULL,                       -- source id
    name_sort      TEXT NOT NULL,
    details        TEXT NOT NULL,                       -- JSON of the row that the table shows
    PRIMARY KEY (connection_key, group_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE plans (
    plan_key          INTEGER PRIMARY KEY AUTOINCREMENT,
    plan_id           TEXT NOT NULL UNIQUE,
    connection_key    INTEGER NOT NULL REFERENCES connections ON DELETE CASCADE,
    number            INTEGER NOT NULL,                 -- counts up from 1 per connection, for people
    basis             TEXT NOT NULL,                    -- 'sha256:…' of what the plan was made from
    state             TEXT NOT NULL DEFAULT 'open'
                      CHECK (state IN ('open', 'approved', 'applied', 'superseded')),
    created_at        TEXT NOT NULL,
    approved_at       TEXT,
    approved_by       TEXT,                             -- NULL: nobody yet
    run_id            TEXT,                             -- run that applies it; NULL: none yet
    source_generation INTEGER NOT NULL DEFAULT 0,       -- snapshots that it was made from; 0: from none of this directory
    target_generation INTEGER NOT NULL DEFAULT 0,
    operations        INTEGER NOT NULL,                 -- how many
    ready             INTEGER NOT NULL,                 -- how many of them nothing holds
    document          TEXT NOT NULL,                    -- JSON: everything about the plan but its operations
    UNIQUE (connection_key, number)
) STRICT;

CREATE TABLE plan_operations (
    plan_key     INTEGER NOT NULL,                      -- plans; no foreign key: 100,000 rows at once
    ordinal      INTEGER NOT NULL,                      -- place in the order of execution, from 0
    operation_id TEXT NOT NULL,
    kind         TEXT NOT NULL,
    held_by      TEXT,                                  -- NULL: ready
    reason       TEXT NOT NULL,                         -- code
    source_id    TEXT,                                  -- of the subject
    target_id    TEXT,
    label_sort   TEXT NOT NULL,                         -- the person's address, the group's name; folded as search_text
    name_sort    TEXT NOT NULL,                         -- the person's name, the group's name
    search_text  TEXT NOT NULL,                         -- label, name and reason; NFC, lower case, one per line
    operation    TEXT NOT NULL,                         -- JSON of core's Operation
    PRIMARY KEY (plan_key, ordinal)
) STRICT;
CREATE UNIQUE INDEX plan_operations_by_id ON plan_operations (plan_key, operation_id);
CREATE INDEX plan_operations_by_label ON plan_operations (plan_key, label_sort, ordinal);
CREATE INDEX plan_operations_by_name ON plan_operations (plan_key, name_sort, ordinal);
CREATE INDEX plan_operations_by_facet ON plan_operations (plan_key, kind, held_by, reason, ordinal);
CREATE INDEX plan_operations_of_source ON plan_operations (plan_key, source_id) WHERE source_id IS NOT NULL;
CREATE INDEX plan_operations_of_target ON plan_operations (plan_key, target_id) WHERE target_id IS NOT NULL;
-- Small rows in the plan's order: a search reads this and not the table.
CREATE INDEX plan_operations_by_text ON plan_operations (plan_key, ordinal, search_text, kind, held_by, reason);

CREATE TABLE runs (
    run_key        INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id         TEXT NOT NULL UNIQUE,
    connection_key INTEGER NOT NULL REFERENCES connections ON DELETE CASCADE,
    number         INTEGER NOT NULL,                    -- counts up from 1 per connection, for people
    plan_key       INTEGER NOT NULL,                    -- plans; it stays as long as its run, whose operations it holds
    state          TEXT NOT NULL DEFAULT 'running'
                   CHECK (state IN ('running', 'converged', 'partial', 'stopped', 'nothing_to_do')),
    phase          TEXT NOT NULL DEFAULT 'comparing'
                   CHECK (phase IN ('comparing', 'sending', 'reading_back', 'finished')),
    started_at     TEXT NOT NULL,
    ended_at       TEXT,                                -- NULL while running
    started_by     TEXT NOT NULL,
    run_trigger    TEXT NOT NULL,                       -- 'manual', 'schedule', 'source_change'
    guard_override TEXT,                                -- JSON {"reason","by"}; NULL: no guard was overridden
    problem        TEXT,                                -- why it stopped or failed, one sentence
    held           INTEGER NOT NULL DEFAULT 0,          -- operations of the plan that are no part of the run
    requests       TEXT NOT NULL DEFAULT '{}',          -- JSON {"sent","retried","by_method"}
    moved          TEXT NOT NULL DEFAULT '[]',          -- JSON: operations not sent because their facts moved
    UNIQUE (connection_key, number)
) STRICT;

-- The journal: a row is committed before its request is sent, and again after.
CREATE TABLE run_operations (
    run_key        INTEGER NOT NULL,                    -- runs
    ordinal        INTEGER NOT NULL,                    -- the operation's place in its plan, where it is described
    operation_id   TEXT NOT NULL,
    kind           TEXT NOT NULL,
    state          TEXT NOT NULL DEFAULT 'planned'      -- core's OperationState
                   CHECK (state IN ('planned', 'sending', 'verifying', 'done', 'failed', 'skipped', 'blocked')),
    attempt        INTEGER NOT NULL DEFAULT 0,          -- requests tried so far
    request_digest TEXT,                                -- SHA-256 of method, path and body of the last attempt
    status         INTEGER,                             -- HTTP status of the last answer
    error          TEXT,                                -- one sentence
    remedy         TEXT,                                -- one sentence: what to do
    sent_at        TEXT,                                -- last attempt
    next_at        TEXT,                                -- next attempt, while one is waited for
    ended_at       TEXT,
    duration_ms    INTEGER,                             -- of the last attempt
    target_id      TEXT,                                -- SCIM id that came of it
    label_sort     TEXT NOT NULL,
    search_text    TEXT NOT NULL,
    shown_state    TEXT NOT NULL GENERATED ALWAYS AS (  -- as the table shows it
                       CASE WHEN state = 'planned' THEN 'waiting'
                            WHEN state = 'blocked' THEN 'skipped'
                            WHEN state = 'sending' AND next_at IS NOT NULL THEN 'retrying'
                            ELSE state END) VIRTUAL,
    PRIMARY KEY (run_key, ordinal)
) STRICT;
CREATE UNIQUE INDEX run_operations_by_id ON run_operations (run_key, operation_id);
CREATE INDEX run_operations_by_state ON run_operations (run_key, shown_state, kind, ordinal);
CREATE INDEX run_operations_by_label ON run_operations (run_key, label_sort, ordinal);

CREATE TABLE run_differences (
    difference_key INTEGER PRIMARY KEY AUTOINCREMENT,
    run_key        INTEGER NOT NULL,
    subject        TEXT NOT NULL,                       -- label
    attribute      TEXT NOT NULL,
    expected       TEXT,                                -- NULL: none expected
    found          TEXT                                 -- NULL: none found
) STRICT;
CREATE INDEX run_differences_of_run ON run_differences (run_key, difference_key);

CREATE TABLE quarantine (
    connection_key INTEGER NOT NULL,
    operation_id   TEXT NOT NULL,
    kind           TEXT NOT NULL,
    label          TEXT NOT NULL,
    failures       INTEGER NOT NULL,                    -- in a row
    status         INTEGER,                             -- of the last one
    error          TEXT NOT NULL,
    remedy         TEXT,
    first_at       TEXT NOT NULL,
    last_at        TEXT NOT NULL,
    next_at        TEXT,                                -- not before; NULL after the first failure, which does not rest
    PRIMARY KEY (connection_key, operation_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE decisions (
    connection_key INTEGER NOT NULL,
    conflict_id    TEXT NOT NULL,
    kind           TEXT NOT NULL,                       -- core's ConflictKind
    label          TEXT NOT NULL,
    choice         TEXT NOT NULL,
    facts          TEXT NOT NULL,                       -- fingerprint of the facts that it was made on
    decided_at     TEXT NOT NULL,
    decided_by     TEXT NOT NULL,
    PRIMARY KEY (connection_key, conflict_id)
) STRICT, WITHOUT ROWID;

-- The log: append-only and hash-chained, one chain per connection. It names the connection by its slug, so that it outlives it.
CREATE TABLE events (
    event_key    INTEGER PRIMARY KEY AUTOINCREMENT,
    connection   TEXT NOT NULL,                         -- slug
    sequence     INTEGER NOT NULL,                      -- counts up from 1 per connection
    time         TEXT NOT NULL,
    event_type   TEXT NOT NULL,                         -- as in JumpCloud's Directory Insights
    outcome      TEXT NOT NULL CHECK (outcome IN ('success', 'failure')),
    subject      TEXT NOT NULL,                         -- canonical JSON
    subject_id   TEXT,                                  -- derived: the subject's source_id, else its target_id
    run          TEXT,
    status       INTEGER,
    error        TEXT,
    initiated_by TEXT NOT NULL,
    previous     TEXT NOT NULL,                         -- hash of the record before; of the first: 'sha256:' and 64 zeros
    hash         TEXT NOT NULL,                         -- see store/tables/event_hash.rs
    search_text  TEXT NOT NULL,                         -- derived, not part of the hash
    UNIQUE (connection, sequence)
) STRICT;
CREATE INDEX events_by_type ON events (connection, event_type, sequence);
CREATE INDEX events_by_time ON events (connection, time, sequence);
CREATE INDEX events_by_subject ON events (connection, subject_id, sequence) WHERE subject_id IS NOT NULL;
CREATE INDEX events_of_run ON events (run, sequence) WHERE run IS NOT NULL;
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
