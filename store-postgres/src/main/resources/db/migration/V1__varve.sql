-- Tenancy -------------------------------------------------------------------------------------------------------------

create table organization (
    id uuid primary key,
    parent_id uuid references organization,
    name text not null,
    status text not null default 'active' check (status in ('active', 'suspended', 'archived')),
    mode text not null default 'live' check (mode in ('live', 'test')),
    billing_email text,
    metadata jsonb not null default '{}',
    created_at timestamptz not null,
    updated_at timestamptz not null,
    archived_at timestamptz
);
create index organization_parent on organization (parent_id, created_at desc, id);

create table api_key (
    id uuid primary key,
    organization_id uuid not null references organization,
    key_id text not null unique,                  -- the public part, 16 Crockford characters
    secret_sha256 bytea not null,
    name text not null,
    env text not null check (env in ('live', 'test')),
    scopes text[] not null,
    rate_limit_tier text not null,
    return_urls text[] not null default '{}',
    created_at timestamptz not null,
    last_used_at timestamptz,
    rotated_at timestamptz,
    revoked_at timestamptz,
    killed_at timestamptz,
    grace_until timestamptz,
    superseded_by uuid references api_key
);
create index api_key_organization on api_key (organization_id, created_at desc, id);

create table project (
    id uuid primary key,
    organization_id uuid not null references organization,
    mode text not null check (mode in ('live', 'test')),
    status text not null default 'active' check (status in ('active', 'archived')),
    name text not null,
    timezone text not null,
    primary_language text not null,
    customer_external_id text,
    owner_email text,
    app_name text,
    app_description text,
    tagline text,
    brand_voice text,
    target_gender text not null,
    platform_ios_bundle_id text,
    platform_android_bundle_id text,
    platform_web_domain text,
    metadata jsonb,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    archived_at timestamptz
);
create index project_organization on project (organization_id, mode, created_at desc, id);
create unique index project_customer on project (organization_id, mode, customer_external_id);

create table sdk_app (
    app_id text primary key,
    project_id uuid not null references project,
    name text not null,
    platform text not null,
    bundle_id text,
    android_package text,
    web_domain text,
    app_store_id text,
    app_key_sha256 bytea not null,
    require_ingest_key boolean not null default false,
    capi jsonb not null default '{}',             -- {"meta": true, "tiktok": false}: the toggles set by PATCH
    remote_config jsonb not null default '{}',
    created_at timestamptz not null,
    last_rotated_at timestamptz not null
);
create index sdk_app_project on sdk_app (project_id, created_at desc, app_id);

create table vault_entry (
    id uuid primary key,
    organization_id uuid not null references organization,
    ciphertext bytea not null,                    -- AEAD, the id is the associated data
    updated_at timestamptz not null
);

create table layer (
    id uuid primary key,
    project_id uuid not null references project,
    platform text not null check (platform in ('meta_ads', 'tiktok_ads', 'apple_ads')),
    enabled boolean not null default false,
    pixel_id text,
    access_token_id uuid references vault_entry,
    access_token_valid boolean not null default false,
    access_token_validated_at timestamptz,
    test_event_code text,
    event_map jsonb,
    action_source text,
    data_processing_options jsonb,
    default_country text,
    updated_at timestamptz not null,
    unique (project_id, platform)
);

-- Small values of the installation itself, such as the credential of the tracking probe (encrypted by the vault).
create table installation (
    name text primary key,
    value bytea not null
);

-- Event log -----------------------------------------------------------------------------------------------------------

-- One row per log stream, that is per process that ever wrote. The lease is a session advisory lock on (7671, stream),
-- which PostgreSQL drops with the connection, so a dead process never keeps it.
create table log_stream (
    stream bigint generated always as identity primary key,
    opened_at timestamptz not null default now(),
    position bigint not null                      -- everything up to this offset is settled or in the backlog
) with (fillfactor = 50);                         -- updated ten times a second

-- One row per (app, event id): the only place that decides whether an event is new.
create table event_key (
    key uuid primary key,                         -- first 128 bits of SHA-256(app id, NUL, event id)
    log_offset bigint not null,
    occurred_at timestamptz not null
) with (fillfactor = 100);

-- Partitioned by week of occurred_at; see ARCHITECTURE.md for the trial against partitions by arrival.
create table event (
    log_offset bigint not null,
    occurred_at timestamptz not null,
    received_at timestamptz not null,
    project_id uuid not null,
    app_id text not null,
    event_id text not null,
    name text not null,
    source smallint not null,                     -- ordinal of EventSource
    synthetic boolean not null,
    environment text,
    platform text,
    user_id text,
    install_id text,
    session_id text,
    consent_analytics boolean,
    consent_advertising boolean,
    origin_offset bigint,                         -- row of matching_record
    document bytea not null,
    primary key (log_offset, occurred_at)
) partition by range (occurred_at);
create index event_timeline on event (project_id, occurred_at);
-- Probe events are few and count nowhere: finds them when backlog and dead letters are counted without them.
create index event_synthetic on event (project_id, log_offset) where synthetic;
create table event_default partition of event default;

-- Client address and user agent of a request, for 7 days. Partitioned by day of arrival, dropped by day.
create table matching_record (
    origin_offset bigint not null,
    received_at timestamptz not null,
    ip text,
    user_agent text
) partition by range (received_at);
create index matching_record_offset on matching_record (origin_offset);
create table matching_record_default partition of matching_record default;

-- What the timeline reader learned of an app.
create table app_activity (
    app_id text primary key,
    last_event_at timestamptz not null            -- arrival of the newest real event
) with (fillfactor = 50);

-- Delivery ledger -----------------------------------------------------------------------------------------------------

-- One row per request to a platform: the audit trail of forwards.
create table delivery_request (
    id uuid primary key,
    at timestamptz not null,
    project_id uuid not null,
    platform smallint not null,                   -- ordinal of Platform
    pixel_id text,
    events integer not null,
    event_ids text[] not null,                    -- the first 100
    outcome text not null,                        -- forwarded, retry, rejected, throttled, auth_failed, unreachable
    http_status integer not null,                 -- 0: nothing received
    platform_code integer,
    trace_id text,
    message text,
    latency_ms integer not null
);
create index delivery_request_project on delivery_request (project_id, at desc);
create index delivery_request_age on delivery_request (at);

-- The end of an (event, platform): forwarded, skipped or dead. A row stands here exactly once and only changes by replay.
-- No row here and none in delivery_backlog, behind the stream's position: the destination was off (`skipped`/`disabled`).
create table delivery_receipt (
    log_offset bigint not null,
    platform smallint not null,
    occurred_at timestamptz not null,
    state smallint not null,                      -- ordinal of ReceiptState
    reason text,                                  -- skip or dead-letter reason
    sent_as text,
    attempts integer not null,
    at timestamptz not null,
    request_id uuid,                              -- the delivery_request that settled it
    notes text[],
    primary key (log_offset, platform, occurred_at)
) partition by range (occurred_at);
create table delivery_receipt_default partition of delivery_receipt default;

-- Failed attempts of single events; the successful last one is the receipt itself.
create table delivery_attempt (
    log_offset bigint not null,
    platform smallint not null,
    attempt integer not null,
    request_id uuid not null,
    sent_as text not null,
    outcome text not null,                        -- retry, dead
    next_retry_at timestamptz,
    at timestamptz not null default now(),
    primary key (log_offset, platform, attempt, request_id)
);
create index delivery_attempt_age on delivery_attempt (at);

-- The newest write of each process's recorder: a write whose answer was lost is recognised when it is repeated.
create table ledger_writer (
    writer uuid primary key,
    number bigint not null,
    at timestamptz not null default now()
) with (fillfactor = 50);                         -- updated ten times a second: room for the new versions on the page

-- Events a lane could not settle at once. `owner` is the stream whose lease covers the work.
create table delivery_backlog (
    owner bigint not null,
    project_id uuid not null,
    platform smallint not null,
    log_offset bigint not null,
    occurred_at timestamptz not null,
    received_at timestamptz not null,
    app_id text not null,
    attempts integer not null default 0,
    first_attempt_at timestamptz,
    next_at timestamptz not null,
    primary key (project_id, platform, log_offset)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
create index delivery_backlog_due on delivery_backlog (owner, project_id, platform, next_at, log_offset);

create table dead_letter (
    id text primary key,                          -- dl_<ULID>
    project_id uuid not null,
    app_id text not null,
    platform smallint not null,
    log_offset bigint not null,
    occurred_at timestamptz not null,
    event_id text not null,
    event_name text not null,
    reason text not null,
    code text not null,
    platform_code integer,
    message text,
    attempts integer not null,
    first_failed_at timestamptz not null,
    last_failed_at timestamptz not null,
    too_old_at timestamptz not null,
    request_id uuid,
    unique (log_offset, platform)
);
create index dead_letter_age on dead_letter (last_failed_at);
create index dead_letter_project on dead_letter (project_id, occurred_at desc, id);

-- What a destination's lane last learned; one row per (project, platform).
create table destination_state (
    project_id uuid not null,
    platform smallint not null,
    state text not null default 'flowing',        -- flowing, waiting, held, stopped
    broken_reason text,                           -- set while stopped: TOKEN, PERMISSION, CONFIGURATION
    last_success_at timestamptz,
    failing_since timestamptz,                    -- first failure after the last success
    last_failure_at timestamptz,
    error_at timestamptz,
    error_code text,                              -- PLATFORM_ERROR, PLATFORM_UNREACHABLE, TOKEN_INVALID, PIXEL_INVALID
    error_message text,
    error_platform_code integer,
    primary key (project_id, platform)
) with (fillfactor = 50);

-- Minute counts, written in the same transaction as the receipts they count.
create table delivery_rollup (
    project_id uuid not null,
    app_id text not null,
    platform smallint not null,
    minute timestamptz not null,                  -- of arrival for accepted/eligible/skipped, of the answer for the rest
    metric text not null,                         -- eligible, sent, received, failed_attempts, attempts, dead, skipped.<reason>
    count bigint not null,
    primary key (project_id, platform, minute, metric, app_id)
) with (fillfactor = 70);                         -- the newest minute is updated ten times a second
-- Rows come in the order of minutes, so a tiny index finds what is past its time.
create index delivery_rollup_age on delivery_rollup using brin (minute) with (pages_per_range = 32, autosummarize = on);

-- Newest eligible event per project and platform, and last acknowledged forward per app.
create table delivery_activity (
    project_id uuid not null,
    app_id text not null,
    platform smallint not null,
    last_eligible_at timestamptz,
    last_forward_at timestamptz,
    primary key (project_id, app_id, platform)
) with (fillfactor = 50);
