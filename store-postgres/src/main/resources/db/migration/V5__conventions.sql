-- Idempotency keys of the Partner API ------------------------------------------------------------------------------

create table idempotency_key (
    scope bytea primary key,                      -- SHA-256 of API key, acting organization, method, path and the key
    body_sha256 bytea not null,
    ticket uuid not null,                         -- of the claim that holds it
    claimed_at timestamptz not null,
    status integer,                               -- null: under way
    answer bytea                                  -- encrypted by the vault
);
create index idempotency_key_age on idempotency_key (claimed_at);

-- Audit --------------------------------------------------------------------------------------------------------------

alter table audit_row add column mode text check (mode in ('live', 'test')); -- null: of both modes
