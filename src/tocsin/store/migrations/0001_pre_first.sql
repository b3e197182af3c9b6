-- What is remembered: facts, the present state they led to, and what is still owed.

-- One row per event, in the one order of all events.  Body and salt may be lawfully deleted; the leaf stays.
-- No index by organisation: only exports ask for it, in order of position, and every press would pay for it.
create table fact (
    position integer primary key,
    org_id text not null,
    stream text not null,
    version integer not null,
    type text not null,
    at_ms integer not null,
    body blob,
    salt blob,
    leaf blob not null
) strict;
create unique index fact_by_stream on fact (org_id, stream, version);

-- The present state of each aggregate.  A kind is the beginning of its streams, so the key serves both.
create table snapshot (
    org_id text not null,
    stream text not null,
    kind text not null,
    version integer not null,
    open integer not null check (open in (0, 1)),
    body blob not null,
    unique (org_id, stream)
) strict;
create index snapshot_open on snapshot (org_id, kind, stream) where open = 1;

-- One message to one contact each.
create table delivery (
    org_id text not null,
    id text not null,
    alert text not null,
    state text not null,
    due_at_ms integer,
    body blob not null,
    unique (org_id, id)
) strict;
create index delivery_by_alert on delivery (org_id, alert, id);
create index delivery_due on delivery (org_id, id) where due_at_ms is not null;

-- Which stream is to be looked at again, and when.
create table wake (
    org_id text not null,
    stream text not null,
    due_at_ms integer not null,
    primary key (org_id, stream)
) strict, without rowid;

-- What a press was answered with: the same key finds it for ever.
create table receipt (
    org_id text not null,
    credential text not null,
    key text not null,
    receipt text not null,
    alert text not null,
    at_ms integer not null,
    primary key (org_id, credential, key)
) strict, without rowid;

-- Where somebody was.  Nothing refers to these rows: they are erased a day after the close.
create table fix (
    org_id text not null,
    id text not null,
    alert text not null,
    lat real not null,
    lon real not null,
    radius_m real,
    at_ms integer not null,
    primary key (org_id, id)
) strict, without rowid;
create index fix_by_alert on fix (org_id, alert, id);
