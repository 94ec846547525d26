-- Finds the events of every filter of the timeline, however rare its app, name or user is. Hashes, because texts would make
-- the index rows two to four times as long, and every event pays for them; a collision costs a look at a row that is then
-- left out, for whoever asks compares the texts too. Expressions instead of columns of hashes: events that were stored
-- before are covered, nothing has to be filled in, and ingest writes the same columns as ever. The two hash functions over
-- apps differ so that a query names one index and never gets the other.
create index event_app on event (hashtextextended(app_id, 0), occurred_at);
-- Two hashes of 4 bytes take no more room than one of 8, and let a reader step from name to name of an app.
create index event_name on event (hashtext(app_id), hashtext(name), occurred_at);
create index event_user on event (hashtextextended(user_id, uuid_hash_extended(project_id, 0)), occurred_at)
    where user_id is not null;
-- A project's timeline is the merge of its apps' timelines.
drop index event_timeline;
