/**
 * Everything `npm run` can start. `script` runs under Node 24 from the root of the repository; `web` says that the verb
 * needs the built web app. A verb without script is only preparation.
 *
 * @typedef {{ script?: string, web: boolean }} Verb
 * @type {Record<string, Verb>}
 */
export const verbs = {
  demo: { script: 'tools/demo/index.ts', web: true },
  test: { script: 'tools/bootstrap/verbs/test.ts', web: true },
  bench: { script: 'tools/bench/index.ts', web: false },
  check: { script: 'tools/bootstrap/verbs/check.ts', web: false },
  fix: { script: 'tools/bootstrap/verbs/fix.ts', web: false },
  build: { web: true },
  mutants: { script: 'tools/mutants/index.ts', web: false, packages: 'tools/mutants' },
  generate: { script: 'tools/generate/index.ts', web: false },
}
