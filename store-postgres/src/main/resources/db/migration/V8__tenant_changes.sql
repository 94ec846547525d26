-- What changed of tenants -------------------------------------------------------------------------------------------

-- Processes keep destinations, apps and pixels in memory and ask here, a few times a second, what to read anew. Rows are
-- only ever added, by triggers: no writer can forget it, not even one in psql. They are pruned after an hour.
create table tenant_change (
    id bigint generated always as identity primary key,
    project_id uuid,                              -- null: of all projects of the organization
    organization_id uuid,                         -- null as well: of all there are
    changed xid8 not null default pg_current_xact_id(),
    at timestamptz not null default now()
);
create index tenant_change_changed on tenant_change (changed);

-- Whose token is it?
create index layer_token on layer (access_token_id) where access_token_id is not null;

-- Arguments: the column of the project, then those columns whose change concerns no copy. A column that comes later
-- concerns them until it is listed, so forgetting one costs a reading and no truth.
create function note_project_change() returns trigger language plpgsql set search_path from current as $$
declare
    was jsonb := to_jsonb(old);
    is_now jsonb := to_jsonb(new);
begin
    if tg_op <> 'UPDATE' or was - tg_argv[1:] <> is_now - tg_argv[1:] then
        insert into tenant_change (project_id)
            select distinct (version ->> tg_argv[0])::uuid from unnest(array[was, is_now]) version
            where version is not null;
    end if;
    return null;
end $$;

create trigger tenant_change after insert or update or delete on layer for each row
    execute function note_project_change('project_id', 'updated_at', 'next_check_at', 'check_refusals',
        'access_token_valid', 'access_token_validated_at', 'test_event_code_since');
create trigger tenant_change after insert or update or delete on sdk_app for each row
    execute function note_project_change('project_id', 'created_at', 'last_rotated_at');

-- A project without layers and apps is in no copy, so that its own row comes or goes changes none.
create trigger tenant_change after update on project for each row
    execute function note_project_change('id', 'created_at', 'updated_at', 'archived_at', 'name', 'timezone',
        'primary_language', 'customer_external_id', 'owner_email', 'app_name', 'app_description', 'tagline',
        'brand_voice', 'target_gender', 'platform_ios_bundle_id', 'platform_android_bundle_id', 'metadata');

create function note_organization_change() returns trigger language plpgsql set search_path from current as $$
begin
    insert into tenant_change (organization_id) values (new.id);
    return null;
end $$;
create trigger tenant_change after update on organization for each row when (old.status <> new.status)
    execute function note_organization_change();

-- A token is replaced under its entry's id; entries come and go with a change of their layer.
create function note_token_change() returns trigger language plpgsql set search_path from current as $$
begin
    insert into tenant_change (project_id) select project_id from layer where access_token_id = new.id;
    return null;
end $$;
create trigger tenant_change after update on vault_entry for each row when (old.ciphertext <> new.ciphertext)
    execute function note_token_change();

create function note_loss() returns trigger language plpgsql set search_path from current as $$
begin
    insert into tenant_change default values;
    return null;
end $$;
create trigger tenant_loss after truncate on layer for each statement execute function note_loss();
create trigger tenant_loss after truncate on sdk_app for each statement execute function note_loss();
create trigger tenant_loss after truncate on project for each statement execute function note_loss();
