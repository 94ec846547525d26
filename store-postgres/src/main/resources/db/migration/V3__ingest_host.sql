-- What people stated by POST /consent. Each field has the time for which it was stated.
create table consent_record (
    project_id uuid not null,
    subject uuid not null,                        -- as in known_id
    analytics boolean,
    analytics_at timestamptz,
    advertising boolean,
    advertising_at timestamptz,
    att_status text,
    att_status_at timestamptz,
    changed xid8 not null default pg_current_xact_id(), -- the transaction that wrote it last
    primary key (project_id, subject)
) with (fillfactor = 90);
-- What is new since a snapshot: a process reads on from the oldest transaction that was still running then.
create index consent_record_changed on consent_record (changed);

-- Apple's postbacks that are no events: forged or unreadable ones, and those whose app is not known yet.
create table apple_postback (
    id uuid primary key,                          -- of the app and the body, so that a repeat adds nothing
    received_at timestamptz not null,
    status text not null check (status in ('rejected', 'waiting')),
    reason text not null,
    app_id text,                                  -- null: not known
    app_store_id text,                            -- as the postback names its app
    host text,                                    -- to which it was sent
    body text not null
);
create index apple_postback_store on apple_postback (app_store_id) where status = 'waiting';
create index apple_postback_host on apple_postback (host) where status = 'waiting';
create index apple_postback_age on apple_postback (received_at);
create index sdk_app_store on sdk_app (app_store_id) where app_store_id is not null;
create index sdk_app_domain on sdk_app (lower(web_domain)) where web_domain is not null;

-- Who went through the click relay; kept as long as matching records.
create table click_record (
    id uuid primary key,
    at timestamptz not null,
    project_id uuid not null,
    app_id text not null,
    click_ids text not null,                      -- JSON, as text: jsonb refuses some of what JSON allows
    utm text not null,
    ip text,
    user_agent text
);
create index click_record_age on click_record using brin (at);
create index click_record_ip on click_record (project_id, ip, at);
