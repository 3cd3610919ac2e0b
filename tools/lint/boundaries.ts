import { dirname, resolve } from 'node:path'
import { modules } from '../../server/modules.ts'
import { type Place, placeOf } from './place.ts'
import type { Rule } from './rule.ts'

const rows: Readonly<Record<string, readonly string[]>> = modules

/**
 * A module names only the modules of its row in server/modules.ts, and only by their doors; packages keep to the side
 * of the wall that they run on. Covers every form in which a module can be named.
 */
export const boundaries: Rule = {
  create(context) {
    const place = placeOf(context.physicalFilename)
    const judge = (node: { readonly value: unknown } & object): void => {
      if (typeof node.value !== 'string') return
      const wrong = judgeImport(place, node.value)
      // oxlint-disable-next-line no-unsafe-type-assertion -- every caller below passes a node of the tree
      if (wrong !== undefined) context.report({ node: node as never, message: wrong })
    }
    return {
      ImportDeclaration: ({ source }) => judge(source),
      ExportAllDeclaration: ({ source }) => judge(source),
      ExportNamedDeclaration: ({ source }) => void (source && judge(source)),
      ImportExpression: ({ source }) => void ('value' in source && judge(source)),
      TSImportType: ({ source }) => judge(source),
    }
  },
}

/** @returns what is wrong with naming `source` in a file at `place`, or undefined */
function judgeImport(place: Place, source: string): string | undefined {
  if (source.startsWith('#')) return judgeDoor(place, source)
  if (source.startsWith('.')) return judgeRelative(place, placeOf(resolve(dirname(absolute(place)), source)))
  return judgePackage(place, source)
}

function judgeDoor(place: Place, source: string): string | undefined {
  const name = source.slice(1)
  if (place.area !== 'server') return undefined // another package's own `imports`
  if (!Object.hasOwn(rows, name)) return `${source} is not the door of a module in server/modules.ts.`
  const { module } = place
  if (module === undefined) return undefined // the composition root and server/test stand above every module
  if (name === module && place.test) return undefined
  if (name === module) return `A module does not go through its own door; import the file itself.`
  const row = rows[module]
  if (row === undefined) return `The folder ${module} has no row in server/modules.ts.`
  if (row.includes(name)) return undefined
  return `${module} may not import ${source}: server/modules.ts gives it ${row.length === 0 ? 'nothing' : row.join(', ')}.`
}

function judgeRelative(place: Place, target: Place): string | undefined {
  if (place.module !== undefined && target.module === place.module) return undefined
  if (place.module !== undefined) {
    if (place.test && target.path.startsWith('server/test/')) return undefined
    return `An import does not climb out of the module ${place.module}; name another module's door (#name).`
  }
  if (target.module !== undefined) return judgeDoorFile(place, target)
  if (target.path.startsWith('server/') && ['model', 'web'].includes(place.area) && !place.test) {
    return `${place.area} runs where the server does not; share shapes through model.`
  }
  if (['model', 'web'].includes(place.area) && target.area !== place.area && !place.test) {
    return `${place.area} does not import from ${target.area === '' ? 'the root' : target.area} by path.`
  }
  return undefined
}

/** tools and tests reach a module by the path of its door, because `#` names belong to the server's package. */
function judgeDoorFile(place: Place, target: Place): string | undefined {
  // The started program is plain JavaScript; it names the door by path so that an old Node fails with our words.
  if (place.path.startsWith('server/bin/')) return undefined
  const fromServer = place.area === 'server'
  const allowed = fromServer || place.area === 'tools' || place.test
  if (!allowed) return `${place.area} runs where the server does not; share shapes through model.`
  if (target.path === `server/src/${target.module}/index.ts` && !fromServer) return undefined
  return `Only the door of ${target.module} is public${fromServer ? `: import '#${target.module}'` : ''}.`
}

function judgePackage(place: Place, source: string): string | undefined {
  if (/^@chartkeep\/(server|web)\b/.test(source)) return `${source} is nobody's dependency.`
  if (place.test) return undefined
  const anywhere = place.area === 'model' || place.path.startsWith('web/src/')
  if (anywhere && source.startsWith('node:')) return `${place.area} also runs outside Node; ${source} is not there.`
  if (place.module === 'policy' && !source.startsWith('@chartkeep/model')) {
    return 'policy decides and does nothing else: it imports no package and nothing of Node.'
  }
  return undefined
}

function absolute(place: Place): string {
  return resolve(import.meta.dirname, '..', '..', place.path)
}
