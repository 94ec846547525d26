-- Where customers want notices; the signing secrets are vault entries.
create table webhook_endpoint (
    id uuid primary key,
    organization_id uuid not null references organization,
    mode text not null check (mode in ('live', 'test')),
    project_id uuid references project,           -- null: all projects
    url text not null,
    events text[] not null,
    description text,
    metadata jsonb not null default '{}',
    scope text not null check (scope in ('own', 'all_children')),
    status text not null default 'active' check (status in ('active', 'paused', 'auto_paused')),
    secret_id uuid not null references vault_entry,
    previous_secret_id uuid references vault_entry,
    previous_secret_until timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    last_success_at timestamptz,
    last_failure_at timestamptz,
    consecutive_failures integer not null default 0
);
create index webhook_endpoint_organization on webhook_endpoint (organization_id, mode, created_at desc, id);
create index webhook_endpoint_project on webhook_endpoint (project_id) where project_id is not null;
