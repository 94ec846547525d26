-- Probe events are few and count nowhere: finds them when backlog and dead letters are counted without them.
create index event_synthetic on event (project_id, log_offset) where synthetic;
