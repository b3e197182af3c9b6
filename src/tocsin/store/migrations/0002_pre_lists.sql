-- Closed alerts as they are looked for: a line in each list in which one stands, and how far back the lists are whole.

-- Written with the close, so that a press pays nothing.  Without a row of its own: a line is its key and little more.
create table listed (
    org_id text not null,
    list text not null,
    shelf text not null,
    id text not null,
    alert text not null,
    member text not null,
    place text not null,
    primary key (org_id, list, shelf, id)
) strict, without rowid;
create index listed_by_member on listed (org_id, member, id) where list = 'all';

-- Of what closed before there were lists the lines are made bit by bit, the newest first.
create table listed_from (
    org_id text primary key,
    alert text not null
) strict, without rowid;
