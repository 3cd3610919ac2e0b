-- Who may sign in. Nothing here names anyone: user names are keyed hashes, names and one-time-code secrets are sealed
-- under the keyring, everything that opens a door is stored as a hash. In clear: random ids, role words, times, counts.
-- What lets anyone in is authenticated: `mac` is over all that a state grants, with its place and `version`, under the
-- keyring, and the ledger's entries say which version is the newest. Their defaults are for nobody: a row that somebody
-- puts in without the keyring does not hold.
create schema identity;

create table identity.account (
  tenant       integer     not null,
  id           uuid        not null,
  -- HMAC-SHA256 of the folded user name.
  name_key     bytea       not null,
  -- Sealed: user name, the person's name, the reference of the Practitioner.
  person       bytea       not null,
  roles        text[]      not null,
  created      timestamptz not null,
  -- Until then the password alone may begin enrolment of the first second factor.
  enrol_by     timestamptz not null,
  disabled     timestamptz,
  last_sign_in timestamptz,
  -- How often all of its sessions were ended: a session of an earlier count is over.
  round        integer     not null default 0,
  version      bigint      not null default 0,
  -- Over this row and the account's rows in the three tables below, and what is not there.
  mac          bytea       not null default '',
  primary key (tenant, id),
  unique (tenant, name_key)
);

create table identity.password (
  tenant  integer     not null,
  account uuid        not null,
  hash    bytea       not null,
  salt    bytea       not null,
  -- argon2id (RFC 9106): KiB, passes, lanes.
  memory  integer     not null,
  passes  integer     not null,
  lanes   integer     not null,
  changed timestamptz not null,
  primary key (tenant, account)
);

create table identity.second_factor (
  tenant    integer     not null,
  account   uuid        not null,
  secret    bytea       not null,
  -- The newest time step whose code was used: it and all before it are spent.
  last_step bigint      not null,
  enrolled  timestamptz not null,
  primary key (tenant, account)
);

create table identity.recovery_code (
  tenant  integer not null,
  account uuid    not null,
  hash    bytea   not null,
  used    timestamptz,
  primary key (tenant, account, hash)
);

-- The password was right; the second factor is still to come.
create table identity.ticket (
  tenant  integer     not null,
  digest  bytea       not null,
  account uuid        not null,
  -- Sealed secret of a one-time code that is being enrolled.
  secret  bytea,
  tries   smallint    not null,
  expires timestamptz not null,
  -- Over this row and the credentials that it goes with; not over `tries`.
  mac     bytea       not null default '',
  primary key (tenant, digest)
);

create table identity.known_workstation (
  tenant      integer     not null,
  account     uuid        not null,
  -- HMAC-SHA256 of the workstation's cookie, or of the network address.
  workstation bytea       not null,
  last        timestamptz not null,
  primary key (tenant, account, workstation)
);
create index of_anyone on identity.known_workstation (tenant, workstation);

create table identity.throttle (
  tenant   integer     not null,
  -- HMAC-SHA256 of what is counted: a user name (whether or not anyone has it) at a kind of place, a network address, or
  -- a session.
  lane     bytea       not null,
  -- Not forgotten yet; and since the last success.
  failures integer     not null,
  in_a_row integer     not null,
  last     timestamptz not null,
  -- Counts of names that nobody has are dropped when they are old.
  account  uuid,
  primary key (tenant, lane)
);
create index stray on identity.throttle (tenant, last) where account is null;
create index of_account on identity.throttle (tenant, account);

create table identity.session (
  tenant          integer     not null,
  id              uuid        not null,
  digest          bytea       not null,
  account         uuid        not null,
  role            text        not null,
  workstation     text        not null,
  idle_seconds    integer     not null,
  started         timestamptz not null,
  seen            timestamptz not null,
  -- Over `seen` alone, which moves too often for an entry each time.
  seen_mac        bytea       not null default '',
  expires         timestamptz not null,
  locked          timestamptz,
  ended           timestamptz,
  -- The account's `round` when it began.
  round           integer     not null default 0,
  version         bigint      not null default 0,
  -- Not over `seen`.
  mac             bytea       not null default '',
  primary key (tenant, id),
  unique (tenant, digest)
);
create index live on identity.session (tenant, account) where ended is null;

create table identity.client (
  tenant   integer     not null,
  id       uuid        not null,
  -- Sealed: what the program is called.
  name     bytea       not null,
  scopes   text[]      not null,
  -- Sealed: why it may update without naming a version; null, as it is by default, when it may not.
  blind    bytea,
  created  timestamptz not null,
  disabled timestamptz,
  version  bigint      not null default 0,
  -- Over this row and the client's keys.
  mac      bytea       not null default '',
  primary key (tenant, id)
);

create table identity.client_key (
  tenant integer     not null,
  client uuid        not null,
  kid    text        not null,
  kty    text        not null,
  -- Public JWK.
  jwk    jsonb       not null,
  added  timestamptz not null,
  primary key (tenant, client, kid, kty)
);

-- Assertions that were used: RFC 7523 sec. 3, item 7.
create table identity.assertion (
  tenant  integer     not null,
  client  uuid        not null,
  jti     bytea       not null,
  expires timestamptz not null,
  primary key (tenant, client, jti)
);

create table identity.token (
  tenant  integer     not null,
  digest  bytea       not null,
  client  uuid        not null,
  scopes  text[]      not null,
  issued  timestamptz not null,
  expires timestamptz not null,
  revoked timestamptz,
  -- Over all but `revoked`: that one is in the ledger.
  mac     bytea       not null default '',
  primary key (tenant, digest)
);
create index of_client on identity.token (tenant, client);

-- Counts what ended or locked something. A process that remembers sessions looks here, should it miss a notice.
create table identity.revision (
  tenant integer not null,
  n      bigint  not null,
  primary key (tenant)
);

alter table identity.account           enable row level security;
alter table identity.password          enable row level security;
alter table identity.second_factor     enable row level security;
alter table identity.recovery_code     enable row level security;
alter table identity.ticket            enable row level security;
alter table identity.known_workstation enable row level security;
alter table identity.throttle          enable row level security;
alter table identity.session           enable row level security;
alter table identity.client            enable row level security;
alter table identity.client_key        enable row level security;
alter table identity.assertion         enable row level security;
alter table identity.token             enable row level security;
alter table identity.revision          enable row level security;

create policy tenant on identity.account           using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on identity.password          using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on identity.second_factor     using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on identity.recovery_code     using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on identity.ticket            using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on identity.known_workstation using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on identity.throttle          using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on identity.session           using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on identity.client            using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on identity.client_key        using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on identity.assertion         using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on identity.token             using (tenant = current_setting('chartkeep.tenant')::integer);
create policy tenant on identity.revision          using (tenant = current_setting('chartkeep.tenant')::integer);

-- Accounts and clients are never deleted: the ledger names them. The reader role verifies what is authenticated.
grant usage on schema identity to chartkeep_app, chartkeep_reader;
grant select on
  identity.account, identity.password, identity.second_factor, identity.recovery_code, identity.ticket, identity.session,
  identity.client, identity.client_key, identity.token to chartkeep_reader;
grant select, insert, update on identity.account, identity.password, identity.client, identity.revision to chartkeep_app;
grant select, insert, update, delete on
  identity.second_factor, identity.recovery_code, identity.ticket, identity.known_workstation, identity.throttle,
  identity.session, identity.client_key, identity.assertion, identity.token to chartkeep_app;
