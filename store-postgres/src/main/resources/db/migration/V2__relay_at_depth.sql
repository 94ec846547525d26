-- What is known of people and installs -----------------------------------------------------------------------------

-- Click and browser ids that events brought, carried to later events of the same install or user. Forgotten after 90 days.
create table known_id (
    project_id uuid not null,
    subject uuid not null,                        -- first 128 bits of SHA-256('user' or 'install', NUL, id)
    name text not null,                           -- member of `match`, such as fbclid
    value text not null,
    first_at timestamptz not null,                -- when this value was first seen
    primary key (project_id, subject, name)
) with (fillfactor = 90);
create index known_id_age on known_id (first_at);

-- Properties sent for a user. JSON as text: jsonb refuses some of what JSON allows, and senders send it.
create table user_profile (
    project_id uuid not null,
    subject uuid not null,                        -- as in known_id, of kind 'user'
    user_id text not null,
    properties text not null,
    match text not null,                          -- matching fields, see dev.varve.identity.MatchFields
    property_times text not null,                 -- when each member was stated, in epoch milliseconds
    match_times text not null,
    updated_at timestamptz not null,
    primary key (project_id, subject)
);

-- Which apps report to a pixel.
create index layer_pixel on layer (platform, pixel_id) where pixel_id is not null;

-- Ledger ------------------------------------------------------------------------------------------------------------

-- The arrival windows of the accounting start and end inside a minute: finds that minute's rows without an index per row.
create index event_arrival on event using brin (received_at) with (pages_per_range = 32, autosummarize = on);

-- Counts what waits, of a window of arrival, without reading the rows; `attempts` 0: never tried.
create index delivery_backlog_arrival on delivery_backlog (project_id, platform, received_at, attempts);

alter table dead_letter add column payload text;          -- as sent, masked; null when a local check failed
alter table dead_letter add column answer text;           -- the beginning of the platform's answer, cleaned
alter table dead_letter add column received_at timestamptz; -- arrival of the event
alter table dead_letter add column synthetic boolean not null default false;
alter table dead_letter add column job_id text;           -- the replay that put it back last
alter table dead_letter add column is_replaying boolean not null default false;
create index dead_letter_replaying on dead_letter (job_id) where is_replaying;
create index dead_letter_open on dead_letter (project_id, platform) where not synthetic and not is_replaying;
update dead_letter d set received_at = e.received_at, synthetic = e.synthetic
    from event e where e.log_offset = d.log_offset and e.occurred_at = d.occurred_at;

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
create index job_running_project on job (project_id) where status = 'running';
create index job_age on job (created_at);

-- What a running replay put back: its receipts tell in the end what became of it.
create table job_event (
    job_id text not null references job on delete cascade,
    log_offset bigint not null,
    platform smallint not null,
    occurred_at timestamptz not null,
    primary key (job_id, log_offset, platform)
);

-- The counts by arrival of what came before this version; from here on they are kept with every ledger write.
with place as (
    select e.project_id, e.app_id, p.platform, date_trunc('minute', e.received_at) as minute,
        case
            when r.state = 1 then 'settled'
            when r.state = 4 then 'dead.' || r.reason
            when r.state is null and b.log_offset is null
                and (s.position is null or e.log_offset <= s.position) then 'skipped.disabled'
        end as metric,
        s.position is null or e.log_offset <= s.position as is_passed
    from event e
    cross join (values (0::smallint), (1::smallint)) as p(platform)
    left join delivery_receipt r
        on r.log_offset = e.log_offset and r.occurred_at = e.occurred_at and r.platform = p.platform
    left join delivery_backlog b
        on b.project_id = e.project_id and b.platform = p.platform and b.log_offset = e.log_offset
    left join log_stream s on s.stream = e.log_offset >> 40
    where not e.synthetic
)
insert into delivery_rollup as r (project_id, app_id, platform, minute, metric, count)
    select project_id, app_id, platform, minute, 'accepted', count(*) from place
    where is_passed group by 1, 2, 3, 4
    union all
    select project_id, app_id, platform, minute, metric, count(*) from place
    where metric is not null group by 1, 2, 3, 4, 5
on conflict (project_id, platform, minute, metric, app_id) do update set count = r.count + excluded.count;

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
create index audit_row_project on audit_row (project_id, occurred_at desc, id) where project_id is not null;
create index audit_row_age on audit_row using brin (occurred_at);

-- The forwards are rows of the same trail; whose they are is noted with them.
alter table delivery_request add column organization_id uuid;
alter table delivery_request add column layer_id uuid;
update delivery_request r set organization_id = p.organization_id from project p where p.id = r.project_id;
update delivery_request r set layer_id = l.id from layer l
    where l.project_id = r.project_id and l.platform = case r.platform when 0 then 'meta_ads' else 'tiktok_ads' end;
create index delivery_request_organization on delivery_request (organization_id, at desc, id);
drop index delivery_request_project;
create index delivery_request_project on delivery_request (project_id, at desc, id);

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

alter table layer add column check_refusals smallint not null default 0; -- in a row, too few to call a valid token bad
alter table layer add column test_event_code_since timestamptz;
update layer set test_event_code_since = updated_at where test_event_code is not null;
alter table platform_count_state add column unreadable_since timestamptz;
insert into platform_count_state (project_id, platform, pixel_id, is_readable, next_poll_at)
    select project_id, case platform when 'meta_ads' then 0 else 1 end, pixel_id, true, now() from layer
    where pixel_id is not null and platform in ('meta_ads', 'tiktok_ads');
-- What would soon be too old goes first, whatever the order of the others.
create index delivery_backlog_age on delivery_backlog (project_id, platform, occurred_at, log_offset);
-- Rises with every opening of a stream by a relay: what an earlier reader of it still writes is stale.
alter table log_stream add column epoch bigint not null default 0;
alter table destination_state add column quiet_until timestamptz; -- the platform wants nothing before, also after a restart
