// Our own lint rules: every danger that ARCHITECTURE.md names gets one, with a test. oxlint loads this as a plugin.
import { boundaries } from './boundaries.ts'
import { given } from './given.ts'
import { noOwnMocks } from './no-own-mocks.ts'
import { ownSchema } from './own-schema.ts'
import { settledTarget } from './settled-target.ts'
import { strongHash } from './strong-hash.ts'

export default {
  meta: { name: 'chartkeep' },
  rules: {
    boundaries,
    given,
    'no-own-mocks': noOwnMocks,
    'own-schema': ownSchema,
    'settled-target': settledTarget,
    'strong-hash': strongHash,
  },
}
