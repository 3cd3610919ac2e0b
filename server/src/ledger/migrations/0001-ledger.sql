-- The ledger: who did what to whose record. Append-only: nobody but the owner may change or remove a row, and what the
-- owner changes, `chartkeep ledger verify` names. Row-level security keeps tenants apart; the tree is over all of them.
create schema ledger;

-- Entries that became durable together, packed as batch.ts says: a row with its indexes for each of them would cost four
-- times as much, and every read of a chart pays for it.
create table ledger.batch (
  -- Of its first entry; the last two bytes of an id are the entry's place in the batch.
  id uuid primary key,
  -- The transaction it came in: the sequencer takes in those it has not seen (ledger.checkpoint.seen).
  xid xid8 not null default pg_current_xact_id(),
  tenant integer not null,
  changes boolean not null, -- whether any of them changed a record
  entries bytea not null
);
-- Hashes and ciphertext do not compress; trying costs a third of the insert.
alter table ledger.batch alter column entries set storage external;
create index batch_order on ledger.batch (xid);

-- Access history: which entries name a patient, or were done by an actor. The sequencer writes it together with the leaves;
-- what has no leaf yet is found by looking. A row is of one pass of the sequencer and one hour.
create table ledger.access (
  subject uuid not null,   -- the patient or the actor
  newest uuid not null,    -- the highest of the ids
  oldest uuid not null,    -- the lowest
  pass bigint not null,    -- size of the checkpoint that covers them
  tenant integer not null,
  actor boolean not null,  -- whether the subject did them; otherwise it is a patient they name
  entries bytea not null,  -- the ids, 16 bytes each, newest first
  primary key (subject, actor, newest) include (oldest)
);
alter table ledger.access alter column entries set storage external;

-- States that entries record of those who are let in (accounts, sessions, clients, tokens), found by whose they are (and of
-- drafts, that they were begun or are over): what is
-- loaded is held against the newest. It says what the entries say; verification compares both, and a start the sum that
-- the newest checkpoint keeps.
create table ledger.state (
  subject uuid not null,
  version bigint not null,
  tenant integer not null,
  kind text not null,
  ended boolean not null, -- it grants nothing any more
  mac bytea not null,     -- authenticates all of the state, under the keyring
  entry uuid not null,
  primary key (subject, version, entry)
);
create index state_entry on ledger.state (entry);

-- The tree's leaves in their order, some 512 a row: the batches they are in, how many entries of each, and leaf hashes of
-- 32 bytes.
create table ledger.leaf (
  first bigint primary key, -- index of the row's first leaf, from 0
  batches uuid[] not null,
  lengths smallint[] not null,
  hashes bytea not null
);
alter table ledger.leaf alter column batches set storage external, alter column hashes set storage external;

-- Signed tree heads. The frontier is kept with some of them, so that a start need not hash every leaf again.
create table ledger.checkpoint (
  size bigint primary key,
  at timestamptz not null,
  seen text not null, -- which transactions the tree has taken in: all below a number but those that were running
  note text not null,
  states bytea not null, -- sealed: how many states its entries record, and a keyed sum of them
  frontier bytea
);

alter table ledger.batch enable row level security;
alter table ledger.access enable row level security;
alter table ledger.state enable row level security;
create policy tenant on ledger.batch to chartkeep_app using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on ledger.state to chartkeep_app using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on ledger.access for select to chartkeep_app using (tenant = current_setting('chartkeep.tenant')::integer);
-- One tree covers every tenant: the sequencer puts the accesses of all into order at once, and verification reads them all.
create policy sequencing on ledger.access for insert to chartkeep_app with check (true);
create policy verification on ledger.batch for select to chartkeep_reader using (true);
create policy verification on ledger.access for select to chartkeep_reader using (true);
create policy verification on ledger.state for select to chartkeep_reader using (true);
-- Leaves and checkpoints belong to no tenant and say nothing about anyone.
alter table ledger.leaf enable row level security;
alter table ledger.checkpoint enable row level security;
create policy tree on ledger.leaf using (true) with check (true);
create policy tree on ledger.checkpoint using (true) with check (true);

grant usage on schema ledger to chartkeep_app, chartkeep_reader;
grant select, insert on ledger.batch, ledger.state, ledger.access, ledger.leaf, ledger.checkpoint to chartkeep_app;
grant select on ledger.batch, ledger.state, ledger.access, ledger.leaf, ledger.checkpoint to chartkeep_reader;
