-- What the process that sends to many remembers.  A name, one English line, the statement.

-- name: create_round
-- One row for each round; its messages are kept apart, because there may be ten thousand.
create table if not exists round (
    id text primary key,
    open integer not null check (open in (0, 1)),
    body blob not null
) strict, without rowid;

-- name: create_message
-- One row for each message, kept with its round.
create table if not exists message (
    round text not null,
    id text not null,
    body blob not null,
    primary key (round, id)
) strict, without rowid;

-- name: upsert_round
-- Replaces what is known of a round.
insert into round (id, open, body) values (?, ?, ?)
on conflict (id) do update set open = excluded.open, body = excluded.body;

-- name: upsert_message
-- Replaces what is known of one message.
insert into message (round, id, body) values (?, ?, ?)
on conflict (round, id) do update set body = excluded.body;

-- name: round
-- One round.
select body from round where id = ?;

-- name: rounds
-- The newest rounds, open or over, by id, which grows with time.
select body from round order by id desc limit ?;

-- name: messages
-- Every message of a round, in order of id, which grows with time.
select body from message where round = ? order by id;
