-- The sealed record store. Bucket comes first in every key, so the tables can be spread by it. What stands here in clear
-- (ids, types, versions, the patient's random id, times of writing, sizes) is listed with its leak in SECURITY.md.
create schema records;

create table records.resource (
  tenant   integer     not null,
  version  integer     not null,
  -- Clinical time in ms plus a secret offset, one for each patient and type: it orders the records of one patient and type
  -- and dates none of them.
  at       bigint      not null,
  updated  timestamptz not null,
  key_id   integer     not null,
  bucket   smallint    not null,
  type     smallint    not null,
  id       uuid        not null,
  patient  uuid,
  deleted  boolean     not null,
  body     bytea       not null,
  -- 3 bytes each, keyed per patient: equal values of two patients have different tokens.
  tokens   bytea       not null,
  primary key (bucket, id)
);
alter table records.resource alter column body set storage external;

-- A patient's chart, newest first; also what a search within a patient walks.
-- Records of one moment are put in order as they are read: their ids here would cost 23 bytes a record.
create index chart on records.resource (bucket, patient, type, at desc);

-- The few that were deleted: every write asks whether what it refers to is among them.
create index deleted on records.resource (bucket, id) where deleted;

-- Superseded versions, never changed.
create table records.version (
  tenant   integer     not null,
  version  integer     not null,
  at       bigint      not null,
  updated  timestamptz not null,
  key_id   integer     not null,
  bucket   smallint    not null,
  type     smallint    not null,
  id       uuid        not null,
  patient  uuid,
  deleted  boolean     not null,
  body     bytea       not null,
  primary key (bucket, id, version)
);
alter table records.version alter column body set storage external;

-- Look-ups across patients: keyed 64-bit hashes of identifiers and of operational values, the type of the record hashed
-- with them. The hash is what the table can be spread by: it has nothing to do with the bucket of the record.
create table records.lookup (
  token    bigint  not null,
  tenant   integer not null,
  id       uuid    not null,
  primary key (token, id)
);

-- Each patient's random key, wrapped under a tenant epoch that only the keyring holds. The nil owner is the practice.
create table records.patient_key (
  tenant     integer  not null,
  bucket     smallint not null,
  owner      uuid     not null,
  key_id     integer  not null,
  epoch      integer  not null,
  wrapped    bytea    not null,
  commitment bytea    not null,
  primary key (bucket, owner, key_id)
);
create index patient_key_epoch on records.patient_key (epoch);

-- Content of Binary in sealed pieces.
create table records.chunk (
  tenant  integer  not null,
  bucket  smallint not null,
  id      uuid     not null,
  number  integer  not null,
  body    bytea    not null,
  primary key (bucket, id, number)
);
alter table records.chunk alter column body set storage external;

-- Unfinished notes, one per author and patient: replaced as they are typed, gone when signed.
create table records.draft (
  tenant  integer     not null,
  bucket  smallint    not null,
  patient uuid        not null,
  author  uuid        not null,
  key_id  integer     not null,
  updated timestamptz not null,
  body    bytea       not null,
  primary key (bucket, patient, author)
);

-- Which keyring this database belongs to.
create table records.keyring (
  tenant integer not null,
  id     text    not null,
  -- Wraps of an older epoch are no longer taken: that epoch is about to be destroyed.
  epoch  integer not null,
  primary key (tenant)
);


alter table records.resource enable row level security;
alter table records.version enable row level security;
alter table records.lookup enable row level security;
alter table records.patient_key enable row level security;
alter table records.chunk enable row level security;
alter table records.draft enable row level security;
alter table records.keyring enable row level security;
create policy tenant on records.resource using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on records.version using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on records.lookup using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on records.patient_key using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on records.chunk using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on records.draft using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on records.keyring using (tenant = current_setting('chartkeep.tenant')::integer);

grant usage on schema records to chartkeep_app, chartkeep_reader;
grant select on all tables in schema records to chartkeep_app, chartkeep_reader;
grant insert on all tables in schema records to chartkeep_app;
-- Never on records.version: history only grows.
grant update on records.resource, records.patient_key, records.draft, records.keyring to chartkeep_app;
grant delete on records.lookup, records.draft, records.chunk to chartkeep_app;
