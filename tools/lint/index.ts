// Our own lint rules: every danger that ARCHITECTURE.md names gets one, with a test. oxlint loads this as a plugin.
import { boundaries } from './boundaries.ts'
import { given } from './given.ts'
import { noOwnMocks } from './no-own-mocks.ts'
import { ownSchema } from './own-schema.ts'
import { strongHash } from './strong-hash.ts'

export default {
  meta: { name: 'chartkeep' },
  rules: {
    boundaries,
    given,
    'no-own-mocks': noOwnMocks,
    'own-schema': ownSchema,
    'strong-hash': strongHash,
  },
}
