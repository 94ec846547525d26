-- The minute counts that are asked for over a day, summed up by hour and over the apps of a project. Written in the same
-- transaction as those, and always their sum: a day is then its whole hours, and minutes at its edges only.
create table delivery_hour (
    project_id uuid not null,
    platform smallint not null,
    hour timestamptz not null,                    -- of UTC
    metric text not null,                         -- eligible, sent, received, skips.<reason>
    count bigint not null,
    primary key (project_id, platform, hour, metric)
) with (fillfactor = 50);                         -- the newest hour is updated ten times a second
create index delivery_hour_age on delivery_hour using brin (hour) with (pages_per_range = 32, autosummarize = on);

insert into delivery_hour (project_id, platform, hour, metric, count)
    select project_id, platform, date_trunc('hour', minute, 'UTC'), metric, sum(count) from delivery_rollup
    where metric in ('eligible', 'sent', 'received') or metric like 'skips.%'
    group by 1, 2, 3, 4 order by 3, 1, 2, 4;
