-- What is known of people and installs -----------------------------------------------------------------------------

-- Click and browser ids that events brought, carried to later events of the same install or user. Forgotten after 90 days.
create table known_ids (
    project_id uuid not null,
    subject uuid not null,                        -- first 128 bits of SHA-256('user' or 'install', NUL, id)
    ids jsonb not null,                           -- {"fbclid": ["value", first seen in epoch milliseconds], …}
    updated_at timestamptz not null,
    primary key (project_id, subject)
) with (fillfactor = 80);
create index known_ids_age on known_ids (updated_at);

-- Properties sent for a user. `member_times`: when each member was stated, in epoch milliseconds.
create table user_profile (
    project_id uuid not null,
    subject uuid not null,                        -- as in known_ids
    user_id text not null,
    properties jsonb not null,
    match jsonb not null,                         -- matching fields, see dev.varve.identity.MatchFields
    member_times jsonb not null,
    updated_at timestamptz not null,
    primary key (project_id, subject)
);

-- Ledger ------------------------------------------------------------------------------------------------------------

-- The arrival windows of the accounting start and end inside a minute: finds that minute's rows without an index per row.
create index event_arrival on event using brin (received_at) with (pages_per_range = 32, autosummarize = on);

alter table dead_letter add column payload text;          -- as sent, masked; null when a local check failed
alter table dead_letter add column answer text;           -- the beginning of the platform's answer, cleaned
alter table dead_letter add column received_at timestamptz; -- arrival of the event
alter table dead_letter add column synthetic boolean not null default false;
alter table dead_letter add column job_id text;           -- the replay that put it back last
alter table dead_letter add column is_replaying boolean not null default false;
create index dead_letter_job on dead_letter (job_id) where job_id is not null;
drop index dead_letter_project;
create index dead_letter_project on dead_letter (project_id, occurred_at desc, id);

create table job (
    id text primary key,                          -- job_<ULID>
    organization_id uuid not null references organization,
    project_id uuid not null references project,
    kind text not null,
    status text not null check (status in ('running', 'completed', 'failed', 'canceled')),
    total bigint not null,
    result jsonb,
    created_at timestamptz not null,
    finished_at timestamptz
);
create index job_running on job (organization_id) where status = 'running';

-- Audit -------------------------------------------------------------------------------------------------------------

create table audit_row (
    id uuid primary key,
    organization_id uuid not null,
    event_type text not null,
    occurred_at timestamptz not null,
    actor text not null check (actor in ('partner_api', 'system', 'operator')),
    request_id text,
    project_id uuid,
    api_key_id uuid,
    subject_type text,
    subject_id text,
    data jsonb not null
);
create index audit_row_organization on audit_row (organization_id, occurred_at desc, id);
create index audit_row_age on audit_row using brin (occurred_at);

-- The forwards are rows of the same trail; whose they are is noted with them.
alter table delivery_request add column organization_id uuid;
alter table delivery_request add column layer_id uuid;
update delivery_request r set organization_id = p.organization_id from project p where p.id = r.project_id;
update delivery_request r set layer_id = l.id from layer l
    where l.project_id = r.project_id and l.platform = case r.platform when 0 then 'meta_ads' else 'tiktok_ads' end;
create index delivery_request_organization on delivery_request (organization_id, at desc, id);

-- Health of tokens and the platforms' own counts --------------------------------------------------------------------

alter table layer add column next_check_at timestamptz not null default now(); -- when the token is validated again
create index layer_next_check on layer (next_check_at) where access_token_id is not null;

-- What a platform counted, by its own periods.
create table platform_count (
    project_id uuid not null,
    platform smallint not null,
    period_from timestamptz not null,
    period_until timestamptz not null,
    events bigint not null,
    primary key (project_id, platform, period_from)
);

create table platform_count_state (
    project_id uuid not null,
    platform smallint not null,
    pixel_id text not null,
    is_readable boolean not null,
    reason text,                                  -- for people, when not readable
    counted_until timestamptz,                    -- what ended before is final
    next_poll_at timestamptz not null,
    primary key (project_id, platform)
);

-- What would soon be too old goes first, whatever the order of the others.
create index delivery_backlog_age on delivery_backlog (project_id, platform, occurred_at, log_offset);
