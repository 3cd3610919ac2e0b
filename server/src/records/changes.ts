import type { ResourceType } from '@chartkeep/model/fhir'
import type { Id } from '#base'

/** What changed, for open charts and in-memory indexes: never what it says. */
export interface RecordChange {
  readonly tenant: number
  readonly type: ResourceType
  readonly id: Id<string>
  readonly patient: Id<'patient'> | undefined
  /** Who changed it, so that a page does not announce its own user's change. */
  readonly by: string
}

export interface Changes {
  announce(changes: readonly RecordChange[]): void
  /** Calls back after each commit of this process; answers how to stop. */
  watch(onChange: (change: RecordChange) => void): () => void
}

export function openChanges(): Changes {
  const watchers = new Set<(change: RecordChange) => void>()
  return {
    announce(changes) {
      for (const change of changes) for (const call of watchers) call(change)
    },
    watch(onChange) {
      watchers.add(onChange)
      return () => void watchers.delete(onChange)
    },
  }
}
