-- Every query of the SQLite store.  A name, one English line, the statement.
-- Where SQLite, which knows nothing of our numbers, would choose an index that grows with history, ours is named.

-- name: insert_fact
-- Keeps one event; its place in the one order is the next free position.
insert into fact (org_id, stream, version, type, at_ms, body, salt, leaf)
values (?, ?, ?, ?, ?, ?, ?, ?);

-- name: upsert_snapshot
-- Replaces the present state of an aggregate.
insert into snapshot (org_id, stream, kind, version, open, body)
values (?, ?, ?, ?, ?, ?)
on conflict (org_id, stream) do update
set kind = excluded.kind, version = excluded.version, open = excluded.open, body = excluded.body;

-- name: upsert_delivery
-- Replaces what is known of one message.
insert into delivery (org_id, id, alert, state, due_at_ms, body)
values (?, ?, ?, ?, ?, ?)
on conflict (org_id, id) do update
set alert = excluded.alert, state = excluded.state, due_at_ms = excluded.due_at_ms, body = excluded.body;

-- name: upsert_wake
-- Sets when a stream is looked at again.
insert into wake (org_id, stream, due_at_ms)
values (?, ?, ?)
on conflict (org_id, stream) do update set due_at_ms = excluded.due_at_ms;

-- name: delete_wake
-- Takes a wake-up away.
delete from wake where org_id = ? and stream = ?;

-- name: insert_receipt
-- Keeps what a press was answered with.
insert into receipt (org_id, credential, key, receipt, alert, at_ms)
values (?, ?, ?, ?, ?, ?);

-- name: insert_fix
-- Keeps a position.
insert into fix (org_id, id, alert, lat, lon, radius_m, at_ms)
values (?, ?, ?, ?, ?, ?, ?);

-- name: erase_fixes
-- Erases every position of an alert.
delete from fix indexed by fix_by_alert where org_id = ? and alert = ?;

-- name: upsert_listed
-- Puts a closed alert into a list.
insert into listed (org_id, list, shelf, id, alert, member, place)
values (?, ?, ?, ?, ?, ?, ?)
on conflict (org_id, list, shelf, id) do update
set alert = excluded.alert, member = excluded.member, place = excluded.place;

-- name: upsert_listed_from
-- Says how far back the lists are whole.
insert into listed_from (org_id, alert) values (?, ?)
on conflict (org_id) do update set alert = excluded.alert;

-- name: receipt
-- What this press was answered with, if it came before.
select credential, key, receipt, alert, at_ms from receipt where org_id = ? and credential = ? and key = ?;

-- name: snapshot
-- The present state of one aggregate.
select stream, kind, version, open, body from snapshot where org_id = ? and stream = ?;

-- name: snapshots
-- A page of the states of a kind from one stream to below another, in order of stream.
select stream, kind, version, open, body from snapshot
where org_id = ? and kind = ? and stream >= ? and stream < ? order by stream limit ?;

-- name: open_snapshots
-- A page of the open states of a kind from one stream to below another, in order of stream.
select stream, kind, version, open, body from snapshot indexed by snapshot_open
where org_id = ? and kind = ? and stream >= ? and stream < ? and open = 1 order by stream limit ?;

-- name: newest
-- The newest states of a kind from one stream to below another.
select stream, kind, version, open, body from snapshot
where org_id = ? and kind = ? and stream >= ? and stream < ? order by stream desc limit ?;

-- name: organisations
-- Every organisation that has a state, found by one jump in the index for each.
with recursive organisation (id) as (
    select min(org_id) from snapshot
    union all
    select (select min(org_id) from snapshot where org_id > organisation.id)
    from organisation where organisation.id is not null
)
select id from organisation where id is not null;

-- name: delivery
-- One message.
select id, alert, state, due_at_ms, body from delivery where org_id = ? and id = ?;

-- name: deliveries
-- So many messages of an alert, in order of id.
select id, alert, state, due_at_ms, body from delivery where org_id = ? and alert = ? order by id limit ?;

-- name: due_deliveries
-- Every message that still has a due time, in order of id.
select id, alert, state, due_at_ms, body from delivery
where org_id = ? and due_at_ms is not null order by id;

-- name: wakes
-- Every wake-up that stands, soonest first.
select stream, due_at_ms from wake where org_id = ? order by due_at_ms, stream;

-- name: fixes
-- Every position of an alert, in order of id.
select id, alert, lat, lon, radius_m, at_ms from fix indexed by fix_by_alert where org_id = ? and alert = ? order by id;

-- name: shelves
-- The shelves of a list, found by one jump in the index for each.
with recursive found (shelf) as (
    select min(shelf) from listed where org_id = ?1 and list = ?2
    union all
    select (select min(listed.shelf) from listed where org_id = ?1 and list = ?2 and listed.shelf > found.shelf)
    from found where found.shelf is not null
)
select shelf from found where shelf is not null;

-- name: on_shelf
-- The newest lines of a shelf from one id to below another.
select list, shelf, id, alert, member, place from listed
where org_id = ? and list = ? and shelf = ? and id >= ? and id < ? order by id desc limit ?;

-- name: listed_of
-- The newest alerts of one member from one id to below another.
select list, shelf, id, alert, member, place from listed indexed by listed_by_member
where org_id = ? and list = 'all' and member = ? and id >= ? and id < ? order by id desc, shelf desc limit ?;

-- name: listed_from
-- How far back the lists are whole.
select alert from listed_from where org_id = ?;

-- name: facts
-- Events above a position, in order.
select position, org_id, stream, version, type, at_ms, body, salt, leaf from fact not indexed
where org_id = ? and position > ? order by position limit ?;

-- name: stream
-- So many events of one stream, in order of version.
select position, org_id, stream, version, type, at_ms, body, salt, leaf from fact
where org_id = ? and stream = ? order by version limit ?;

-- name: create_migration
-- The record of which migrations made this store.
create table if not exists migration (number integer primary key, name text not null, checksum text not null) strict;

-- name: migrations
-- Which migrations made this store, in order.
select number, name, checksum from migration order by number;

-- name: is_ours
-- One row if this file has a record of migrations.
select 1 from sqlite_schema where type = 'table' and name = 'migration';

-- name: is_empty
-- One row if there is nothing at all in this file.
select 1 where not exists (select 1 from sqlite_schema);

-- name: insert_migration
-- Records a migration in the transaction that made it.
insert into migration (number, name, checksum) values (?, ?, ?);
