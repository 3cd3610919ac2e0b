// What decides how the database treats our rows, as lines of text: the same text on PostgreSQL 16, 17 and 18, whoever the
// owner is. Everything in our schemas; of the rest, what reaches into them: settings, roles, event triggers, and the
// built-in functions that conditions and statements of ours go through.

const schemas = ['db', 'identity', 'ledger', 'records']
const roles = ['chartkeep_app', 'chartkeep_reader']

/** Built in: replaced, they would decide what row-level security shows and what a hash is. */
const builtIn = [
  ...['current_setting', 'set_config', 'pg_notify', 'sha256', 'uuid_send', 'position', 'octet_length', 'substring'],
  ...['pg_current_xact_id', 'pg_current_snapshot', 'pg_visible_in_snapshot', 'gen_random_uuid', 'unnest', 'now'],
  ...[
    'int2eq',
    'int4eq',
    'int8eq',
    'uuid_eq',
    'byteaeq',
    'texteq',
    'xid8eq',
    'booleq',
    'int24eq',
    'int42eq',
    'int48eq',
  ],
]

const list = (names: readonly string[]): string => `(${names.map((name) => `'${name}'`).join(', ')})`

/** `owner` for whoever owns our tables, `public` for everyone, else the role's name. */
const nameOf = (role: string): string =>
  `case when ${role} = 0 then 'public' when ${role} = (select home.owner from home) then 'owner' else pg_get_userbyid(${role})::text end`

/** Rights beyond those that an owner has over his own. */
const grantsOf = (what: string, acl: string, owner: string): string => `
  coalesce((select string_agg(line, '; ' order by line) from (
    select ${nameOf('a.grantee')} || ' ' || string_agg(a.privilege_type || case when a.is_grantable then '*' else '' end, ',' order by a.privilege_type) as line
    from aclexplode(coalesce(${acl}, acldefault('${what}', ${owner}))) a where a.grantee <> ${owner} group by a.grantee) granted), 'none')`

// Whose database it is was noted before any migration ran; it is read at the start, and checked there.
// The owner of the first of our schemas is the owner; all else has to be his as well.
const ours = `home as (select nspowner as owner from pg_namespace where nspname = 'db'), relation as (
    select c.*, n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ${list(schemas)} and c.relkind not in ('i', 'I', 't')
      and n.nspname || '.' || c.relname <> 'db.claim')`

const parts = [
  `select 'schema ' || nspname || ': of ' || ${nameOf('nspowner')} || '; granted ' || ${grantsOf('n', 'nspacl', 'nspowner')}
    from pg_namespace where nspname in ${list(schemas)}`,
  `select 'relation ' || name || ': kind ' || relkind::text || ', kept ' || relpersistence::text || ', row security ' || relrowsecurity
      || case when relforcerowsecurity then ' forced' else '' end || ', options ' || coalesce(reloptions::text, 'none')
      || ', of ' || ${nameOf('relowner')} || '; granted ' || ${grantsOf('r', 'relacl', 'relowner')} from relation`,
  `select 'column ' || r.name || '.' || attname || ': ' || format_type(atttypid, atttypmod) || case when attnotnull then ' not null' else '' end
      || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') || ' ' || attstorage::text || attidentity::text || attgenerated::text
      || case when attacl is null then '' else ' granted ' || attacl::text end
    from relation r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum`,
  // Since 18, NOT NULL is a constraint; with every version it is a property of the column.
  `select 'constraint ' || coalesce(r.name, '') || ' ' || conname || ': ' || pg_get_constraintdef(k.oid) || case when convalidated then '' else ' not validated' end
    from pg_constraint k join relation r on r.oid = k.conrelid where contype <> 'n'`,
  `select 'index: ' || pg_get_indexdef(indexrelid) || case when indisvalid and indisready and indislive then '' else ' invalid' end
    from pg_index join relation r on r.oid = indrelid`,
  `select 'policy ' || r.name || ' ' || polname || ': ' || case when polpermissive then 'permissive' else 'restrictive' end || ' for ' || polcmd::text
      || ' to ' || (select string_agg(name, ',' order by name) from (select ${nameOf('granted')} as name from unnest(polroles) granted) granted)
      || coalesce(' using ' || pg_get_expr(polqual, polrelid), '') || coalesce(' check ' || pg_get_expr(polwithcheck, polrelid), '')
    from pg_policy join relation r on r.oid = polrelid`,
  `select 'trigger ' || r.name || ': ' || pg_get_triggerdef(t.oid) || ' ' || tgenabled::text from pg_trigger t join relation r on r.oid = tgrelid`,
  `select 'rule ' || r.name || ': ' || pg_get_ruledef(w.oid) || ' ' || ev_enabled::text from pg_rewrite w join relation r on r.oid = ev_class`,
  `select 'inheritance: ' || inhrelid::regclass::text || ' of ' || inhparent::regclass::text from pg_inherits join relation r on r.oid in (inhrelid, inhparent)`,
  `select 'function ' || p.oid::regprocedure::text || ': ' || l.lanname || ' ' || md5(prosrc) || ' of ' || ${nameOf('proowner')}
    from pg_proc p join pg_namespace n on n.oid = pronamespace join pg_language l on l.oid = prolang where nspname in ${list(schemas)}`,
  `select 'type ' || t.oid::regtype::text from pg_type t join pg_namespace n on n.oid = typnamespace
    where nspname in ${list(schemas)} and typelem = 0 and not exists (select from pg_class c where c.oid = typrelid and relkind <> 'c')`,
  `select 'built-in ' || p.oid::regprocedure::text || ': ' || l.lanname || ' ' || case l.lanname when 'internal' then prosrc else '' end || ' ' || provolatile::text
    from pg_proc p join pg_namespace n on n.oid = pronamespace join pg_language l on l.oid = prolang
    where nspname = 'pg_catalog' and proname in ${list(builtIn)}`,
  `select 'event trigger ' || evtname || ': ' || evtevent || ' ' || evtenabled::text || ' ' || evtfoid::regproc::text from pg_event_trigger`,
  `select 'setting of ' || case setrole when 0 then 'every role' else ${nameOf('setrole')} end || ' in ' || case setdatabase when 0 then 'every database' else 'this database' end
      || ': ' || unnest(setconfig)
    from pg_db_role_setting where setdatabase in (0, (select oid from pg_database where datname = current_database()))
      and setrole in (select 0::oid union select oid from pg_roles where rolname in ${list(roles)} or oid = (select home.owner from home))`,
  `select 'role ' || rolname || ':' || case when rolsuper then ' superuser' else '' end || case when rolbypassrls then ' bypassrls' else '' end
      || case when rolcreaterole then ' createrole' else '' end || case when rolcreatedb then ' createdb' else '' end
      || case when rolreplication then ' replication' else '' end || case when rolcanlogin then ' login' else '' end
      || case when rolinherit then ' inherit' else '' end || ' connections ' || rolconnlimit || coalesce(' until ' || rolvaliduntil, '')
    from pg_roles where rolname in ${list(roles)}`,
  // Whoever makes a role has it to give: that is the owner, and says nothing.
  `select 'membership: ' || ${nameOf('member')} || ' in ' || ${nameOf('roleid')} from pg_auth_members
    where member in (select oid from pg_roles where rolname in ${list(roles)})
      or (roleid in (select oid from pg_roles where rolname in ${list(roles)}) and ${nameOf('member')} <> 'owner' and member <> 10)`,
  `select 'default rights in ' || coalesce(nspname, 'every schema') || ' of what ' || ${nameOf('defaclrole')} || ' makes: ' || defaclacl::text
    from pg_default_acl left join pg_namespace n on n.oid = defaclnamespace where nspname is null or nspname in ${list(schemas)}`,
]

export const catalogueQuery = `with ${ours} ${parts.map((part, index) => `select * from (${part}) as part${index} (line)`).join(' union all ')}`
