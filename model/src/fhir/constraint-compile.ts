// Forms (see tools/generate/constraint-form.ts) as functions. Each is made once, of functions for its parts; there is no
// text of code and no evaluation of one.
import { distinct, equalLists, includes, order, Unjudged } from './constraint-compare.ts'
import {
  type Compiler,
  type Find,
  type Form,
  formAt,
  nameAt,
  type Operand,
  single,
  type Test,
} from './constraint-form.ts'
import { callOf } from './constraint-functions.ts'
import {
  hasMember,
  isKind,
  member,
  type Nodes,
  none,
  numberNode,
  type Scope,
  textNode,
  truth,
} from './constraint-node.ts'

const compiler: Compiler = { find: compileFind, test: compileTest }
const conditions = new Set('and or xor implies not exists empty = != < <= > >= in is'.split(' '))

/** As a list. Throws, as a fault of ours, for a form that has an operation which is not known. */
export function compileFind(form: Form): Find {
  const [operation, ...operands] = form
  const constant = constantOf(operation, operands[0])
  if (constant !== undefined) return () => constant
  switch (operation) {
    case 'this':
      return (focus) => focus
    case 'resource':
      return (_, scope) => [scope.resource]
    case 'rootResource':
      return (_, scope) => [scope.root]
    case 'context':
      return (_, scope) => [scope.context]
    case 'member':
      return compileMember(formAt(operands, 0), nameAt(operands, 1))
    case 'root':
      return compileRoot(formAt(operands, 0), nameAt(operands, 1))
    case '|': {
      const [left, right] = [compileFind(formAt(operands, 0)), compileFind(formAt(operands, 1))]
      return (focus, scope) => distinct([...left(focus, scope), ...right(focus, scope)])
    }
    case '+':
    case '-':
    case '*':
    case 'mod':
    case '&':
      return compileSum(operation, compileFind(formAt(operands, 0)), compileFind(formAt(operands, 1)))
    default: {
      const call = callOf(operation, operands, compiler)
      if (call !== undefined) return call
      if (!conditions.has(operation)) throw new Error(`no such operation: ${operation}`)
      const test = compileTest(form)
      return (focus, scope) => truth(test(focus, scope))
    }
  }
}

/** As a condition. Throws as `compileFind` does. */
export function compileTest(form: Form): Test {
  const [operation, ...operands] = form
  switch (operation) {
    case 'and':
    case 'or':
    case 'xor':
    case 'implies':
      return compileLogic(operation, compileTest(formAt(operands, 0)), compileTest(formAt(operands, 1)))
    case 'not': {
      const test = compileTest(formAt(operands, 0))
      return (focus, scope) => not(test(focus, scope))
    }
    case 'exists':
      return operands.length === 1 ? compileExists(formAt(operands, 0), true) : compileSingle(form)
    case 'empty':
      return compileExists(formAt(operands, 0), false)
    case '=':
    case '!=':
      return compileEqual(operation === '=', formAt(operands, 0), formAt(operands, 1))
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compileOrder(operation, compileFind(formAt(operands, 0)), compileFind(formAt(operands, 1)))
    case 'in': {
      const [left, right] = [compileFind(formAt(operands, 0)), compileFind(formAt(operands, 1))]
      return (focus, scope) => {
        const wanted = single(left(focus, scope))
        return wanted === undefined ? undefined : includes(right(focus, scope), wanted)
      }
    }
    case 'is': {
      const [find, type] = [compileFind(formAt(operands, 0)), nameAt(operands, 1)]
      return (focus, scope) => {
        const one = single(find(focus, scope))
        return one === undefined ? undefined : isKind(one, type)
      }
    }
    default:
      return compileSingle(form)
  }
}

/** A list as a condition: its boolean; true for anything else, as FHIRPath has it of a single value. */
function compileSingle(form: Form): Test {
  const find = compileFind(form)
  return (focus, scope) => {
    const one = single(find(focus, scope))
    if (one?.value === undefined) return undefined
    return typeof one.value === 'boolean' ? one.value : true
  }
}

function compileLogic(operation: string, left: Test, right: Test): Test {
  switch (operation) {
    case 'and':
      return (focus, scope) => {
        const one = left(focus, scope)
        if (one === false) return false
        const other = right(focus, scope)
        return other === false ? false : one === undefined || other === undefined ? undefined : true
      }
    case 'or':
      return (focus, scope) => {
        const one = left(focus, scope)
        if (one === true) return true
        const other = right(focus, scope)
        return other === true ? true : one === undefined || other === undefined ? undefined : false
      }
    case 'implies':
      return compileLogic('or', (focus, scope) => not(left(focus, scope)), right)
    default:
      return (focus, scope) => {
        const [one, other] = [left(focus, scope), right(focus, scope)]
        return one === undefined || other === undefined ? undefined : one !== other
      }
  }
}

const not = (value: boolean | undefined): boolean | undefined => (value === undefined ? undefined : !value)

/** Half of all the conditions of R4 ask whether an element of the focus is there; no list is made for them. */
function compileExists(form: Form, wanted: boolean): Test {
  const [operation, source, name] = form
  if (operation === 'member' && Array.isArray(source) && source[0] === 'this' && typeof name === 'string') {
    return (focus) => focus.some((one) => hasMember(one, name)) === wanted
  }
  const find = compileFind(form)
  return (focus, scope) => find(focus, scope).length > 0 === wanted
}

function compileMember(source: Form, name: string): Find {
  const find = memberOf(source, name)
  if (!isFixed(source)) return find
  // Asked for each of many nodes, such as `%resource.code.coding` for each component, it is looked up once.
  const found = new WeakMap<Scope, Nodes>()
  return (focus, scope) => {
    const nodes = found.get(scope) ?? find(focus, scope)
    found.set(scope, nodes)
    return nodes
  }
}

/** Whether a form is a path from a variable, so that it does not depend on the focus. */
function isFixed([operation, source]: Form): boolean {
  if (operation === 'resource' || operation === 'rootResource' || operation === 'context') return true
  return operation === 'member' && typeof source === 'object' && isFixed(source)
}

function memberOf(source: Form, name: string): Find {
  const find = compileFind(source)
  return (focus, scope) => {
    const from = find(focus, scope)
    if (from.length === 1 && from[0] !== undefined) return member(from[0], name)
    return from.flatMap((one) => member(one, name))
  }
}

/** A name with a capital at the beginning of an expression is the type of the focus. */
function compileRoot(source: Form, type: string): Find {
  const find = compileFind(source)
  return (focus, scope) => find(focus, scope).filter((one) => isKind(one, type))
}

function compileEqual(wanted: boolean, left: Form, right: Form): Test {
  const [one, other] = [compileFind(left), compileFind(right)]
  return (focus, scope) => {
    const same = equalLists(one(focus, scope), other(focus, scope))
    return same === undefined ? undefined : same === wanted
  }
}

function compileOrder(operation: string, left: Find, right: Find): Test {
  return (focus, scope) => {
    const between = order(left(focus, scope), right(focus, scope))
    if (between === undefined) return undefined
    if (operation === '<') return between < 0
    if (operation === '<=') return between <= 0
    return operation === '>' ? between > 0 : between >= 0
  }
}

/** Of whole numbers and of text; `&` takes what is not there for an empty text. */
function compileSum(operation: string, left: Find, right: Find): Find {
  return (focus, scope) => {
    const [one, other] = [single(left(focus, scope))?.value, single(right(focus, scope))?.value]
    if (operation === '&') {
      const [a, b] = [one ?? '', other ?? '']
      if (typeof a !== 'string' || typeof b !== 'string') throw new Unjudged()
      return [textNode(a + b)]
    }
    if (one === undefined || other === undefined) return none
    if (typeof one === 'string' && typeof other === 'string' && operation === '+') return [textNode(one + other)]
    if (!Number.isInteger(one) || !Number.isInteger(other)) throw new Unjudged()
    const result = calculate(operation, Number(one), Number(other))
    return Number.isSafeInteger(result) ? [numberNode(result)] : none
  }
}

function calculate(operation: string, one: number, other: number): number {
  switch (operation) {
    case '+':
      return one + other
    case '-':
      return one - other
    case '*':
      return one * other
    default:
      return one % other
  }
}

function constantOf(operation: string, operand: Operand | undefined): Nodes | undefined {
  if (operation === 'none') return none
  if (operation === 'text' && typeof operand === 'string') return [textNode(operand)]
  if (operation === 'number' && typeof operand === 'number') return [numberNode(operand)]
  return operation === 'boolean' ? truth(operand === true) : undefined
}
