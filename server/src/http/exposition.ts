/**
 * Several processes' metrics as one exposition (Prometheus text format 0.0.4): each metric's HELP and TYPE once, with
 * the samples of all below. Samples tell their process by a label, so that a restart is a reset of its own series alone.
 */
export function mergeExpositions(texts: readonly string[]): string {
  const metrics = new Map<string, { readonly head: string[]; readonly samples: string[] }>()
  for (const text of texts) {
    let current: { readonly head: string[]; readonly samples: string[] } | undefined
    let fresh = false
    for (const line of text.split('\n')) {
      if (line === '') continue
      const name = /^# HELP (\S+)/.exec(line)?.[1]
      if (name !== undefined) {
        fresh = !metrics.has(name)
        current = metrics.get(name) ?? { head: [], samples: [] }
        metrics.set(name, current)
      }
      if (!line.startsWith('#')) current?.samples.push(line)
      else if (fresh) current?.head.push(line)
    }
  }
  return [...metrics.values()].map(({ head, samples }) => `${[...head, ...samples].join('\n')}\n`).join('\n')
}
