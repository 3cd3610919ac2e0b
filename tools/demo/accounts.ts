import { randomBytes, randomInt } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { newId, systemClock } from '../../server/src/base/index.ts'
import { generateKey, type Layout, type System } from '../../server/src/cli/index.ts'
import { addClient, createAccount, listAccounts } from '../../server/src/identity/index.ts'
import { importedId } from '../../server/src/import/index.ts'
import { roles } from '../../server/src/policy/index.ts'
import type { StaffMember } from '#synthetic'
import { clientKeyPath, type DemoAccount, type Notes, source, writeNotes } from './notes.ts'

const clientScope = 'system/*.cruds'
const by = { actor: { kind: 'system' }, workstation: 'demo' } as const

/** One for each role and a second clinician, with second factors that are written down. */
export async function makeAccounts(
  system: System,
  staff: readonly StaffMember[],
  notes: Notes,
  layout: Layout,
): Promise<Notes> {
  const chosen = chooseStaff(staff)
  const accounts = chosen.map(
    ({ user, name, role }): DemoAccount =>
      notes.accounts.find((known) => known.user === user) ?? {
        user,
        name,
        role,
        password: newPassword(),
        totpSecret: base32(randomBytes(20)),
      },
  )
  const noted = { ...notes, accounts }
  writeNotes(layout, noted)
  const { identity, keys, tenant } = system
  const existing = new Set((await listAccounts(identity.parts, tenant)).map(({ user }) => user))
  for (const [at, member] of chosen.entries()) {
    const account = accounts[at]
    if (account === undefined || existing.has(member.user)) continue
    const { user, name, password, totpSecret } = account
    // Imported under the uuid of its fullUrl.
    const named = member.practitioner?.replace('urn:uuid:', 'Practitioner/')
    const practitioner =
      named === undefined
        ? {}
        : { practitioner: `Practitioner/${importedId(keys.hmacKey('import-ids'), source, named)}` }
    await createAccount(
      identity.parts,
      { tenant, user, name, roles: member.roles, password, totpSecret: fromBase32(totpSecret), ...practitioner },
      { ...by, request: newId<'request'>(systemClock.now()) },
    )
  }
  return noted
}

function chooseStaff(staff: readonly StaffMember[]): StaffMember[] {
  return roles.flatMap((role) => staff.filter((member) => member.role === role).slice(0, role === 'clinician' ? 2 : 1))
}

/** A program that may do everything a program may: for trying the FHIR interface. */
export async function makeClient(system: System, notes: Notes, layout: Layout): Promise<Notes> {
  if (notes.client !== undefined) return notes
  const keyFile = clientKeyPath(layout)
  const jwk = existsSync(keyFile) ? publicHalf(keyFile) : generateKey(keyFile)
  const client = { tenant: system.tenant, name: 'Demonstration client', scopes: [clientScope], jwk }
  const id = await addClient(system.identity.parts, client, { ...by, request: newId<'request'>(systemClock.now()) })
  return { ...notes, client: { id, keyFile, scope: clientScope } }
}

function publicHalf(path: string): unknown {
  const { d: _, ...publicPart }: Record<string, unknown> = JSON.parse(readFileSync(path, 'utf8'))
  return publicPart
}

// Without letters and digits that look alike: these are typed from a screen.
const letters = 'abcdefghjkmnpqrstuvwxyz23456789'

/** 20 characters in groups of five: 99 bits. */
function newPassword(): string {
  const group = () => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('')
  return [group(), group(), group(), group()].join('-')
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648, 6, without padding; for lengths that need none. */
function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{5}/g) ?? []).map((five) => alphabet[Number.parseInt(five, 2)]).join('')
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)))
}
