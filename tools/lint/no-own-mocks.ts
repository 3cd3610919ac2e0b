import type { Rule } from './rule.ts'

/** A test of a mocked module of ours proves the mock. Fakes are for what is outside: mail, a clock, a provider. */
export const noOwnMocks: Rule = {
  create(context) {
    return {
      CallExpression(node) {
        const { callee } = node
        if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier' || callee.object.name !== 'vi')
          return
        if (callee.property.type !== 'Identifier' || !/^(do)?mock$/i.test(callee.property.name)) return
        const [what] = node.arguments
        const named = what?.type === 'ImportExpression' ? what.source : what
        if (named?.type === 'Literal' && typeof named.value === 'string' && !/^(\.|#|@chartkeep\/)/.test(named.value))
          return
        context.report({ node, message: 'Our own modules are not mocked; use the real one.' })
      },
    }
  },
}
