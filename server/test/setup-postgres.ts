import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openLog } from '#base'
import { migrate, prepareCluster, runAlone, socketTarget, startEmbedded } from '#db'
import { createKeyring } from '#keys'
import { scratchFolder } from './scratch.ts'

declare module 'vitest' {
  interface ProvidedContext {
    cluster: { readonly socketFolder: string; readonly keysFolder: string; readonly superuserPassword: string }
  }
}

/** One PostgreSQL for the whole run, with a migrated template that each test's own database is cloned from. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (project.vitest.projects.every(({ name }) => name === 'unit')) return undefined
  const folder = scratchFolder('test')
  // The last first; also of what was begun when a later step failed.
  const undo: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
  const undoAll = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step()
  }
  try {
    await startCluster(project, folder, undo)
  } catch (error) {
    await undoAll()
    throw error
  }
  return undoAll
}

async function startCluster(project: TestProject, folder: string, undo: (() => unknown)[]): Promise<void> {
  const keysFolder = join(folder, 'keys')
  const keys = await createKeyring(keysFolder, { kind: 'file', path: join(keysFolder, 'root.key') })
  const log = openLog('error')
  const data = join(folder, 'data')
  const superuserPassword = randomBytes(16).toString('hex')
  const cluster = await prepareCluster(data, keys.password('owner'), false)
  await runAlone(cluster, [`create role test_superuser superuser login password '${superuserPassword}'`])
  const embedded = await startEmbedded(data, keys.password('owner'), log)
  undo.push(() => rmSync(embedded.socketFolder, { recursive: true, force: true }))
  undo.push(() => embedded.stop())
  await migrate(
    socketTarget(embedded.socketFolder, 'chartkeep', (role) => keys.password(role)),
    (role) => keys.password(role),
  )
  project.provide('cluster', { socketFolder: embedded.socketFolder, keysFolder, superuserPassword })
}
