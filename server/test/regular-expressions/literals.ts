import { parseSync } from 'vite'
import { repositoryFiles, textOf } from '../repository.ts'

export interface Literal {
  /** `path:line`. */
  readonly where: string
  readonly source: string
  readonly flags: string
}

/** What sees input from outside: the server and the model, without tests and generated tables. */
const code = /^(?:server|model)\/src\/.*\.ts$/

/** Every regular expression literal of it, and where one is made of a text. */
export function expressionsOf(): { readonly literals: readonly Literal[]; readonly made: readonly string[] } {
  const literals: Literal[] = []
  const made: string[] = []
  for (const path of repositoryFiles().filter((one) => code.test(one) && !/\.test\.ts$|\/generated\//.test(one))) {
    const text = textOf(path)
    const { program, errors } = parseSync(path, text)
    if (errors.length > 0) throw new Error(`${path} cannot be parsed`)
    const where = (node: object): string => `${path}:${text.slice(0, numberIn(node, 'start')).split('\n').length}`
    visit(program, (node) => {
      const regex: unknown = Reflect.get(node, 'regex')
      if (typeof regex === 'object' && regex !== null)
        literals.push({ where: where(node), source: textIn(regex, 'pattern'), flags: textIn(regex, 'flags') })
      const callee: unknown = Reflect.get(node, 'callee')
      if (typeof callee === 'object' && callee !== null && Reflect.get(callee, 'name') === 'RegExp')
        made.push(where(node))
    })
  }
  return { literals, made }
}

function visit(node: object, onNode: (node: object) => void): void {
  onNode(node)
  for (const member of Object.values(node)) if (typeof member === 'object' && member !== null) visit(member, onNode)
}

const textIn = (holder: object, name: string): string => String(Reflect.get(holder, name))
const numberIn = (holder: object, name: string): number => Number(Reflect.get(holder, name))
