-- The ledger: who did what to whose record. Append-only: nobody but the owner may change or remove a row, and what the
-- owner changes, `chartkeep ledger verify` names. Row-level security keeps tenants apart; the tree is over all of them.
create schema ledger;

-- Columns are ordered so that none is padded, and none but actor and patient is null: an entry's own part is paid for by
-- every read of a chart.
create table ledger.entry (
  id uuid primary key,
  -- The transaction it came in: the sequencer takes in those it has not seen (ledger.checkpoint.seen).
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null,
  actor uuid,
  patient uuid,          -- the only patient; several are in `patients` and in ledger.subject
  tenant integer not null,
  header bytea not null,   -- JSON: actor's kind and role, workstation, action, types, purpose, rule, outcome, request
  patients bytea not null, -- 16 bytes each
  reads bytea not null,    -- 22 bytes each: type, id, version
  writes bytea not null,   -- 54 bytes each: type, id, version, SHA-256 of the sealed body
  details bytea not null,  -- sealed
  tag bytea not null       -- HMAC of the leaf hash: made by a server, not by SQL
);
-- Hashes and ciphertext do not compress; trying costs a third of the insert.
alter table ledger.entry alter column writes set storage external, alter column details set storage external;
create index entry_order on ledger.entry (xid);
create index entry_patient on ledger.entry (patient, at) where patient is not null;
create index entry_actor on ledger.entry (actor, at) where actor is not null;

-- One row per patient of an entry that names several, so that "who opened this patient" is one look-up.
create table ledger.subject (
  patient uuid not null,
  entry uuid not null,
  at timestamptz not null,
  tenant integer not null,
  primary key (patient, at, entry)
);

-- The tree's leaves in their order, up to 512 a row: ids of the entries, and leaf hashes of 32 bytes each.
create table ledger.leaf (
  first bigint primary key, -- index of the row's first leaf, from 0
  entries uuid[] not null,
  hashes bytea not null
);
alter table ledger.leaf alter column entries set storage external, alter column hashes set storage external;

-- Signed tree heads. The frontier is kept with some of them, so that a start need not hash every leaf again.
create table ledger.checkpoint (
  size bigint primary key,
  at timestamptz not null,
  seen text not null, -- which transactions the tree has taken in: all below a number but those that were running
  note text not null,
  frontier bytea
);

alter table ledger.entry enable row level security;
alter table ledger.subject enable row level security;
create policy tenant on ledger.entry to chartkeep_app using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on ledger.subject to chartkeep_app using (tenant = current_setting('chartkeep.tenant')::integer);
-- One tree covers every tenant, so the sequencer and the verifier see the entries of all. They read as chartkeep_reader.
create policy verification on ledger.entry for select to chartkeep_reader using (true);
create policy verification on ledger.subject for select to chartkeep_reader using (true);
-- Leaves and checkpoints belong to no tenant and say nothing about anyone.
alter table ledger.leaf enable row level security;
alter table ledger.checkpoint enable row level security;
create policy tree on ledger.leaf using (true) with check (true);
create policy tree on ledger.checkpoint using (true) with check (true);

grant usage on schema ledger to chartkeep_app, chartkeep_reader;
grant select, insert on ledger.entry, ledger.subject, ledger.leaf, ledger.checkpoint to chartkeep_app;
grant select on ledger.entry, ledger.subject, ledger.leaf, ledger.checkpoint to chartkeep_reader;
