import { argon2, type Argon2Parameters, randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { Secret } from '#base'
import { replaceFile } from './durable.ts'
import { KeyFault } from './fault.ts'

/** What an operator gives to open the keyring. */
export type RootSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'passphrase'; readonly passphrase: Secret }
  /** The root itself, handed over by a process of ours that has opened the keyring. */
  | { readonly kind: 'opened'; readonly root: Secret }

/** How the root is got from what the operator gives; stored in the clear in the keyring. */
export type RootRecipe = { readonly kind: 'file' } | (Stretching & { readonly kind: 'passphrase' })

interface Stretching {
  readonly salt: string // base64
  readonly memoryKiB: number
  readonly passes: number
  readonly lanes: number
}

/** RFC 9106, 4: the second recommended option (64 MiB, 3 passes), with one lane, because argon2 here has one thread. */
export function newStretching(): RootRecipe {
  return { kind: 'passphrase', salt: randomBytes(16).toString('base64'), memoryKiB: 65_536, passes: 3, lanes: 1 }
}

const stretch = promisify<'argon2id', Argon2Parameters, Buffer>((algorithm, parameters, done) =>
  argon2(algorithm, parameters, (error, key) => done(error, key)),
)

/** The 32 bytes of the root. Throws KeyFault. A source of another kind than the recipe's is 'wrong'. */
export async function readRoot(source: RootSource, recipe: RootRecipe, keyring: string): Promise<Secret> {
  if (source.kind === 'opened') return source.root
  if (source.kind === 'file') {
    if (recipe.kind !== 'file') throw new KeyFault('wrong', keyring)
    return readKeyFile(source.path)
  }
  if (recipe.kind !== 'passphrase') throw new KeyFault('wrong', keyring)
  const bytes = await stretch('argon2id', {
    message: source.passphrase.reveal(),
    nonce: Buffer.from(recipe.salt, 'base64'),
    memory: recipe.memoryKiB,
    passes: recipe.passes,
    parallelism: recipe.lanes,
    tagLength: 32,
  })
  const root = new Secret(bytes)
  bytes.fill(0)
  return root
}

async function readKeyFile(path: string): Promise<Secret> {
  const file = await open(path, constants.O_RDONLY).catch((cause: unknown) => {
    throw new KeyFault('missing', path, cause)
  })
  try {
    // The rights are asked of the open file, so that nobody can exchange it in between.
    const { mode } = await file.stat()
    if ((mode & 0o077) !== 0) throw new KeyFault('exposed', path)
    const bytes = await file.readFile()
    if (bytes.length !== 32) throw new KeyFault('damaged', path)
    const root = new Secret(bytes)
    bytes.fill(0)
    return root
  } finally {
    await file.close()
  }
}

/** A new key file, or the one that is there: the operator's own, or left by a creation that was cut short. */
export async function takeKeyFile(path: string): Promise<Secret> {
  try {
    return await readKeyFile(path)
  } catch (error) {
    if (!(error instanceof KeyFault) || error.code !== 'missing') throw error
  }
  await replaceFile(path, randomBytes(32))
  return readKeyFile(path)
}
