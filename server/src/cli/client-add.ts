import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { addClient } from '#identity'
import { parseScope } from '#policy'
import { operator } from './by.ts'
import { type Command, type Given, requireText, UsageFault } from './command.ts'
import { systemOptions, witnessOption } from './options.ts'

/** SMART Backend Services: the program keeps its private key, we keep the public one. */
export const clientAdd: Command = {
  name: 'client add',
  summary: 'Register a program that signs in with a key of its own (SMART Backend Services).',
  options: {
    name: { type: 'string', value: 'NAME', about: 'What access histories call the program.' },
    scope: {
      type: 'string',
      value: 'SCOPES',
      about: 'What it may do, blanks between: "system/Patient.rs system/Observation.rs".',
    },
    jwk: { type: 'string', value: 'FILE', about: 'Its public key: a JWK or a JWK Set.' },
    generate: {
      type: 'string',
      value: 'FILE',
      about: 'Instead of --jwk: make an ES384 key here, private to its owner.',
    },
    'update-without-version': {
      type: 'string',
      value: 'REASON',
      about: 'Let it update without If-Match, because it cannot send one. Each such change is marked in the ledger.',
    },
    ...witnessOption,
  },
  async run(given, means) {
    const name = requireText(given, 'name')
    const scopes = requireText(given, 'scope').split(/\s+/).filter(Boolean)
    const unknown = scopes.find((scope) => parseScope(scope) === undefined)
    if (unknown !== undefined) throw new UsageFault(`${unknown} is not a scope of the form system/Type.cruds.`)
    const options = await systemOptions(given, means)
    const jwk = publicKeyFor(given)
    const system = await means.composition.openSystem(options)
    try {
      const id = await addClient(
        system.identity.parts,
        { tenant: system.tenant, name, scopes, jwk, updateWithoutVersion: given.text('update-without-version') },
        operator(options.clock),
      )
      means.terminal.say(id)
      return 0
    } finally {
      await system.close()
    }
  },
}

function publicKeyFor(given: Given): unknown {
  const file = given.text('jwk')
  const target = given.text('generate')
  if ((file === undefined) === (target === undefined)) throw new UsageFault('Give one of --jwk and --generate.')
  if (target !== undefined) return generateKey(target)
  try {
    return JSON.parse(readFileSync(file ?? '', 'utf8'))
  } catch {
    throw new UsageFault(`${file} is not a readable JSON file.`)
  }
}

/** Writes the private JWK (0600, never over another file); returns the public one. */
export function generateKey(path: string): unknown {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const about = { kid: randomUUID(), alg: 'ES384', use: 'sig' }
  try {
    writeFileSync(path, `${JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...about }, undefined, 2)}\n`, {
      mode: 0o600,
      flag: 'wx',
    })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new UsageFault(`${path} exists already. It was left as it is.`)
    throw error
  }
  return { ...publicKey.export({ format: 'jwk' }), ...about }
}
